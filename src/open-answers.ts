/**
 * Opens an index for its questions: each is a method, on one state of the index. What reads log files, writes files or
 * runs statements is half of the code, and not here: a process that answers questions starts without it.
 */

import type { EventIndex, Explained, Listing, Row } from './event-index.js';
import { keptKeys } from './integrity/evidence.js';
import { readSomeKeys } from './integrity/public-keys.js';
import { rereadFiles } from './integrity/reread.js';
import { answerOf, verifyDigests } from './integrity/verify.js';
import { checkOptions, checkValue } from './option-kinds.js';
import { foundEvents, listedRows, objectOf, searchOf } from './query/access/answers.js';
import { keyUsage } from './query/access/key-usage.js';
import { logTimeline } from './query/access/log-timeline.js';
import { logTop } from './query/access/log-top.js';
import { ACCESS_SEARCHES, findAccessSearch } from './query/access/searches.js';
import { requestSides } from './query/access/sides.js';
import { accessStatement } from './query/access/statement.js';
import { resolveFilters } from './query/columns/spelling.js';
import { hiddenBy } from './query/coverage/hidden.js';
import type { Hidden } from './query/coverage/hidden-statement.js';
import { coverage } from './query/coverage/map.js';
import { facets } from './query/facets.js';
import type { Filters } from './query/filter/filter.js';
import { incomplete } from './query/incomplete.js';
import type { EventListing } from './query/listing.js';
import { checkSource, hasLines, type OfSource } from './query/log-source.js';
import { lookupEvents, lookupFilters } from './query/lookup/events.js';
import { metrics } from './query/metrics/metrics.js';
import { nothingFound } from './query/nothing-found.js';
import { objectEvents } from './query/object-events.js';
import { OPTIONS } from './query/options.js';
import { s3Rows } from './query/s3-rows.js';
import { findS3Search, S3_SEARCHES } from './query/s3-searches.js';
import { sessions } from './query/sessions/sessions.js';
import { showEvent } from './query/show.js';
import { runSql, type Value } from './query/sqlite.js';
import { status } from './query/status.js';
import { timeline } from './query/timeline.js';
import { top } from './query/top.js';
import { who } from './query/who.js';
import { type Db, openForQueries } from './store/open.js';

/** Names of the canned S3 searches, for `EventIndex.s3`. */
export const s3SearchNames: readonly string[] = S3_SEARCHES.map(({ name }) => name);

/** Names of the canned searches of S3 server access logs, for `EventIndex.s3Access`. */
export const s3AccessSearchNames: readonly string[] = ACCESS_SEARCHES.map(({ name }) => name);

/** The questions that need nothing but the index. */
export type Answers = Omit<EventIndex, 'sql' | 'raw' | 'export'>;

/**
 * Opens an index for its questions.
 * Long: one short method for each question.
 * @returns the questions, and the connections that answer them
 * @throws as `openIndex`
 */
