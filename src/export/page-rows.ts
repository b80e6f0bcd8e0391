/** Rows taken from the pages of the index, and what is where in the memory of WebAssembly that columns are made in. */

import { isUtf8 } from 'node:buffer';
import { createRowMemory, ensureRoom, OUTPUT } from '../store/file/row-memory.js';
import { createStoredRows, type StoredRows } from '../store/file/stored-rows.js';
import type { Db } from '../store/open.js';
import { GROUP_ROWS } from './groups.js';
import type { ColumnMemory } from './parquet/column-memory.js';
import { type Room, type RowSource, STRIDE } from './row-source.js';

/** Tables for the numbers of texts, of all values of a column or of lists with twice as many. */
const MOST_NUMBERED = GROUP_ROWS * 2;
const NUMBERS = {
  most: MOST_NUMBERED,
  slots: OUTPUT,
  hashes: OUTPUT + MOST_NUMBERED * 16,
  firsts: OUTPUT + MOST_NUMBERED * 20,
};
/** Arrays that a column is made with, and what is behind them. */
const SCRATCH = OUTPUT + MOST_NUMBERED * 24;
const KEPT = SCRATCH + (4 << 20);
const BASE = KEPT + 16 * GROUP_ROWS * 4;

type Read = (ids: Float64Array, row: number, at: number) => number | undefined;

export interface PageRows {
  room: Room;
  /** Writes rows into columns, from a row on, and their texts from a place on; undefined where SQLite is to read them. */
  read: Read;
  /**
   * The memory for the columns of a group.
   * @param free where the texts end
   */
  memory(free: number): ColumnMemory;
}

/** Undefined without WebAssembly. */
export function createPageRows(db: Db, { stored }: RowSource): PageRows | undefined {
  // Of its own: rows stay in it until their group is made.
  const memory = createRowMemory();
  if (!memory) return undefined;
  const rows = stored && createStoredRows(db, stored.tables, memory);
  return {
    room: { base: BASE, bytes: () => memory.bytes, ensure: end => ensureRoom(memory, end) },
    read: (rows && readerOf(rows, stored)) ?? (() => undefined),
    memory: free => ({
      run: memory.run,
      bytes: memory.bytes,
      scratch: { from: SCRATCH, to: KEPT },
      numbers: NUMBERS,
      kept: { next: KEPT, to: BASE },
      free,
    }),
  };
}

/** Undefined where the index, of an older version, has not all of these columns. */
function readerOf(rows: StoredRows, { keys, texts }: NonNullable<RowSource['stored']>): Read | undefined {
  const places = [
    ...keys.map(({ table, column }) => rows.place(table, column)),
    ...texts.flatMap(({ table, column, digits = false }) => [rows.place(table, column), Number(digits)]),
  ];
  if (!places.every(place => place !== undefined)) return undefined;
  rows.want(places);
  return (ids, row, start) =>
    rows.during(() => {
      let at = start;
      for (let i = 0; i < ids.length; i++) {
        if (rows.bring(ids[i]!, at) !== 1) return undefined;
        at = rows.run.writeColumns(row + i, BASE, STRIDE, at, keys.length, texts.length);
        if (at === 0) return undefined;
      }
      // None of them begins inside a character.
      return isUtf8(rows.bytes().subarray(start, at)) ? at : undefined;
    });
}
