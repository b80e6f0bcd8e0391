import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, rmSync, statfsSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  CLI,
  count,
  folder,
  ingestInto,
  offtrail,
  put,
  query,
  ROOT,
  record,
  records,
  statusOf,
  type TestRecord,
  trail,
  trailGz,
} from './support.js';

/** A tree of `files` files with `each` records. */
function tree(files: number, each: number): string {
  const root = folder();
  for (let f = 0; f < files; f++)
    put(root, `${String(f % 20).padStart(2, '0')}/${f}.json.gz`, trailGz(records(each)));
  return root;
}

/** What must be the same after any accident. */
function contents(db: string): unknown {
  return {
    files: statusOf(db).files,
    records: statusOf(db).records,
    events: query(
      db,
      'SELECT count(*) AS n, count(DISTINCT eventid) AS ids, min(eventid) AS first FROM event',
    ),
    details: query(db, 'SELECT count(*) AS n FROM detail'),
    orphans: query(db, 'SELECT count(*) AS n FROM event WHERE file_id NOT IN (SELECT id FROM file)'),
    sums: query(db, 'SELECT sum(stored) = (SELECT count(*) FROM event) AS holds FROM file'),
  };
}

describe('a record delivered more than once', () => {
  it('is stored once and counted each time', () => {
    const root = folder();
    const list = records(5);
    put(root, 'trail-a/1.json.gz', trailGz(list));
    put(root, 'trail-b/1.json.gz', trailGz([...list].reverse()));
    const { db, code, stderr } = ingestInto([root]);
    expect(code).toBe(0);
    expect(stderr).toContain('10 records read = 5 stored + 5 duplicate + 0 rejected');
    expect(offtrail(['show', list[0]!.eventID as string, '--db', db]).stderr).toMatch(
      /from .*trail-a.*record 1\n.*also in .*trail-b.*record 5/s,
    );
  });

  it('is the same record when its keys stand in another order or it is indented', () => {
    const root = folder();
    const one = record();
    put(root, 'a.json', trail([one]));
    put(
      root,
      'b.json',
      JSON.stringify({ Records: [Object.fromEntries(Object.entries(one).reverse())] }, null, 2),
    );
    expect(statusOf(ingestInto([root]).db).records).toMatchObject({ stored: 1, duplicate: 1 });
  });

  it('is kept with both contents, and flagged, when they differ', () => {
    const root = folder();
    const one = record();
    const list: TestRecord[] = [
      one,
      { ...one, errorCode: 'AccessDenied' },
      one,
      { ...one, errorCode: 'AccessDenied' },
    ];
    for (const [i, r] of list.entries()) put(root, `${i}.json`, trail([r]));
    const { db } = ingestInto([root]);
    expect(statusOf(db).records).toMatchObject({ stored: 2, duplicate: 2, conflicting: 2 });
    expect(query(db, 'SELECT DISTINCT is_conflicting FROM cloudtrail_logs')).toEqual([{ is_conflicting: 1 }]);
  });

  it.each([
    ['like those of CloudTrail', () => randomUUID(), 0],
    ['that begin alike', (i: number) => `event-id-${i}`, 1],
    [
      'of any form',
      (i: number) => ['é'.repeat(i % 30), 'a\u0000b', `short${i % 7}`, ' '][i % 4] + '\u{1f600}'.repeat(i),
      0,
    ],
  ])('is found by a later ingest among many with ids %s', (_, idOf, indexes) => {
    const list = records(300).map((one, i) => ({ ...one, eventID: idOf(i) }));
    const root = folder();
    put(root, 'a.json', trail(list));
    const { db } = ingestInto([root]);
    put(root, 'b.json', trail([list[7]!, { ...list[8]!, errorCode: 'AccessDenied' }, record(), list[299]!]));
    expect(offtrail(['ingest', root, '--db', db]).code).toBe(0);
    expect(statusOf(db).records).toMatchObject({ stored: 302, duplicate: 2, conflicting: 2 });
    const conflicting = query(db, 'SELECT DISTINCT eventid FROM cloudtrail_logs WHERE is_conflicting');
    expect(conflicting).toEqual([{ eventid: list[8]!.eventID }]);
    expect(count(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'event_whole_id'")).toBe(indexes);
    expect(offtrail(['show', list[299]!.eventID, '--db', db]).stdout).toContain('"eventTime"');
    expect(offtrail(['status', '--verify', '--db', db]).stderr).toContain('nothing was found');
  });

  it('is another record in another account', () => {
    const root = folder();
    const one = record();
    put(root, 'a.json', trail([one, { ...one, recipientAccountId: '999988887777' }, one]));
    expect(statusOf(ingestInto([root]).db).records).toMatchObject({
      stored: 2,
      duplicate: 1,
      conflicting: 0,
      untimed: 0,
    });
  });

  it('is compared by content when it has no eventID', () => {
    const root = folder();
    const { eventID: _, ...one } = record();
    put(root, 'a.json', trail([one, one, { ...one, eventTime: '2020-01-01T00:00:00Z' }]));
    const { db } = ingestInto([root]);
    expect(statusOf(db).records).toMatchObject({ stored: 2, duplicate: 1 });
    // Again, this time against the index instead of the memory of a first ingest.
    put(root, 'b.json', trail([one]));
    offtrail(['ingest', root, '--db', db]);
    expect(statusOf(db).records).toMatchObject({ stored: 2, duplicate: 2 });
  });

  it('is not read twice when the same folder is given twice', () => {
    const root = tree(3, 2);
    const { stderr } = ingestInto([root, root, join(root, '00', '0.json.gz'), `${root}/**/*.gz`]);
    expect(stderr).toContain('3 files = 3 indexed');
  });
});

it('several folders and files are read in one run', () => {
  const roots = [tree(2, 2), tree(3, 2), tree(1, 2)];
  expect(ingestInto(roots).stderr).toContain('6 files = 6 indexed');
});

describe('a second run', () => {
  it('reads only what is new or has changed', () => {
    const root = tree(4, 3);
    const { db } = ingestInto([root]);
    put(root, 'new.json', trail(records(2)));
    const grown = put(root, '00/0.json.gz', trailGz(records(5)));
    utimesSync(grown, new Date(), new Date(Date.now() + 5000));
    const { stderr } = offtrail(['ingest', root, '--db', db]);
    expect(stderr).toContain('5 files = 2 indexed + 3 unchanged + 0 skipped + 0 failed');
    expect(statusOf(db).records).toMatchObject({ total: 16, stored: 16 });
  });

  it('takes a file that grew as if it had always been so', () => {
    const root = folder();
    const list = records(6);
    const path = put(
      root,
      'lines.jsonl',
      `${list
        .slice(0, 3)
        .map(r => JSON.stringify(r))
        .join('\n')}\n`,
    );
    const { db } = ingestInto([root]);
    appendFileSync(
      path,
      list
        .slice(3)
        .map(r => JSON.stringify(r))
        .join('\n'),
    );
    offtrail(['ingest', root, '--db', db]);
    expect(statusOf(db)).toMatchObject({
      files: { total: 1, indexed: 1 },
      records: { total: 6, stored: 6, duplicate: 0 },
    });
  });

  it('keeps an event whose first copy went away, in the name of the other copy', () => {
    const root = folder();
    const list = records(2);
    const first = put(root, 'a.json', trail(list));
    put(root, 'b.json', trail(list));
    const { db } = ingestInto([root]);
    put(root, 'a.json', trail([record(), record(), record()]));
    utimesSync(first, new Date(), new Date(Date.now() + 5000));
    offtrail(['ingest', root, '--db', db]);
    expect(statusOf(db).records).toMatchObject({ total: 5, stored: 5, duplicate: 0 });
    expect(offtrail(['show', list[1]!.eventID as string, '--db', db]).stderr).toMatch(
      /from .*b\.json, record 2/,
    );
  });

  it('tries a file again that could not be read', () => {
    const root = folder();
    const gz = trailGz(records(3));
    const path = put(root, 'a.json.gz', gz.subarray(0, 15));
    const { db, code } = ingestInto([root]);
    expect(code).toBe(1);
    expect(statusOf(db).files).toMatchObject({ failed: 1 });
    put(root, 'a.json.gz', gz);
    expect(existsSync(path)).toBe(true);
    expect(offtrail(['ingest', root, '--db', db]).code).toBe(0);
    expect(statusOf(db)).toMatchObject({ files: { indexed: 1, failed: 0 }, records: { stored: 3 } });
  });

  it('gives the same index whatever the number of threads, and without them, as so little is read', () => {
    const root = tree(40, 3);
    const rows = [['--jobs', '1'], ['--jobs', '4'], []].map(jobs => {
      const { db } = ingestInto([root], jobs);
      return query(
        db,
        'SELECT e.id, e.eventid, f.path, e.ordinal FROM event AS e JOIN file AS f ON f.id = e.file_id ORDER BY e.id',
      );
    });
    expect(rows[0]).toEqual(rows[1]);
    expect(rows[2]).toEqual(rows[1]);
  });
});

describe('accidents', () => {
  it('kill -9 at any moment: the next run completes the work', async () => {
    const root = tree(600, 20);
    const whole = contents(ingestInto([root]).db);
    for (const delay of [150, 220, 290, 360, 450]) {
      const db = join(folder(), 'killed.db');
      const child = spawn(process.execPath, [CLI, 'ingest', root, '--db', db], { stdio: 'ignore' });
      await new Promise(resolve => setTimeout(resolve, delay));
      child.kill('SIGKILL');
      await once(child, 'close');
      const again = offtrail(['ingest', root, '--db', db]);
      expect(again.code, again.stderr).toBe(0);
      expect(contents(db)).toEqual(whole);
    }
  });

  it('Ctrl-C leaves a sound index and exit code 2', async () => {
    const root = tree(600, 20);
    const whole = contents(ingestInto([root]).db);
    const db = join(folder(), 'stopped.db');
    const child = spawn(process.execPath, [CLI, 'ingest', root, '--db', db], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (text: Buffer) => {
      said += text.toString();
    });
    while (!existsSync(db)) await new Promise(resolve => setTimeout(resolve, 5));
    await new Promise(resolve => setTimeout(resolve, 60));
    child.kill('SIGINT');
    const [code] = (await once(child, 'close')) as [number];
    // A machine so fast that it had finished proves nothing, and fails nothing.
    if (!said.includes('is ready')) {
      expect(code).toBe(2);
      expect(said).toContain('run the same command again to go on');
    }
    expect(offtrail(['ingest', root, '--db', db]).code).toBe(0);
    expect(contents(db)).toEqual(whole);
  });

  it('a second ingest at the same time refuses clearly', async () => {
    const db = join(folder(), 'shared.db');
    const holder = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { openForWriting } from ${JSON.stringify(join(ROOT, 'dist/store/open.js'))};
         globalThis.held = openForWriting(${JSON.stringify(db)}); console.log('open'); setInterval(() => {}, 1000);`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(holder.stdout, 'data');
    const root = tree(2, 2);
    const second = offtrail(['ingest', root, '--db', db]);
    expect(second.code).toBe(2);
    expect(second.stderr).toContain('another ingest is writing to');
    // However the first one ends, its lock goes with it.
    holder.kill('SIGKILL');
    await once(holder, 'close');
    expect(offtrail(['ingest', root, '--db', db]).code).toBe(0);
  });

  it('queries answer while an ingest runs', async () => {
    const root = tree(50, 20);
    const { db } = ingestInto([root]);
    for (let f = 0; f < 600; f++) put(root, `more/${f}.json.gz`, trailGz(records(20)));
    const child = spawn(process.execPath, [CLI, 'ingest', root, '--db', db], { stdio: 'ignore' });
    const seen: number[] = [];
    let running = true;
    child.once('close', () => {
      running = false;
    });
    while (running) {
      seen.push(count(db, 'SELECT count(*) FROM cloudtrail_logs'));
      await new Promise(resolve => setTimeout(resolve, 10));
    }
    expect(seen.length).toBeGreaterThan(0);
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(1000);
    expect(count(db, 'SELECT count(*) FROM cloudtrail_logs')).toBe(13_000);
  });

  it('a file that disappears between the walk and its reading is reported', async () => {
    const root = tree(300, 20);
    put(root, 'zz/last.json', trail(records(1)));
    const db = join(folder(), 'gone.db');
    const child = spawn(process.execPath, [CLI, 'ingest', root, '--db', db, '--jobs', '1'], {
      stdio: 'ignore',
    });
    while (!existsSync(db)) await new Promise(resolve => setTimeout(resolve, 1));
    rmSync(join(root, 'zz', 'last.json'));
    await once(child, 'close');
    const { files } = statusOf(db);
    expect(files.total).toBe(files.indexed + files.failed);
    if (files.failed === 1)
      expect(offtrail(['status', '--failed', '--db', db]).stdout).toContain(
        'the file disappeared before it was read',
      );
    // The next run finds the tree as it is now.
    expect(offtrail(['ingest', root, '--db', db]).stderr).toContain('300 files = 0 indexed + 300 unchanged');
  });

  it('a full disk: exit 2, a sound index, and the next run completes it', ({ skip }) => {
    const disk = join(folder(), 'disk');
    mkdirSync(disk);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk]).status !== 0)
      skip('needs the right to mount a small disk');
    try {
      const root = tree(400, 20);
      const db = join(disk, 'full.db');
      const full = offtrail(['ingest', root, '--db', db]);
      expect(full.code).toBe(2);
      expect(full.stderr).toContain('is full');
      expect(statfsSync(disk).blocks).toBeGreaterThan(0);
      expect(spawnSync('mount', ['-o', 'remount,size=200m', disk]).status).toBe(0);
      expect(offtrail(['ingest', root, '--db', db]).code).toBe(0);
      expect(contents(db)).toEqual(contents(ingestInto([root]).db));
    } finally {
      // An index stays open for as long as the process lives that has read it.
      spawnSync('umount', ['-l', disk]);
    }
  });
});

describe('an index that is not ours', () => {
  it('is neither read nor written', () => {
    const root = folder();
    const text = put(
      root,
      'notes.db',
      'my notes, not an index at all, long enough to look like a file of some kind',
    );
    const other = join(root, 'other.db');
    spawnSync(
      process.execPath,
      ['-e', `new (require('better-sqlite3'))(${JSON.stringify(other)}).exec('create table mine(x)')`],
      { cwd: join(CLI, '../..') },
    );
    for (const db of [text, other]) {
      const ran = offtrail(['ingest', put(root, 'a.json', trail(records(1))), '--db', db]);
      expect(ran.code).toBe(2);
      expect(ran.stderr).toMatch(/is not an (SQLite file|offtrail index)/);
    }
  });

  it('of a newer version is refused', () => {
    const { db } = ingestInto([put(folder(), 'a.json', trail(records(1)))]);
    spawnSync(
      process.execPath,
      ['-e', `new (require('better-sqlite3'))(${JSON.stringify(db)}).pragma('user_version = 99')`],
      { cwd: join(CLI, '../..') },
    );
    for (const args of [['status'], ['ingest', db]]) {
      const ran = offtrail([...args, '--db', db]);
      expect(ran.code).toBe(2);
      expect(ran.stderr).toContain('was made by a newer offtrail');
    }
  });

  it('of a version before the first release is refused, and left alone', () => {
    const { db } = ingestInto([put(folder(), 'a.json', trail(records(1)))]);
    spawnSync(
      process.execPath,
      ['-e', `new (require('better-sqlite3'))(${JSON.stringify(db)}).pragma('user_version = 3')`],
      { cwd: join(CLI, '../..') },
    );
    for (const args of [['status'], ['ingest', db]]) {
      const ran = offtrail([...args, '--db', db]);
      expect(ran.code).toBe(2);
      expect(ran.stderr).toContain('before its first release');
    }
  });
});
