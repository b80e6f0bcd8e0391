import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Chains, makeChains } from '../scripts/digest-chains.js';
import { folder, ingestInto, offtrail, put, query, record, trail } from './support.js';

/** Two regions, each with a key of its own; one log file has a record edited. */
let chains: Chains;
let db: string;
let altered: string;
beforeAll(() => {
  chains = makeChains(folder(), { regions: ['us-east-1', 'eu-west-1'], hours: 3, filesPerHour: 2 });
  altered = chains.logFiles[1]!.path;
  const content = JSON.parse(gunzipSync(readFileSync(altered)).toString()) as {
    Records: Array<Record<string, unknown>>;
  };
  content.Records[0]!.sourceIPAddress = '198.51.100.9';
  writeFileSync(altered, gzipSync(JSON.stringify(content)));
  db = ingestInto([chains.logs]).db;
});
const run = (...args: string[]) => offtrail([...args, '--db', db]);
const evidence = (): unknown =>
  query(db, 'SELECT evidence, count(DISTINCT file_path) AS files FROM cloudtrail_logs GROUP BY 1 ORDER BY 1');

describe('public keys', () => {
  it('of several files count together, and later ones beside those that were given before', () => {
    expect(run('verify').stderr.match(/aws cloudtrail list-public-keys/g)).toHaveLength(2);
    run('verify', '--public-keys', chains.keyFiles[0]!);
    const half = evidence();
    run('verify', '--public-keys', chains.keyFiles[1]!);
    const whole = [
      { evidence: 'altered', files: 1 },
      { evidence: 'proven', files: 11 },
    ];
    expect(half).not.toEqual(whole);
    expect(evidence()).toEqual(whole);
    expect(run('verify', '--forget-keys').stdout).toContain('0 proven, 11 consistent, 1 altered');
    expect(run('verify', '--public-keys', ...chains.keyFiles).stdout).toContain(
      '11 proven, 0 consistent, 1 altered',
    );
  });

  it('that are none, or cannot be used, are refused or named, and drop nothing', () => {
    const root = folder();
    const empty = run('verify', '--public-keys', put(root, 'empty.json', '{"PublicKeyList":[]}'));
    expect([empty.code, empty.stderr]).toEqual([2, expect.stringContaining('its list is empty')]);
    const [key] = (
      JSON.parse(readFileSync(chains.keyFiles[0]!, 'utf8')) as {
        PublicKeyList: Array<Record<string, string>>;
      }
    ).PublicKeyList;
    const wrong = put(
      root,
      'wrong.json',
      JSON.stringify({ PublicKeyList: [{ ...key, Fingerprint: '0'.repeat(32) }] }),
    );
    expect(run('verify', '--public-keys', wrong).stderr).toContain(
      `the key ${'0'.repeat(32)} of ${wrong} is not used: its fingerprint is not that of its value`,
    );
    expect(run('verify').stdout).toContain('11 proven');
  });
});

describe('events that digests speak against', () => {
  it('are pointed out beside answers that have some, and left out by a filter', () => {
    const line =
      'of these events: 1 from altered log files (offtrail verify; --evidence proven leaves them out)\n';
    for (const args of [
      ['events', '--ip', '198.51.100.9'],
      ['top', 'eventName', '--ip', '198.51.100.9'],
      ['timeline', '--ip', '198.51.100.9'],
      ['search', '198.51.100.9'],
      ['who', '198.51.100.9'],
    ]) {
      expect(run(...args).stderr, args[0]).toContain(line);
      expect(run(...args, '--quiet').stderr, args[0]).not.toContain(line);
      expect(run(...args, '--evidence', 'proven').stderr, args[0]).not.toContain(line);
    }
    const [id] = query(
      db,
      "SELECT eventid AS id FROM cloudtrail_logs WHERE sourceipaddress = '198.51.100.9'",
    );
    expect(run('show', String(id!.id)).stderr).toContain('that file is altered');
    expect(run('status').stdout).toMatch(/altered +1 +3/);
  });

  it('are asked for by the words there are alone: another would read as nothing altered', () => {
    const { code, stderr } = run('events', '--evidence', 'tampered');
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('must be one of proven, consistent, altered, unlisted, none'),
    ]);
    expect(run('events', '--evidence', 'Altered', '--format', 'csv').stdout.trim().split('\n')).toHaveLength(
      4,
    );
  });

  it('have their evidence in Athena’s dialect under a name that Athena has not', () => {
    expect(
      JSON.parse(
        run('sql', 'SELECT "$evidence" AS e, count(*) AS n FROM t GROUP BY 1 ORDER BY 1', '--format', 'json')
          .stdout,
      ),
    ).toEqual([
      { e: 'altered', n: 3 },
      { e: 'proven', n: 33 },
    ]);
    expect(run('sql', 'SELECT evidence FROM t').stderr).toContain('the index has it as "$evidence"');
  });
});

