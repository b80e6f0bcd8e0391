/** Columns by the names people use, and where their values are: in a table that events point to, or in the events. */

import { FIELDS, IDENTITY_LEAVES, leafColumn, TLS_LEAVES } from '../../cloudtrail/fields.js';
import type { Dimension } from '../../dimensions.js';
import { UsageError } from '../../errors.js';
import { nearest } from '../../nearest.js';
import { usernameSql, viewColumns } from '../../store/view.js';

export interface EventColumn {
  /** Name in output: the field's own where it is a field of a record. */
  name: string;
  /** Column of `cloudtrail_logs`. */
  column: string;
  /** The table whose rows hold it, or the event itself. */
  home: Dimension | 'event';
  /** The expression on the columns of that table; for an event, on `cloudtrail_logs`. */
  expression: string;
  isNumber: boolean;
  /** The value of an event that points to no row of the table. */
  ofNone: string | null;
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
  sourceip: 'sourceipaddress',
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

/** A name without case, spaces, dashes and underscores. */
export const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

const HOMES: ReadonlyMap<string, Pick<EventColumn, 'home' | 'expression'>> = new Map([
  ...FIELDS.filter(f => ['kind', 'address', 'agent', 'channel', 'identity'].includes(f.home)).map(
    f => [f.column, { home: f.home as Dimension, expression: f.column }] as const,
  ),
  ...IDENTITY_LEAVES.map(
    leaf => [`useridentity_${leafColumn(leaf)}`, { home: 'identity', expression: leafColumn(leaf) }] as const,
  ),
  ...TLS_LEAVES.map(
    leaf => [`tlsdetails_${leafColumn(leaf)}`, { home: 'channel', expression: leafColumn(leaf) }] as const,
  ),
  ['is_anonymous', { home: 'identity', expression: 'is_anonymous' }],
  ['username', { home: 'identity', expression: usernameSql() }],
  ['bucketname', { home: 'bucket', expression: 'bucketname' }],
]);

const NUMBERS = new Set(viewColumns().flatMap(({ column, isNumber }) => (isNumber ? [column] : [])));
/** These are lists, and `events` shows another list under their name. */
const LISTS = ['resources', 'resourcetype', 'resourcename'];
/** True for the name of a list of an event's resources. */
export const isResourceList = (name: string): boolean => LISTS.includes(plain(name));
const NAMES: ReadonlyMap<string, string> = new Map([
  ...viewColumns()
    .filter(({ column }) => !LISTS.includes(column))
    .map(({ column }) => [plain(column), column] as const),
  ...Object.entries(ALIASES),
]);
const FIELD_NAMES: ReadonlyMap<string, string> = new Map(FIELDS.map(f => [f.column, f.name]));

/**
 * The names themselves.
 * @throws UsageError `NO_COLUMN` where there is none
 */
export function named(names: readonly string[]): readonly string[] {
  if (names.length > 0) return names;
  throw new UsageError('NO_COLUMN', 'name at least one column', 'pass their names in `columns`');
}

/**
 * The column of this name, whatever its case, spaces, dashes and underscores: a column of `cloudtrail_logs`, or one of
 * the names above.
 * @throws UsageError `NO_SUCH_COLUMN`
 */
export function findColumn(name: string): EventColumn {
  if (isResourceList(name)) {
    throw new UsageError(
      'NO_SUCH_COLUMN',
      `an event has a list of resources: nothing can be counted or sorted by ${JSON.stringify(name)}`,
      'the Event history shows them, `resourceName` and `resourceType` filter by them; in SQL the column resources is what the record itself says',
    );
  }
  const column = NAMES.get(plain(name));
  if (column === undefined) throw noSuchColumn(name, [...NAMES.keys()]);
  return {
    name: FIELD_NAMES.get(column) ?? column,
    column,
    ...(HOMES.get(column) ?? { home: 'event', expression: `"${column}"` }),
    isNumber: NUMBERS.has(column),
    // Without userIdentity a caller is not known to be anonymous, as the view has it.
    ofNone: column === 'is_anonymous' ? '0' : null,
  };
}

function noSuchColumn(name: string, known: readonly string[]): UsageError {
  const typed = plain(name);
  const longer = known.filter(column => typed.length > 2 && column.includes(typed));
  const near = nearest(typed, known);
  const meant = longer.length > 0 ? longer.slice(0, 5) : near === undefined ? [] : [near];
  return new UsageError(
    'NO_SUCH_COLUMN',
    `there is no column ${JSON.stringify(name)}`,
    `${meant.length > 0 ? `did you mean ${meant.join(', ')}? ` : ''}docs/schema.md lists the columns`,
  );
}
