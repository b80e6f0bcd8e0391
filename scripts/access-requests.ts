/** Believable requests to S3: the rows that access logs have of each, and the data event of CloudTrail. */

import type { AccessFieldName } from '../src/access-logs/fields.js';
import {
  type AccessBucket,
  type AccessRequester,
  type AccessWorld,
  ANONYMOUS,
  BROWSER,
  SERVICE,
} from './access-cast.js';
import { ERRORS, KIND_TABLE, type Kind } from './access-kinds.js';
import type { Random } from './random.js';
import { type CloudTrailRecord, isoTime } from './records.js';

/** A row: fields that are left out are `-`. Quotes and brackets are put around them when it is written. */
export type AccessRow = { [Name in AccessFieldName]?: string | undefined };

/** The rows of one request, each for the log of its bucket, and its event; null where CloudTrail has none. */
export interface AccessRequest {
  rows: Array<{ bucket: AccessBucket; row: AccessRow }>;
  event: CloudTrailRecord | null;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The time of a line, without its brackets. */
export function accessTime(seconds: number): string {
  const [day, time] = isoTime(seconds).split('T') as [string, string];
  const [year, month, date] = day.split('-');
  return `${date}/${MONTHS[Number(month) - 1]}/${year}:${time.slice(0, 8)} +0000`;
}

/** Percent-encoded once; rows of requests have their keys encoded twice. */
const encode = (key: string): string =>
  /^[\w./-]*$/.test(key) ? key : encodeURIComponent(key).replaceAll('%2F', '/');
const keyIn = (r: Random, day: string): string =>
  r.below(25) === 0
    ? `img/${r.pick(['été', 'a b', '100%', 'x"y', 'q&a', '日本'])}/${r.hex(6)}.jpg`
    : `${r.pick(['data', 'raw', 'backups', 'exports/daily'])}/${day}/part-${r.hex(8)}.${r.pick(['parquet', 'json.gz', 'csv'])}`;

const TLS = [
  ['TLSv1.3', 'TLS_AES_128_GCM_SHA256'],
  ['TLSv1.2', 'ECDHE-RSA-AES128-GCM-SHA256'],
] as const;
const OLD_TLS = ['TLSv1.0', 'ECDHE-RSA-AES128-SHA'] as const;

/** How a request was signed and carried: now and then by SigV2, plain HTTP or an old version of TLS. */
function mannerOf(r: Random, isSigned: boolean, isBrowser: boolean): Array<string | undefined> {
  const sigv = r.below(150) === 0 ? 'SigV2' : 'SigV4';
  const authtype = isBrowser || r.below(40) === 0 ? 'QueryString' : 'AuthHeader';
  const roll = r.below(600);
  const [tls, cipher] = roll < 3 ? [] : roll < 5 ? OLD_TLS : r.skewed(TLS);
  return isSigned ? [sigv, authtype, tls, cipher] : [undefined, undefined, tls, cipher];
}

/** What S3 did by itself: no request, no event. */
function ownRow(
  r: Random,
  bucket: AccessBucket,
  { operation, time, key }: { operation: string; time: string; key: string },
): AccessRequest {
  const isJob = operation === 'S3.COMPUTE.OBJECT.CHECKSUM';
  const row: AccessRow = {
    bucketowner: bucket.owner,
    bucket_name: bucket.name,
    requestdatetime: time,
    requester: isJob ? undefined : 'AmazonS3',
    requestid: isJob ? r.uuid() : r.hex(16).toUpperCase(),
    operation,
    key: encode(key),
    objectsize: String(200 + r.below(4_000_000)),
    hostid: `${r.base64(75)}=`,
  };
  return { rows: [{ bucket, row }], event: null };
}

/** The data event of a request. */
function eventOf(
  r: Random,
  at: number,
  {
    bucket,
    key,
    name,
    row,
    requester,
    error,
    received,
  }: {
    bucket: AccessBucket;
    key: string | null;
    name: string;
    row: AccessRow;
    requester: AccessRequester;
    error: string | undefined;
    received: number;
  },
): CloudTrailRecord {
  return {
    eventVersion: '1.11',
    userIdentity: requester.identity,
    // When the request completed; the access log has when it arrived.
    eventTime: isoTime(at + Math.ceil(Number(row.totaltime) / 1000)),
    eventSource: 's3.amazonaws.com',
    eventName: name,
    awsRegion: bucket.region,
    sourceIPAddress: row.remoteip,
    userAgent: `[${row.useragent}]`,
    ...(error ? { errorCode: row.errorcode, errorMessage: error } : {}),
    requestParameters: { bucketName: bucket.name, Host: row.endpoint, ...(key === null ? {} : { key }) },
    responseElements: null,
    additionalEventData: {
      ...(row.sigv ? { SignatureVersion: row.sigv, AuthenticationMethod: row.authtype } : {}),
      ...(row.ciphersuite ? { CipherSuite: row.ciphersuite } : {}),
      bytesTransferredIn: received,
      bytesTransferredOut: Number(row.bytessent ?? 0),
      'x-amz-id-2': row.hostid,
    },
    requestID: row.requestid,
    eventID: r.uuid(),
    readOnly: /^(?:Get|Head|List)/.test(name),
    resources: [
      ...(key === null ? [] : [{ type: 'AWS::S3::Object', ARN: `arn:aws:s3:::${bucket.name}/${key}` }]),
      { accountId: bucket.account, type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::${bucket.name}` },
    ],
    eventType: 'AwsApiCall',
    managementEvent: false,
    recipientAccountId: bucket.account,
    eventCategory: 'Data',
  };
}

/** Who asks: mostly users and sessions, some anonymous readers, now and then a service. */
function requesterOf(r: Random, world: AccessWorld, kind: Kind): AccessRequester {
  const roll = r.below(100);
  const mayBeAnonymous = kind.method === 'GET' || kind.method === 'HEAD';
  if (kind.method === 'OPTIONS' || kind.operation.startsWith('WEBSITE.')) return ANONYMOUS;
  if (roll < 8 && mayBeAnonymous) return ANONYMOUS;
  return roll < 10 ? SERVICE : r.skewed(world.requesters);
}

/** The rows of a request: a copy has one in the log of the source as well, a batch one for each key. */
function rowsOf(r: Random, world: AccessWorld, bucket: AccessBucket, row: AccessRow): AccessRequest['rows'] {
  const rows = [{ bucket, row }];
  if (row.errorcode !== undefined) return rows;
  if (row.operation === 'REST.COPY.OBJECT') {
    const source = r.pick(world.buckets);
    const { name, owner } = source;
    const read = { ...row, bucket_name: name, bucketowner: owner, operation: 'REST.COPY.OBJECT_GET' };
    rows.push({ bucket: source, row: read });
  }
  if (row.operation === 'REST.POST.MULTI_OBJECT_DELETE')
    for (let n = 2 + r.below(18); n > 0; n--) {
      const key = encode(keyIn(r, 'old'));
      rows.push({ bucket, row: { ...row, operation: 'BATCH.DELETE.OBJECT', key, httpstatus: '204' } });
    }
  return rows;
}

/** Status, error code, bytes and times of a response. */
function outcomeOf(r: Random, kind: Kind): { outcome: AccessRow; error: string | undefined; size: number } {
  const [status, code, error] = r.below(14) === 0 ? r.pick(ERRORS) : [];
  const size = 200 + r.below(r.below(10) === 0 ? 40_000_000 : 400_000);
  const listed = kind.hasKey === false && kind.method === 'GET' ? 500 + r.below(90_000) : 0;
  const sent = error ? 243 : kind.body === 'out' ? size : listed;
  const waited = 4 + r.below(60);
  const outcome = {
    httpstatus: status ?? kind.status ?? '200',
    errorcode: code,
    bytessent: sent ? String(sent) : undefined,
    objectsize: kind.body && !error ? String(size) : undefined,
    totaltime: String(waited + Math.floor(size / 50_000)),
    turnaroundtime: String(waited),
  };
  return { outcome, error, size };
}

/** A request at a time (seconds since 1970) to a bucket; `hasEvent` says whether its event is made as well. */
export function anyRequest(
  r: Random,
  world: AccessWorld,
  bucket: AccessBucket,
  { at, hasEvent }: { at: number; hasEvent: boolean },
): AccessRequest {
  const kind = r.pick(KIND_TABLE);
  const key = kind.hasKey === false ? null : keyIn(r, isoTime(at).slice(0, 10));
  const time = accessTime(at);
  if (kind.operation.startsWith('S3.'))
    return ownRow(r, bucket, { operation: kind.operation, time, key: key! });
  const requester = requesterOf(r, world, kind);
  const isBrowser = requester === ANONYMOUS || r.below(60) === 0;
  const { outcome, error, size } = outcomeOf(r, kind);
  const [sigv, authtype, tlsversion, ciphersuite] = mannerOf(r, requester.isSigned, isBrowser);
  const signature = authtype === 'QueryString' ? 'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=3600' : '';
  const query = [kind.query, signature].filter(Boolean).join('&');
  const path = key === null ? '' : encode(key);
  const row: AccessRow = {
    bucketowner: bucket.owner,
    bucket_name: bucket.name,
    requestdatetime: time,
    remoteip: requester === SERVICE ? '-' : r.skewed(world.addresses),
    requester: requester.text,
    requestid: r.hex(16).toUpperCase(),
    operation: kind.operation,
    key: key === null ? '-' : encode(path),
    request_uri: `${kind.method} /${path}${query ? `?${query}` : ''} HTTP/1.1`,
    ...outcome,
    referrer: isBrowser ? 'https://www.example.com/gallery?page=2' : '-',
    useragent: isBrowser ? BROWSER : r.skewed(world.agents),
    hostid: `${r.base64(75)}=`,
    sigv,
    ciphersuite,
    authtype,
    endpoint: `${bucket.name}.s3.${bucket.region}.amazonaws.com`,
    tlsversion,
    aclrequired: r.below(90) === 0 ? 'Yes' : undefined,
    sourceregion: isBrowser ? undefined : bucket.region,
  };
  const rows = rowsOf(r, world, bucket, row);
  if (!hasEvent || kind.event === null) return { rows, event: null };
  const received = kind.body === 'in' ? size : 0;
  return {
    rows,
    event: eventOf(r, at, { bucket, key, name: kind.event, row, requester, error, received }),
  };
}
