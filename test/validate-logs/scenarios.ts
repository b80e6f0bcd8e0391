/**
 * What `validate-logs` is tried on: a tree of digests, what is altered in it, and the arguments. The AWS CLI ran each of
 * them (`scripts/aws-oracle.ts`); its answers are the JSON files of this folder, and the test compares ours.
 */

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  type ChainOptions,
  type Chains,
  chainOf,
  type Digest,
  linkTo,
  makeKey,
  resign,
  resignFrom,
  saveSignature,
  writeDigest,
  writeKeys,
} from '../../scripts/digest-chains.js';

export interface Scenario {
  /** The name of its file, and a sentence. */
  name: string;
  options?: ChainOptions;
  alter?: (chains: Chains) => void;
  /** The arguments but for the trail's ARN, which stands before them where they have none. */
  args: readonly string[];
}

/** Six hours from 10:00 to 16:00, two log files each. */
const SIX: ChainOptions = { hours: 6, filesPerHour: 2, recordsPerFile: 2 };
const time = (hours: string): string => `2026-03-02T${hours}Z`;
const between = (from: string, to: string): string[] => [
  ...['--start-time', time(from), '--end-time', time(to)],
];
const WHOLE = between('10:00:00', '16:00:00');
const BUCKET = ['--s3-bucket', 'example-trail-logs'];
const VERBOSE = [...WHOLE, ...BUCKET, '--verbose'];

export const TRAIL = 'arn:aws:cloudtrail:us-east-1:111122223333:trail/management-events';

/** A digest by its place in the first standard chain; from the end where negative. */
const digest = (chains: Chains, place: number): Digest => chainOf(chains, chains.digests[0]!).at(place)!;
const log = (chains: Chains, place: number): string => chains.logFiles[place]!.path;
const inflated = (path: string): Buffer => gunzipSync(readFileSync(path));

function alterBytes(path: string): void {
  const bytes = inflated(path);
  const at = bytes.indexOf('eventID') + 12;
  bytes[at] = bytes[at] === 0x30 ? 0x31 : 0x30;
  writeFileSync(path, gzipSync(bytes));
}

function dropRecord(path: string): void {
  const { Records } = JSON.parse(inflated(path).toString()) as { Records: unknown[] };
  writeFileSync(path, gzipSync(JSON.stringify({ Records: Records.slice(1) })));
}

/** Writes other bytes than the members say; metadata stays. */
function rewrite(chains: Chains, one: Digest, text: string): void {
  one.bytes = Buffer.from(text);
  writeDigest(chains.folders, one);
}

function withoutMember(chains: Chains, one: Digest, member: string): void {
  delete (one.members as unknown as Record<string, unknown>)[member];
  resign(chains, one);
}

function setSignature(chains: Chains, one: Digest, signature: string | undefined): void {
  one.signature = signature;
  saveSignature(chains, one);
}

/** Puts the object elsewhere in the bucket. */
function move(one: Digest, from: string, to: string): void {
  const path = one.path.replace(from, to);
  renameSync(one.path, path);
  renameSync(`${one.path}.metadata.json`, `${path}.metadata.json`);
  one.path = path;
  one.key = one.key.replace(from, to);
}

/** The first hours were delivered to another bucket, before the trail's was changed. */
function otherBucket(chains: Chains, hours: number): void {
  const bucket = 'older-trail-logs';
  for (const file of chains.logFiles.slice(0, hours * 2)) file.bucket = bucket;
  const chain = chainOf(chains, chains.digests[0]!);
  for (const one of chain.slice(0, hours)) {
    one.bucket = bucket;
    one.members.digestS3Bucket = bucket;
    for (const file of one.members.logFiles) file.s3Bucket = bucket;
  }
  const [first] = chain;
  resignFrom(chains, first!);
}

