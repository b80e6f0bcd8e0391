/** The history of access logs, or of both sources together: rows in order, in pages. */

import { UsageError } from '../../errors.js';
import { ACCESS_JOINS } from '../../store/access-view.js';
import type { Db } from '../../store/open.js';
import { noSuchRow } from '../../store/rebuild.js';
import { prepared } from '../../store/statements.js';
import { isResourceList, named } from '../columns/column.js';
import { createPages } from '../columns/page.js';
import { select } from '../columns/selection.js';
import { resolveFilters } from '../columns/spelling.js';
import { createRowReader } from '../event-row.js';
import { AT_ONCE, type HistoryOptions, SORTED_AT_ONCE } from '../events.js';
import { conditions } from '../filter/condition.js';
import { checkedLimit } from '../limit.js';
import { createListing, type EventListing } from '../listing.js';
import { checkSource, type LogSource } from '../log-source.js';
import type { Value } from '../sqlite.js';
import { type Continuation, readToken } from '../token.js';
import { findLineColumn, findSharedColumn, type LineColumn } from './line-columns.js';
import { lineConditions, normalizedLines, whereOf } from './line-filters.js';
import { createLinePages, type LineOrder } from './line-pages.js';
import { createMergedPages, sourceOf } from './merged-pages.js';

/** Columns of lines before anybody chooses: those of AWS's statements, and the id that leads to the event. */
const LINE_COLUMNS = [
  'eventtime',
  'operation',
  'bucket_name',
  'objectkey',
  'requester',
  'remoteip',
  'httpstatus',
  'errorcode',
  'requestid',
];
/** Columns of both. */
const SHARED_COLUMNS = [
  'eventTime',
  'eventName',
  'bucket',
  'objectkey',
  'useridentity_arn',
  'sourceIPAddress',
  'errorCode',
  'requestID',
];

export interface LogRows {
  /** Names of the columns. */
  columns: string[];
  /** Which of them hold JSON text. */
  nested: boolean[];
  listing: EventListing<LogRow>;
}

/** A row, and what it is of. */
export interface LogRow {
  values: Value[];
  source: LogSource;
  /** `event_rowid`, or `access_rowid`. */
  id: number;
}

/**
 * Lists lines of access logs, or lines and events together, in order of time.
 * @param options `source` is not cloudtrail: that is `events`
 * @throws UsageError `NOT_IN_LINES`, `NOT_IN_EVENTS`, `NO_COLUMN`, and those of `events`
 */
export function logEvents(db: Db, options: HistoryOptions, now: Date): LogRows {
  const { source, columns: names, sort, order = 'newest', limit, token, ...given } = options;
  checkSource(options);
  if (sort !== undefined && source === 'all')
    throw new UsageError(
      'BAD_VALUE',
      '`sort` is for one source: events and lines together are in order of time',
      'leave it out, or ask `source` access-logs',
    );
  const most = checkedLimit(limit);
  const ofLines = lineConditions(given, now);
  const question = { source, filters: normalizedLines(given), sort, order };
  const start: Partial<Continuation> & { now: Date } =
    token === undefined ? { now } : readToken(db, question, token);
  const where = whereOf(lineConditions(given, start.now).conditions);
  const by = sort === undefined ? undefined : sortingOf(sort);
  const linePages = () => createLinePages(db, { where, joins: ACCESS_JOINS, order, by });
  const shared = { question, start, most, atOnce: by ? SORTED_AT_ONCE : AT_ONCE };
  if (source !== 'all') {
    const columns = named(names ?? LINE_COLUMNS).map(findLineColumn);
    const rowOf = createLineReader(db, columns);
    const listing = createListing<LogRow>(db, {
      ...shared,
      spellings: ofLines.spellings,
      pages: linePages,
      read: ({ id }) => ({ values: rowOf(id), source: 'access-logs', id }),
    });
    return { columns: columns.map(({ name }) => name), nested: columns.map(() => false), listing };
  }
  conditions(given, start.now);
  const { filters, spellings } = resolveFilters(db, given);
  const { columns, nested, rowOf } = createSharedReader(db, names ?? SHARED_COLUMNS);
  const listing = createListing(db, {
    ...shared,
    spellings,
    pages: () =>
      createMergedPages(createPages(db, select(db, filters, start.now), { order }), linePages(), order),
    read(position) {
      const source = sourceOf(position);
      return { values: rowOf(position.id, source), source, id: position.id };
    },
  });
  return { columns, nested, listing };
}

function sortingOf(sort: string): LineOrder['by'] {
  const [, name = sort, direction] = /^(.*):(asc|desc)$/i.exec(sort) ?? [];
  return { column: findLineColumn(name), descending: direction?.toLowerCase() === 'desc' };
}

/** Gives columns of the line with an `access_rowid`. */
export function createLineReader(
  db: Db,
  columns: ReadonlyArray<Pick<LineColumn, 'expression'> | undefined>,
): (id: number) => Value[] {
  const expressions = columns.map(column => column?.expression ?? 'NULL');
  const statement = prepared(db, `SELECT ${expressions.join(', ')} FROM ${ACCESS_JOINS} WHERE l.id = ?`);
  return id => {
    const values = statement.raw(true).get(id) as Value[] | undefined;
    if (!values) throw noSuchRow(id);
    return values;
  };
}

/** Rows of both: `source` first, then the columns, empty where a source has none of that name. */
function createSharedReader(
  db: Db,
  names: readonly string[],
): Omit<LogRows, 'listing'> & { rowOf(id: number, source: LogSource): Value[] } {
  const wanted = named(names).map(name => ({ name, isResources: isResourceList(name) }));
  const columns = wanted.map(({ name, isResources }) =>
    isResources ? { name, event: { column: name }, line: undefined } : findSharedColumn(name),
  );
  const ofEvents = columns.flatMap(({ event }) => event?.column ?? []);
  const events = ofEvents.length > 0 ? createRowReader(db, ofEvents) : undefined;
  const lineOf = createLineReader(
    db,
    columns.map(({ line }) => line),
  );
  let next = 0;
  const places = columns.map(({ event }) => (event ? next++ : undefined));
  const each = <T>(values: readonly T[], none: T): T[] =>
    places.map(place => (place === undefined ? none : values[place]!));
  return {
    columns: [
      'source',
      ...columns.map(({ name }, i) => (places[i] === undefined ? name : events!.columns[places[i]!]!)),
    ],
    nested: [false, ...each(events?.nested ?? [], false)],
    rowOf: (id, source) => [
      source,
      ...(source === 'access-logs' ? lineOf(id) : each<Value>(events?.rowOf(id) ?? [], null)),
    ],
  };
}
