/** Keys that sign digests: RSA of 2,048 bits, one region's apart from another's, and what list-public-keys says of them. */

import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { isoTime } from '../records.js';

/** A key that signs digests for a while. */
export interface SigningKey {
  region: string;
  privateKey: KeyObject;
  /** DER of the public half: PKCS#1, or SPKI where that was asked for. */
  der: Buffer;
  /** MD5 of `der`, hexadecimal. */
  fingerprint: string;
  /** Seconds since 1970. */
  validFrom: number;
  validTo: number;
}

/** How `aws cloudtrail list-public-keys` writes times: numbers (version 1 of the AWS CLI) or ISO 8601 (version 2). */
export type TimeForm = 'v1' | 'v2';

/** Makes a key. Its numbers are random: only they, and what is signed with them, differ from run to run. */
export function makeKey({
  region,
  validFrom,
  validTo,
  encoding = 'pkcs1',
  bits = 2048,
}: {
  region: string;
  validFrom: number;
  validTo: number;
  encoding?: 'pkcs1' | 'spki';
  bits?: number;
}): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  const der = publicKey.export({ type: encoding, format: 'der' });
  return { region, privateKey, der, fingerprint: fingerprintOf(der), validFrom, validTo };
}

/** CloudTrail's fingerprint of a public key. */
export const fingerprintOf = (der: Buffer): string => createHash('md5').update(der).digest('hex');

/** What `aws cloudtrail list-public-keys` prints of keys. */
export function publicKeyList(keys: readonly SigningKey[], times: TimeForm = 'v2'): string {
  const time = (seconds: number): number | string =>
    times === 'v1' ? seconds : isoTime(seconds).replace('Z', '+00:00');
  const list = keys.map(key => ({
    Value: key.der.toString('base64'),
    ValidityStartTime: time(key.validFrom),
    ValidityEndTime: time(key.validTo),
    Fingerprint: key.fingerprint,
  }));
  const text = `${JSON.stringify({ PublicKeyList: list }, null, 4)}\n`;
  // Python prints the whole numbers of version 1 with a fraction.
  return times === 'v1' ? text.replaceAll(/("Validity\w+": \d+)(?=,)/g, '$1.0') : text;
}
