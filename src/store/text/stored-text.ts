/** The text of events' rows, as `rows.ts` describes it, made of the pages of the index where they can be known. */

import { fieldsAt } from '../../cloudtrail/fields.js';
import { OUTPUT } from '../file/row-memory.js';
import { createStoredRows, DECLINED, type StoredRows } from '../file/stored-rows.js';
import type { Db } from '../open.js';
import { type RowSet, rowCount } from './row-set.js';

/** How a value stands in the text: see `scripts/wasm/rows.ts`. */
const AS_JSON = 0;
const IN_QUOTES = 1;
const AFTER_MARK = 2;

const EVENT = 0 as const;
const DETAIL = 1 as const;
const ROW_END_BYTE = 1;

const VALUES = [
  ...fieldsAt('event', 'detail').map(({ home, column, json }) => ({
    table: home === 'event' ? EVENT : DETAIL,
    column,
    how: json ? AS_JSON : IN_QUOTES,
  })),
  { table: DETAIL, column: 'additional_fields', how: AFTER_MARK },
] as const;

interface Reader {
  rows: StoredRows;
  /** Dimensions to which the head of a row points. */
  pointers: number;
}
const readers = new WeakMap<Db, Reader | undefined>();

/** Rows that a connection reads before WebAssembly is worth its start, some 10 ms. */
export const FEW_ROWS = 4096;
const counts = new WeakMap<Db, number>();

/** Counts rows that a connection reads; gives how many those are so far. */
export function countRows(db: Db, rows: RowSet): number {
  const count = (counts.get(db) ?? 0) + ('first' in rows ? rowCount([rows]) : rows.length);
  counts.set(db, count);
  return count;
}

/** Says that rows are about to be read: of many, the first already out of pages. */
export function expectRows(db: Db, sets: readonly RowSet[]): void {
  for (const set of sets) countRows(db, set);
}

/**
 * Reads events.
 * @param dimensions to which the head of a row points, in their order
 * @param holding folded texts: rows that hold none of them may be left out
 * @returns their rows, valid until more are read; undefined where SQLite is to read them
 */
export function storedText(
  db: Db,
  dimensions: readonly string[],
  wanted: RowSet,
  holding?: readonly string[],
): Buffer | undefined {
  const reader = readerOf(db, dimensions);
  return reader?.rows.during(() => textOf(reader, wanted, holding));
}

/** Bytes of a text that can be looked for. */
const LEAST_NEEDLE = 2;
/** Around a value there may be quotes that are not stored with it. */
const withoutQuotes = (text: string): string => text.replace(/^"+|"+$/g, '');

function textOf({ rows, pointers }: Reader, wanted: RowSet, holding?: readonly string[]): Buffer | undefined {
  const { run } = rows;
  const texts = holding?.map(text => Buffer.from(withoutQuotes(text)));
  const isSelective =
    texts !== undefined &&
    texts.length > 0 &&
    texts.every(({ length }) => length >= LEAST_NEEDLE) &&
    rows.look(texts);
  let at = OUTPUT;
  /** One row, with a byte in front of it. */
  const add = (id: number): boolean => {
    const found = rows.bring(id, at);
    if (found <= 0) return found !== DECLINED;
    const end = run.writeText(at + 1, id, pointers, VALUES.length);
    if (end === 0) return false;
    if (isSelective && run.mayHold(at + 1, end) === 0) return true;
    rows.bytes()[at] = ROW_END_BYTE;
    at = end;
    return true;
  };
  if ('first' in wanted) {
    const text = { pointers, values: VALUES.length, isSelective };
    for (let id = wanted.first; id <= wanted.last; ) {
      const scanned = rows.scan(id, wanted.last, at, text);
      if (!scanned) return undefined;
      at = scanned.at;
      // It stops before a long record.
      if (scanned.next === id && !add(id)) return undefined;
      id = Math.max(scanned.next, id + 1);
    }
  } else {
    let last = 0;
    for (const id of wanted) {
      // SQLite gives each row once, in the order of the ids.
      if (id <= last || !add(id)) return undefined;
      last = id;
    }
  }
  return rows.bytes().subarray(Math.min(OUTPUT + 1, at), at);
}

function readerOf(db: Db, dimensions: readonly string[]): Reader | undefined {
  if (readers.has(db)) return readers.get(db);
  const rows = createStoredRows(db, ['event', 'detail']);
  const places = [
    ...dimensions.map(dimension => rows?.place(EVENT, `${dimension}_id`)),
    rows?.place(EVENT, 'eventtime'),
    rows?.place(EVENT, 'odd_time'),
    rows?.place(DETAIL, 'record'),
    ...VALUES.flatMap(({ table, column, how }) => [rows?.place(table, column), how]),
  ];
  const isKnown = rows !== undefined && places.every(place => place !== undefined);
  if (isKnown) rows.want(places);
  const reader = isKnown ? { rows, pointers: dimensions.length } : undefined;
  readers.set(db, reader);
  return reader;
}
