/** Parsers of the parts of a pattern: numbers, words, literal text, offsets and zones. The rules are Joda's. */

import { invalidArgument } from '../errors.js';
import type { Parser } from './bucket.js';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from './calendar.js';
import { type Field, MILLI } from './fields.js';
import { UTC, zoneNamed } from './zones.js';

const MAX_INT = 2 ** 31 - 1;
const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** The integer of a text's digits. */
function integer(text: string): number {
  const value = Number(text);
  return value <= MAX_INT && value >= -MAX_INT - 1 ? value : invalidArgument(`For input string: "${text}"`);
}

/** A number of at most some digits, the sign not counted. */
export function number(field: Field, maxDigits: number, isSigned = false): Parser {
  return (bucket, text, position) => {
    let start = position;
    let sign = 0;
    const first = text.charCodeAt(position);
    if (isSigned && (first === 43 || first === 45) && maxDigits > 1) {
      if (!isDigit(text.charCodeAt(position + 1))) return ~position;
      sign = 1;
      if (first === 43) start++;
    }
    const from = position + sign;
    const limit = Math.min(from + maxDigits, text.length);
    let at = from;
    while (at < limit && isDigit(text.charCodeAt(at))) at++;
    if (at === from) return ~position;
    bucket.saved.push({ field, value: integer(text.slice(start, at)) });
    return at;
  };
}

/** A year of two digits, in the hundred years around a pivot; a lenient one takes other numbers as they are. */
export function twoDigitYear(field: Field, pivot: number, isLenient: boolean): Parser {
  const low = pivot - 50;
  const yearOf = (digits: number): number => digits + low + (digits < low % 100 ? 100 : 0) - (low % 100);
  return (bucket, text, position) => {
    const first = text.charCodeAt(position);
    const sign = isLenient && (first === 43 || first === 45) ? 1 : 0;
    const from = position + sign;
    const limit = isLenient ? text.length : Math.min(text.length, position + 2);
    let at = from;
    while (at < limit && isDigit(text.charCodeAt(at))) at++;
    if (at === from || (!isLenient && at - from < 2)) return ~position;
    const digits = text.slice(first === 43 ? from : position, at);
    const value = sign || at - from !== 2 ? integer(digits) : yearOf(Number(digits));
    bucket.saved.push({ field, value });
    return at;
  };
}

/** Digits behind the point of a second, minute or hour. */
export function fraction(maxDigits: number, field: Field = MILLI): Parser {
  return (bucket, text, position) => {
    const limit = Math.min(position + maxDigits, text.length);
    let at = position;
    let millis = 0;
    let unit = field.range;
    while (at < limit && isDigit(text.charCodeAt(at))) {
      unit = Math.floor(unit / 10);
      millis += (text.charCodeAt(at++) - 48) * unit;
    }
    if (at === position) return ~position;
    bucket.saved.push({ field, value: millis });
    return at;
  };
}

/** One of some words: as they are, in lower or in upper case. */
export function word(field: Field, words: Iterable<readonly [word: string, value: number]>): Parser {
  const values = new Map<string, number>();
  let longest = 0;
  for (const [text, value] of words) {
    for (const form of [text, text.toLowerCase(), text.toUpperCase()]) values.set(form, value);
    longest = Math.max(longest, text.length);
  }
  return (bucket, text, position) => {
    for (let end = Math.min(text.length, position + longest); end > position; end--) {
      const value = values.get(text.slice(position, end));
      if (value === undefined) continue;
      bucket.saved.push({ field, value });
      return end;
    }
    return ~position;
  };
}

/** Text that must be there, in any case. */
export function literal(expected: string): Parser {
  const upper = expected.toUpperCase();
  return (_bucket, text, position) => {
    if (text.startsWith(expected, position)) return position + expected.length;
    const part = text.slice(position, position + expected.length);
    return part.length === expected.length && part.toUpperCase() === upper
      ? position + expected.length
      : ~position;
  };
}

/** Value of some digits, or -1. */
function digitsAt(text: string, position: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) {
    const code = text.charCodeAt(position + i);
    if (!isDigit(code)) return -1;
    value = value * 10 + code - 48;
  }
  return value;
}

/**
 * `Z`, or a sign and hours, with minutes, seconds and thousandths after them that have separators or not.
 */
export const offset: Parser = (bucket, text, position) => {
  const first = text[position];
  if (first === 'Z' || first === 'z') {
    bucket.offset = 0;
    return position + 1;
  }
  if (first !== '+' && first !== '-') return ~position;
  if (position + 1 >= text.length) return ~position;
  let at = position + 1;
  const hours = digitsAt(text, at, 2);
  if (hours < 0 || hours > 23) return ~at;
  at += 2;
  let total = hours * HOUR_MS;
  const hasSeparators = text[at] === ':';
  let isWhole = true;
  for (const unit of [MINUTE_MS, SECOND_MS]) {
    const isNext = hasSeparators ? text[at] === ':' : isDigit(text.charCodeAt(at));
    if (!isNext) {
      isWhole = false;
      break;
    }
    if (hasSeparators) at++;
    const value = digitsAt(text, at, 2);
    if (value < 0 || value > 59) return ~at;
    total += value * unit;
    at += 2;
  }
  if (isWhole && (!hasSeparators || text[at] === '.' || text[at] === ',')) {
    const from = hasSeparators ? at + 1 : at;
    let digits = 0;
    while (digits < 3 && isDigit(text.charCodeAt(from + digits))) digits++;
    if (digits === 0 && hasSeparators) return ~from;
    total += Number(text.slice(from, from + digits).padEnd(3, '0'));
    at = from + digits;
  }
  bucket.offset = first === '-' ? -total : total;
  return at;
};

const ZONE = /[A-Za-z][A-Za-z0-9_+\-/]{0,39}/y;

/** The longest name of a zone. */
export const zoneId: Parser = (bucket, text, position) => {
  ZONE.lastIndex = position;
  const [longest = ''] = ZONE.exec(text) ?? [];
  for (let end = longest.length; end > 0; end--) {
    const name = longest.slice(0, end);
    // Joda has neither `Z` nor offsets among its names.
    const zone = end > 2 && (name.startsWith('Etc/') || !/[+-]\d/.test(name)) ? zoneNamed(name) : undefined;
    if (zone === undefined) continue;
    bucket.zone = zone;
    return position + end;
  }
  return ~position;
};

/** Short names of zones that are read; others have more than one meaning. */
const SHORT_NAMES: ReadonlyArray<readonly [string, string]> = [
  ['UTC', UTC],
  ['UT', UTC],
  ['GMT', UTC],
  ['EST', 'America/New_York'],
  ['EDT', 'America/New_York'],
  ['CST', 'America/Chicago'],
  ['CDT', 'America/Chicago'],
  ['MST', 'America/Denver'],
  ['MDT', 'America/Denver'],
  ['PST', 'America/Los_Angeles'],
  ['PDT', 'America/Los_Angeles'],
];

export const zoneShortName: Parser = (bucket, text, position) => {
  for (const [name, zone] of SHORT_NAMES) {
    if (!text.startsWith(name, position)) continue;
    bucket.zone = zone;
    return position + name.length;
  }
  return ~position;
};
