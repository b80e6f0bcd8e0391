/**
 * How much of an event's time an expression needs: `date_trunc('hour', from_iso8601_timestamp(eventtime))` is the same for
 * all times of an hour, so that one of them stands for all. It holds for times in CloudTrail's own form, in UTC.
 */

import { type Bound, partsOf } from '../bind/bound.js';
import { likeParts } from '../text/like.js';
import { CLOSE, OPEN } from './literal.js';

const [SECOND, MINUTE, HOUR, DAY] = [1, 60, 3_600, 86_400] as const;

/** Behind a column of times in the SQL of an expression: its grain. */
const MARK = new RegExp(`${OPEN}@(\\d+)${CLOSE}`, 'g');
const COLUMN = '"eventtime"';
const UNMARKED = new RegExp(`\\b\\w+\\.${COLUMN}(?!${OPEN}@)`, 'g');

/** The SQL of an expression with marks that say how much of an event's time it needs. */
export function marked(sql: string, bound: Bound): string {
  if (!sql.includes(COLUMN)) return sql;
  const grain = grainOf(bound);
  return grain === SECOND ? sql : sql.replaceAll(UNMARKED, column => `${column}${OPEN}@${grain}${CLOSE}`);
}

export const unmarked = (sql: string): string => sql.replaceAll(MARK, '');

/** The seconds to which times may be cut for all of what is marked in the SQL of a table; 1 where they may not. */
export function finestGrain(sql: string, alias: string): number {
  const columns = sql.matchAll(new RegExp(`\\b${alias}\\.${COLUMN}(?:${MARK.source})?`, 'g'));
  return Math.min(...Array.from(columns, match => Number(match[1] ?? SECOND)));
}

/** Seconds: within so many, counted from 1970, the value is the same. Infinity where it does not depend on the time. */
function grainOf(bound: Bound): number {
  if (bound.kind === 'leaf')
    return isTime(bound) || bound.sql.includes(COLUMN) ? SECOND : Number.POSITIVE_INFINITY;
  if (bound.kind === 'like' && isTime(bound.value)) return ofPrefix(bound);
  const own = bound.kind === 'call' ? ofCall(bound) : undefined;
  return own ?? Math.min(Number.POSITIVE_INFINITY, ...partsOf(bound).map(grainOf));
}

const isTime = (bound: Bound | undefined): boolean =>
  bound?.kind === 'leaf' && bound.column === 'eventtime' && /^\w+\."eventtime"$/.test(bound.sql);

const constantOf = (bound: Bound | undefined): unknown =>
  bound?.kind === 'constant' ? bound.value : undefined;

/** Patterns that read the whole of a time as it is. */
const READING: Readonly<Record<string, string>> = {
  date_parse: '%Y-%m-%dT%H:%i:%sZ',
  parse_datetime: "yyyy-MM-dd'T'HH:mm:ss'Z'",
};

/** Whether an expression is the moment of an event, and never fails. */
function isMoment(bound: Bound | undefined): boolean {
  if (bound?.kind !== 'call') return false;
  const [first, second] = bound.args;
  if (bound.name === 'from_iso8601_timestamp') return isTime(first);
  if (bound.name === 'cast') return bound.type.kind === 'timestamp' && isMoment(first);
  return Object.hasOwn(READING, bound.name) && constantOf(second) === READING[bound.name] && isTime(first);
}

const FIELDS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    'year quarter month week week_of_year day day_of_month day_of_week dow day_of_year doy year_of_week yow date'
      .split(' ')
      .map(name => [name, DAY]),
  ),
  hour: HOUR,
  minute: MINUTE,
};

const UNITS: Readonly<Record<string, number>> = {
  minute: MINUTE,
  hour: HOUR,
  day: DAY,
  week: DAY,
  month: DAY,
  quarter: DAY,
  year: DAY,
};

/** The grain of a call that needs less than the whole of a time; undefined for any other. */
function ofCall({ name, type, args }: Bound & { kind: 'call' }): number | undefined {
  const [first, second, third] = args;
  if (name === 'substr' || name === 'substring') return isTime(first) ? ofEnd(second, third) : undefined;
  if (name === 'date_trunc') {
    const unit = constantOf(first);
    return isMoment(second) && typeof unit === 'string' ? ofTable(UNITS, unit.toLowerCase()) : undefined;
  }
  if (!isMoment(first)) return undefined;
  if (name === 'cast' && type.kind === 'date') return DAY;
  const form = constantOf(second);
  if (name === 'date_format' && typeof form === 'string')
    return ofParts(
      (form.match(/%./gs) ?? []).map(part => part[1]!),
      'aBbcdeHhIjklMmpvWxYy%',
      'i',
    );
  // Letters between quotes are taken for parts, too.
  if (name === 'format_datetime' && typeof form === 'string')
    return ofParts(form.match(/[A-Za-z]/g) ?? [], 'GCYxwedDEyMaKhHkzZ', 'm');
  return ofTable(FIELDS, name);
}

const ofTable = (table: Readonly<Record<string, number>>, name: string): number | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** The grain of a form, by the letters of its parts: those that show hours and what is longer, and that of minutes. */
function ofParts(parts: readonly string[], long: string, minute: string): number {
  const rest = parts.filter(part => !long.includes(part));
  if (rest.length === 0) return HOUR;
  return rest.every(part => part === minute) ? MINUTE : SECOND;
}

/** The grain of the first characters of a time. */
const ofLength = (length: number): number =>
  length <= 10 ? DAY : length <= 13 ? HOUR : length <= 16 ? MINUTE : SECOND;

function ofEnd(start: Bound | undefined, length: Bound | undefined): number {
  const [from, count] = [constantOf(start), constantOf(length)];
  if (typeof from !== 'bigint' || typeof count !== 'bigint' || from < 1n || count < 0n) return SECOND;
  return ofLength(Number(from + count) - 1);
}

/** The grain of `eventtime LIKE '2026-01-05%'`. */
function ofPrefix({ pattern, escape: by }: Bound & { kind: 'like' }): number {
  const text = constantOf(pattern);
  if (typeof text !== 'string' || by) return SECOND;
  const parts = likeParts(text, undefined);
  const [first, second] = parts;
  return parts.length === 2 && typeof first === 'object' && second === '%'
    ? ofLength(first.text.length)
    : SECOND;
}
