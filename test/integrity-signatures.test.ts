/** Alterations of links between digests, of signatures and of keys, each found and named as what it is. */

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import {
  type Chains,
  type Digest,
  fingerprintOf,
  headObject,
  linkTo,
  makeKey,
  publicKeyList,
  resign,
  resignFrom,
  saveSignature,
} from '../scripts/digest-chains.js';
import { type Alteration, examine, notes, removeDigest, unsigned } from './digest-trees.js';
import { record, trail } from './support.js';

/** The name of a digest, without its time. */
const DIGEST = '111122223333_CloudTrail-Digest_us-east-1_management-events_us-east-1_20260302';
const DAY = 86_400;
const START = Date.parse('2026-03-02T00:00:00Z') / 1000;
const attackerKey = (bits = 2048) =>
  makeKey({ region: 'us-east-1', validFrom: START, validTo: START + 3 * DAY, bits });
const ATTACKER = attackerKey();

/** Signs digests and all after them by a key that they name. */
const resignAll =
  (from: number, key = ATTACKER) =>
  (chains: Chains): void => {
    let previous = chains.digests[from - 1];
    for (const digest of chains.digests.slice(from)) {
      digest.signer = key;
      digest.members.digestPublicKeyFingerprint = key.fingerprint;
      Object.assign(digest.members, linkTo(previous));
      resign(chains, digest);
      previous = digest;
    }
  };

const LINKS: Alteration[] = [
  {
    name: 'the hash of the one before edited',
    alter: unsigned(2, members => Object.assign(members, { previousDigestHashValue: 'ab'.repeat(32) })),
    findings: ['hash link broken: digest 2', 'signature invalid: digest 2'],
    verdicts: { 'log 4': 'unlisted', 'log 5': 'unlisted' },
  },
  {
    name: 'the hash of the one before edited, without keys',
    hasKeys: false,
    others: 'consistent',
    alter: unsigned(2, members => Object.assign(members, { previousDigestHashValue: 'ab'.repeat(32) })),
    findings: ['hash link broken: digest 2', ...notes('no key', 0, 1, 2, 3)],
    verdicts: { 'log 4': 'unlisted', 'log 5': 'unlisted' },
  },
  {
    name: 'the signature of the one before edited',
    alter: unsigned(2, members => Object.assign(members, { previousDigestSignature: 'ab'.repeat(256) })),
    findings: ['hash link broken: digest 2', 'signature invalid: digest 2'],
    verdicts: { 'log 4': 'unlisted', 'log 5': 'unlisted' },
  },
  {
    name: 'the signature of the one before edited in the last digest, no metadata',
    options: { signatures: 'nowhere' },
    alter: unsigned(3, members => Object.assign(members, { previousDigestSignature: 'ab'.repeat(256) })),
    findings: ['signature invalid: digest 2', 'no signature: digest 3'],
    verdicts: { 'log 4': 'unlisted', 'log 5': 'unlisted', 'log 6': 'consistent', 'log 7': 'consistent' },
    because: { 'signature invalid: digest 2': /may be what was altered/ },
  },
  {
    name: 'the signature of the one before null in the last digest, no metadata',
    options: { signatures: 'nowhere' },
    alter: unsigned(3, members => Object.assign(members, { previousDigestSignature: null })),
    findings: ['signature link broken: digest 2', 'no signature: digest 2', 'no signature: digest 3'],
    verdicts: { 'log 4': 'consistent', 'log 5': 'consistent', 'log 6': 'consistent', 'log 7': 'consistent' },
  },
  {
    name: 'a link to another region',
    options: { regions: ['us-east-1', 'eu-west-1'] },
    alter: unsigned(2, (members, { digests }) =>
      Object.assign(members, { previousDigestS3Object: digests[5]!.key }),
    ),
    findings: ['hash link broken: digest 2', 'signature invalid: digest 2', 'foreign link: digest 2'],
    verdicts: { 'log 4': 'unlisted', 'log 5': 'unlisted' },
  },
  {
    name: 'a link to another trail, signed',
    options: { trails: ['one', 'two'].map(name => ({ name, homeRegion: 'us-east-1' })) },
    alter: c => {
      c.digests[2]!.members.previousDigestS3Object = c.digests[5]!.key;
      resign(c, c.digests[2]!);
      resignFrom({ ...c }, c.digests[2]!);
    },
    findings: ['foreign link: digest 2'],
  },
  {
    name: 'a link past one to an older one',
    alter: c => {
      Object.assign(c.digests[3]!.members, linkTo(c.digests[1]!));
      resign(c, c.digests[3]!);
    },
    findings: ['digest apart: digest 2'],
  },
  {
    name: 'a chain cut: no link to the one before',
    alter: unsigned(2, members => Object.assign(members, linkTo(undefined))),
    findings: ['hash link broken: digest 2', 'signature invalid: digest 2', 'chain restarted: digest 2'],
    verdicts: { 'log 4': 'unlisted', 'log 5': 'unlisted' },
  },
  {
    name: 'a chain that begins anew',
    alter: c => {
      Object.assign(c.digests[2]!.members, linkTo(undefined));
      resignFrom(c, c.digests[2]!);
    },
    findings: ['chain restarted: digest 2'],
  },
  {
    name: 'an hour and its logs taken out, and linked over',
    alter: c => {
      removeDigest(c, 1);
      for (const i of [2, 3]) rmSync(c.logFiles[i]!.path);
      Object.assign(c.digests[2]!.members, linkTo(c.digests[0]!));
      resignFrom(c, c.digests[2]!);
    },
    findings: ['time without digest: digest 2'],
  },
];

