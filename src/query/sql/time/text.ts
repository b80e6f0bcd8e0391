/** Dates and times as text: what CAST and literals read, and what CAST AS varchar prints. */

import { type Type, timestamp, timestampTz } from '../types.js';
import type { Value, Zoned } from '../values.js';
import {
  civilFromDays,
  DAY_MICROS,
  DAY_MS,
  daysFromCivil,
  daysInMonth,
  floorDiv,
  microsOf,
  microsOfDay,
  millisOf,
  padded,
} from './calendar.js';
import { intervalText } from './interval.js';
import { isPackable, localOf, localOfTime, zonedTime } from './zoned.js';
import { fromLocal, UTC, zoneNamed } from './zones.js';

/** No text of a time is longer; digits of a second are 12 at most. */
const MAX_LENGTH = 100;
const TIMESTAMP =
  /^([-+]?\d{4,})-(\d{1,2})-(\d{1,2})(?: (?:(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d+))?)?)?\s*(\S.*)?)?$/;
const TIME = /^(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d+))?)?\s*([+-]\d\d:\d\d)?$/;
const DATE = /^([-+]?\d{1,9})-([+-]?\d{1,2})-([+-]?\d{1,2})$/;
const MAX_DIGITS = 12;
/** Beyond these microseconds do not fit into 64 bits. */
const MAX_YEAR = 294_246;
const MAX_DAYS = 2 ** 31 - 1;
const MAX_OFFSET_MINUTES = 14 * 60;

const trim = (text: string): string => text.replace(/^ +| +$/g, '');

/** Days of a date that exists, or undefined. */
function daysOf(year: number, month: number, day: number): number | undefined {
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  return daysFromCivil(year, month, day);
}

/** Microseconds of digits behind the point, rounded half up to the precision. */
function fractionMicros(digits: string, precisionOfType: number): bigint | undefined {
  const precision = Math.min(precisionOfType, 6);
  if (digits.length > MAX_DIGITS) return undefined;
  const rounded =
    Number(digits.slice(0, precision).padEnd(precision, '0')) + (digits[precision]! >= '5' ? 1 : 0);
  return BigInt(rounded * 10 ** (6 - precision));
}

/** Microseconds of the day: 24 hours where the fraction is rounded up to them. */
function clockMicros(
  hour: string,
  minute: string,
  second = '0',
  fraction = '',
  precision = 6,
): bigint | undefined {
  const [h, m, s] = [Number(hour), Number(minute), Number(second)];
  const micros = fractionMicros(fraction, precision);
  if (h > 23 || m > 59 || s > 59 || micros === undefined) return undefined;
  return BigInt((h * 3600 + m * 60 + s) * 1_000_000) + micros;
}

/**
 * Reads a text as CAST does, or as a literal is read.
 * @param isLiteral whether the rules of literals hold: no spaces around, and no local time that the zone leaves out
 * @returns undefined when it cannot be read
 */
export function parseTimeText(text: string, type: Type, isLiteral = false): Value | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  switch (type.kind) {
    case 'date':
      return parseDate(trim(text));
    case 'time':
      return parseTime(text, type.precision, false);
    case 'time with time zone':
      return parseTime(text, type.precision, true);
    case 'timestamp':
    case 'timestamp with time zone':
      return parseTimestamp(
        isLiteral ? text : trim(text),
        type.precision,
        type.kind === 'timestamp',
        isLiteral,
      );
    default:
      return undefined;
  }
}

function parseDate(text: string): number | undefined {
  const [, year, month, day] = DATE.exec(text) ?? [];
  if (year === undefined) return undefined;
  // A sign stands before the year alone.
  if (!/^\d/.test(month!) || !/^\d/.test(day!)) return undefined;
  const days = daysOf(Number(year), Number(month), Number(day));
  return days !== undefined && Math.abs(days) <= MAX_DAYS ? days : undefined;
}

