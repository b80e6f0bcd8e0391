/** The Event history: events as rows with the console's columns, or any others, in pages. */

import { InputError } from '../errors.js';
import { RESOURCE_COLUMNS, type Resource, resourcesOf } from '../resources.js';
import { prepared } from '../store/native.js';
import type { Db } from '../store/open.js';
import { findColumn } from './column.js';
import { type Condition, condition, type Filters, filterOf } from './filter.js';
import type { Attribute } from './lookup-attributes.js';
import { createPages, type PageOrder, type Place } from './page.js';
import type { Value } from './run.js';
import type { Order } from './s3-searches.js';
import { type Selection, select } from './selection.js';
import { inSnapshot } from './snapshot.js';
import { makeToken, type Position, readToken } from './token.js';

/** The columns of the console's CSV in its order: our names, and its titles. */
export const CONSOLE_COLUMNS: ReadonlyArray<[name: string, title: string]> = [
  ['username', 'User name'],
  ['useridentity_accesskeyid', 'AWS access key'],
  ['eventTime', 'Event time'],
  ['eventSource', 'Event source'],
  ['eventName', 'Event name'],
  ['awsRegion', 'AWS region'],
  ['sourceIPAddress', 'Source IP address'],
  ['userAgent', 'User agent'],
  ['errorCode', 'Error code'],
  ['resources', 'Resources'],
  ['requestID', 'Request ID'],
  ['eventID', 'Event ID'],
  ['readOnly', 'Read-only'],
  ['eventType', 'Event type'],
  ['recipientAccountId', 'Recipient Account Id'],
  ['eventCategory', 'Event category'],
];

/** What the console shows before anybody chooses columns. */
export const DEFAULT_COLUMNS = [
  'eventName',
  'eventTime',
  'username',
  'eventSource',
  'resourceType',
  'resourceName',
];

export interface HistoryOptions extends Filters {
  /** Names of columns; the console's titles do as well. Default: those the console shows. */
  columns?: readonly string[];
  /** A column to sort by instead of the time, `:desc` behind it for the largest first. */
  sort?: string;
  /** By eventTime. Default newest first. */
  order?: Order;
  /** At most so many events; all when absent. */
  limit?: number;
  /** The token of the page before. */
  token?: string;
}

/** Events of a listing, in order. */
export interface Listing {
  /** Their `event_rowid`s, page by page. */
  pages(): Generator<number[]>;
  /** Where the next events begin; undefined where there are no more. Known when the pages have ended. */
  nextToken(): string | undefined;
}

/** What `read` makes of each event; one that is gone since its page was made is left out. */
export function* each<T>(found: Listing, read: (id: number) => T | undefined): Generator<T> {
  for (const ids of found.pages()) {
    for (const id of ids) {
      const value = read(id);
      if (value !== undefined) yield value;
    }
  }
}

/** Events of one page, where there is no limit: each page costs a pass over the columns. */
const PAGE = 1 << 14;

/**
 * Lists events in order, from the token on.
 * @throws InputError `BAD_LIMIT`
 * @throws QueryError `BAD_TOKEN`, `NO_SUCH_COLUMN`, `BAD_TIME`, `BAD_ADDRESS`, `BAD_VALUE`, `EMPTY_RANGE`
 */
