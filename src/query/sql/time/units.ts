/** Units of time, from millisecond to year: rounding down to one, adding some, and counting those between two times. */

import { SqlError } from '../errors.js';
import {
  addMonthsToMillis,
  civilFromDays,
  DAY_MS,
  dayOfWeek,
  daysFromCivil,
  daysInMonth,
  HOUR_MS,
  isLeap,
  MINUTE_MS,
  SECOND_MS,
} from './calendar.js';

export type Unit =
  | 'millisecond'
  | 'second'
  | 'minute'
  | 'hour'
  | 'day'
  | 'week'
  | 'month'
  | 'quarter'
  | 'year';

/** Units of one length. */
const LENGTH: Partial<Record<Unit, number>> = {
  millisecond: 1,
  second: SECOND_MS,
  minute: MINUTE_MS,
  hour: HOUR_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
};
/** Units of a number of months. */
const MONTHS: Partial<Record<Unit, number>> = { month: 1, quarter: 3, year: 12 };

const TIME_UNITS: readonly Unit[] = ['millisecond', 'second', 'minute', 'hour'];
const DATE_UNITS: readonly Unit[] = ['day', 'week', 'month', 'quarter', 'year'];

/** Units by the type that has them. */
const UNITS: Readonly<Record<'DATE' | 'TIME' | 'TIMESTAMP', readonly Unit[]>> = {
  DATE: DATE_UNITS,
  TIME: TIME_UNITS,
  TIMESTAMP: [...TIME_UNITS, ...DATE_UNITS],
};

/** Whether the unit is shorter than a day, so that its length does not depend on the zone. */
export const isShort = (unit: Unit): boolean => TIME_UNITS.includes(unit);

/** Length of a unit in milliseconds; 0 for those of months. */
export const lengthOf = (unit: Unit): number => LENGTH[unit] ?? 0;

/** The unit of an argument, in any case; throws `'x' is not a valid DATE field`. */
export function unitOf(text: string, type: 'DATE' | 'TIME' | 'TIMESTAMP'): Unit {
  const units: readonly string[] = UNITS[type];
  if (units.includes(text)) return text as Unit;
  const lower = text.toLowerCase();
  if (units.includes(lower)) return lower as Unit;
  throw new SqlError('INVALID_FUNCTION_ARGUMENT', `'${text}' is not a valid ${type} field`);
}

/** The start of the unit that a local time is in. */
export function truncate(unit: Unit, ms: number): number {
  switch (unit) {
    case 'millisecond':
      return ms;
    case 'second':
    case 'minute':
    case 'hour':
    case 'day':
      return Math.floor(ms / LENGTH[unit]!) * LENGTH[unit]!;
    case 'week': {
      const days = Math.floor(ms / DAY_MS);
      return (days - dayOfWeek(days) + 1) * DAY_MS;
    }
    default: {
      const { year, month } = civilFromDays(Math.floor(ms / DAY_MS));
      const width = MONTHS[unit]!;
      return daysFromCivil(year, Math.floor((month - 1) / width) * width + 1, 1) * DAY_MS;
    }
  }
}

/** A local time and a number of units. */
export function addUnits(unit: Unit, count: number, ms: number): number {
  const months = MONTHS[unit];
  return months === undefined ? ms + count * LENGTH[unit]! : addMonthsToMillis(ms, count * months);
}

/** How many whole units lie between two local times; negative where the first is the later. */
export function between(unit: Unit, from: number, to: number): number {
  const length = LENGTH[unit];
  if (length !== undefined) return Math.trunc((to - from) / length);
  if (to < from) return -between(unit, to, from) || 0;
  return unit === 'year' ? yearsBetween(from, to) : Math.trunc(monthsBetween(from, to) / MONTHS[unit]!);
}

function monthsBetween(from: number, to: number): number {
  const end = civilFromDays(Math.floor(to / DAY_MS));
  const start = civilFromDays(Math.floor(from / DAY_MS));
  const startOfEnd = daysFromCivil(end.year, end.month, 1) * DAY_MS;
  let startRest = from - daysFromCivil(start.year, start.month, 1) * DAY_MS;
  // On the last day of a shorter month the month is over.
  if (end.day === daysInMonth(end.year, end.month) && start.day > end.day)
    startRest -= (start.day - end.day) * DAY_MS;
  const months = (end.year - start.year) * 12 + end.month - start.month;
  return to - startOfEnd < startRest ? months - 1 : months;
}

const FEBRUARY_29 = 59 * DAY_MS;

function yearsBetween(from: number, to: number): number {
  const end = civilFromDays(Math.floor(to / DAY_MS)).year;
  const start = civilFromDays(Math.floor(from / DAY_MS)).year;
  let endRest = to - daysFromCivil(end, 1, 1) * DAY_MS;
  let startRest = from - daysFromCivil(start, 1, 1) * DAY_MS;
  // From the leap day on, a day of one year is the next day of the year in another.
  if (startRest >= FEBRUARY_29) {
    if (isLeap(start)) {
      if (!isLeap(end)) startRest -= DAY_MS;
    } else if (endRest >= FEBRUARY_29 && isLeap(end)) {
      endRest -= DAY_MS;
    }
  }
  return end - start - (endRest < startRest ? 1 : 0);
}
