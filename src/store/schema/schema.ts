/**
 * The index: a star of one narrow event table, one wide table beside it and dimensions for what repeats, with
 * `cloudtrail_logs`, a plain view over them, as the face that every SQLite client reads. docs/schema.md explains it.
 */

import {
  ATHENA_FIELDS,
  type Field,
  fieldsAt,
  IDENTITY_LEAVES,
  leafColumn,
  MORE_FIELDS,
  TLS_LEAVES,
} from '../../cloudtrail/fields.js';

/** "OFTR": marks the file as ours (PRAGMA application_id). */
export const APPLICATION_ID = 0x4f465452;

const lines = (items: readonly string[], indent = '  '): string => items.join(`,\n${indent}`);
const textColumns = (fields: readonly Field[]): string[] => fields.map(f => `${f.column} TEXT`);

/** The tables of records and files. */
export function tables(): string {
  return `
CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  started TEXT NOT NULL,
  finished TEXT,
  version TEXT NOT NULL,
  inputs TEXT NOT NULL,
  files INTEGER, -- found below the inputs
  unchanged INTEGER, -- those of them that were in the index and looked as they do there
  summary TEXT
);
CREATE TABLE file (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL,
  size INTEGER,
  mtime_ns TEXT,
  sha256 TEXT,
  inflated_bytes INTEGER,
  state TEXT NOT NULL CHECK (state IN ('indexed', 'skipped', 'failed')),
  reason TEXT,
  damage TEXT,
  limits TEXT,
  shape TEXT,
  account TEXT,
  region TEXT,
  year TEXT,
  month TEXT,
  day TEXT,
  records INTEGER NOT NULL DEFAULT 0,
  stored INTEGER NOT NULL DEFAULT 0,
  duplicate INTEGER NOT NULL DEFAULT 0,
  rejected INTEGER NOT NULL DEFAULT 0,
  run_id INTEGER NOT NULL,
  is_suspect INTEGER NOT NULL DEFAULT 0, -- 1 where the gzip checksum does not hold
  is_replaced INTEGER NOT NULL DEFAULT 0, -- 1 where a later version of the file lacks what this one gave
  CHECK (records = stored + duplicate + rejected)
);
CREATE TABLE rejected (
  id INTEGER PRIMARY KEY,
  file_id INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  offset INTEGER,
  reason TEXT NOT NULL,
  raw TEXT,
  raw_bytes INTEGER NOT NULL,
  count INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE duplicate (
  event_id INTEGER NOT NULL,
  file_id INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  PRIMARY KEY (event_id, file_id, ordinal)
) WITHOUT ROWID;
CREATE TABLE kind (
  id INTEGER PRIMARY KEY,
  record TEXT NOT NULL UNIQUE,
  ${lines(textColumns(fieldsAt('kind')))}
);
CREATE TABLE identity (
  id INTEGER PRIMARY KEY,
  useridentity TEXT NOT NULL UNIQUE,
  ${lines(IDENTITY_LEAVES.map(leaf => `${leafColumn(leaf)} TEXT`))},
  is_anonymous INTEGER NOT NULL
);
CREATE TABLE address (
  id INTEGER PRIMARY KEY,
  sourceipaddress TEXT NOT NULL UNIQUE,
  ip BLOB
);
CREATE TABLE agent (
  id INTEGER PRIMARY KEY,
  useragent TEXT NOT NULL UNIQUE
);
CREATE TABLE channel (
  id INTEGER PRIMARY KEY,
  record TEXT NOT NULL UNIQUE,
  ${lines(textColumns(fieldsAt('channel')))},
  ${lines(TLS_LEAVES.map(leaf => `${leafColumn(leaf)} TEXT`))}
);
CREATE TABLE bucket (
  id INTEGER PRIMARY KEY,
  bucketname TEXT NOT NULL UNIQUE
);
CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  eventtime TEXT,
  eventid TEXT,
  kind_id INTEGER NOT NULL,
  identity_id INTEGER,
  address_id INTEGER,
  agent_id INTEGER,
  channel_id INTEGER,
  bucket_id INTEGER,
  objectkey TEXT,
  signatureversion TEXT,
  bytestransferredin NUMERIC,
  bytestransferredout NUMERIC,
  file_id INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  content_hash INTEGER, -- of the record's text without white space, keyed by setting.hash_seed
  odd_time NUMERIC, -- where eventtime is not in CloudTrail's own form: seconds since 1970, or 'unreadable'
  is_conflicting INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE detail (
  id INTEGER PRIMARY KEY,
  ${lines(textColumns(fieldsAt('detail')))},
  additional_fields TEXT,
  envelope TEXT,
  record TEXT
);
CREATE TABLE setting (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
CREATE UNIQUE INDEX file_path ON file (path) WHERE NOT is_replaced;
CREATE INDEX identity_arn ON identity (arn);
CREATE INDEX identity_accesskeyid ON identity (accesskeyid);
CREATE INDEX identity_anonymous ON identity (id) WHERE is_anonymous;
CREATE INDEX address_ip ON address (ip) WHERE ip IS NOT NULL;
CREATE INDEX kind_eventname ON kind (eventname);
CREATE INDEX rejected_file ON rejected (file_id);
CREATE INDEX duplicate_file ON duplicate (file_id);
CREATE INDEX detail_envelope ON detail (id) WHERE envelope IS NOT NULL;
`;
}

