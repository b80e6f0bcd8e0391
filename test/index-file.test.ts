import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  CLI,
  count,
  folder,
  ingestInto,
  offtrail,
  put,
  query,
  ROOT,
  records,
  someOf,
  trail,
  trailGz,
} from './support.js';

let root = '';
let finished = '';
beforeAll(() => {
  root = folder();
  for (let f = 0; f < 40; f++) put(root, `${f}.json.gz`, trailGz(records(20)));
  finished = ingestInto([root]).db;
});

/** A copy of the finished index, alone in a folder. */
function copy(): string {
  const db = join(folder(), 'copy.db');
  copyFileSync(finished, db);
  return db;
}

const READERS = [
  ['status'],
  ['s3', 'get-object'],
  ['search', 'x', '--count'],
  ['top', 'eventName'],
  ['sql', 'SELECT 1'],
];

/** Runs with a limit of time: to wait for ever is one of the defects. */
function within(args: string[], cwd = folder()): { code: number | null; stderr: string } {
  const ran = spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8', timeout: 10_000, cwd });
  return { code: ran.status, stderr: ran.stderr };
}

it('what the planner knows of an index is renewed with every tenth more events', () => {
  const root = folder();
  put(root, 'a.json', trail(records(40)));
  const { db } = ingestInto([root]);
  const known = (): unknown => query(db, "SELECT stat FROM sqlite_stat1 WHERE idx = 'event_time'");
  const before = known();
  put(root, 'b.json', trail(records(2)));
  offtrail(['ingest', root, '--db', db]);
  expect(known()).toEqual(before);
  put(root, 'c.json', trail(records(40)));
  offtrail(['ingest', root, '--db', db]);
  expect(known()).not.toEqual(before);
});

describe('a name that is no file of ours', () => {
  it('is refused, and nothing is made or changed', () => {
    const cwd = folder();
    const log = put(cwd, 'logs/a.json', trail(records(1)));
    spawnSync('mkfifo', [join(cwd, 'fifo')]);
    mkdirSync(join(cwd, 'folder'));
    writeFileSync(join(cwd, 'empty'), '');
    const before = readdirSync(cwd).sort();
    const said: Array<[db: string, message: string]> = [
      ['fifo', 'is not a regular file'],
      ['/dev/null', 'is not a regular file'],
      ['folder', 'is a folder'],
      ['empty', 'is empty, not an offtrail index'],
      [':memory:', 'cannot be in memory'],
      ['', 'an index needs a file name'],
      ['file:x.db', 'looks like a URI'],
      ['x.db ', 'ends in white space'],
    ];
    for (const [db, message] of said) {
      for (const args of [['status'], ['ingest', log]]) {
        const { code, stderr } = within([...args, '--db', db], cwd);
        expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
      }
    }
    expect(readdirSync(cwd).sort()).toEqual(before);
    expect(statSync(join(cwd, 'empty')).size).toBe(0);
  });

  it('is refused where it is a link that leads nowhere, or where the lock’s name is taken', () => {
    const cwd = folder();
    const log = put(cwd, 'logs/a.json', trail(records(1)));
    spawnSync('ln', ['-s', 'nowhere', join(cwd, 'link.db')]);
    expect(within(['ingest', log, '--db', 'link.db'], cwd)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('a link that leads nowhere'),
    });
    writeFileSync(join(cwd, 'mine.db-ingest'), 'my notes');
    expect(within(['ingest', log, '--db', 'mine.db'], cwd)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('mine.db-ingest is in the way'),
    });
    expect(readFileSync(join(cwd, 'mine.db-ingest'), 'utf8')).toBe('my notes');
    expect(readdirSync(cwd).sort()).toEqual(['link.db', 'logs', 'mine.db-ingest']);
  });
});

/** The write-ahead log of a later state of the same index, or of another one: every name in it is changed. */
function foreignWal(of: string): Buffer {
  const db = join(folder(), 'other.db');
  copyFileSync(of, db);
  const writer = new Database(db);
  try {
    writer.pragma('journal_mode = WAL');
    writer.exec("UPDATE kind SET eventname = 'Invented'");
    return readFileSync(`${db}-wal`);
  } finally {
    writer.close();
  }
}

