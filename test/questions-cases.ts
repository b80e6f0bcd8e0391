/** Logs and filters for the tests of questions that are put to an engine. */

import { gzipSync } from 'node:zlib';
import { createRandom } from '../scripts/random.js';
import { anyEvent, createWorld } from '../scripts/records.js';
import type { Filters } from '../src/index.js';
import { put, record, type TestRecord, trail } from './support.js';

const FIRST = Date.UTC(2026, 0, 5) / 1000;
const DAYS = 6;

/** What attackers write. */
export const HOSTILE = [
  "it's",
  'a\\b',
  '100%_x',
  'two\nlines',
  'nul\0inside',
  'right\u202eleft',
  'emoji 😀 x',
  '"quoted"',
  "'; DROP TABLE cloudtrail_logs; --",
  'É and \u0065\u0301',
  '',
  '=1+1',
];

/** Records beside the generated ones: hostile names, escapes, callers without credentials, failures without a code. */
function oddRecords(): TestRecord[] {
  const at = (i: number): string => new Date((FIRST + 3_600 * i) * 1000).toISOString().replace('.000', '');
  return [
    ...HOSTILE.map((text, i) =>
      record({
        eventTime: at(i),
        userAgent: text,
        userIdentity: { type: 'IAMUser', userName: text, arn: `arn:aws:iam::111122223333:user/${text}` },
        requestParameters: { bucketName: 'odd', key: `odd/${text}`, nested: JSON.stringify({ text }) },
        errorCode: text === '' ? null : text,
      }),
    ),
    record({ eventTime: at(20), errorMessage: 'Failed authentication', eventName: 'ConsoleLogin' }),
    record({ eventTime: at(21), sourceIPAddress: '2001:db8:0:0::7' }),
    record({ eventTime: at(21), sourceIPAddress: '2001:DB8::7' }),
    record({ eventTime: at(22), sourceIPAddress: 'config.amazonaws.com', requestParameters: null }),
    record({ eventTime: at(23), eventVersion: '1.06', eventCategory: undefined, eventName: 'PutBucketAcl' }),
    record({ eventTime: at(23), eventVersion: '1.05', eventCategory: undefined, eventName: 'PutObject' }),
    record({ eventTime: at(24), userIdentity: { type: 'AWSAccount', accountId: 'ANONYMOUS_PRINCIPAL' } }),
    record({ eventTime: at(25), userIdentity: { type: 'AWSService', invokedBy: 'ec2.amazonaws.com' } }),
    record({
      eventTime: at(26),
      eventSource: 'iam.amazonaws.com',
      eventName: 'CreateRole',
      eventCategory: 'Management',
      requestParameters: { roleName: 'Admin', assumeRolePolicyDocument: '{"Action":"sts:AssumeRole"}' },
      responseElements: { role: { arn: 'arn:aws:iam::111122223333:role/Admin', roleName: 'Admin' } },
      resources: [{ ARN: 'arn:aws:s3:::odd', accountId: '111122223333', type: 'AWS::S3::Bucket' }],
      tlsDetails: { tlsVersion: 'TLSv1.3', cipherSuite: 'TLS_AES_128_GCM_SHA256' },
    }),
  ];
}

/** Writes a trail of some thousand events below `root`: folders are by the day of delivery. */
export function writeTrail(root: string, count: number): void {
  const r = createRandom(7);
  const world = createWorld(r);
  const folders = new Map<string, unknown[]>();
  const add = (one: TestRecord, delivered: number): void => {
    const account = String(one.recipientAccountId);
    const day = new Date(delivered * 1000).toISOString().slice(0, 10).replaceAll('-', '/');
    const path = `AWSLogs/${account}/CloudTrail/${String(one.awsRegion)}/${day}`;
    folders.set(path, [...(folders.get(path) ?? []), one]);
  };
  for (let i = 0; i < count; i++) {
    const at = FIRST + Math.floor((i / count) * DAYS * 86_400);
    add(anyEvent(r, world, at), at + r.below(1_200));
  }
  for (const one of oddRecords()) add(one, Date.parse(String(one.eventTime)) / 1000 + 900);
  for (const [path, records] of folders)
    put(root, `${path}/events.json.gz`, gzipSync(trail(records as TestRecord[])));
}

/** Combinations of filters, of which each finds something in the trail. */
export const FILTERS: readonly Filters[] = [
  {},
  { from: '2026-01-06' },
  { to: '2026-01-07T12:00Z' },
  { from: '2026-01-06T03:00Z', to: '2026-01-06T21:30Z' },
  { service: 's3' },
  { service: ['s3', 'sts'], from: '2026-01-07' },
  { eventName: 'Get*' },
  { eventName: ['PutObject', '!DeleteObject'] },
  { eventName: '!Get*', region: 'us-east-1' },
  { user: '*.1' },
  { user: "it's" },
  { user: 'two\nlines' },
  { requester: 'arn:aws:iam::111122223333:user/a\\b' },
  { identityType: ['AWSAccount', 'AWSService'] },
  { ip: '10.0.0.0/9' },
  { ip: '2001:db8::7' },
  { ip: 'config.amazonaws.com' },
  { userAgent: '*100%_x*' },
  { userAgent: 'nul\0inside' },
  { userAgent: '*right\u202e*' },
  { bucket: 'odd', key: 'odd/' },
  { bucket: 's3://odd', key: '!odd/emoji 😀 x' },
  { account: '111122223333', region: ['us-east-1', 'eu-west-1'] },
  { account: '!111122223333' },
  { category: 'management' },
  { category: '!data', errorsOnly: true },
  { readOnly: 'false' },
  { readOnly: '!true', service: 's3' },
  { errorCode: 'Access*' },
  { errorCode: ['!AccessDenied', "'; DROP TABLE cloudtrail_logs; --"] },
  { errorsOnly: true, from: '2026-01-06', to: '2026-01-09' },
  { eventType: 'AwsApiCall', key: '*/*.parquet' },
  { eventId: '00000000-0000-4000-8000-000000000001' },
];