/** Tables of the index for text: derived from the others, and of no use to other programs. */
export const TEXT_TABLES = `
CREATE TABLE IF NOT EXISTS text_block (
  id INTEGER PRIMARY KEY,
  area TEXT NOT NULL,
  first_id INTEGER NOT NULL,
  last_id INTEGER NOT NULL,
  chunk_count INTEGER NOT NULL,
  seal INTEGER NOT NULL,
  chunks BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS text_slices (
  id INTEGER PRIMARY KEY,
  slices BLOB NOT NULL
);
`;

/** Tables of the events column by column: derived, and of no use to other programs. */
export const COLUMN_TABLES = `
CREATE TABLE IF NOT EXISTS column_segment (
  id INTEGER PRIMARY KEY,
  last_id INTEGER NOT NULL,
  event_count INTEGER NOT NULL,
  earliest INTEGER NOT NULL,
  latest INTEGER NOT NULL,
  odd_times TEXT NOT NULL,
  seal INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS column_values (
  id INTEGER PRIMARY KEY,
  data BLOB NOT NULL
);
`;

/** Indexes on the event table. A first, large ingest builds them at its end: faster than keeping them up to date. */
export const EVENT_INDEXES: Readonly<Record<string, string>> = {
  event_time: 'event (eventtime)',
  event_kind: 'event (kind_id, eventtime)',
  event_bucket: 'event (bucket_id, eventtime) WHERE bucket_id IS NOT NULL',
  event_identity: 'event (identity_id)',
  event_address: 'event (address_id)',
  event_eventid: 'event (eventid)',
  event_without_id: "event (content_hash) WHERE coalesce(eventid, '') = ''",
  event_conflicting: 'event (eventid) WHERE is_conflicting',
  event_odd_time: 'event (odd_time) WHERE odd_time IS NOT NULL',
  event_sigv2: "event (eventtime) WHERE signatureversion = 'SigV2'",
};

/** The day of an event, UTC; of a time that cannot be read the date it begins with, where that is one. */
const DATE = `CASE WHEN e.odd_time IS NULL THEN substr(e.eventtime, 1, 10)
    WHEN typeof(e.odd_time) <> 'text' THEN strftime('%Y-%m-%d', e.odd_time, 'unixepoch')
    WHEN date(substr(e.eventtime, 1, 10)) = substr(e.eventtime, 1, 10) THEN substr(e.eventtime, 1, 10) END`;

/** Athena's partition columns: from the file's path where it has them, else from the record. */
const PARTITIONS: ReadonlyArray<[column: string, expression: string]> = [
  ['account', 'coalesce(f.account, k.recipientaccountid)'],
  ['region', 'coalesce(f.region, k.awsregion)'],
  ['year', `coalesce(f.year, substr(${DATE}, 1, 4))`],
  ['month', `coalesce(f.month, substr(${DATE}, 6, 2))`],
  ['day', `coalesce(f.day, substr(${DATE}, 9, 2))`],
  ['timestamp', `coalesce(f.year || '/' || f.month || '/' || f.day, replace(${DATE}, '-', '/'))`],
];

/**
 * The user name that `lookup-events` and the Event history show. Observed for IAM users, root and the sessions of roles,
 * and absent for services and other accounts; for other types the name that AWS gives is not documented, and the
 * session's or the user's own is taken.
 * @param leaf the expression for a member of userIdentity
 * @param indexOf the dialect's function for the place of a text in another
 */
