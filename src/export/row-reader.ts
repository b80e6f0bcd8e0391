/**
 * Rows of the index as columns. SQLite joins some hundred rows to two texts, one of numbers and one of all values, and
 * values are stretches of the second: a string for each of them would cost more than all the rest of an export.
 */

import { isUtf8 } from 'node:buffer';
import { COMMA, NINE, ZERO } from '../bytes/ascii.js';
import { IndexError } from '../errors.js';
import type { Db } from '../store/open.js';
import { prepared } from '../store/statements.js';
import { rowsAtOnce } from '../store/text/rows.js';
import { GROUP_BYTES, GROUP_ROWS } from './groups.js';
import type { Slices } from './slices.js';

/** What is read of each row, as SQL. */
export interface RowSource {
  what: 'event' | 'line';
  /** The row's id, which `ids` name. */
  id: string;
  /** Numbers from 0 that are never NULL. */
  keys: readonly string[];
  /** Texts, or what SQLite makes a text of. */
  texts: readonly string[];
  /** Texts that few rows have; those without any cost nothing. */
  rare?: readonly string[];
  /** Which texts are bytes that need not be UTF-8, as indexes of `texts`. */
  binary?: readonly number[];
  /** Tables, without FROM. */
  from: string;
}

/** Rows of one row group, in the order of their ids; valid until the next group is asked for. */
export interface RowBlock {
  rows: number;
  keys: readonly Int32Array[];
  /** Those of `texts`, then those of `rare`. */
  texts: readonly Slices[];
}

/** Bytes behind the texts of a group in which a page has room. */
const ROOM_BEHIND = 2 << 20;
/** Rows read with one statement. */
const ROWS_AT_ONCE = 512;

function statementOf({ id, keys, texts, rare = [], from }: RowSource): string {
  const lengths = (of: readonly string[]): string[] => of.map(text => `coalesce(octet_length(${text}), '')`);
  const ofRare =
    rare.length > 0
      ? [
          `CASE WHEN coalesce(NULL, ${rare.join(', ')}) IS NOT NULL THEN concat_ws(',', ${lengths(rare).join(', ')}) END`,
        ]
      : [];
  return `SELECT
    CAST(group_concat(concat_ws(',', ${[id, ...keys, ...lengths(texts), ...ofRare].join(', ')}), ';') AS BLOB),
    CAST(group_concat(concat_ws('', ${[...texts, ...rare].join(', ')}), '') AS BLOB)
    FROM ${from} WHERE ${id} IN (SELECT value FROM json_each(?))`;
}

/**
 * Makes what reads rows by their ids, as many at a time as become a row group.
 * Long: what is read is shared by its functions, and used again by every group.
 */
