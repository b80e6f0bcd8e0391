/** Patterns of dates and times, Joda's and MySQL's, made into what reads and prints a text. */

import { invalidArgument, SqlError } from '../errors.js';
import { type ParsedTime, type Parser, parseWith, sequenceOf } from './bucket.js';
import * as field from './fields.js';
import * as parsers from './parsers.js';
import { type Plain, plainParser } from './plain.js';
import { dayNames, monthNames, type Printed, type Printer, printed, printers } from './printers.js';
import { tokens } from './tokens.js';

export interface Pattern {
  /** Whether it prints a zone or its offset. */
  hasZone: boolean;
  parse(text: string): ParsedTime;
  print(localMs: number, zone: string, offsetMs: number): string;
}

/** A part of a pattern. */
interface Part {
  print: Printer;
  /** Undefined for a part that cannot be read. */
  parse: Parser | undefined;
  /** How the usual text of the part is read at once. */
  plain?: Plain;
}

const MAX_PATTERNS = 1000;
/** Longer patterns are not kept. */
const MAX_CACHED = 1000;
/** Years of two digits are those of the century that begins so many years before this one. */
const YEARS_BACK = 30;
const MYSQL_PIVOT = 2020;

const indexed = (names: readonly string[], from: number): Array<readonly [string, number]> =>
  names.map((name, i) => [name, i + from] as const);

const monthWord = parsers.word(
  field.MONTH,
  [...monthNames.long, ...monthNames.short].map((name, i) => [name, (i % 12) + 1] as const),
);
const dayWord = parsers.word(
  field.DAY_OF_WEEK,
  [...dayNames.long, ...dayNames.short].map((name, i) => [name, (i % 7) + 1] as const),
);
const halfdayWord = parsers.word(field.HALFDAY, indexed(['AM', 'PM'], 0));
const eraWord = parsers.word(field.ERA, [...indexed(['BC', 'AD'], 0), ...indexed(['BCE', 'CE'], 0)]);

const part = (print: Printer, parse: Parser | undefined, plain?: Plain): Part =>
  plain ? { print, parse, plain } : { print, parse };

const literal = (text: string): Part => part(() => text, parsers.literal(text), { kind: 'literal', text });

/** A number printed in at least some digits. */
const digits = (of: field.Field, value: (at: Printed) => number, least: number, most: number): Part =>
  part(printers.padded(value, least), parsers.number(of, Math.max(least, most)), plainOf(of, least, most));

function plainOf(of: field.Field, least: number, most: number): Plain | undefined {
  if (Math.max(least, most) !== 2) return undefined;
  switch (of) {
    case field.MONTH:
      return { kind: 'month' };
    case field.DAY:
      return { kind: 'day' };
    case field.HOUR:
      return { kind: 'hour' };
    case field.MINUTE:
      return { kind: 'minute' };
    case field.SECOND:
      return { kind: 'second' };
    default:
      return undefined;
  }
}

const fraction = (least: number, most: number): Part =>
  part(printers.fraction(least), parsers.fraction(most), { kind: 'fraction', most });

const signedYear = (of: field.Field, value: (at: Printed) => number, least: number, most: number): Part =>
  part(
    printers.padded(value, least),
    parsers.number(of, Math.max(least, most), true),
    of === field.YEAR && Math.max(least, most) >= 4 ? { kind: 'year' } : undefined,
  );

const shortYear = (
  of: field.Field,
  value: (at: Printed) => number,
  pivot: number,
  isLenient: boolean,
): Part => part(printers.twoDigits(value), parsers.twoDigitYear(of, pivot, isLenient));

/** Whether a run of a letter is printed as a number, so that the number before it ends where it begins. */
const isNumeric = (token: string | undefined): boolean =>
  token !== undefined && (/^[cCxyYdhHmsSeDFwWkK]/.test(token) || /^M{1,2}$/.test(token));

function yearPart(letter: string, length: number, next: string | undefined): Part {
  const of = letter === 'x' ? field.WEEK_YEAR : letter === 'y' ? field.YEAR : field.YEAR_OF_ERA;
  const value = letter === 'x' ? printers.weekYear : letter === 'y' ? printers.year : printers.yearOfEra;
  if (length === 2) {
    const isWeek = letter === 'x';
    return shortYear(
      isWeek ? field.WEEK_YEAR : field.YEAR,
      isWeek ? printers.weekYear : printers.year,
      new Date().getUTCFullYear() - YEARS_BACK,
      !isNumeric(next),
    );
  }
  const most = isNumeric(next) ? length : 9;
  return letter === 'Y' ? digits(of, value, length, most) : signedYear(of, value, length, most);
}

function zonePart(letter: 'z' | 'Z', length: number): Part {
  if (letter === 'z')
    return length >= 4
      ? part(printers.zoneName, undefined)
      : part(printers.zoneShortName, parsers.zoneShortName);
  if (length > 2) return part(printers.zoneId, parsers.zoneId);
  return part(printers.offset(length === 2), parsers.offset, { kind: 'offset' });
}

