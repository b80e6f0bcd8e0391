/**
 * Rows of two tables with the same ids, taken out of the pages of the index by WebAssembly (`scripts/wasm/rows.ts`), which
 * has the pages in its memory. What it does not take, SQLite reads.
 */

import { descriptorFor } from '../descriptors.js';
import type { Db } from '../open.js';
import { localLength, OVERFLOW, PAGE } from '../pages/table-pages.js';
import { columnsOf, prepared } from '../statements.js';
import { createFilePages } from './file-pages.js';
import { createPageSlots, placeOf } from './page-slots.js';
import type { ColumnFunctions, RowFunctions } from './row-functions.js';
import {
  ensureRoom,
  LONG_RECORDS,
  MOST_BYTES,
  MOST_COLUMNS,
  MOST_NEEDLE,
  NEEDLES,
  OUTPUT,
  SLOTS,
  sharedMemory,
  VALUE_BYTES,
  WANTED,
} from './row-memory.js';
import { createLeafFinder, type LeafFinder } from './table-leaves.js';

/** Bytes that a row may take besides its records, and that all rows of two pages take. */
const ROW_ROOM = 2048;
const SCAN_ROOM = 1 << 18;

/** Ids for which there is room in a column. */
const MOST_ON_PAGE = 1 << 12;
const NO_ROW = -2;
/** The type of a text without a byte; each byte adds two. */
const TEXT = 13;

const FOUND = 1;
const NOT_THERE = 0;
const LONG = 2;

/** Stands for a row that is not read here. */
export const DECLINED = -1;

export interface StoredRows {
  run: RowFunctions & ColumnFunctions;
  /** All of its memory; another one whenever it has grown. */
  bytes(): Buffer;
  /** Notes what is wanted of a row, for functions that write: numbers of four bytes. */
  want(numbers: readonly number[]): void;
  /**
   * Notes texts, of which a row is to hold one for `mayHold`: in lower case, whose beginning is enough of long ones.
   * @returns false where there is no room for so many
   */
  look(texts: readonly Buffer[]): boolean;
  /** Where the value of a column stands while a row is at hand; undefined where the table has no such column. */
  place(table: 0 | 1, column: string): number | undefined;
  /** Makes room for so many bytes of output. */
  ensure(end: number): void;
  /** Runs what reads rows; undefined where it cannot be known what is in the pages, or where that gives undefined. */
  during<T>(read: () => T | undefined): T | undefined;
  /**
   * Brings a row to hand.
   * @param at where something will be written, for which it makes room
   * @returns 1, 0 where there is no such row, DECLINED
   */
  bring(id: number, at: number): number;
  /**
   * Writes the text of rows up to the first whose record goes on on other pages.
   * @param text how many pointers and values are wanted
   * @returns where it ends, and the id to go on with; undefined where SQLite is to read them
   */
  scan(first: number, last: number, at: number, text: ScannedText): { at: number; next: number } | undefined;
  /**
   * Tells of the rows of the first table where in memory a text of theirs stands, page by page.
   * @param place of the column
   * @param each end is -1 for NULL; the bytes are there until it returns
   * @returns false where SQLite is to read them, from the beginning
   */
  column(first: number, last: number, place: number, each: ColumnReader): boolean;
}

export type ColumnReader = (id: number, bytes: Buffer, start: number, end: number) => void;

export interface ScannedText {
  pointers: number;
  values: number;
  /** Only rows that may hold what is looked for. */
  isSelective: boolean;
}

/**
 * @param tables one, or two of which the second has all rows that the first has
 * @param given its memory; default the one that readers share: what is written there is gone when another reads
 * @returns undefined where there is no memory, or no descriptor of the file
 * Long: its functions share the pages in memory.
 */
