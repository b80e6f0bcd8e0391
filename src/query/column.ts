/** Columns by the names people use, and where their values are: in a table that events point to, or in the events. */

import { QueryError } from '../errors.js';
import { FIELDS, IDENTITY_LEAVES, leafColumn, TLS_LEAVES } from '../fields.js';
import { levenshtein } from '../lazy.js';
import type { Pointer } from '../store/event-columns.js';
import { USERNAME, viewColumns } from '../store/schema.js';

export interface EventColumn {
  /** Name in output: the field's own where it is a field of a record. */
  name: string;
  /** Column of `cloudtrail_logs`. */
  column: string;
  /** The table whose rows hold it, or the event itself. */
  home: Pointer | 'event';
  /** The expression on the columns of that table; for an event, on `cloudtrail_logs`. */
  expression: string;
}

/** Other names of columns: the console's, those of lookup-events, and those of the filters. */
const ALIASES: Readonly<Record<string, string>> = {
  user: 'username',
  accesskey: 'useridentity_accesskeyid',
  accesskeyid: 'useridentity_accesskeyid',
  awsaccesskey: 'useridentity_accesskeyid',
  arn: 'useridentity_arn',
  principal: 'useridentity_principalid',
  identitytype: 'useridentity_type',
  role: 'useridentity_sessioncontext_sessionissuer_arn',
  ip: 'sourceipaddress',
  address: 'sourceipaddress',
  service: 'eventsource',
  api: 'eventname',
  bucket: 'bucketname',
  key: 'objectkey',
  category: 'eventcategory',
  // The partition columns of these names come from folders; a record knows better.
  account: 'recipientaccountid',
  region: 'awsregion',
};

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

const HOMES: ReadonlyMap<string, Pick<EventColumn, 'home' | 'expression'>> = new Map([
  ...FIELDS.filter(f => ['kind', 'address', 'agent', 'channel', 'identity'].includes(f.home)).map(
    f => [f.column, { home: f.home as Pointer, expression: f.column }] as const,
  ),
  ...IDENTITY_LEAVES.map(
    leaf => [`useridentity_${leafColumn(leaf)}`, { home: 'identity', expression: leafColumn(leaf) }] as const,
  ),
  ...TLS_LEAVES.map(
    leaf => [`tlsdetails_${leafColumn(leaf)}`, { home: 'channel', expression: leafColumn(leaf) }] as const,
  ),
  ['is_anonymous', { home: 'identity', expression: 'is_anonymous' }],
  ['username', { home: 'identity', expression: USERNAME() }],
  ['bucketname', { home: 'bucket', expression: 'bucketname' }],
]);

const NAMES: ReadonlyMap<string, string> = new Map([
  ...viewColumns().map(({ column }) => [plain(column), column] as const),
  ...Object.entries(ALIASES),
]);
const FIELD_NAMES: ReadonlyMap<string, string> = new Map(FIELDS.map(f => [f.column, f.name]));

/**
 * The column of this name, whatever its case, blanks, dashes and underscores: a column of `cloudtrail_logs`, or one of
 * the names above.
 * @throws QueryError `NO_SUCH_COLUMN`
 */
export function findColumn(name: string): EventColumn {
  const column = NAMES.get(plain(name));
  if (column === undefined) throw noSuchColumn(name, [...NAMES.keys()]);
  return {
    name: FIELD_NAMES.get(column) ?? column,
    column,
    ...(HOMES.get(column) ?? { home: 'event', expression: `"${column}"` }),
  };
}

export function noSuchColumn(name: string, known: readonly string[]): QueryError {
  return new QueryError(
    'NO_SUCH_COLUMN',
    `there is no column ${JSON.stringify(name)}`,
    `did you mean ${levenshtein().closest(plain(name), known)}? docs/schema.md lists the columns`,
  );
}
