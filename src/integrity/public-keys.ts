/**
 * CloudTrail's public keys as `aws cloudtrail list-public-keys` prints them, and signatures checked with them. A key
 * counts only where its fingerprint is the MD5 of exactly its bytes, so that a digest names the key and nothing else.
 */

import { createHash, createPublicKey, createVerify, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { messageOf, UsageError } from '../errors.js';

/** A key as it was given. */
export interface PublicKey {
  /** As it stands in the file. */
  fingerprint: string;
  /** Base64 of its DER bytes, as it stands in the file. */
  value: string;
  /** Seconds since 1970; undefined where the file does not say, or not in a form that can be read. */
  validFrom: number | undefined;
  validTo: number | undefined;
  /** Where the file says it. */
  region: string | undefined;
  /** The file it was read from. */
  source: string;
  /** Undefined where the key cannot be trusted: `problem` then says why. */
  key: KeyObject | undefined;
  /** Empty for a sound key. */
  problem: string;
}

/** A bound of a key's validity as text; null where it is not known. */
export const validityText = (second: number | undefined): string | null =>
  second === undefined ? null : new Date(second * 1000).toISOString();

/** Keys by fingerprint: more than one where files repeat it. */
export type PublicKeys = ReadonlyMap<string, readonly PublicKey[]>;

/**
 * Reads keys from files with what `aws cloudtrail list-public-keys` printed.
 * @throws UsageError where a file cannot be read or holds no list of keys
 */
export function readPublicKeys(files: readonly string[]): PublicKeys {
  return byFingerprint(
    files.flatMap(file => {
      let text: string;
      try {
        text = readFileSync(file, 'utf8');
      } catch (error) {
        throw new UsageError('NO_SUCH_INPUT', `the public keys cannot be read: ${messageOf(error)}`);
      }
      return parsePublicKeys(text, file);
    }),
  );
}

/**
 * The same, where files without any key are a mistake.
 * @throws UsageError for those as well
 */
export function readSomeKeys(files: readonly string[]): PublicKeys {
  for (const file of files)
    if (readPublicKeys([file]).size === 0)
      throw noKeys(file, 'its list is empty: the keys are of another region, or of another time');
  return readPublicKeys(files);
}

/** Keys by their fingerprint. */
export function byFingerprint(keys: readonly PublicKey[]): PublicKeys {
  const map = new Map<string, PublicKey[]>();
  for (const key of keys) {
    const same = map.get(key.fingerprint);
    if (!same) map.set(key.fingerprint, [key]);
    else if (!same.some(other => other.value === key.value)) same.push(key);
  }
  return map;
}

/**
 * The keys of one text. Entries without a fingerprint or a value are passed over: nothing can refer to them.
 * @param source the file, for messages
 * @throws UsageError where the text is no list of keys
 */
export function parsePublicKeys(text: string, source: string): PublicKey[] {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw noKeys(source, messageOf(error));
  }
  const members = isObject(json) ? json : {};
  const list = members.PublicKeyList ?? members.publicKeyList;
  if (!Array.isArray(list)) throw noKeys(source, 'it has no PublicKeyList');
  return list.flatMap((entry: unknown) => {
    if (!isObject(entry)) return [];
    const fingerprint = textOf(entry.Fingerprint ?? entry.fingerprint);
    const value = textOf(entry.Value ?? entry.value);
    if (!fingerprint || value === undefined) return [];
    return [
      publicKey({
        fingerprint,
        value,
        validFrom: secondsOf(entry.ValidityStartTime ?? entry.validityStartTime),
        validTo: secondsOf(entry.ValidityEndTime ?? entry.validityEndTime),
        region: textOf(entry.Region ?? members.Region),
        source,
      }),
    ];
  });
}

/** A key from its parts: from a file, or from an index that has kept it. */
export function publicKey(parts: Omit<PublicKey, 'key' | 'problem'>): PublicKey {
  const result = keyFrom(parts.value, parts.fingerprint);
  return typeof result === 'string'
    ? { ...parts, key: undefined, problem: result }
    : { ...parts, key: result, problem: '' };
}

/** What came of checking a signature; `no key` and `bad key` where there is nothing to check it with. */
export type SignatureResult = 'valid' | 'invalid' | 'no key' | 'bad key';

