/** What an opened index answers: the methods of the library, and the shapes of lists. */

import type { Exported, ExportOptions } from './export/export.js';
import type { LogVerification } from './integrity/verify.js';
import type { FoundEvent } from './query/access/answers.js';
import type { KeyUsage, KeyUsageOptions } from './query/access/key-usage.js';
import type { RequestSides } from './query/access/sides.js';
import type { S3AccessOptions } from './query/access/statement.js';
import type { Spelling } from './query/columns/spelling.js';
import type { Coverage, CoverageOptions } from './query/coverage/coverage.js';
import type { Hidden } from './query/coverage/hidden-statement.js';
import type { Source } from './query/event-summary.js';
import type { HistoryOptions } from './query/events.js';
import type { Facets, FacetsOptions } from './query/facets.js';
import type { Filters } from './query/filter/filter.js';
import type { Incomplete } from './query/incomplete.js';
import type { LookupEvent, LookupOptions } from './query/lookup/events.js';
import type { Metrics, MetricsOptions } from './query/metrics/metrics.js';
import type { NothingFound } from './query/nothing-found.js';
import type { ObjectEvents } from './query/object-events.js';
import type { S3SearchOptions } from './query/s3-statement.js';
import type { SearchOptions } from './query/search-run.js';
import type { Sessions } from './query/sessions/sessions.js';
import type { ShownEvent } from './query/show.js';
import type { StatementOptions } from './query/sql/statement.js';
import type { Value } from './query/sqlite.js';
import type { Status } from './query/status.js';
import type { Timeline, TimelineOptions } from './query/timeline.js';
import type { Top, TopOptions } from './query/top.js';
import type { Who } from './query/who.js';

/** A row of an answer: column name → value. */
export type Row = Record<string, Value>;

/** Events of a page, and where the next page begins. */
export interface Page<T> {
  /** The events, in order. */
  rows: T[];
  /** For the option `token`; undefined where there are no more events. */
  nextToken: string | undefined;
  /** What could have hidden events, in two statements at most; beside a page with rows only holes that are certain. */
  hidden: readonly Hidden[];
}

/** An answer with what could have hidden events from it, in two statements at most. */
export type Explained<T> = T & {
  /** The most telling first; beside an answer that has events only holes that are certain. */
  hidden: readonly Hidden[];
};

/** Events in order. Each iteration starts at the first one and reads events as they are needed. */
export interface Listing<T> extends Iterable<T> {
  /** All events up to the limit, or simply all, and the token for the next page. */
  page(): Page<T>;
  /** How filter values that no event has were understood. */
  spellings: readonly Spelling[];
}

/**
 * What a search finds. Iterating runs the search and yields events while it is still going on. A full page always has a
 * token, so the last page may be empty: finding that out in advance would mean searching to the end.
 */
export interface SearchResult extends Listing<FoundEvent> {
  /** Counts the events, from the token on and up to the limit. Faster than iterating. */
  count(): number;
  /** False if the text index is incomplete or damaged. The search then reads more, and still misses nothing. */
  isCovered(): boolean;
}

/**
 * An index opened for reading. Close it when done, or declare it with `using`. Every method refuses options that do not
 * exist, and values of another kind: UsageError `UNKNOWN_OPTION`, `BAD_VALUE`.
 */
