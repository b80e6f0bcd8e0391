/**
 * The access logs of sample-logs, `access-logs/`, made from its CloudTrail files, which stay as they are:
 * `tsx scripts/sample-access-logs.ts sample-logs`. Deterministic, so that a second run changes nothing.
 *
 * - `my-bucket` has data events: the same requests, by their ids. Of one, CloudTrail says more bytes than went out: its
 *   reader hung up. What CloudTrail does not see: somebody without credentials lists and downloads what is public; a
 *   presigned URL leaks, is fetched from everywhere, and expires; lifecycle rules; slow and refused requests.
 * - `reports` has none: an instance copies from it with a key of ana that nobody remembers. Others did much the same at
 *   that minute: another user behind the same address, ana herself elsewhere, the instance with its role.
 */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { BROWSER } from './access-cast.js';
import { lineOf } from './access-logs.js';
import { type AccessRow, accessTime } from './access-requests.js';
import { createRandom, type Random } from './random.js';
import type { CloudTrailRecord } from './records.js';

const ACCOUNT = '111122223333';
const REGION = 'us-east-1';
const OWNER = '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be';
const ANA = `arn:aws:iam::${ACCOUNT}:user/ana`;
const CHEN = `arn:aws:iam::${ACCOUNT}:user/chen.0`;
const BACKUP = `arn:aws:iam::${ACCOUNT}:user/backup`;
const INSTANCE = `arn:aws:sts::${ACCOUNT}:assumed-role/app/i-0abc1234def567890`;
/** Where the instance comes from, and all others of its network. */
const GATEWAY = '198.51.100.24';
const STRANGER = '203.0.113.77';
/** The request of which the access log has fewer bytes. */
const HUNG_UP = '764396BAF9DDDC58';
const CLI =
  'aws-cli/1.16.300 Python/2.7.16 Linux/4.14.146-93.123.amzn1.x86_64 botocore/1.13.36 command/s3.cp';
const SDK = 'aws-sdk-java/1.11.600 Linux/4.14.123-111.109.amzn2.x86_64 OpenJDK_64-Bit_Server_VM/25.212-b04';

/** A row and when it arrived: seconds since 1970. */
interface Arrival {
  at: number;
  row: AccessRow;
}

const seconds = (iso: string): number => Date.parse(iso) / 1000;
const encode = (key: string): string => encodeURIComponent(key).replaceAll('%2F', '/');

/** A request by somebody who signs it, unless `more` says otherwise. */
function request(
  r: Random,
  iso: string | number,
  operation: string,
  { bucket = 'my-bucket', key, query, ...more }: AccessRow & { bucket?: string; query?: string },
): Arrival {
  const at = typeof iso === 'number' ? iso : seconds(iso);
  const [, method] = operation.split('.');
  const path = key === undefined ? '' : encode(key);
  const isSigned = more.requester !== undefined;
  const row: AccessRow = {
    bucketowner: OWNER,
    bucket_name: bucket,
    requestid: r.hex(16).toUpperCase(),
    operation,
    key: key === undefined ? undefined : encode(path),
    request_uri: `${method} /${path}${query ? `?${query}` : ''} HTTP/1.1`,
    httpstatus: '200',
    totaltime: String(12 + r.below(60)),
    turnaroundtime: String(8 + r.below(4)),
    referrer: '-',
    hostid: `${r.base64(75)}=`,
    sigv: isSigned ? 'SigV4' : undefined,
    ciphersuite: 'ECDHE-RSA-AES128-GCM-SHA256',
    authtype: isSigned ? 'AuthHeader' : undefined,
    endpoint: `${bucket}.s3.${REGION}.amazonaws.com`,
    tlsversion: 'TLSv1.2',
    ...more,
  };
  return { at, row };
}

const sized = (bytes: number): AccessRow => ({ bytessent: String(bytes), objectsize: String(bytes) });
const DENIED: AccessRow = { httpstatus: '403', errorcode: 'AccessDenied', bytessent: '243' };