export function usernameOf(
  leaf: (name: 'type' | 'userName' | 'principalId' | 'onBehalfOf.userId') => string,
  indexOf: 'instr' | 'strpos',
): string {
  const [type, principal] = [leaf('type'), leaf('principalId')];
  const colon = `${indexOf}(${principal}, ':')`;
  const session = `CASE WHEN ${colon} > 0 THEN substr(${principal}, ${colon} + 1) END`;
  return `CASE
    WHEN ${type} = 'Root' THEN 'root'
    WHEN ${type} = 'AssumedRole' THEN nullif(${session}, '')
    WHEN ${type} IN ('AWSService', 'AWSAccount') OR ${type} IS NULL THEN NULL
    ELSE coalesce(nullif(${leaf('userName')}, ''), nullif(${session}, ''), nullif(${leaf('onBehalfOf.userId')}, ''))
  END`;
}

/** The same of the columns of `identity`. */
export const USERNAME = (alias = ''): string =>
  usernameOf(name => alias + name.replace('.', '_').toLowerCase(), 'instr');

/** Short names of the tables in `JOINS`, by a field's home. */
export const ALIAS = {
  kind: 'k',
  identity: 'i',
  address: 'a',
  agent: 'g',
  channel: 'c',
  event: 'e',
  detail: 'd',
} as const;

/** Columns whose values are numbers; all others are text. */
const NUMBERS = /^(is_|bytes|odd_time|file_ordinal|event_rowid)|_id$/;

/** A column of `cloudtrail_logs`. */
interface ViewColumn {
  column: string;
  expression: string;
  isNumber: boolean;
}

/** Every column of `cloudtrail_logs` in order, with the expression that gives it. */
export function viewColumns(): ViewColumn[] {
  return columnExpressions().map(of => ({ ...of, isNumber: NUMBERS.test(of.column) }));
}

function columnExpressions(): Array<Omit<ViewColumn, 'isNumber'>> {
  const of = (f: Field) => ({ column: f.column, expression: `${ALIAS[f.home]}.${f.column}` });
  return [
    ...ATHENA_FIELDS.map(of),
    ...PARTITIONS.map(([column, expression]) => ({ column, expression })),
    ...MORE_FIELDS.map(of),
    { column: 'additional_fields', expression: 'd.additional_fields' },
    { column: 'bucketname', expression: 'b.bucketname' },
    ...['objectkey', 'signatureversion', 'bytestransferredin', 'bytestransferredout'].map(column => ({
      column,
      expression: `e.${column}`,
    })),
    { column: 'is_anonymous', expression: 'coalesce(i.is_anonymous, 0)' },
    { column: 'username', expression: USERNAME('i.') },
    ...IDENTITY_LEAVES.map(leaf => ({
      column: `useridentity_${leafColumn(leaf)}`,
      expression: `i.${leafColumn(leaf)}`,
    })),
    ...TLS_LEAVES.map(leaf => ({
      column: `tlsdetails_${leafColumn(leaf)}`,
      expression: `c.${leafColumn(leaf)}`,
    })),
    { column: 'odd_time', expression: 'e.odd_time' },
    { column: 'is_conflicting', expression: 'e.is_conflicting' },
    { column: 'is_suspect', expression: 'coalesce(f.is_suspect, 0)' },
    { column: 'is_removed', expression: 'coalesce(f.is_replaced, 0)' },
    { column: 'envelope', expression: 'd.envelope' },
    { column: 'file_path', expression: 'f.path' },
    { column: 'file_ordinal', expression: 'e.ordinal' },
    { column: 'event_rowid', expression: 'e.id' },
    // Keys of the dimensions: `identity_id IN (SELECT id FROM identity WHERE …)` finds events through an index.
    ...['kind_id', 'identity_id', 'address_id', 'agent_id', 'file_id'].map(column => ({
      column,
      expression: `e.${column}`,
    })),
  ];
}

/** The joins behind the view. Those a statement needs no column of cost nothing: SQLite leaves them out. */
export const JOINS = `event AS e
  JOIN kind AS k ON k.id = e.kind_id
  LEFT JOIN detail AS d ON d.id = e.id
  LEFT JOIN identity AS i ON i.id = e.identity_id
  LEFT JOIN address AS a ON a.id = e.address_id
  LEFT JOIN agent AS g ON g.id = e.agent_id
  LEFT JOIN channel AS c ON c.id = e.channel_id
  LEFT JOIN bucket AS b ON b.id = e.bucket_id
  LEFT JOIN file AS f ON f.id = e.file_id`;

export function view(): string {
  const columns = viewColumns().map(({ column, expression }) => `  ${expression} AS "${column}"`);
  return `CREATE VIEW cloudtrail_logs AS SELECT\n${columns.join(',\n')}\nFROM ${JOINS};`;
}
