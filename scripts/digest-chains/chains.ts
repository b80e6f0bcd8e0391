/** A tree of log files and digests: one chain of digests for each trail, account and region, hour by hour. */

import { join } from 'node:path';
import { isoTime } from '../records.js';
import { type Digest, linkTo, listed, type SignaturePlace, sign, writeDigest } from './digest.js';
import { type Folders, foldersIn } from './folders.js';
import { makeKey, type SigningKey, type TimeForm } from './keys.js';
import { type LogFile, worldOf, writeLog } from './logs.js';
import { digestKey, type Place, type Trail } from './names.js';
import { writeKeys, writeSignatures } from './rewrite.js';

export interface ChainOptions {
  /** Default `111122223333`. */
  accounts?: readonly string[];
  /** Where events happen. Default `us-east-1`. */
  regions?: readonly string[];
  /** Default `management-events`, at home in us-east-1. Each has a chain in every account's region. */
  trails?: readonly Trail[];
  /** Default none. */
  organization?: string;
  /** Default none. */
  prefix?: string;
  /** Default `example-trail-logs`. */
  bucket?: string;
  /** Beginning of the first digest's hour. Default 2026-03-02T10:00:00Z. */
  start?: string;
  /** Default 24. */
  hours?: number;
  /** Log files in an hour, delivered evenly. Default 4. */
  filesPerHour?: number;
  /** Default 3. */
  recordsPerFile?: number;
  /** Default 1. */
  seed?: number;
  /** Hours, counted from 0, in which nothing was delivered: their digests list no files. Default none. */
  emptyHours?: readonly number[];
  /** Hours in which the trail was off: neither files nor digests, and a new chain after it. Default none. */
  offHours?: readonly number[];
  /** Hours whose digest was made later, in the backfill chain. Default none. */
  backfillHours?: readonly number[];
  /** Default beside. */
  signatures?: SignaturePlace;
  /** Default v2. */
  keyTimes?: TimeForm;
  /** Default pkcs1. */
  keyEncoding?: 'pkcs1' | 'spki';
  /** Hours after which a region gets a new key. Default 720. */
  keyHours?: number;
}

/** A tree that was written. */
export interface Chains {
  options: Required<ChainOptions>;
  folder: string;
  /** What `aws s3 sync` of the bucket gives: the path of an object is this and its key. */
  logs: string;
  /** Oldest first within a chain; a chain is one trail, account, region, standard or backfill. */
  digests: Digest[];
  logFiles: LogFile[];
  keys: SigningKey[];
  /** The files in `keys/`. */
  keyFiles: string[];
  folders: Folders;
}

const HOUR = 3600;

/** Writes a tree into a folder. */
export function makeChains(folder: string, options: ChainOptions = {}): Chains {
  const all: Required<ChainOptions> = {
    accounts: ['111122223333'],
    regions: ['us-east-1'],
    trails: [{ name: 'management-events', homeRegion: 'us-east-1' }],
    organization: '',
    prefix: '',
    bucket: 'example-trail-logs',
    start: '2026-03-02T10:00:00Z',
    hours: 24,
    filesPerHour: 4,
    recordsPerFile: 3,
    seed: 1,
    emptyHours: [],
    offHours: [],
    backfillHours: [],
    signatures: 'beside',
    keyTimes: 'v2',
    keyEncoding: 'pkcs1',
    keyHours: 720,
    ...options,
  };
  const folders = foldersIn(folder);
  const chains: Chains = {
    options: all,
    folder,
    logs: folders.logs,
    digests: [],
    logFiles: [],
    keys: keysFor(all),
    keyFiles: [],
    folders,
  };
  for (const trail of all.trails)
    for (const account of all.accounts)
      for (const region of all.regions) {
        const place = { account, region, prefix: all.prefix, organization: all.organization };
        writeChain(chains, trail, place);
      }
  writeKeys(chains);
  writeSignatures(chains);
  return chains;
}

