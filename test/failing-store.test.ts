/** Ingests whose index fails while it is written: a disk that fills, an error at any statement. */

import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { folder, put, ROOT, record, type TestRecord, trail } from './support.js';

const built = (path: string): Promise<unknown> => import(join(ROOT, 'dist', path));
const { ingest, reindex, openIndex, OfftrailError } = (await built(
  'index.js',
)) as typeof import('../src/index.js');
const { openForQueries } = (await built('store/open.js')) as typeof import('../src/store/open.js');
const { createRebuilder } = (await built('store/rebuild.js')) as typeof import('../src/store/rebuild.js');

/** Called before every statement of every connection of this thread. */
let beforeStatement: (db: Database.Database, sql: string) => void = () => {};
const { prepare, exec } = Database.prototype;
Database.prototype.exec = function (sql) {
  beforeStatement(this, sql);
  return exec.call(this, sql);
};
Database.prototype.prepare = function (this: Database.Database, sql: string) {
  const statement = prepare.call(this, sql);
  for (const name of ['run', 'get', 'all', 'iterate'] as const) {
    const method = statement[name].bind(statement) as (...params: unknown[]) => never;
    statement[name] = (...params: unknown[]) => {
      beforeStatement(this, sql);
      return method(...params);
    };
  }
  return statement;
} as typeof prepare;
afterEach(() => {
  beforeStatement = () => {};
});
afterAll(() => Object.assign(Database.prototype, { prepare, exec }));

