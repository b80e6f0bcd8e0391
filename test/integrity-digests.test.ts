/** Alterations of digests, each found and named as what it is. */

import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, it } from 'vitest';
import { type Chains, type DigestMembers, makeKey, resign, resignFrom } from '../scripts/digest-chains.js';
import { type Alteration, examine, notes, removeDigest, unsigned, writeRaw } from './digest-trees.js';

const ATTACKER = makeKey({ region: 'us-east-1', validFrom: 0, validTo: 0 });

/** The same, signed by an attacker's key; the digest still names CloudTrail's. */
const signedByOther =
  (at: number, change: (members: DigestMembers, chains: Chains) => void) =>
  (chains: Chains): void => {
    change(chains.digests[at]!.members, chains);
    resign(chains, chains.digests[at]!, ATTACKER.privateKey);
  };

const dropEntry = (members: DigestMembers): void => {
  members.logFiles.pop();
};
const editHash = (members: DigestMembers): void => {
  members.logFiles[1]!.hashValue = 'ab'.repeat(32);
};

/** A digest in the middle that is not what was signed: its metadata and the next digest say so. */
const ALTERED = ['signature invalid: digest 1', 'hash link broken: digest 1'];
const RESIGNED = [...ALTERED, 'signature link broken: digest 1'];
const UNLISTED = { 'log 2': 'unlisted', 'log 3': 'unlisted' };
const OUTSIDE = ['log outside digests: log 2', 'log outside digests: log 3'];
const MEMBERS: Alteration[] = [
  { name: 'a listed hash edited', alter: unsigned(1, editHash), findings: ALTERED, verdicts: UNLISTED },
  {
    name: 'a listed hash edited, signed by another',
    alter: signedByOther(1, editHash),
    findings: RESIGNED,
    verdicts: UNLISTED,
  },
  {
    name: 'a listed hash edited in the last digest',
    alter: unsigned(3, editHash),
    findings: ['signature invalid: digest 3'],
    verdicts: { 'log 6': 'unlisted', 'log 7': 'unlisted' },
  },
  {
    name: 'a listed hash edited, without keys',
    alter: unsigned(1, editHash),
    hasKeys: false,
    others: 'consistent',
    findings: ['hash link broken: digest 1', ...notes('no key', 0, 1, 2, 3)],
    verdicts: UNLISTED,
  },
  {
    name: 'a listed hash edited in the last digest, without keys: nothing tells',
    alter: unsigned(3, editHash),
    hasKeys: false,
    others: 'consistent',
    findings: ['log altered: log 7', ...notes('no key', 0, 1, 2, 3)],
    verdicts: { 'log 7': 'altered' },
  },
  {
    name: 'a listed hash edited, without signatures',
    options: { signatures: 'nowhere' },
    alter: unsigned(1, editHash),
    findings: [...ALTERED, ...notes('no signature', 3)],
    verdicts: { ...UNLISTED, 'log 6': 'consistent', 'log 7': 'consistent' },
  },
  {
    name: 'an entry removed with its file',
    alter: c => {
      unsigned(1, dropEntry)(c);
      rmSync(c.logFiles[3]!.path);
    },
    findings: ALTERED,
    verdicts: { 'log 2': 'unlisted' },
  },
  {
    name: 'an entry removed with its file, signed by another',
    alter: c => {
      signedByOther(1, dropEntry)(c);
      rmSync(c.logFiles[3]!.path);
    },
    findings: RESIGNED,
    verdicts: { 'log 2': 'unlisted' },
  },
  {
    name: 'an entry removed with its file, signed by another, without keys',
    hasKeys: false,
    others: 'consistent',
    alter: c => {
      signedByOther(1, dropEntry)(c);
      rmSync(c.logFiles[3]!.path);
    },
    findings: [
      'hash link broken: digest 1',
      'signature link broken: digest 1',
      ...notes('no key', 0, 1, 2, 3),
    ],
    verdicts: { 'log 2': 'unlisted' },
  },
  {
    name: 'an entry removed, its file left',
    alter: unsigned(1, dropEntry),
    findings: [...ALTERED, 'log outside digests: log 3'],
    verdicts: UNLISTED,
    because: { 'log outside digests: log 3': /believed/ },
  },
  {
    name: 'an entry added for a file that never was',
    alter: unsigned(1, ({ logFiles }) => logFiles.push({ ...logFiles[0]!, s3Object: 'a/invented.json.gz' })),
    findings: [...ALTERED, 'log not here: invented.json.gz'],
    verdicts: UNLISTED,
    because: { 'log not here: invented.json.gz': /not to be believed/ },
  },
  {
    name: 'white space added',
    alter: c => writeRaw(c, 1, `${c.digests[1]!.bytes} `),
    findings: ALTERED,
    verdicts: UNLISTED,
  },
  {
    name: 'another gzip level alone',
    alter: c => writeFileSync(c.digests[1]!.path, gzipSync(c.digests[1]!.bytes, { level: 9 })),
    findings: [],
  },
  {
    name: 'bytes after its gzip stream',
    alter: c => appendFileSync(c.digests[1]!.path, 'more'),
    findings: ['digest damaged: digest 1'],
  },
  {
    name: 'a member twice',
    alter: c =>
      writeRaw(c, 1, `${c.digests[1]!.bytes}`.replace('{', '{"digestEndTime":"2026-03-02T11:00:00Z",')),
    findings: ALTERED,
    verdicts: UNLISTED,
  },
  {
    name: 'a window moved over the one before it',
    alter: c => {
      c.digests[2]!.members.digestStartTime = '2026-03-02T11:30:00Z';
      resignFrom(c, c.digests[2]!);
    },
    findings: ['digests overlap: digest 2'],
  },
  {
    name: 'a window of one second',
    alter: c => {
      c.digests[0]!.members.digestStartTime = '2026-03-02T10:59:59Z';
      resignFrom(c, c.digests[0]!);
    },
    findings: [],
  },
  {
    name: 'a window that ends before it begins',
    alter: c => {
      c.digests[3]!.members.digestStartTime = '2026-03-02T15:00:00Z';
      resign(c, c.digests[3]!);
    },
    findings: [
      'digest unreadable: digest 3',
      'log after the last digest: log 6',
      'log after the last digest: log 7',
    ],
    verdicts: { 'log 6': 'unlisted', 'log 7': 'unlisted' },
  },
];

