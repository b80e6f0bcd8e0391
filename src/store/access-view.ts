/** `s3_access_logs`, the face of S3 server access logs: Athena's columns under Athena's names, then ours. */

import { ACCESS_FIELDS, type AccessFieldName } from '../access-logs/fields.js';

const DATE = `strftime('%Y-%m-%d', l.time, 'unixepoch')`;
const MONTHS = "'JanFebMarAprMayJunJulAugSepOctNovDec'";
/** The time as it stands in a line, without its brackets. */
export const WRITTEN_TIME = `strftime('%d/', l.time, 'unixepoch') || substr(${MONTHS}, strftime('%m', l.time, 'unixepoch') * 3 - 2, 3)
    || strftime('/%Y:%H:%M:%S +0000', l.time, 'unixepoch')`;

/** Where each field is kept. */
const FIELD_SQL: Readonly<Record<AccessFieldName, string>> = {
  bucketowner: 'b.bucketowner',
  bucket_name: 'b.bucket_name',
  requestdatetime: WRITTEN_TIME,
  remoteip: 'a.remoteip',
  requester: 'r.requester',
  requestid: 'l.requestid',
  operation: 'c.operation',
  key: 'l.key',
  request_uri: 'l.request_uri',
  httpstatus: 'c.httpstatus',
  errorcode: 'c.errorcode',
  bytessent: 'l.bytessent',
  objectsize: 'l.objectsize',
  totaltime: 'l.totaltime',
  turnaroundtime: 'l.turnaroundtime',
  referrer: 'l.referrer',
  useragent: 'g.useragent',
  versionid: 'l.versionid',
  hostid: 'l.hostid',
  sigv: 'h.sigv',
  ciphersuite: 'h.ciphersuite',
  authtype: 'h.authtype',
  endpoint: 'h.endpoint',
  tlsversion: 'h.tlsversion',
  accesspointarn: 'h.accesspointarn',
  aclrequired: 'h.aclrequired',
  sourceregion: 'h.sourceregion',
};

const dash = (sql: string): string => `coalesce(${sql}, '-')`;
const quoted = (sql: string, bit: number): string =>
  `CASE WHEN l.form & ${bit} THEN '-' ELSE '"' || ${dash(sql)} || '"' END`;

/** The line, put together from its columns. */
const REBUILT = [
  'b.value',
  `'[' || ${WRITTEN_TIME} || ']'`,
  ...['a.remoteip', 'r.requester', 'l.requestid', 'c.operation', 'l.key'].map(dash),
  quoted('l.request_uri', 32),
  ...['c.httpstatus', 'c.errorcode', 'l.bytessent', 'l.objectsize', 'l.totaltime', 'l.turnaroundtime'].map(
    dash,
  ),
  quoted('l.referrer', 64),
  quoted('g.useragent', 128),
  dash('l.versionid'),
].join(" || ' ' || ");

/** The text of the line: what its columns give, or the bytes that were kept. */
export const LINE_SQL = `coalesce(CAST(l.line AS TEXT), ${REBUILT}
    || CASE WHEN l.form & 31 > 18 THEN ' ' || ${dash('l.hostid')} ELSE '' END
    || CASE WHEN h.id IS NULL THEN '' ELSE ' ' || h.value END || coalesce(' ' || l.more, ''))`;

/** A column of `s3_access_logs`. */
interface AccessColumn {
  column: string;
  expression: string;
  meaning: string;
  isNumber: boolean;
}

/** The HTTP method and the path of a request-URI: its first word, and its second up to a question mark. */
const METHOD =
  "CASE WHEN instr(l.request_uri, ' ') > 0 THEN substr(l.request_uri, 1, instr(l.request_uri, ' ') - 1) END";
const TARGET = "substr(l.request_uri, instr(l.request_uri, ' ') + 1)";
const PATH = `CASE WHEN instr(l.request_uri, ' /') > 0 THEN
    substr(${TARGET}, 1, coalesce(nullif(min(coalesce(nullif(instr(${TARGET}, '?'), 0), 1000000000), coalesce(nullif(instr(${TARGET}, ' HTTP/'), 0), 1000000000)), 1000000000), length(${TARGET}) + 1) - 1) END`;

const column = (name: string, expression: string, meaning: string, isNumber = false): AccessColumn => ({
  column: name,
  expression,
  meaning,
  isNumber,
});