/** What S3 did by itself. */
function own(r: Random, iso: string, operation: string, key: string): Arrival {
  const row: AccessRow = {
    bucketowner: OWNER,
    bucket_name: 'my-bucket',
    requester: 'AmazonS3',
    requestid: r.hex(16).toUpperCase(),
    operation,
    key: encode(key),
    objectsize: String(20_000 + r.below(900_000)),
    hostid: `${r.base64(75)}=`,
  };
  return { at: seconds(iso), row };
}

const OPERATIONS: Readonly<Record<string, string>> = {
  GetObject: 'REST.GET.OBJECT',
  PutObject: 'REST.PUT.OBJECT',
  HeadObject: 'REST.HEAD.OBJECT',
  DeleteObject: 'REST.DELETE.OBJECT',
  ListObjects: 'REST.GET.BUCKET',
};

/** The line of a data event: as CloudTrail has it, but for the one that hung up. */
function lineOfEvent(r: Random, event: CloudTrailRecord): Arrival {
  const name = String(event.eventName);
  const params = event.requestParameters as { key?: string; prefix?: string };
  const identity = event.userIdentity as { arn?: string };
  const extra = event.additionalEventData as Record<string, string | number>;
  const taken = 9 + r.below(900);
  const [inward, outward] = [Number(extra.bytesTransferredIn), Number(extra.bytesTransferredOut)];
  const sent = event.requestID === HUNG_UP ? 1_048_576 : outward;
  return request(r, seconds(String(event.eventTime)) - Math.ceil(taken / 1000), OPERATIONS[name]!, {
    ...(params.key === undefined
      ? { query: `list-type=2&prefix=${encode(params.prefix!)}` }
      : { key: params.key }),
    remoteip: String(event.sourceIPAddress),
    requester: identity.arn,
    requestid: String(event.requestID),
    httpstatus: event.errorCode ? '403' : name === 'DeleteObject' ? '204' : '200',
    errorcode: event.errorCode as string | undefined,
    bytessent: sent ? String(sent) : undefined,
    objectsize: String(inward || (event.errorCode ? '' : outward) || '-'),
    totaltime: String(taken),
    turnaroundtime: String(Math.ceil(taken / 3)),
    useragent: String(event.userAgent).replace(/^\[|\]$/g, ''),
    hostid: String(extra['x-amz-id-2']),
    sigv: extra.SignatureVersion as string | undefined,
    authtype: extra.AuthenticationMethod as string | undefined,
    ciphersuite: String(extra.CipherSuite),
    tlsversion: 'TLSv1.3',
  });
}

/** The stranger, who finds the bucket public, and what lies in it. */
function publicBucket(r: Random): Arrival[] {
  const by: AccessRow = { remoteip: STRANGER, useragent: 'curl/7.64.0', aclrequired: 'Yes' };
  const start = seconds('2019-07-05T20:41:03Z');
  const photos = ['cat.jpg', 'dog.jpg', 'été 2018.jpg', 'office.png', 'team.jpg'];
  return [
    request(r, start, 'REST.GET.BUCKET', { ...by, query: 'list-type=2', bytessent: '48213' }),
    request(r, start + 9, 'REST.GET.BUCKET', {
      ...by,
      query: 'list-type=2&prefix=private/',
      bytessent: '912',
    }),
    request(r, start + 20, 'REST.GET.ACL', { ...by, query: 'acl', ...DENIED }),
    ...photos.map((name, i) =>
      request(r, start + 40 + i * 3, 'REST.GET.OBJECT', {
        ...by,
        key: `photos/${name}`,
        ...sized(210_000 + r.below(90_000)),
      }),
    ),
    request(r, start + 70, 'REST.GET.OBJECT', { ...by, key: 'private/salaries.xlsx', ...DENIED }),
    request(r, start + 90, 'REST.PUT.OBJECT', { ...by, key: 'photos/cat.jpg', ...DENIED }),
  ];
}

