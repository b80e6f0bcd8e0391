/** The Event history: events in order, in pages. */

import type { Db } from '../store/open.js';
import { findColumn } from './columns/column.js';
import type { Order } from './columns/order.js';
import { createPages, type PageOrder } from './columns/page.js';
import { select } from './columns/selection.js';
import { resolveFilters, type Spelling } from './columns/spelling.js';
import { conditions, type ExactValue, exactConditions } from './filter/condition.js';
import { type Filters, normalized } from './filter/filter.js';
import { checkedLimit } from './limit.js';
import { beginReading } from './snapshot.js';
import { type Continuation, makeToken, readToken } from './token.js';

export interface HistoryOptions extends Filters {
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

/** Events in order. Iterating it reads them from the first one on, on one state of the index. */
export interface EventListing<T> {
  [Symbol.iterator](): Generator<T>;
  /** Where the next events begin; undefined where there are no more, and while the last iteration has not ended. */
  nextToken(): string | undefined;
  /** What became of values of filters that no event has as they were given. */
  spellings: readonly Spelling[];
}

/** Events found at a time where there is no limit: each time is a pass over the columns, and a longer one where they are sorted. */
const AT_ONCE = 1 << 14;
const SORTED_AT_ONCE = 1 << 18;

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
  let next: string | undefined;

  return {
    *[Symbol.iterator]() {
      next = undefined;
      const end = beginReading(db);
      try {
        const pages = createPages(db, select(db, filters, start.now, more), pageOrder);
        let { after } = start;
        for (let left = most; left > 0; ) {
          const size = Math.min(left, sort === undefined ? AT_ONCE : SORTED_AT_ONCE);
          const found = pages.next(size + 1, after);
          const isMore = found.length > size;
          if (isMore) found.pop();
          for (const { id } of found) yield read(id);
          after = found.at(-1) ?? after;
          left -= found.length;
          if (!isMore) return;
        }
        if (after) next = makeToken(db, question, { now: start.now, after });
      } finally {
        end();
      }
    },
    nextToken: () => next,
    spellings,
  };
}

function sortingOf(sort: string): NonNullable<PageOrder['by']> {
  const [, name = sort, direction] = /^(.*):(asc|desc)$/i.exec(sort) ?? [];
  return { column: findColumn(name), descending: direction?.toLowerCase() === 'desc' };
}
