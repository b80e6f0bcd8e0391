/** The most frequent values of columns, with when they were first and last seen and how often the request failed. */

import type { Db } from '../store/open.js';
import { findColumn, named } from './columns/column.js';
import { type Counted, type Counts, count, countedOf } from './columns/counter.js';
import { groupingsBy } from './columns/grouping.js';
import type { TopSort } from './columns/order.js';
import { chosen, select } from './columns/selection.js';
import { createSmallest } from './columns/smallest.js';
import { resolveFilters, type Spelling } from './columns/spelling.js';
import type { Filters } from './filter/filter.js';
import { checkedLimit } from './limit.js';
import type { OfSource } from './log-source.js';
import { inSnapshot } from './snapshot.js';

export interface TopOptions extends Filters, OfSource {
  /** Names of columns; events are counted by all of them together. */
  columns: readonly string[];
  /** What decides which come first: most events or errors, or seen first or last of all. Default events. */
  sort?: TopSort | undefined;
  /** Maximum number of groups. Default: all. */
  limit?: number | undefined;
}

export interface Top {
  /** Names of the columns. */
  columns: string[];
  /** The groups, in order. */
  rows: Counted[];
  /** Number of groups, those beyond the limit included. */
  groups: number;
  /** Number of events, those of all groups. */
  events: number;
  /** How many of them are lines of access logs; undefined where those were not asked. */
  lines?: number;
  /** What became of values of filters that no event has as they were given. */
  spellings: Spelling[];
}

/**
 * Counts the events by the columns.
 * @throws UsageError `BAD_LIMIT`, `NO_COLUMN`, `NO_SUCH_COLUMN`, `BAD_TIME`, `BAD_ADDRESS`, `BAD_VALUE`, `EMPTY_RANGE`
 */
export function top(
  db: Db,
  { columns: names, sort = 'events', limit, ...given }: TopOptions,
  now: Date,
): Top {
  const most = checkedLimit(limit);
  const columns = named(names).map(findColumn);
  return inSnapshot(db, () => {
    const { filters, spellings } = resolveFilters(db, given);
    const counts = count(db, chosen(select(db, filters, now)), groupingsBy(db, columns)).counts();
    return { columns: columns.map(column => column.name), ...ranked(counts, sort, most), spellings };
  });
}

/** The first groups in an order, and how much there is of all. */
export function ranked(counts: Counts, sort: TopSort, most: number): Pick<Top, 'rows' | 'groups' | 'events'> {
  const { codes, events, compare, groupOf } = counts;
  const compareNumbers = (a: number, b: number): number =>
    ORDER[sort](counts, a, b) || events[b]! - events[a]!;
  // The last that can be shown, by numbers alone: values, which are many, are compared where those are equal.
  const numbers = createSmallest(most, compareNumbers);
  for (const code of codes) numbers.add(code);
  const last = numbers.sorted().at(-1);
  const first = createSmallest<number>(most, (a, b) => compareNumbers(a, b) || compare(a, b));
  for (const code of codes) if (last === undefined || compareNumbers(code, last) <= 0) first.add(code);
  return {
    rows: first.sorted().map(code => countedOf(groupOf(code))),
    groups: codes.length,
    events: codes.reduce((sum, code) => sum + events[code]!, 0),
  };
}

type Compare = (counts: Counts, a: number, b: number) => number;
const ORDER: Record<TopSort, Compare> = {
  events: ({ events }, a, b) => events[b]! - events[a]!,
  errors: ({ errors }, a, b) => errors[b]! - errors[a]!,
  // Without a time they are infinite, and so last; two of them are equal.
  first: ({ first }, a, b) => first[a]! - first[b]! || 0,
  last: ({ last }, a, b) => last[b]! - last[a]! || 0,
};
