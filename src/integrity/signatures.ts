/** Which signature a digest has, and whether it holds. */

import { nameOf, secondOf } from '../cloudtrail/digest.js';
import { type Finding, finding } from './findings.js';
import { grouped } from './grouped.js';
import { checkSignature, type PublicKeys, stringToSign } from './public-keys.js';
import type { DigestRow, SignatureRow } from './rows.js';

/** What is known of a digest's signature, and where it stands. */
export interface SignatureState {
  result: 'valid' | 'invalid' | 'no signature' | 'no key' | 'bad key';
  /** `metadata`: of the object in S3; `next digest`: the one that links to it. */
  from: 'metadata' | 'next digest' | null;
}

/** The signatures that metadata has, by the digest they are of. */
export function createMetadata(signatures: readonly SignatureRow[]): (digest: DigestRow) => SignatureRow[] {
  const byName = grouped(signatures, ({ object }) => nameOf(object));
  return digest =>
    (byName.get(nameOf(digest.object)) ?? []).filter(
      ({ bucket, object }) =>
        (bucket === null || bucket === digest.bucket) &&
        (object === digest.object || digest.object.endsWith(`/${object}`)),
    );
}

/**
 * Checks one digest.
 * @param next the digests that link to it
 */
export function checkDigest(
  digest: DigestRow,
  metadata: readonly SignatureRow[],
  next: readonly DigestRow[],
  keys: PublicKeys,
): { state: SignatureState; findings: Finding[] } {
  const findings: Finding[] = [];
  const { path } = digest.file;
  const stated = metadata.flatMap(({ signature }) => (signature ? [signature.toLowerCase()] : []));
  const linked = next.flatMap(of => (of.previousSignature ? [of.previousSignature.toLowerCase()] : []));
  if (stated.length > 0)
    for (const of of next)
      if (of.previousSignature && !stated.includes(of.previousSignature.toLowerCase()))
        findings.push(
          finding(
            'signature link broken',
            path,
            `${of.file.path} states another signature than its metadata`,
          ),
        );
  const candidates = [...new Set([...stated, ...linked])];
  if (candidates.length === 0) return { state: { result: 'no signature', from: null }, findings };
  const text = stringToSign({
    endTime: digest.endTime,
    bucket: digest.bucket,
    object: digest.object,
    hash: digest.file.sha256!,
    previousSignature: digest.previousSignature,
  });
  const results = candidates.map(signature =>
    checkSignature({ text, signature, fingerprint: digest.fingerprint, keys }),
  );
  const valid = results.indexOf('valid');
  const result = valid >= 0 ? 'valid' : results[0]!;
  const from = stated.includes(candidates[Math.max(valid, 0)]!) ? 'metadata' : 'next digest';
  if (result === 'invalid')
    findings.push(finding('signature invalid', path, `key ${digest.fingerprint}, signature from ${from}`));
  if (result === 'valid') findings.push(...outOfTime(digest, metadata, keys));
  return { state: { result, from }, findings };
}

/** Whether the key was valid when the digest was signed: at its end, or when a backfill digest was made. */
function outOfTime(digest: DigestRow, metadata: readonly SignatureRow[], keys: PublicKeys): Finding[] {
  const made = metadata.map(({ backfillTime }) => backfillTime).find(time => time !== null);
  const time = digest.isBackfill ? (made ? secondOf(made.replace(/\.\d+Z$/, 'Z')) : null) : digest.end;
  if (time === null) return [];
  const given = (keys.get(digest.fingerprint) ?? []).filter(({ key }) => key !== undefined);
  // A digest is signed within two hours after its end, and keys are given from the hour before.
  const isWithin = given.some(
    ({ validFrom, validTo }) =>
      (validFrom === undefined || validFrom <= time + SLACK) &&
      (validTo === undefined || time - SLACK <= validTo),
  );
  if (isWithin) return [];
  const text = (second: number | undefined): string =>
    second === undefined ? '…' : new Date(second * 1000).toISOString().slice(0, 19);
  const { validFrom, validTo } = given[0]!;
  return [
    finding(
      'key out of its time',
      digest.file.path,
      `key ${digest.fingerprint} was valid from ${text(validFrom)} to ${text(validTo)}`,
    ),
  ];
}

/** Seconds between the end of a digest and its signing. */
const SLACK = 2 * 3600;
