/** The Event history: events in order, in pages. */

import type { Db } from '../store/open.js';
import { findColumn } from './columns/column.js';
import type { Order } from './columns/order.js';
import { createPages, type PageOrder } from './columns/page.js';
import { select } from './columns/selection.js';
import { resolveFilters } from './columns/spelling.js';
import { conditions, type ExactValue, exactConditions } from './filter/condition.js';
import { type Filters, normalized } from './filter/filter.js';
import { checkedLimit } from './limit.js';
import { createListing, type EventListing } from './listing.js';
import type { OfSource } from './log-source.js';
import { type Continuation, readToken } from './token.js';

export interface HistoryOptions extends Filters, OfSource {
  /** Names of columns; the console's titles do as well. Default: those the console shows. */
  columns?: readonly string[] | undefined;
  /** A column to sort by instead of the time; append `:desc` for the largest first. */
  sort?: string | undefined;
  /** By eventTime. Default newest first. */
  order?: Order | undefined;
  /** Maximum number of events. Default: all. */
  limit?: number | undefined;
  /** The token of the page before. */
  token?: string | undefined;
}

/** Events found at a time where there is no limit: each time is a pass over the columns, and a longer one where they are sorted. */
export const AT_ONCE = 1 << 14;
export const SORTED_AT_ONCE = 1 << 18;

/**
 * Lists events in order, from the token on.
 * @param read what is to come of each event, given its `event_rowid`
 * @param exact further conditions, whose values have no wildcards
 * @throws UsageError `BAD_LIMIT`, `BAD_TOKEN`, `NO_SUCH_COLUMN`, `BAD_TIME`, `BAD_ADDRESS`, `BAD_VALUE`, `EMPTY_RANGE`
 */
export function events<T>(
  db: Db,
  { sort, order = 'newest', limit, token, ...given }: HistoryOptions,
  now: Date,
  read: (id: number) => T,
  exact: readonly ExactValue[] = [],
): EventListing<T> {
  const most = checkedLimit(limit);
  // Throws on bad filters now, not at the first iteration.
  conditions(given, now);
  const { filters, spellings } = resolveFilters(db, given);
  const question = { filters: normalized(filters), exact, sort, order };
  const pageOrder: PageOrder = { order, ...(sort === undefined ? {} : { by: sortingOf(sort) }) };
  const start: Partial<Continuation> & { now: Date } =
    token === undefined ? { now } : readToken(db, question, token);
  const more = exactConditions(exact, start.now);
  conditions(filters, start.now);
  return createListing(db, {
    question,
    start,
    most,
    atOnce: sort === undefined ? AT_ONCE : SORTED_AT_ONCE,
    spellings,
    pages: () => createPages(db, select(db, filters, start.now, more), pageOrder),
    read: ({ id }) => read(id),
  });
}

/** The column that `sort` names, and its direction. */
export function sortingOf(sort: string): NonNullable<PageOrder['by']> {
  const [, name = sort, direction] = /^(.*):(asc|desc)$/i.exec(sort) ?? [];
  return { column: findColumn(name), descending: direction?.toLowerCase() === 'desc' };
}
