/**
 * The two numbers in which times are kept, and the one reader of times in all forms.
 * - Columns of events have seconds since 1970, for the one form in which CloudTrail writes them.
 * - Chunks and matches of the index for text have `YYYYMMDDhhmmss` in UTC: it comes from rows in one text with a look at
 *   each digit, an eventTime in CloudTrail's own form as it is, one in another form as `@` and its seconds since 1970,
 *   one that cannot be read as `@` alone.
 */

/** Stands for a time in any other form, and for none. */
export const ODD_TIME = 0xffffffff;
/** Length of `YYYY-MM-DDTHH:MM:SSZ`. */
export const TIME_LENGTH = 20;

const SEPARATORS = Buffer.from('\0\0\0\0-\0\0-\0\0T\0\0:\0\0:\0\0Z');
const DAYS_BEFORE = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const DATE_LENGTH = 10;
/** The date that was read last: neighbours mostly have the same. */
const dateBefore = new Uint8Array(DATE_LENGTH);
let midnightBefore = ODD_TIME;

/** The time in the 20 bytes at `start`; ODD_TIME where they are no point in time between 1970 and 2106 in that form. */
export function secondsAt(b: Uint8Array, start: number): number {
  let same = 0;
  while (same < DATE_LENGTH && b[start + same] === dateBefore[same]) same++;
  if (same < DATE_LENGTH) {
    for (let i = 0; i < DATE_LENGTH; i++) dateBefore[i] = b[start + i]!;
    midnightBefore = midnightAt(b, start);
  }
  if (midnightBefore === ODD_TIME || !isInForm(b, start, DATE_LENGTH, TIME_LENGTH)) return ODD_TIME;
  const [hour, minute, second] = [twoAt(b, start + 11), twoAt(b, start + 14), twoAt(b, start + 17)];
  if (hour > 23 || minute > 59 || second > 59) return ODD_TIME;
  return midnightBefore + (hour * 60 + minute) * 60 + second;
}

const twoAt = (b: Uint8Array, at: number): number => (b[at]! - 0x30) * 10 + b[at + 1]! - 0x30;

/** Whether digits and separators of a time stand where they should, from one character to another. */
function isInForm(b: Uint8Array, start: number, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const c = b[start + i]!;
    const separator = SEPARATORS[i]!;
    if (separator === 0 ? c < 0x30 || c > 0x39 : c !== separator) return false;
  }
  return true;
}

/** Seconds of the date in the 10 bytes at `start`; ODD_TIME where it is none. */
function midnightAt(b: Uint8Array, start: number): number {
  if (!isInForm(b, start, 0, DATE_LENGTH)) return ODD_TIME;
  const year = twoAt(b, start) * 100 + twoAt(b, start + 2);
  const [month, day] = [twoAt(b, start + 5), twoAt(b, start + 8)];
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (year < 1970 || year > 2105 || month < 1 || month > 12) return ODD_TIME;
  if (day < 1 || day > MONTHS[month - 1]! + (isLeap && month === 2 ? 1 : 0)) return ODD_TIME;
  const leapDays =
    Math.floor((year - 1969) / 4) - Math.floor((year - 1901) / 100) + Math.floor((year - 1601) / 400);
  const days =
    (year - 1970) * 365 + leapDays + DAYS_BEFORE[month - 1]! + (isLeap && month > 2 ? 1 : 0) + day - 1;
  return days * 24 * 3600;
}

const FORMS =
  /^(\d{4}-\d\d-\d\d)[Tt ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:[.,](\d{1,30}))?)? ?([Zz]|([+-])([01]\d|2[0-3])(?::?([0-5]\d))?)?$/;

/** The years that have four digits. */
const FIRST_SECOND = Date.parse('0000-01-01T00:00:00Z') / 1000;
export const LAST_SECOND = Date.parse('9999-12-31T23:59:59Z') / 1000;

/**
 * The one reader of times in all forms: CloudTrail's own, those with an offset, a fraction, a space for the T or lower
 * case; without a zone they are UTC. The fraction stays, so that events are in the order in which they happened.
 * @returns seconds since 1970; undefined where the text is not a time
 */
