/** Counts events by the values of columns, with their errors and when they were: loops over the columns of the index. */

import { QueryError } from '../errors.js';
import { createDictionary } from '../read/dictionary.js';
import type { Pointer } from '../store/event-columns.js';
import { prepared } from '../store/native.js';
import type { Db } from '../store/open.js';
import { orUndefined } from '../store/seal.js';
import type { EventColumn } from './column.js';
import { IS_ERROR } from './filter.js';
import { type Chosen, secondsOf } from './selection.js';

export type Values = ReadonlyArray<string | null>;

/** What events are told apart by: a number for each value, or for the values of several columns together. */
export interface Grouping {
  /** The number of each event. */
  codes(chosen: Chosen): Uint32Array;
  /** The values of a number, one for each column. */
  valuesOf(code: number): Values;
}

export interface Group {
  /** One value for each column. */
  values: Array<string | null>;
  events: number;
  errors: number;
  /** Seconds since 1970 of the first and the last event; undefined where none has a time. */
  first: number | undefined;
  last: number | undefined;
}

/** The groupings of columns: those that are in one table together are one. */
export function groupingsBy(db: Db, columns: readonly EventColumn[]): Grouping[] {
  const groupings: Grouping[] = [];
  for (let at = 0; at < columns.length; ) {
    const { home } = columns[at]!;
    let end = at + 1;
    while (home !== 'event' && columns[end]?.home === home) end++;
    const together = columns.slice(at, end);
    groupings.push(home === 'event' ? byRows(db, columns[at]!) : byPointer(db, together, home));
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

/** Of columns of a table that events point to. Its rows are read when an event points to them. */
function byPointer(db: Db, columns: readonly EventColumn[], table: Pointer): Grouping {
  const { codeOf, valuesOf } = createCodes();
  const end = prepared(db, `SELECT coalesce(max(id), 0) FROM ${table}`).pluck().get() as number;
  const codeOfRow = new Uint32Array(end + 1).fill(UNKNOWN);
  codeOfRow[0] = codeOf(columns.map(() => null));
  const expressions = columns.map(({ expression }) => `CAST(${expression} AS TEXT)`).join(', ');
  const statement = prepared(
    db,
    `SELECT id, ${expressions} FROM ${table} WHERE id IN (SELECT value FROM json_each(?))`,
  );
  function learn(ids: ReadonlySet<number>): void {
    const rows = statement.raw(true).all(JSON.stringify([...ids])) as Array<[number, ...Values]>;
    for (const [id, ...values] of rows) codeOfRow[id] = codeOf(values);
  }
  return {
    codes({ segment, places }) {
      const pointers = segment.pointers(table);
      const codes = new Uint32Array(places.length);
      const unknown = new Set<number>();
      for (let i = 0; i < places.length; i++) {
        const row = pointers[places[i]!]!;
        codes[i] = codeOfRow[row]!;
        if (codes[i] === UNKNOWN) unknown.add(row);
      }
      if (unknown.size > 0) {
        learn(unknown);
        for (let i = 0; i < places.length; i++) codes[i] = codeOfRow[pointers[places[i]!]!]!;
      }
      return codes;
    },
    valuesOf,
  };
}

/** Rows for one text of them: larger ones cost memory that is slower to reach. */
const ROWS_AT_ONCE = 2048;
const ROW_END = 0;
/** Distinct values in memory. */
const MANY_BYTES = 2 ** 30;
const EQUALS = 0x3d;

/** Of a column that only rows have: read many at a time, as one text of ids and values, and told apart as bytes. */
function byRows(db: Db, { column }: EventColumn): Grouping {
  const known = createDictionary();
  const rows = `SELECT event_rowid, CAST("${column}" AS TEXT) AS value FROM cloudtrail_logs WHERE event_rowid`;
  const ofRange = `${rows} BETWEEN ? AND ?`;
  const ofIds = `${rows} IN (SELECT value FROM json_each(?))`;
  // ORDER BY keeps the inner statement one of its own: of a statement that aggregates, SQLite leaves out no join.
  const linesOf = (select: string): string => `SELECT count(*),
    CAST(group_concat(event_rowid || coalesce('=' || value, ''), char(${ROW_END})) AS BLOB)
    FROM (${select} ORDER BY event_rowid)`;

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
    for (let at = text.indexOf(ROW_END); at >= 0; at = text.indexOf(ROW_END, at + 1)) ends.push(at);
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
      throw new QueryError(
        'TOO_MANY_VALUES',
        `${column} has more than a gigabyte of different values`,
        'take fewer events, with --from and --to or other filters, or a column with fewer values',
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
      const code = (id: number, value: number): void => {
        codeAt[id - first] = value;
      };
      if (places.length > (last - first) / 4) {
        for (let id = first; id <= last; id += ROWS_AT_ONCE)
          readRows(ofRange, [id, Math.min(id + ROWS_AT_ONCE - 1, last)], code);
      } else {
        for (let i = 0; i < places.length; i += ROWS_AT_ONCE) {
          const ids = Array.from(places.subarray(i, i + ROWS_AT_ONCE), place => first + place);
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

/** Numbers for the pairs of two numbers, in a hash table of numbers: with a Map, counting by three columns takes twice as long. */
interface Pairs {
  pairOf(a: number, b: number): number;
  take(pair: number): readonly [number, number];
}

function createPairs(): Pairs {
  let slots = new Int32Array(1 << 12);
  let halves = new Uint32Array(1 << 12);
  let count = 0;

  /** The slot of a pair, or the empty one where it belongs. */
  function slotOf(a: number, b: number): number {
    const mask = slots.length - 1;
    let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    let at = (hash ^ (hash >>> 13)) & mask;
    for (let pair = slots[at]!; pair !== 0; pair = slots[at]!) {
      if (halves[2 * pair - 2] === a && halves[2 * pair - 1] === b) break;
      at = (at + 1) & mask;
    }
    return at;
  }

  function grow(): void {
    const wider = new Uint32Array(halves.length * 2);
    wider.set(halves);
    halves = wider;
    slots = new Int32Array(slots.length * 2);
    for (let pair = 1; pair <= count; pair++)
      slots[slotOf(halves[2 * pair - 2]!, halves[2 * pair - 1]!)] = pair;
  }

  return {
    pairOf(a, b) {
      const at = slotOf(a, b);
      const known = slots[at]!;
      if (known !== 0) return known - 1;
      slots[at] = ++count;
      halves[2 * count - 2] = a;
      halves[2 * count - 1] = b;
      const pair = count - 1;
      if (count >= slots.length / 2) grow();
      return pair;
    },
    take: pair => [halves[2 * pair]!, halves[2 * pair + 1]!],
  };
}

export interface Counter {
  add(chosen: Chosen): void;
  /** The groups so far, in no order. */
  groups(): Group[];
  counts(): Counts;
}

/** What was counted, by the number of the group. */
export interface Counts {
  /** The numbers there are. */
  codes: number[];
  events: Float64Array;
  errors: Float64Array;
  /** Seconds since 1970; Infinity and -Infinity where no event has a time. */
  first: Float64Array;
  last: Float64Array;
  valuesOf(code: number): Values;
  groupOf(code: number): Group;
}

/**
 * Counts events by the groupings together.
 * @param isError what `errorKinds` gave
 */
export function createCounter(isError: Uint8Array, groupings: readonly Grouping[]): Counter {
  const pairs = groupings.slice(1).map(createPairs);
  let size = 1 << 10;
  let events = new Float64Array(size);
  let errors = new Float64Array(size);
  let first = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
  let last = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);

  function reserve(most: number): void {
    if (most < size) return;
    const before = size;
    while (size <= most) size *= 2;
    const wider = (array: Float64Array<ArrayBuffer>, value: number): Float64Array<ArrayBuffer> => {
      const made = new Float64Array(size).fill(value, before);
      made.set(array);
      return made;
    };
    events = wider(events, 0);
    errors = wider(errors, 0);
    first = wider(first, Number.POSITIVE_INFINITY);
    last = wider(last, Number.NEGATIVE_INFINITY);
  }

  function valuesOf(code: number): Values {
    if (pairs.length === 0) return groupings[0]?.valuesOf(code) ?? [];
    const codes: number[] = [];
    let left = code;
    for (const pair of pairs.toReversed()) {
      const [a, b] = pair.take(left);
      codes.unshift(b);
      left = a;
    }
    codes.unshift(left);
    return groupings.flatMap((grouping, i) => grouping.valuesOf(codes[i]!));
  }

  function counts(): Counts {
    const codes: number[] = [];
    for (let code = 0; code < size; code++) if (events[code]! > 0) codes.push(code);
    const groupOf = (code: number): Group => ({
      values: [...valuesOf(code)],
      events: events[code]!,
      errors: errors[code]!,
      first: first[code] === Number.POSITIVE_INFINITY ? undefined : first[code]!,
      last: last[code] === Number.NEGATIVE_INFINITY ? undefined : last[code]!,
    });
    return { codes, events, errors, first, last, valuesOf, groupOf };
  }

  return {
    add(chosen) {
      const { segment, places } = chosen;
      const codes = groupings[0]?.codes(chosen) ?? new Uint32Array(places.length);
      for (const [i, grouping] of groupings.slice(1).entries())
        combine(codes, grouping.codes(chosen), pairs[i]!.pairOf);
      let most = 0;
      for (let i = 0; i < codes.length; i++) if (codes[i]! > most) most = codes[i]!;
      reserve(most);
      const times = segment.times();
      const kinds = segment.pointers('kind');
      const hasOdd = segment.oddTimes.size > 0;
      for (let i = 0; i < places.length; i++) {
        const place = places[i]!;
        const code = codes[i]!;
        events[code]!++;
        errors[code]! += isError[kinds[place]!]!;
        const time = hasOdd ? secondsOf(segment, place) : times[place]!;
        if (time === undefined) continue;
        if (time < first[code]!) first[code] = time;
        if (time > last[code]!) last[code] = time;
      }
    },
    groups() {
      const { codes, groupOf } = counts();
      return codes.map(groupOf);
    },
    counts,
  };
}

/** Counts events in several ways at once: each column of the index is read once. */
export function countEach(all: Iterable<Chosen>, counters: readonly Counter[]): void {
  for (const chosen of all) {
    for (const counter of counters) counter.add(chosen);
    chosen.segment.release();
  }
}

/** Counts events by the groupings together. */
export function count(db: Db, all: Iterable<Chosen>, groupings: readonly Grouping[]): Counter {
  const counter = createCounter(errorKinds(db), groupings);
  countEach(all, [counter]);
  return counter;
}

function combine(codes: Uint32Array, more: Uint32Array, pairOf: (a: number, b: number) => number): void {
  let [lastA, lastB, lastPair] = [-1, -1, -1];
  for (let i = 0; i < codes.length; i++) {
    const [a, b] = [codes[i]!, more[i]!];
    if (a !== lastA || b !== lastB) [lastA, lastB, lastPair] = [a, b, pairOf(a, b)];
    codes[i] = lastPair;
  }
}

/** A 1 for every kind of event that failed. */
export function errorKinds(db: Db): Uint8Array {
  const rows = prepared(db, `SELECT id, ${IS_ERROR} AS error FROM kind ORDER BY id`).all() as Array<{
    id: number;
    error: number | null;
  }>;
  const isError = new Uint8Array((rows.at(-1)?.id ?? 0) + 1);
  for (const { id, error } of rows) isError[id] = error === 1 ? 1 : 0;
  return isError;
}
