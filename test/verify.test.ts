import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, it } from 'vitest';
import { folder, ingestInto, offtrail, put, ROOT, record, records, SAMPLES, trail } from './support.js';

type Library = typeof import('../src/index.js');
type Verify = typeof import('../src/ingest/verify.js');
type Open = typeof import('../src/store/open.js');
const load = <T>(path: string): Promise<T> => import(join(ROOT, 'dist', path)) as Promise<T>;

let library: Library;
let verify: Verify['verify'];
let openForQueries: Open['openForQueries'];
let sound = '';
let bytes: Buffer;
beforeAll(async () => {
  library = await load<Library>('index.js');
  ({ verify } = await load<Verify>('ingest/verify.js'));
  ({ openForQueries } = await load<Open>('store/open.js'));
  const odd = [record({ eventTime: '2024-03-01T09:00:00+09:00' }), record({ errorMessage: 'a "b" \u00e9' })];
  const own = put(folder(), 'own.json', trail([...records(60), ...odd]));
  sound = ingestInto([SAMPLES, own]).db;
  bytes = readFileSync(sound);
});

/** Writes the index with one bit turned. */
function flipped(db: string, bit: number): void {
  const copy = Buffer.from(bytes);
  copy[bit >> 3]! ^= 1 << (bit & 7);
  writeFileSync(db, copy);
}

/** True where opening or verifying the index tells that something is wrong. */
async function isNoticed(db: string): Promise<boolean> {
  try {
    const index = openForQueries(db);
    try {
      return (await verify(index)).findings.length > 0;
    } finally {
      index.close();
    }
  } catch {
    return true;
  }
}

/** What people would be told. */
function answers(db: string): unknown {
  const index = library.openIndex(db);
  try {
    const ids = [
      ...index.sql('SELECT DISTINCT eventid FROM event WHERE eventid IS NOT NULL ORDER BY 1', {
        dialect: 'sqlite',
      }),
    ];
    return [
      [...index.sql('SELECT * FROM cloudtrail_logs ORDER BY event_rowid', { dialect: 'sqlite' })],
      ids.map(({ eventid }) => index.show(String(eventid))),
      [...index.lookupEvents()],
      [...index.s3('get-object')],
      [...index.search({ text: 'bucket' })],
      index.top({ columns: ['eventName', 'user'] }),
      index.timeline({ by: 'eventName' }),
      index.status(),
      [...index.sql('SELECT * FROM file ORDER BY id', { dialect: 'sqlite' })],
      [...index.sql('SELECT * FROM rejected ORDER BY id', { dialect: 'sqlite' })],
    ];
  } finally {
    index.close();
  }
}