export const SCENARIOS: readonly Scenario[] = [
  { name: 'a valid chain', options: SIX, args: [...WHOLE, ...BUCKET] },
  { name: 'a valid chain, verbose', options: SIX, args: VERBOSE },
  {
    name: 'bucket and prefix of the trail',
    options: { ...SIX, prefix: 'a/b' },
    args: [...WHOLE, '--verbose'],
  },
  { name: 'a prefix', options: { ...SIX, prefix: 'a/b' }, args: [...VERBOSE, '--s3-prefix', 'a/b'] },
  { name: 'the wrong prefix', options: { ...SIX, prefix: 'a/b' }, args: [...VERBOSE, '--s3-prefix', 'b'] },
  { name: 'no prefix where there is one', options: { ...SIX, prefix: 'a/b' }, args: VERBOSE },
  {
    name: 'another bucket than that of the trail',
    options: SIX,
    args: [...WHOLE, '--s3-bucket', 'empty-logs', '--verbose'],
  },
  // Windows of time.
  {
    name: 'from the end of a digest on',
    options: SIX,
    args: [...between('12:00:00', '16:00:00'), ...BUCKET, '--verbose'],
  },
  {
    name: 'from a second after the end of a digest on',
    options: SIX,
    args: [...between('12:00:01', '16:00:00'), ...BUCKET, '--verbose'],
  },
  {
    name: 'from a second before the end of a digest on',
    options: SIX,
    args: [...between('11:59:59', '16:00:00'), ...BUCKET, '--verbose'],
  },
  {
    name: 'up to the end of a digest',
    options: SIX,
    args: [...between('10:00:00', '13:00:00'), ...BUCKET, '--verbose'],
  },
  {
    name: 'up to a second after the end of a digest',
    options: SIX,
    args: [...between('10:00:00', '13:00:01'), ...BUCKET, '--verbose'],
  },
  {
    name: 'up to a second before the end of a digest',
    options: SIX,
    args: [...between('10:00:00', '12:59:59'), ...BUCKET, '--verbose'],
  },
  {
    name: 'a range within an hour',
    options: SIX,
    args: [...between('12:20:00', '12:40:00'), ...BUCKET, '--verbose'],
  },
  {
    name: 'a range of no length',
    options: SIX,
    args: [...between('12:00:00', '12:00:00'), ...BUCKET, '--verbose'],
  },
  {
    name: 'a range after the last digest',
    options: SIX,
    args: ['--start-time', '2026-03-02T17:00:00Z', '--end-time', '2026-03-02T20:00:00Z', ...BUCKET],
  },
  {
    name: 'a range that touches the last digest',
    options: SIX,
    args: [
      '--start-time',
      '2026-03-02T16:00:00Z',
      '--end-time',
      '2026-03-02T20:00:00Z',
      ...BUCKET,
      '--verbose',
    ],
  },
  {
    name: 'a range before the first digest',
    options: SIX,
    args: [...between('07:00:00', '09:00:00'), ...BUCKET],
  },
  {
    name: 'a range that the first digest spills into',
    options: SIX,
    args: [...between('07:00:00', '10:00:00'), ...BUCKET, '--verbose'],
  },
  {
    name: 'days instead of times',
    options: SIX,
    args: ['--start-time', '2026-03-02', '--end-time', '2026-03-03', ...BUCKET, '--verbose'],
  },
  {
    name: 'times with a zone, which is not looked at',
    options: SIX,
    args: [
      '--start-time',
      '2026-03-02T12:00:00+05:00',
      '--end-time',
      '2026-03-02 14:00:00',
      ...BUCKET,
      '--verbose',
    ],
  },
  {
    name: 'times with fractions',
    options: SIX,
    args: [
      '--start-time',
      '2026-03-02T12:00:00.5Z',
      '--end-time',
      '20260302T140000Z',
      ...BUCKET,
      '--verbose',
    ],
  },
  {
    name: 'a chain over midnight',
    options: { ...SIX, start: '2026-03-02T21:30:15Z' },
    args: [
      '--start-time',
      '2026-03-02T23:00:00Z',
      '--end-time',
      '2026-03-03T02:00:00Z',
      ...BUCKET,
      '--verbose',
    ],
  },
  {
    name: 'hours without log files',
    options: { ...SIX, emptyHours: [1, 2] },
    args: VERBOSE,
  },
  // Log files.
  {
    name: 'one byte of a log file changed',
    options: SIX,
    alter: chains => alterBytes(log(chains, 4)),
    args: VERBOSE,
  },
  {
    name: 'one byte of a log file changed, not verbose',
    options: SIX,
    alter: chains => alterBytes(log(chains, 4)),
    args: [...WHOLE, ...BUCKET],
  },
  {
    name: 'a log file removed',
    options: SIX,
    alter: chains => rmSync(log(chains, 5)),
    args: VERBOSE,
  },
  {
    name: 'a log file compressed again with a record less',
    options: SIX,
    alter: chains => dropRecord(log(chains, 6)),
    args: VERBOSE,
  },
  {
    name: 'a log file compressed again as it was',
    options: SIX,
    alter: chains => writeFileSync(log(chains, 6), gzipSync(inflated(log(chains, 6)), { level: 9 })),
    args: VERBOSE,
  },
  {
    name: 'bytes after the end of a log file',
    options: SIX,
    alter: chains =>
      writeFileSync(log(chains, 2), Buffer.concat([readFileSync(log(chains, 2)), Buffer.from('more')])),
    args: VERBOSE,
  },
  {
    name: 'bytes after the end of a log file with a record less',
    options: SIX,
    alter: chains => {
      dropRecord(log(chains, 2));
      writeFileSync(log(chains, 2), Buffer.concat([readFileSync(log(chains, 2)), Buffer.from('more')]));
    },
    args: VERBOSE,
  },
  {
    name: 'a log file that is not gzip',
    options: SIX,
    alter: chains => writeFileSync(log(chains, 3), 'no log at all'),
    args: VERBOSE,
  },
  {
    name: 'a log file that is other JSON, not compressed',
    options: SIX,
    alter: chains => writeFileSync(log(chains, 3), '{"Records":[]}'),
    args: VERBOSE,
  },
  {
    name: 'an empty log file',
    options: SIX,
    alter: chains => writeFileSync(log(chains, 3), ''),
    args: VERBOSE,
  },
  {
    name: 'a log file that is cut off',
    options: SIX,
    alter: chains => writeFileSync(log(chains, 3), readFileSync(log(chains, 3)).subarray(0, -100)),
    args: VERBOSE,
  },
  {
    name: 'a log file whose gzip stream is broken',
    options: SIX,
    alter: chains => {
      const bytes = readFileSync(log(chains, 3));
      bytes.fill(0xff, 300, 320);
      writeFileSync(log(chains, 3), bytes);
    },
    args: VERBOSE,
  },
  {
    name: 'a log file whose gzip checksum is wrong',
    options: SIX,
    alter: chains => {
      const bytes = readFileSync(log(chains, 3));
      bytes[bytes.length - 6]! ^= 1;
      writeFileSync(log(chains, 3), bytes);
    },
    args: VERBOSE,
  },
  {
    name: 'all log files removed',
    options: SIX,
    alter: chains => {
      for (const file of chains.logFiles) rmSync(file.path);
    },
    args: VERBOSE,
  },
  // Digests.
  {
    name: 'a digest in the middle removed',
    options: SIX,
    alter: chains => rmSync(digest(chains, 2).path),
    args: VERBOSE,
  },
  {
    name: 'the newest digest removed',
    options: SIX,
    alter: chains => rmSync(digest(chains, -1).path),
    args: VERBOSE,
  },
  {
    name: 'the oldest digest removed',
    options: SIX,
    alter: chains => rmSync(digest(chains, 0).path),
    args: VERBOSE,
  },
  {
    name: 'two digests in a row removed',
    options: SIX,
    alter: chains => {
      rmSync(digest(chains, 2).path);
      rmSync(digest(chains, 3).path);
    },
    args: VERBOSE,
  },
  {
    name: 'a digest that lists a log file less',
    options: SIX,
    alter: chains => {
      const one = digest(chains, 3);
      rewrite(chains, one, JSON.stringify({ ...one.members, logFiles: one.members.logFiles.slice(1) }));
    },
    args: VERBOSE,
  },
  {
    name: 'the newest digest altered',
    options: SIX,
    alter: chains => {
      const one = digest(chains, -1);
      rewrite(chains, one, JSON.stringify({ ...one.members, logFiles: [] }));
    },
    args: VERBOSE,
  },
  {
    name: 'white space added to a digest',
    options: SIX,
    alter: chains => rewrite(chains, digest(chains, 1), `${digest(chains, 1).bytes.toString()}\n`),
    args: VERBOSE,
  },
  {
    name: 'a digest that is not gzip',
    options: SIX,
    alter: chains => writeFileSync(digest(chains, 3).path, 'no digest at all'),
    args: VERBOSE,
  },
  {
    name: 'a digest that is cut off',
    options: SIX,
    alter: chains => {
      const { path } = digest(chains, 3);
      writeFileSync(path, readFileSync(path).subarray(0, -50));
    },
    args: VERBOSE,
  },
  {
    name: 'a digest that is not JSON',
    options: SIX,
    alter: chains => rewrite(chains, digest(chains, 3), '{"digestStartTime": '),
    args: VERBOSE,
  },
  {
    name: 'a digest with no end time',
    options: SIX,
    alter: chains => withoutMember(chains, digest(chains, 3), 'digestEndTime'),
    args: VERBOSE,
  },
  {
    name: 'a digest with no member for the previous signature',
    options: SIX,
    alter: chains => withoutMember(chains, digest(chains, 3), 'previousDigestSignature'),
    args: VERBOSE,
  },
  {
    name: 'a digest with no key in it',
    options: SIX,
    alter: chains => withoutMember(chains, digest(chains, 3), 'digestS3Object'),
    args: VERBOSE,
  },
  {
    name: 'a digest with a wrong signature',
    options: SIX,
    alter: chains => setSignature(chains, digest(chains, 3), digest(chains, 2).signature),
    args: VERBOSE,
  },
  {
    name: 'a digest with a signature of odd length',
    options: SIX,
    alter: chains => setSignature(chains, digest(chains, 3), 'abc'),
    args: VERBOSE,
  },
  {
    name: 'a digest with a signature that is not hexadecimal',
    options: SIX,
    alter: chains => setSignature(chains, digest(chains, 3), 'no'),
    args: VERBOSE,
  },
  {
    name: 'a digest signed by another key',
    options: SIX,
    alter: chains => {
      const one = digest(chains, 3);
      resign(chains, one, makeKey({ ...one.signer }).privateKey);
    },
    args: VERBOSE,
  },
  {
    name: 'the newest digest without the metadata of its object',
    options: SIX,
    alter: chains => setSignature(chains, digest(chains, -1), undefined),
    args: VERBOSE,
  },
  {
    name: 'a digest whose key is not known',
    options: SIX,
    alter: chains => {
      const one = digest(chains, 3);
      const key = makeKey({ ...one.signer });
      one.members.digestPublicKeyFingerprint = key.fingerprint;
      one.signer = key;
      resignFrom(chains, one);
    },
    args: VERBOSE,
  },
  {
    name: 'no key is known',
    options: SIX,
    alter: chains => {
      chains.keys = [];
      writeKeys(chains);
    },
    args: VERBOSE,
  },
  {
    name: 'keys of another time',
    options: SIX,
    alter: chains => {
      for (const key of chains.keys) key.validTo = key.validFrom + 60;
      writeKeys(chains);
    },
    args: VERBOSE,
  },
  {
    name: 'a key whose bytes are none',
    options: SIX,
    alter: chains => {
      const [key] = chains.keys;
      key!.der = Buffer.from('this is no key');
      writeKeys(chains);
    },
    args: VERBOSE,
  },
  {
    name: 'a new key from hour to hour',
    options: { ...SIX, keyHours: 2 },
    args: VERBOSE,
  },
  {
    name: 'times of keys as numbers',
    options: { ...SIX, keyTimes: 'v1' },
    args: [...WHOLE, ...BUCKET],
  },
  {
    name: 'a digest under the name of another hour',
    options: SIX,
    alter: chains => {
      rmSync(digest(chains, 3).path);
      move(digest(chains, 2), 'T130000Z', 'T140000Z');
    },
    args: VERBOSE,
  },
  {
    name: 'the newest digest in the folder of another day',
    options: SIX,
    alter: chains => {
      const one = digest(chains, -1);
      const path = one.path.replace('/03/02/', '/03/03/');
      chains.folders.make(path);
      move(one, '/03/02/', '/03/03/');
    },
    args: VERBOSE,
  },
  // Chains.
  {
    name: 'a trail that was off for two hours',
    options: { ...SIX, offHours: [2, 3] },
    args: VERBOSE,
  },
  {
    name: 'a trail that was off for two hours, not verbose',
    options: { ...SIX, offHours: [2, 3] },
    args: [...WHOLE, ...BUCKET],
  },
  {
    name: 'a link cut out of a chain',
    options: SIX,
    alter: chains => {
      const one = digest(chains, 3);
      Object.assign(one.members, linkTo(undefined));
      resignFrom(chains, one);
    },
    args: VERBOSE,
  },
  {
    name: 'every digest invalid',
    options: SIX,
    alter: chains => {
      for (const one of chains.digests) setSignature(chains, one, 'ab');
    },
    args: VERBOSE,
  },
  {
    name: 'every digest invalid, not verbose',
    options: SIX,
    alter: chains => {
      for (const one of chains.digests) setSignature(chains, one, 'ab');
    },
    args: [...WHOLE, ...BUCKET],
  },
  {
    name: 'digests made later',
    options: { ...SIX, backfillHours: [2, 3, 4] },
    args: VERBOSE,
  },
  {
    name: 'digests made later, the last one altered',
    options: { ...SIX, backfillHours: [2, 3, 4] },
    alter: chains => {
      const one = chains.digests.at(-1)!;
      rewrite(chains, one, JSON.stringify({ ...one.members, logFiles: [] }));
    },
    args: VERBOSE,
  },
  {
    name: 'digests made later, one removed and a log file altered',
    options: { ...SIX, backfillHours: [2, 3, 4] },
    alter: chains => {
      rmSync(chains.digests.at(-2)!.path);
      alterBytes(log(chains, 4));
      alterBytes(log(chains, 8));
    },
    args: VERBOSE,
  },
  {
    name: 'digests made later, with a gap between',
    options: { ...SIX, backfillHours: [1, 2, 4], offHours: [3] },
    args: VERBOSE,
  },
  {
    name: 'digests made later that do not say when',
    options: { ...SIX, backfillHours: [2, 3, 4] },
    alter: chains => {
      const one = chains.digests.at(-1)!;
      one.backfillTime = undefined;
      saveSignature(chains, one);
    },
    args: VERBOSE,
  },
  {
    name: 'digests made later, whose key is not known',
    options: { ...SIX, backfillHours: [2, 3, 4], keyHours: 30 },
    alter: chains => {
      chains.keys = chains.keys.slice(0, 1);
      writeKeys(chains);
    },
    args: VERBOSE,
  },
  {
    name: 'digests made later, with a key of that time',
    options: { ...SIX, backfillHours: [2, 3, 4], keyHours: 36 },
    args: VERBOSE,
  },
  {
    name: 'a link from a digest to one made later',
    options: { ...SIX, backfillHours: [1], keyHours: 36 },
    alter: chains => {
      const one = digest(chains, 1);
      Object.assign(one.members, linkTo(chains.digests.at(-1)));
      resignFrom(chains, one);
    },
    args: VERBOSE,
  },
  {
    name: 'digests made later alone',
    options: { ...SIX, backfillHours: [0, 1, 2, 3, 4, 5] },
    args: VERBOSE,
  },
  // Trails.
  {
    name: 'one of two trails in a bucket',
    options: {
      ...SIX,
      trails: [
        { name: 'management-events', homeRegion: 'us-east-1' },
        { name: 'data.events_2', homeRegion: 'us-east-1' },
      ],
    },
    args: [...VERBOSE, '--trail-arn', 'arn:aws:cloudtrail:us-east-1:111122223333:trail/data.events_2'],
  },
  {
    name: 'a trail whose name is the beginning of another',
    options: {
      ...SIX,
      hours: 3,
      trails: [
        { name: 'all', homeRegion: 'us-east-1' },
        { name: 'all_us-east-1', homeRegion: 'us-east-1' },
      ],
    },
    args: [...VERBOSE, '--trail-arn', 'arn:aws:cloudtrail:us-east-1:111122223333:trail/all'],
  },
  {
    name: 'a trail of another name',
    options: SIX,
    args: [...VERBOSE, '--trail-arn', 'arn:aws:cloudtrail:us-east-1:111122223333:trail/other'],
  },
  {
    name: 'one of two regions',
    options: { ...SIX, regions: ['us-east-1', 'eu-west-1'] },
    args: [...VERBOSE, '--region', 'eu-west-1'],
  },
  {
    name: 'the home region of a trail in two',
    options: {
      ...SIX,
      regions: ['us-east-1', 'eu-west-1'],
      trails: [{ name: 'management-events', homeRegion: 'eu-west-1' }],
    },
    args: [...VERBOSE, '--trail-arn', 'arn:aws:cloudtrail:eu-west-1:111122223333:trail/management-events'],
  },
  {
    name: 'a trail of an organization without an account',
    options: { ...SIX, organization: 'o-exampleorgid', accounts: ['111122223333', '222233334444'] },
    args: [...WHOLE, '--verbose'],
  },
  {
    name: 'an account of a trail of an organization',
    options: { ...SIX, organization: 'o-exampleorgid', accounts: ['111122223333', '222233334444'] },
    args: [...WHOLE, '--verbose', '--account-id', '222233334444'],
  },
  {
    name: 'an account of a trail of an organization, with a bucket',
    options: { ...SIX, organization: 'o-exampleorgid', accounts: ['111122223333', '222233334444'] },
    args: [...VERBOSE, '--account-id', '222233334444'],
  },
  {
    name: 'digests that were once in another bucket',
    options: SIX,
    alter: chains => otherBucket(chains, 3),
    args: VERBOSE,
  },
  {
    name: 'digests that were once in another bucket, one of them removed',
    options: SIX,
    alter: chains => {
      otherBucket(chains, 3);
      rmSync(digest(chains, 1).path);
    },
    args: VERBOSE,
  },
  {
    name: 'digests that were once in another bucket, the first of the new one removed',
    options: SIX,
    alter: chains => {
      otherBucket(chains, 3);
      rmSync(digest(chains, 3).path);
    },
    args: VERBOSE,
  },
  // Arguments.
  {
    name: 'a start after the end',
    options: { ...SIX, hours: 1 },
    args: [...between('12:00:00', '11:00:00'), ...BUCKET],
  },
  {
    name: 'an ARN that is none',
    options: { ...SIX, hours: 1 },
    args: [...WHOLE, ...BUCKET, '--trail-arn', 'management-events'],
  },
  {
    name: 'a time that is none',
    options: { ...SIX, hours: 1 },
    args: ['--start-time', 'soon', '--end-time', time('12:00:00'), ...BUCKET],
  },
];