const PLACES: Alteration[] = [
  {
    name: 'removed in the middle',
    alter: c => removeDigest(c, 1),
    findings: ['digest not here: digest 1', ...OUTSIDE],
    verdicts: UNLISTED,
  },
  {
    name: 'removed in the middle with its logs',
    alter: c => {
      removeDigest(c, 1);
      for (const i of [2, 3]) rmSync(c.logFiles[i]!.path);
    },
    findings: ['digest not here: digest 1'],
  },
  {
    name: 'removed at the end',
    alter: c => removeDigest(c, 3),
    findings: ['log after the last digest: log 6', 'log after the last digest: log 7'],
    verdicts: { 'log 6': 'unlisted', 'log 7': 'unlisted' },
  },
  {
    name: 'removed at the end, its metadata left',
    alter: c => rmSync(c.digests[3]!.path),
    findings: [
      'log after the last digest: log 6',
      'log after the last digest: log 7',
      'signature without digest: digest 3 elsewhere',
    ],
    verdicts: { 'log 6': 'unlisted', 'log 7': 'unlisted' },
  },
  {
    name: 'removed at the end, their metadata left, where another region goes on',
    options: { regions: ['us-east-1', 'eu-west-1'], hours: 6, filesPerHour: 1 },
    alter: c => {
      for (const i of [1, 2, 3, 4, 5]) {
        rmSync(c.digests[i]!.path);
        rmSync(c.logFiles[i]!.path);
      }
    },
    findings: [
      'chain stops: digest 0',
      ...[1, 2, 3, 4, 5].map(i => `signature without digest: digest ${i} elsewhere`),
    ],
    because: {
      'chain stops: digest 0': /; CloudTrail wrote 5 later ones, the last of \S+Z: their metadata is here$/,
    },
  },
  {
    name: 'removed at the end, where another region goes on',
    options: { regions: ['us-east-1', 'eu-west-1'], hours: 6, filesPerHour: 1 },
    alter: c => {
      for (const i of [1, 2, 3, 4, 5]) {
        removeDigest(c, i);
        rmSync(c.logFiles[i]!.path);
      }
    },
    findings: ['chain stops: digest 0'],
  },
  {
    name: 'removed at the beginning',
    alter: c => removeDigest(c, 0),
    findings: ['chain begins earlier: digest 1', 'log outside digests: log 0', 'log outside digests: log 1'],
    verdicts: { 'log 0': 'unlisted', 'log 1': 'unlisted' },
  },
  {
    name: 'an older one in its place',
    alter: c => copyFileSync(c.digests[1]!.path, c.digests[2]!.path),
    findings: [
      'digest moved: digest 2',
      'digest not here: digest 2',
      'log outside digests: log 4',
      'log outside digests: log 5',
    ],
    verdicts: { 'log 4': 'unlisted', 'log 5': 'unlisted' },
  },
  {
    name: 'renamed',
    alter: c => renameSync(c.digests[1]!.path, join(dirname(c.digests[1]!.path), 'renamed.json.gz')),
    findings: ['digest moved: renamed.json.gz'],
  },
  {
    name: 'moved to another day',
    alter: c => {
      const folder = join(dirname(c.digests[1]!.path), '../03');
      mkdirSync(folder);
      renameSync(c.digests[1]!.path, join(folder, c.digests[1]!.key.split('/').at(-1)!));
    },
    findings: ['digest moved: digest 1 elsewhere'],
  },
  {
    name: 'copied to a folder of its own',
    alter: c => {
      mkdirSync(join(c.logs, 'copy'));
      copyFileSync(c.digests[1]!.path, join(c.logs, 'copy', c.digests[1]!.key.split('/').at(-1)!));
    },
    findings: [],
  },
  {
    name: 'doubled, with other content',
    alter: c => {
      const members = structuredClone(c.digests[1]!.members);
      editHash(members);
      mkdirSync(join(c.logs, 'copy'));
      const path = join(c.logs, 'copy', c.digests[1]!.key.split('/').at(-1)!);
      writeFileSync(path, gzipSync(JSON.stringify(members)));
    },
    findings: [
      'digest doubled: digest 1 elsewhere',
      'signature invalid: digest 1 elsewhere',
      'hash link broken: digest 1 elsewhere',
    ],
  },
  {
    name: 'all removed: nothing can be said',
    alter: c => {
      for (const i of c.digests.keys()) removeDigest(c, i);
    },
    findings: [],
    others: 'none',
  },
  {
    name: 'a backfill digest altered',
    options: { hours: 5, backfillHours: [2] },
    alter: c =>
      unsigned(
        c.digests.findIndex(of => of.isBackfill),
        editHash,
      )(c),
    findings: ['signature invalid: digest 4'],
    verdicts: { 'log 4': 'unlisted', 'log 5': 'unlisted' },
  },
  {
    name: 'a backfill digest removed with its logs',
    options: { hours: 5, backfillHours: [2] },
    alter: c => {
      removeDigest(c, 4);
      for (const i of [4, 5]) rmSync(c.logFiles[i]!.path);
    },
    findings: ['time without digest: digest 2'],
  },
  {
    name: 'that of one of two trails altered',
    options: { trails: ['one', 'two'].map(name => ({ name, homeRegion: 'us-east-1' })) },
    // The other trail's digest proves the same content.
    alter: unsigned(1, editHash),
    findings: [...ALTERED, 'log copied: log 2', 'log copied: log 3'],
  },
];

