/** What events are counted and sorted by: numbers for the values of columns. */

import { createDictionary } from '../../bytes/dictionary.js';
import type { Dimension } from '../../dimensions.js';
import { UsageError } from '../../errors.js';
import type { Db } from '../../store/open.js';
import { orUndefined } from '../../store/seal.js';
import { prepared } from '../../store/statements.js';
import { rowsAtOnce } from '../../store/text/rows.js';
import { expressionOf } from '../../store/view.js';
import type { EventColumn } from './column.js';
import { type Chosen, secondsOf } from './selection.js';

export type Values = ReadonlyArray<string | null>;

/** What distinguishes events: a number for each value, or for the values of several columns together. */
export interface Grouping {
  /** The number of each event. */
  codes(chosen: Chosen): Uint32Array;
  /** The values of a number, one for each column. */
  valuesOf(code: number): Values;
}

/** The groupings of columns: those that are in one table together are one. */
export function groupingsBy(db: Db, columns: readonly EventColumn[]): Grouping[] {
  const groupings: Grouping[] = [];
  for (let at = 0; at < columns.length; ) {
    const { home } = columns[at]!;
    let end = at + 1;
    while (home !== 'event' && columns[end]?.home === home) end++;
    const together = columns.slice(at, end);
    groupings.push(home === 'event' ? byRows(db, columns[at]!) : byDimensionRows(db, together, home));
    at = end;
  }
  return groupings;
}

/** Gives the values of rows numbers from 0, the same to the same ones. */
function createCodes(): { codeOf(values: Values): number; valuesOf(code: number): Values } {
  const all: Values[] = [];
  const codes = new Map<string | null, number>();
  return {
    codeOf(values) {
      const key = values.length === 1 ? values[0]! : JSON.stringify(values);
      let code = codes.get(key);
      if (code === undefined) {
        code = all.push(values) - 1;
        codes.set(key, code);
      }
      return code;
    },
    valuesOf: code => all[code]!,
  };
}

/** Stands for a row that has no number yet. */
const UNKNOWN = 0xffffffff;

/** Numbers for the rows of a table that events point to. */
export interface RowGrouping extends Pick<Grouping, 'valuesOf'> {
  /** The number of each row, 0 standing for none. */
  codesOf(rows: Uint32Array): Uint32Array;
  /** Rows there may be: one more than the last id. */
  rows: number;
}

/** Tables of no more rows are remembered: who asks the same index again has their values already. */
const FEW_ROWS = 1 << 17;
const remembered = new WeakMap<Db, Map<string, RowGrouping>>();

/** Of columns of a table that events point to. Its rows, which never change, are read when one is asked for. */
export function rowGrouping(db: Db, columns: readonly EventColumn[], table: Dimension): RowGrouping {
  const rows = (prepared(db, `SELECT coalesce(max(id), 0) FROM ${table}`).pluck().get() as number) + 1;
  const known = remembered.get(db) ?? new Map<string, RowGrouping>();
  remembered.set(db, known);
  const key = columns.map(({ column }) => column).join(' ');
  const before = known.get(key);
  if (before?.rows === rows) return before;
  const made = newRowGrouping(db, columns, table, rows);
  if (rows <= FEW_ROWS) known.set(key, made);
  return made;
}

function newRowGrouping(
  db: Db,
  columns: readonly EventColumn[],
  table: Dimension,
  rows: number,
): RowGrouping {
  const { codeOf, valuesOf } = createCodes();
  const codeOfRow = new Uint32Array(rows).fill(UNKNOWN);
  codeOfRow[0] = codeOf(columns.map(({ ofNone }) => ofNone));
  const expressions = columns.map(({ expression }) => `CAST(${expression} AS TEXT)`).join(', ');
  const select = `SELECT id, ${expressions} FROM ${table} WHERE id IN (SELECT value FROM json_each(?))`;
  function learn(ids: ReadonlySet<number>): void {
    const read = prepared(db, select)
      .raw(true)
      .all(JSON.stringify([...ids])) as Array<[number, ...Values]>;
    for (const [id, ...values] of read) codeOfRow[id] = codeOf(values);
  }
  return {
    rows,
    codesOf(asked) {
      const codes = new Uint32Array(asked.length);
      const unknown = new Set<number>();
      for (let i = 0; i < asked.length; i++) {
        codes[i] = codeOfRow[asked[i]!]!;
        if (codes[i] === UNKNOWN) unknown.add(asked[i]!);
      }
      if (unknown.size > 0) {
        learn(unknown);
        for (let i = 0; i < asked.length; i++) codes[i] = codeOfRow[asked[i]!]!;
      }
      return codes;
    },
    valuesOf,
  };
}

