/** Rows as SQLite gives them: some hundred joined to two texts, one of numbers and one of all values. */

import { isUtf8 } from 'node:buffer';
import { COMMA, NINE, ZERO } from '../bytes/ascii.js';
import { IndexError } from '../errors.js';
import type { Db } from '../store/open.js';
import { prepared } from '../store/statements.js';
import { type Columns, ROWS_AT_ONCE, type RowSource } from './row-source.js';

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
 * Makes what writes rows into columns, from a row on, and their texts from a place on; gives where these end.
 * Long: what is read is shared by its functions, and used again by every chunk.
 */
export function createSqliteRows(
  db: Db,
  source: RowSource,
  columns: Columns,
): (ids: Float64Array, row: number, at: number) => number {
  const { keys: keySql, texts: common, rare = [], binary = [] } = source;
  const sql = statementOf(source);
  const texts = common.length + rare.length;
  /** Of each row of a chunk, in SQLite's order: its keys, then where its texts begin and end. */
  const width = keySql.length + texts * 2;
  const cells = new Int32Array(ROWS_AT_ONCE * width);
  const places = new Map<number, number>();

  /** Reads rows into `cells` and gives the bytes of their texts. */
  function read(ids: ArrayLike<number>): Buffer {
    const [head, values] = prepared(db, sql)
      .raw()
      .get(JSON.stringify(Array.from(ids))) as [Buffer | null, Buffer | null];
    places.clear();
    // All values of the rows can be NULL.
    const bytes = values ?? Buffer.alloc(0);
    const isSound = head === null || parse(head, bytes);
    for (const id of Array.from(ids)) if (!places.has(id)) throw goneRow(source.what, id);
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

  return (ids, row, at) => {
    const bytes = read(ids);
    columns.ensure(at + bytes.length);
    bytes.copy(columns.bytes(), at);
    const all = columns.all();
    for (let i = 0; i < ids.length; i++) {
      let cell = places.get(ids[i]!)! * width;
      const keys = cell + keySql.length;
      for (let column = 0; column < width; column++, cell++) {
        const value = cells[cell]!;
        all[column]![row + i] = cell < keys || value < 0 ? value : at + value;
      }
    }
    return at + bytes.length;
  };
}

function goneRow(what: RowSource['what'], id: number): IndexError {
  return new IndexError(
    'INDEX_DAMAGED',
    `${what} ${id} went from the index while it was exported`,
    'an ingest with `replace` was at work: run the same export again',
  );
}
