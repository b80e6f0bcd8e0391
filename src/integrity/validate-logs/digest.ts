/** One digest of a chain: read from the index, and checked in the order of the AWS CLI. */

import type { Db } from '../../store/open.js';
import { checkSignature, type PublicKey, type PublicKeys, stringToSign } from '../public-keys.js';
import type { Bucket } from './bucket.js';
import { keysBetween, noKeysBetween } from './keys.js';
import { unreadableTime } from './request.js';
import { createSignatures, type Signature } from './signatures.js';
import { awsStreamOf } from './stream.js';
import { awsTime } from './time.js';

/** A digest whose signature is valid. */
export interface ValidDigest {
  id: number;
  bucket: string;
  object: string;
  /** Milliseconds since 1970. */
  start: number;
  end: number;
  previousBucket: string | null;
  previousObject: string | null;
}

/** A digest is valid, or there is no file for its key, or it is invalid for a reason in the words of the AWS CLI. */
export type DigestResult =
  | { result: 'valid'; digest: ValidDigest }
  | { result: 'not found' }
  | { result: 'invalid'; reason: string; isUnsigned: boolean };

/** The keys that count for a chain. */
export interface KeyRing {
  /** Region that messages name. */
  homeRegion: string;
  /** Whether the chain is that of digests made later. */
  isBackfill: boolean;
  /** The keys of the chain's time. A backfill chain begins with none, and adds those of the time a digest was made. */
  keys: Map<string, readonly PublicKey[]>;
  /** All keys. */
  all: PublicKeys;
}

/** A row of table digest. */
interface Row {
  id: number;
  bucket: string | null;
  object: string | null;
  startTime: string | null;
  endTime: string | null;
  fingerprint: string | null;
  previousBucket: string | null;
  previousObject: string | null;
  previousSignature: string | null;
  problem: string | null;
}

const SIGNATURE_FAILED = 'signature verification failed';
const INVALID_FORMAT = 'invalid format';
const HOUR = 3_600_000;

const invalid = (reason: string, isUnsigned = false): DigestResult => ({
  result: 'invalid',
  reason,
  isUnsigned,
});

/** Prepares to check the digests at keys. */
export function createDigestCheck(
  db: Db,
  files: Bucket,
): (bucket: string, key: string, ring: KeyRing) => DigestResult {
  const rowOf = db.prepare(
    `SELECT id, bucket, object, start_time AS startTime, end_time AS endTime, fingerprint,
      previous_bucket AS previousBucket, previous_object AS previousObject, previous_signature AS previousSignature,
      problem
    FROM digest WHERE file_id = ?`,
  );
  const signaturesOf = createSignatures(db);
  return (bucket, key, ring) => {
    const file = files.fileOf(bucket, key);
    if (!file) return { result: 'not found' };
    const row = rowOf.get(file.id) as Row | undefined;
    const stream = awsStreamOf(file);
    if (!row || file.sha256 === null || stream === 'cut' || stream === 'broken')
      return invalid(INVALID_FORMAT);
    const signatures = signaturesOf(bucket, key);
    const [first] = signatures;
    if (!first) return invalid(SIGNATURE_FAILED, true);
    if (first.signature === null || first.algorithm === null) return invalid(SIGNATURE_FAILED);
    if (isBackfillKey(key) && !first.isFromNext && first.backfillTime === null)
      return invalid(INVALID_FORMAT);
    return checkRow({ row, hash: file.sha256, bucket, key, signatures, ring });
  };
}

export const isBackfillKey = (key: string): boolean => key.endsWith('_backfill.json.gz');

/** The members of a digest, its place, its key and its signature, in this order. */
function checkRow({
  row,
  hash,
  bucket,
  key,
  signatures,
  ring,
}: {
  row: Row;
  hash: string;
  bucket: string;
  key: string;
  signatures: readonly Signature[];
  ring: KeyRing;
}): DigestResult {
  const { object, startTime, endTime, fingerprint, problem } = row;
  const start = awsTime(startTime ?? '');
  const end = awsTime(endTime ?? '');
  if (problem !== null || row.bucket === null || object === null || endTime === null || fingerprint === null)
    return invalid(INVALID_FORMAT);
  if (start === undefined || end === undefined) return invalid(INVALID_FORMAT);
  if (row.bucket !== bucket || object !== key) return invalid('has been moved from its original location');
  if (ring.isBackfill && !ring.keys.has(fingerprint)) {
    const reason = addKeys(ring, fingerprint, signatures[0]!);
    if (reason) return invalid(reason);
  }
  const text = stringToSign({ endTime, bucket, object, hash, previousSignature: row.previousSignature });
  const results = signatures.map(({ signature }) =>
    checkSignature({ text, signature: signature ?? '', fingerprint, keys: ring.keys }),
  );
  if (results.includes('valid')) return { result: 'valid', digest: { ...row, bucket, object, start, end } };
  if (results[0] === 'no key')
    return invalid(`public key not found in region ${ring.homeRegion} for fingerprint ${fingerprint}`);
  if (results[0] === 'bad key') return invalid(`Unable to load PKCS #1 key with fingerprint ${fingerprint}`);
  return invalid(whyNotHexadecimal(signatures[0]!.signature ?? '') ?? SIGNATURE_FAILED);
}

/**
 * Adds the keys of the time when a backfill digest was made.
 * @returns the error of the AWS CLI where there are none; empty where there are
 */
function addKeys(ring: KeyRing, fingerprint: string, { isFromNext, backfillTime }: Signature): string {
  if (isFromNext) {
    // The digest after it does not say when this one was made: its key is any with its fingerprint.
    const keys = ring.all.get(fingerprint);
    if (keys) ring.keys.set(fingerprint, keys);
    return '';
  }
  // Python's words for a member that is not there: a link led here from a digest that was made later.
  if (backfillTime === null) return "'_backfill_generation_timestamp'";
  const made = awsTime(backfillTime);
  if (made === undefined) return unreadableTime(backfillTime);
  const between = keysBetween(ring.all, made - HOUR, made + HOUR);
  for (const [name, keys] of between) ring.keys.set(name, keys);
  return between.size > 0 ? '' : noKeysBetween(made - HOUR, made + HOUR);
}

/** The error of Python for a text that is not bytes in hexadecimal digits; undefined where it is. */
function whyNotHexadecimal(text: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
  if (!/^[\u0000-\u007f]*$/.test(text)) return 'string argument should contain only ASCII characters';
  if (text.length % 2 === 1) return 'Odd-length string';
  return /^[0-9a-f]*$/i.test(text) ? undefined : 'Non-hexadecimal digit found';
}
