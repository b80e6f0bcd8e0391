/** Events as columns of a lake: rows of the index, a row group at a time. */

import { NINE, ZERO } from '../bytes/ascii.js';
import { LAKE_COLUMNS } from '../cloudtrail/lake.js';
import type { Db } from '../store/open.js';
import {
  createSharedRows,
  formOf,
  partitionOf,
  SHARED,
  type Shared,
  type Values,
} from './event-dimensions.js';
import { GROUP_ROWS, type Group } from './groups.js';
import { numbered } from './numbered.js';
import type { Tree } from './parquet/shred.js';
import type { ColumnValues } from './row-group.js';
import { createRowReader, type RowBlock } from './row-reader.js';
import type { StoredValue } from './row-source.js';
import { type Slices, slicesOf, sliceText } from './slices.js';

/** A value that an event has alone: where it stands, and how SQLite makes a text of it that is none. */
interface OwnValue extends StoredValue {
  sql?: string;
}
const EVENT = 0;
const DETAIL = 1;
const valueIn = (table: 0 | 1, column: string): OwnValue => ({ table, column });
const wholeNumber = (column: string): OwnValue => ({
  ...valueIn(EVENT, column),
  digits: true,
  sql: `CASE WHEN typeof(e.${column}) = 'integer' THEN e.${column} END`,
});

const COMMON: Readonly<Record<string, OwnValue>> = {
  eventtime: valueIn(EVENT, 'eventtime'),
  eventid: valueIn(EVENT, 'eventid'),
  objectkey: valueIn(EVENT, 'objectkey'),
  signatureversion: valueIn(EVENT, 'signatureversion'),
  bytestransferredin: wholeNumber('bytestransferredin'),
  bytestransferredout: wholeNumber('bytestransferredout'),
  file_ordinal: wholeNumber('ordinal'),
  errormessage: valueIn(DETAIL, 'errormessage'),
  requestparameters: valueIn(DETAIL, 'requestparameters'),
  responseelements: valueIn(DETAIL, 'responseelements'),
  additionaleventdata: valueIn(DETAIL, 'additionaleventdata'),
  requestid: valueIn(DETAIL, 'requestid'),
  resources_json: valueIn(DETAIL, 'resources'),
  sharedeventid: valueIn(DETAIL, 'sharedeventid'),
};
const RARE: Readonly<Record<string, OwnValue>> = {
  odd_time: {
    ...valueIn(EVENT, 'odd_time'),
    // Every digit of it.
    sql: "CASE WHEN typeof(e.odd_time) = 'real' THEN format('%!.17g', e.odd_time) ELSE e.odd_time END",
  },
  serviceeventdetails: valueIn(DETAIL, 'serviceeventdetails'),
  addendum_json: valueIn(DETAIL, 'addendum'),
  edgedevicedetails: valueIn(DETAIL, 'edgedevicedetails'),
  insightdetails: valueIn(DETAIL, 'insightdetails'),
  eventcontext: valueIn(DETAIL, 'eventcontext'),
  additional_fields: valueIn(DETAIL, 'additional_fields'),
  envelope: valueIn(DETAIL, 'envelope'),
  record: valueIn(DETAIL, 'record'),
};
const sqlOf = (values: Readonly<Record<string, OwnValue>>): string[] =>
  Object.values(values).map(({ table, column, sql }) => sql ?? `${table === EVENT ? 'e' : 'd'}.${column}`);
const OWN_NAMES = [...Object.keys(COMMON), ...Object.keys(RARE)];
const AT: Readonly<Record<string, number>> = Object.fromEntries(OWN_NAMES.map((name, i) => [name, i]));
const CONFLICTING = SHARED.length;

/** The JSON of columns that are no text. */
const JSON_OF: Readonly<Record<string, string>> = { resources: 'resources_json', addendum: 'addendum_json' };

