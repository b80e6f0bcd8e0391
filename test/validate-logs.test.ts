/** `offtrail validate-logs` prints what `aws cloudtrail validate-logs` prints (test/validate-logs holds its answers). */

import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  type ChainOptions,
  type Chains,
  linkTo,
  makeChains,
  resign,
  resignFrom,
  saveSignature,
} from '../scripts/digest-chains.js';
import { copyOf } from './digest-trees.js';
import { folder, ingestInto, offtrail, put, type Ran, ROOT, someOf } from './support.js';
import { type Answer, answerOf, argumentsOf, fileOf } from './validate-logs/answers.js';
import { SCENARIOS, type Scenario, TRAIL } from './validate-logs/scenarios.js';

const FIXTURES = join(ROOT, 'test', 'validate-logs');

interface Tree {
  chains: Chains;
  db: string;
}

/** Trees by their options: keys are costly to make. */
const originals = new Map<string, Chains>();

function treeOf(
  options: ChainOptions = {},
  alter?: (chains: Chains) => void,
  inputs?: (chains: Chains) => string[],
): Tree {
  const text = JSON.stringify(options);
  const original = originals.get(text) ?? makeChains(folder(), options);
  originals.set(text, original);
  const chains = copyOf(original);
  alter?.(chains);
  return { chains, db: ingestInto(inputs?.(chains) ?? [chains.logs]).db };
}

/** Trees in which nothing is altered, by their options. */
const unaltered = new Map<string, Tree>();
function treeFor({ options = {}, alter }: Scenario): Tree {
  if (alter) return treeOf(options, alter);
  const text = JSON.stringify(options);
  const tree = unaltered.get(text) ?? treeOf(options);
  unaltered.set(text, tree);
  return tree;
}

const validate = (
  { chains, db }: Tree,
  args: readonly string[],
  more: readonly string[] = ['--quiet'],
): Ran => offtrail(['validate-logs', ...args, '--public-keys', ...chains.keyFiles, '--db', db, ...more]);

describe('answers as the AWS CLI does', () => {
  it.each(someOf(SCENARIOS, 4))('$name', scenario => {
    const tree = treeFor(scenario);
    const expected = JSON.parse(readFileSync(join(FIXTURES, fileOf(scenario)), 'utf8')) as Answer;
    expect(answerOf(validate(tree, argumentsOf(scenario)), tree.chains)).toEqual(expected);
  });

  it('every recorded answer has a scenario', () => {
    const files = readdirSync(FIXTURES).filter(name => name.endsWith('.json'));
    expect(files.sort()).toEqual(SCENARIOS.map(fileOf).sort());
  });
});

const THREE: ChainOptions = { hours: 3, filesPerHour: 2, recordsPerFile: 1 };
const RANGE = [
  '--trail-arn',
  TRAIL,
  '--start-time',
  '2026-03-02T10:00:00Z',
  '--end-time',
  '2026-03-02T13:00:00Z',
];
const digestLine = (chains: Chains, place: number): string => {
  const { bucket, key } = chains.digests.at(place)!;
  return `Digest file\ts3://${bucket}/${key}`;
};
const ALL_VALID = '\n3/3 digest files valid\n6/6 log files valid\n';

