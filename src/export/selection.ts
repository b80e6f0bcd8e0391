/** Which events or lines an export has, in what order. */

import { UsageError } from '../errors.js';
import { logEvents } from '../query/access/log-events.js';
import { logSearch } from '../query/access/log-search.js';
import { idsInTime } from '../query/columns/in-time.js';
import type { Order } from '../query/columns/order.js';
import { type Selection, select } from '../query/columns/selection.js';
import { resolveFilters, type Spelling } from '../query/columns/spelling.js';
import { events } from '../query/events.js';
import type { Filters } from '../query/filter/filter.js';
import { checkSource, type LogSource, type OfSource } from '../query/log-source.js';
import { search } from '../query/search.js';
import type { SearchOptions } from '../query/search-run.js';
import type { Db } from '../store/open.js';

/** What is asked of the text of records, besides the texts. */
export type TextOptions = Omit<
  SearchOptions,
  keyof Filters | keyof OfSource | 'text' | 'order' | 'limit' | 'token'
>;

export interface SelectionOptions extends Filters, TextOptions {
  /** Texts that must occur in a record: all of them, or any. Default: none. */
  search?: string | readonly string[] | undefined;
  /** Events of CloudTrail, or lines of S3 server access logs. Default cloudtrail. */
  source?: LogSource | undefined;
  /** As `OfSource` has it. */
  status?: OfSource['status'];
  /** By eventTime. Default oldest first, as a log is. */
  order?: Order | undefined;
  /** Maximum number of events. Default: all. */
  limit?: number | undefined;
}

export interface Selected {
  /** `event_rowid`s or `access_rowid`s, in order; they come while they are looked for. */
  ids: Iterable<number>;
  /** What became of values of filters that no event has as they were given. */
  spellings: readonly Spelling[];
  /** How many there are, where the columns tell without reading events. */
  total: number | undefined;
  /** False where the index for text is incomplete or damaged, so that more has to be read. */
  isCovered(): boolean;
}

/** Options that mean something only beside texts. */
const OF_TEXTS = ['any', 'not', 'caseSensitive', 'word', 'regex', 'field'] as const;

/**
 * Selects events, or lines.
 * @throws UsageError `BAD_VALUE`, `NOT_IN_LINES`, `NOT_IN_EVENTS`, and those of `events` and `search`
 */
export function selected(db: Db, options: SelectionOptions, now: Date): Selected {
  const { source = 'cloudtrail', order = 'oldest', search: texts, limit, status, ...rest } = options;
  checkSource({ source, status });
  const { any, not, caseSensitive, word, regex, field, ...filters } = rest;
  const isOfLines = source === 'access-logs';
  if (texts !== undefined) {
    const found = (isOfLines ? logSearch : search)(
      db,
      { ...rest, text: texts, source, status, order, limit },
      now,
    );
    return {
      ids: idsOf(found),
      spellings: found.spellings,
      total: undefined,
      isCovered: () => found.isCovered(),
    };
  }
  const idle = OF_TEXTS.find(name => options[name] !== undefined && options[name] !== false);
  if (idle !== undefined)
    throw new UsageError(
      'BAD_VALUE',
      `\`${idle}\` is about texts, and there are none`,
      'name them with `search`',
    );
  const listed = isOfLines
    ? { ...lineIds(db, { ...filters, status, order, limit }, now), total: undefined }
    : eventIds(db, { ...filters, order, limit }, now);
  return { ...listed, isCovered: () => true };
}

/** How many events an export with these options has. */
export function countSelected(db: Db, options: SelectionOptions, now: Date): number {
  const { ids, total } = selected(db, options, now);
  if (total !== undefined) return total;
  let count = 0;
  for (const _ of ids) count++;
  return count;
}

type Listed = Pick<Selected, 'ids' | 'spellings'>;
type ListOptions = Filters & Pick<SelectionOptions, 'order' | 'limit' | 'status'>;

function* idsOf(found: ReturnType<typeof search>): Generator<number> {
  for (const { id } of found.hits()) yield id;
}

function eventIds(db: Db, options: ListOptions, now: Date): Listed & { total: number | undefined } {
  const { order, limit, ...filters } = options;
  const listing = events(db, options, now, id => id);
  const { spellings } = listing;
  const selection = select(db, resolveFilters(db, filters).filters, now);
  const total = totalOf(selection);
  if (total === undefined) return { ids: listing, spellings, total };
  const all = limit === undefined ? idsInTime(selection, total) : undefined;
  const ids = order === 'newest' ? all?.reverse() : all;
  return { ids: ids ?? listing, spellings, total: Math.min(total, limit ?? total) };
}

function lineIds(db: Db, options: ListOptions, now: Date): Listed {
  const { listing } = logEvents(db, { ...options, source: 'access-logs', columns: ['access_rowid'] }, now);
  function* ids(): Generator<number> {
    for (const { id } of listing) yield id;
  }
  return { ids: ids(), spellings: listing.spellings };
}

/** Number of events that pass, where that takes no more than a pass over the columns. */
function totalOf({ segments, passing, needsRows }: Selection): number | undefined {
  if (needsRows) return undefined;
  let total = 0;
  for (const segment of segments) {
    total += passing(segment).length;
    segment.release();
  }
  return total;
}
