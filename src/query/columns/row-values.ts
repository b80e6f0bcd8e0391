/** Numbers for the values that only rows have: read many at a time, as one text of ids and values, and distinguished as bytes. */

import { createDictionary } from '../../bytes/dictionary.js';
import { UsageError } from '../../errors.js';
import { type ColumnReader, createStoredRows, type StoredRows } from '../../store/file/stored-rows.js';
import type { Db } from '../../store/open.js';
import { orUndefined } from '../../store/seal.js';
import { prepared } from '../../store/statements.js';
import { rowsAtOnce } from '../../store/text/rows.js';
import { FEW_ROWS } from '../../store/text/stored-text.js';
import type { Grouping } from './codes.js';

/** Rows for one text of them: larger ones cost memory that is slower to reach. */
const ROWS_AT_ONCE = 2048;
/** The character after a row of such a text. */
const LINE_END = 0;
/** Distinct values in memory. */
const MANY_BYTES = 2 ** 30;
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

/**
 * Groups by a column that only rows have.
 * Long: its functions share the values that are known.
 */
export function groupingByValues<P extends string>(
  db: Db,
  { name, id: idColumn, select: rows, stored }: OwnColumn,
): Grouping<P> {
  const known = createDictionary();
  const ofRange = `${rows} WHERE ${idColumn} BETWEEN ? AND ?`;
  const ofIds = `${rows} WHERE ${idColumn} IN (SELECT value FROM json_each(?))`;

  const hasTooMuch = (): boolean => known.byteLength() > MANY_BYTES;

  /** Gives `code` every row and its number, 0 for NULL. False where the text is not one line a row, or too long. */
  function readLines(select: string, params: unknown[], code: (id: number, value: number) => void): boolean {
    const read = orUndefined(
      () =>
        prepared(db, linesOf(idColumn, select))
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
      code(id, at === end ? 0 : known.idOf(view, at + 1, end) + 1);
      at = end + 1;
    }
    return true;
  }

  function readRows(select: string, params: unknown[], code: (id: number, value: number) => void): void {
    if (hasTooMuch()) {
      throw new UsageError(
        'TOO_MANY_VALUES',
        `${name} has more than a gigabyte of different values`,
        'take fewer events, with `from` and `to` or other filters, or a column with fewer values',
      );
    }
    if (readLines(select, params, code)) return;
    const rows = prepared(db, select)
      .raw(true)
      .all(...params);
    for (const [id, text] of rows as Array<[number, string | null]>) {
      const bytes = Buffer.from(text ?? '');
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      code(id, text === null ? 0 : known.idOf(view, 0, bytes.length) + 1);
    }
  }

  /** All rows of a range, out of the pages of the index; false where SQLite is to read them. */
  function readPages(first: number, last: number, code: (id: number, value: number) => void): boolean {
    const from = stored && storedTable(db, stored.table);
    const place = stored && from?.place(0, stored.column);
    if (!from || place === undefined) return false;
    let seen: Buffer | undefined;
    let view: DataView = new DataView(new ArrayBuffer(0));
    const each: ColumnReader = (id, bytes, start, end) => {
      if (bytes !== seen) {
        seen = bytes;
        view = new DataView(bytes.buffer);
      }
      code(id, end < 0 ? 0 : known.idOf(view, start, end) + 1);
    };
    return from.during(() => from.column(first, last, place, each) || undefined) === true;
  }

  const lengthOf = (code: number): number => (code === 0 ? 0 : known.textOf(code - 1).length);

  return {
    codes({ segment, places }) {
      const { first, last } = segment;
      const codeAt = new Uint32Array(last - first + 1);
      const size = rowsAtOnce(db, ROWS_AT_ONCE);
      const code = (id: number, value: number): void => {
        codeAt[id - first] = value;
      };
      if (places.length > (last - first) / 4) {
        if (last - first >= FEW_ROWS && !hasTooMuch() && readPages(first, last, code))
          return places.map(place => codeAt[place]!);
        for (let id = first; id <= last; id += size)
          readRows(ofRange, [id, Math.min(id + size - 1, last)], code);
      } else {
        for (let i = 0; i < places.length; i += size) {
          const ids = Array.from(places.subarray(i, i + size), place => first + place);
          readRows(ofIds, [JSON.stringify(ids)], code);
        }
      }
      return places.map(place => codeAt[place]!);
    },
    valuesOf: code => [code === 0 ? null : known.textOf(code - 1)],
    compare: (a, b) => (a === 0 || b === 0 ? lengthOf(a) - lengthOf(b) : known.compare(a - 1, b - 1)),
  };
}
