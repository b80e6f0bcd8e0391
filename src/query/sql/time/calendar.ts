/** Days, dates and weeks of the ISO calendar, which has a year 0 and no end; and microseconds as whole numbers. */

import { invalidArgument } from '../errors.js';

/** Milliseconds of a second, a minute, an hour and a day; microseconds of a day. */
export const SECOND_MS = 1000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
export const DAY_MICROS = 86_400_000_000n;

/** Up to here a division of microseconds by 1,000 is exact enough to be rounded down. */
const EXACT_MICROS = 2 ** 52;

/** A day of the calendar. */
interface Civil {
  year: number;
  /** From 1. */
  month: number;
  day: number;
}

/** The rest of a division rounded down: never negative. */
export const modulo = (value: number, by: number): number => value - Math.floor(value / by) * by;

/** A division rounded down. */
export function floorDiv(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value < 0n && quotient * by !== value ? quotient - 1n : quotient;
}

/** The microsecond of the day. */
export const microsOfDay = (micros: bigint): bigint => ((micros % DAY_MICROS) + DAY_MICROS) % DAY_MICROS;

/** Microseconds as milliseconds, rounded down. */
export function millisOf(micros: bigint): number {
  const number = Number(micros);
  return Math.abs(number) < EXACT_MICROS ? Math.floor(number / 1000) : Number(floorDiv(micros, 1000n));
}

const MAX_LONG_MS = 2 ** 63 / 1000;

/** Milliseconds as microseconds; throws beyond 64 bits. */
export function microsOf(ms: number): bigint {
  const micros = ms * 1000;
  if (Number.isSafeInteger(micros)) return BigInt(micros);
  return Math.abs(ms) < MAX_LONG_MS ? BigInt(ms) * 1000n : invalidArgument('long overflow');
}

const POWERS = [1_000_000n, 100_000n, 10_000n, 1000n, 100n, 10n, 1n] as const;

/** Microseconds rounded to digits of a second; a half goes to the later. */
export function roundMicros(micros: bigint, precision: number): bigint {
  if (precision >= 6) return micros;
  const unit = POWERS[precision]!;
  return floorDiv(micros + unit / 2n, unit) * unit;
}

/** Whether a year has a February 29. */
export const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** The number of days of a month, from 1. */
export const daysInMonth = (year: number, month: number): number =>
  month === 2 && isLeap(year) ? 29 : MONTH_DAYS[month - 1]!;

/** Days since 1970-01-01. The year is counted from March, so that the leap day is its last. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The day of the calendar that is so many days after 1970-01-01. */
export function civilFromDays(days: number): Civil {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  };
}

/** 1 for January 1. */
export const dayOfYear = (days: number): number => days - daysFromCivil(civilFromDays(days).year, 1, 1) + 1;

/** 1 for Monday to 7. */
export const dayOfWeek = (days: number): number => modulo(days + 3, 7) + 1;

/** The year that the day's week belongs to: that of its Thursday. */
export const weekYear = (days: number): number => civilFromDays(days - dayOfWeek(days) + 4).year;

/** The ISO week of a day, from 1. */
export function weekOfYear(days: number): number {
  const thursday = days - dayOfWeek(days) + 4;
  return Math.floor((thursday - daysFromCivil(civilFromDays(thursday).year, 1, 1)) / 7) + 1;
}

/** The Monday of the first week of a year. */
export function startOfWeekYear(year: number): number {
  const fourth = daysFromCivil(year, 1, 4);
  return fourth - dayOfWeek(fourth) + 1;
}

/** 52 or 53. */
export const weeksInYear = (year: number): number => (startOfWeekYear(year + 1) - startOfWeekYear(year)) / 7;

/** The day some months later; the last of its month where that is shorter. */
export function addMonths(days: number, months: number): number {
  const { year, month, day } = civilFromDays(days);
  const index = year * 12 + month - 1 + months;
  const [toYear, toMonth] = [Math.floor(index / 12), modulo(index, 12) + 1];
  return daysFromCivil(toYear, toMonth, Math.min(day, daysInMonth(toYear, toMonth)));
}

/** `addMonths` for milliseconds since 1970-01-01. */
export function addMonthsToMillis(ms: number, months: number): number {
  const days = Math.floor(ms / DAY_MS);
  return addMonths(days, months) * DAY_MS + (ms - days * DAY_MS);
}

/** The last day of the day's month. */
export function lastOfMonth(days: number): number {
  const { year, month } = civilFromDays(days);
  return daysFromCivil(year, month, daysInMonth(year, month));
}

/** A number in at least so many digits, its sign before them. */
export function padded(value: number, digits: number): string {
  return value < 0 ? `-${String(-value).padStart(digits, '0')}` : String(value).padStart(digits, '0');
}