function parseTime(text: string, precision: number, hasZone: boolean): Value | undefined {
  const [, hour, minute, second, fraction, offset] = TIME.exec(text) ?? [];
  if (hour === undefined || (offset !== undefined && !hasZone)) return undefined;
  const micros = clockMicros(hour, minute!, second, fraction, precision);
  if (micros === undefined) return undefined;
  if (!hasZone) return micros % DAY_MICROS;
  const zone = offset ?? '+00:00';
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4));
  if (minutes > MAX_OFFSET_MINUTES || Number(zone.slice(4)) > 59) return undefined;
  return zonedTime(micros, zone[0] === '-' ? -minutes : minutes);
}

function parseTimestamp(
  text: string,
  precision: number,
  isLocal: boolean,
  isLiteral: boolean,
): Value | undefined {
  const [, year, month, day, hour, minute, second, fraction, zoneText] = TIMESTAMP.exec(text) ?? [];
  if (year === undefined || Math.abs(Number(year)) > MAX_YEAR) return undefined;
  const days = daysOf(Number(year), Number(month), Number(day));
  const clock = clockMicros(hour ?? '0', minute ?? '0', second, fraction, precision);
  if (days === undefined || clock === undefined) return undefined;
  const local = microsOf(days * DAY_MS) + clock;
  if (isLocal && zoneText === undefined) return local;
  const zone = zoneNamed(zoneText ?? UTC);
  if (zone === undefined) return undefined;
  const { ms, isGap } = fromLocal(zone, millisOf(local));
  if (isGap && isLiteral) return undefined;
  const zoned = { micros: microsOf(ms) + (microsOfDay(local) % 1000n), zone };
  if (isLocal) return localOf(zoned);
  return isPackable(ms) ? zoned : undefined;
}

/** The type of a literal TIMESTAMP by its digits and its zone. */
export function literalTimestampType(text: string): Type {
  const [, , , , , , , fraction = '', zone] = TIMESTAMP.exec(text) ?? [];
  return zone === undefined ? timestamp(fraction.length) : timestampTz(fraction.length);
}

/** The type of a literal TIME by its digits and its offset. */
export function literalTimeType(text: string): Type {
  const [, , , , fraction = '', offset] = TIME.exec(text) ?? [];
  return { kind: offset === undefined ? 'time' : 'time with time zone', precision: fraction.length };
}

/** `2024-01-02` of days since 1970-01-01. */
export function dateText(days: number): string {
  const { year, month, day } = civilFromDays(days);
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
}

/** `03:04:05.678` of a microsecond of the day. */
function clockText(micros: bigint, precision: number): string {
  const second = Number(micros / 1_000_000n);
  const clock = `${padded(Math.floor(second / 3600), 2)}:${padded(Math.floor(second / 60) % 60, 2)}:${padded(second % 60, 2)}`;
  if (precision === 0) return clock;
  return `${clock}.${String(micros % 1_000_000n)
    .padStart(6, '0')
    .slice(0, precision)}`;
}

/** A local timestamp; a year past 9999 has its sign. */
export function timestampText(micros: bigint, precision: number, between = ' '): string {
  const days = Number(floorDiv(micros, DAY_MICROS));
  const date = dateText(days);
  const sign = date.length > 10 && date[0] !== '-' ? '+' : '';
  return `${sign}${date}${between}${clockText(microsOfDay(micros), precision)}`;
}

/** The text that CAST AS varchar gives. */
export function timeText(value: Value, type: Type): string {
  switch (type.kind) {
    case 'date':
      return dateText(value as number);
    case 'time':
      return clockText(value as bigint, type.precision);
    case 'time with time zone':
      return `${clockText(localOfTime(value as Zoned), type.precision)}${(value as Zoned).zone}`;
    case 'timestamp':
      return timestampText(value as bigint, type.precision);
    case 'timestamp with time zone':
      return `${timestampText(localOf(value as Zoned), type.precision)} ${(value as Zoned).zone}`;
    default:
      return intervalText(value as bigint, type);
  }
}
