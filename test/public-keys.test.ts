/** Public keys of CloudTrail: what is read of a list, which keys count, and what a signature is checked with. */

import { createSign, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fingerprintOf, makeKey, publicKeyList } from '../scripts/digest-chains.js';
import {
  byFingerprint,
  checkSignature,
  parsePublicKeys,
  publicKey,
  readPublicKeys,
  stringToSign,
} from '../src/integrity/public-keys.js';
import { folder, put } from './support.js';

/** From the User Guide, "Custom implementations of CloudTrail log file integrity validation". */
const DOCUMENTED = {
  Fingerprint: '8eba5db5bea9b640d1c96a77256fe7f2',
  Value:
    'MIIBCgKCAQEAn11L2YZ9h7onug2ILi1MWyHiMRsTQjfWE+pHVRLk1QjfWhirG+lpOa8NrwQ/r7Ah5bNL6HepznOU9XTDSfmmnP97mqyc7z/upfZdS/AHhYcGaz7n6Wc/RRBU6VmiPCrAUojuSk6/GjvA8iOPFsYDuBtviXarvuLPlrT9kAd4Lb+rFfR5peEgBEkhlzc5HuWO7S0y+KunqxX6jQBnXGMtxmPBPP0FylgWGNdFtks/4YSKcgqwH0YDcawP9GGGDAeCIqPWIXDLG1jOjRRzWfCmD0iJUkz8vTsn4hq/5ZxRFE7UBAUiVcGbdnDdvVfhF9C3dQiDq3k7adQIziLT0cShgQIDAQAB',
};
const list = (...keys: object[]): string => JSON.stringify({ PublicKeyList: keys });
const from = 1_772_000_000;
const key = makeKey({ region: 'us-east-1', validFrom: from, validTo: from + 3600 });

/** A key of these bytes under their own fingerprint. */
const keyOf = (der: Buffer) =>
  publicKey({
    fingerprint: fingerprintOf(der),
    value: der.toString('base64'),
    validFrom: undefined,
    validTo: undefined,
    region: undefined,
    source: 'test',
  });

describe('a list of keys', () => {
  it('is read as both versions of the AWS CLI print it', () => {
    for (const times of ['v1', 'v2'] as const) {
      const [read] = parsePublicKeys(publicKeyList([key], times), 'keys.json');
      expect(read).toMatchObject({
        fingerprint: key.fingerprint,
        validFrom: from,
        validTo: from + 3600,
        source: 'keys.json',
        problem: '',
      });
    }
  });

  it('is read in the form of the documentation, with times as text', () => {
    const text = JSON.stringify({
      publicKeyList: [{ ...DOCUMENTED, ValidityStartTime: '1434589460.0', ValidityEndTime: 'never' }],
    });
    expect(parsePublicKeys(text, '')[0]).toMatchObject({
      validFrom: 1_434_589_460,
      validTo: undefined,
      problem: '',
    });
  });

  it('does not say when a key is valid where its times lie in no calendar', () => {
    const [far] = parsePublicKeys(
      list({ ...DOCUMENTED, ValidityStartTime: 1e300, ValidityEndTime: '9'.repeat(30) }),
      '',
    );
    expect(far).toMatchObject({ validFrom: undefined, validTo: undefined, problem: '' });
  });

  it('of several files is one, each key once', () => {
    const root = folder();
    const other = makeKey({ region: 'eu-west-1', validFrom: from, validTo: from + 3600 });
    const files = [
      put(root, 'a.json', publicKeyList([key])),
      put(root, 'b.json', `\uFEFF${publicKeyList([key, other])}`),
    ];
    const keys = readPublicKeys(files);
    expect([...keys].map(([fingerprint, same]) => [fingerprint, same.length])).toEqual([
      [key.fingerprint, 1],
      [other.fingerprint, 1],
    ]);
  });

  it.each(['', 'no', '[]', 'null', '{}', '{"PublicKeyList":{}}'])('is refused where it is none: %s', text => {
    expect(() => parsePublicKeys(text, 'keys.json')).toThrow(/no public keys in keys\.json: /);
  });

  it('passes over entries that are no keys, and takes no name for a method', () => {
    const keys = byFingerprint(
      parsePublicKeys(
        list({ Fingerprint: '__proto__', Value: 'AAAA' }, { Fingerprint: 7, Value: [] }, { Value: 'AAAA' }),
        '',
      ),
    );
    expect([...keys.keys()]).toEqual(['__proto__']);
    expect(checkSignature({ text: '', signature: 'ab', fingerprint: 'constructor', keys })).toBe('no key');
  });
});