export interface EventIndex {
  /**
   * Runs a canned S3 search; rows come as they are found.
   * @param name one of `s3SearchNames`
   * @throws UsageError `NO_SUCH_SEARCH`, `MISSING_ARGUMENT`, `UNEXPECTED_ARGUMENT`, `BAD_LIMIT`, and those of the filters
   * @example
   * for (const row of index.s3('put-object', { bucket: 'my-bucket', limit: 10 })) console.log(row.eventTime, row.object);
   */
  s3(name: string, options?: S3SearchOptions): Iterable<Row>;
  /**
   * Runs a canned search of S3 server access logs; rows come as they are found.
   * @param name one of `s3AccessSearchNames`
   * @throws UsageError `NO_SUCH_SEARCH`, `MISSING_ARGUMENT`, `UNEXPECTED_ARGUMENT`, `BAD_VALUE`, `BAD_LIMIT`, `BAD_TIME`,
   *   `BAD_ADDRESS`, `EMPTY_RANGE`
   * @example
   * for (const row of index.s3Access('object', { key: 'photos/cat.jpg', limit: 10 })) console.log(row.eventtime, row.operation);
   */
  s3Access(name: string, options?: S3AccessOptions): Iterable<Row>;
  /**
   * Finds every event in whose record a text occurs, newest first; with `source`, lines of S3 server access logs, or both.
   * @throws UsageError `NO_TEXT`, `BAD_PATTERN`, `NO_SUCH_COLUMN`, `BAD_LIMIT`, `BAD_TOKEN`, and those of the filters
   * @example
   * for (const event of index.search({ text: 'salaries' })) console.log(event.eventTime, event.eventName);
   */
  search(options: SearchOptions): SearchResult;
  /**
   * What `aws cloudtrail lookup-events` gives, newest first.
   * @throws UsageError `BAD_LIMIT`
   * @throws LookupError in the words of the AWS CLI
   * @example
   * const { rows } = index.lookupEvents({ lookupAttributes: ['AttributeKey=Username,AttributeValue=chen.0'], limit: 5 }).page();
   */
  lookupEvents(options?: LookupOptions): Listing<LookupEvent>;
  /**
   * The Event history: columns of events, as the console shows them or any others; with `source`, of lines of S3 server
   * access logs, or of both in one order of time.
   * @throws UsageError `BAD_TOKEN`, `NO_COLUMN`, `NO_SUCH_COLUMN`, `BAD_LIMIT`, and those of the filters
   * @example
   * const first = index.events({ user: 'chen.0', limit: 3 }).page();
   * const second = index.events({ user: 'chen.0', limit: 3, token: first.nextToken }).page();
   */
  events(options?: HistoryOptions): Listing<Row>;
  /**
   * The most frequent values of columns, with errors, first and last seen.
   * @throws UsageError `NO_COLUMN`, `NO_SUCH_COLUMN`, `BAD_LIMIT`, and those of the filters
   * @example
   * for (const { values, events } of index.top({ columns: ['service', 'eventName'], limit: 5 }).rows) console.log(values, events);
   */
  top(options: TopOptions): Explained<Top>;
  /**
   * The most frequent values of each of several columns, in one pass over the events.
   * @throws UsageError `NO_COLUMN`, `NO_SUCH_COLUMN`, `BAD_LIMIT`, and those of the filters
   * @example
   * for (const { column, rows } of index.facets({ columns: ['user', 'bucket'], limit: 5 }).facets) console.log(column, rows);
   */
  facets(options: FacetsOptions): Facets;
  /**
   * Counts events over time.
   * @throws UsageError `BAD_WIDTH`, `NO_SUCH_COLUMN`, and those of the filters
   * @example
   * for (const { time, events } of index.timeline({ every: '1d' }).steps) console.log(time, events);
   */
  timeline(options?: TimelineOptions): Explained<Timeline>;
  /**
   * Everything about one identity; undefined if it made no event.
   * @param identity an ARN, access key, user name, principal id, role, account, service, address or CIDR block
   * @throws UsageError those of the filters
   * @example
   * const page = index.who('AKIAKQ6IQI7PMFXZWLNZ', { from: '2019-07-05' });
   */
  who(identity: string, filters?: Filters): Who | undefined;
  /**
   * Follows temporary credentials back to where they came from and on to what they were used for.
   * @param session an access key, a role or a session, a user name, or the eventID of a call that gave credentials
   * @param options.limit sessions to follow. Default 50
   * @throws UsageError `NO_SUCH_SESSION`, `BAD_LIMIT`
   * @example
   * const { sessions, roots } = index.sessions('ASIA2DGQQPON7H4UKHCS', { limit: 10 });
   */
  sessions(session: string, options?: { limit?: number | undefined }): Sessions;
  /**
   * Who uses an access key: what CloudTrail and S3 access logs each know of it, what fits IAM’s “last used”, and what
   * cannot be known; undefined if the logs have nothing of it.
   * @param key an access key, or the ARN of an IAM user, a role or a session
   * @param options.limit of the rows around `lastUsed`. Default: all
   * @throws UsageError `BAD_LIMIT`, `BAD_TIME`, `BAD_VALUE`
   * @example
   * const usage = index.keyUsage('AKIAKQ6IQI7PMFXZWLNZ', { lastUsed: '2019-07-05T14:02Z', service: 's3', limit: 10 });
   * for (const { fit, time, address } of usage?.lastUsed?.candidates ?? []) console.log(fit, time, address);
   */
  keyUsage(key: string, options?: KeyUsageOptions): KeyUsage | undefined;
  /**
   * Runs statements of your own, in Athena's dialect or SQLite's; rows are those of the last that has any. Whole numbers
   * come as bigint; of Athena's types, booleans as such, lists, maps and structs as JSON text, all others as Athena
   * prints them.
   * @throws UsageError `BAD_SQL`, in Athena's dialect with Trino's name for the error and its place, also while rows are
   *   read; `NOT_A_SELECT` in SQLite's; `BAD_TIME`
   * @example
   * for (const { eventname, n } of index.sql('SELECT eventname, count(*) AS n FROM cloudtrail_logs GROUP BY 1')) console.log(eventname, n);
   */
  sql(statement: string, options?: StatementOptions): Iterable<Row>;
  /**
   * Whole events by their eventID, with the files they came from.
   * @param eventId the id, or a prefix that no other id has
   * @throws UsageError `NO_SUCH_EVENT`, `AMBIGUOUS_ID`
   * @example
   * const [event] = index.show('e3a9d6ab-e7a2-4f18-a9bc-43e16a0748ce');
   */
  show(eventId: string): ShownEvent[];
  /**
   * Both sides of a request to S3: its events, its access log lines, and what they say differently; undefined if neither
   * has it.
   * @param requestId the whole id
   * @example
   * const request = index.request('764396BAF9DDDC58');
   */
  request(requestId: string): RequestSides | undefined;
  /**
   * A record's exact bytes from its original file.
   * @throws IndexError `SOURCE_GONE`, `SOURCE_CHANGED`, `SOURCE_NOT_TEXT`
   * @example
   * const [event] = index.show('e3a9d6ab');
   * const bytes = await index.raw(event!.sources[0]!);
   */
  raw(source: Source): Promise<Buffer>;
  /**
   * What the index holds.
   * @example
   * const { files, records } = index.status();
   */
  status(): Status;
  /**
   * What the index covers: events, log files and digests of each account and region over time, and the holes between
   * them, each with what it is and how certain that is.
   * @throws UsageError `BAD_WIDTH`, `BAD_VALUE`, `BAD_TIME`, `EMPTY_RANGE`
   * @example
   * for (const { kind, certainty, region, from } of index.coverage({ every: '1h' }).holes) console.log(kind, certainty, region, from);
   */
  coverage(options?: CoverageOptions): Coverage;
  /**
   * The 16 request metrics of CloudWatch for S3, from access logs, from data events of CloudTrail, or from both with each
   * request counted once.
   * @throws UsageError `BAD_VALUE`, also where an alarm cannot be decided, `BAD_WIDTH`, `BAD_TIME`, `EMPTY_RANGE`
   * @example
   * for (const { name, total, mark } of index.metrics({ bucket: 'my-bucket' }).metrics) console.log(name, total.Sum, mark);
   */
  metrics(options?: MetricsOptions): Metrics;
  /**
   * How filter values that no event has are understood. Every query reads them this way: in the case that events have,
   * and `s3://bucket/key` as a bucket and a key.
   * @throws UsageError `BAD_VALUE`
   * @example
   * const [spelling] = index.spellings({ eventName: 'putobject' });
   */
  spellings(filters: Filters): Spelling[];
  /**
   * The object-level events of a bucket, or of all buckets. If there are none, no answer can say that an object was not
   * touched.
   * @param bucket its name as events have it. Default: all buckets
   * @example
   * const { events, first } = index.objectEvents('my-bucket');
   */
  objectEvents(bucket?: string): ObjectEvents;
  /**
   * For filters that found nothing: what the index holds, and what in the filters may have kept events out.
   * @example
   * const { events, first, last } = index.nothingFound({ bucket: 'my-bucket' });
   */
  nothingFound(filters?: Filters): Explained<NothingFound>;
  /**
   * The ingest that is not complete; undefined if all are. Ask before you trust an empty answer.
   * @example
   * if (index.incomplete()) console.warn('not all log files are in the index yet');
   */
  incomplete(): Incomplete | undefined;
  /**
   * What CloudTrail’s digests say of the log files. Nothing is written: the verdicts that events have (`evidence`) are those
   * of the last ingest or `offtrail verify`.
   * @param options.publicKeys files with what `aws cloudtrail list-public-keys` printed. Default: the keys that the index keeps
   * @param options.reread whether the files on the disk are hashed again. Default: the hashes of the ingest
   * @throws UsageError `NO_SUCH_INPUT`, `BAD_VALUE` for a file without keys
   * @example
   * const { logFiles, findings } = await index.verify();
   */
  verify(options?: {
    publicKeys?: readonly string[] | undefined;
    reread?: boolean | undefined;
  }): Promise<LogVerification>;
  /**
   * Writes events, or lines of S3 server access logs, into a file that other programs read, or into a lake. A file appears
   * whole or not at all; where nothing is found, none.
   * @param to a file whose ending is the form: .parquet, .csv, .jsonl, .json (CloudTrail’s own), .log (lines of access
   *   logs), all but .parquet also with .gz; or a folder, which becomes a lake of Parquet files, or is added to
   * @throws UsageError `BAD_VALUE`, `FILE_EXISTS`, `NO_SUCH_COLUMN`, and those of `events` and `search`; IndexError
   *   `DISK_FULL`, `FILE_UNWRITABLE`
   * @example
   * const { rows, files } = await index.export('deletes.jsonl', { eventName: 'Delete*', columns: ['eventtime', 'eventname'] });
   */
  export(to: string, options?: ExportOptions): Promise<Exported>;
  /** Closes the file. Nothing can be asked after that. */
  close(): void;
  /** The same, for `using index = openIndex(path)`. */
  [Symbol.dispose](): void;
}