/** Every column in order: Athena's, the partitions of its published tables, then ours. */
export const ACCESS_COLUMNS: readonly AccessColumn[] = [
  ...ACCESS_FIELDS.map(({ name, athenaType, meaning }) =>
    column(
      name,
      FIELD_SQL[name],
      meaning,
      athenaType === 'BIGINT' || (name.endsWith('time') && name !== 'requestdatetime'),
    ),
  ),
  column('timestamp', `strftime('%Y/%m/%d', l.time, 'unixepoch')`, 'partition: `yyyy/MM/dd` of the request'),
  column('year', `substr(${DATE}, 1, 4)`, 'partition: `yyyy`'),
  column('month', `substr(${DATE}, 6, 2)`, 'partition: `mm`'),
  column('day', `substr(${DATE}, 9, 2)`, 'partition: `dd`'),
  column(
    'eventtime',
    `strftime('%Y-%m-%dT%H:%M:%SZ', l.time, 'unixepoch')`,
    'when the request was received, in CloudTrail’s form',
  ),
  column('eventname', 'c.eventname', 'the call as CloudTrail names it; NULL where it is not known'),
  column(
    'objectkey',
    'coalesce(l.decoded_key, l.key)',
    'the key, decoded: twice for requests, once for `BATCH.…` and `S3.…`',
  ),
  column('httpmethod', METHOD, 'method of the request-URI'),
  column('httppath', PATH, 'path of the request-URI, as it was written'),
  column(
    'is_anonymous',
    "l.requester_id IS NULL AND coalesce(c.operation, '') NOT LIKE 'S3.%'",
    '1 for a request without authentication',
    true,
  ),
  column(
    'is_presigned',
    "CASE WHEN h.id IS NOT NULL THEN coalesce(h.authtype = 'QueryString', 0) END",
    '1 for a presigned URL; NULL where the line is too old to say',
    true,
  ),
  column(
    'requester_kind',
    "CASE WHEN r.id IS NULL THEN 'anonymous' ELSE r.kind END",
    '`anonymous`, `canonical`, `user`, `session`, `federated`, `root`, `service`, `unknown`',
  ),
  column('requester_account', 'r.account', 'account in the requester’s ARN'),
  column('requester_name', 'r.name', 'user, role or service'),
  column('requester_session', 'r.session', 'session of the role'),
  column(
    'metric',
    'c.metric',
    'request metric it counts for: `Get`, `Put`, `Delete`, `Head`, `Post`, `Select`, `List`, `other`; NULL for rows that are no request of their own',
  ),
  column('more_fields', 'l.more', 'fields that this version does not know'),
  column(
    'form',
    'l.form',
    'number of fields; + 32 where the request-URI, + 64 where the referrer, + 128 where the user agent is a bare `-`',
    true,
  ),
  column('field_count', 'l.form & 31', 'number of fields that it knows', true),
  column(
    'is_ambiguous',
    'l.is_ambiguous',
    '1 where the line can be read in another way, too: the client wrote quotes',
    true,
  ),
  column('line', LINE_SQL, 'the line as it was written'),
  column(
    'is_suspect',
    'coalesce(f.is_suspect, 0)',
    '1 where the gzip checksum of the file does not hold',
    true,
  ),
  column('is_removed', 'coalesce(f.is_replaced, 0)', '1 where the file holds it no longer', true),
  column('file_path', 'f.path', 'the file it was stored from'),
  column('file_ordinal', 'l.ordinal', 'place of the line in that file, from 0', true),
  column('access_rowid', 'l.id', 'key of `access_log`', true),
];

/** The joins behind the view: those that a statement needs no column of cost nothing. */
export const ACCESS_JOINS = `access_log AS l
  JOIN access_bucket AS b ON b.id = l.bucket_id
  JOIN access_call AS c ON c.id = l.call_id
  LEFT JOIN access_requester AS r ON r.id = l.requester_id
  LEFT JOIN access_address AS a ON a.id = l.address_id
  LEFT JOIN access_agent AS g ON g.id = l.agent_id
  LEFT JOIN access_channel AS h ON h.id = l.channel_id
  LEFT JOIN file AS f ON f.id = l.file_id`;

/** The statement that makes the view. */
export function accessViewSql(kind: 'VIEW' | 'TEMP VIEW' = 'VIEW'): string {
  const columns = ACCESS_COLUMNS.map(({ column, expression }) => `  ${expression} AS "${column}"`);
  return `CREATE ${kind} s3_access_logs AS SELECT\n${columns.join(',\n')}\nFROM ${ACCESS_JOINS};`;
}
