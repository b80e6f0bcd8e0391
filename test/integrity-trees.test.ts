/** Trees that nobody altered: however they were delivered, copied or cut, nothing in them is accused or missed. */

import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ChainOptions, Chains } from '../scripts/digest-chains.js';
import { indexTree, treeOf, verifyTree } from './digest-trees.js';
import { filesBelow, folder, someOf } from './support.js';

const TWO_TRAILS = ['one', 'with_under-scores.and.dots'].map(name => ({ name, homeRegion: 'eu-west-1' }));
const WHOLE: Record<string, ChainOptions> = {
  'one trail': {},
  'an organization': { organization: 'o-abcdefghij', accounts: ['111122223333', '444455556666'], hours: 2 },
  'two trails': { trails: TWO_TRAILS },
  'accounts and regions': {
    accounts: ['111122223333', '444455556666'],
    regions: ['us-east-1', 'ap-southeast-2', 'us-gov-west-1'],
    hours: 2,
    filesPerHour: 1,
  },
  'backfill digests': { hours: 6, backfillHours: [1, 3, 4] },
  'a backfill digest for the first and the last hour': { hours: 5, backfillHours: [0, 4] },
  'a prefix': { prefix: 'a/long prefix/AWSLogs' },
  'hours without files': { hours: 6, emptyHours: [0, 2, 3, 5] },
  'no files at all': { emptyHours: [0, 1, 2, 3] },
  'windows that begin in the middle of a minute': { start: '2026-03-02T09:14:31Z' },
  'days, months and years that change': { start: '2026-12-31T22:00:00Z' },
  'signatures in a folder': { signatures: 'folder' },
  'signatures as lines': { signatures: 'lines' },
  'keys in the other encoding': { keyEncoding: 'spki' },
  'times of keys as the older AWS CLI writes them': { keyTimes: 'v1' },
  'a new key every two hours': { keyHours: 2 },
};

describe('a whole tree', () => {
  it.each(Object.entries(WHOLE))('with %s is proven to the last file', (_, options) => {
    const chains = treeOf(options);
    const { findings, verdicts, code, json } = verifyTree(chains, indexTree(chains).db);
    expect([findings, code]).toEqual([[], 0]);
    expect(Object.keys(verdicts)).toHaveLength(chains.logFiles.length);
    expect(new Set(Object.values(verdicts))).toEqual(new Set(chains.logFiles.length > 0 ? ['proven'] : []));
    expect(json.missingKeys).toEqual([]);
    const { chains: summaries } = json;
    expect(summaries.map(of => of.valid)).toEqual(summaries.map(of => of.digests));
  });

  it('says when logging was off, and nothing else', () => {
    const chains = treeOf({ hours: 5, offHours: [2] });
    const { findings, verdicts, because } = verifyTree(chains, indexTree(chains).db);
    expect(findings).toEqual(['chain restarted: digest 2']);
    expect(because[findings[0]!]).toContain('nothing links 2026-03-02T12:00:00Z to 2026-03-02T13:00:00Z');
    expect(new Set(Object.values(verdicts))).toEqual(new Set(['proven']));
  });

  it('without metadata leaves the newest digest of each chain unchecked', () => {
    const chains = treeOf({ signatures: 'nowhere', hours: 5, backfillHours: [1, 3] });
    const { findings, verdicts, code } = verifyTree(chains, indexTree(chains).db);
    expect([findings, code]).toEqual([['no signature: digest 2', 'no signature: digest 4'], 0]);
    const consistent = Object.keys(verdicts).filter(name => verdicts[name] === 'consistent');
    expect(consistent.sort()).toEqual(['log 6', 'log 7', 'log 8', 'log 9']);
  });

  it('without keys is consistent, and the commands that get them are printed', () => {
    const chains = treeOf({ regions: ['us-east-1', 'eu-west-1'] });
    const { findings, verdicts, code, stderr } = verifyTree(chains, indexTree(chains).db, { hasKeys: false });
    expect([new Set(findings.map(of => of.split(':')[0])), code]).toEqual([new Set(['no key']), 0]);
    expect(new Set(Object.values(verdicts))).toEqual(new Set(['consistent']));
    for (const region of ['us-east-1', 'eu-west-1'])
      expect(stderr).toContain(
        `list-public-keys --region ${region} --start-time 2026-03-02T10:00:00Z --end-time 2026-03-02T16:00:00Z`,
      );
  });

  it('without digests has no verdicts', () => {
    const chains = treeOf();
    const inputs = [join(chains.logs, 'AWSLogs/111122223333/CloudTrail')];
    const { findings, verdicts, code, json } = verifyTree(chains, indexTree(chains, { inputs }).db);
    expect([findings, verdicts, code]).toEqual([[], {}, 1]);
    expect(json.logFiles.none).toBe(chains.logFiles.length);
  });
});