const metadata =
  (at: number, change: (digest: Digest, chains: Chains) => void) =>
  (chains: Chains): void => {
    change(chains.digests[at]!, chains);
    saveSignature(chains, chains.digests[at]!);
  };
const signature = (at: number, value: (signature: string, chains: Chains) => string) =>
  metadata(at, (digest, chains) => {
    digest.signature = value(digest.signature!, chains);
  });
const turned = (hex: string): string =>
  hex[9] === '0' ? `${hex.slice(0, 9)}1${hex.slice(10)}` : `${hex.slice(0, 9)}0${hex.slice(10)}`;
/** The last digest, whose signature is in its metadata alone. */
const LAST = {
  findings: ['signature invalid: digest 3'],
  verdicts: { 'log 6': 'unlisted', 'log 7': 'unlisted' },
};
const sidecar = (chains: Chains, name: string, value: object): void =>
  writeFileSync(join(chains.logs, name), JSON.stringify(value));

const SIGNATURES: Alteration[] = [
  { name: 'one digit altered', alter: signature(3, turned), ...LAST },
  {
    name: 'one digit altered, where the next digest has it',
    alter: signature(1, turned),
    findings: ['signature link broken: digest 1'],
  },
  { name: 'of another digest', alter: signature(3, (_, { digests }) => digests[2]!.signature!), ...LAST },
  { name: 'no hex', alter: signature(3, hex => `${hex.slice(0, -1)}g`), ...LAST },
  { name: 'too short', alter: signature(3, hex => hex.slice(0, 64)), ...LAST },
  { name: 'in capitals', alter: signature(3, hex => hex.toUpperCase()), findings: [] },
  {
    name: 'empty',
    alter: signature(3, () => ''),
    findings: ['no signature: digest 3'],
    verdicts: { 'log 6': 'consistent', 'log 7': 'consistent' },
  },
  {
    name: "by another region's key",
    options: { regions: ['us-east-1', 'eu-west-1'] },
    alter: c => resign(c, c.digests[3]!, c.digests[7]!.signer.privateKey),
    ...LAST,
  },
  {
    name: 'metadata that is no JSON',
    alter: c => writeFileSync(`${c.digests[3]!.path}.metadata.json`, 'nothing of ours'),
    findings: ['no signature: digest 3'],
    verdicts: { 'log 6': 'consistent', 'log 7': 'consistent' },
  },
  {
    name: 'empty metadata, where the next digest has the signature',
    alter: c => writeFileSync(`${c.digests[1]!.path}.metadata.json`, ''),
    findings: [],
  },
  {
    name: 'records under the name of metadata',
    alter: c => writeFileSync(`${c.digests[1]!.path}.metadata.json`, trail([record()])),
    findings: [`log of unknown delivery: ${DIGEST}T120000Z.json.gz.metadata.json`],
    verdicts: { [`${DIGEST}T120000Z.json.gz.metadata.json`]: 'unlisted' },
  },
  {
    name: 'metadata of a digest that is not here',
    alter: c =>
      sidecar(c, 'a.metadata.json', {
        ...{ Bucket: 'b', Key: c.digests[3]!.key.replace('T140000Z', 'T190000Z') },
        ...headObject(c.digests[3]!),
      }),
    findings: [`signature without digest: ${DIGEST}T190000Z.json.gz`],
  },
  {
    name: 'metadata with the key of another digest',
    alter: c =>
      writeFileSync(
        `${c.digests[3]!.path}.metadata.json`,
        JSON.stringify({ Key: c.digests[2]!.key, ...headObject(c.digests[3]!) }),
      ),
    findings: ['signatures disagree: digest 2', 'no signature: digest 3'],
    verdicts: { 'log 6': 'consistent', 'log 7': 'consistent' },
  },
  {
    name: 'two metadata files that contradict each other',
    alter: c =>
      sidecar(c, 'a.json', {
        Key: c.digests[3]!.key,
        ...headObject(c.digests[3]!),
        Metadata: { signature: 'ab'.repeat(256) },
      }),
    findings: ['signatures disagree: digest 3'],
  },
  {
    name: 'two metadata files that say the same',
    alter: c => sidecar(c, 'a.json', { Key: c.digests[3]!.key, ...headObject(c.digests[3]!) }),
    findings: [],
  },
];

