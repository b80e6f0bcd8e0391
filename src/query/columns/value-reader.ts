/** Values that only rows have, as bytes: out of the pages of the index, or many rows at a time as one text of ids and values. */

import { UsageError } from '../../errors.js';
import { type ColumnReader, createStoredRows, type StoredRows } from '../../store/file/stored-rows.js';
import type { Db } from '../../store/open.js';
import { orUndefined } from '../../store/seal.js';
import { prepared } from '../../store/statements.js';
import { rowsAtOnce } from '../../store/text/rows.js';
import { FEW_ROWS } from '../../store/text/stored-text.js';
import type { Chosen } from './selection.js';

/** Rows for one text of them: larger ones cost memory that is slower to reach. */
const ROWS_AT_ONCE = 2048;
/** The character after a row of such a text. */
const LINE_END = 0;
const EQUALS = 0x3d;

/** Where the values of a column are. */
export interface OwnColumn {
  /** Its name, for an error. */
  name: string;
  /** The column with the id of a row, as it is named in the result and in conditions. */
  id: string;
  /** A statement without a condition, of the id and of `value`, a text. */
  select: string;
  /** The table and the column of which the value is the text, under the same id. */
  stored?: { table: string; column: string } | undefined;
}

/**
 * Is told of a value, whose bytes are there until it returns.
 * @param place of the row in its segment
 * @param end below 0 for NULL
 */
export type EachValue = (place: number, view: DataView, start: number, end: number) => void;

export interface ValueReader<P extends string> {
  /** The column's, for an error. */
  name: string;
  /** Tells of every chosen row once, in no order. */
  read(chosen: Chosen<P>, each: EachValue): void;
}

/** Bytes of different values in memory. */
export const MANY_BYTES = 2 ** 30;

/** For more than MANY_BYTES of them. */
export const tooManyValues = (name: string): UsageError =>
  new UsageError(
    'TOO_MANY_VALUES',
    `${name} has more than a gigabyte of different values`,
    'take fewer events, with `from` and `to` or other filters, or a column with fewer values',
  );

const storedTables = new WeakMap<Db, Map<string, StoredRows | undefined>>();

/** What reads a table out of pages; one for all questions of a connection. */
function storedTable(db: Db, table: string): StoredRows | undefined {
  const known = storedTables.get(db) ?? new Map<string, StoredRows | undefined>();
  storedTables.set(db, known);
  if (!known.has(table)) known.set(table, createStoredRows(db, [table]));
  return known.get(table);
}

/** Rows as one text, and how many. */
const linesOf = (id: string, select: string): string =>
  // ORDER BY keeps the inner statement one of its own: of a statement that aggregates, SQLite leaves out no join.
  `SELECT count(*), CAST(group_concat(${id} || coalesce('=' || value, ''), char(${LINE_END})) AS BLOB)
  FROM (${select} ORDER BY ${id})`;

const NOTHING = new DataView(new ArrayBuffer(0));
const NULL = -1;

type EachRow = (id: number, view: DataView, start: number, end: number) => void;

export function createValueReader<P extends string>(db: Db, column: OwnColumn): ValueReader<P> {
  const { id: idColumn, select } = column;
  const ofRange = `${select} WHERE ${idColumn} BETWEEN ? AND ?`;
  const ofIds = `${select} WHERE ${idColumn} IN (SELECT value FROM json_each(?))`;

  return {
    name: column.name,
    read({ segment: { first, last }, places }, each) {
      const isLeft = new Uint8Array(last - first + 1);
      for (let i = 0; i < places.length; i++) isLeft[places[i]!] = 1;
      const eachLeft: EachRow = (id, view, start, end) => {
        if (isLeft[id - first] !== 1) return;
        isLeft[id - first] = 0;
        each(id - first, view, start, end);
      };
      const isDense = places.length > (last - first) / 4;
      const size = rowsAtOnce(db, ROWS_AT_ONCE);
      if (!isDense) {
        for (let i = 0; i < places.length; i += size) {
          const ids = Array.from(places.subarray(i, i + size), place => first + place);
          readRows(db, column, ofIds, [JSON.stringify(ids)], eachLeft);
        }
      } else if (last - first < FEW_ROWS || !readPages(db, column, first, last, eachLeft)) {
        for (let id = first; id <= last; id += size)
          readRows(db, column, ofRange, [id, Math.min(id + size - 1, last)], eachLeft);
      }
      // Those of which the columns know, and the table does not.
      for (let place = isLeft.indexOf(1); place >= 0; place = isLeft.indexOf(1, place + 1))
        each(place, NOTHING, 0, NULL);
    },
  };
}

/** Reads all rows of a range out of the pages of the index; false where SQLite is to read those that are left. */
function readPages(db: Db, { stored }: OwnColumn, first: number, last: number, each: EachRow): boolean {
  const rows = stored && storedTable(db, stored.table);
  const place = stored && rows?.place(0, stored.column);
  if (!rows || place === undefined) return false;
  let seen: Buffer | undefined;
  let view: DataView = NOTHING;
  const eachOfPages: ColumnReader = (id, bytes, start, end) => {
    if (bytes !== seen) {
      seen = bytes;
      view = new DataView(bytes.buffer);
    }
    each(id, view, start, end);
  };
  return rows.during(() => rows.column(first, last, place, eachOfPages) || undefined) === true;
}

/** Reads a statement of ids and values, as one text where it can be. */
function readRows(db: Db, column: OwnColumn, select: string, params: unknown[], each: EachRow): void {
  if (readLines(db, linesOf(column.id, select), params, each)) return;
  const rows = prepared(db, select)
    .raw(true)
    .all(...params);
  for (const [id, text] of rows as Array<[number, string | null]>) {
    const bytes = Buffer.from(text ?? '');
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    each(id, view, 0, text === null ? NULL : bytes.length);
  }
}

/** False where the text is not one line a row, or too long. */
function readLines(db: Db, select: string, params: unknown[], each: EachRow): boolean {
  const read = orUndefined(
    () =>
      prepared(db, select)
        .raw(true)
        .get(...params),
    /^SQLITE_TOOBIG/,
  );
  if (!read) return false;
  const [rows, text] = read as [number, Buffer | null];
  if (!text) return true;
  const ends: number[] = [];
  for (let at = text.indexOf(LINE_END); at >= 0; at = text.indexOf(LINE_END, at + 1)) ends.push(at);
  ends.push(text.length);
  // A value may have the character that ends a row.
  if (ends.length !== rows) return false;
  const view = new DataView(text.buffer, text.byteOffset, text.length);
  let at = 0;
  for (const end of ends) {
    let id = 0;
    for (; at < end && text[at] !== EQUALS; at++) id = id * 10 + text[at]! - 0x30;
    each(id, view, at + 1, at === end ? NULL : end);
    at = end + 1;
  }
  return true;
}
