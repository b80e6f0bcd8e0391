/** Counts lines by columns: groups as those of events, with errors and when they were. */

import { ACCESS_DIMENSIONS, type AccessDimension } from '../../access-logs/rows.js';
import { ACCESS_JOINS } from '../../store/access-view.js';
import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import type { Counts, Group } from '../columns/counter.js';
import type { Sql } from '../filter/sql-text.js';
import type { LineColumn } from './line-columns.js';
import { FAILED } from './line-filters.js';

/** Letters of the tables in `ACCESS_JOINS`. */
const LETTER_OF: Readonly<Record<AccessDimension, string>> = {
  bucket: 'b',
  requester: 'r',
  address: 'a',
  agent: 'g',
  call: 'c',
  channel: 'h',
};

/** What lines are grouped by: a number or a value in SQL, and the value as it is shown. */
interface Key {
  sql: string;
  params?: number[];
  needsJoins: boolean;
  valueOf(key: string | number | null): string | null;
}

/** Steps of time, in seconds. */
interface Steps {
  origin: number;
  width: number;
}

/**
 * Counts lines.
 * @param where the condition on `access_log AS l`
 * @param columns what they are grouped by; their values are those of a group
 * @param steps adds the first second of the line's step before them, null without a time
 */
export function countLines(
  db: Db,
  { where, columns, steps }: { where: Sql; columns: readonly LineColumn[]; steps?: Steps },
): Group[] {
  const keys = [...(steps ? [stepKey(steps)] : []), ...columns.map(column => keyOf(db, column))];
  const from = keys.some(({ needsJoins }) => needsJoins) ? ACCESS_JOINS : 'access_log AS l';
  const rows = prepared(
    db,
    `SELECT count(*), count(*) FILTER (WHERE l.call_id IN (SELECT id FROM access_call WHERE ${FAILED})),
      min(l.time), max(l.time)${keys.map(({ sql }) => `, ${sql}`).join('')}
    FROM ${from} WHERE ${where.text}
    ${keys.length > 0 ? `GROUP BY ${keys.map((_, i) => i + 5).join(', ')}` : 'HAVING count(*) > 0'}`,
  )
    .raw(true)
    .all(...keys.flatMap(({ params = [] }) => params), ...where.params) as Array<
    [number, number, number | null, number | null, ...Array<string | null>]
  >;
  return merged(
    rows.map(
      ([events, errors, first, last, ...values]): Group => ({
        values: values.map((value, i) => keys[i]!.valueOf(value)),
        events,
        errors,
        first: first ?? undefined,
        last: last ?? undefined,
      }),
    ),
  );
}

const stepKey = ({ origin, width }: Steps): Key => ({
  // Numbers come as REAL, of which a division is not whole.
  sql: '(l.time - CAST(? AS INTEGER)) / CAST(? AS INTEGER)',
  params: [origin, width],
  needsJoins: false,
  // No line is before the first step.
  valueOf: step => (step === null ? null : String(origin + width * Number(step))),
});

const textOf = (value: unknown): string | null => (value === null ? null : String(value));

/** A column that one table has is grouped by its rows, whose values are looked up once each. */
function keyOf(db: Db, { expression }: LineColumn): Key {
  const letters = new Set([...expression.matchAll(/\b([a-z])\.\w/g)].map(([, letter]) => letter!));
  const dimension = ACCESS_DIMENSIONS.find(one => letters.has(LETTER_OF[one]));
  if (letters.size !== 1 || dimension === undefined)
    return {
      sql: expression,
      needsJoins: [...letters].some(letter => letter !== 'l'),
      valueOf: textOf,
    };
  const letter = LETTER_OF[dimension];
  const values = new Map(
    prepared(
      db,
      `SELECT ${letter}.id, ${expression} FROM (SELECT 1) LEFT JOIN access_${dimension} AS ${letter} ON 0
      UNION ALL SELECT ${letter}.id, ${expression} FROM access_${dimension} AS ${letter}`,
    )
      .raw(true)
      .all() as Array<[number | null, unknown]>,
  );
  return {
    // In the order of an index each line would be looked up where it lies; a unary plus keeps SQLite from that. The index
    // on calls has all that is counted by calls.
    sql: dimension === 'call' ? 'l.call_id' : `+l.${dimension}_id`,
    needsJoins: false,
    valueOf: id => textOf(values.get(id as number | null) ?? null),
  };
}

/** Groups with each set of values once. */
export function merged(groups: readonly Group[]): Group[] {
  const all = new Map<string, Group>();
  for (const group of groups) {
    const key = JSON.stringify(group.values);
    const known = all.get(key);
    if (!known) {
      all.set(key, { ...group });
      continue;
    }
    known.events += group.events;
    known.errors += group.errors;
    known.first = least(known.first, group.first, Math.min);
    known.last = least(known.last, group.last, Math.max);
  }
  return [...all.values()];
}

const least = (
  a: number | undefined,
  b: number | undefined,
  of: (a: number, b: number) => number,
): number | undefined => (a === undefined ? b : b === undefined ? a : of(a, b));

/** Groups in the form in which they are ranked. */
export function countsOf(groups: readonly Group[]): Counts {
  return {
    codes: groups.map((_, code) => code),
    events: Float64Array.from(groups, ({ events }) => events),
    errors: Float64Array.from(groups, ({ errors }) => errors),
    first: Float64Array.from(groups, ({ first }) => first ?? Number.POSITIVE_INFINITY),
    last: Float64Array.from(groups, ({ last }) => last ?? Number.NEGATIVE_INFINITY),
    valuesOf: code => groups[code]!.values,
    groupOf: code => groups[code]!,
  };
}