/** Copies files of a tree to where `to` says, and indexes the copies. */
function copied(
  chains: Chains,
  to: (path: string) => string,
  write = copyFileSync as (from: string, to: string) => void,
) {
  const root = folder();
  for (const path of filesBelow(chains.logs)) {
    const target = join(root, to(path.slice(chains.logs.length + 1)));
    mkdirSync(dirname(target), { recursive: true });
    write(path, target);
  }
  return verifyTree(chains, indexTree(chains, { inputs: [root] }).db);
}
const gunzip = (from: string, to: string): void => {
  const bytes = readFileSync(from);
  writeFileSync(to.replace(/\.gz$/, ''), from.endsWith('.gz') ? gunzipSync(bytes) : bytes);
};

describe('a copy', () => {
  const options: ChainOptions = { trails: TWO_TRAILS, hours: 3, backfillHours: [1] };
  const isProven = ({ findings, verdicts, code }: ReturnType<typeof copied>): void => {
    expect([findings, code]).toEqual([[], 0]);
    expect(Object.keys(verdicts)).toHaveLength(12);
    expect(new Set(Object.values(verdicts))).toEqual(new Set(['proven']));
  };

  it('in one folder is proven', () => isProven(copied(treeOf(options), path => basename(path))));
  it('that was gunzipped is proven', () => isProven(copied(treeOf(options), path => path, gunzip)));
  it('that was gunzipped into one folder is proven', () =>
    isProven(copied(treeOf(options), path => basename(path), gunzip)));

  it.each(someOf([1, 2, 3, 4, 5, 6, 7, 8], 3))('that begins %i folders further down is proven', depth =>
    isProven(
      copied(treeOf(options), path => {
        const kind = path.includes('/CloudTrail-Digest/') ? 'digests' : 'logs';
        return join(kind, ...path.split('/').slice(Math.min(depth, path.split('/').length - 1)));
      }),
    ),
  );

  it('with everything twice is proven', () => {
    const chains = treeOf();
    cpSync(join(chains.logs, 'AWSLogs'), join(chains.logs, 'again/AWSLogs'), { recursive: true });
    const { findings, code } = verifyTree(chains, indexTree(chains).db);
    expect([findings, code]).toEqual([[], 0]);
  });

  it.each([
    ['10:00:00', 2],
    ['10:31:31', 2],
  ])('of the middle day of three has notes alone, with windows from %s on', (time, hour) => {
    // Sixty hours from 2026-03-01 on: the second day is whole.
    const chains = treeOf({ start: `2026-03-01T${time}Z`, hours: 60, filesPerHour: hour, recordsPerFile: 1 });
    for (const path of filesBelow(chains.logs)) if (!path.includes('/2026/03/02/')) rmSync(path);
    const { json, code } = verifyTree(chains, indexTree(chains).db);
    expect(code).toBe(0);
    expect(new Set(json.findings.map(of => of.level))).toEqual(new Set(['note']));
    const kinds = new Set<string>(json.findings.map(of => of.kind));
    expect(kinds).toEqual(
      new Set(['chain begins earlier', 'log of an earlier day', 'log after the last digest']),
    );
  });
});
