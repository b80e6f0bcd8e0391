/** Alterations of log files, each found and named as what it is; every other file keeps its verdict. */

import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, it } from 'vitest';
import type { Chains } from '../scripts/digest-chains.js';
import { type Alteration, contentOf, examine, logName, plant, removeDigest } from './digest-trees.js';
import { record, trailGz } from './support.js';

const path = (chains: Chains, log: number): string => chains.logFiles[log]!.path;
const bytesOf = (chains: Chains, log: number): Buffer => readFileSync(path(chains, log));

/** Rewrites the records of a log file. */
const edit =
  (log: number, change: (records: Array<Record<string, unknown>>) => void) =>
  (chains: Chains): void => {
    const content = contentOf(bytesOf(chains, log));
    change(content.Records);
    writeFileSync(path(chains, log), gzipSync(JSON.stringify(content)));
  };

/** Puts other bytes in the place of a log file's. */
const rewrite =
  (log: number, change: (bytes: Buffer) => Uint8Array) =>
  (chains: Chains): void =>
    writeFileSync(path(chains, log), change(bytesOf(chains, log)));

/** Moves or copies a log file to a path that is relative to its folder. */
const place =
  (log: number, to: string, how: (from: string, to: string) => void) =>
  (chains: Chains): void => {
    const target = join(dirname(path(chains, log)), to);
    mkdirSync(dirname(target), { recursive: true });
    how(path(chains, log), target);
  };

const OTHER_NAME = logName('20260302T1145Z');
const ALTERED = { findings: ['log altered: log 3'], verdicts: { 'log 3': 'altered' } };

const CONTENT: Alteration[] = [
  {
    name: 'one bit of the compressed bytes',
    alter: rewrite(3, bytes => {
      bytes[bytes.length >> 1]! ^= 1;
      return bytes;
    }),
    ...ALTERED,
    because: { 'log altered: log 3': /gzip/ },
  },
  {
    name: 'one byte of the content',
    alter: rewrite(3, bytes =>
      gzipSync(gunzipSync(bytes).toString().replace('eventVersion":"1', 'eventVersion":"2')),
    ),
    ...ALTERED,
  },
  {
    name: 'white space in the content',
    alter: rewrite(3, bytes => gzipSync(`${gunzipSync(bytes)}\n`)),
    ...ALTERED,
  },
  { name: 'a record removed', alter: edit(3, records => records.pop()), ...ALTERED },
  { name: 'every record removed', alter: edit(3, records => records.splice(0)), ...ALTERED },
  { name: 'a record added', alter: edit(3, records => records.push(record())), ...ALTERED },
  {
    name: 'a record edited',
    alter: edit(3, records => Object.assign(records[0]!, { sourceIPAddress: '198.51.100.1' })),
    ...ALTERED,
  },
  { name: 'records in another order', alter: edit(3, records => records.reverse()), ...ALTERED },
  { name: 'emptied', alter: c => truncateSync(path(c, 3)), ...ALTERED },
  { name: 'emptied, and gzipped', alter: rewrite(3, () => gzipSync('')), ...ALTERED },
  {
    name: 'cut',
    alter: rewrite(3, bytes => bytes.subarray(0, bytes.length - 40)),
    ...ALTERED,
    because: { 'log altered: log 3': /cut off/ },
  },
  { name: 'no gzip, no JSON', alter: rewrite(3, () => Buffer.from('nothing of ours')), ...ALTERED },
  {
    name: 'a second gzip member with a record',
    alter: rewrite(3, bytes => Buffer.concat([bytes, trailGz([record()])])),
    ...ALTERED,
  },
  {
    name: 'bytes after the gzip stream',
    alter: c => appendFileSync(path(c, 3), 'more'),
    findings: ['data after the log: log 3'],
    verdicts: { 'log 3': 'altered' },
  },
  {
    name: 'one bit of its gzip checksum',
    alter: rewrite(3, bytes => {
      bytes[bytes.length - 6]! ^= 1;
      return bytes;
    }),
    findings: ['log damaged: log 3'],
    verdicts: { 'log 3': 'altered' },
  },
  {
    name: 'its last bytes, which hold no content, cut off',
    alter: rewrite(3, bytes => bytes.subarray(0, bytes.length - 3)),
    findings: ['log damaged: log 3'],
    verdicts: { 'log 3': 'altered' },
  },
  {
    name: 'another gzip level alone',
    alter: rewrite(3, bytes => gzipSync(gunzipSync(bytes), { level: 9 })),
    findings: [],
  },
  { name: 'gzipped once more on its way', alter: rewrite(3, bytes => gzipSync(bytes)), findings: [] },
  {
    name: 'two files swapped',
    alter: c => {
      const [one, two] = [bytesOf(c, 2), bytesOf(c, 3)];
      writeFileSync(path(c, 2), two);
      writeFileSync(path(c, 3), one);
    },
    findings: ['log replaced by another: log 2', 'log replaced by another: log 3'],
    verdicts: { 'log 2': 'altered', 'log 3': 'altered' },
  },
  {
    name: 'the content of another log over it',
    alter: c => copyFileSync(path(c, 2), path(c, 3)),
    findings: ['log replaced by another: log 3'],
    verdicts: { 'log 3': 'altered' },
  },
];

