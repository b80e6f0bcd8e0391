/** Which signature a digest has, and whether it holds. */

import { commonName, nameOf } from '../cloudtrail/file-name.js';
import { isoSecond, secondOf } from '../cloudtrail/time.js';
import { grouped } from '../grouped.js';
import { type Finding, finding } from './findings.js';
import { checkSignature, type PublicKeys, stringToSign } from './public-keys.js';
import type { DigestRow, SignatureRow } from './rows.js';
import type { CheckedDigest, SignatureState } from './trust.js';

/** The signatures that metadata has, by the digest they are of. */
export function createMetadata(signatures: readonly SignatureRow[]): (digest: DigestRow) => SignatureRow[] {
  const byName = grouped(signatures, ({ object }) => nameOf(object));
  const byDigest = new Map<string, SignatureRow[]>();
  return digest => {
    const key = JSON.stringify([digest.bucket, digest.object]);
    const rows =
      byDigest.get(key) ??
      (byName.get(nameOf(digest.object)) ?? []).filter(
        ({ bucket, object }) =>
          (bucket === null || bucket === digest.bucket) &&
          (object === digest.object || digest.object.endsWith(`/${object}`)),
      );
    byDigest.set(key, rows);
    return rows.slice(0, MOST_SIGNATURES);
  };
}

/** Signatures of one digest that are looked at: more are a flood. */
const MOST_SIGNATURES = 16;

/**
 * Checks one digest.
 * @param options.next the digests that link to it and are to be believed
 * @param options.linked all that link to it: a signature that holds proves the digest, whoever states it
 */
export function checkDigest({
  digest,
  metadata,
  next,
  linked,
  keys,
}: {
  digest: DigestRow;
  metadata: readonly SignatureRow[];
  next: readonly DigestRow[];
  linked: readonly DigestRow[];
  keys: PublicKeys;
}): { state: SignatureState; findings: Finding[] } {
  const stated = new Set(metadata.flatMap(({ signature }) => (signature ? [signature.toLowerCase()] : [])));
  const findings = disagreements(digest, metadata, stated, next);
  const candidates = [...new Set([...stated, ...signaturesIn(next), ...signaturesIn(linked)])];
  const believed = stated.size > 0 || signaturesIn(next).length > 0;
  const text = stringToSign({
    endTime: digest.endTime,
    bucket: digest.bucket,
    object: digest.object,
    hash: digest.file.sha256!,
    previousSignature: digest.previousSignature,
  });
  let result: SignatureState['result'] = 'no signature';
  let at = 0;
  for (const [i, signature] of candidates.slice(0, MOST_SIGNATURES).entries()) {
    const of = checkSignature({ text, signature, fingerprint: digest.fingerprint, keys });
    if (i > 0 && of !== 'valid') continue;
    [result, at] = [of, i];
    if (of === 'valid') break;
  }
  if (result === 'no signature' || (result !== 'valid' && !believed))
    return { state: { result: 'no signature', from: null }, findings };
  const from = stated.has(candidates[at]!) ? 'metadata' : 'next digest';
  if (result === 'invalid')
    findings.push(finding('signature invalid', digest.file.path, whyInvalid(digest, from, next)));
  if (result === 'valid') findings.push(...outOfTime(digest, metadata, keys));
  return { state: { result, from }, findings };
}

const signaturesIn = (next: readonly DigestRow[]): string[] =>
  next.flatMap(of => (of.previousSignature ? [of.previousSignature.toLowerCase()] : []));

function whyInvalid(
  { fingerprint, file }: DigestRow,
  from: 'metadata' | 'next digest',
  next: readonly DigestRow[],
): string {
  if (from === 'metadata') return `key ${fingerprint}, signature from its metadata`;
  const of = next.find(({ previousSignature }) => previousSignature)!;
  const stated = `key ${fingerprint}, signature from ${of.file.path}`;
  return of.previousHash === file.sha256
    ? `${stated}, which may be what was altered: it states the right hash`
    : stated;
}

