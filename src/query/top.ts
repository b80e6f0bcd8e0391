/** The most frequent values of columns, with when they were first and last seen and how often the request failed. */

import { InputError } from '../errors.js';
import type { Db } from '../store/open.js';
import { findColumn } from './column.js';
import type { Filters } from './filter.js';
import { type Group, group, groupingsBy } from './group.js';
import { chosen, secondText, select } from './selection.js';
import { inSnapshot } from './snapshot.js';

export interface TopOptions extends Filters {
  /** Names of columns; events are counted by all of them together. */
  columns: readonly string[];
  /** What decides which come first: most events or errors, or seen first or last of all. Default events. */
  by?: 'events' | 'errors' | 'first' | 'last';
  /** At most so many groups; all when absent. */
  limit?: number;
}

/** Events that agree in the columns. */
export interface Counted {
  values: Array<string | null>;
  events: number;
  errors: number;
  /** eventTime to the second; null where none has a time. */
  first: string | null;
  last: string | null;
}

export interface Top {
  /** Names of the columns. */
  columns: string[];
  rows: Counted[];
  /** Number of groups and of events, those beyond the limit included. */
  groups: number;
  events: number;
}

/**
 * Counts the events by the columns.
 * @throws InputError `BAD_LIMIT`, `NO_COLUMN`
 * @throws QueryError `NO_SUCH_COLUMN`, `BAD_TIME`, `BAD_ADDRESS`, `BAD_VALUE`, `EMPTY_RANGE`
 */
export function top(
  db: Db,
  { columns: names, by = 'events', limit, ...filters }: TopOptions,
  now: Date,
): Top {
  if (names.length === 0)
    throw new InputError('NO_COLUMN', 'name at least one column', 'offtrail top eventName');
  if (limit !== undefined && !(Number.isInteger(limit) && limit >= 0))
    throw new InputError('BAD_LIMIT', `the limit must be a whole number, not ${limit}`);
  const columns = names.map(findColumn);
  const groups = inSnapshot(db, () => group(db, chosen(select(db, filters, now)), groupingsBy(db, columns)));
  groups.sort((a, b) => ORDER[by](a, b) || b.events - a.events || compareValues(a, b));
  return {
    columns: columns.map(column => column.name),
    rows: groups.slice(0, limit).map(countedOf),
    groups: groups.length,
    events: groups.reduce((sum, { events }) => sum + events, 0),
  };
}

const ORDER: Record<NonNullable<TopOptions['by']>, (a: Group, b: Group) => number> = {
  events: (a, b) => b.events - a.events,
  errors: (a, b) => b.errors - a.errors,
  first: (a, b) => (a.first ?? Number.POSITIVE_INFINITY) - (b.first ?? Number.POSITIVE_INFINITY) || 0,
  last: (a, b) => (b.last ?? -1) - (a.last ?? -1),
};

function compareValues(a: Group, b: Group): number {
  for (const [i, value] of a.values.entries()) {
    const [x, y] = [value ?? '', b.values[i] ?? ''];
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

export function countedOf({ values, events, errors, first, last }: Group): Counted {
  const text = (seconds: number | undefined): string | null =>
    seconds === undefined ? null : secondText(seconds);
  return { values, events, errors, first: text(first), last: text(last) };
}
