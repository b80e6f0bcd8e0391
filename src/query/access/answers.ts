/** Answers as the library gives them, of either source: rows of a history as objects, and what a search found. */

import { surroundings } from '../../output/excerpt.js';
import type { Db } from '../../store/open.js';
import { createRowReader, DEFAULT_COLUMNS } from '../event-row.js';
import { createSummaries, type EventSummary } from '../event-summary.js';
import { events, type HistoryOptions } from '../events.js';
import type { EventListing } from '../listing.js';
import { hasLines, type LogSource } from '../log-source.js';
import { search } from '../search.js';
import type { Search, SearchOptions } from '../search-run.js';
import type { Value } from '../sqlite.js';
import { createLineSummaries } from './line-summary.js';
import { logEvents } from './log-events.js';
import { logSearch } from './log-search.js';

/** An event that a search found. */
export interface FoundEvent extends EventSummary {
  /** What it is, where access logs were asked, too: of a line, the summary is that of the request, without region and id. */
  source?: LogSource;
  /** Of a line alone: the id of its request. */
  requestId?: string | null;
  /** Its `event_rowid` in `cloudtrail_logs`; of a line its `access_rowid` in `s3_access_logs`. */
  eventRowid: number;
  /** The text as the event has it; null if the match spans several members of the record. */
  match: string | null;
  /** Up to 160 characters of what stands before and after the match; null where there is no match. */
  around: { before: string; after: string } | null;
}

/** A row as an object: column name → value. */
export const objectOf = (columns: readonly string[], row: readonly Value[]): Record<string, Value> =>
  Object.fromEntries(columns.map((name, i) => [name, row[i]!]));

/** The history of what the options ask for. */
export function listedRows(db: Db, options: HistoryOptions, now: Date): EventListing<Record<string, Value>> {
  if (hasLines(options)) {
    const { columns, listing } = logEvents(db, options, now);
    return mapped(listing, ({ values }) => objectOf(columns, values));
  }
  const { columns: names = DEFAULT_COLUMNS, ...query } = options;
  const { columns, rowOf } = createRowReader(db, names);
  return events(db, query, now, id => objectOf(columns, rowOf(id)));
}

/** The same listing of something else. */
function mapped<A, B>(listing: EventListing<A>, of: (row: A) => B): EventListing<B> {
  return {
    *[Symbol.iterator]() {
      for (const row of listing) yield of(row);
    },
    nextToken: listing.nextToken,
    spellings: listing.spellings,
  };
}

/** The search that the options ask for. */
export const searchOf = (db: Db, options: SearchOptions, began: Date): Search =>
  (hasLines(options) ? logSearch : search)(db, options, began);

/** What a search finds, summed up. */
export function foundEvents(db: Db, options: SearchOptions, began: Date): EventListing<FoundEvent> {
  const found = searchOf(db, options, began);
  const isOfLines = options.source === 'access-logs';
  return {
    *[Symbol.iterator]() {
      const ofEvents = createSummaries(db);
      const ofLines = hasLines(options) ? createLineSummaries(db) : ofEvents;
      for (const { id, source = isOfLines ? 'access-logs' : undefined } of found.hits()) {
        const match = found.match(id, source);
        const text = match?.view.slice(match.start, match.end) ?? null;
        const around = match ? surroundings(match.view, match.start, match.end) : null;
        const summary = (source === 'access-logs' ? ofLines : ofEvents)(id);
        yield { ...summary, ...(source ? { source } : {}), eventRowid: id, match: text, around };
      }
    },
    nextToken: found.nextToken,
    spellings: found.spellings,
  };
}