/** What a run of a letter stands for in Joda's patterns. */
function jodaPart(token: string, next: string | undefined): Part {
  const length = token.length;
  switch (token[0]) {
    case 'G':
      return part(printers.era, eraWord);
    case 'C':
      return part(printers.padded(printers.century, length), parsers.number(field.CENTURY, length, true));
    case 'x':
    case 'y':
    case 'Y':
      return yearPart(token[0], length, next);
    case 'M':
      if (length >= 3) return part(length === 3 ? printers.monthShort : printers.month, monthWord);
      return digits(field.MONTH, at => at.month, length, 2);
    case 'd':
      return digits(field.DAY, at => at.day, length, 2);
    case 'a':
      return part(printers.halfday, halfdayWord);
    case 'h':
      return digits(field.CLOCK_HALF_HOUR, printers.clockHalfHour, length, 2);
    case 'H':
      return digits(field.HOUR, printers.hour, length, 2);
    case 'k':
      return digits(field.CLOCK_HOUR, printers.clockHour, length, 2);
    case 'K':
      return digits(field.HALF_HOUR, printers.halfHour, length, 2);
    case 'm':
      return digits(field.MINUTE, printers.minute, length, 2);
    case 's':
      return digits(field.SECOND, printers.second, length, 2);
    case 'S':
      return fraction(length, length);
    case 'e':
      return digits(field.DAY_OF_WEEK, printers.weekday, length, 1);
    case 'E':
      return part(length >= 4 ? printers.day : printers.dayShort, dayWord);
    case 'D':
      return digits(field.DAY_OF_YEAR, printers.dayOfYear, length, 3);
    case 'w':
      return digits(field.WEEK, printers.week, length, 2);
    case 'z':
    case 'Z':
      return zonePart(token[0], length);
    default:
      return invalidArgument(`Illegal pattern component: ${token}`);
  }
}

function makeJoda(pattern: string): Pattern {
  if (pattern === '') return invalidArgument('Invalid pattern specification: Pattern is null or empty');
  const letters = tokens(pattern);
  return makePattern(
    letters.map((token, i) => (token[0] === "'" ? literal(token.slice(1)) : jodaPart(token, letters[i + 1]))),
    letters.some(token => token[0] === 'z' || token[0] === 'Z'),
  );
}

/** What a letter after % stands for in MySQL's patterns; undefined for a letter that stands for itself. */
function mysqlParts(letter: string): Part[] | undefined {
  const joda = (pattern: string): Part[] =>
    tokens(pattern).map(token => (token[0] === "'" ? literal(token.slice(1)) : jodaPart(token, undefined)));
  const letters: Readonly<Record<string, string>> = {
    a: 'E',
    b: 'MMM',
    c: 'M',
    d: 'dd',
    e: 'd',
    H: 'HH',
    h: 'hh',
    I: 'hh',
    i: 'mm',
    j: 'DDD',
    k: 'H',
    l: 'h',
    M: 'MMMM',
    m: 'MM',
    p: 'a',
    r: 'hh:mm:ss a',
    S: 'ss',
    s: 'ss',
    T: 'HH:mm:ss',
    v: 'ww',
    W: 'EEEE',
  };
  if (Object.hasOwn(letters, letter)) return joda(letters[letter]!);
  switch (letter) {
    case 'f':
      return [fraction(6, 9)];
    case 'x':
      return [signedYear(field.WEEK_YEAR, printers.weekYear, 4, 4)];
    case 'Y':
      return [signedYear(field.YEAR, printers.year, 4, 4)];
    case 'y':
      return [shortYear(field.YEAR, printers.year, MYSQL_PIVOT, false)];
    default:
      return 'wUuVXD'.includes(letter)
        ? invalidArgument(`%${letter} not supported in date format string`)
        : undefined;
  }
}

function makeMysql(pattern: string): Pattern {
  const parts: Part[] = [];
  let text = '';
  const endText = (): void => {
    if (text !== '') parts.push(literal(text));
    text = '';
  };
  const characters = Array.from(pattern);
  for (let i = 0; i < characters.length; i++) {
    const isEscaped = characters[i] === '%';
    if (isEscaped && ++i >= characters.length) break;
    const mysql = isEscaped ? mysqlParts(characters[i]!) : undefined;
    if (mysql) {
      endText();
      parts.push(...mysql);
    } else text += characters[i];
  }
  endText();
  if (parts.length === 0) return invalidArgument('Both printing and parsing not supported');
  return makePattern(parts, false);
}

function makePattern(parts: readonly Part[], hasZone: boolean): Pattern {
  const reading = parts.map(({ parse }) => parse);
  const whole = reading.every(parser => parser !== undefined) ? sequenceOf(reading as Parser[]) : undefined;
  const plain = plainParser(parts.map(of => of.plain));
  return {
    hasZone,
    parse(text) {
      if (!whole) throw new SqlError('NOT_SUPPORTED', 'Parsing not supported');
      return plain?.(text) ?? parseWith(whole, text);
    },
    print(localMs, zone, offsetMs) {
      const at = printed(localMs, zone, offsetMs);
      let text = '';
      for (const { print } of parts) text += print(at);
      return text;
    },
  };
}

const cached = (make: (pattern: string) => Pattern): ((pattern: string) => Pattern) => {
  const patterns = new Map<string, Pattern>();
  let last: readonly [string, Pattern] | undefined;
  return pattern => {
    if (last?.[0] === pattern) return last[1];
    if (pattern.length > MAX_CACHED) return make(pattern);
    let of = patterns.get(pattern);
    if (!of) {
      of = make(pattern);
      if (patterns.size >= MAX_PATTERNS) patterns.clear();
      patterns.set(pattern, of);
    }
    last = [pattern, of];
    return of;
  };
};

/** A pattern of `format_datetime` and `parse_datetime`. */
export const jodaPattern = cached(makeJoda);
/** A pattern of `date_format` and `date_parse`. */
export const mysqlPattern = cached(makeMysql);
