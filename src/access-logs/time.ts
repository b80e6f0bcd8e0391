/** The time of a line: `06/Feb/2019:00:00:38 +0000`, with English names of months, to seconds, and written again. */

import { COLON, MINUS, NINE, PLUS, SPACE, ZERO } from '../bytes/ascii.js';

const NAMES = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MONTHS = NAMES.map(name => (name.charCodeAt(0) << 16) | (name.charCodeAt(1) << 8) | name.charCodeAt(2));
const SLASH = 0x2f;
const IN_UTC = Buffer.from('00/Jan/0000:00:00:00 +0000');
export const TIME_LENGTH = IN_UTC.length;

/** The number of `count` digits from `at` on; NaN where there is anything else. */
function digits(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const byte = bytes[i]!;
    if (byte < ZERO || byte > NINE) return Number.NaN;
    value = value * 10 + byte - ZERO;
  }
  return value;
}

/** True where slashes, colons, the space and a sign stand where they must. */
function isFramed(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at + 2] === SLASH &&
    bytes[at + 6] === SLASH &&
    bytes[at + 11] === COLON &&
    bytes[at + 14] === COLON &&
    bytes[at + 17] === COLON &&
    bytes[at + 20] === SPACE &&
    (bytes[at + 21] === PLUS || bytes[at + 21] === MINUS)
  );
}

/**
 * Seconds since 1970 of the time in `[from, end)`, without its brackets; null where it is not one in the form S3 writes,
 * or names a day, an hour or an offset that does not exist.
 */
export function secondsOf(bytes: Uint8Array, from: number, end: number): number | null {
  if (end - from !== TIME_LENGTH || !isFramed(bytes, from)) return null;
  const name = (bytes[from + 3]! << 16) | (bytes[from + 4]! << 8) | bytes[from + 5]!;
  const month = MONTHS.indexOf(name);
  const day = digits(bytes, from, 2);
  const year = digits(bytes, from + 7, 4);
  const hour = digits(bytes, from + 12, 2);
  const minute = digits(bytes, from + 15, 2);
  const second = digits(bytes, from + 18, 2);
  const offsetHours = digits(bytes, from + 22, 2);
  const offsetMinutes = digits(bytes, from + 24, 2);
  // A comparison with NaN is false.
  const isTime =
    month >= 0 && year >= 1970 && day >= 1 && day <= 31 && hour <= 23 && minute <= 59 && second <= 59;
  if (!isTime || !(offsetHours <= 23 && offsetMinutes <= 59)) return null;
  const midnight = midnightOf(year, month, day);
  if (midnight === null) return null;
  const offset = (offsetHours * 60 + offsetMinutes) * 60 * (bytes[from + 21] === MINUS ? -1 : 1);
  return midnight + hour * 3600 + minute * 60 + second - offset;
}

/** The last day that was asked for: neighbours are mostly of one day. */
const last = { year: 0, month: 0, day: 0, midnight: 0 };

/** Seconds since 1970 at the beginning of a day, `month` from 0; null for one that does not exist. */
function midnightOf(year: number, month: number, day: number): number | null {
  if (last.day === day && last.month === month && last.year === year) return last.midnight;
  const midnight = Date.UTC(year, month, day);
  if (new Date(midnight).getUTCDate() !== day) return null;
  last.year = year;
  last.month = month;
  last.day = day;
  last.midnight = midnight / 1000;
  return last.midnight;
}

/** Writes the time `YYYYMMDDhhmmss`, a number, in UTC to the `TIME_LENGTH` bytes at `at`. */
export function putTime(to: Buffer, at: number, time: number): void {
  for (let i = 0; i < TIME_LENGTH; i++) to[at + i] = IN_UTC[i]!;
  const date = Math.floor(time / 1e6);
  const clock = time - date * 1e6;
  const name = MONTHS[(Math.floor(date / 100) % 100) - 1]!;
  putTwo(to, at, date % 100);
  to[at + 3] = name >> 16;
  to[at + 4] = name >> 8;
  to[at + 5] = name;
  putTwo(to, at + 7, Math.floor(date / 1e6));
  putTwo(to, at + 9, Math.floor(date / 1e4) % 100);
  putTwo(to, at + 12, Math.floor(clock / 1e4));
  putTwo(to, at + 15, Math.floor(clock / 100) % 100);
  putTwo(to, at + 18, clock % 100);
}

function putTwo(to: Buffer, at: number, value: number): void {
  to[at] = ZERO + Math.floor(value / 10);
  to[at + 1] = ZERO + (value % 10);
}
