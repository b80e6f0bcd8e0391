/** Counts events by groupings, with their errors and when they were: loops over the columns of the index. */

import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { IS_ERROR } from '../filter/filter.js';
import type { Grouping, Values } from './grouping.js';
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

/** A counter that leaves out events that did not fail: counts and times are those of the failures alone. */
export function ofErrors(counter: Counter, isError: Uint8Array): Counter {
  return {
    ...counter,
    add({ segment, places }) {
      const kinds = segment.pointers('kind');
      const failed = places.filter(place => isError[kinds[place]!] === 1);
      if (failed.length > 0) counter.add({ segment, places: failed });
    },
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

/** The group with its times as eventTime has them. */
export function countedOf({ values, events, errors, first, last }: Group): Counted {
  const text = (seconds: number | undefined): string | null =>
    seconds === undefined ? null : secondText(seconds);
  return { values, events, errors, first: text(first), last: text(last) };
}
