/** The most frequent values of columns, with when they were first and last seen and how often the request failed. */

import type { Db } from '../store/open.js';
import { findColumn, named } from './columns/column.js';
import { count } from './columns/counter.js';
import { type Counted, type Counts, countedOf } from './columns/counts.js';
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
  const { codes, events, errorsOf, firstOf, lastOf, compare, groupOf } = counts;
  const keyOf = { events: (code: number) => events[code]!, errors: errorsOf, first: firstOf, last: lastOf }[
    sort
  ];
  const compareNumbers = (a: number, b: number): number => {
    // Without a time they are infinite, and so last; two of them are equal.
    const order = (sort === 'first' ? keyOf(a) - keyOf(b) : keyOf(b) - keyOf(a)) || 0;
    return order || events[b]! - events[a]!;
  };
  let sum = 0;
  // The last that can be shown, by numbers alone: values, which are many, are compared where those are equal.
  const numbers = createSmallest(most, compareNumbers);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    sum += events[code]!;
    const bound = numbers.bound();
    if (bound === undefined || compareNumbers(code, bound) < 0) numbers.add(code);
  }
  const last = numbers.sorted().at(-1);
  const first = createSmallest<number>(most, (a, b) => compareNumbers(a, b) || compare(a, b));
  for (let i = 0; i < codes.length; i++)
    if (last === undefined || compareNumbers(codes[i]!, last) <= 0) first.add(codes[i]!);
  return { rows: first.sorted().map(code => countedOf(groupOf(code))), groups: codes.length, events: sum };
}
