/** Times as Java writes them: what `%s` and `%tY` of `format` give. */

import { DAY_MS, dayOfYear, MINUTE_MS, microsOf, microsOfDay, millisOf } from '../time/calendar.js';
import { dayNames, monthNames } from '../time/printers.js';
import { offsetAt, offsetZone } from '../time/zones.js';
import type { Type } from '../types.js';
import type { Value, Zoned } from '../values.js';

const two = (value: number): string => String(value).padStart(2, '0');

/** A time taken apart: what JavaScript's date of it gives in UTC, and the microseconds of its second. */
interface Parts {
  date: Date;
  micros: number;
  hasDate: boolean;
  hasTime: boolean;
  zone?: { name: string; offset: string };
}

function partsOf(value: Value, type: Type): Parts | undefined {
  switch (type.kind) {
    case 'date':
      return { date: new Date((value as number) * DAY_MS), micros: 0, hasDate: true, hasTime: false };
    case 'time':
      return { ...split(value as bigint), hasDate: false, hasTime: true };
    case 'timestamp':
      return { ...split(value as bigint), hasDate: true, hasTime: true };
    case 'timestamp with time zone': {
      const { micros, zone } = value as Zoned;
      const offset = offsetAt(zone, millisOf(micros));
      return {
        ...split(micros + microsOf(offset)),
        hasDate: true,
        hasTime: true,
        zone: { name: zone, offset: offsetText(offset) },
      };
    }
    default:
      return undefined;
  }
}

function split(micros: bigint): { date: Date; micros: number } {
  return { date: new Date(millisOf(micros)), micros: Number(microsOfDay(micros) % 1_000_000n) };
}

/** An offset of milliseconds as Java writes it: `Z`, `+02:00`, with seconds where it has some. */
function offsetText(ms: number): string {
  const minutes = Math.trunc(ms / MINUTE_MS);
  if (minutes === 0) return 'Z';
  const seconds = Math.abs(ms % MINUTE_MS) / 1000;
  return offsetZone(minutes) + (seconds === 0 ? '' : `:${two(seconds)}`);
}

const monthName = (date: Date): string => monthNames.long[date.getUTCMonth()]!;
const monthShort = (date: Date): string => monthNames.short[date.getUTCMonth()]!;
/** The place in a week from Monday on. */
const weekday = (date: Date): number => (date.getUTCDay() + 6) % 7;

const dateText = ({ date }: Parts): string => {
  const year = date.getUTCFullYear();
  const text =
    year >= 0 && year <= 9999
      ? String(year).padStart(4, '0')
      : (year < 0 ? '-' : '+') + String(Math.abs(year)).padStart(4, '0');
  return `${text}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
};

/** Seconds are left out where they are 0, and digits of them by three. */
function timeText({ date, micros }: Parts): string {
  const minutes = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
  if (date.getUTCSeconds() === 0 && micros === 0) return minutes;
  const digits = micros === 0 ? '' : `.${String(micros).padStart(6, '0').replace(/000$/, '')}`;
  return `${minutes}:${two(date.getUTCSeconds())}${digits}`;
}

function wholeText(parts: Parts): string {
  const text = [parts.hasDate ? dateText(parts) : '', parts.hasTime ? timeText(parts) : '']
    .filter(Boolean)
    .join('T');
  if (!parts.zone) return text;
  const { name, offset } = parts.zone;
  return `${text}${offset}${/^[+-]/.test(name) ? '' : `[${name}]`}`;
}

const ofDate: Readonly<Record<string, (date: Date) => string>> = {
  Y: date => String(date.getUTCFullYear()).padStart(4, '0'),
  y: date => two(date.getUTCFullYear() % 100),
  C: date => two(Math.trunc(date.getUTCFullYear() / 100)),
  m: date => two(date.getUTCMonth() + 1),
  d: date => two(date.getUTCDate()),
  e: date => String(date.getUTCDate()),
  B: monthName,
  b: monthShort,
  h: monthShort,
  A: date => dayNames.long[weekday(date)]!,
  a: date => dayNames.short[weekday(date)]!,
  j: date => String(dayOfYear(Math.floor(date.getTime() / DAY_MS))).padStart(3, '0'),
  D: date => `${ofDate.m!(date)}/${ofDate.d!(date)}/${ofDate.y!(date)}`,
  F: date => `${ofDate.Y!(date)}-${ofDate.m!(date)}-${ofDate.d!(date)}`,
};

const ofTime: Readonly<Record<string, (date: Date, micros: number) => string>> = {
  H: date => two(date.getUTCHours()),
  k: date => String(date.getUTCHours()),
  I: date => two(date.getUTCHours() % 12 || 12),
  l: date => String(date.getUTCHours() % 12 || 12),
  M: date => two(date.getUTCMinutes()),
  S: date => two(date.getUTCSeconds()),
  L: (_, micros) => String(Math.trunc(micros / 1000)).padStart(3, '0'),
  N: (_, micros) => String(micros * 1000).padStart(9, '0'),
  p: date => (date.getUTCHours() < 12 ? 'am' : 'pm'),
  R: date => `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`,
  T: date => `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`,
  r: date =>
    `${ofTime.I!(date, 0)}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} ${ofTime.p!(date, 0).toUpperCase()}`,
};

/** A part of a time, by Formatter's letter; all of it for ''; undefined where the type has no such part. */
export function formatTime(part: string, value: Value, type: Type): string | undefined {
  const parts = partsOf(value, type);
  if (!parts) return undefined;
  if (part === '') return wholeText(parts);
  if (parts.hasDate && Object.hasOwn(ofDate, part)) return ofDate[part]!(parts.date);
  if (parts.hasTime && Object.hasOwn(ofTime, part)) return ofTime[part]!(parts.date, parts.micros);
  return undefined;
}