/** Makes what reads events, in the order of their ids. */
export function createEventGroups(db: Db): (ids: ArrayLike<number>) => Generator<Group> {
  const sharedRow = createSharedRows(db);
  const read = createRowReader(db, {
    what: 'event',
    id: 'e.id',
    keys: [...SHARED.map(of => `coalesce(e.${of}_id, 0)`), 'e.is_conflicting'],
    texts: sqlOf(COMMON),
    rare: sqlOf(RARE),
    from: 'event AS e NOT INDEXED LEFT JOIN detail AS d ON d.id = e.id',
    stored: {
      tables: ['event', 'detail'],
      keys: [...SHARED.map(name => `${name}_id`), 'is_conflicting'].map(column => valueIn(EVENT, column)),
      texts: [...Object.values(COMMON), ...Object.values(RARE)],
    },
  });
  let events: Events;
  // One function for all groups, which is compiled once.
  const column = (name: string): ColumnValues => columnOf(events, name);
  return function* (ids) {
    for (const block of read(ids)) {
      events = eventsOf(block, sharedRow);
      yield { rows: block.rows, column, memory: block.memory };
    }
  };
}

/** Values by rows: the number of the value of each row. */
interface ByRow<T> {
  at: Int32Array;
  of: T[];
}

/** The events of a block, with what they share. */
interface Events {
  block: RowBlock;
  shared: Record<Shared, ByRow<Values>>;
  /** Made for the first column that asks. */
  folders: ByRow<Values> | undefined;
}

const own = ({ texts }: RowBlock, name: string): Slices => texts[AT[name]!]!;

function eventsOf(block: RowBlock, sharedRow: ReturnType<typeof createSharedRows>): Events {
  const shared = {} as Events['shared'];
  for (const [s, name] of SHARED.entries()) {
    const keys = block.keys[s]!;
    const { at, firsts } = numbered(block.rows, keys, block.memory);
    const of: Values[] = [];
    for (const row of firsts) of.push(sharedRow(name, keys[row]!));
    shared[name] = { at, of };
  }
  return { block, shared, folders: undefined };
}

function columnOf(events: Events, name: string): ColumnValues {
  const { block, shared } = events;
  if (name === 'record_form') return formsOf(events);
  if (name === 'is_conflicting') return { at: block.keys[CONFLICTING]!, of: [false, true] };
  if (name === 'odd_time') return { texts: secondsOf(block.rows, own(block, name)) };
  const home = HOME.get(name);
  const values = PARTITION_NAMES.has(name) ? foldersOf(events) : home && shared[home];
  if (values) return { at: values.at, of: valuesNamed(name, values.of) };
  const json = JSON_OF[name];
  return json ? { json: own(block, json), type: TYPES.get(name)! } : { texts: own(block, name) };
}

/** The forms of records, which follow from kind and channel; none where a record is kept whole. */
function formsOf({ block, shared: { kind, channel } }: Events): ByRow<string | null> {
  const wholes = own(block, 'record').ends;
  const keys = pairs(kind.at, channel.at);
  for (let row = 0; row < block.rows; row++) if (wholes[row]! >= 0) keys[row] = -1;
  const { at, firsts } = numbered(block.rows, keys, block.memory);
  const of: Array<string | null> = [];
  for (const row of firsts)
    of.push(wholes[row]! >= 0 ? null : formOf(kind.of[kind.at[row]!]!, channel.of[channel.at[row]!]!));
  return { at, of };
}

/** The folders of events, which follow from kind, log file and day. */
function foldersOf(events: Events): ByRow<Values> {
  if (events.folders) return events.folders;
  const { block, shared } = events;
  const { kind, file } = shared;
  const dates = datesOf(block.rows, own(block, 'eventtime'), own(block, 'odd_time'));
  const places = numbered(block.rows, pairs(kind.at, file.at), block.memory);
  const { at, firsts } = numbered(block.rows, pairs(dates.at, places.at), block.memory);
  const of: Values[] = [];
  for (const row of firsts)
    of.push(partitionOf(kind.of[kind.at[row]!]!, file.of[file.at[row]!]!, dates.of[dates.at[row]!]!));
  events.folders = { at, of };
  return events.folders;
}

