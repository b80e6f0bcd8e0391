/** A walk along a chain of digests, from the newest back, as the AWS CLI walks. */

import type { Bucket } from './bucket.js';
import { type DigestResult, isBackfillKey, type ValidDigest } from './digest.js';
import type { Location } from './location.js';
import { timeOf } from './request.js';
import { nameTime } from './time.js';

/** A step of the walk. */
export type Step =
  | { kind: 'valid'; digest: ValidDigest }
  | { kind: 'invalid'; bucket: string; key: string; reason: string; isUnsigned: boolean }
  /** The chain was begun anew: nothing links to the digests before it. Milliseconds since 1970. */
  | { kind: 'gap'; from: number; to: number };

const HOUR = 3_600_000;

/**
 * Walks the standard digests of a location, or those made later.
 * @param options.start milliseconds since 1970, as `end`
 * @param options.check checks the digest at a key
 */
export function* walk({
  files,
  location,
  start,
  end,
  isBackfill,
  check,
}: {
  files: Bucket;
  location: Location;
  start: number;
  end: number;
  isBackfill: boolean;
  check: (bucket: string, key: string) => DigestResult;
}): Generator<Step> {
  let { bucket } = location;
  let rest = keysBetween(files, location, { start, end, isBackfill });
  let key = rest.pop();
  let lastStart = key === undefined ? start : dateOf(key);
  /** The newest key that is left and older than another. */
  const before = (other: string): string | undefined => {
    const date = dateOf(other);
    for (let next = rest.pop(); next !== undefined; next = rest.pop()) if (dateOf(next) < date) return next;
    return undefined;
  };
  // Digests that link in a circle would be walked without end.
  const seen = new Set<string>();
  while (key !== undefined && start <= lastStart && !seen.has(`${bucket}/${key}`)) {
    seen.add(`${bucket}/${key}`);
    const checked = check(bucket, key);
    if (checked.result !== 'valid') {
      const next = before(key);
      const { reason, isUnsigned } =
        checked.result === 'invalid' ? checked : { reason: 'not found', isUnsigned: false };
      yield { kind: 'invalid', bucket, key, reason, isUnsigned };
      key = next;
      continue;
    }
    const { digest } = checked;
    yield { kind: 'valid', digest };
    lastStart = digest.start;
    if (digest.previousBucket === null || digest.previousObject === null) {
      key = before(key);
      if (key !== undefined) yield { kind: 'gap', from: dateOf(key), to: lastStart };
      continue;
    }
    key = digest.previousObject;
    if (digest.previousBucket === bucket) continue;
    bucket = digest.previousBucket;
    rest = keysBetween(files, { ...location, bucket }, { start, end: digest.end, isBackfill });
  }
}

/** The keys of a location whose digests may have to do with a range of time, oldest first. */
function keysBetween(
  files: Bucket,
  location: Location,
  { start, end, isBackfill }: { start: number; end: number; isBackfill: boolean },
): string[] {
  const first = nameTime(start);
  // The digest of the last hour ends up to an hour after it.
  const last = nameTime(end + HOUR);
  const keys: string[] = [];
  for (const key of files.keysAt(location)) {
    const date = dateTextOf(key);
    if (date > last) break;
    if (date >= first && isBackfillKey(key) === isBackfill) keys.push(key);
  }
  return keys;
}

/** The time in the name of a digest, `20260302T110000Z`. */
const dateTextOf = (key: string): string => (isBackfillKey(key) ? key.slice(-33, -17) : key.slice(-24, -8));

/** The same in milliseconds since 1970. */
const dateOf = (key: string): number => timeOf(dateTextOf(key));
