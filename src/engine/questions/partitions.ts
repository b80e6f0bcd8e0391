/** The partitions that a question needs: conditions by which an engine reads these folders alone. */

import { type Filters, filterOf } from '../../query/filter/filter.js';
import { literal, literals } from '../../query/filter/sql-text.js';
import { parseTime } from '../../query/filter/time.js';
import type { EngineTable } from '../engine.js';

/** A day is before or after another by so many. */
const DAY = 86_400_000;
/**
 * CloudTrail puts a file into the folder of the day on which it was delivered. Most are within minutes of their events;
 * after a fault of the service they come days later (User Guide, `addendum` with the reason DELIVERY_DELAY).
 */
export const DAYS_LATE = 7;
/** Clocks of services differ. */
const DAYS_EARLY = 1;

/** What a table's partitions say of a record. */
export interface PartitionMeaning {
  /** Whether the day is that of the event, rather than that of the delivery of its file. */
  isOfEvent: boolean;
}

/**
 * Conditions on the partitions that the table has: each holds for every record that the filters can pass.
 * @returns none where the filters say nothing of a partition
 */
export function partitionConditions(
  { partitions, columns }: Pick<EngineTable, 'partitions' | 'columns'>,
  filters: Filters,
  now: Date,
  { isOfEvent }: PartitionMeaning,
): string[] {
  const range = daysOf(filters, now, isOfEvent);
  const isNumber = (name: string): boolean => /int|decimal|double/i.test(columns.get(name) ?? '');
  const value = (name: string, text: string): string =>
    isNumber(name) ? String(Number(text)) : literal(text);
  return [
    ...(['account', 'region'] as const).flatMap(name => {
      if (!partitions.has(name) || isNumber(name)) return [];
      const wanted = wantedValues(filters, name);
      return wanted.length > 0 ? [`"${name}" IN (${literals(wanted)})`] : [];
    }),
    ...(partitions.has('timestamp') && /char|string/i.test(columns.get('timestamp') ?? '')
      ? between('"timestamp"', range, day => literal(day.replaceAll('-', '/')))
      : []),
    ...(partitions.has('year') ? yearsAndDays(range, partitions, value) : []),
  ];
}

/** First and last day, `YYYY-MM-DD`, on which a record can be in a partition. */
interface Days {
  first: string | undefined;
  last: string | undefined;
}

function daysOf({ from, to }: Filters, now: Date, isOfEvent: boolean): Days {
  const day = (time: string, shift: number): string => {
    const moved = Date.parse(parseTime(time, now)) + shift * DAY;
    // What is before year 0 or after 9999 has no partition.
    return new Date(Math.min(Math.max(moved, FIRST), LAST)).toISOString().slice(0, 10);
  };
  return {
    first: from === undefined ? undefined : day(from, isOfEvent ? 0 : -DAYS_EARLY),
    last: to === undefined ? undefined : day(to, isOfEvent ? 0 : DAYS_LATE),
  };
}
const FIRST = Date.parse('0000-01-01T00:00:00Z');
const LAST = Date.parse('9999-12-31T00:00:00Z');

function between(column: string, { first, last }: Days, value: (day: string) => string): string[] {
  if (first !== undefined && last !== undefined)
    return [`${column} BETWEEN ${value(first)} AND ${value(last)}`];
  if (first !== undefined) return [`${column} >= ${value(first)}`];
  return last === undefined ? [] : [`${column} <= ${value(last)}`];
}

/**
 * A condition for each column as far as all days of the range agree in those before it, which every engine prunes by,
 * and where they do not one for the day as a whole.
 */
function yearsAndDays(
  range: Days,
  partitions: ReadonlySet<string>,
  value: (name: string, text: string) => string,
): string[] {
  const { first, last } = range;
  const conditions: string[] = [];
  const places = [
    ['year', 0, 4],
    ['month', 5, 7],
    ['day', 8, 10],
  ] as const;
  for (const [name, start, end] of places) {
    if (!partitions.has(name)) return conditions;
    conditions.push(...between(`"${name}"`, range, day => value(name, day.slice(start, end))));
    const isSame = first !== undefined && last !== undefined && first.slice(0, end) === last.slice(0, end);
    if (isSame) continue;
    if (name === 'day' || !partitions.has('month') || !partitions.has('day')) return conditions;
    const number = (of: string, width: number): string => `lpad(CAST("${of}" AS varchar), ${width}, '0')`;
    const whole = `${number('year', 4)} || ${number('month', 2)} || ${number('day', 2)}`;
    return [...conditions, ...between(whole, range, day => literal(day.replaceAll('-', '')))];
  }
  return conditions;
}

/** The values of which one must hold. */
function wantedValues(filters: Filters, name: 'account' | 'region'): string[] {
  const given = filters[filterOf(name).name];
  const values = given === undefined || typeof given === 'boolean' ? [] : [given].flat().map(String);
  return values.filter(value => !value.startsWith('!')).map(value => value.replace(/^\\!/, '!'));
}