describe('signatures', () => {
  it('without metadata are taken from the next digest; of the newest there is none, and a note says so', () => {
    const tree = treeOf({ ...THREE, signatures: 'nowhere' });
    const ran = validate(tree, RANGE, []);
    const { bucket, key } = tree.chains.digests.at(-1)!;
    expect(ran.stderr).toBe(
      `the index has no signature of s3://${bucket}/${key}\n` +
        `${digestLine(tree.chains, -1)}\tINVALID: signature verification failed\n\n`,
    );
    expect(ran.stdout).toContain('\n2/3 digest files valid, 1/3 digest files INVALID\n4/4 log files valid\n');
    expect(ran.code).toBe(1);
    expect(validate(tree, RANGE).stderr).not.toContain('the index has');
  });

  it('of digests made later are taken from the next one, too, with any key that is given', () => {
    const tree = treeOf({ ...THREE, hours: 4, signatures: 'nowhere', backfillHours: [1, 2], keyHours: 30 });
    const ran = validate(
      tree,
      RANGE.map(word => word.replace('T13', 'T14')),
    );
    expect(ran.stdout).toContain('1/2 backfill digest files valid, 1/2 backfill digest files INVALID');
  });

  it('may lie in a folder of their own or be lines of a file', () => {
    for (const [signatures, where] of [
      ['folder', 'signatures'],
      ['lines', 'signatures.jsonl'],
    ] as const) {
      const tree = treeOf({ ...THREE, signatures }, undefined, chains => [
        chains.logs,
        join(chains.folder, where),
      ]);
      expect(validate(tree, RANGE)).toMatchObject({ code: 0, stderr: '' });
    }
  });

  it('in metadata count, whatever the next digest says', () => {
    const tree = treeOf(THREE, chains => {
      chains.digests[1]!.signature = chains.digests[0]!.signature;
      saveSignature(chains, chains.digests[1]!);
    });
    expect(validate(tree, RANGE).stderr).toContain(
      `${digestLine(tree.chains, 1)}\tINVALID: signature verification failed`,
    );
  });
});

describe('public keys', () => {
  it('are those of offtrail verify where none are given', () => {
    const { chains, db } = treeOf(THREE);
    const run = (...args: string[]): Ran => offtrail([...args, '--db', db]);
    const without = run('validate-logs', ...RANGE);
    expect(without.code).toBe(255);
    expect(without.stderr).toBe(
      'no public keys: --public-keys FILE takes the output of aws cloudtrail list-public-keys\n' +
        '\nNo public keys found between 2026-03-02T10:00:00Z and 2026-03-02T15:00:00Z\n',
    );
    run('verify', '--public-keys', chains.keyFiles[0]!);
    expect(run('validate-logs', ...RANGE).stdout).toContain(ALL_VALID);
  });

  it('with a fingerprint that is not theirs do not count', () => {
    const tree = treeOf(THREE, chains => {
      const text = readFileSync(chains.keyFiles[0]!, 'utf8');
      const { fingerprint } = chains.keys[0]!;
      writeFileSync(chains.keyFiles[0]!, text.replace(fingerprint, '0'.repeat(32)));
      for (const digest of chains.digests) digest.members.digestPublicKeyFingerprint = '0'.repeat(32);
      resignFrom(chains, chains.digests[0]!);
    });
    const ran = validate(tree, RANGE);
    expect(ran.stderr).toContain(`INVALID: Unable to load PKCS #1 key with fingerprint ${'0'.repeat(32)}\n`);
    expect(ran.code).toBe(1);
  });

  it('in the other encoding are read', () => {
    expect(validate(treeOf({ ...THREE, keyEncoding: 'spki' }), RANGE).code).toBe(0);
  });

  it('of a file that has none are an error that says what to give', () => {
    const { db } = treeOf({ ...THREE, hours: 1 });
    const file = put(folder(), 'keys.json', '{"Keys":[]}');
    const ran = offtrail(['validate-logs', ...RANGE, '--db', db, '--public-keys', file]);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain('it has no PublicKeyList');
    expect(ran.stderr).toContain('aws cloudtrail list-public-keys');
  });
});

