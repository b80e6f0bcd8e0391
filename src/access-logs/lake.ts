/**
 * The one list of the columns that lines of access logs have in a lake of Parquet files: Athena's, the partitions, ours,
 * and what gives a line back as it was written.
 */

import type { LakeColumn, LakeType } from '../lake-types.js';
import { ACCESS_FIELDS, type AccessFieldName } from './fields.js';
import { FORM } from './rows.js';

const own = (name: string, meaning: string, type: LakeType = 'string'): LakeColumn => ({
  name,
  type,
  source: name,
  meaning,
});

/** The folders of a lake of lines, from the outside in. */
export const ACCESS_LAKE_PARTITIONS: readonly LakeColumn[] = [
  own('year', 'partition: `yyyy`'),
  own('month', 'partition: `mm`'),
  own('day', 'partition: `dd`'),
].map(column => ({ ...column, isPartition: true }));

/** Every column in order. A lake of folders has the partitions in its paths, a single file among its columns. */
export const ACCESS_LAKE_COLUMNS: readonly LakeColumn[] = [
  ...ACCESS_FIELDS.map(({ name, athenaType, meaning }) =>
    own(name, meaning, athenaType === 'BIGINT' ? 'bigint' : 'string'),
  ),
  ...ACCESS_LAKE_PARTITIONS,
  own('eventtime', 'when the request was received, in CloudTrail’s form'),
  own('eventname', 'the call as CloudTrail names it; NULL where it is not known'),
  own('objectkey', 'the key, decoded: twice for requests, once for `BATCH.…` and `S3.…`'),
  own('httpmethod', 'method of the request-URI'),
  own('httppath', 'path of the request-URI, as it was written'),
  own('is_anonymous', 'true for a request without authentication', 'boolean'),
  own('is_presigned', 'true for a presigned URL; NULL where the line is too old to say', 'boolean'),
  own(
    'requester_kind',
    '`anonymous`, `canonical`, `user`, `session`, `federated`, `root`, `service`, `unknown`',
  ),
  own('requester_account', 'account in the requester’s ARN'),
  own('requester_name', 'user, role or service'),
  own('requester_session', 'session of the role'),
  own(
    'metric',
    'request metric it counts for: `Get`, `Put`, `Delete`, `Head`, `Post`, `Select`, `List`, `other`; NULL for rows that are no request of their own',
  ),
  own('more_fields', 'fields that this version does not know'),
  own(
    'form',
    'number of fields; + 32 where the request-URI, + 64 where the referrer, + 128 where the user agent is a bare `-`',
    'bigint',
  ),
  own('field_count', 'number of fields that it knows', 'bigint'),
  own(
    'is_ambiguous',
    'true where the line can be read in another way, too: the client wrote quotes',
    'boolean',
  ),
  own('is_suspect', 'true where the gzip checksum of the file does not hold', 'boolean'),
  own('is_removed', 'true where the file holds it no longer', 'boolean'),
  own('file_path', 'the file it was stored from'),
  own('file_ordinal', 'place of the line in that file, from 0', 'bigint'),
  {
    name: 'line',
    type: 'binary',
    source: undefined,
    meaning: 'the bytes of the line, where the other columns do not give it back',
  },
];

const QUOTED: Readonly<Partial<Record<AccessFieldName, number>>> = {
  request_uri: FORM.bareUri,
  referrer: FORM.bareReferrer,
  useragent: FORM.bareAgent,
};

/** The bytes of the line of a lake's row, by the names of `ACCESS_LAKE_COLUMNS`; undefined for a row without `form`. */
export function lakeLine(row: Readonly<Record<string, unknown>>): Uint8Array | undefined {
  if (row.line instanceof Uint8Array) return row.line;
  if (row.form == null) return undefined;
  const form = Number(row.form);
  const written = ACCESS_FIELDS.slice(0, form & 31).map(({ name, form: kind }) => {
    const value = String(row[name] ?? '-');
    if (kind === 'time') return `[${value}]`;
    return kind === 'quoted' && (form & QUOTED[name]!) === 0 ? `"${value}"` : value;
  });
  const more = row.more_fields == null ? [] : [String(row.more_fields)];
  return Buffer.from([...written, ...more].join(' '), 'utf8');
}