/** Signatures of one digest that differ from file to file. */
function disagreements(
  { file: { path } }: DigestRow,
  metadata: readonly SignatureRow[],
  stated: ReadonlySet<string>,
  next: readonly DigestRow[],
): Finding[] {
  const findings: Finding[] = [];
  if (stated.size > 1) {
    const files = [
      ...grouped(
        metadata.filter(of => of.signature),
        of => of.signature!.toLowerCase(),
      ).values(),
    ];
    const [one, other] = files.map(([of]) => of!.file);
    findings.push(finding('signatures disagree', path, `${one} states another signature than ${other}`));
  }
  for (const of of next) {
    const signature = of.previousSignature?.toLowerCase();
    if (!signature)
      findings.push(
        finding('signature link broken', path, `${of.file.path} links to it and states no signature`),
      );
    else if (stated.size > 0 && !stated.has(signature))
      findings.push(
        finding('signature link broken', path, `${of.file.path} states another signature than its metadata`),
      );
  }
  return findings.slice(0, MOST_SIGNATURES);
}

/**
 * Notes on signatures that could not be checked.
 * @param digests those that were checked
 */
export function signatureNotes(digests: readonly CheckedDigest[], keys: PublicKeys): Finding[] {
  const isExpected = createExpected(digests, keys);
  return digests.flatMap(digest => {
    const { signature, file, fingerprint, object } = digest;
    switch (signature.result) {
      case 'no signature':
        return [finding('no signature', file.path, `for ${object}`)];
      case 'bad key': {
        const problem = keys.get(fingerprint)?.find(of => of.problem)?.problem;
        return [finding('bad key', file.path, `key ${fingerprint}: ${problem}`)];
      }
      case 'no key':
        return isExpected(digest)
          ? [finding('key not listed', file.path, `key ${fingerprint}`)]
          : [finding('no key', file.path, `key ${fingerprint}`)];
      default:
        return [];
    }
  });
}

/**
 * Whether the keys that were given should have the key of a digest: one of them was valid at that time, and is of the
 * digest's region, or of none that is known. Lists of keys do not say their region; the digests that they sign do.
 */
function createExpected(
  digests: readonly CheckedDigest[],
  keys: PublicKeys,
): (digest: CheckedDigest) => boolean {
  const all = [...keys.values()].flat().filter(({ key }) => key !== undefined);
  const sourceOf = new Map(all.map(({ fingerprint, source }) => [fingerprint, source]));
  const regionsOf = new Map<string, Set<string>>();
  for (const { signature, fingerprint, region } of digests) {
    const source = sourceOf.get(fingerprint);
    if (signature.result !== 'valid' || source === undefined) continue;
    regionsOf.set(source, (regionsOf.get(source) ?? new Set()).add(region));
  }
  return ({ region, end, isBackfill }) =>
    !isBackfill &&
    all.some(({ validFrom, validTo, source, region: own }) => {
      if (validFrom === undefined || validTo === undefined || end < validFrom || validTo < end) return false;
      const regions = regionsOf.get(source);
      return own === undefined ? regions === undefined || regions.has(region) : own === region;
    });
}

/**
 * Signatures of digests that are not here.
 * @param names of digests that are here, readable or not, and of those that a finding says are missing
 */
export function lonelySignatures(signatures: readonly SignatureRow[], names: ReadonlySet<string>): Finding[] {
  const findings = new Map<string, Finding>();
  for (const { object, file } of signatures)
    if (!names.has(commonName(object)))
      findings.set(object, finding('signature without digest', object, `its metadata is in ${file}`));
  return [...findings.values()];
}

/** Seconds after its end within which a digest is signed. */
export const SIGNING_SECONDS = 2 * 3600;

/** Whether the key was valid when the digest was signed: at its end, or when a backfill digest was made. */
function outOfTime(digest: DigestRow, metadata: readonly SignatureRow[], keys: PublicKeys): Finding[] {
  const made = metadata.map(({ backfillTime }) => backfillTime).find(time => time !== null);
  const time = digest.isBackfill ? (made ? secondOf(made.replace(/\.\d+Z$/, 'Z')) : null) : digest.end;
  if (time === null) return [];
  const trusted = (keys.get(digest.fingerprint) ?? []).filter(({ key }) => key !== undefined);
  const isWithin = trusted.some(
    ({ validFrom, validTo }) =>
      (validFrom === undefined || validFrom <= time + SIGNING_SECONDS) &&
      (validTo === undefined || time - SIGNING_SECONDS <= validTo),
  );
  if (isWithin) return [];
  const text = (second: number | undefined): string => (second === undefined ? '…' : isoSecond(second));
  const { validFrom, validTo } = trusted[0]!;
  return [
    finding(
      'key out of its time',
      digest.file.path,
      `key ${digest.fingerprint} was valid from ${text(validFrom)} to ${text(validTo)}`,
    ),
  ];
}
