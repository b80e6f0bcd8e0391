/**
 * Rows of the index as columns, whose values are stretches of one buffer: a string for each of them would cost more than
 * all the rest of an export. They are taken from the pages of the index; where these cannot be known, SQLite gives them.
 */

import type { Db } from '../store/open.js';
import { rowsAtOnce } from '../store/text/rows.js';
import { GROUP_BYTES, GROUP_ROWS } from './groups.js';
import { createPageRows } from './page-rows.js';
import type { ColumnMemory } from './parquet/column-memory.js';
import { ROWS_AT_ONCE, type Room, type RowSource, STRIDE } from './row-source.js';
import type { Slices } from './slices.js';
import { createSqliteRows } from './sqlite-rows.js';

/** Rows of one row group, in the order of their ids; valid until the next group is asked for. */
export interface RowBlock {
  rows: number;
  keys: readonly Int32Array[];
  /** Those of `texts`, then those of `rare`. */
  texts: readonly Slices[];
  /** Where they stand, if that is in the memory of WebAssembly. */
  memory: ColumnMemory | undefined;
}

/** Bytes behind the texts of a group in which a page has room. */
const ROOM_BEHIND = 2 << 20;
/**
 * Makes what reads rows by their ids, as many at a time as become a row group.
 * Long: what is read is shared by its functions, and used again by every group.
 */
export function createRowReader(db: Db, source: RowSource): (ids: ArrayLike<number>) => Generator<RowBlock> {
  const { keys: keySql, texts: common, rare = [] } = source;
  const texts = common.length + rare.length;
  const width = keySql.length + texts * 2;
  const pages = createPageRows(db, source);
  const room: Room = pages?.room ?? createRoom();
  const arena = room.base + width * STRIDE;
  room.ensure(arena + ROOM_BEHIND);
  let of = room.bytes();
  let columns = columnsOf(of);

  /** Keys, then the beginning and the end of each text. */
  function columnsOf(bytes: Buffer): Int32Array[] {
    return Array.from(
      { length: width },
      (_, i) => new Int32Array(bytes.buffer, room.base + i * STRIDE, GROUP_ROWS),
    );
  }
  function ensure(end: number): void {
    room.ensure(end);
    if (room.bytes() === of) return;
    of = room.bytes();
    columns = columnsOf(of);
  }
  const bySqlite = createSqliteRows(db, source, { bytes: () => of, ensure, all: () => columns });

  /** How many of the last rows a group takes whose texts are longer than those of a group. */
  function rowsWithin(first: number, count: number): number {
    let bytes = 0;
    for (let row = 0; row < first + count; row++) {
      for (let column = keySql.length; column < width; column += 2) {
        const start = columns[column]![row]!;
        bytes += Math.max(start, columns[column + 1]![row]!) - start;
      }
      if (bytes >= GROUP_BYTES) return row + 1 - first;
    }
    return count;
  }

  return function* (ids) {
    const most = rowsAtOnce(db, ROWS_AT_ONCE);
    let [rows, at] = [0, arena];
    for (let next = 0; next < ids.length; ) {
      const chunk = Float64Array.from(
        { length: Math.min(most, ids.length - next, GROUP_ROWS - rows) },
        (_, i) => ids[next + i]!,
      );
      at = pages?.read(chunk, rows, at) ?? bySqlite(chunk, rows, at);
      // Its memory may have grown.
      ensure(at);
      const isFull = at - arena >= GROUP_BYTES;
      const taken = isFull ? rowsWithin(rows, chunk.length) : chunk.length;
      rows += taken;
      next += taken;
      if (next < ids.length && rows < GROUP_ROWS && !isFull) continue;
      ensure(at + ROOM_BEHIND);
      yield {
        rows,
        keys: columns.slice(0, keySql.length),
        texts: Array.from({ length: texts }, (_, text) => ({
          bytes: of,
          starts: columns[keySql.length + text * 2]!,
          ends: columns[keySql.length + text * 2 + 1]!,
        })),
        memory: pages?.memory(at),
      };
      [rows, at] = [0, arena];
    }
  };
}

function createRoom(): Room {
  let bytes = Buffer.alloc(0);
  return {
    base: 0,
    bytes: () => bytes,
    ensure(end) {
      if (end <= bytes.length) return;
      const wider = Buffer.allocUnsafeSlow(Math.max(end, bytes.length * 2));
      bytes.copy(wider);
      bytes = wider;
    },
  };
}
