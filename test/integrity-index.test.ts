/** What an index keeps of digests and verdicts: after further ingests, killed ones, loaded ones, and in older indexes. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { migrate } from '../src/store/migrations.js';
import {
  APPLICATION_ID,
  COLUMN_TABLES,
  EVENT_INDEXES,
  INDEXES,
  TABLES,
  TEXT_TABLES,
} from '../src/store/schema/v5.js';
import { contentOf, indexTree, treeOf, unsigned, verifyTree } from './digest-trees.js';
import { built, CLI, count, filesBelow, folder, offtrail, query } from './support.js';

const { ingestTree } = (await built('ingest/ingest.js')) as typeof import('../src/ingest/ingest.js');
const { openForWriting, openForQueries } = (await built(
  'store/open.js',
)) as typeof import('../src/store/open.js');
const { verifyDigests } = (await built('integrity/verify.js')) as typeof import('../src/integrity/verify.js');

/** Everything that an index knows of digests, by the paths of files. */
function digestRows(db: string): unknown {
  return {
    digests: query(
      db,
      `SELECT f.path, f.sha256, d.trail, d.object, d.end_second, d.previous_hash, d.previous_signature, d.listed, d.problem
      FROM digest AS d JOIN file AS f ON f.id = d.file_id ORDER BY f.path`,
    ),
    listed: query(
      db,
      `SELECT f.path, l.ordinal, l.bucket, l.object, l.hash
      FROM listed_file AS l JOIN digest AS d ON d.id = l.digest_id JOIN file AS f ON f.id = d.file_id
      ORDER BY f.path, l.ordinal`,
    ),
    signatures: query(
      db,
      `SELECT f.path, s.ordinal, s.object, s.signature
      FROM signature AS s JOIN file AS f ON f.id = s.file_id ORDER BY f.path, s.ordinal`,
    ),
    evidence: query(
      db,
      'SELECT f.path, e.verdict FROM evidence AS e JOIN file AS f ON f.id = e.file_id ORDER BY f.path',
    ),
  };
}

const evidenceOf = (db: string): Record<string, number> =>
  Object.fromEntries(
    query(db, 'SELECT evidence, count(*) AS n FROM cloudtrail_logs GROUP BY 1').map(({ evidence, n }) => [
      evidence as string,
      n as number,
    ]),
  );

describe('the verdicts in an index', () => {
  it('are in cloudtrail_logs.evidence, from the ingest on and with the keys that verify was given', () => {
    const chains = treeOf();
    const { db } = indexTree(chains);
    expect(evidenceOf(db)).toEqual({ consistent: 16 });
    verifyTree(chains, db);
    expect(evidenceOf(db)).toEqual({ proven: 16 });
    indexTree(chains);
    expect(evidenceOf(db)).toEqual({ proven: 16 });
  });

  it('follow the files: an ingest after an alteration, and one after its repair, says so', () => {
    const chains = treeOf();
    const { db } = indexTree(chains);
    verifyTree(chains, db);
    const { path } = chains.logFiles[3]!;
    const original = readFileSync(path);
    const content = contentOf(original);
    content.Records[0]!.sourceIPAddress = '198.51.100.1';
    writeFileSync(path, gzipSync(JSON.stringify(content)));
    unsigned(3, members => members.logFiles.pop())(chains);
    indexTree(chains);
    const { findings } = verifyTree(chains, db);
    expect(findings).toEqual([
      'log altered: log 3',
      'log outside digests: log 7',
      'signature invalid: digest 3',
    ]);
    // The version that was there before is kept, and was proven.
    expect(evidenceOf(db)).toMatchObject({ proven: 11, altered: 2, unlisted: 4 });
    expect(query(db, "SELECT DISTINCT file_path FROM cloudtrail_logs WHERE evidence = 'altered'")).toEqual([
      { file_path: path },
    ]);
    writeFileSync(path, original);
    writeFileSync(chains.digests[3]!.path, gzipSync(chains.digests[3]!.bytes));
    indexTree(chains);
    const removed = 'SELECT evidence FROM cloudtrail_logs WHERE is_removed';
    expect([evidenceOf(db).proven, query(db, removed)]).toEqual([16, [{ evidence: 'altered' }]]);
    expect(count(db, 'SELECT count(*) FROM digest')).toBe(4);
    expect(count(db, 'SELECT count(*) FROM listed_file')).toBe(8);
  });

  it('come with the digests, whenever they are ingested', () => {
    const chains = treeOf();
    const account = join(chains.logs, 'AWSLogs/111122223333');
    const { db } = indexTree(chains, { inputs: [join(account, 'CloudTrail')] });
    expect(evidenceOf(db)).toEqual({ none: 16 });
    indexTree(chains, { db, inputs: [join(account, 'CloudTrail-Digest')] });
    expect(evidenceOf(db)).toEqual({ consistent: 16 });
  });

  it('are answered and said not to be kept where the index cannot be written', () => {
    const chains = treeOf();
    const { db } = indexTree(chains);
    const holder = openForWriting(db);
    try {
      const { findings, json, stderr, code } = verifyTree(chains, db);
      expect([findings, code, json.logFiles.proven]).toEqual([[], 0, 8]);
      expect(stderr).toContain('the verdicts are not kept in the index: ');
    } finally {
      holder.close();
    }
    expect(evidenceOf(db)).toEqual({ consistent: 16 });
  });
});