/** The life of a photo before and after. */
function photo(r: Random): Arrival[] {
  const by: AccessRow = { remoteip: '10.8.102.100', requester: ANA, useragent: 'S3Console/0.4' };
  const key = 'photos/cat.jpg';
  return [
    request(r, '2019-07-05T08:15:00Z', 'REST.PUT.OBJECT', { ...by, key, objectsize: '251904' }),
    request(r, '2019-07-05T08:15:04Z', 'REST.HEAD.OBJECT', { ...by, key, objectsize: '251904' }),
    request(r, '2019-07-06T09:02:11Z', 'REST.DELETE.OBJECT', { ...by, key, httpstatus: '204' }),
    request(r, '2019-07-06T09:30:40Z', 'REST.GET.OBJECT', {
      remoteip: STRANGER,
      useragent: 'curl/7.64.0',
      key,
      httpstatus: '404',
      errorcode: 'NoSuchKey',
      bytessent: '284',
    }),
  ];
}

/** A presigned URL that somebody posted: fetched from one address, then from everywhere, and refused once it expired. */
function leakedUrl(r: Random): Arrival[] {
  const url = 'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=86400&X-Amz-SignedHeaders=host';
  const fetched = (at: number, more: AccessRow): Arrival =>
    request(r, at, 'REST.GET.OBJECT', {
      key: 'exports/daily/customers.csv',
      query: url,
      requester: CHEN,
      authtype: 'QueryString',
      useragent: BROWSER,
      ...sized(1_843_200),
      ...more,
    });
  const first = fetched(seconds('2019-07-06T00:00:00Z'), { remoteip: '10.8.102.100' });
  const posted = seconds('2019-07-06T16:20:00Z');
  const expired: AccessRow = { ...DENIED, objectsize: undefined, requester: undefined };
  const crowd = Array.from({ length: 80 }, (_, i) => {
    const at = posted + Math.floor((i / 80) ** 2 * 84_000) + r.below(300);
    const remoteip = `${20 + r.below(170)}.${r.below(256)}.${r.below(256)}.${1 + r.below(254)}`;
    return fetched(at, {
      remoteip,
      referrer: 'https://forum.example.com/t/4711?page=2',
      ...(at >= seconds('2019-07-07T00:00:00Z') ? expired : {}),
    });
  });
  return [first, ...crowd];
}

/** The forgotten key, and what looks like it. */
function forgottenKey(r: Random): Arrival[] {
  const bucket = 'reports';
  const copy: AccessRow = { remoteip: GATEWAY, requester: ANA, useragent: CLI };
  const rows: Arrival[] = [];
  // Every six hours, at two minutes past.
  for (let at = seconds('2019-07-05T02:02:04Z'); at < seconds('2019-07-07T12:00:00Z'); at += 6 * 3600) {
    const more = { ...copy, bucket };
    rows.push(
      request(r, at, 'REST.HEAD.OBJECT', { ...more, key: 'monthly/2019-06.csv', objectsize: '731210' }),
      request(r, at + 2, 'REST.GET.OBJECT', { ...more, key: 'monthly/2019-06.csv', ...sized(731_210) }),
      request(r, at + 9, 'REST.PUT.OBJECT', { ...more, key: 'archive/2019-06.csv', objectsize: '731210' }),
    );
  }
  for (let at = seconds('2019-07-05T00:30:00Z'); at < seconds('2019-07-07T12:00:00Z'); at += 4 * 3600)
    rows.push(
      request(r, at, 'REST.GET.OBJECT', {
        bucket,
        key: 'templates/report.html',
        remoteip: GATEWAY,
        requester: INSTANCE,
        useragent: SDK,
        ...sized(18_204),
      }),
    );
  rows.push(
    request(r, '2019-07-05T14:02:10Z', 'REST.GET.OBJECT', {
      bucket,
      key: 'monthly/2019-06.csv',
      remoteip: GATEWAY,
      requester: BACKUP,
      useragent: CLI,
      ...sized(731_210),
    }),
    request(r, '2019-07-05T14:31:52Z', 'REST.GET.BUCKET', {
      bucket,
      remoteip: '10.8.102.100',
      requester: ANA,
      useragent: 'S3Console/0.4',
      bytessent: '2310',
    }),
    request(r, '2019-07-05T14:02:30Z', 'REST.GET.OBJECT', {
      bucket,
      key: 'index.html',
      remoteip: STRANGER,
      ...DENIED,
    }),
  );
  return rows;
}

