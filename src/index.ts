/** The library: the same functions the command line calls. Everything public is exported here and nowhere else. */

import { QueryError } from './errors.js';
import type { Counted } from './query/columns/counter.js';
import type { Order } from './query/columns/order.js';
import { resolveFilters, type Spelling } from './query/columns/spelling.js';
import { createRowReader, DEFAULT_COLUMNS } from './query/event-row.js';
import { createSummaries, type EventSummary, type Source } from './query/event-summary.js';
import { type EventListing, events, type HistoryOptions } from './query/events.js';
import type { Filters } from './query/filter/filter.js';
import { type Incomplete, incomplete } from './query/incomplete.js';
import { type LookupEvent, type LookupOptions, lookupEvents } from './query/lookup/events.js';
import { type NothingFound, nothingFound } from './query/nothing-found.js';
import { type ObjectEvents, objectEvents } from './query/object-events.js';
import { findS3Search, S3_SEARCHES, type S3SearchOptions, s3Statement } from './query/s3-searches.js';
import { type Search, type SearchOptions, search } from './query/search.js';
import {
  type Identity,
  type Session,
  type SessionCall,
  type Sessions,
  type SignIn,
  sessions,
} from './query/sessions/sessions.js';
import { rawRecord, type ShownEvent, showEvent } from './query/show.js';
import { type Rows, runSql, runUserSql, type Value } from './query/sql.js';
import { type Status, status } from './query/status.js';
import { type Step, type Timeline, type TimelineOptions, timeline } from './query/timeline.js';
import { type Top, type TopOptions, top } from './query/top.js';
import { type Who, type WhoSection, who } from './query/who.js';
import { type Db, openForQueries } from './store/open.js';

export { IndexError, InputError, LookupError, OfftrailError, QueryError } from './errors.js';
export {
  type Flaws,
  type IngestOptions,
  type IngestSummary,
  ingest,
  type Progress,
} from './ingest/ingest.js';
export { reindex } from './ingest/reindex.js';
export type { Issue } from './query/sessions/issued.js';
export type { Limits } from './read/file.js';
export type {
  Counted,
  EventSummary,
  Filters,
  HistoryOptions,
  Identity,
  Incomplete,
  LookupEvent,
  LookupOptions,
  NothingFound,
  ObjectEvents,
  Order,
  S3SearchOptions,
  SearchOptions,
  Session,
  SessionCall,
  Sessions,
  ShownEvent,
  SignIn,
  Source,
  Spelling,
  Status,
  Step,
  Timeline,
  TimelineOptions,
  Top,
  TopOptions,
  Value,
  Who,
  WhoSection,
};

/** A row of a search: column name → value. */
export type Row = Record<string, Value>;

/** Names of the canned S3 searches, for `Index.s3`. */
export const s3SearchNames: readonly string[] = S3_SEARCHES.map(search => search.name);

/** An event that a search found. */
export interface FoundEvent extends EventSummary {
  /** Its `event_rowid`. */
  rowid: number;
  /** The text as it stands in the event. */
  match: string | null;
}

/** What a search finds; iterating it searches. */
export interface Found extends Iterable<FoundEvent> {
  /** Number of events, up to the limit: quicker than iterating. */
  count(): number;
  /** False where the index for text was incomplete or damaged, so that more had to be read; known when it has ended. */
  isCovered(): boolean;
  /** What became of values of filters that no event has as they were given. */
  spellings: readonly Spelling[];
}

/** Events in order; iterating it reads them. */
export interface Page<T> extends Iterable<T> {
  /** Where the next events begin, for `token`; undefined where there are no more. Known when the iteration has ended. */
  nextToken(): string | undefined;
  /** What became of values of filters that no event has as they were given. */
  spellings: readonly Spelling[];
}

/** An index opened for reading. Close it when done. */
export interface Index {
  /**
   * Runs a canned S3 search; rows come as they are found.
   * @param name one of `s3SearchNames`
   * @throws QueryError `NO_SUCH_SEARCH`, `MISSING_ARGUMENT`, `UNEXPECTED_ARGUMENT`, `BAD_TIME`, `BAD_ADDRESS`, `EMPTY_RANGE`
   */
  s3(name: string, options?: S3SearchOptions): Iterable<Row>;
  /**
   * Finds every event in whose record a text occurs, newest first; they come while the search still runs.
   * @throws InputError `NO_TEXT`
   * @throws QueryError `BAD_PATTERN`, `NO_SUCH_COLUMN`, `BAD_TIME`, `BAD_ADDRESS`, `EMPTY_RANGE`
   */
  search(options: SearchOptions): Found;
  /**
   * What `aws cloudtrail lookup-events` gives, newest first.
   * @throws InputError `BAD_LIMIT`
   * @throws LookupError in the words of the AWS CLI
   */
  lookupEvents(options?: LookupOptions): Page<LookupEvent>;
  /**
   * The Event history: columns of events, as the console shows them or any others.
   * @throws InputError `BAD_LIMIT`
   * @throws QueryError `BAD_TOKEN`, `NO_SUCH_COLUMN`, `BAD_TIME`, `BAD_ADDRESS`, `BAD_VALUE`, `EMPTY_RANGE`
   */
  events(options?: HistoryOptions): Page<Row>;
  /**
   * The most frequent values of columns, with errors, first and last seen.
   * @throws InputError `BAD_LIMIT`, `NO_COLUMN`
   * @throws QueryError `NO_SUCH_COLUMN`, and those of the filters
   */
  top(options: TopOptions): Top;
  /**
   * How many events there were when.
   * @throws QueryError `BAD_WIDTH`, `NO_SUCH_COLUMN`, and those of the filters
   */
  timeline(options?: TimelineOptions): Timeline;
  /**
   * One identity's page; undefined where no event is of it.
   * @throws QueryError those of the filters
   */
  who(identity: string, filters?: Filters): Who | undefined;
  /**
   * Where temporary credentials come from, and where they went.
   * @param limit sessions to follow, default 50
   * @throws InputError `BAD_LIMIT`
   * @throws QueryError `NO_SUCH_SESSION`
   */
  sessions(session: string, limit?: number): Sessions;
  /**
   * Runs one SELECT of your own, in SQLite's dialect; whole numbers come as bigint.
   * @throws QueryError `NOT_A_SELECT`, `BAD_SQL`
   */
  sql(statement: string): Iterable<Row>;
  /**
   * The events with an eventID, whole, with the files they came from.
   * @throws QueryError `NO_SUCH_EVENT`
   */
  show(eventId: string): ShownEvent[];
  /**
   * A record's exact bytes from its original file.
   * @throws QueryError `SOURCE_GONE`, `SOURCE_CHANGED`
   */
  raw(source: Source): Promise<Buffer>;
  /** What the index holds. */
  status(): Status;
  /**
   * What became of values of filters that no event has as they were given. Every query reads them so: in the case that
   * events have, `s3://bucket/key` as a bucket and a key.
   * @throws QueryError `BAD_VALUE`
   */
  spellings(filters: Filters): Spelling[];
  /** The object-level events of a bucket, or of all: where there are none, no answer says that an object was not touched. */
  objectEvents(bucket?: string): ObjectEvents;
  /** What the index has where these filters found nothing, and what in them may have kept events out. */
  nothingFound(filters?: Filters): NothingFound;
  /** The ingest that has not brought everything yet; undefined where all did. Ask before you trust an empty answer. */
  incomplete(): Incomplete | undefined;
  close(): void;
}