/** Rewrites the file of keys. */
const keyFile = (change: (keys: Array<Record<string, string>>) => void) => (c: Chains) => {
  const list = JSON.parse(readFileSync(c.keyFiles[0]!, 'utf8'));
  change(list.PublicKeyList);
  writeFileSync(c.keyFiles[0]!, JSON.stringify(list));
};
const ALL = [0, 1, 2, 3];

const KEYS: Alteration[] = [
  {
    name: 'another key under its fingerprint',
    alter: keyFile(keys => {
      keys[0]!.Value = ATTACKER.der.toString('base64');
    }),
    others: 'consistent',
    findings: notes('bad key', ...ALL),
    because: { 'bad key: digest 1': /fingerprint is not that of its value/ },
  },
  {
    name: 'bytes behind the key',
    alter: c => {
      const key = c.keys[0]!;
      const der = Buffer.concat([key.der, Buffer.from([0])]);
      const other = { ...key, der, fingerprint: fingerprintOf(der) };
      resignAll(0, other)(c);
      writeFileSync(c.keyFiles[0]!, publicKeyList([other]));
    },
    others: 'consistent',
    findings: notes('bad key', ...ALL),
    because: { 'bad key: digest 1': /more than a key/ },
  },
  {
    name: 'a key of 1,024 bits',
    alter: c => {
      const weak = attackerKey(1024);
      resignAll(0, weak)(c);
      writeFileSync(c.keyFiles[0]!, publicKeyList([weak]));
    },
    others: 'consistent',
    findings: notes('bad key', ...ALL),
    because: { 'bad key: digest 1': /1024 bits/ },
  },
  {
    name: 'a key of another month',
    alter: keyFile(keys => {
      Object.assign(keys[0]!, {
        ValidityStartTime: '2026-04-01T00:00:00+00:00',
        ValidityEndTime: '2026-04-30T00:00:00+00:00',
      });
    }),
    findings: notes('key out of its time', ...ALL),
  },
  {
    name: 'every digest signed by an attacker, keys given',
    alter: resignAll(0),
    others: 'consistent',
    findings: notes('key not listed', ...ALL),
  },
  {
    name: 'every digest signed by an attacker, no keys given: nothing tells',
    alter: resignAll(0),
    hasKeys: false,
    others: 'consistent',
    findings: notes('no key', ...ALL),
  },
  {
    name: 'the later digests signed by an attacker, keys given',
    alter: resignAll(2),
    findings: notes('key not listed', 2, 3),
    verdicts: Object.fromEntries([4, 5, 6, 7].map(i => [`log ${i}`, 'consistent'])),
  },
  {
    name: 'keys of one region given, of two',
    options: { regions: ['us-east-1', 'eu-west-1'] },
    alter: c => {
      c.keyFiles.pop();
    },
    findings: notes('no key', 4, 5, 6, 7),
    verdicts: Object.fromEntries([8, 9, 10, 11, 12, 13, 14, 15].map(i => [`log ${i}`, 'consistent'])),
  },
];

describe('a link', () => {
  it.each(LINKS)('$name', examine);
});

describe('a signature or a key', () => {
  it.each([...SIGNATURES, ...KEYS])('$name', examine);
});
