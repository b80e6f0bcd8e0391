/**
 * The digests of sample-logs, the first two of a trail: an hour without deliveries, then one with the file of 22:00. Their
 * signatures are made up: nobody has the key.
 */

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { CloudTrailRecord } from './records.js';
import { isoTime } from './records.js';

/** The operating system's byte in a gzip header is the only thing that differs between machines. */
export function gzip(json: string): Buffer {
  const gz = gzipSync(json, { level: 9 });
  gz[9] = 255;
  return gz;
}

const BUCKET = 'trail-logs';
const REGION = 'us-east-1';
const DAY = '2019/07/05';
const END_OF_FIRST = Date.UTC(2019, 6, 5, 22) / 1000;

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/** Writes them below `root`, where the log files are. */
export function writeDigests(root: string, account: string): void {
  const folder = `AWSLogs/${account}/CloudTrail/${REGION}/${DAY}`;
  const name = readdirSync(join(root, folder)).find(file => file.includes('T2200Z'))!;
  const log = gunzipSync(readFileSync(join(root, folder, name)));
  const times = (JSON.parse(log.toString()) as { Records: CloudTrailRecord[] }).Records.map(of =>
    String(of.eventTime),
  ).sort();
  const listed = {
    s3Bucket: BUCKET,
    s3Object: `${folder}/${name}`,
    hashValue: sha256(log),
    hashAlgorithm: 'SHA-256',
    newestEventTime: times.at(-1),
    oldestEventTime: times[0],
  };
  const first = digest(account, END_OF_FIRST, {});
  const second = digest(account, END_OF_FIRST + 3600, {
    newestEventTime: times.at(-1),
    oldestEventTime: times[0],
    previousDigestS3Bucket: BUCKET,
    previousDigestS3Object: first.key,
    previousDigestHashValue: sha256(first.json),
    previousDigestHashAlgorithm: 'SHA-256',
    previousDigestSignature: sha256('nobody').repeat(8),
    logFiles: [listed],
  });
  for (const { key, json } of [first, second]) {
    mkdirSync(join(root, dirname(key)), { recursive: true });
    writeFileSync(join(root, key), gzip(json));
  }
}

function digest(account: string, end: number, more: Record<string, unknown>): { key: string; json: string } {
  const stamp = isoTime(end).replaceAll(/[-:]/g, '');
  const key = `AWSLogs/${account}/CloudTrail-Digest/${REGION}/${DAY}/${account}_CloudTrail-Digest_${REGION}_trail_${REGION}_${stamp}.json.gz`;
  const json = JSON.stringify({
    awsAccountId: account,
    digestStartTime: isoTime(end - 3600),
    digestEndTime: isoTime(end),
    digestS3Bucket: BUCKET,
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
    logFiles: [],
    ...more,
  });
  return { key, json };
}
