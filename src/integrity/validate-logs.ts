/**
 * `aws cloudtrail validate-logs` on an index: the digests of a trail walked from the newest back, their signatures
 * checked, the log files that they list compared. What it does and what it prints is what
 * awscli/customizations/cloudtrail/validation.py of the AWS CLI does and prints (version 1.46), with the files of the
 * index in the place of the objects in S3.
 */

import type { Db } from '../store/open.js';
import type { PublicKeys } from './public-keys.js';
import { createBucket } from './validate-logs/bucket.js';
import { walk } from './validate-logs/chain.js';
import { createDigestCheck, type KeyRing } from './validate-logs/digest.js';
import { keysBetween, noKeysBetween } from './validate-logs/keys.js';
import { type Location, locationOfTrail } from './validate-logs/location.js';
import { createLogCheck } from './validate-logs/log.js';
import type { Outcome, Validation } from './validate-logs/outcome.js';
import { type Request, refused, requestOf, type ValidateLogsOptions } from './validate-logs/request.js';

export type { Outcome, Validation } from './validate-logs/outcome.js';
export { type Line, textOf } from './validate-logs/report.js';
export type { ValidateLogsOptions } from './validate-logs/request.js';
export { type ValidationData, validationData } from './validate-logs/tally.js';

const HOUR = 3_600_000;

/**
 * Begins to validate.
 * @param keys those to check signatures with
 * @param now the end of the range where none is given
 * @throws LookupError what the AWS CLI refuses, in its words: it then exits with 255
 */
export function validateLogs(
  db: Db,
  options: ValidateLogsOptions,
  { keys, now }: { keys: PublicKeys; now: Date },
): Validation {
  const request = requestOf(options, now);
  const location = locationFor(db, request);
  return { request, hasPlace: location !== undefined, outcomes: outcomesOf(db, request, location, keys) };
}

function* outcomesOf(
  db: Db,
  request: Request,
  location: Location | undefined,
  keys: PublicKeys,
): Generator<Outcome> {
  const { start, end, homeRegion } = request;
  const ofRange = keysBetween(keys, start, end + 2 * HOUR);
  if (ofRange.size === 0) throw refused(noKeysBetween(start, end + 2 * HOUR));
  if (!location) return;
  const files = createBucket(db, request, request.accountId ?? request.owner);
  const checkDigest = createDigestCheck(db, files);
  const checkLog = createLogCheck(db, files);
  for (const isBackfill of [false, true]) {
    const ring: KeyRing = { homeRegion, isBackfill, keys: isBackfill ? new Map() : ofRange, all: keys };
    const check = (bucket: string, key: string) => checkDigest(bucket, key, ring);
    for (const step of walk({ files, location, start, end, isBackfill, check })) {
      yield { ...step, isBackfill };
      if (step.kind === 'valid') for (const log of checkLog(step.digest.id)) yield { kind: 'log', ...log };
    }
  }
}

/** Where the trail's digests are: as the arguments say, or else as the trail's own digests do. */
function locationFor(db: Db, request: Request): Location | undefined {
  const { bucket, prefix, accountId } = request;
  if (bucket !== undefined) return { bucket, prefix, organization: '' };
  const location = locationOfTrail(db, request, accountId);
  if (location?.organization && accountId === undefined)
    throw refused("Missing required parameter for organization trail: '--account-id'");
  return location;
}
