/** Events as columns of a lake: rows of the index, read some hundred at a time, a row group at a time. */

import { LAKE_COLUMNS } from '../cloudtrail/lake.js';
import type { Db } from '../store/open.js';
import { prepared } from '../store/statements.js';
import { rowsAtOnce } from '../store/text/rows.js';
import {
  createSharedRows,
  formOf,
  partitionOf,
  SHARED,
  type Shared,
  type Values,
} from './event-dimensions.js';
import { GROUP_ROWS, type Group, inOrder, rowsOfGroups } from './groups.js';
import { jsonTree } from './json-tree.js';

/** Columns of an event's own that hold text or numbers, with their places in a row; those after them are seldom there. */
const COMMON = {
  eventtime: 'e.eventtime',
  eventid: 'e.eventid',
  objectkey: 'e.objectkey',
  signatureversion: 'e.signatureversion',
  bytestransferredin: "CASE WHEN typeof(e.bytestransferredin) = 'integer' THEN e.bytestransferredin END",
  bytestransferredout: "CASE WHEN typeof(e.bytestransferredout) = 'integer' THEN e.bytestransferredout END",
  file_ordinal: 'e.ordinal',
  odd_time: 'e.odd_time',
  is_conflicting: 'e.is_conflicting',
  errormessage: 'd.errormessage',
  requestparameters: 'd.requestparameters',
  responseelements: 'd.responseelements',
  additionaleventdata: 'd.additionaleventdata',
  requestid: 'd.requestid',
  resources_json: 'd.resources',
  sharedeventid: 'd.sharedeventid',
} as const;
const RARE = {
  serviceeventdetails: 'd.serviceeventdetails',
  addendum_json: 'd.addendum',
  edgedevicedetails: 'd.edgedevicedetails',
  insightdetails: 'd.insightdetails',
  eventcontext: 'd.eventcontext',
  additional_fields: 'd.additional_fields',
  envelope: 'd.envelope',
  record: 'd.record',
} as const;
const COMMON_NAMES = Object.keys(COMMON);
const RARE_NAMES = Object.keys(RARE);
const AT: Readonly<Record<string, number>> = Object.fromEntries(COMMON_NAMES.map((name, i) => [name, i + 1]));
const SHARED_AT = COMMON_NAMES.length + 1;
/** Where the rare columns of a row stand, as a list; null where it has none of them. */
const RARE_AT = SHARED_AT + SHARED.length;
const JSON_OF: Readonly<Record<string, string>> = { resources: 'resources_json', addendum: 'addendum_json' };

const FROM = 'FROM event AS e NOT INDEXED LEFT JOIN detail AS d ON d.id = e.id';
// Each value of a row costs, also where it is null: what few have is asked for when it is there.
const SELECT = `SELECT e.id, ${Object.values(COMMON).join(', ')},
    ${SHARED.map(of => `coalesce(e.${of}_id, 0)`).join(', ')},
    CASE WHEN coalesce(${Object.values(RARE).join(', ')}) IS NOT NULL THEN 1 END
  ${FROM}`;
const SELECT_RARE = `SELECT ${Object.values(RARE).join(', ')} ${FROM} WHERE e.id = ?`;

type Value = string | number | null;
type Row = Array<Value | Value[]>;

/** Rows read with one statement. */
const ROWS_AT_ONCE = 512;

/** The rows of events, in the order of their ids in `ids`. */
function* rowsOf(db: Db, ids: readonly number[]): Generator<Row> {
  const step = rowsAtOnce(db, ROWS_AT_ONCE);
  for (let from = 0; from < ids.length; from += step) {
    const part = ids.slice(from, from + step);
    const least = Math.min(...part);
    const most = Math.max(...part);
    const isDense = most - least < part.length * 2;
    const where = isDense ? 'e.id BETWEEN ? AND ?' : 'e.id IN (SELECT value FROM json_each(?))';
    const params = isDense ? [least, most] : [JSON.stringify(part)];
    const rows = prepared(db, `${SELECT} WHERE ${where}`)
      .raw()
      .all(...params) as Row[];
    for (const row of inOrder(part, rows, 'event')) {
      if (row[RARE_AT] !== null) row[RARE_AT] = rareOf(db, row[0] as number);
      yield row;
    }
  }
}

