/**
 * Writes sample-logs: a small tree in AWS's layout with an answer for every search.
 * `npm run samples`; deterministic, so that a second run changes nothing.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createRandom } from './random.js';
import { type CloudTrailRecord, createWorld, isoTime, managementEvent, objectEvent } from './records.js';
import { writeAccessLogs } from './sample-access-logs.js';
import { gzip, writeDigests } from './sample-digests.js';

const root = process.argv[2];
if (!root) {
  console.error('usage: tsx scripts/make-samples.ts <folder>');
  process.exit(2);
}

const r = createRandom(2019);
const world = createWorld(r);
const ACCOUNT = '111122223333';
const MEMBER = '222233334444';
const bucket = { name: 'my-bucket', account: ACCOUNT, region: 'us-east-1' };
const finance = { name: 'finance', account: MEMBER, region: 'eu-west-1' };
const start = Date.UTC(2019, 6, 4, 22) / 1000;

function write(path: string, bytes: Buffer | string): void {
  const full = join(root!, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, bytes);
}

const trailFile = (records: CloudTrailRecord[]): Buffer => gzip(JSON.stringify({ Records: records }));

function name(account: string, region: string, at: number, unique: string, service = 'CloudTrail'): string {
  const day = isoTime(at).slice(0, 10).replaceAll('-', '/');
  const stamp = isoTime(at).slice(0, 16).replaceAll(/[-:]/g, '');
  return `${account}/${service}/${region}/${day}/${account}_${service}_${region}_${stamp}Z_${unique}.json.gz`;
}

// One account, one bucket, three days in July 2019, a file every four hours.
const delivered: Array<{ at: number; records: CloudTrailRecord[]; unique: string }> = [];
for (let f = 0; f < 16; f++) {
  const at = start + f * 4 * 3600;
  const records = Array.from({ length: 6 }, (_, i) =>
    objectEvent(r, world, at + i * 97, {
      bucket,
      eventName: ['PutObject', 'GetObject', 'HeadObject', 'GetObject', 'DeleteObject', 'ListObjects'][i]!,
      signature: f % 5 === 2 && i === 1 ? 'SigV2' : 'SigV4',
    }),
  );
  records.push(managementEvent(r, world, at + 700), managementEvent(r, world, at + 800));
  delivered.push({ at, records, unique: r.upper(16) });
}
const anonymous = delivered[6]!;
anonymous.records.push(
  objectEvent(r, world, anonymous.at + 1000, {
    bucket,
    eventName: 'GetObject',
    anonymous: 'anonymous',
    key: 'public/index.html',
  }),
  objectEvent(r, world, anonymous.at + 1010, {
    bucket,
    eventName: 'GetObject',
    anonymous: 'ANONYMOUS_PRINCIPAL',
    key: 'public/logo.png',
  }),
  objectEvent(r, world, anonymous.at + 1020, {
    bucket,
    eventName: 'GetObject',
    anonymous: 'principal',
    key: 'public/old.css',
  }),
  objectEvent(r, world, anonymous.at + 1030, {
    bucket,
    eventName: 'GetObject',
    anonymous: 'anonymous',
    key: 'private/salaries.xlsx',
    errorCode: 'AccessDenied',
  }),
);
// A field that this version does not know, and text that would do harm on a terminal or in a spreadsheet.
delivered[7]!.records.push({
  ...objectEvent(r, world, delivered[7]!.at + 1100, { bucket, eventName: 'PutObject', key: '=cmd|calc!A1' }),
  userAgent: '[evil\u001b[2Jagent]',
  quantumDetails: { entangled: true, qubits: 12345678901234567890n.toString() },
});
for (const { at, records, unique } of delivered) {
  write(`AWSLogs/${name(ACCOUNT, 'us-east-1', at, unique)}`, trailFile(records));
}

// A second trail delivered four of these files' events again, in files of its own.
for (const { at, records } of delivered.slice(2, 6)) {
  write(
    `second-trail/AWSLogs/${name(ACCOUNT, 'us-east-1', at, r.upper(16))}`,
    trailFile([...records].reverse()),
  );
}

// An organization trail, with a member account.
for (let f = 0; f < 4; f++) {
  const at = start + f * 12 * 3600;
  const records = Array.from({ length: 5 }, (_, i) =>
    objectEvent(r, world, at + i * 211, {
      bucket: finance,
      eventName: ['PutObject', 'GetObject'][i % 2]!,
      key: `backups/2019-07/ledger-${f}${i}.csv`,
    }),
  );
  write(`AWSLogs/o-exampleorgid/${name(MEMBER, 'eu-west-1', at, r.upper(16))}`, trailFile(records));
}

// A file whose download was cut off.
const cut = trailFile(
  Array.from({ length: 8 }, (_, i) => managementEvent(r, world, start + 90_000 + i * 10)),
);
write(
  `AWSLogs/${name(ACCOUNT, 'us-west-2', start + 90_000, r.upper(16))}`,
  cut.subarray(0, Math.floor(cut.length * 0.7)),
);

// Records without most fields: an insight and a network activity event.
write(
  `AWSLogs/${name(ACCOUNT, 'us-east-1', start + 100_000, r.upper(16), 'CloudTrail-Insight')}`,
  trailFile([
    {
      eventVersion: '1.08',
      eventTime: isoTime(start + 100_000),
      awsRegion: 'us-east-1',
      eventID: r.uuid(),
      eventType: 'AwsCloudTrailInsight',
      recipientAccountId: ACCOUNT,
      sharedEventID: r.uuid(),
      insightDetails: {
        state: 'Start',
        eventSource: 's3.amazonaws.com',
        eventName: 'DeleteBucket',
        insightType: 'ApiCallRateInsight',
        insightContext: { statistics: { baseline: { average: 0.0000982222 }, insight: { average: 5.0 } } },
      },
      eventCategory: 'Insight',
    },
  ]),
);
write(
  `AWSLogs/${name(ACCOUNT, 'us-east-1', start + 101_000, r.upper(16), 'CloudTrail-NetworkActivity')}`,
  trailFile([
    {
      eventVersion: '1.09',
      userIdentity: { type: 'AWSAccount', principalId: 'AIDAEXAMPLEEXAMPLE', accountId: '444455556666' },
      eventTime: isoTime(start + 101_000),
      eventSource: 'kms.amazonaws.com',
      eventName: 'ListKeys',
      awsRegion: 'us-east-1',
      sourceIPAddress: '10.0.0.9',
      errorCode: 'VpceAccessDenied',
      errorMessage: 'The request was denied due to a VPC endpoint policy',
      requestID: r.uuid(),
      eventID: r.uuid(),
      eventType: 'AwsVpceEvent',
      recipientAccountId: ACCOUNT,
      vpcEndpointId: 'vpce-0abcdef1234567890',
      vpcEndpointAccountId: ACCOUNT,
      eventCategory: 'NetworkActivity',
    },
  ]),
);

writeDigests(root, ACCOUNT);
writeAccessLogs(root);
// Something that is no log at all.
write('AWSLogs/README.txt', 'Downloaded with aws s3 sync. Not a log.\n');