const PLACES: Alteration[] = [
  { name: 'removed', alter: c => rmSync(path(c, 3)), findings: ['log not here: log 3'] },
  {
    name: 'all of an hour removed',
    alter: c => {
      for (const i of [2, 3]) rmSync(path(c, i));
    },
    findings: ['log not here: log 2', 'log not here: log 3'],
  },
  { name: 'renamed', alter: place(3, OTHER_NAME, renameSync), findings: [`log renamed: ${OTHER_NAME}`] },
  {
    name: 'renamed to no name of CloudTrail',
    alter: place(3, 'a.json.gz', renameSync),
    findings: ['log renamed: a.json.gz'],
  },
  {
    name: 'renamed and edited',
    alter: c => {
      edit(3, records => records.pop())(c);
      place(3, OTHER_NAME, renameSync)(c);
    },
    findings: ['log not here: log 3', `log unlisted: ${OTHER_NAME}`],
    verdicts: { [OTHER_NAME]: 'unlisted' },
  },
  {
    name: 'moved to another day',
    alter: c => place(3, `../03/${c.logFiles[3]!.key.split('/').at(-1)}`, renameSync)(c),
    findings: ['log moved: log 3 elsewhere'],
  },
  {
    name: 'copied under another name',
    alter: place(3, OTHER_NAME, copyFileSync),
    findings: [`log copied: ${OTHER_NAME}`],
  },
  {
    name: 'copied under its name, elsewhere',
    alter: c =>
      place(3, `../../../../../../../kept/${c.logFiles[3]!.key.split('/').at(-1)}`, copyFileSync)(c),
    findings: [],
  },
  {
    name: 'planted in a covered hour',
    alter: c => plant(c, 3, logName('20260302T1130Z')),
    findings: [`log unlisted: ${logName('20260302T1130Z')}`],
    verdicts: { [logName('20260302T1130Z')]: 'unlisted' },
  },
  {
    name: 'planted minutes before a window ends that another follows',
    alter: c => plant(c, 3, logName('20260302T1158Z')),
    findings: [`log unlisted: ${logName('20260302T1158Z')}`],
    verdicts: { [logName('20260302T1158Z')]: 'unlisted' },
  },
  {
    name: 'planted in the very minute in which the first window begins',
    alter: c => plant(c, 3, logName('20260302T1000Z')),
    findings: [`log unlisted: ${logName('20260302T1000Z')}`],
    verdicts: { [logName('20260302T1000Z')]: 'unlisted' },
  },
  {
    name: 'delivered before the first window',
    alter: c => plant(c, 3, logName('20260302T0959Z')),
    findings: [`log outside digests: ${logName('20260302T0959Z')}`],
    verdicts: { [logName('20260302T0959Z')]: 'unlisted' },
  },
  {
    name: 'delivered minutes before the last window ends',
    alter: c => plant(c, 3, logName('20260302T1350Z')),
    findings: [`log after the last digest: ${logName('20260302T1350Z')}`],
    verdicts: { [logName('20260302T1350Z')]: 'unlisted' },
  },
  {
    name: 'delivered after the last digest',
    alter: c => plant(c, 3, logName('20260302T1510Z')),
    findings: [`log after the last digest: ${logName('20260302T1510Z')}`],
    verdicts: { [logName('20260302T1510Z')]: 'unlisted' },
  },
  {
    name: 'planted under a name that CloudTrail does not give',
    alter: c => plant(c, 3, 'notes.json.gz'),
    findings: ['log of unknown delivery: notes.json.gz'],
    verdicts: { 'notes.json.gz': 'unlisted' },
  },
  {
    name: 'planted with a day that is none',
    alter: c => plant(c, 3, logName('20260342T1130Z')),
    findings: [`log of unknown delivery: ${logName('20260342T1130Z')}`],
    verdicts: { [logName('20260342T1130Z')]: 'unlisted' },
  },
  {
    name: 'planted in an hour whose digest is not here',
    alter: c => {
      removeDigest(c, 1);
      plant(c, 3, logName('20260302T1130Z'));
    },
    findings: [
      'digest not here: digest 1',
      'log outside digests: log 2',
      'log outside digests: log 3',
      `log outside digests: ${logName('20260302T1130Z')}`,
    ],
    verdicts: { 'log 2': 'unlisted', 'log 3': 'unlisted', [logName('20260302T1130Z')]: 'unlisted' },
  },
  {
    name: 'planted in an hour that a backfill digest covers',
    options: { hours: 5, backfillHours: [2] },
    alter: c => plant(c, 3, logName('20260302T1230Z')),
    findings: [`log unlisted: ${logName('20260302T1230Z')}`],
    verdicts: { [logName('20260302T1230Z')]: 'unlisted' },
  },
  {
    name: 'planted where two trails deliver',
    options: { trails: ['one', 'two'].map(name => ({ name, homeRegion: 'us-east-1' })) },
    alter: c => plant(c, 3, logName('20260302T1130Z')),
    findings: [`log unlisted: ${logName('20260302T1130Z')}`],
    verdicts: { [logName('20260302T1130Z')]: 'unlisted' },
    because: { [`log unlisted: ${logName('20260302T1130Z')}`]: /one, two/ },
  },
];

const LATER: Alteration[] = [
  {
    name: 'altered since the ingest',
    later: edit(3, records => records.pop()),
    findings: ['changed since the ingest: log 3', 'log altered: log 3'],
  },
  {
    name: 'gone since the ingest',
    later: c => rmSync(path(c, 3)),
    findings: ['gone since the ingest: log 3'],
  },
  {
    name: 'gzipped otherwise since the ingest',
    later: rewrite(3, bytes => gzipSync(gunzipSync(bytes), { level: 9 })),
    findings: [],
  },
  {
    name: 'bytes behind it since the ingest',
    later: c => appendFileSync(path(c, 3), 'more'),
    findings: ['data after the log: log 3'],
  },
  {
    name: 'its digest altered since the ingest',
    later: c => writeFileSync(c.digests[1]!.path, gzipSync(`${c.digests[1]!.bytes} `)),
    findings: [
      'changed since the ingest: digest 1',
      'hash link broken: digest 1',
      'signature invalid: digest 1',
    ],
  },
];

describe('a log file', () => {
  it.each([...CONTENT, ...PLACES, ...LATER])('$name', examine);
});