export function list(
  db: Db,
  { sort, order = 'newest', limit, token, ...filters }: HistoryOptions,
  now: Date,
  attributes: readonly Attribute[] = [],
): Listing {
  if (limit !== undefined && !(Number.isInteger(limit) && limit >= 0))
    throw new InputError('BAD_LIMIT', `the limit must be a whole number, not ${limit}`);
  const question = { filters, attributes, sort, order };
  const pageOrder: PageOrder = { order, ...(sort === undefined ? {} : { by: sortingOf(sort) }) };
  let position: Partial<Position> & { now: Date } =
    token === undefined ? { now } : readToken(db, question, token);
  const selection = (): Selection => select(db, filters, position.now, exactly(attributes, position.now));
  // Errors in the filters are told at once.
  selection();
  let isMore = false;

  function page(size: number): Place[] {
    return inSnapshot(db, () => {
      const pages = createPages(db, selection(), pageOrder);
      const found = pages.next(size + 1, position.after);
      isMore = found.length > size;
      return found.slice(0, size);
    });
  }
  return {
    *pages() {
      for (let left = limit ?? Number.POSITIVE_INFINITY; left > 0; ) {
        const places = page(Math.min(left, PAGE));
        const after = places.at(-1);
        if (!after) return;
        position = { now: position.now, after };
        yield places.map(place => place.id);
        if (!isMore) return;
        left -= places.length;
      }
    },
    nextToken() {
      const { after } = position;
      return isMore && after ? makeToken(db, question, { now: position.now, after }) : undefined;
    },
  };
}

/** Of several values of one filter any will do. */
function exactly(attributes: readonly Attribute[], now: Date): Condition[] {
  const values = new Map<keyof Filters, string[]>();
  for (const { filter, value } of attributes) {
    const literal = filterOf(filter).hasWildcards ? value.replaceAll(/[\\*?]/g, '\\$&') : value;
    values.set(filter, [...(values.get(filter) ?? []), literal]);
  }
  return [...values].map(([filter, any]) => condition(filterOf(filter), any, false, now));
}

function sortingOf(sort: string): NonNullable<PageOrder['by']> {
  const [, name = sort, direction] = /^(.*):(asc|desc)$/i.exec(sort) ?? [];
  return { column: findColumn(name), descending: direction?.toLowerCase() === 'desc' };
}

/** One column of a listing. */
interface HistoryColumn {
  name: string;
  of(row: Row): Value;
}
interface Row {
  values: Value[];
  resources(): Resource[];
}

const namesOf = (pick: (resource: Resource) => string | null) => (row: Row) =>
  [...new Set(row.resources().map(pick))].filter(text => text !== null).join(', ') || null;

/** Columns that are made from an event's resources. */
const RESOURCES: ReadonlyArray<HistoryColumn> = [
  { name: 'resourceType', of: namesOf(resource => resource.type) },
  { name: 'resourceName', of: namesOf(resource => resource.name) },
  {
    name: 'resources',
    of: row =>
      JSON.stringify(row.resources().map(({ type, name }) => ({ resourceType: type, resourceName: name }))),
  },
];

export interface RowReader {
  /** Names of the columns. */
  columns: string[];
  /** The row of an event; undefined where it is gone. */
  rowOf(id: number): Value[] | undefined;
}

/**
 * Reads columns of events.
 * @param names columns of `cloudtrail_logs` under any of their names, and `resourceType`, `resourceName`, `resources`
 *   as lookup-events has them
 * @throws QueryError `NO_SUCH_COLUMN`
 */
export function createRowReader(db: Db, names: readonly string[]): RowReader {
  const selected: string[] = [];
  const columns = names.map((name): HistoryColumn => {
    const plain = name.toLowerCase().replaceAll(/[^a-z]/g, '');
    const made = RESOURCES.find(column => column.name.toLowerCase() === plain);
    if (made) return made;
    const { name: shown, column } = findColumn(name);
    const at = selected.push(`"${column}"`) - 1;
    return { name: shown, of: row => row.values[at]! };
  });
  const hasResources = columns.some(column => RESOURCES.includes(column));
  const all = [...selected, ...(hasResources ? RESOURCE_COLUMNS : [])];
  const statement = prepared(
    db,
    `SELECT ${all.join(', ') || '1'} FROM cloudtrail_logs WHERE event_rowid = ?`,
  );
  return {
    columns: columns.map(column => column.name),
    rowOf(id) {
      const values = statement.raw(true).get(id) as Value[] | undefined;
      if (!values) return undefined;
      let made: Resource[] | undefined;
      const resources = (): Resource[] => {
        made ??= resourcesOf(values.slice(selected.length) as Array<string | null>);
        return made;
      };
      return columns.map(column => column.of({ values, resources }));
    },
  };
}
