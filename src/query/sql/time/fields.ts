/**
 * The fields of a date and time that a pattern is made of, with Joda's rules for setting one of them in a local time, in
 * milliseconds since 1970-01-01 00:00.
 */

import { invalidArgument } from '../errors.js';
import {
  addMonthsToMillis,
  civilFromDays,
  DAY_MS,
  dayOfWeek,
  dayOfYear,
  daysFromCivil,
  daysInMonth,
  HOUR_MS,
  isLeap,
  MINUTE_MS,
  modulo,
  SECOND_MS,
  startOfWeekYear,
  weekOfYear,
  weeksInYear,
  weekYear,
} from './calendar.js';
import { truncate } from './units.js';

export interface Field {
  /** Joda's name, for messages. */
  name: string;
  /** Length of what it is a part of, in milliseconds. Fields are set from the longest to the shortest. */
  range: number;
  /** Its own length in milliseconds. */
  unit: number;
  /** The time with the field set; throws for a value that there is not then, `text` being what was read. */
  set(ms: number, value: number, text: string): number;
  /** The start of the field's unit. */
  floor(ms: number): number;
}

/** Of a Gregorian year on average. */
const YEAR_MS = 31_556_952_000;
export const MONTH_MS = YEAR_MS / 12;
const WEEK_MS = 7 * DAY_MS;
const HALFDAY_MS = 12 * HOUR_MS;
const MAX_YEAR = 292_278_993;
const MIN_YEAR = -292_275_054;
/** 0 for a year before the first, 1 for the others. */
const BEFORE_FIRST = 0;

const dayOf = (ms: number): number => Math.floor(ms / DAY_MS);
const yearOf = (ms: number): number => civilFromDays(dayOf(ms)).year;

function check(name: string, value: number, [least, most]: readonly [number, number], text: string): void {
  if (value < least || value > most)
    invalidArgument(
      `Cannot parse "${text}": Value ${value} for ${name} must be in the range [${least},${most}]`,
    );
}

/** The same day of another year; from the leap day on the day of the year is another. */
function setYear(ms: number, year: number): number {
  const days = dayOf(ms);
  const from = civilFromDays(days).year;
  let day = dayOfYear(days);
  if (day > 59) {
    if (isLeap(from) && !isLeap(year)) day--;
    else if (!isLeap(from) && isLeap(year)) day++;
  }
  return (daysFromCivil(year, 1, 1) + day - 1) * DAY_MS + modulo(ms, DAY_MS);
}

const startOfYear = (ms: number): number => truncate('year', ms);

/** A field of one length within another. */
function precise(name: string, range: number, unit: number, least = 0, most = range / unit - 1): Field {
  return {
    name,
    range,
    unit,
    set(ms, value, text) {
      check(name, value, [least, most], text);
      // A clock shows the most for 0.
      const count = least === 1 && value === most ? 0 : value;
      return ms + (count - Math.floor(modulo(ms, range) / unit)) * unit;
    },
    floor: ms => Math.floor(ms / unit) * unit,
  };
}

export const HOUR = precise('hourOfDay', DAY_MS, HOUR_MS);
export const CLOCK_HOUR = precise('clockhourOfDay', DAY_MS, HOUR_MS, 1, 24);
export const HALF_HOUR = precise('hourOfHalfday', HALFDAY_MS, HOUR_MS);
export const CLOCK_HALF_HOUR = precise('clockhourOfHalfday', HALFDAY_MS, HOUR_MS, 1, 12);
export const HALFDAY = precise('halfdayOfDay', DAY_MS, HALFDAY_MS);
export const MINUTE = precise('minuteOfHour', HOUR_MS, MINUTE_MS);
export const SECOND = precise('secondOfMinute', MINUTE_MS, SECOND_MS);
export const MILLI = precise('millisOfSecond', SECOND_MS, 1);
export const MILLI_OF_MINUTE = precise('millisOfSecond', MINUTE_MS, 1);
export const MILLI_OF_HOUR = precise('millisOfSecond', HOUR_MS, 1);

const years: readonly [number, number] = [MIN_YEAR, MAX_YEAR];

export const YEAR: Field = {
  name: 'year',
  range: Number.POSITIVE_INFINITY,
  unit: YEAR_MS,
  set(ms, value, text) {
    check('year', value, years, text);
    return setYear(ms, value);
  },
  floor: startOfYear,
};