describe('a journal beside a finished index', () => {
  it('that is a write-ahead log of another state is not believed, and stays', () => {
    const db = copy();
    const wal = foreignWal(finished);
    const before = readFileSync(db);
    writeFileSync(`${db}-wal`, wal);
    for (const args of [...READERS, ['ingest', root], ['reindex'], ['status', '--verify']]) {
      const { code, stderr } = within([...args, '--db', db]);
      expect([code, stderr]).toEqual([2, expect.stringContaining('copy.db-wal does not belong to')]);
      expect(stderr).toContain('move');
    }
    expect(readFileSync(db).equals(before)).toBe(true);
    expect(readFileSync(`${db}-wal`).equals(wal)).toBe(true);
    spawnSync('mv', [`${db}-wal`, `${db}-elsewhere`]);
    expect(count(db, "SELECT count(*) FROM cloudtrail_logs WHERE eventname = 'Invented'")).toBe(0);
    expect(count(db, 'SELECT count(*) FROM cloudtrail_logs')).toBe(800);
  });

  it('that is a rollback journal of another state is not believed, and stays', () => {
    const db = copy();
    const journal = journalOf(readFileSync(db), [1, 2, 3]);
    writeFileSync(`${db}-journal`, journal);
    for (const args of [['status'], ['ingest', root]]) {
      const { code, stderr } = within([...args, '--db', db]);
      expect([code, stderr]).toEqual([2, expect.stringContaining('copy.db-journal does not belong to')]);
    }
    expect(readFileSync(`${db}-journal`).equals(journal)).toBe(true);
  });

  it('that an ingest left which was killed as it began is explained, and the next ingest goes on', () => {
    const db = copy();
    const before = readFileSync(db);
    const marked = Buffer.from(before);
    marked.fill(2, 18, 20);
    writeFileSync(db, marked);
    writeFileSync(`${db}-journal`, journalOf(before, [1]));
    for (const args of READERS) {
      const { code, stderr } = within([...args, '--db', db]);
      expect([code, stderr]).toEqual([2, expect.stringContaining('was killed as it began or ended')]);
      expect(stderr).toContain('run offtrail ingest again');
    }
    expect(offtrail(['ingest', root, '--db', db]).code).toBe(0);
    expect(count(db, 'SELECT count(*) FROM cloudtrail_logs')).toBe(800);
    expect(readdirSync(join(db, '..'))).toEqual(['copy.db']);
  });
});

/** A rollback journal with pages of `file` ("Database File Format", 3): what undoes a change of them. */
function journalOf(file: Buffer, pages: number[]): Buffer {
  const pageSize = file.readUInt16BE(16);
  const head = Buffer.alloc(512);
  Buffer.from('d9d505f920a163d7', 'hex').copy(head);
  for (const [at, value] of [
    [8, pages.length],
    [12, 7],
    [16, file.length / pageSize],
    [20, 512],
    [24, pageSize],
  ] as const)
    head.writeUInt32BE(value, at);
  const list = pages.map(number => {
    const page = file.subarray((number - 1) * pageSize, number * pageSize);
    let sum = 7;
    for (let i = pageSize - 200; i > 0; i -= 200) sum += page[i]!;
    const record = Buffer.alloc(pageSize + 8);
    record.writeUInt32BE(number, 0);
    page.copy(record, 4);
    record.writeUInt32BE(sum, pageSize + 4);
    return record;
  });
  return Buffer.concat([head, ...list]);
}

describe('an ingest that is killed as it begins', () => {
  it('leaves no second name of the index behind the next one', () => {
    const db = join(folder(), 'killed.db');
    expect(within(['ingest', root, '--db', db]).code).toBe(0);
    linkSync(db, `${db}-ingest-new`);
    expect(within(['ingest', root, '--db', db]).code).toBe(0);
    expect(readdirSync(join(db, '..'))).toEqual(['killed.db']);
  });

  it('leaves no index or a sound one, which the next ingest completes', async () => {
    for (const delay of someOf([0, 1, 2, 4, 7, 11, 16, 24, 40, 80], 2)) {
      const db = join(folder(), 'killed.db');
      const child = spawn(process.execPath, [CLI, 'ingest', root, '--db', db], { stdio: 'ignore' });
      while (!existsSync(`${db}-ingest`) && child.exitCode === null)
        await new Promise(resolve => setTimeout(resolve, 1));
      await new Promise(resolve => setTimeout(resolve, delay));
      child.kill('SIGKILL');
      await once(child, 'close');
      const { code, stderr } = within(['status', '--db', db]);
      if (existsSync(db)) expect([code, stderr]).toEqual([0, '']);
      else expect([code, stderr]).toEqual([2, expect.stringContaining('there is no index')]);
      expect(within(['ingest', root, '--db', db]).code).toBe(0);
      expect(count(db, 'SELECT count(*) FROM event')).toBe(800);
      expect(readdirSync(join(db, '..'))).toEqual(['killed.db']);
    }
  });
});

const strace = spawnSync('strace', ['-V']).status === 0;
it.skipIf(!strace)(
  'what was written is synced before the run is said to have finished (skipped without strace)',
  () => {
    const [db, log] = [join(folder(), 'synced.db'), join(folder(), 'strace')];
    const script = `const { openForWriting } = await import(${JSON.stringify(join(ROOT, 'dist/store/open.js'))});
    const writing = openForWriting(${JSON.stringify(db)});
    writing.db.exec("INSERT INTO setting VALUES ('x', 1)");
    // Everything is in the file, and nothing synced.
    writing.db.pragma('wal_checkpoint(TRUNCATE)');
    console.log('settling');
    writing.settle();
    console.log('settled');
    writing.close();`;
    const path = put(folder(), 'settle.mjs', script);
    const traced = ['-f', '-y', '-o', log, '-e', 'trace=fsync,fdatasync,write'];
    expect(spawnSync('strace', [...traced, process.execPath, path]).status).toBe(0);
    const [, settling = ''] = readFileSync(log, 'utf8').split(/settl(?:ing|ed)/);
    expect(settling).toMatch(new RegExp(`sync\\(\\d+<${db}>\\) += 0`));
  },
);
