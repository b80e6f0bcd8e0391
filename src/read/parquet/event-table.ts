/**
 * Rows of a table with the columns of Athena's table of CloudTrail logs, as CTAS, UNLOAD and Firehose write them →
 * records. Column names have lost CloudTrail's spelling, which is given back; what a table does not hold is not made up.
 */

import { FIELDS, type Field, IDENTITY_LEAVES, TLS_LEAVES } from '../../cloudtrail/fields.js';
import { textJson, type Value, valueJson } from '../../cloudtrail/row-value.js';

/** What a row turned out to be. */
export type RowVerdict =
  /** A record as JSON text; what stood around it; whether it was suspect where the table was made. */
  | { json: string; envelope?: string; isSuspect?: boolean }
  /** No event. */
  | { foreign: string }
  /** An event that cannot be read. */
  | { broken: string; text: string };

export interface EventTable {
  /** For the ledger. */
  shape: string;
  judge(row: readonly Value[]): RowVerdict;
}

const BY_COLUMN = new Map<string, Field>(FIELDS.map(field => [field.column, field]));

/** A table of events names the call, and has one of these: tables of other products have an `eventname`, too. */
const OF_CLOUDTRAIL = [
  'eventsource',
  'useridentity',
  'awsregion',
  'eventversion',
  'recipientaccountid',
  'requestparameters',
];
/** What a row must say one of, as a record in a log file. */
const KIND_OF_EVENT = ['eventname', 'eventtype', 'eventcategory'];
/** What the folders of a table say of its rows: Athena's documented partitions. */
const PARTITIONS = new Set(['account', 'region', 'year', 'month', 'day', 'timestamp']);
/** Fields that CloudTrail writes as `true` or `false`, and Athena's table has as text. */
const BARE = new Set(['readonly', 'managementevent']);

/** True for the columns of a table of events, whatever their case. */
export function isEventTable(names: readonly string[]): boolean {
  const lower = names.map(name => name.toLowerCase());
  return lower.includes('eventname') && OF_CLOUDTRAIL.some(name => lower.includes(name));
}

/** How members of the structs are written in a record, by field and path in lower case. */
const SPELLING = new Map<string, string>();
// Every name on the way is spelt, too.
for (const path of [
  ...IDENTITY_LEAVES.map(leaf => `userIdentity.${leaf}`),
  'userIdentity.sessionContext.webIdFederationData.attributes',
  ...TLS_LEAVES.map(leaf => `tlsDetails.${leaf}`),
  ...['ARN', 'ARNPrefix', 'accountId', 'type'].map(name => `resources.${name}`),
  ...['reason', 'updatedFields', 'originalRequestID', 'originalEventID'].map(name => `addendum.${name}`),
])
  for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
    const end = path.indexOf('.', dot + 1);
    const whole = end < 0 ? path : path.slice(0, end);
    SPELLING.set(whole.toLowerCase(), whole.slice(dot + 1));
  }

interface Column {
  at: number;
  name: string;
  field: Field | undefined;
}

/** @param names of the columns, as the file has them */
export function createTableRecords(names: readonly string[]): EventTable['judge'] {
  const columns = columnsOf(names);
  const kinds = columns
    .filter(({ field }) => field && KIND_OF_EVENT.includes(field.column))
    .map(({ at }) => at);
  return (row): RowVerdict => {
    if (kinds.every(at => row[at] === null))
      return { foreign: 'row of a table without the name or the type of an event' };
    const members: string[] = [];
    for (const { at, name, field } of columns) {
      const value = row[at]!;
      if (value !== null) members.push(`${JSON.stringify(field?.name ?? name)}:${fieldJson(field, value)}`);
    }
    return { json: `{${members.join(',')}}` };
  };
}

/** In Athena's order, then what is no field of a record; without the partitions. */
function columnsOf(names: readonly string[]): Column[] {
  const taken = new Set<string>();
  const columns: Column[] = [];
  for (const [at, name] of names.entries()) {
    const column = name.toLowerCase();
    if (PARTITIONS.has(column)) continue;
    // `eventTime` beside `eventtime`: the second is a column of its own.
    const field = taken.has(column) ? undefined : BY_COLUMN.get(column);
    taken.add(column);
    columns.push({ at, name, field });
  }
  const fields: readonly Field[] = FIELDS;
  const placeOf = ({ field }: Column): number => (field ? fields.indexOf(field) : FIELDS.length);
  return columns.sort((a, b) => placeOf(a) - placeOf(b) || a.at - b.at);
}

function fieldJson(field: Field | undefined, value: Value): string {
  if (!field) return valueJson(value);
  if (typeof value !== 'string') {
    const nameOf = (path: string, name: string): string =>
      SPELLING.get(`${field.column}.${path.toLowerCase()}`) ?? name;
    // A text field that a table has as a number or a truth is text in a record, but for those that are not.
    return field.json || typeof value === 'object' || BARE.has(field.column)
      ? valueJson(value, nameOf)
      : JSON.stringify(String(value));
  }
  if (field.json) return textJson(value);
  return BARE.has(field.column) && (value === 'true' || value === 'false') ? value : JSON.stringify(value);
}