/**
 * Opens an index for reading.
 * @param path the file that `ingest` made
 * @throws IndexError `INDEX_NOT_FOUND`, `NOT_AN_INDEX`, `INDEX_TOO_NEW`, `INDEX_UNREADABLE`
 */
export function openIndex(path: string): Index {
  const db = openForQueries(path);
  /** Connections that nothing uses now. */
  const idle: Db[] = [];
  /** Reads on a connection of its own: one that is being read elsewhere cannot keep one state of the index. */
  function* reading<T>(run: (own: Db) => Iterable<T>): Generator<T> {
    const own = idle.pop() ?? openForQueries(path);
    try {
      yield* run(own);
    } finally {
      idle.push(own);
    }
  }
  const read = <T>(run: (own: Db) => T): T => [...reading(own => [run(own)])][0]!;
  function page<T>(listed: (own: Db, now: Date) => EventListing<T>): Page<T> {
    const now = new Date();
    // Errors in the options are told at once.
    const { spellings } = read(own => listed(own, now));
    let next: string | undefined;
    return {
      *[Symbol.iterator]() {
        next = undefined;
        yield* reading(function* (own) {
          const found = listed(own, now);
          yield* found;
          next = found.nextToken();
        });
      },
      nextToken: () => next,
      spellings,
    };
  }
  return {
    s3(name, options = {}) {
      const search = findS3Search(name);
      if (!search)
        throw new QueryError(
          'NO_SUCH_SEARCH',
          `there is no S3 search called ${JSON.stringify(name)}`,
          `one of ${s3SearchNames.join(', ')}`,
        );
      return objects(runSql(db, s3Statement(search, options, new Date(), { db }).sqlite));
    },
    search(options) {
      // Errors in the options are told at once.
      const { spellings } = search(db, options, new Date());
      const began = new Date();
      let covered = true;
      function* during<T>(run: (own: Db, found: Search) => Iterable<T>): Generator<T> {
        yield* reading(function* (own) {
          const found = search(own, options, began);
          yield* run(own, found);
          covered = found.isCovered();
        });
      }
      return {
        *[Symbol.iterator]() {
          yield* during(function* (own, found) {
            const summaryOf = createSummaries(own);
            for (const { id } of found.hits()) {
              const match = found.match(id);
              const text = match?.view.slice(match.start, match.end) ?? null;
              yield { ...summaryOf(id), rowid: id, match: text };
            }
          });
        },
        count: () => [...during((_, found) => [found.count()])][0]!,
        isCovered: () => covered,
        spellings,
      };
    },
    lookupEvents: (options = {}) => page((own, now) => lookupEvents(own, options, now)),
    events: ({ columns: names = DEFAULT_COLUMNS, ...options } = {}) =>
      page((own, now) => {
        const { columns, rowOf } = createRowReader(own, names);
        return events(own, options, now, id => {
          const row = rowOf(id);
          return Object.fromEntries(columns.map((name, i) => [name, row[i]!]));
        });
      }),
    top: options => read(own => top(own, options, new Date())),
    timeline: (options = {}) => read(own => timeline(own, options, new Date())),
    who: (identity, filters = {}) => read(own => who(own, identity, filters, new Date())),
    sessions: (session, limit = 50) => read(own => sessions(own, session, limit)),
    sql: statement => objects(runUserSql(db, statement)),
    show: eventId => showEvent(db, eventId),
    raw: rawRecord,
    status: () => status(db),
    spellings: filters => resolveFilters(db, filters).spellings,
    objectEvents: bucket => read(own => objectEvents(own, bucket)),
    nothingFound: (filters = {}) => read(own => nothingFound(own, filters)),
    incomplete: () => incomplete(db),
    close() {
      for (const one of [db, ...idle.splice(0)]) one.close();
    },
  };
}

function* objects({ columns, rows }: Rows): Generator<Row> {
  for (const row of rows) yield Object.fromEntries(columns.map((name, i) => [name, row[i]!]));
}