function valuesNamed(name: string, of: readonly Values[]): Tree[] {
  const named: Tree[] = [];
  for (const values of of) named.push(values[name]);
  return named;
}

const TYPES = new Map(LAKE_COLUMNS.map(({ name, type }) => [name, type]));
const PARTITION_NAMES = new Set(LAKE_COLUMNS.filter(c => c.isPartition).map(c => c.name));
/** Where the columns are that events share. */
const HOME: ReadonlyMap<string, Shared> = new Map(
  Object.entries({
    kind: 'eventversion eventsource eventname awsregion errorcode eventtype apiversion readonly recipientaccountid eventcategory managementevent',
    identity:
      'useridentity useridentity_json username is_anonymous useridentity_sessioncontext_sourceidentity useridentity_identityprovider useridentity_credentialid',
    address: 'sourceipaddress',
    agent: 'useragent',
    channel:
      'vpcendpointid vpcendpointaccountid sessioncredentialfromconsole tlsdetails tlsdetails_json tlsdetails_keyexchange',
    bucket: 'bucketname',
    file: 'file_path is_suspect is_removed evidence',
  } satisfies Record<Shared, string>).flatMap(([of, names]) =>
    names.split(' ').map(name => [name, of as Shared] as const),
  ),
);

/** One key for each pair of numbers below `GROUP_ROWS`. */
function pairs(a: Int32Array, b: Int32Array): Int32Array {
  const keys = new Int32Array(a.length);
  for (let row = 0; row < keys.length; row++) keys[row] = a[row]! * GROUP_ROWS + b[row]!;
  return keys;
}

/** The days of events. */
function datesOf(rows: number, times: Slices, oddTimes: Slices): ByRow<string | null> {
  const keys = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    // Those in CloudTrail's own form by their digits, the others one by one.
    if (oddTimes.ends[row]! >= 0) keys[row] = -(row + 1);
    else if (times.ends[row]! >= 0) keys[row] = dayNumber(times.bytes, times.starts[row]!);
  }
  const { at, firsts } = numbered(rows, keys, undefined);
  const of = firsts.map(row => {
    const oddTime = sliceText(oddTimes, row);
    return dateOf(sliceText(times, row), isNumber(oddTime) ? Number(oddTime) : oddTime);
  });
  return { at, of };
}

/** The digits of `yyyy-mm-dd` as a number. */
function dayNumber(bytes: Buffer, start: number): number {
  let day = 0;
  for (let at = start; at < start + 10; at++) {
    const c = bytes[at]!;
    if (c >= ZERO && c <= NINE) day = day * 10 + c - ZERO;
  }
  return day;
}

const isNumber = (text: string | null): text is string => text !== null && /^-?\d/.test(text);

/** Seconds as JavaScript writes them, and texts as they are. */
function secondsOf(rows: number, times: Slices): Slices {
  let last = rows - 1;
  while (last >= 0 && times.ends[last]! < 0) last--;
  if (last < 0) return times;
  const texts = Array.from({ length: rows }, (_, row) => {
    const text = sliceText(times, row);
    return isNumber(text) ? String(Number(text)) : text;
  });
  return slicesOf(texts);
}

/** The day of an event, UTC, as the view has it; null where its time cannot be read. */
export function dateOf(eventTime: string | null, oddTime: string | number | null): string | null {
  if (typeof oddTime === 'number') return new Date(Math.floor(oddTime) * 1000).toISOString().slice(0, 10);
  if (eventTime === null) return null;
  const date = eventTime.slice(0, 10);
  if (oddTime === null) return date;
  // What a text begins with that is no time, where that is a date.
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) return null;
  const time = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date) ? date : null;
}