const rareOf = (db: Db, id: number): Value[] => prepared(db, SELECT_RARE).raw().get(id) as Value[];

/** Long: what rows share is numbered in one pass. */
export function createEventGroups(db: Db): (ids: readonly number[]) => Generator<Group> {
  const sharedRow = createSharedRows(db);

  function groupOf(rows: readonly Row[]): Group {
    const shared = {} as Record<Shared, { at: Int32Array; of: Values[] }>;
    for (const [s, of] of SHARED.entries())
      shared[of] = numbered(rows, SHARED_AT + s, id => sharedRow(of, id));
    const own = (name: string): Value[] => {
      const at = AT[name];
      if (at !== undefined) return rows.map(row => row[at] as Value);
      const rare = RARE_NAMES.indexOf(name);
      return rows.map(row => (row[RARE_AT] === null ? null : (row[RARE_AT] as Value[])[rare]!));
    };
    const wholes = own('record');
    const forms = numberedPairs(rows.length, row => {
      if (wholes[row] !== null) return [-1, () => null];
      const [kind, channel] = [shared.kind.at[row]!, shared.channel.at[row]!];
      return [kind * GROUP_ROWS + channel, () => formOf(shared.kind.of[kind]!, shared.channel.of[channel]!)];
    });
    let folders: { at: Int32Array; of: Array<Record<string, string | null>> } | undefined;
    const partitions = (): { at: Int32Array; of: Array<Record<string, string | null>> } => {
      folders ??= numberedPairs(rows.length, row => {
        const [kind, file] = [shared.kind.at[row]!, shared.file.at[row]!];
        const date = dateOf(rows[row]![AT.eventtime!] as string | null, rows[row]![AT.odd_time!] as Value);
        return [
          `${kind},${file},${date}`,
          () => partitionOf(shared.kind.of[kind]!, shared.file.of[file]!, date),
        ];
      });
      return folders;
    };
    return {
      rows: rows.length,
      column(name) {
        if (name === 'record_form') return forms;
        if (PARTITION_NAMES.has(name)) {
          const { at, of } = partitions();
          return { at, of: of.map(folder => folder[name]) };
        }
        const home = HOME.get(name);
        if (home) return { at: shared[home].at, of: shared[home].of.map(values => values[name]) };
        const json = JSON_OF[name];
        const values = own(json ?? name);
        if (json) return { values: values.map(text => jsonTree(text as string | null, TYPES.get(name)!)) };
        if (name === 'is_conflicting') return { values: values.map(flag => flag === 1) };
        if (name === 'odd_time') return { values: values.map(time => (time === null ? null : String(time))) };
        return { values };
      },
    };
  }

  return function* (ids) {
    for (const rows of rowsOfGroups(rowsOf(db, ids))) yield groupOf(rows);
  };
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

/** Numbers the rows of a table that events point to, in the order in which they come. */
function numbered(
  rows: readonly Row[],
  place: number,
  valuesOf: (id: number) => Values,
): { at: Int32Array; of: Values[] } {
  return numberedPairs(rows.length, row => {
    const id = rows[row]![place] as number;
    return [id, () => valuesOf(id)];
  });
}

function numberedPairs<T>(
  count: number,
  keyed: (row: number) => [key: string | number, value: () => T],
): { at: Int32Array; of: T[] } {
  const numbers = new Map<string | number, number>();
  const at = new Int32Array(count);
  const of: T[] = [];
  for (let row = 0; row < count; row++) {
    const [key, value] = keyed(row);
    let number = numbers.get(key);
    if (number === undefined) {
      number = of.length;
      numbers.set(key, number);
      of.push(value());
    }
    at[row] = number;
  }
  return { at, of };
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