export function readableSeconds(text: string): number | undefined {
  const parts = FORMS.exec(text);
  if (!parts) return undefined;
  const [
    ,
    date = '',
    hour,
    minute,
    second = '0',
    fraction = '0',
    ,
    sign,
    offsetHours = '0',
    offsetMinutes = '0',
  ] = parts;
  const midnight = Date.parse(`${date}T00:00:00Z`);
  // JavaScript reads 30 February as 1 March.
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== date) return undefined;
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === '-' ? -60 : 60);
  const ofDay = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
  const seconds = midnight / 1000 + ofDay - offset;
  if (seconds < FIRST_SECOND || seconds > LAST_SECOND) return undefined;
  return seconds + Number(`0.${fraction}`);
}

/** Stands in the column `odd_time` for an eventTime that is not a time. */
export const UNREADABLE = 'unreadable';

/** What the column `odd_time` has for the eventTime `text`; null for one in CloudTrail's own form, and for none. */
export function oddTimeOf(text: string | null): number | typeof UNREADABLE | null {
  if (text === null) return null;
  const bytes = Buffer.from(text);
  if (bytes.length === TIME_LENGTH && secondsAt(bytes, 0) !== ODD_TIME) return null;
  return readableSeconds(text) ?? UNREADABLE;
}

/** The text of an event's time, for `timeNumber` and `comparableTime`; `alias` stands before the columns. */
export const timeTextSql = (alias = ''): string => `CASE WHEN ${alias}eventtime IS NULL THEN ''
      WHEN ${alias}odd_time IS NULL THEN ${alias}eventtime
      ELSE '@' || CASE WHEN typeof(${alias}odd_time) = 'text' THEN '' ELSE ${alias}odd_time END END`;

const DIGITS_LENGTH = 'YYYY-MM-DDTHH:MM:SS'.length;
const AT = 0x40;

/** The time whose text stands at `bytes[start, end)`; NaN where there is none. */
export function timeNumber(bytes: Buffer, start: number, end: number): number {
  if (bytes[start] === AT) return oddTimeNumber(bytes, start + 1, end);
  if (end - start < DIGITS_LENGTH) return Number.NaN;
  let time = 0;
  for (let i = 0; i < DIGITS_LENGTH; i++) {
    const c = bytes[start + i]!;
    const separator = SEPARATORS[i]!;
    if (separator !== 0) {
      if (c !== separator) return Number.NaN;
    } else if (c < 0x30 || c > 0x39) {
      return Number.NaN;
    } else {
      time = time * 10 + c - 0x30;
    }
  }
  return time;
}

/** The number of a text in memory; -Infinity where there is none, so that it can be compared. */
export function comparableTime(text: string): number {
  if (text.length < DIGITS_LENGTH || text.charCodeAt(0) === AT) {
    const time = text.startsWith('@') ? secondsNumber(text.slice(1)) : Number.NaN;
    return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time;
  }
  // By hand: a search may find a million events.
  let time = 0;
  for (let i = 0; i < DIGITS_LENGTH; i++)
    if (SEPARATORS[i] === 0) time = time * 10 + text.charCodeAt(i) - 0x30;
  return time;
}

/** The same of the seconds in `[start, end)`: every line of an access log has its time in this form. */
function oddTimeNumber(bytes: Buffer, start: number, end: number): number {
  let seconds = 0;
  for (let i = start; i < end; i++) {
    const c = bytes[i]!;
    if (c < 0x30 || c > 0x39) return secondsNumber(bytes.toString('latin1', start, end));
    seconds = seconds * 10 + c - 0x30;
  }
  return start === end ? Number.NaN : numberOf(seconds);
}

const secondsNumber = (seconds: string): number => (seconds === '' ? Number.NaN : numberOf(Number(seconds)));

const DAY = 24 * 3600;
/** The last day that was asked for, and its `YYYYMMDD`: neighbours are mostly of one day. */
let lastDay = Number.NaN;
let lastDate = Number.NaN;

/** Seconds since 1970 as `YYYYMMDDhhmmss` and their fraction. */
function numberOf(seconds: number): number {
  const day = Math.floor(seconds / DAY);
  if (day !== lastDay) {
    const date = new Date(day * DAY * 1000);
    lastDay = day;
    lastDate = (date.getUTCFullYear() * 100 + date.getUTCMonth() + 1) * 100 + date.getUTCDate();
  }
  const ofDay = seconds - day * DAY;
  const whole = Math.floor(ofDay);
  const clock = (Math.floor(whole / 3600) * 100 + (Math.floor(whole / 60) % 60)) * 100 + (whole % 60);
  return lastDate * 1e6 + clock + (seconds - Math.floor(seconds));
}