/** Of columns of a table that events point to. */
function byDimensionRows(db: Db, columns: readonly EventColumn[], table: Dimension): Grouping {
  const { codesOf, valuesOf } = rowGrouping(db, columns, table);
  return {
    codes({ segment, places }) {
      const pointers = segment.pointers(table);
      const rows = new Uint32Array(places.length);
      for (let i = 0; i < places.length; i++) rows[i] = pointers[places[i]!]!;
      return codesOf(rows);
    },
    valuesOf,
  };
}

/** Rows for one text of them: larger ones cost memory that is slower to reach. */
const ROWS_AT_ONCE = 2048;
/** The character after a row of such a text. */
const LINE_END = 0;
/** Distinct values in memory. */
const MANY_BYTES = 2 ** 30;
const EQUALS = 0x3d;

/** Where the values of a column are, and under which id: in the narrow table of events where the view takes them from it. */
function rowsOf(column: string): { id: string; select: string } {
  const [, own] = /^e\.(\w+)$/.exec(expressionOf(column)!) ?? [];
  return own === undefined
    ? {
        id: 'event_rowid',
        select: `SELECT event_rowid, CAST("${column}" AS TEXT) AS value FROM cloudtrail_logs`,
      }
    : { id: 'id', select: `SELECT id, CAST(${own} AS TEXT) AS value FROM event` };
}

/** Of a column that only rows have: read many at a time, as one text of ids and values, and distinguished as bytes. */
function byRows(db: Db, { column }: EventColumn): Grouping {
  const known = createDictionary();
  const { id: idColumn, select: rows } = rowsOf(column);
  const ofRange = `${rows} WHERE ${idColumn} BETWEEN ? AND ?`;
  const ofIds = `${rows} WHERE ${idColumn} IN (SELECT value FROM json_each(?))`;
  // ORDER BY keeps the inner statement one of its own: of a statement that aggregates, SQLite leaves out no join.
  const linesOf = (select: string): string => `SELECT count(*),
    CAST(group_concat(${idColumn} || coalesce('=' || value, ''), char(${LINE_END})) AS BLOB)
    FROM (${select} ORDER BY ${idColumn})`;

  /** Gives `code` every row and its number, 0 for NULL. False where the text is not one line a row, or too long. */
  function readLines(select: string, params: unknown[], code: (id: number, value: number) => void): boolean {
    const read = orUndefined(
      () =>
        prepared(db, linesOf(select))
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
    if (known.byteLength() > MANY_BYTES) {
      throw new UsageError(
        'TOO_MANY_VALUES',
        `${column} has more than a gigabyte of different values`,
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

  return {
    codes({ segment, places }) {
      const { first, last } = segment;
      const codeAt = new Uint32Array(last - first + 1);
      const size = rowsAtOnce(db, ROWS_AT_ONCE);
      const code = (id: number, value: number): void => {
        codeAt[id - first] = value;
      };
      if (places.length > (last - first) / 4) {
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
  };
}

/** Time in steps of `width` seconds from `origin`; the value is the step's first second, or null without a time. */
export function groupingByTime(origin: number, width: number): Grouping {
  return {
    codes({ segment, places }) {
      const times = segment.times();
      const hasOdd = segment.oddTimes.size > 0;
      return places.map(place => {
        const seconds = hasOdd ? secondsOf(segment, place) : times[place];
        return seconds === undefined ? 0 : Math.floor((seconds - origin) / width) + 1;
      });
    },
    valuesOf: code => [code === 0 ? null : String(origin + (code - 1) * width)],
  };
}