describe('a key counts', () => {
  it('where its fingerprint is the MD5 of its bytes, in either encoding', () => {
    const [documented] = parsePublicKeys(list(DOCUMENTED), '');
    expect(documented!.problem).toBe('');
    expect(keyOf(makeKey({ ...key, encoding: 'spki' }).der).problem).toBe('');
    const [other] = parsePublicKeys(list({ ...DOCUMENTED, Fingerprint: key.fingerprint }), '');
    expect(other).toMatchObject({ key: undefined, problem: 'its fingerprint is not that of its value' });
  });

  it('not where it is shorter than 2,048 bits, has another exponent, or is no RSA key', () => {
    expect(keyOf(makeKey({ ...key, bits: 1024 }).der).problem).toBe('it has 1024 bits, fewer than 2048');
    const { publicKey: odd } = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 });
    expect(keyOf(odd.export({ type: 'pkcs1', format: 'der' })).problem).toBe('its exponent is not 65537');
    const { publicKey: curve } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(keyOf(curve.export({ type: 'spki', format: 'der' })).problem).toBe('it is not an RSA key');
    expect(keyOf(Buffer.from('no key')).problem).toBe('its value is not a public key');
  });

  it('not with bytes behind it or with other characters in its value', () => {
    expect(keyOf(Buffer.concat([key.der, Buffer.from([0])])).problem).not.toBe('');
    const [spaced] = parsePublicKeys(list({ ...DOCUMENTED, Value: ` ${DOCUMENTED.Value}` }), '');
    expect(spaced!.problem).toBe('its value is not base64');
  });
});

describe('a signature', () => {
  const keys = byFingerprint(parsePublicKeys(publicKeyList([key]), ''));
  const text = stringToSign({
    endTime: '2026-03-02T11:00:00Z',
    bucket: 'b',
    object: 'k',
    hash: 'ab',
    previousSignature: null,
  });
  const signature = createSign('RSA-SHA256').update(text).sign(key.privateKey, 'hex');
  const check = (more: Partial<Parameters<typeof checkSignature>[0]>) =>
    checkSignature({ text, signature, fingerprint: key.fingerprint, keys, ...more });

  it('is of four lines, without one at the end, and of null where there was no digest before', () => {
    expect(text).toBe('2026-03-02T11:00:00Z\nb/k\nab\nnull');
  });

  it('is valid in either case of its digits, and for its text alone', () => {
    expect(check({})).toBe('valid');
    expect(check({ signature: signature.toUpperCase() })).toBe('valid');
    expect(check({ text: `${text} ` })).toBe('invalid');
  });

  it.each(['', 'abc', 'no', '00'.repeat(256), 'ab'.repeat(10_000)])('is invalid: %.20s', other => {
    expect(check({ signature: other })).toBe('invalid');
    expect(check({ signature: `${signature}${other}00` })).toBe('invalid');
  });

  it('of which there is no key, or none that counts, is neither', () => {
    expect(check({ fingerprint: 'other' })).toBe('no key');
    const bad = byFingerprint([{ ...keys.get(key.fingerprint)![0]!, key: undefined }]);
    expect(check({ keys: bad })).toBe('bad key');
  });
});