/** A digest that cannot be read, in the middle of a chain. */
const unreadable = (
  name: string,
  write: (chains: Chains) => void,
  more: Partial<Alteration> = {},
): Alteration => ({
  name,
  alter: write,
  findings: ['digest unreadable: digest 1', ...OUTSIDE],
  verdicts: UNLISTED,
  ...more,
});
const raw = (change: (members: Record<string, unknown>) => unknown) => (c: Chains) =>
  writeRaw(c, 1, JSON.stringify(change({ ...c.digests[1]!.members })));

const FORMS: Alteration[] = [
  unreadable('no gzip', c => writeFileSync(c.digests[1]!.path, 'nothing of ours')),
  unreadable('empty', c => writeFileSync(c.digests[1]!.path, '')),
  unreadable('cut', c =>
    writeFileSync(c.digests[1]!.path, readFileSync(c.digests[1]!.path).subarray(0, 300)),
  ),
  unreadable('no JSON', c => writeRaw(c, 1, 'digestS3Object')),
  { name: 'in an array', alter: raw(members => [members]), findings: ALTERED, verdicts: UNLISTED },
  unreadable(
    'null',
    raw(() => null),
  ),
  unreadable(
    'records',
    raw(() => ({ Records: [] })),
  ),
  unreadable(
    'a key that is a number',
    raw(members => ({ ...members, digestS3Object: 7 })),
  ),
  unreadable(
    'no end',
    raw(({ digestEndTime: _, ...members }) => members),
  ),
  unreadable(
    'an end that is no time',
    raw(members => ({ ...members, digestEndTime: '2026-03-02T25:00:00Z' })),
  ),
  unreadable(
    'no previousDigestSignature',
    raw(({ previousDigestSignature: _, ...members }) => members),
  ),
  unreadable(
    'an object for logFiles',
    raw(members => ({ ...members, logFiles: {} })),
  ),
  unreadable(
    'numbers in logFiles',
    raw(members => ({ ...members, logFiles: [1, null] })),
  ),
  unreadable(
    'a list without hashes',
    raw(members => ({ ...members, logFiles: [{ s3Object: 'a' }] })),
  ),
  unreadable('a prototype for a member', c =>
    writeRaw(c, 1, '{"__proto__":{"digestS3Object":"a"},"digestS3Object":{}}'),
  ),
  unreadable('nested deeply', c =>
    writeRaw(
      c,
      1,
      `${c.digests[1]!.bytes}`.replace(
        '"logFiles":[',
        `"logFiles":[${'['.repeat(200_000)}${']'.repeat(200_000)},`,
      ),
    ),
  ),
  unreadable(
    'longer than the limit',
    c =>
      writeRaw(
        c,
        1,
        `${' '.repeat(2 << 20)}${c.digests[1]!.bytes}`.replace('{', `{"more":"${'x'.repeat(2 << 20)}",`),
      ),
    { ingest: ['--max-record-mb', '1'], findings: ['digest not read: digest 1', ...OUTSIDE] },
  ),
  {
    name: 'entries with paths that lead elsewhere',
    hasKeys: false,
    others: 'consistent',
    alter: c => {
      const objects = [
        '../../../etc/passwd',
        '/etc/hostname',
        'a\u001b[31mb',
        'a\nb\0c',
        '__proto__',
        'constructor',
        '',
      ];
      const entries = objects.map(s3Object => ({ ...c.digests[3]!.members.logFiles[0]!, s3Object }));
      unsigned(3, ({ logFiles }) => logFiles.push(...entries))(c);
    },
    findings: [
      ...['passwd', 'hostname', 'a\u001b[31mb', 'a\nb\0c', '__proto__', 'constructor', ''].map(
        name => `log not here: ${name}`,
      ),
      ...notes('no key', 0, 1, 2, 3),
    ],
  },
];

describe('a digest', () => {
  it.each([...MEMBERS, ...PLACES, ...FORMS])('$name', examine);
});
