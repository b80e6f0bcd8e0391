/** Rows in order, page after page, on one state of the index: what every listing with tokens does. */

import type { Db } from '../store/open.js';
import type { Pages, Position } from './columns/page.js';
import type { Spelling } from './columns/spelling.js';
import { beginReading } from './snapshot.js';
import { type Continuation, makeToken } from './token.js';

/** Events in order. Iterating it reads them from the first one on, on one state of the index. */
export interface EventListing<T> {
  [Symbol.iterator](): Generator<T>;
  /** Where the next events begin; undefined where there are no more, and while the last iteration has not ended. */
  nextToken(): string | undefined;
  /** What became of values of filters that no event has as they were given. */
  spellings: readonly Spelling[];
}

export interface ListingOptions<T> {
  /** What the token belongs to: everything that decides which rows come, and in what order. */
  question: unknown;
  /** When the first page was asked for, and the row after which this one begins. */
  start: Partial<Continuation> & { now: Date };
  /** Maximum number of rows. */
  most: number;
  /** Rows that are looked for at a time where there is no limit. */
  atOnce: number;
  spellings: readonly Spelling[];
  /** Called when the listing is iterated, on the state of the index that it reads. */
  pages(): Pages;
  /** What is to come of each row. */
  read(position: Position): T;
}

/** Lists rows in order, from a position on. */
export function createListing<T>(
  db: Db,
  { question, start, most, atOnce, spellings, pages, read }: ListingOptions<T>,
): EventListing<T> {
  let next: string | undefined;
  return {
    *[Symbol.iterator]() {
      next = undefined;
      const end = beginReading(db);
      try {
        const all = pages();
        let { after } = start;
        for (let left = most; left > 0; ) {
          const size = Math.min(left, atOnce);
          const found = all.next(size + 1, after);
          const isMore = found.length > size;
          if (isMore) found.pop();
          for (const position of found) yield read(position);
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
