/** Columns of lines by the names people use, and which column of events is the other side of which. */

import { UsageError } from '../../errors.js';
import { nearest } from '../../nearest.js';
import { ACCESS_COLUMNS } from '../../store/access-view.js';
import { type EventColumn, findColumn, plain } from '../columns/column.js';
import { LINE_SERVICE, LINE_USER } from './line-filters.js';

/** A column of lines. */
export interface LineColumn {
  /** Name in output: that of `s3_access_logs` where it is one of its columns. */
  name: string;
  /** On `ACCESS_JOINS`. */
  expression: string;
  isNumber: boolean;
}

/** A column of both, or of one of them. */
export interface SharedColumn {
  /** Name in output. */
  name: string;
  /** Of events; undefined where they have none. */
  event: EventColumn | undefined;
  /** Of lines; undefined where they have none. */
  line: LineColumn | undefined;
}

/** What lines have under names of events alone, on the tables behind `s3_access_logs`. */
const MADE: readonly LineColumn[] = [
  {
    name: 'username',
    expression: LINE_USER.replaceAll(/\b(kind|name|session)\b/g, 'r.$1'),
    isNumber: false,
  },
  {
    name: 'useridentity_arn',
    expression: "CASE WHEN r.requester LIKE 'arn:%' THEN r.requester END",
    isNumber: false,
  },
  { name: 'eventsource', expression: `'${LINE_SERVICE}'`, isNumber: false },
];

/** The columns of events that are the other side of one of lines: columns of `cloudtrail_logs`, then those of lines. */
export const SAME_COLUMNS: Readonly<Record<string, string>> = {
  eventtime: 'eventtime',
  eventname: 'eventname',
  eventsource: 'eventsource',
  sourceipaddress: 'remoteip',
  useragent: 'useragent',
  errorcode: 'errorcode',
  requestid: 'requestid',
  bucketname: 'bucket_name',
  objectkey: 'objectkey',
  username: 'username',
  useridentity_arn: 'useridentity_arn',
  useridentity_accountid: 'requester_account',
  is_anonymous: 'is_anonymous',
  bytestransferredout: 'bytessent',
  tlsdetails_tlsversion: 'tlsversion',
  tlsdetails_ciphersuite: 'ciphersuite',
  file_path: 'file_path',
  is_suspect: 'is_suspect',
  is_removed: 'is_removed',
};

/** Other names of columns of lines: those that columns of events and the filters have. */
const ALIASES: Readonly<Record<string, string>> = {
  user: 'username',
  arn: 'useridentityarn',
  ip: 'remoteip',
  sourceip: 'remoteip',
  sourceipaddress: 'remoteip',
  address: 'remoteip',
  service: 'eventsource',
  api: 'eventname',
  bucket: 'bucketname',
  account: 'requesteraccount',
  useridentityaccountid: 'requesteraccount',
  status: 'httpstatus',
};

const BY_NAME: ReadonlyMap<string, LineColumn> = new Map(
  [
    ...ACCESS_COLUMNS.map(({ column, expression, isNumber }) => ({ name: column, expression, isNumber })),
    ...MADE,
  ].map(column => [plain(column.name), column]),
);

/** What a name stands for, if anything: whatever its case, spaces, dashes and underscores. */
const lineColumn = (name: string): LineColumn | undefined =>
  BY_NAME.get(plain(name)) ?? BY_NAME.get(ALIASES[plain(name)] ?? '');

/**
 * The column of lines of this name.
 * @throws UsageError `NO_SUCH_COLUMN`
 */
export function findLineColumn(name: string): LineColumn {
  const column = lineColumn(name);
  if (column) return column;
  const near = nearest(plain(name), [...BY_NAME.keys()]);
  throw new UsageError(
    'NO_SUCH_COLUMN',
    `lines of access logs have no column ${JSON.stringify(name)}`,
    `${near === undefined ? '' : `did you mean ${BY_NAME.get(near)!.name}? `}docs/schema.md lists the columns of s3_access_logs`,
  );
}

/**
 * The column of this name in both: by a name that events have for it, else by one of lines.
 * @throws UsageError `NO_SUCH_COLUMN` where neither has one
 */
export function findSharedColumn(name: string): SharedColumn {
  const own = lineColumn(name);
  let event: EventColumn;
  try {
    event = findColumn(name);
  } catch (error) {
    if (!own) throw error;
    const other = Object.keys(SAME_COLUMNS).find(column => SAME_COLUMNS[column] === own.name);
    if (other === undefined) return { name: own.name, event: undefined, line: own };
    event = findColumn(other);
  }
  const line = Object.hasOwn(SAME_COLUMNS, event.column)
    ? lineColumn(SAME_COLUMNS[event.column]!)
    : undefined;
  // A name that both have for different things is the one that events have.
  return { name: event.name, event, line };
}

/**
 * The same, of a column that both have: what is counted is counted in both.
 * @throws UsageError `NO_SUCH_COLUMN`, `NOT_IN_LINES`, `NOT_IN_EVENTS`
 */
export function findCommonColumn(name: string): Required<SharedColumn> & {
  event: EventColumn;
  line: LineColumn;
} {
  const { event, line, name: shown } = findSharedColumn(name);
  if (event && line) return { name: shown, event, line };
  throw event
    ? new UsageError(
        'NOT_IN_LINES',
        `lines of access logs have no column ${JSON.stringify(name)}`,
        'ask `source` cloudtrail alone, or take a column that both have: eventName, user, ip, bucket, key, errorCode, …',
      )
    : new UsageError(
        'NOT_IN_EVENTS',
        `events of CloudTrail have no column ${JSON.stringify(name)}`,
        'ask `source` access-logs alone, or take a column that both have: eventName, user, ip, bucket, key, errorCode, …',
      );
}