describe('copies on this machine', () => {
  it('may be in one folder, or decompressed', () => {
    const chains = makeChains(folder(), THREE);
    const flat = folder();
    for (const { path } of [...chains.digests, ...chains.logFiles]) {
      const name = basename(path);
      if (name.includes('T10'))
        writeFileSync(join(flat, name.replace(/\.gz$/, '')), gunzipSync(readFileSync(path)));
      else copyFileSync(path, join(flat, name));
      if (name.includes('Digest')) copyFileSync(`${path}.metadata.json`, join(flat, `${name}.metadata.json`));
    }
    const { db } = ingestInto([flat]);
    const ran = validate({ chains, db }, RANGE);
    expect(ran.stdout).toContain(ALL_VALID);
    expect(ran.stderr).toBe('');
  });

  it('in the folder of another day are not where the digest says', () => {
    const tree = treeOf(THREE, chains => {
      const { path } = chains.logFiles[0]!;
      mkdirSync(join(path, '../../09'), { recursive: true });
      renameSync(path, join(path, '../../09', basename(path)));
    });
    const { bucket, key } = tree.chains.logFiles[0]!;
    expect(validate(tree, RANGE).stderr).toBe(`Log file\ts3://${bucket}/${key}\tINVALID: not found\n\n`);
  });

  it('of one name in the folders of two buckets are told apart', () => {
    const chains = makeChains(folder(), THREE);
    const root = folder();
    for (const bucket of ['a-copy', chains.options.bucket])
      for (const { path, key } of [...chains.digests, ...chains.logFiles]) {
        const log = key.includes('/CloudTrail/');
        put(root, join(bucket, key), log && bucket === 'a-copy' ? '{"Records":[]}' : readFileSync(path));
        if (!log) put(root, join(bucket, `${key}.metadata.json`), readFileSync(`${path}.metadata.json`));
      }
    const { db } = ingestInto([root]);
    expect(validate({ chains, db }, RANGE).stdout).toContain(ALL_VALID);
  });
});

describe('what an attacker writes', () => {
  it('a digest that says it is of another bucket is moved, not of another chain', () => {
    const tree = treeOf(THREE, chains => {
      const newest = chains.digests.at(-1)!;
      newest.members.digestS3Bucket = 'not-ours';
      resign(chains, newest, undefined);
    });
    for (const bucket of [[], ['--s3-bucket', tree.chains.options.bucket]]) {
      const ran = validate(tree, [...RANGE, ...bucket]);
      expect(ran.stderr).toBe(
        `${digestLine(tree.chains, -1)}\tINVALID: has been moved from its original location\n\n`,
      );
      expect(ran.stdout).toContain('2/3 digest files valid, 1/3 digest files INVALID');
    }
  });

  it('digests that link in a circle are walked once', () => {
    const tree = treeOf(THREE, chains => {
      const [oldest, , newest] = chains.digests;
      Object.assign(oldest!.members, linkTo(newest));
      resign(chains, oldest!);
    });
    expect(validate(tree, RANGE).stdout).toContain('digest files valid');
  });

  it('a name without a time hides no digest, and a control character in one does not reach the terminal', () => {
    const tree = treeOf(THREE, chains => {
      const { path } = chains.digests[1]!;
      copyFileSync(path, path.replace('20260302T120000Z', 'zzzz'));
      copyFileSync(path, path.replace('_20260302T12', '_x\u001b[31m_20260302T14'));
    });
    const ran = validate(tree, [...RANGE, '--verbose']);
    expect(ran.stdout).toContain(digestLine(tree.chains, 2));
    expect(ran.stderr).toContain('\\u{1b}[31m_20260302T140000Z.json.gz\tINVALID: ');
    expect(ran.stdout + ran.stderr).not.toContain('\u001b');
  });

  it('members of wrong types and names of prototypes are answered, not crashed on', () => {
    const tree = treeOf(THREE, chains => {
      const [first, second, third] = chains.digests;
      Object.assign(third!.members, { digestPublicKeyFingerprint: '__proto__' });
      Object.assign(second!.members, { previousDigestS3Object: 7, logFiles: {} });
      Object.assign(first!.members, { logFiles: [null, 3, { s3Object: [] }] });
      for (const digest of [first!, second!, third!]) resign(chains, digest);
    });
    const ran = validate(tree, RANGE);
    expect(ran.stderr).toContain('public key not found in region us-east-1 for fingerprint __proto__\n');
    expect(ran.stderr.match(/INVALID: invalid format/g)).toHaveLength(2);
    expect(ran.code).toBe(1);
  });
});