export function createRowReader(db: Db, source: RowSource): (ids: ArrayLike<number>) => Generator<RowBlock> {
  const { keys: keySql, texts: common, rare = [], binary = [] } = source;
  const sql = statementOf(source);
  const texts = common.length + rare.length;
  /** Of each row of a chunk, in SQLite's order: its keys, then where its texts begin and end. */
  const width = keySql.length + texts * 2;
  const cells = new Int32Array(ROWS_AT_ONCE * width);
  const places = new Map<number, number>();

  let arena = Buffer.allocUnsafeSlow(4 << 20);
  let used = 0;
  const keys = keySql.map(() => new Int32Array(GROUP_ROWS));
  const starts = Array.from({ length: texts }, () => new Int32Array(GROUP_ROWS));
  const ends = Array.from({ length: texts }, () => new Int32Array(GROUP_ROWS));

  /** Reads rows into `cells` and gives the bytes of their texts. */
  function read(ids: readonly number[]): Buffer {
    const [head, values] = prepared(db, sql).raw().get(JSON.stringify(ids)) as [Buffer | null, Buffer | null];
    places.clear();
    // All values of the rows can be NULL.
    const bytes = values ?? Buffer.alloc(0);
    const isSound = head === null || parse(head, bytes);
    for (const id of ids) if (!places.has(id)) throw goneRow(source.what, id);
    return isSound && isUtf8(bytes) ? bytes : repaired(bytes);
  }

  /** @returns whether no text begins inside a character */
  function parse(head: Buffer, bytes: Buffer): boolean {
    let [row, field, cell, end, cut] = [0, 0, 0, 0, 0];
    for (let at = 0; at < head.length; at++) {
      const first = at;
      let value = 0;
      for (; at < head.length && head[at]! >= ZERO && head[at]! <= NINE; at++)
        value = value * 10 + head[at]! - ZERO;
      if (field === 0) places.set(value, row);
      else if (field <= keySql.length) cells[cell++] = value;
      else {
        cells[cell++] = end;
        end += value;
        if (value > 0 && (bytes[end - value]! & 0xc0) === 0x80) cut++;
        cells[cell++] = at > first ? end : -1;
      }
      field++;
      if (head[at] === COMMA && at + 1 < head.length) continue;
      // Behind the common ones there is nothing where a row has no rare ones, or no more.
      row++;
      for (field = 0; cell < row * width; cell += 2) {
        cells[cell] = end;
        cells[cell + 1] = -1;
      }
    }
    return cut === 0;
  }

  /** The texts as UTF-8, with U+FFFD for what is none. */
  function repaired(bytes: Buffer): Buffer {
    const parts: Buffer[] = [];
    let length = 0;
    for (const row of places.values())
      for (let text = 0; text < texts; text++) {
        const cell = row * width + keySql.length + text * 2;
        if (cells[cell + 1]! < 0) continue;
        const as = bytes.subarray(cells[cell], cells[cell + 1]);
        const part = binary.includes(text) || isUtf8(as) ? as : Buffer.from(as.toString('utf8'));
        cells[cell] = length;
        length += part.length;
        cells[cell + 1] = length;
        parts.push(part);
      }
    return Buffer.concat(parts);
  }

  function append(bytes: Buffer): void {
    const need = used + bytes.length + ROOM_BEHIND;
    if (need > arena.length) {
      const wider = Buffer.allocUnsafeSlow(Math.max(need, arena.length * 2));
      arena.copy(wider, 0, 0, used);
      arena = wider;
    }
    bytes.copy(arena, used);
    used += bytes.length;
  }

  return function* (ids) {
    const step = rowsAtOnce(db, ROWS_AT_ONCE);
    let rows = 0;
    let ownBytes = 0;
    const block = (): RowBlock => ({
      rows,
      keys,
      texts: starts.map((s, text) => ({ bytes: arena, starts: s, ends: ends[text]!, free: used })),
    });
    used = 0;
    for (let from = 0; from < ids.length; from += step) {
      const part: number[] = [];
      for (let i = from; i < ids.length && part.length < step; i++) part.push(ids[i]!);
      const bytes = read(part);
      let base = used;
      append(bytes);
      for (const id of part) {
        let cell = places.get(id)! * width;
        for (const key of keys) key[rows] = cells[cell++]!;
        for (let text = 0; text < texts; text++) {
          const start = cells[cell++]!;
          const end = cells[cell++]!;
          starts[text]![rows] = base + start;
          ends[text]![rows] = end < 0 ? -1 : base + end;
          if (end > start) ownBytes += end - start;
        }
        if (++rows < GROUP_ROWS && ownBytes < GROUP_BYTES) continue;
        yield block();
        [rows, ownBytes, used, base] = [0, 0, 0, 0];
        append(bytes);
      }
    }
    if (rows > 0) yield block();
  };
}

function goneRow(what: RowSource['what'], id: number): IndexError {
  return new IndexError(
    'INDEX_DAMAGED',
    `${what} ${id} went from the index while it was exported`,
    'an ingest with `replace` was at work: run the same export again',
  );
}