describe('a report', () => {
  it('has every file, the events of altered ones, a way to check by hand, and sums that hold', () => {
    const report = join(folder(), 'case', 'report');
    expect(run('verify', '--report', report).code).toBe(1);
    expect(readdirSync(report).sort()).toEqual(
      ['README.md', 'SHA256SUMS', 'events.csv', 'files.csv', 'findings.csv', 'summary.json'].sort(),
    );
    expect(spawnSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: report, encoding: 'utf8' }).status).toBe(0);
    const lines = (name: string): string[] => readFileSync(join(report, name), 'utf8').trim().split('\r\n');
    expect(lines('events.csv').filter(line => line.startsWith('altered,'))).toHaveLength(3);
    // Twelve log files, six digests, their metadata, and the names of the columns.
    expect(lines('files.csv')).toHaveLength(12 + 6 + 6 + 1);
    expect(readFileSync(join(report, 'README.md'), 'utf8')).toContain(`- \`${altered}\`: `);
    expect(
      (JSON.parse(readFileSync(join(report, 'summary.json'), 'utf8')) as { findings: unknown[] }).findings,
    ).toHaveLength(1);
    const again = run('verify', '--report', report);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('is not empty')]);
  });

  it('leaves nothing behind where it cannot be written', () => {
    const root = folder();
    put(root, 'file', '');
    const { code, stderr } = run('verify', '--report', join(root, 'file', 'report'));
    expect([code, stderr]).toEqual([2, expect.stringContaining('offtrail: ')]);
    expect(readdirSync(root)).toEqual(['file']);
  });
});

describe('what cannot be checked', () => {
  it('is no silence: without digests verify ends with 1 and says so', () => {
    const { db: without } = ingestInto([put(folder(), 'a.json', trail([record()]))]);
    const { code, stderr } = offtrail(['verify', '--db', without, '--quiet']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('nothing can be said of the log files')]);
  });

  it.skipIf(process.getuid?.() === 0)(
    'has its reason: a file that may not be read now (skipped for root)',
    () => {
      chmodSync(altered, 0);
      try {
        expect(run('verify', '--reread').stdout).toContain('permission denied');
        const { stderr } = run('status', '--files');
        expect(stderr).toContain('the index is sound');
        expect(stderr).not.toContain('the index is damaged');
      } finally {
        chmodSync(altered, 0o644);
      }
    },
  );

  it('counts a file that is gone for nothing', () => {
    const tree = makeChains(folder(), { hours: 2, filesPerHour: 2 });
    const { db: own } = ingestInto([tree.logs]);
    rmSync(tree.logFiles[0]!.path);
    const { stdout, code } = offtrail(['verify', '--reread', '--db', own, '--public-keys', ...tree.keyFiles]);
    expect(code).toBe(1);
    expect(stdout).toContain('log files here: 3 proven');
    expect(stdout).toMatch(/gap: gone since the ingest \(1\)[\s\S]*the file disappeared before it was read/);
  });

  it('an empty search says what the index has', () => {
    const { code, stderr } = run('search', 'nowhere-at-all');
    expect([code, stderr]).toEqual([1, expect.stringContaining('no events found; the index has 36')]);
    expect(run('search', 'nowhere-at-all', '--quiet').stderr).toBe('');
  });
});