/** The hours of one trail in one region of an account. */
function writeChain(chains: Chains, trail: Trail, place: Place): void {
  const { options } = chains;
  const { hours, seed, bucket, filesPerHour, recordsPerFile } = options;
  const first = Date.parse(options.start) / 1000;
  const world = worldOf(seed, place);
  const files: LogFile[][] = [];
  for (let hour = 0; hour < hours; hour++) {
    const isSilent = options.offHours.includes(hour) || options.emptyHours.includes(hour);
    files[hour] = Array.from({ length: isSilent ? 0 : filesPerHour }, (_, i) =>
      writeLog({
        folders: chains.folders,
        bucket,
        place,
        trail,
        world,
        delivered: first + hour * HOUR + Math.floor(((i + 0.5) / filesPerHour) * HOUR),
        records: recordsPerFile,
        seed: `${seed} ${place.account} ${place.region} ${hour} ${i}`,
      }),
    );
    for (const file of files[hour]!) chains.logFiles.push(file);
  }
  for (const isBackfill of [false, true]) {
    let previous: Digest | undefined;
    for (let hour = 0; hour < hours; hour++) {
      if (options.offHours.includes(hour)) previous = undefined;
      else if (options.backfillHours.includes(hour) === isBackfill) {
        const start = first + hour * HOUR;
        previous = newDigest(chains, { trail, place, start, isBackfill, files: files[hour]!, previous });
        chains.digests.push(previous);
      }
    }
  }
}

function newDigest(
  chains: Chains,
  {
    trail,
    place,
    start,
    isBackfill,
    files,
    previous,
  }: {
    trail: Trail;
    place: Place;
    start: number;
    isBackfill: boolean;
    files: LogFile[];
    previous: Digest | undefined;
  },
): Digest {
  const { bucket } = chains.options;
  const end = start + HOUR;
  const key = digestKey(place, { trail, end, isBackfill });
  // Backfill digests are made a day after the last hour.
  const made = isBackfill
    ? Date.parse(chains.options.start) / 1000 + (chains.options.hours + 24) * HOUR
    : end;
  const signer = chains.keys.find(k => k.region === place.region && k.validFrom <= made && made < k.validTo)!;
  const newest = files.map(file => file.newest).sort();
  const oldest = files.map(file => file.oldest).sort();
  const digest: Digest = {
    path: join(chains.logs, key),
    bucket,
    key,
    account: place.account,
    region: place.region,
    trail,
    isBackfill,
    members: {
      awsAccountId: place.account,
      digestStartTime: isoTime(start),
      digestEndTime: isoTime(end),
      digestS3Bucket: bucket,
      digestS3Object: key,
      digestPublicKeyFingerprint: signer.fingerprint,
      digestSignatureAlgorithm: 'SHA256withRSA',
      newestEventTime: newest.at(-1) ?? null,
      oldestEventTime: oldest[0] ?? null,
      ...linkTo(previous),
      logFiles: files.map(listed),
    },
    bytes: Buffer.alloc(0),
    hash: '',
    signature: undefined,
    backfillTime: isBackfill ? new Date(made * 1000).toISOString() : undefined,
    signer,
  };
  sign(digest);
  writeDigest(chains.folders, digest);
  return digest;
}

/** The keys of all regions: one after the other in each, for the hours of the tree and two days more. */
function keysFor({ start, hours, regions, keyHours, keyEncoding }: Required<ChainOptions>): SigningKey[] {
  const first = Date.parse(start) / 1000;
  const last = first + (hours + 48) * HOUR;
  const keys: SigningKey[] = [];
  for (const region of regions)
    for (let from = first - 24 * HOUR; from < last; from += keyHours * HOUR)
      keys.push(makeKey({ region, validFrom: from, validTo: from + keyHours * HOUR, encoding: keyEncoding }));
  return keys;
}