export function createStoredRows(
  db: Db,
  tables: readonly string[],
  given = sharedMemory(),
): StoredRows | undefined {
  if (!given || descriptorFor(db) === undefined) return undefined;
  const memory = given;
  const { run } = memory;
  const pages = createFilePages(db);
  const columns = tables.map(table => columnsOf(db, table));
  let wanted: readonly number[] = [];
  let leaves: LeafFinder[] = [];
  const slots = createPageSlots(pages, () => memory.bytes);
  /** The slot that is needed until the row at hand is done with; -1 for none. */
  let needed = -1;

  function forget(): void {
    slots.forget();
    leaves = tables.map(table =>
      createLeafFinder(
        pages,
        prepared(db, 'SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(table) as number,
      ),
    );
  }

  /** Puts a long record together; false where it is not whole, or too long. */
  function assemble(to: number, page: number): boolean {
    const length = run.recordLength();
    const start = run.recordStart();
    const local = localLength(length);
    if (length > MOST_BYTES || start + local + 4 > page + PAGE) return false;
    memory.bytes.copy(memory.bytes, to, start, start + local);
    let number = memory.bytes.readUInt32BE(start + local);
    const spill = Buffer.alloc(PAGE);
    for (let done = local; done < length; done += OVERFLOW) {
      if (number === 0 || pages.read(number, 1, spill, 0) !== 1) return false;
      spill.copy(memory.bytes, to + done, 4, 4 + Math.min(OVERFLOW, length - done));
      number = spill.readUInt32BE(0);
    }
    return true;
  }

  /** Takes the row of one table apart. Leaves its length in the WebAssembly. */
  function bringOf(table: 0 | 1, id: number): number {
    leaves[table]!.find(id);
    const slot = slots.of(leaves[table]!, id, needed);
    if (slot < 0) return DECLINED;
    needed = slot;
    const page = placeOf(slot);
    const found = run.seek(page, id);
    if (found === NOT_THERE) return NOT_THERE;
    if (found === FOUND) return run.take(table) === 1 ? FOUND : DECLINED;
    const to = LONG_RECORDS + table * MOST_BYTES;
    if (found !== LONG || !assemble(to, page)) return DECLINED;
    return run.takeAt(table, to, run.recordLength()) === 1 ? FOUND : DECLINED;
  }

  /** Tells of one row of the first table; false where SQLite is to read it. */
  function one(id: number, place: number, each: ColumnReader): boolean {
    const found = rows.bring(id, OUTPUT);
    if (found !== FOUND) return found === NOT_THERE;
    const type = memory.bytes.readUInt32LE(place);
    const start = memory.bytes.readUInt32LE(place + 4);
    const isText = type >= TEXT && type % 2 === 1;
    if (isText || type === 0) each(id, memory.bytes, start, isText ? start + (type - TEXT) / 2 : -1);
    return isText || type === 0;
  }

  /** Of each table the leaf page at hand, the slot it is in, and the largest id that can be on it. */
  const leafPages = new Float64Array(2);
  const leafSlots = new Int32Array(2);
  const leafEnds = new Float64Array(2);

  /** Brings the leaf pages on which the row of an id would be, after those before it; false where SQLite is to read it. */
  function bringLeaves(id: number, last: number): boolean {
    for (let table = 0; table < 2; table++) {
      if (id <= leafEnds[table]! && slots.holds(leafSlots[table]!, leafPages[table]!)) continue;
      leafPages[table] = leaves[table]!.find(id);
      leafSlots[table] = slots.of(leaves[table]!, last, leafSlots[1 - table]!);
      leafEnds[table] = leaves[table]!.last();
      if (leafSlots[table]! < 0) return false;
    }
    return true;
  }

  /** Makes the memory that of this reader. */
  function takeOver(): void {
    memory.owner = rows;
    run.setColumns(columns[0]!.length, columns[1]?.length ?? 0);
    for (const [i, number] of wanted.entries()) memory.bytes.writeUInt32LE(number, WANTED + i * 4);
    slots.forget();
  }

  const rows: StoredRows = {
    run,
    bytes: () => memory.bytes,
    want(numbers) {
      wanted = numbers;
      if (memory.owner === rows) memory.owner = undefined;
    },
    look(texts) {
      const parts = texts.map(text => text.subarray(0, MOST_NEEDLE));
      if (parts.reduce((sum, { length }) => sum + 4 + length, 4) > SLOTS - NEEDLES) return false;
      let at = memory.bytes.writeUInt32LE(parts.length, NEEDLES);
      for (const part of parts) {
        at = memory.bytes.writeUInt32LE(part.length, at);
        at += part.copy(memory.bytes, at);
      }
      return true;
    },
    place(table, column) {
      const at = columns[table]!.indexOf(column);
      return at < 0 || at >= MOST_COLUMNS ? undefined : (table * MOST_COLUMNS + at) * VALUE_BYTES;
    },
    ensure: end => ensureRoom(memory, end),
    during: read =>
      pages.during(changed => {
        if (changed) forget();
        if (memory.owner !== rows) takeOver();
        try {
          return read();
        } catch (error) {
          // A damaged page, which SQLite is to speak of.
          if ((error as Error).name !== 'RuntimeError') throw error;
          forget();
          return undefined;
        }
      }),
    bring(id, at) {
      needed = -1;
      const first = bringOf(0, id);
      if (first !== FOUND) return first;
      const ofFirst = run.recordLength();
      if (tables.length > 1 && bringOf(1, id) !== FOUND) return DECLINED;
      rows.ensure(at + ofFirst + run.recordLength() + ROW_ROOM);
      return FOUND;
    },
    scan(first, last, at, { pointers, values, isSelective }) {
      let [id, end] = [first, at];
      leafEnds.fill(-1);
      while (id <= last) {
        if (!bringLeaves(id, last)) return undefined;
        rows.ensure(end + 2 * PAGE + SCAN_ROOM);
        run.setPages(placeOf(leafSlots[0]!), placeOf(leafSlots[1]!));
        const until = Math.min(last, leafEnds[0]!, leafEnds[1]!);
        // Of a page above them that is damaged: it says of a leaf that the row cannot be on it.
        if (until < id) return undefined;
        end = run.scan(id, until, end, pointers, values, Number(isSelective));
        if (end === 0) return undefined;
        id = run.stoppedAt();
        if (id <= until) break;
      }
      return { at: end, next: id };
    },
    column(first, last, place, each) {
      for (let id = first; id <= last; ) {
        leaves[0]!.find(id);
        const slot = slots.of(leaves[0]!, last, -1);
        if (slot < 0) return false;
        const until = Math.min(last, leaves[0]!.last(), id + MOST_ON_PAGE - 1);
        run.setPages(placeOf(slot), 0);
        rows.ensure(OUTPUT + MOST_ON_PAGE * 8);
        const [starts, ends] = [0, 1].map(
          i => new Int32Array(memory.bytes.buffer, OUTPUT + i * MOST_ON_PAGE * 4, MOST_ON_PAGE),
        ) as [Int32Array, Int32Array];
        ends.fill(NO_ROW, 0, until - id + 1);
        const next = run.readColumn(id, until, place, starts.byteOffset, ends.byteOffset);
        if (next < id) return false;
        for (let i = 0; i < next - id; i++)
          if (ends[i] !== NO_ROW) each(id + i, memory.bytes, starts[i]!, ends[i]!);
        id = next;
        // It stops before a long record.
        if (id <= until && !one(id++, place, each)) return false;
      }
      return true;
    },
  };
  return rows;
}
