/**
 * The one list of the fields of an S3 server access log line, in their order ("Amazon S3 server access log format").
 * The reader of lines and all that shows them take names, types and places from it.
 */

/**
 * How a field is written.
 * - `token`: bytes without a space
 * - `time`: in brackets, with one space inside
 * - `quoted`: raw text of the client between quotes, in which nothing is escaped; or a bare `-`
 */
export type FieldForm = 'token' | 'time' | 'quoted';

/** A field of a line. */
export interface AccessField<Name extends string = string> {
  /** The column of AWS's own Athena table. */
  name: Name;
  /** The type of that column. */
  athenaType: 'STRING' | 'BIGINT';
  /** The number of fields of the shortest kind of line that has it: fields have only ever been appended. */
  since: 18 | 24 | 25 | 26 | 27;
  form: FieldForm;
  meaning: string;
}

interface Rest {
  athenaType?: 'BIGINT';
  form?: 'time' | 'quoted';
}

const field = <Name extends string>(
  name: Name,
  since: AccessField['since'],
  meaning: string,
  { athenaType, form }: Rest = {},
): AccessField<Name> => ({
  name,
  athenaType: athenaType ?? 'STRING',
  since,
  form: form ?? 'token',
  meaning,
});

/** All fields, in the order of a line. A `-` in any of them means unknown, not applicable, or zero. */
export const ACCESS_FIELDS = [
  field('bucketowner', 18, 'canonical user id of the owner of the bucket, 64 hex digits'),
  field('bucket_name', 18, 'the bucket that the request was for'),
  field('requestdatetime', 18, 'when the request was received, `06/Feb/2019:00:00:38 +0000`', {
    form: 'time',
  }),
  field('remoteip', 18, 'address the request came from, as S3 saw it'),
  field('requester', 18, 'canonical user id, ARN or service; `-` for a request without authentication'),
  field('requestid', 18, 'id of the request; equals requestID of the CloudTrail event'),
  field(
    'operation',
    18,
    '`REST.method.resource`, `WEBSITE.…`, `SOAP.…`, `BATCH.DELETE.OBJECT`, `S3.action.resource`',
  ),
  field('key', 18, 'object key, percent-encoded: twice, or once in `BATCH.…` and `S3.…` rows'),
  field('request_uri', 18, 'first line of the HTTP request: method, target, protocol', { form: 'quoted' }),
  field('httpstatus', 18, 'HTTP status of the response'),
  field('errorcode', 18, 'S3 error code'),
  field('bytessent', 18, 'bytes of the response without HTTP overhead; `-` for zero', {
    athenaType: 'BIGINT',
  }),
  field('objectsize', 18, 'size of the object in bytes', { athenaType: 'BIGINT' }),
  field('totaltime', 18, 'milliseconds from receiving the request to sending the last byte'),
  field('turnaroundtime', 18, 'milliseconds from the last byte received to the first byte sent'),
  field('referrer', 18, 'the Referer header, as the client wrote it', { form: 'quoted' }),
  field('useragent', 18, 'the User-Agent header, as the client wrote it', { form: 'quoted' }),
  field('versionid', 18, 'version of the object'),
  field('hostid', 24, 'extended request id; equals x-amz-id-2 of the CloudTrail event'),
  field('sigv', 24, '`SigV2` or `SigV4`; `-` for a request without authentication'),
  field('ciphersuite', 24, 'TLS cipher suite; `-` for plain HTTP'),
  field('authtype', 24, '`AuthHeader`, or `QueryString` for a presigned URL'),
  field('endpoint', 24, 'the Host header: the endpoint that was used'),
  field('tlsversion', 24, 'TLS version; `-` for plain HTTP'),
  field('accesspointarn', 25, 'access point that the request came through'),
  field('aclrequired', 26, '`Yes` where the request needed an ACL to be allowed'),
  field('sourceregion', 27, 'AWS region the request came from'),
] as const;

/** The name of a field: Athena's column. */
export type AccessFieldName = (typeof ACCESS_FIELDS)[number]['name'];

/** Numbers of fields that lines had, by the time they were written: 2006, 2019, access points, ACLs, source region. */
export const FIELD_COUNTS: readonly number[] = [...new Set(ACCESS_FIELDS.map(({ since }) => since))];

/** Place of a field in a line, from 0. */
export function placeOf(name: AccessFieldName): number {
  return ACCESS_FIELDS.findIndex(entry => entry.name === name);
}
