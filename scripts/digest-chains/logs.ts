/** Log files of an hour: records as accounts have them, gzipped, with the hashes and times that a digest lists. */

import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createRandom } from '../random.js';
import { anyEvent, createWorld, isoTime, type World } from '../records.js';
import type { Folders } from './folders.js';
import { logKey, type Place, type Trail } from './names.js';

/** A log file that was written. */
export interface LogFile {
  /** Where it was written. */
  path: string;
  bucket: string;
  key: string;
  /** SHA-256 of the inflated bytes, hexadecimal. */
  hash: string;
  /** Times of its newest and oldest record. */
  newest: string;
  oldest: string;
  records: number;
  account: string;
  region: string;
  trail: string;
}

/** Seconds before its delivery in which a file's events happened. */
const DELAY = 900;

/** The cast of one account's region: roles, users and buckets are all its own. */
export function worldOf(seed: number, { account, region }: Place): World {
  const world = createWorld(createRandom(seed));
  return {
    ...world,
    accounts: [account],
    regions: [region],
    buckets: world.buckets.map(bucket => ({ ...bucket, account, region })),
    roles: world.roles.map(role => ({ ...role, account })),
    users: world.users.map(user => ({ ...user, account })),
  };
}

/** Writes one log file. Two trails of an account deliver the same records, in files of their own. */
export function writeLog({
  folders,
  bucket,
  place,
  trail,
  world,
  delivered,
  records,
  seed,
}: {
  folders: Folders;
  bucket: string;
  place: Place;
  trail: Trail;
  world: World;
  /** Seconds since 1970. */
  delivered: number;
  records: number;
  /** Of the records. */
  seed: string;
}): LogFile {
  const random = createRandom(seedOf(seed));
  const unique = createRandom(seedOf(`${seed} ${trail.name}`))
    .base64(16)
    .replaceAll(/[+/]/g, 'x');
  const seconds = Array.from({ length: records }, () => delivered - 60 - random.below(DELAY));
  const body = seconds.map(at => ({
    ...anyEvent(random, world, at),
    awsRegion: place.region,
    recipientAccountId: place.account,
  }));
  const text = JSON.stringify({ Records: body });
  const key = logKey(place, delivered, unique);
  const path = join(folders.logs, key);
  folders.make(path);
  writeFileSync(path, gzipSync(text, { level: 1 }));
  return {
    path,
    bucket,
    key,
    hash: createHash('sha256').update(text).digest('hex'),
    newest: isoTime(Math.max(...seconds)),
    oldest: isoTime(Math.min(...seconds)),
    records,
    account: place.account,
    region: place.region,
    trail: trail.name,
  };
}

/** A number for a text, for `createRandom`. */
export function seedOf(text: string): number {
  return createHash('md5').update(text).digest().readInt32LE(0);
}