/** Lifecycle rules at midnight, and an export that was too fast for its prefix. */
function rulesAndLoad(r: Random): Arrival[] {
  const night = Array.from({ length: 14 }, (_, i) =>
    own(
      r,
      `2019-07-06T00:1${i % 10}:0${i % 7}Z`,
      i < 10 ? 'S3.EXPIRE.OBJECT' : 'S3.TRANSITION_SIA.OBJECT',
      `${i < 10 ? 'raw' : 'backups'}/2019/06/0${1 + (i % 6)}/part-${r.hex(8)}.csv`,
    ),
  );
  const by: AccessRow = {
    remoteip: '10.21.150.161',
    requester: `arn:aws:sts::${ACCOUNT}:assumed-role/web-reader-6/web-reader-6-task-0`,
    useragent: 'Boto3/1.9.180 Python/3.7.3 Linux/4.15.0 Botocore/1.12.180',
  };
  const start = seconds('2019-07-06T13:10:00Z');
  const burst = Array.from({ length: 36 }, (_, i) => {
    const isRefused = i >= 20 && i % 4 !== 0;
    return request(r, start + i, 'REST.PUT.OBJECT', {
      ...by,
      key: `exports/burst/part-${String(i).padStart(4, '0')}.parquet`,
      objectsize: isRefused ? undefined : String(4_000_000 + r.below(900_000)),
      totaltime: String(i < 20 ? 300 + r.below(200) : 9000 + r.below(32_000)),
      turnaroundtime: String(i < 20 ? 90 + r.below(40) : 8000 + r.below(900)),
      ...(isRefused ? { httpstatus: '503', errorcode: 'SlowDown', bytessent: '361' } : {}),
    });
  });
  return [...night, ...burst];
}

/** The data events of my-bucket in the CloudTrail files below `root`, in the order of the files. */
function dataEvents(root: string): CloudTrailRecord[] {
  const folder = join(root, 'AWSLogs', ACCOUNT, 'CloudTrail', REGION);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name =>
    name.endsWith('.gz'),
  );
  return files.sort().flatMap(name => {
    const { Records } = JSON.parse(gunzipSync(readFileSync(join(folder, name))).toString()) as {
      Records: CloudTrailRecord[];
    };
    return Records.filter(event => String(event.eventName) in OPERATIONS);
  });
}

/** Path below `root` → content: a file for each twelve hours of a bucket, in S3's two layouts. */
export function sampleAccessLogs(root: string): Map<string, Buffer> {
  const r = createRandom(27);
  const arrivals = [
    ...dataEvents(root).map(event => lineOfEvent(r, event)),
    ...[publicBucket, photo, leakedUrl, forgottenKey, rulesAndLoad].flatMap(scene => scene(r)),
  ].sort((a, b) => a.at - b.at);
  const files = new Map<string, Buffer[]>();
  for (const { at, row } of arrivals) {
    const half = new Date(Math.floor(at / 43_200) * 43_200_000).toISOString();
    const bucket = row.bucket_name!;
    const file = `${bucket} ${half}`;
    const line = Buffer.from(lineOf({ ...row, requestdatetime: accessTime(at) }), 'latin1');
    files.set(file, [...(files.get(file) ?? []), line]);
  }
  return new Map(
    [...files].map(([file, lines]) => {
      const [bucket, half] = file.split(' ') as [string, string];
      const day = half.slice(0, 10);
      const unique = r.hex(16).toUpperCase();
      const path =
        bucket === 'reports'
          ? `${ACCOUNT}/${REGION}/${bucket}/${day.replaceAll('-', '/')}/${day}-00-00-00-${unique}`
          : `${bucket}/${day}-${half.slice(11, 13) === '00' ? '13' : '23'}-21-40-${unique}`;
      return [`access-logs/${path}`, Buffer.concat(lines)];
    }),
  );
}

/** Writes them below `root`. */
export function writeAccessLogs(root: string): void {
  for (const [path, bytes] of sampleAccessLogs(root)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), bytes);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  writeAccessLogs(process.argv[2] ?? 'sample-logs');