describe('digests of an ingest', () => {
  it('that is loaded are those of one that inserts', async () => {
    const chains = treeOf({ hours: 6, backfillHours: [2], signatures: 'lines' });
    const inputs = [chains.logs, join(chains.folder, 'signatures.jsonl')];
    const [loaded, inserted] = [join(folder(), 'loaded.db'), join(folder(), 'inserted.db')];
    await ingestTree({ inputs, db: loaded, jobs: 2 }, { least: 0, most: Number.POSITIVE_INFINITY });
    await ingestTree({ inputs, db: inserted, jobs: 2 }, { least: Number.POSITIVE_INFINITY, most: 0 });
    expect(digestRows(loaded)).toEqual(digestRows(inserted));
    expect(count(loaded, 'SELECT count(*) FROM digest')).toBe(6);
    const { findings, verdicts } = verifyTree(chains, loaded);
    expect([findings, new Set(Object.values(verdicts))]).toEqual([[], new Set(['proven'])]);
  });

  it('that is killed are whole or not there, and the next one completes them', async () => {
    const chains = treeOf({ hours: 150, filesPerHour: 2, recordsPerFile: 1 });
    const whole = digestRows(indexTree(chains).db);
    for (const delay of [150, 250, 350, 500]) {
      const db = join(folder(), 'killed.db');
      const child = spawn(process.execPath, [CLI, 'ingest', chains.logs, '--db', db], { stdio: 'ignore' });
      const closed = once(child, 'close');
      await new Promise(resolve => setTimeout(resolve, delay));
      child.kill('SIGKILL');
      await closed;
      if (filesBelow(join(db, '..')).includes(db)) {
        const index = openForQueries(db);
        try {
          expect(
            index
              .prepare(
                `SELECT count(*) AS n FROM digest AS d WHERE file_id NOT IN (SELECT id FROM file)
                  OR listed <> (SELECT count(*) FROM listed_file WHERE digest_id = d.id)`,
              )
              .get(),
          ).toEqual({ n: 0 });
        } finally {
          index.close();
        }
      }
      expect(indexTree(chains, { db }).code).toBe(0);
      expect(digestRows(db)).toEqual(whole);
    }
  });

  it('are learnt by an index of the version before, which had passed them over', () => {
    const chains = treeOf();
    const path = join(folder(), 'older.db');
    const older = new Database(path);
    migrate(older, [
      db => {
        db.pragma(`application_id = ${APPLICATION_ID}`);
        db.exec(TABLES + INDEXES + TEXT_TABLES + COLUMN_TABLES);
        for (const [name, on] of Object.entries(EVENT_INDEXES)) db.exec(`CREATE INDEX ${name} ON ${on}`);
      },
    ]);
    const insert = older.prepare(
      `INSERT INTO file (path, size, mtime_ns, state, reason, run_id) VALUES (?, ?, ?, 'skipped', 'no records', 1)`,
    );
    for (const file of filesBelow(chains.logs).filter(of => of.includes('Digest'))) {
      const { size, mtimeNs } = statSync(file, { bigint: true });
      insert.run(file, Number(size), String(mtimeNs));
    }
    older.prepare("INSERT INTO setting (name, value) VALUES ('hash_seed', 1)").run();
    older.close();
    // No alarm: nobody has looked at them.
    const before = verifyTree(chains, path);
    expect(before.findings).toEqual([0, 1, 2, 3].map(i => `digest not read: digest ${i}`));
    expect(before.because['digest not read: digest 0']).toContain('ingest it again');
    expect(indexTree(chains, { db: path }).code).toBe(0);
    const { findings, verdicts } = verifyTree(chains, path);
    expect([findings, Object.keys(verdicts).length]).toEqual([[], 8]);
  });
});

