/** What was counted, by groups, and a group as it is shown. */

import type { Values } from './codes.js';
import { compareText } from './order.js';
import { secondText } from './selection.js';

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

/** The sums of groups, by their numbers. */
export interface Totals {
  events: ArrayLike<number>;
  errorsOf(code: number): number;
  /** Seconds since 1970; Infinity where no event has a time. */
  firstOf(code: number): number;
  /** The same; -Infinity where no event has one. */
  lastOf(code: number): number;
}

/** What was counted. */
export interface Counts extends Totals {
  /** The numbers there are. */
  codes: Uint32Array;
  valuesOf(code: number): Values;
  /** Which of two groups has the values that come first, as texts by code units, null like an empty one. */
  compare(a: number, b: number): number;
  groupOf(code: number): Group;
}

/**
 * @param valuesOf the values of a group by its number
 * @param compare as in `Counts`, where that is known without the values
 */
export function countsOf(
  { events, errorsOf, firstOf, lastOf }: Totals,
  valuesOf: (code: number) => Values,
  compare = (a: number, b: number): number => compareValues(valuesOf(a), valuesOf(b)),
): Counts {
  let count = 0;
  const codes = new Uint32Array(events.length);
  for (let code = 0; code < events.length; code++) if (events[code]! > 0) codes[count++] = code;
  const timeOf = (seconds: number): number | undefined => (Number.isFinite(seconds) ? seconds : undefined);
  const groupOf = (code: number): Group => ({
    values: [...valuesOf(code)],
    events: events[code]!,
    errors: errorsOf(code),
    first: timeOf(firstOf(code)),
    last: timeOf(lastOf(code)),
  });
  return {
    ...{ codes: codes.subarray(0, count), events, errorsOf, firstOf, lastOf },
    ...{ valuesOf, compare, groupOf },
  };
}

/** Totals in arrays. */
export const totalsIn = (
  events: Float64Array,
  errors: Float64Array,
  first: Float64Array,
  last: Float64Array,
): Totals => ({
  events,
  errorsOf: code => errors[code]!,
  firstOf: code => first[code]!,
  lastOf: code => last[code]!,
});

function compareValues(a: Values, b: Values): number {
  for (const [i, value] of a.entries()) {
    const order = compareText(value ?? '', b[i] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

/** The group with its times as eventTime has them. */
export function countedOf({ values, events, errors, first, last }: Group): Counted {
  const text = (seconds: number | undefined): string | null =>
    seconds === undefined ? null : secondText(seconds);
  return { values, events, errors, first: text(first), last: text(last) };
}