let user = 0;
/** A record of a principal, an agent and an address that no other has. */
function distinct(): TestRecord {
  const id = ++user;
  return record({
    userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::111122223333:user/u${id}`, userName: `u${id}` },
    userAgent: `agent/${id} ${'x'.repeat(300)}`,
    sourceIPAddress: `198.51.${id >> 8}.${id & 255}`,
  });
}
const several = (count: number): TestRecord[] => Array.from({ length: count }, distinct);
/** More records than one message of a reading thread has room for, most of them copies, and a pause after those. */
function inTwoBatches(): Buffer {
  const [copy, list] = [record(), several(90)];
  const start = trail([...list.slice(0, 60), ...Array.from({ length: 4100 }, () => copy)]).slice(0, -2);
  const end = trail(list.slice(60)).replace('{"Records":[', ',');
  return gzipSync(start + ' '.repeat(40 << 20) + end);
}

/** Lets the threads get ahead of this one, as on a slow disk. */
const wait = (milliseconds: number): unknown =>
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);

/** All that an index says of its events and files, ids of rows apart. */
function contents(path: string): unknown {
  const db = openForQueries(path);
  const rebuild = createRebuilder(db);
  const events = db
    .prepare(
      `SELECT event_rowid AS id, eventid, username, useridentity_arn, useragent, sourceipaddress, eventname, objectkey,
        file_path, file_ordinal, is_conflicting, is_removed
      FROM cloudtrail_logs ORDER BY file_path, file_ordinal, eventid`,
    )
    .all() as Array<{ id: number }>;
  const files = db
    .prepare(
      `SELECT path, state, records, stored, duplicate, rejected, is_replaced FROM file ORDER BY path, is_replaced`,
    )
    .all();
  const duplicates = db
    .prepare(
      `SELECT e.eventid, f.path, u.ordinal FROM duplicate AS u LEFT JOIN event AS e ON e.id = u.event_id
      LEFT JOIN file AS f ON f.id = u.file_id ORDER BY 2, 3`,
    )
    .all();
  const integrity = db.prepare('PRAGMA integrity_check').pluck().get();
  const orphans = db.prepare('SELECT count(*) FROM detail WHERE id NOT IN (SELECT id FROM event)').pluck();
  const all = {
    events: events.map(({ id, ...event }) => ({ ...event, record: rebuild(id) })),
    files,
    duplicates,
    integrity,
    orphans: orphans.get(),
    indexes: db.prepare("SELECT name FROM sqlite_schema WHERE type = 'index' ORDER BY name").pluck().all(),
  };
  db.close();
  const index = openIndex(path);
  const found = index.search({ text: ['user/u'] });
  const derived = {
    found: found.count(),
    isCovered: found.isCovered(),
    users: index.top({ columns: ['user'], limit: 1000 }).rows.length,
    incomplete: index.incomplete(),
  };
  index.close();
  return { ...all, derived };
}

/** Runs an ingest that is to fail; what it threw has a hint, or nothing was thrown. */
async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof OfftrailError)) throw error;
    expect(error.hint).not.toBe('');
    return false;
  } finally {
    beforeStatement = () => {};
  }
}

describe('a disk that fills', () => {
  it('at any of 60 sizes leaves an index that the next ingest completes', async () => {
    const root = folder();
    for (const name of ['a', 'b', 'c']) put(root, `${name}.json`, trail(several(50)));
    const whole = join(folder(), 'whole.db');
    await ingest({ inputs: [root], db: whole, jobs: 2 });
    const expected = contents(whole);
    const sizes = new Database(whole);
    const pages = sizes.pragma('page_count', { simple: true }) as number;
    sizes.close();
    let failures = 0;
    for (let i = 0; i < 60; i++) {
      const db = join(folder(), 'full.db');
      const room = Math.ceil(((i + 1) * pages) / 61);
      beforeStatement = (connection, sql) => {
        if (connection.name === db && sql !== `PRAGMA max_page_count = ${room}`)
          exec.call(connection, `PRAGMA max_page_count = ${room}`);
      };
      const isComplete = await attempt(() => ingest({ inputs: [root], db, jobs: 2 }));
      if (!isComplete) failures++;
      await ingest({ inputs: [root], db, jobs: 1 });
      expect(contents(db), `room for ${room} of ${pages} pages`).toEqual(expected);
      rmSync(db);
    }
    expect(failures).toBeGreaterThan(50);
  });

  it('stores nothing more of what the threads still send', async () => {
    const root = folder();
    put(root, 'a.json.gz', inTwoBatches());
    const [whole, db] = [join(folder(), 'whole.db'), join(folder(), 'full.db')];
    await ingest({ inputs: [root], db: whole, jobs: 1 });
    let inserts = 0;
    beforeStatement = (connection, sql) => {
      if (!sql.includes('INSERT INTO event') || ++inserts !== 30) return;
      wait(700);
      // What SQLite does by itself where there is no room for a page.
      exec.call(connection, 'ROLLBACK');
      throw new Database.SqliteError('database or disk is full', 'SQLITE_FULL');
    };
    expect(await attempt(() => ingest({ inputs: [root], db, jobs: 1 }))).toBe(false);
    const index = openForQueries(db);
    const rows = ['event', 'detail', 'duplicate', 'identity', 'agent', 'file'].map(table =>
      index.prepare(`SELECT count(*) FROM ${table}`).pluck().get(),
    );
    index.close();
    expect(rows).toEqual([0, 0, 0, 0, 0, 0]);
    await ingest({ inputs: [root], db, jobs: 1 });
    expect(contents(db)).toEqual(contents(whole));
  });
});

describe('an error at any statement', () => {
  /**
   * Fails the statements of `work` on copies of `from`, one after the other, and lets a second run complete what is left.
   * Of a statement that runs again and again, the first and the last time.
   * @param isTested which statements
   * @returns the statements that `work` ran
   */
  async function failEach(
    from: string | undefined,
    work: (db: string) => Promise<unknown>,
    isTested: (sql: string) => boolean = () => true,
  ): Promise<string[]> {
    const copy = (name: string): string => {
      const db = join(folder(), name);
      if (from) copyFileSync(from, db);
      return db;
    };
    const whole = copy('whole.db');
    const statements: string[] = [];
    beforeStatement = (_, sql) => void statements.push(sql);
    await work(whole);
    beforeStatement = () => {};
    const expected = contents(whole);
    for (const [failing, sql] of statements.entries()) {
      const isAtAnEnd = statements.indexOf(sql) === failing || statements.lastIndexOf(sql) === failing;
      if (!isAtAnEnd || !isTested(sql)) continue;
      const db = copy('failing.db');
      let count = 0;
      beforeStatement = () => {
        if (count++ !== failing) return;
        throw new Database.SqliteError('injected', failing % 2 ? 'SQLITE_FULL' : 'SQLITE_IOERR_WRITE');
      };
      await attempt(() => work(db));
      await work(db);
      expect(contents(db), `statement ${failing}: ${sql}`).toEqual(expected);
      rmSync(db);
    }
    return statements;
  }

  it('of a first ingest leaves an index that the next one completes', async () => {
    const root = folder();
    const list = several(3);
    put(root, 'a.json', trail(list));
    put(root, 'b.json', trail([list[1]!, { ...list[2]!, eventName: 'PutObject' }, { eventName: 'x' }]));
    const statements = await failEach(undefined, db => ingest({ inputs: [root], db, jobs: 1 }));
    expect(statements.length).toBeGreaterThan(50);
  });

  it('of an ingest of files that changed leaves an index that the next one completes', async () => {
    const root = folder();
    const list = several(4);
    const before = join(folder(), 'before.db');
    put(root, 'a.json', trail(list));
    put(root, 'b.json', trail([list[3]!]));
    await ingest({ inputs: [root], db: before, jobs: 1 });
    put(root, 'a.json', trail([list[0]!, { ...list[1]!, eventName: 'PutObject' }, distinct()]));
    const statements = await failEach(before, db => ingest({ inputs: [root], db, jobs: 1 }));
    expect(statements.length).toBeGreaterThan(50);
    const replacing = await failEach(
      before,
      db => ingest({ inputs: [root], db, jobs: 1, replace: true }),
      sql => !statements.includes(sql),
    );
    expect(replacing.length).toBeGreaterThan(50);
  });

  it('of a reindex leaves an index that the next one completes', async () => {
    const root = folder();
    const db = join(folder(), 'index.db');
    put(root, 'a.json', trail(several(3)));
    await ingest({ inputs: [root], db, jobs: 1 });
    expect((await failEach(db, reindex)).length).toBeGreaterThan(20);
  });
});
