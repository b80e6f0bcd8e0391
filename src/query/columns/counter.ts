/** Counts events, or lines of access logs, by groupings, with their errors and when they were: loops over the columns of the index. */

import type { Dimension } from '../../dimensions.js';
import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { IS_ERROR } from '../filter/filter.js';
import type { Grouping, Values } from './codes.js';
import { createCombinations } from './combinations.js';
import { type Counts, countsOf, type Group, totalsIn } from './counts.js';
import { type Chosen, secondsOf } from './selection.js';
import { MANY_BYTES, tooManyValues, type ValueReader } from './value-reader.js';
import { createValueSums } from './value-sums.js';

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

/** Counts by the groupings together. */
export function createCounter<P extends string>(
  failures: Failures<P>,
  groupings: ReadonlyArray<Grouping<P>>,
): Counter<P> {
  const [only, ...others] = groupings;
  return only?.values && others.length === 0 ? byValues(failures, only.values) : byCodes(failures, groupings);
}

function counterOf<P extends string>(add: Counter<P>['add'], counts: () => Counts): Counter<P> {
  return {
    add,
    groups() {
      const { codes, groupOf } = counts();
      return Array.from(codes, groupOf);
    },
    counts,
  };
}

function byCodes<P extends string>(
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

  function add(chosen: Chosen<P>): void {
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
  }

  return counterOf(add, () => {
    const compare = groupings.length === 1 ? groupings[0]!.compare : undefined;
    return countsOf(totalsIn(events, errors, first, last), valuesOf, compare);
  });
}

/** Counts by values of which most may be different ones. */
function byValues<P extends string>(
  { pointer, isError }: Failures<P>,
  { name, read }: ValueReader<P>,
): Counter<P> {
  const sums = createValueSums(MANY_BYTES, () => tooManyValues(name));

  function add(chosen: Chosen<P>): void {
    const { segment } = chosen;
    const times = segment.times();
    const rows = segment.pointers(pointer);
    const hasOdd = segment.oddTimes.size > 0;
    read(chosen, (place, view, start, end) => {
      const time = hasOdd ? (secondsOf(segment, place) ?? Number.NaN) : times[place]!;
      sums.add(view, start, end, isError[rows[place]!]!, time);
    });
  }

  return counterOf(add, () => {
    const totals = sums.totals();
    return countsOf(totals, code => [totals.textOf(code)], totals.compare);
  });
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