describe('the arguments', () => {
  it('without an end the range ends now', () => {
    const tree = treeFor({ name: '', options: THREE, args: [] });
    const before = new Date().toISOString().slice(0, 17);
    const ran = validate(tree, RANGE.slice(0, 4));
    expect(ran.stdout.split('\n')[0]).toContain(` and ${before}`);
    expect(ran.stdout).toContain(ALL_VALID);
  });

  it('a trail of which nothing is in the index is said to be so', () => {
    const tree = treeFor({ name: '', options: THREE, args: [] });
    const arn = 'arn:aws:cloudtrail:us-east-1:111122223333:trail/other';
    const ran = validate(tree, ['--trail-arn', arn, ...RANGE.slice(2)], []);
    expect(ran.stderr).toBe(`no digest of ${arn} is in the index\n`);
    expect(ran.stdout).toContain('No digests found');
    expect(ran.code).toBe(0);
  });

  it('the trail and the start are needed', () => {
    const ran = offtrail(['validate-logs', '--start-time', '2026-03-02']);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('trail-arn');
  });

  it.each([
    ['2026-03-02T10:00:00Z', '2026-03-02T10:00:00Z'],
    ['2026-03-02 10:00', '2026-03-02T10:00:00Z'],
    ['20260302T100000Z', '2026-03-02T10:00:00Z'],
    ['20260302', '2026-03-02T00:00:00Z'],
    ['03/02/2026', '2026-03-02T00:00:00Z'],
    ['27-01-2026', '2026-01-27T00:00:00Z'],
    ['Mar 2, 2026 10:00 PM', '2026-03-02T22:00:00Z'],
    ['2 March 2026 10:00:01.9 UTC', '2026-03-02T10:00:01Z'],
    ['2026-03-02T10:00:00-08:00', '2026-03-02T10:00:00Z'],
  ])('the time %s is %s', (text, shown) => {
    const tree = treeFor({ name: '', options: THREE, args: [] });
    const ran = validate(tree, ['--trail-arn', TRAIL, '--start-time', text, '--end-time', '2026-03-03']);
    expect(ran.stdout).toContain(` between ${shown} and 2026-03-03T00:00:00Z`);
  });

  it.each(['', 'tomorrow-ish', '2026-02-30', '2026-03-02T25:00:00Z', '9'.repeat(100_000)])(
    'no time is: %.40s',
    text => {
      const tree = treeFor({ name: '', options: THREE, args: [] });
      const ran = validate(tree, ['--trail-arn', TRAIL, `--start-time=${text}`, '--end-time', '2026-03-03']);
      expect(ran).toMatchObject({ code: 255, stdout: '' });
      expect(ran.stderr).toContain('\nUnable to parse date value: ');
    },
  );
});

describe('as data', () => {
  it('has the counts, the gaps and what is invalid, and with --verbose every file', () => {
    const tree = treeOf({ ...THREE, hours: 6, offHours: [1], backfillHours: [4] }, chains => {
      rmSync(chains.logFiles[0]!.path);
    });
    const [missing] = tree.chains.logFiles;
    const file = { bucket: missing!.bucket, key: missing!.key };
    const args = RANGE.map(word => word.replace('T13', 'T16'));
    const ran = validate(tree, [...args, '--format', 'json']);
    expect(JSON.parse(ran.stdout)).toEqual({
      trailArn: TRAIL,
      requested: { from: '2026-03-02T10:00:00Z', to: '2026-03-02T16:00:00Z' },
      found: { from: '2026-03-02T10:00:00Z', to: '2026-03-02T16:00:00Z' },
      digests: { valid: 4, invalid: 0 },
      backfillDigests: { valid: 1, invalid: 0 },
      logFiles: { valid: 9, invalid: 1 },
      gaps: [{ from: '2026-03-02T11:00:00Z', to: '2026-03-02T12:00:00Z', isBackfill: false }],
      files: [{ kind: 'log', ...file, invalid: 'not found' }],
    });
    expect(ran).toMatchObject({ code: 1, stderr: '' });
    const all = JSON.parse(validate(tree, [...args, '--verbose', '--format', 'jsonl']).stdout) as {
      files: Array<{ kind: string }>;
    };
    expect(all.files.map(({ kind }) => kind).filter(kind => kind !== 'log')).toEqual([
      ...Array.from({ length: 4 }, () => 'digest'),
      'backfill digest',
    ]);
    expect(all.files).toHaveLength(15);
  });
});