export function openAnswers(path: string): { answers: Answers; connections: Connections } {
  const connections = createConnections(path);
  const { db, read, reading, close } = connections;

  function listing<T>(
    list: (own: Db, now: Date) => EventListing<T>,
    filters: (now: Date) => Filters | undefined,
  ): Listing<T> {
    const now = new Date();
    // Throws on bad options now, not at the first iteration.
    const { spellings } = read(own => list(own, now));
    return {
      [Symbol.iterator]: () => reading(own => list(own, now)),
      page: () =>
        read(own => {
          const found = list(own, now);
          const rows = [...found];
          const nextToken = found.nextToken();
          return { rows, nextToken, hidden: hiddenFrom(own, filters(now), now, rows.length > 0) };
        }),
      spellings,
    };
  }

  function explained<T extends object>(
    options: object,
    ask: (own: Db, now: Date) => T,
    isFound: (answer: T) => boolean,
  ): Explained<T> {
    const now = new Date();
    return read(own => {
      const answer = ask(own, now);
      return { ...answer, hidden: hiddenFrom(own, eventFiltersOf(options), now, isFound(answer)) };
    });
  }

  const answers: Answers = {
    s3(name, options = {}) {
      checkValue('name', name, 'text');
      checkOptions(options, OPTIONS.s3);
      const canned = findS3Search(name);
      return objects(s3Rows(db, canned, options, new Date()));
    },
    s3Access(name, options = {}) {
      checkValue('name', name, 'text');
      checkOptions(options, OPTIONS.s3Access);
      const canned = findAccessSearch(name);
      return objects(runSql(db, accessStatement(canned, options, new Date()).sqlite));
    },
    search(options) {
      checkOptions(options, OPTIONS.search, ['text']);
      checkSource(options);
      const began = new Date();
      return {
        ...listing(
          own => foundEvents(own, options, began),
          () => eventFiltersOf(options),
        ),
        count: () => read(own => searchOf(own, options, began).count()),
        isCovered: () => read(own => searchOf(own, options, began).isCovered()),
      };
    },
    lookupEvents(options = {}) {
      checkOptions(options, OPTIONS.lookupEvents);
      return listing(
        (own, now) => lookupEvents(own, options, now),
        now => lookupFilters(options, now),
      );
    },
    events(options = {}) {
      checkOptions(options, OPTIONS.events);
      checkSource(options);
      return listing(
        (own, now) => listedRows(own, options, now),
        () => eventFiltersOf(options),
      );
    },
    top(options) {
      checkOptions(options, OPTIONS.top, ['columns']);
      checkSource(options);
      return explained(
        options,
        (own, now) => (hasLines(options) ? logTop : top)(own, options, now),
        ({ events }) => events > 0,
      );
    },
    facets(options) {
      checkOptions(options, OPTIONS.facets, ['columns']);
      return read(own => facets(own, options, new Date()));
    },
    timeline(options = {}) {
      checkOptions(options, OPTIONS.timeline);
      checkSource(options);
      return explained(
        options,
        (own, now) => (hasLines(options) ? logTimeline : timeline)(own, options, now),
        ({ steps, untimed }) => steps.length + untimed > 0,
      );
    },
    who(identity, filters = {}) {
      checkValue('identity', identity, 'text');
      checkOptions(filters, OPTIONS.filters);
      return read(own => who(own, identity, filters, new Date()));
    },
    sessions(session, options = {}) {
      checkValue('session', session, 'text');
      checkOptions(options, OPTIONS.sessions);
      const { limit = 50 } = options;
      return read(own => sessions(own, session, limit));
    },
    keyUsage(key, options = {}) {
      checkValue('key', key, 'text');
      checkOptions(options, OPTIONS.keyUsage);
      return read(own => keyUsage(own, key, options, new Date()));
    },
    show(eventId) {
      checkValue('eventId', eventId, 'text');
      return showEvent(db, eventId);
    },
    request(requestId) {
      checkValue('requestId', requestId, 'text');
      return read(own => requestSides(own, requestId));
    },
    status: () => status(db),
    coverage(options = {}) {
      checkOptions(options, OPTIONS.coverage);
      return read(own => coverage(own, options, new Date()));
    },
    metrics(options = {}) {
      checkOptions(options, OPTIONS.metrics);
      return read(own => metrics(own, options, new Date()));
    },
    spellings(filters) {
      checkOptions(filters, OPTIONS.filters);
      return resolveFilters(db, filters).spellings;
    },
    objectEvents(bucket) {
      if (bucket !== undefined) checkValue('bucket', bucket, 'text');
      return read(own => objectEvents(own, bucket));
    },
    nothingFound(filters = {}) {
      checkOptions(filters, OPTIONS.filters);
      return explained(
        filters,
        own => nothingFound(own, filters),
        () => false,
      );
    },
    async verify(options = {}) {
      checkOptions(options, OPTIONS.verify);
      const { publicKeys, reread = false } = options;
      const keys = publicKeys ? readSomeKeys(publicKeys) : keptKeys(db);
      const now = reread ? await rereadFiles(db) : undefined;
      return answerOf(read(own => verifyDigests(own, { keys, ...(now ? { reread: now } : {}) })));
    },
    incomplete: () => incomplete(db),
    close,
    [Symbol.dispose]: close,
  };
  return { answers, connections };
}

/** Object-level events are not counted beside what was found: `objectEvents` says them, and each page would cost a pass. */
const hiddenFrom = (own: Db, filters: Filters | undefined, now: Date, found: boolean): Hidden[] =>
  filters ? hiddenBy(own, { filters, now, found, ...(found ? { objectEvents: [] } : {}) }) : [];

/** The filters of a question to events; undefined for one to access logs alone, from which no hole of CloudTrail hides anything. */
const eventFiltersOf = (options: OfSource): Filters | undefined =>
  options.source === 'access-logs' ? undefined : filtersOf(options);

/** The filters among the options of a question. */
const filtersOf = (options: object): Filters =>
  Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(OPTIONS.filters, name)));

/** The connections of an index: one that is being read elsewhere cannot keep one state of the index. */
export interface Connections {
  db: Db;
  /** Reads on a connection of its own, which is used again afterwards. */
  reading<T>(run: (own: Db) => Iterable<T>): Generator<T>;
  /** The same for what is not read piece by piece. */
  read<T>(run: (own: Db) => T): T;
  close(): void;
}

function createConnections(path: string): Connections {
  const db = openForQueries(path);
  const idle: Db[] = [];
  function* reading<T>(run: (own: Db) => Iterable<T>): Generator<T> {
    const own = idle.pop() ?? openForQueries(path);
    try {
      yield* run(own);
    } finally {
      idle.push(own);
    }
  }
  return {
    db,
    reading,
    read: run => [...reading(own => [run(own)])][0]!,
    close() {
      for (const one of [db, ...idle.splice(0)]) one.close();
    },
  };
}

/** Rows as objects. */
export function* objects({ columns, rows }: { columns: string[]; rows: Iterable<Value[]> }): Generator<Row> {
  for (const row of rows) yield objectOf(columns, row);
}
