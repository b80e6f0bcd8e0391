/** Counts events, or lines of access logs, by groupings, with their errors and when they were: loops over the columns of the index. */

import type { Dimension } from '../../dimensions.js';
import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { IS_ERROR } from '../filter/filter.js';
import type { Grouping, Values } from './codes.js';
import { createCombinations } from './combinations.js';
import { compareText } from './order.js';
import { type Chosen, secondsOf, secondText } from './selection.js';

/** Events that agree in the columns. */
export interface Group {
  /** One value for each column. */
  values: Array<string | null>;
  events: number;
  errors: number;
  /** Seconds since 1970 of the first and the last event; undefined where none has a time. */
  first: number | undefined;
  last: number | undefined;
}

/** A group as it is shown. */
export interface Counted {
  /** One value for each column, in the order of the columns; null where an event has none. */
  values: Array<string | null>;
  /** Number of events. */
  events: number;
  /** Number of those that failed. */
  errors: number;
  /** eventTime to the second; null where none has a time. */
  first: string | null;
  /** eventTime of the last one; null where none has a time. */
  last: string | null;
}

/** Which events failed: those that point to some rows. */
export interface Failures<P extends string = Dimension> {
  pointer: P;
  /** A 1 for every such row. */
  isError: Uint8Array;
}

export interface Counter<P extends string = Dimension> {
  add(chosen: Chosen<P>): void;
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
  /** Which of two groups has the values that come first, as texts by code units, null like an empty one. */
  compare(a: number, b: number): number;
  groupOf(code: number): Group;
}

/**
 * @param valuesOf the values of a group by its number, its place in the arrays
 * @param compare as in `Counts`, where that is known without the values
 */
export function countsOf(
  sums: Pick<Counts, 'events' | 'errors' | 'first' | 'last'>,
  valuesOf: (code: number) => Values,
  compare = (a: number, b: number): number => compareValues(valuesOf(a), valuesOf(b)),
): Counts {
  const { events, errors, first, last } = sums;
  const codes: number[] = [];
  for (let code = 0; code < events.length; code++) if (events[code]! > 0) codes.push(code);
  const groupOf = (code: number): Group => ({
    values: [...valuesOf(code)],
    events: events[code]!,
    errors: errors[code]!,
    first: first[code] === Number.POSITIVE_INFINITY ? undefined : first[code]!,
    last: last[code] === Number.NEGATIVE_INFINITY ? undefined : last[code]!,
  });
  return { ...sums, codes, valuesOf, compare, groupOf };
}

function compareValues(a: Values, b: Values): number {
  for (const [i, value] of a.entries()) {
    const order = compareText(value ?? '', b[i] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

/** Counts by the groupings together. */
export function createCounter<P extends string>(
  { pointer, isError }: Failures<P>,
  groupings: ReadonlyArray<Grouping<P>>,
): Counter<P> {
  const { codes: combined, partsOf } = createCombinations(Math.max(1, groupings.length));
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
    if (groupings.length === 1) return groupings[0]!.valuesOf(code);
    const codes = partsOf(code);
    return groupings.flatMap((grouping, i) => grouping.valuesOf(codes[i]!));
  }

  const counts = (): Counts =>
    countsOf(
      { events, errors, first, last },
      valuesOf,
      groupings.length === 1 ? groupings[0]!.compare : undefined,
    );

  return {
    add(chosen) {
      const { segment, places } = chosen;
      const parts = groupings.map(grouping => grouping.codes(chosen));
      const codes = parts.length > 0 ? combined(parts) : new Uint32Array(places.length);
      let most = 0;
      for (let i = 0; i < codes.length; i++) if (codes[i]! > most) most = codes[i]!;
      reserve(most);
      const times = segment.times();
      const rows = segment.pointers(pointer);
      const hasOdd = segment.oddTimes.size > 0;
      for (let i = 0; i < places.length; i++) {
        const place = places[i]!;
        const code = codes[i]!;
        events[code]!++;
        errors[code]! += isError[rows[place]!]!;
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

/** A counter that leaves out events that did not fail: counts and times are those of the failures alone. */
export function ofErrors(counter: Counter, { pointer, isError }: Failures): Counter {
  return {
    ...counter,
    add({ segment, places }) {
      const rows = segment.pointers(pointer);
      const failed = places.filter(place => isError[rows[place]!] === 1);
      if (failed.length > 0) counter.add({ segment, places: failed });
    },
  };
}

/** Counts in several ways at once: each column of the index is read once. */
export function countEach<P extends string>(
  all: Iterable<Chosen<P>>,
  counters: ReadonlyArray<Counter<P>>,
): void {
  for (const chosen of all) {
    for (const counter of counters) counter.add(chosen);
    chosen.segment.release();
  }
}

/** Counts events by the groupings together. */
export function count(db: Db, all: Iterable<Chosen>, groupings: readonly Grouping[]): Counter {
  const counter = createCounter(eventFailures(db), groupings);
  countEach(all, [counter]);
  return counter;
}

/** Events that failed, by their kinds. */
export function eventFailures(db: Db): Failures {
  const rows = prepared(db, `SELECT id, ${IS_ERROR} AS error FROM kind ORDER BY id`).all() as Array<{
    id: number;
    error: number | null;
  }>;
  const isError = new Uint8Array((rows.at(-1)?.id ?? 0) + 1);
  for (const { id, error } of rows) isError[id] = error === 1 ? 1 : 0;
  return { pointer: 'kind', isError };
}

/** The group with its times as eventTime has them. */
export function countedOf({ values, events, errors, first, last }: Group): Counted {
  const text = (seconds: number | undefined): string | null =>
    seconds === undefined ? null : secondText(seconds);
  return { values, events, errors, first: text(first), last: text(last) };
}