describe('status --verify', () => {
  it('finds nothing in a sound index, and says what it looked at', () => {
    const ran = offtrail(['status', '--verify', '--db', sound, '--format', 'json']);
    expect(ran.code).toBe(0);
    const { isSound, checks, findings } = JSON.parse(ran.stdout);
    expect([isSound, findings]).toEqual([true, []]);
    expect(checks).toHaveLength(6);
    expect(checks.every((one: { checked: number }) => one.checked > 0)).toBe(true);
    expect(offtrail(['status', '--verify', '--db', sound]).stdout).toContain('the hash of what was read');
  });

  it('still finds nothing after further ingests and a new version of a file', () => {
    const db = join(folder(), 'more.db');
    copyFileSync(sound, db);
    const root = folder();
    for (const list of [records(3), records(5), records(5)]) {
      put(root, 'a.json', trail(list));
      offtrail(['ingest', root, '--db', db]);
    }
    expect(offtrail(['ingest', root, '--db', db]).stderr).toContain('1 unchanged');
    const ran = offtrail(['status', '--verify', '--db', db]);
    expect([ran.code, ran.stdout]).toEqual([0, expect.not.stringContaining('problem')]);
  });

  it('keeps a hash of the ledger as JSON, whatever stands in it, as versions before this one did', () => {
    const root = folder();
    put(root, 'a "b" \\c\u0001\u007f\u2028\u{1f600}.json', trail(records(2)));
    put(root, 'b.json', `{"Records":[{"x":"\u0000\t\u0008"},7,"\\ud800", {"eventVersion":"1.08"}`);
    put(root, 'c.txt', Buffer.from([0xff, 0x41, 0x00, 0xfe]));
    const { db } = ingestInto([root, SAMPLES]);
    const index = new Database(db);
    const hash = createHash('sha256');
    let count = 0;
    for (const rows of [
      ...['file ORDER BY id', 'rejected ORDER BY id'],
      'detail WHERE envelope IS NOT NULL ORDER BY id',
      ...[
        'digest ORDER BY id',
        'listed_file ORDER BY digest_id, ordinal',
        'signature ORDER BY file_id, ordinal',
      ],
    ]) {
      const columns = rows.startsWith('detail') ? 'id, envelope' : '*';
      for (const row of index.prepare(`SELECT ${columns} FROM ${rows}`).raw().iterate()) {
        hash.update(JSON.stringify(row));
        count++;
      }
    }
    expect(count).toBeGreaterThan(20);
    expect(index.prepare("SELECT value FROM setting WHERE name = 'seal_files'").pluck().get()).toBe(
      hash.digest('hex'),
    );
    // Bytes, which JSON cannot have, are damage like any other.
    index.exec("UPDATE file SET shape = x'00ff' WHERE id = 2");
    index.close();
    const ran = offtrail(['status', '--verify', '--db', db]);
    expect([ran.code, ran.stdout + ran.stderr]).toEqual([1, expect.stringContaining('not what they were')]);
  });

  it('tells of a record that is not the one that was read: exit code 1', () => {
    const changes: Array<[sql: string, problem: RegExp]> = [
      [
        "UPDATE detail SET requestid = 'x' WHERE record IS NULL AND requestid IS NOT NULL",
        /event \d+ .*the record is not the one that was read/,
      ],
      ["UPDATE event SET objectkey = 'x' WHERE id = 3", /event 3 .*objectkey: not what the record says/],
      ['UPDATE identity SET is_anonymous = 1 - is_anonymous WHERE id = 1', /identity 1 .*is_anonymous/],
      ['UPDATE event SET ordinal = ordinal + 1000 WHERE id = 3', /event 3 .*its place is not in its file/],
      ["UPDATE file SET reason = 'x' WHERE id = 1", /files .*not what they were/],
      ['DELETE FROM event WHERE id = 3', /its counts are not those of its records/],
    ];
    for (const [sql, problem] of changes) {
      const db = join(folder(), 'changed.db');
      copyFileSync(sound, db);
      const writer = new Database(db);
      writer.exec(sql);
      writer.close();
      const ran = offtrail(['status', '--verify', '--db', db]);
      expect([sql, ran.code]).toEqual([sql, 1]);
      expect(ran.stdout).toMatch(problem);
      expect(ran.stderr).toContain('the index is damaged');
    }
  });

  it('with --files tells of log files that have changed or gone', () => {
    const root = folder();
    for (const name of ['a', 'b', 'c']) put(root, `${name}.json`, trail(records(2)));
    const { db } = ingestInto([root]);
    expect(offtrail(['status', '--files', '--db', db]).code).toBe(0);
    put(root, 'a.json', trail(records(2)));
    rmSync(join(root, 'b.json'));
    const ran = offtrail(['status', '--files', '--db', db, '--format', 'json']);
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.stdout).findings).toMatchObject([
      { where: join(root, 'a.json'), problem: 'is not the file that was read' },
      { where: join(root, 'b.json'), problem: expect.stringContaining('cannot be read again') },
    ]);
  });

  it('notices every flipped bit that changes an answer', async () => {
    const db = join(folder(), 'flipped.db');
    const before = answers(sound);
    // A fixed sequence, so that a failure can be repeated.
    let state = 12_345;
    const next = (): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      return state / 0x80000000;
    };
    let noticed = 0;
    for (let place = 0; place < 50; place++) {
      let byte = Math.floor(next() * bytes.length);
      // Places that are in use: much of a small index is empty.
      while (bytes[byte] === 0) byte = (byte + 1) % bytes.length;
      const bit = byte * 8 + Math.floor(next() * 8);
      flipped(db, bit);
      if (await isNoticed(db)) noticed++;
      else expect([bit, answers(db)]).toEqual([bit, before]);
    }
    expect(noticed).toBeGreaterThan(25);
  });
});