it('what digests say never reaches a terminal as it is', () => {
  const chains = treeOf();
  const objects = ['a\u001b[31mred.json.gz', 'b\nlevel: alarm.json.gz', '=cmd|1.json.gz', '\u202egz.json'];
  const extra = objects.map(s3Object => ({ ...chains.digests[3]!.members.logFiles[0]!, s3Object }));
  unsigned(3, ({ logFiles }) => logFiles.push(...extra))(chains);
  const { db } = indexTree(chains);
  for (const more of [[], ['--files'], ['--format', 'jsonl'], ['--format', 'json']]) {
    const { stdout, stderr, code } = offtrail(['verify', '--db', db, ...more]);
    expect(code).toBe(1);
    for (const raw of ['\u001b', '\u202e', '\nlevel: alarm']) expect(stdout + stderr).not.toContain(raw);
  }
  // CSV keeps the exact bytes in a file, but for formulas.
  const csv = offtrail(['verify', '--db', db, '--format', 'csv']).stdout;
  expect(csv).toContain("'=cmd|1.json.gz");
});

describe('floods that an attacker can write', () => {
  /** Rows of digests and files, as an ingest would write them. */
  function flood(fill: (add: { log: (name: string, sha256: string) => void; digest: Digests }) => void) {
    const path = join(folder(), 'flood.db');
    openForWriting(path).close();
    const db = new Database(path);
    const file = db.prepare(
      `INSERT INTO file (path, size, sha256, state, account, region, run_id)
      VALUES (?, 1, ?, 'indexed', '111122223333', 'us-east-1', 1)`,
    );
    const digest = db.prepare(
      `INSERT INTO digest (file_id, account, region, trail, home_region, bucket, object, start_time, end_time,
        start_second, end_second, fingerprint, previous_bucket, previous_object, previous_hash, previous_signature, listed)
      VALUES (?, '111122223333', 'us-east-1', ?, 'us-east-1', 'b', ?, ?, ?, ?, ?, 'f', 'b', ?, ?, ?, 0)`,
    );
    let n = 0;
    db.transaction(() =>
      fill({
        log: (name, sha256) => file.run(`/${n++}/${name}`, sha256),
        digest: ({ trail, key, start, previous = null }) => {
          const { lastInsertRowid } = file.run(`/${n++}/${key}`, `hash ${n}`);
          const time = (second: number): string => new Date(second * 1000).toISOString().slice(0, 19);
          const times = [`${time(start)}Z`, `${time(start + 3600)}Z`, start, start + 3600];
          digest.run(lastInsertRowid, trail, key, ...times, previous, 'x', `${n}`);
        },
      }),
    )();
    db.close();
    const index = openForQueries(path);
    try {
      return verifyDigests(index, { keys: new Map() });
    } finally {
      index.close();
    }
  }
  type Digests = (of: { trail: string; key: string; start: number; previous?: string }) => void;
  const START = Date.parse('2026-03-02T10:00:00Z') / 1000;
  const unlisted = (log: (name: string, sha256: string) => void): void => {
    for (let i = 0; i < 100_000; i++)
      log(`111122223333_CloudTrail_us-east-1_20260302T1030Z_${String(i).padStart(16, '0')}.json.gz`, `${i}`);
  };

  it('a hundred thousand unlisted files beside thousands of trails are each named once, with few trails', () => {
    const { findings } = flood(({ log, digest }) => {
      for (let i = 0; i < 5000; i++) digest({ trail: `t${i}`, key: `k${i}`, start: START });
      unlisted(log);
    });
    const named = findings.filter(of => of.kind === 'log unlisted');
    expect(named).toHaveLength(100_000);
    expect(named[0]!.because).toBe('digests of t0, t1, t2 and 4997 more cover 2026-03-02T10:30:00Z');
  });

  it('thousands of digests that all link past each other are each named once', () => {
    const { findings } = flood(({ digest }) => {
      for (let i = 0; i < 30_000; i++)
        digest({ trail: 't', key: `k${i}`, start: START + i * 3600, ...(i > 0 ? { previous: 'k0' } : {}) });
    });
    expect(findings.filter(of => of.kind === 'digest apart')).toHaveLength(29_998);
  });

  it('thousands of digests with one key, and thousands that link to it, are each named once', () => {
    const { findings } = flood(({ digest }) => {
      for (let i = 0; i < 5000; i++) digest({ trail: 't', key: 'k0', start: START });
      for (let i = 0; i < 5000; i++) digest({ trail: 't', key: 'k1', start: START + 3600, previous: 'k0' });
    });
    expect(findings.filter(of => of.kind === 'digest doubled').length).toBeLessThanOrEqual(10_000);
    expect(findings.length).toBeLessThan(40_000);
  });
});
