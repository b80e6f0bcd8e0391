/** Times as Java writes them: what `%s` and `%tY` of `format` give. */

import type { Type } from './types.js';
import type { Value, Zoned } from './values.js';

const DAY = 86_400_000_000n;
const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

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
      return { date: new Date((value as number) * 86_400_000), micros: 0, hasDate: true, hasTime: false };
    case 'time':
      return { ...split(value as bigint), hasDate: false, hasTime: true };
    case 'timestamp':
      return { ...split(value as bigint), hasDate: true, hasTime: true };
    case 'timestamp with time zone': {
      const { micros, zone } = value as Zoned;
      const offset = offsetOf(micros, zone);
      return {
        ...split(micros + BigInt(offset.seconds) * 1_000_000n),
        hasDate: true,
        hasTime: true,
        zone: { name: zone, offset: offset.text },
      };
    }
    default:
      return undefined;
  }
}

function split(micros: bigint): { date: Date; micros: number } {
  const day = ((micros % DAY) + DAY) % DAY;
  return {
    date: new Date(Number((micros - (((micros % 1000n) + 1000n) % 1000n)) / 1000n)),
    micros: Number(day % 1_000_000n),
  };
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** How far a zone is from UTC at an instant. */
function offsetOf(micros: bigint, zone: string): { seconds: number; text: string } {
  if (zone === 'UTC' || zone === 'Z') return { seconds: 0, text: 'Z' };
  let offset = zone;
  if (!/^[+-]/.test(zone)) {
    let format = formats.get(zone);
    if (!format) {
      format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
      formats.set(zone, format);
    }
    const part = format.formatToParts(Number(micros / 1000n)).find(({ type }) => type === 'timeZoneName');
    offset = part!.value.slice('GMT'.length) || '+00:00';
  }
  const [hours, minutes] = offset.slice(1).split(':').map(Number) as [number, number];
  const seconds = (hours * 3600 + minutes * 60) * (offset[0] === '-' ? -1 : 1);
  return { seconds, text: seconds === 0 ? 'Z' : offset };
}

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
  B: date => MONTHS[date.getUTCMonth()]!,
  b: date => MONTHS[date.getUTCMonth()]!.slice(0, 3),
  h: date => MONTHS[date.getUTCMonth()]!.slice(0, 3),
  A: date => DAYS[date.getUTCDay()]!,
  a: date => DAYS[date.getUTCDay()]!.slice(0, 3),
  j: date =>
    String(
      (Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) -
        Date.UTC(date.getUTCFullYear(), 0, 0)) /
        86_400_000,
    ).padStart(3, '0'),
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
