/** What the tests share whose index fails while it is written: a hook before every statement, and what an index then holds. */

import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'vitest';
import { lineOf } from '../scripts/access-logs.js';
import { accessTime } from '../scripts/access-requests.js';
import { afterEvery } from './endings.js';
import { built, folder, record, someOf, type TestRecord } from './support.js';

export const { ingest, reindex, openIndex, OfftrailError } = (await built(
  'index.js',
)) as typeof import('../src/index.js');
export const { openForQueries } = (await built('store/open.js')) as typeof import('../src/store/open.js');
const { createRebuilder } = (await built('store/rebuild.js')) as typeof import('../src/store/rebuild.js');

type Hook = (db: Database.Database, sql: string) => void;
let hook: Hook = () => {};
export const { prepare, exec } = Database.prototype;

/** Calls `before` before every statement of every connection of this thread, until `leaveStatements` or the end of the test. */
export function beforeStatements(before: Hook): void {
  hook = before;
  Database.prototype.exec = function (sql) {
    hook(this, sql);
    return exec.call(this, sql);
  };
  Database.prototype.prepare = function (this: Database.Database, sql: string) {
    const statement = prepare.call(this, sql);
    for (const name of ['run', 'get', 'all', 'iterate'] as const) {
      const method = statement[name].bind(statement) as (...params: unknown[]) => never;
      statement[name] = (...params: unknown[]) => {
        hook(this, sql);
        return method(...params);
      };
    }
    return statement;
  } as typeof prepare;
}

export function leaveStatements(): void {
  hook = () => {};
  Object.assign(Database.prototype, { prepare, exec });
}
afterEvery('test', leaveStatements);

let user = 0;
/** A record of a principal, an agent and an address that no other has. */
export function distinct(): TestRecord {
  const id = ++user;
  return record({
    userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::111122223333:user/u${id}`, userName: `u${id}` },
    userAgent: `agent/${id} ${'x'.repeat(300)}`,
    sourceIPAddress: `198.51.${id >> 8}.${id & 255}`,
  });
}
export const several = (count: number): TestRecord[] => Array.from({ length: count }, distinct);
let requests = 0;
/** Lines of requests of their own, by somebody and from an address that no other line has. */
export function severalLines(count: number): string[] {
  return Array.from({ length: count }, () => {
    const id = ++requests;
    return lineOf({
      bucketowner: 'owner',
      bucket_name: 'my-bucket',
      requestdatetime: accessTime(1_709_251_200 + id),
      remoteip: `198.51.${id >> 8}.${id & 255}`,
      requester: `arn:aws:iam::111122223333:user/u${id}`,
      requestid: requestId(id),
      operation: 'REST.GET.OBJECT',
      key: `data/${id}.csv`,
      request_uri: `GET /data/${id}.csv HTTP/1.1`,
      httpstatus: '200',
      useragent: `agent/${id} ${'x'.repeat(300)}`,
    });
  });
}
/** The request id of the line that was made so many lines ago; the newest is 1. */
export const requestIdOfLine = (ago: number): string => requestId(requests + 1 - ago);
const requestId = (id: number): string => id.toString(16).toUpperCase().padStart(16, '0');

/** Lines and requests of an index, ids of rows apart. */
function accessContents(db: Database.Database): unknown {
  const rows = (sql: string): unknown[] => db.prepare(sql).all();
  return {
    lines: rows(
      'SELECT line, file_path, file_ordinal, is_removed FROM s3_access_logs ORDER BY file_path, file_ordinal, line',
    ),
    duplicates: rows(
      `SELECT l.requestid, f.path, u.ordinal FROM access_duplicate AS u
        LEFT JOIN access_log AS l ON l.id = u.access_id LEFT JOIN file AS f ON f.id = u.file_id ORDER BY 2, 3`,
    ),
    requests: rows(
      'SELECT requestid, seen, events, log_lines, requester, useridentity_arn FROM s3_requests ORDER BY requestid, useridentity_arn',
    ),
    // Not where an ingest has yet to finish.
    isCurrent: rows(
      'SELECT count(*) AS n FROM request_state WHERE last_line = (SELECT max(id) FROM access_log)',
    ),
  };
}

/** All that an index says of its events, lines and files, ids of rows apart. */
export function contents(path: string): unknown {
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
    access: accessContents(db),
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
export async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof OfftrailError)) throw error;
    expect(error.hint).not.toBe('');
    return false;
  } finally {
    leaveStatements();
  }
}

/**
 * Fails the statements of `work` on copies of `from`, one after the other, and lets a second run complete what is left.
 * Of a statement that runs again and again, the first and the last time.
 * @param isTested which statements
 * @param step every how many of them, unless all are wanted
 * @returns the statements that `work` ran
 */
export async function failEach(
  from: string | undefined,
  work: (db: string) => Promise<unknown>,
  isTested: (sql: string) => boolean = () => true,
  step = 5,
): Promise<string[]> {
  const copy = (name: string): string => {
    const db = join(folder(), name);
    if (from) copyFileSync(from, db);
    return db;
  };
  const whole = copy('whole.db');
  const ran: string[] = [];
  beforeStatements((_, sql) => void ran.push(sql));
  await work(whole);
  leaveStatements();
  const expected = contents(whole);
  const tested = [...ran.entries()].filter(
    ([failing, sql]) => (ran.indexOf(sql) === failing || ran.lastIndexOf(sql) === failing) && isTested(sql),
  );
  for (const [failing, sql] of someOf(tested, step)) {
    const db = copy('failing.db');
    let count = 0;
    beforeStatements(() => {
      if (count++ !== failing) return;
      throw new Database.SqliteError('injected', failing % 2 ? 'SQLITE_FULL' : 'SQLITE_IOERR_WRITE');
    });
    await attempt(() => work(db));
    await work(db);
    expect(contents(db), `statement ${failing}: ${sql}`).toEqual(expected);
    rmSync(db);
  }
  return ran;
}
