/** A tree of logs with digests, with every kind of hole in it, for the tests of coverage. */

import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { put, record, type TestRecord, trail } from './support.js';

export const A = '111122223333';
export const B = '222233334444';
export const DAY = '2024-03-01';
export const at = (hour: number, minute = 0): string =>
  `${DAY}T${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}:00Z`;

const folder = (account: string, kind: string, region: string): string =>
  `AWSLogs/${account}/${kind}/${region}/2024/03/01`;

export interface Log {
  account: string;
  region: string;
  /** Hour and minute of its delivery. */
  hour: number;
  minute?: number;
  /** Made unique by it. */
  name?: string;
}

/** The key of a log file. */
export function logKey({ account, region, hour, minute = 30, name = 'AAAAAAAAAAAAAAAA' }: Log): string {
  const time = at(hour, minute).slice(11, 16).replace(':', '');
  return `${folder(account, 'CloudTrail', region)}/${account}_CloudTrail_${region}_20240301T${time}Z_${name}.json.gz`;
}

/** Writes a log file; its records have the account, the region and a time a little before the delivery. */
export function putLog(root: string, log: Log, records: readonly TestRecord[] = [{}]): string {
  const { account, region, hour, minute = 30 } = log;
  const all = records.map(more =>
    record({
      awsRegion: region,
      recipientAccountId: account,
      eventTime: at(hour, Math.max(0, minute - 5)),
      ...more,
    }),
  );
  return put(root, logKey(log), gzipSync(trail(all)));
}

/** Writes the digest of the hour that ends at `hour`. */
export function putDigest(
  root: string,
  {
    account,
    region,
    hour,
    trailName = 'main',
  }: { account: string; region: string; hour: number; trailName?: string },
  logs: readonly string[] = [],
): string {
  const time = `20240301T${String(hour).padStart(2, '0')}0000Z`;
  const key = `${folder(account, 'CloudTrail-Digest', region)}/${account}_CloudTrail-Digest_${region}_${trailName}_us-east-1_${time}.json.gz`;
  const digest = {
    awsAccountId: account,
    digestStartTime: at(hour - 1),
    digestEndTime: at(hour),
    digestS3Bucket: 'logs',
    digestS3Object: key,
    digestPublicKeyFingerprint: '31e8b5433410dfb61a9dc45cc65b22ff',
    digestSignatureAlgorithm: 'SHA256withRSA',
    newestEventTime: null,
    oldestEventTime: null,
    previousDigestS3Bucket: null,
    previousDigestS3Object: null,
    previousDigestHashValue: null,
    previousDigestHashAlgorithm: null,
    previousDigestSignature: null,
    logFiles: logs.map(object => ({
      s3Bucket: 'logs',
      s3Object: object,
      hashValue: createHash('sha256').update(object).digest('hex'),
      hashAlgorithm: 'SHA-256',
      newestEventTime: at(hour - 1, 20),
      oldestEventTime: at(hour - 1, 10),
    })),
  };
  return put(root, key, gzipSync(JSON.stringify(digest)));
}

/**
 * The tree, from midnight to noon.
 * - A in us-east-1: a digest every hour but those that end at 9 and 10; logs at half past, none from 3 to 5 and from 8 to
 *   10; of the two logs of 6 o'clock one is not here
 * - A in eu-west-1: digests and logs until 5
 * - B in us-east-1: logs without digests; its trail is stopped from 6:10 to 8:05
 */
export function putTree(root: string): void {
  for (let hour = 1; hour <= 12; hour++) {
    const own = { account: A, region: 'us-east-1', hour: hour - 1 };
    const isQuiet = hour - 1 >= 3 && hour - 1 < 5;
    const isGap = hour === 9 || hour === 10;
    const keys = isQuiet || isGap ? [] : [logKey(own)];
    if (keys.length > 0) putLog(root, own, hour === 1 ? [{}, { eventTime: at(0, 20) }] : [{}]);
    if (hour === 7) keys.push(logKey({ ...own, minute: 40, name: 'NOTDOWNLOADED000' }));
    if (!isGap) putDigest(root, { account: A, region: 'us-east-1', hour }, keys);
  }
  for (let hour = 1; hour <= 5; hour++) {
    const own = { account: A, region: 'eu-west-1', hour: hour - 1 };
    putLog(root, own);
    putDigest(root, { account: A, region: 'eu-west-1', hour }, [logKey(own)]);
  }
  const call = (eventName: string, eventTime: string): TestRecord => ({
    eventName,
    eventTime,
    eventSource: 'cloudtrail.amazonaws.com',
    eventCategory: 'Management',
    readOnly: false,
    recipientAccountId: B,
    userIdentity: {
      type: 'IAMUser',
      arn: `arn:aws:iam::${B}:user/mallory`,
      accountId: B,
      userName: 'mallory',
    },
    sourceIPAddress: '198.51.100.9',
    requestParameters: { name: `arn:aws:cloudtrail:us-east-1:${B}:trail/audit` },
  });
  for (let hour = 0; hour < 12; hour++) {
    if (hour === 7) continue;
    const records =
      hour === 6 ? [call('StopLogging', at(6, 10))] : hour === 8 ? [call('StartLogging', at(8, 5))] : [{}];
    putLog(root, { account: B, region: 'us-east-1', hour }, records);
  }
}
