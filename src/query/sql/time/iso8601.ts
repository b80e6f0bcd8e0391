/** Times as ISO 8601 writes them: `2024-01-02T03:04:05Z`, `2024-W05-3`, `2024-032`. The rules are Joda's. */

import { longest, optional, type ParsedTime, type Parser, parseWith, sequence } from './bucket.js';
import { DAY_MS, daysFromCivil, daysInMonth, MINUTE_MS } from './calendar.js';
import * as field from './fields.js';
import { fraction, literal, number, offset } from './parsers.js';
import { requireZone, UTC } from './zones.js';

const dash = literal('-');
const year = number(field.YEAR, 9, true);
const decimalPoint = longest(literal('.'), literal(','));

const day = sequence(dash, number(field.DAY, 2));
const month = sequence(dash, number(field.MONTH, 2));
const standardDate = sequence(year, optional(sequence(month, optional(day))));
const weekDate = sequence(
  number(field.WEEK_YEAR, 9, true),
  literal('-W'),
  number(field.WEEK, 2),
  optional(sequence(dash, number(field.DAY_OF_WEEK, 1))),
);
const ordinalDate = sequence(year, dash, number(field.DAY_OF_YEAR, 3));
const dateElement = longest(standardDate, weekDate, ordinalDate);

const fractionOf = (of: field.Field): Parser => sequence(decimalPoint, fraction(9, of));
const second = sequence(literal(':'), number(field.SECOND, 2), optional(fractionOf(field.MILLI)));
const minute = sequence(
  literal(':'),
  number(field.MINUTE, 2),
  longest(second, fractionOf(field.MILLI_OF_MINUTE), undefined),
);
const timeElement = sequence(
  number(field.HOUR, 2),
  longest(minute, fractionOf(field.MILLI_OF_HOUR), undefined),
);

const time = sequence(literal('T'), timeElement, optional(offset));
const dateOptionalTime = sequence(
  dateElement,
  optional(sequence(literal('T'), optional(timeElement), optional(offset))),
);
const dateTime = longest(time, dateOptionalTime);

const two = (text: string, at: number): number =>
  (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48;

const isTwo = (text: string, at: number): boolean => {
  const [a, b] = [text.charCodeAt(at), text.charCodeAt(at + 1)];
  return a >= 48 && a <= 57 && b >= 48 && b <= 57;
};

/** Days of `2024-01-02` at the start of a text, or NaN. */
function plainDate(text: string): number {
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return Number.NaN;
  if (!isTwo(text, 0) || !isTwo(text, 2) || !isTwo(text, 5) || !isTwo(text, 8)) return Number.NaN;
  const [y, m, d] = [two(text, 0) * 100 + two(text, 2), two(text, 5), two(text, 8)];
  if (m < 1 || m > 12 || d < 1 || (d > 28 && d > daysInMonth(y, m))) return Number.NaN;
  return daysFromCivil(y, m, d);
}

/** Milliseconds of `2024-01-02T03:04:05` at the start of a text, or NaN. */
function plainSeconds(text: string): number {
  const days = plainDate(text);
  if (text.charCodeAt(10) !== 84 || text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58)
    return Number.NaN;
  if (!isTwo(text, 11) || !isTwo(text, 14) || !isTwo(text, 17)) return Number.NaN;
  const [h, m, s] = [two(text, 11), two(text, 14), two(text, 17)];
  if (h > 23 || m > 59 || s > 59) return Number.NaN;
  return days * DAY_MS + (h * 3600 + m * 60 + s) * 1000;
}

/** Offset in milliseconds of `Z` or `+02:00` as the rest of a text, or NaN. */
function plainOffset(text: string, at: number): number {
  const first = text.charCodeAt(at);
  if (first === 90 && text.length === at + 1) return 0;
  if ((first !== 43 && first !== 45) || text.length !== at + 6 || text.charCodeAt(at + 3) !== 58)
    return Number.NaN;
  if (!isTwo(text, at + 1) || !isTwo(text, at + 4)) return Number.NaN;
  const [h, m] = [two(text, at + 1), two(text, at + 4)];
  if (h > 14 || m > 59) return Number.NaN;
  const size = (h * 60 + m) * MINUTE_MS;
  return first === 45 ? -size : size;
}

/** Reads the usual forms without more ado: undefined for any other. */
function parsePlain(text: string): ParsedTime | undefined {
  if (text.length === 10) {
    const days = plainDate(text);
    return Number.isNaN(days) ? undefined : { ms: days * DAY_MS, offset: undefined, zone: undefined };
  }
  if (text.length < 20) return undefined;
  let ms = plainSeconds(text);
  let at = 19;
  if (text.charCodeAt(19) === 46) {
    let unit = 100;
    at = 20;
    while (at < 29 && text.charCodeAt(at) >= 48 && text.charCodeAt(at) <= 57) {
      ms += (text.charCodeAt(at) - 48) * unit;
      unit = Math.floor(unit / 10);
      at++;
    }
    if (at === 20) return undefined;
  }
  const offsetMs = plainOffset(text, at);
  const instant = ms - offsetMs;
  return Number.isNaN(instant) ? undefined : { ms: instant, offset: offsetMs, zone: undefined };
}

/** Reads a date and time, or one of the two. */
export const parseIsoTime = (text: string): ParsedTime => parsePlain(text) ?? parseWith(dateTime, text);

/** Reads a date; gives days since 1970-01-01. */
export function parseIsoDate(text: string): number {
  const days = text.length === 10 ? plainDate(text) : Number.NaN;
  return Number.isNaN(days) ? Math.floor(parseWith(dateElement, text).ms / DAY_MS) : days;
}

/** The zone that a text had, or UTC; throws for an offset that is none of Trino's zones. */
export function parsedZone({ offset: offsetMs, zone }: ParsedTime): string {
  if (zone !== undefined) return requireZone(zone);
  if (!offsetMs) return UTC;
  const size = Math.abs(offsetMs);
  const part = (by: number, of: number): string => String(Math.floor(size / by) % of).padStart(2, '0');
  const text = `${offsetMs < 0 ? '-' : '+'}${part(3_600_000, 24)}:${part(60_000, 60)}`;
  if (size % 60_000 === 0) return requireZone(text);
  const millis = size % 1000 === 0 ? '' : `.${String(size % 1000).padStart(3, '0')}`;
  return requireZone(`${text}:${part(1000, 60)}${millis}`);
}