export const YEAR_OF_ERA: Field = {
  name: 'yearOfEra',
  range: Number.POSITIVE_INFINITY,
  unit: YEAR_MS,
  set(ms, value, text) {
    check('yearOfEra', value, [1, MAX_YEAR], text);
    return setYear(ms, yearOf(ms) <= 0 ? 1 - value : value);
  },
  floor: startOfYear,
};

export const CENTURY: Field = {
  name: 'centuryOfEra',
  range: Number.POSITIVE_INFINITY,
  unit: YEAR_MS * 100,
  set(ms, value, text) {
    check('centuryOfEra', value, [0, Math.floor(MAX_YEAR / 100)], text);
    const year = yearOf(ms);
    const to = value * 100 + (Math.abs(year) % 100);
    return setYear(ms, year < 0 ? -to : to);
  },
  floor(ms) {
    const year = yearOf(ms);
    const start = Math.floor(Math.abs(year) / 100) * 100;
    return startOfYear(setYear(ms, year < 0 ? -start : start));
  },
};

export const ERA: Field = {
  name: 'era',
  range: Number.POSITIVE_INFINITY,
  unit: Number.POSITIVE_INFINITY,
  set(ms, value) {
    const year = yearOf(ms);
    return (year <= 0 ? BEFORE_FIRST : 1) === value ? ms : setYear(ms, -year);
  },
  floor: ms => (yearOf(ms) > 0 ? daysFromCivil(1, 1, 1) : daysFromCivil(MIN_YEAR, 1, 1)) * DAY_MS,
};

export const WEEK_YEAR: Field = {
  name: 'weekyear',
  range: Number.POSITIVE_INFINITY,
  unit: YEAR_MS,
  set(ms, value, text) {
    check('weekyear', value, years, text);
    const days = dayOf(ms);
    const week = Math.min(weekOfYear(days), weeksInYear(value));
    const day = startOfWeekYear(value) + (week - 1) * 7 + dayOfWeek(days) - 1;
    return day * DAY_MS + modulo(ms, DAY_MS);
  },
  floor: ms => startOfWeekYear(weekYear(dayOf(ms))) * DAY_MS,
};

export const MONTH: Field = {
  name: 'monthOfYear',
  range: YEAR_MS,
  unit: MONTH_MS,
  set(ms, value, text) {
    check('monthOfYear', value, [1, 12], text);
    return addMonthsToMillis(ms, value - civilFromDays(dayOf(ms)).month);
  },
  floor: ms => truncate('month', ms),
};

export const WEEK: Field = {
  name: 'weekOfWeekyear',
  range: YEAR_MS,
  unit: WEEK_MS,
  set(ms, value, text) {
    const days = dayOf(ms);
    if (value < 1 || value > 52) check('weekOfWeekyear', value, [1, weeksInYear(weekYear(days))], text);
    return ms + (value - weekOfYear(days)) * WEEK_MS;
  },
  floor: ms => truncate('week', ms),
};

export const DAY_OF_YEAR: Field = {
  name: 'dayOfYear',
  range: YEAR_MS,
  unit: DAY_MS,
  set(ms, value, text) {
    const days = dayOf(ms);
    check('dayOfYear', value, [1, isLeap(civilFromDays(days).year) ? 366 : 365], text);
    return ms + (value - dayOfYear(days)) * DAY_MS;
  },
  floor: ms => truncate('day', ms),
};

export const DAY: Field = {
  name: 'dayOfMonth',
  range: MONTH_MS,
  unit: DAY_MS,
  set(ms, value, text) {
    const { year, month, day } = civilFromDays(dayOf(ms));
    check('dayOfMonth', value, [1, daysInMonth(year, month)], text);
    return ms + (value - day) * DAY_MS;
  },
  floor: ms => truncate('day', ms),
};

export const DAY_OF_WEEK: Field = {
  name: 'dayOfWeek',
  range: WEEK_MS,
  unit: DAY_MS,
  set(ms, value, text) {
    check('dayOfWeek', value, [1, 7], text);
    return ms + (value - dayOfWeek(dayOf(ms))) * DAY_MS;
  },
  floor: ms => truncate('day', ms),
};
