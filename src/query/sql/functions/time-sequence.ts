/** `sequence` over dates and timestamps: a list from one to another in steps of an interval. */

import { invalidArgument } from '../errors.js';
import { plusMonths } from '../time/arithmetic.js';
import { addMonths, DAY_MS, microsOf, millisOf } from '../time/calendar.js';
import { between } from '../time/units.js';
import type { Value } from '../values.js';
import { type SqlFunction, scalar } from './registry.js';

const MAX_ENTRIES = 10_000;

/** Throws unless the steps lead from the start to the stop. */
function checkStep(start: bigint | number, stop: bigint | number, step: bigint): void {
  if (step === 0n) invalidArgument('step must not be zero');
  if (step > 0n ? stop < start : stop > start)
    invalidArgument(
      'sequence stop value should be greater than or equal to start value if step is greater than zero otherwise stop should be less than or equal to start',
    );
}

/** So many entries, each made of its number. */
function entries(count: number, make: (i: number) => Value): Value[] {
  if (count > MAX_ENTRIES)
    return invalidArgument(`result of sequence function must not have more than ${MAX_ENTRIES} entries`);
  return Array.from({ length: count }, (_, i) => make(i));
}

function days(start: number, stop: number, step: number): Value[] {
  return entries(Math.floor((stop - start) / step) + 1, i => start + i * step);
}

function daysByInterval(start: number, stop: number, millis: bigint): Value[] {
  const day = BigInt(DAY_MS);
  if (millis % day !== 0n)
    return invalidArgument('sequence step must be a day interval if start and end values are dates');
  const step = millis / day;
  checkStep(start, stop, step);
  return days(start, stop, Number(step));
}

function daysByMonths(start: number, stop: number, months: bigint): Value[] {
  checkStep(start, stop, months);
  const step = Number(months);
  const total = between('month', start * DAY_MS, stop * DAY_MS);
  return entries(Math.trunc(total / step) + 1, i => addMonths(start, i * step));
}

function timesByInterval(start: bigint, stop: bigint, millis: bigint): Value[] {
  checkStep(start, stop, millis);
  const step = millis * 1000n;
  return entries(Number((stop - start) / step) + 1, i => start + BigInt(i) * step);
}

function timesByMonths(start: bigint, stop: bigint, months: bigint): Value[] {
  checkStep(start, stop, months);
  const step = Number(months);
  const from = millisOf(start);
  // Compared to the millisecond, as the other functions count months.
  const total = between('month', from, millisOf(stop - (start - microsOf(from))));
  return entries(Math.trunc(total / step) + 1, i => plusMonths(start, i * step));
}

export const TIME_SEQUENCES: readonly SqlFunction[] = [
  scalar(
    'sequence(date, date) -> array(date)',
    'The days from one date to another, both with them.',
    (start: number, stop: number) => days(start, stop, start <= stop ? 1 : -1),
  ),
  scalar(
    'sequence(date, date, interval day to second) -> array(date)',
    'The dates from one to another in steps of whole days.',
    daysByInterval,
  ),
  scalar(
    'sequence(date, date, interval year to month) -> array(date)',
    'The dates from one to another in steps of months.',
    daysByMonths,
  ),
  scalar(
    'sequence(timestamp, timestamp, interval day to second) -> array(timestamp)',
    'The times from one to another in steps of an interval.',
    timesByInterval,
  ),
  scalar(
    'sequence(timestamp, timestamp, interval year to month) -> array(timestamp)',
    'The times from one to another in steps of months.',
    timesByMonths,
  ),
];