/**
 * Checks a digest's signature (RSASSA-PKCS1-v1_5 with SHA-256, CloudTrail's `SHA256withRSA`).
 * @param options.text the string to sign, from `stringToSign`
 * @param options.signature hexadecimal digits
 * @param options.fingerprint of the key, as the digest names it
 * @returns `valid`; `invalid` where it is not the signature of this text by this key; `no key` where no key has the
 * fingerprint; `bad key` where one has it but cannot be trusted
 */
export function checkSignature({
  text,
  signature,
  fingerprint,
  keys,
}: {
  text: string;
  signature: string;
  fingerprint: string;
  keys: PublicKeys;
}): SignatureResult {
  const candidates = keys.get(fingerprint);
  if (!candidates || candidates.length === 0) return 'no key';
  const sound = candidates.flatMap(({ key }) => (key ? [key] : []));
  if (sound.length === 0) return 'bad key';
  if (!/^(?:[0-9a-f]{2})+$/i.test(signature)) return 'invalid';
  const bytes = Buffer.from(signature, 'hex');
  const isValid = sound.some(key => createVerify('RSA-SHA256').update(text, 'utf8').verify(key, bytes));
  return isValid ? 'valid' : 'invalid';
}

/**
 * The text that CloudTrail signs for a digest. Its members go in as they are written: the time is not parsed.
 * Source: AWS CloudTrail User Guide, "Custom implementations of CloudTrail log file integrity validation".
 * @param digest.hash SHA-256 of the inflated digest, lower-case hexadecimal
 * @param digest.previousSignature null in the first digest of a chain
 */
export function stringToSign({
  endTime,
  bucket,
  object,
  hash,
  previousSignature,
}: {
  endTime: string;
  bucket: string;
  object: string;
  hash: string;
  previousSignature: string | null;
}): string {
  // Java writes null so.
  return `${endTime}\n${bucket}/${object}\n${hash}\n${previousSignature ?? 'null'}`;
}

/** CloudTrail's keys have 2,048 bits and this exponent. */
const FEWEST_BITS = 2048;
const EXPONENT = 65537n;

/** The key in base64, or why it is not to be trusted. */
function keyFrom(value: string, fingerprint: string): KeyObject | string {
  const der = Buffer.from(value, 'base64');
  if (der.toString('base64') !== value) return 'its value is not base64';
  if (createHash('md5').update(der).digest('hex') !== fingerprint.toLowerCase())
    return 'its fingerprint is not that of its value';
  for (const type of ['pkcs1', 'spki'] as const) {
    try {
      const key = createPublicKey({ key: der, format: 'der', type });
      const { modulusLength = 0, publicExponent } = key.asymmetricKeyDetails ?? {};
      if (key.asymmetricKeyType !== 'rsa') return 'it is not an RSA key';
      // Bytes behind the key, or another way to write it, would give one key many fingerprints.
      if (!key.export({ format: 'der', type }).equals(der)) return 'its value is more than a key';
      if (modulusLength < FEWEST_BITS) return `it has ${modulusLength} bits, fewer than ${FEWEST_BITS}`;
      return publicExponent === EXPONENT ? key : 'its exponent is not 65537';
    } catch {
      // The other encoding, or none.
    }
  }
  return 'its value is not a public key';
}

/** What is later has no text in ISO 8601 with four digits for the year. */
const LAST_SECOND = Date.parse('9999-12-31T23:59:59Z') / 1000;

/** Seconds since 1970 of a time as the AWS CLI prints it: a number (version 1), ISO 8601 (2), or a number as text. */
function secondsOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value >= 0 && value <= LAST_SECOND ? value : undefined;
  if (typeof value !== 'string' || value.length > 40) return undefined;
  if (/^\d+(?:\.\d*)?$/.test(value)) return secondsOf(Number(value));
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/.test(value)) return undefined;
  const milliseconds = Date.parse(value);
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function noKeys(source: string, reason: string): UsageError {
  return new UsageError(
    'BAD_VALUE',
    `no public keys in ${source}: ${reason}`,
    'Give what `aws cloudtrail list-public-keys` prints, as JSON.',
  );
}
