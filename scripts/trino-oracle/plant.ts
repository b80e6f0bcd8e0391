/**
 * Writes CloudTrail files in which each statement of a folder has events that it finds, and near misses that differ from
 * them in one condition: made from the statement's own literals.
 */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parseStatements } from '../../src/query/sql/parse/statement.js';
import { createRandom, type Random } from '../random.js';
import type { Test } from './plant/condition.js';
import { at, branchesOf, eventsFor, grouped, put } from './plant/event.js';
import { type Plan, plansOf } from './plant/plan.js';
import type { CloudTrailRecord } from './plant/view.js';

interface Planting {
  statements: number;
  events: number;
  /** Files that do not parse, and why. */
  skipped: string[];
}

interface PlantOptions {
  /** Milliseconds since 1970, for windows relative to now. Default: now. */
  now?: number;
  seed?: number;
}

/** Plants the events of every `.sql` file below `statements` into a tree of log files. */
export function plant(
  statements: string,
  target: string,
  { now = Date.now(), seed = 1 }: PlantOptions = {},
): Planting {
  const r = createRandom(seed);
  const planting: Planting = { statements: 0, events: 0, skipped: [] };
  const events: CloudTrailRecord[] = [];
  for (const path of sqlFiles(statements))
    try {
      for (const { statement } of parseStatements(readFileSync(path, 'utf8'))) {
        planting.statements++;
        const base = baseEvent(r);
        const plans = plansOf(statement, now);
        const pairs = plans.flatMap(plan => plan.pairs);
        for (const plan of plans) events.push(...eventsOf({ ...plan, pairs }, base, r));
      }
    } catch (error) {
      planting.skipped.push(`${path}: ${error instanceof Error ? error.message : error}`);
    }
  planting.events = events.length;
  writeTree(target, events, r);
  return planting;
}

const sqlFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.sql'))
    .sort()
    .map(name => join(folder, name));

function eventsOf(plan: Plan, common: CloudTrailRecord, r: Random): CloudTrailRecord[] {
  const { where, further, count } = plan;
  const base = baseFor(plan, common);
  const events: CloudTrailRecord[] = [];
  const add = (event: CloudTrailRecord): void => {
    events.push({ ...event, requestID: r.hex(16).toUpperCase(), eventID: event.eventID ?? r.uuid() });
  };
  const each = (tests: readonly Test[], isFurther: boolean): void => {
    for (const of of byTable(tests)) {
      const { matches, misses } = eventsFor(of, base);
      for (const event of isFurther ? matches.slice(0, 1) : [...matches, ...misses]) add(event);
      if (!isFurther && !of.some(({ view }) => view.target.path[0] === 'userIdentity'))
        add({ ...matches[0]!, userIdentity: STRANGER });
      if (count === 0 || isFurther) continue;
      // One more than HAVING asks for from one address, and exactly as many from another.
      for (let i = 0; i < count; i++) add(matches[0]!);
      for (let i = 0; i < count; i++) add({ ...matches[0]!, sourceIPAddress: '198.51.100.77' });
    }
  };
  for (const tests of branchesOf(where)) each(tests, false);
  for (const condition of further)
    for (const tests of branchesOf({ all: [where, condition] }).slice(0, 2)) each(tests, true);
  return events;
}

/** Another principal, whom what a join or NOT IN says of the first is not about. */
const STRANGER: CloudTrailRecord = {
  type: 'AssumedRole',
  principalId: 'AROA222222222EXAMPLE2:stranger',
  arn: 'arn:aws:sts::444455556666:assumed-role/stranger/stranger',
  accountId: '444455556666',
  accessKeyId: 'ASIA222222222EXAMPLE',
};

/** The common event, with what the SELECT reads: where two fields have to be equal, what one of them has. */
function baseFor({ reads, pairs }: Plan, common: CloudTrailRecord): CloudTrailRecord {
  const base = structuredClone(common);
  for (const [one, other] of pairs) {
    if (at(base, other) === null) put(base, other, at(base, one));
    else if (at(base, one) === null) put(base, one, at(base, other));
  }
  for (const { target, value } of reads.sort((a, b) => b.target.path.length - a.target.path.length))
    if (at(base, target) === null) put(base, target, value);
  return base;
}

/** The tests of each table that the statement reads; one list where it has none. */
function byTable(tests: readonly Test[]): Array<readonly Test[]> {
  const tables = grouped(tests, ({ view }) => view.target.table);
  return tables.length === 0 ? [[]] : tables;
}

const FIRST_DAY = Date.UTC(2024, 2, 5, 10) / 1000;

/** What no condition is about: the same for all events of a statement, so that its joins find them. */
function baseEvent(r: Random): CloudTrailRecord {
  const user = `user-${r.hex(4)}`;
  const account = r.pick(['111122223333', '444455556666']);
  const at = new Date((FIRST_DAY + r.below(6 * 3600)) * 1000).toISOString().slice(0, 19);
  return {
    eventVersion: '1.10',
    userIdentity: {
      type: 'IAMUser',
      principalId: `AIDA${r.upper(17)}`,
      arn: `arn:aws:iam::${account}:user/${user}`,
      accountId: account,
      accessKeyId: `AKIA${r.upper(16)}`,
      userName: user,
      sessionContext: { attributes: { mfaAuthenticated: 'false', creationDate: `${at}Z` } },
    },
    eventTime: `${at}Z`,
    eventSource: r.pick(['s3.amazonaws.com', 'iam.amazonaws.com', 'ec2.amazonaws.com']),
    eventName: r.pick(['GetObject', 'CreateUser', 'RunInstances']),
    awsRegion: r.pick(['us-east-1', 'eu-central-1']),
    sourceIPAddress: `203.0.113.${1 + r.below(250)}`,
    userAgent: r.pick(['aws-cli/2.15.0 Python/3.11.6', 'Boto3/1.34.2 Python/3.12']),
    requestParameters: { bucketName: `bucket-${r.hex(6)}`, key: `data/${r.hex(4)}.csv` },
    responseElements: null,
    additionalEventData: { SignatureVersion: 'SigV4', bytesTransferredOut: r.below(10_000_000) },
    readOnly: r.pick([true, false]),
    resources: [{ accountId: account, type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::bucket-${user}` }],
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
    tlsDetails: { tlsVersion: 'TLSv1.3', cipherSuite: 'TLS_AES_128_GCM_SHA256' },
  };
}

/** One file for each account, region and day, where AWS would deliver it. */
function writeTree(target: string, events: readonly CloudTrailRecord[], r: Random): void {
  const placeOf = ({ recipientAccountId, awsRegion, eventTime }: CloudTrailRecord): string =>
    [recipientAccountId, awsRegion, String(eventTime).slice(0, 10)].join(' ');
  for (const records of grouped(events, placeOf)) {
    const [account, region, day] = placeOf(records[0]!).split(' ') as [string, string, string];
    const folder = join(target, 'AWSLogs', account, 'CloudTrail', region, ...day.split('-'));
    mkdirSync(folder, { recursive: true });
    const stamp = `${day.replaceAll('-', '')}T0000Z`;
    const file = `${account}_CloudTrail_${region}_${stamp}_${r.base64(16).replaceAll(/[+/]/g, 'x')}.json.gz`;
    writeFileSync(join(folder, file), gzipSync(JSON.stringify({ Records: records })));
  }
}
