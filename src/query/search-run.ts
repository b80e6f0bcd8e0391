/** Runs a search for text: reads what may match in the order of the answer, or counts it, and says where a page ends. */

import { UsageError } from '../errors.js';
import type { Db } from '../store/open.js';
import type { Chunk } from '../store/text/signature.js';
import { expectRows } from '../store/text/stored-text.js';
import { viewOf } from '../views.js';
import type { Order } from './columns/order.js';
import type { Position } from './columns/page.js';
import type { Spelling } from './columns/spelling.js';
import type { Filters } from './filter/filter.js';
import type { LogSource, OfSource } from './log-source.js';
import { asChunksCome, type IsLeft, idsOf, inBatches, inOrder, joined, leftAfter } from './match-order.js';
import { beginReading } from './snapshot.js';
import type { Matching, SearchHit } from './text/matching.js';
import type { Form, PatternOptions, Span } from './text/pattern.js';
import { type Continuation, makeToken, readToken } from './token.js';

export interface SearchOptions extends Filters, PatternOptions, OfSource {
  /** Texts that must occur in a record: all of them, or any. */
  text: string | readonly string[];
  /** One of the texts is enough. Default false. */
  any?: boolean | undefined;
  /** Texts that must not occur. */
  not?: string | readonly string[] | undefined;
  /** Look in one column of `cloudtrail_logs` only. */
  field?: string | undefined;
  /** By eventTime. Default newest first. */
  order?: Order | undefined;
  /** Maximum number of events. Default: all. */
  limit?: number | undefined;
  /** The token of the page before. */
  token?: string | undefined;
}

/** A match, and what it is of where a search is in both sources. */
export interface FoundHit extends SearchHit {
  source?: LogSource;
}

export interface Search {
  /** The events, in order; they come while the search still runs. */
  hits(): Iterable<FoundHit>;
  /** Number of events, up to the limit. */
  count(): number;
  /** Where the next events begin; undefined where the last iteration found fewer than the limit, or has not ended. */
  nextToken(): string | undefined;
  /** False where the index for text is incomplete or damaged, so that more has to be read. */
  isCovered(): boolean;
  /** The column the search is limited to. */
  column: string | undefined;
  /** What became of values of filters that no event has as they were given. */
  spellings: readonly Spelling[];
  /** Where the first of the texts stands in an event: in its record, or in the column that the search is limited to. */
  match(id: number, source?: LogSource): Match | undefined;
  /** Where the first of the texts stands in a piece of a record or of that column. */
  locate(text: string): Match | undefined;
}

/** A match and the text it was found in. */
export interface Match extends Span {
  view: string;
}

/** When a search began, and the match after which a page begins. */
export type Start = Partial<Continuation> & { now: Date };

/** What is left to read: a few known rows, or the chunks that may hold a match. */
export interface Plan {
  few: SearchHit[] | undefined;
  /** Looked for when it is asked: a count may need none. */
  chunks(): Chunk[];
  matching: Matching;
  /** The number of matches where it is known without reading each of them. */
  counted(): number | undefined;
  /** False where the index for text turned out to be incomplete or damaged. */
  isCovered(): boolean;
}

export interface SearchSpec extends Start, Pick<Search, 'column' | 'spellings'> {
  /** What the token belongs to. */
  question: unknown;
  order: Order;
  /** Maximum number of matches. */
  most: number;
  /** The forms of which the first that is found is shown. */
  forms: readonly Form[];
  /** Makes the plan, on the state of the index that is read. */
  plan(isLeft: IsLeft | undefined): Plan;
  /** The texts in which a text of the index is searched. */
  viewsOf(text: string): string[];
  /** Makes what gives the text of a row that is searched. */
  textOf(): (id: number) => string | null;
}

/** The search of a plan. */
export function createSearch(db: Db, spec: SearchSpec): Search {
  const { question, order, most, now, after, forms, column, spellings } = spec;
  const isLeft = after && leftAfter(hitOf(after), order);
  let covered: boolean | undefined;
  let next: string | undefined;
  let textOf: ((id: number) => string | null) | undefined;

  function locate(text: string): Match | undefined {
    const views = spec.viewsOf(text);
    for (const form of forms) {
      for (const view of views) {
        const span = form.find(viewOf(view));
        if (span) return { ...span, view };
      }
    }
    return undefined;
  }

  return {
    *hits() {
      next = undefined;
      let left = most;
      if (left <= 0) return;
      const end = beginReading(db);
      try {
        const { few, chunks, matching, isCovered } = spec.plan(isLeft);
        const found = few ? inOrder(few, order, matching) : asChunksCome(chunks(), order, matching);
        covered = isCovered();
        for (const hit of found) {
          yield hit;
          if (--left > 0) continue;
          next = makeToken(db, question, { now, after: positionOf(hit) });
          return;
        }
      } finally {
        end();
      }
    },
    count() {
      const end = beginReading(db);
      try {
        const { few, chunks, matching, counted, isCovered } = spec.plan(isLeft);
        const known = counted();
        const sets = known !== undefined ? [] : few ? inBatches(few).map(idsOf) : joined(chunks());
        covered = isCovered();
        if (known !== undefined) return known;
        expectRows(db, sets);
        let count = 0;
        for (const set of sets) {
          count += matching(set).length;
          if (count >= most) return most;
        }
        return count;
      } finally {
        end();
      }
    },
    isCovered() {
      if (covered !== undefined) return covered;
      const { chunks, isCovered } = spec.plan(isLeft);
      chunks();
      covered = isCovered();
      return covered;
    },
    column,
    nextToken: () => next,
    spellings,
    match(id) {
      textOf ??= spec.textOf();
      const text = textOf(id);
      return text === null ? undefined : locate(text);
    },
    locate,
  };
}

/** In a token, a time that cannot be read is -1. */
export const positionOf = ({ id, time }: SearchHit): Position => ({ id, time: Math.max(time, -1) });
const hitOf = ({ id, time }: Position): SearchHit => ({
  id,
  time: time === -1 ? Number.NEGATIVE_INFINITY : time,
});

/**
 * The texts that are wanted.
 * @throws UsageError `NO_TEXT`
 */
export function textsOf({ text }: Pick<SearchOptions, 'text'>): string[] {
  const texts = [text].flat();
  if (texts.length > 0) return texts;
  throw new UsageError('NO_TEXT', 'there is no text to search for', 'name at least one');
}

/** What a question is but for its filters. */
export function askedOf(options: SearchOptions): object {
  const { any = false, not = [], caseSensitive = false, word = false, regex = false } = options;
  const { field, order = 'newest' } = options;
  return { texts: textsOf(options), any, not: [not].flat(), caseSensitive, word, regex, field, order };
}

/** @throws UsageError `BAD_TOKEN` */
export function startOf(
  db: Db,
  question: unknown,
  { token, began }: { token: string | undefined; began: Date },
): Start {
  return token === undefined ? { now: began } : readToken(db, question, token);
}
