/** A disk that fills while an ingest writes its index. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import {
  attempt,
  beforeStatements,
  contents,
  exec,
  ingest,
  openForQueries,
  requestIdOfLine,
  several,
  severalLines,
} from './failing.js';
import { folder, put, record, trail } from './support.js';

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

describe('a disk that fills', () => {
  it.each([
    ['events', process.env.OFFTRAIL_TESTS === 'all' ? 30 : 7],
    ['events and access logs', process.env.OFFTRAIL_TESTS === 'all' ? 30 : 8],
  ])(
    'while %s are stored, at any of %i sizes, leaves an index that the next ingest completes',
    async (what, tries) => {
      const root = folder();
      for (const name of ['a', 'b', 'c']) put(root, `${name}.json`, trail(several(50)));
      if (what !== 'events') {
        for (const name of ['x', 'y']) put(root, name, severalLines(60).join(''));
        put(
          root,
          'both.json',
          trail(several(30).map((event, i) => ({ ...event, requestID: requestIdOfLine(1 + i) }))),
        );
      }
      const whole = join(folder(), 'whole.db');
      await ingest({ inputs: [root], db: whole, jobs: 2 });
      const expected = contents(whole);
      const sizes = new Database(whole);
      const pages = sizes.pragma('page_count', { simple: true }) as number;
      sizes.close();
      let failures = 0;
      for (let i = 0; i < tries; i++) {
        const db = join(folder(), 'full.db');
        const room = Math.ceil(((i + 1) * pages) / (tries + 1));
        beforeStatements((connection, sql) => {
          if (connection.name === db && sql !== `PRAGMA max_page_count = ${room}`)
            exec.call(connection, `PRAGMA max_page_count = ${room}`);
        });
        const isComplete = await attempt(() => ingest({ inputs: [root], db, jobs: 2 }));
        if (!isComplete) failures++;
        await ingest({ inputs: [root], db });
        expect(contents(db), `room for ${room} of ${pages} pages`).toEqual(expected);
        rmSync(db);
      }
      expect(failures).toBeGreaterThan(tries * 0.8);
    },
  );

  it('stores nothing more of what the threads still send', async () => {
    const root = folder();
    put(root, 'a.json.gz', inTwoBatches());
    const [whole, db] = [join(folder(), 'whole.db'), join(folder(), 'full.db')];
    await ingest({ inputs: [root], db: whole, jobs: 1 });
    let inserts = 0;
    beforeStatements((connection, sql) => {
      if (!sql.includes('INSERT INTO event') || ++inserts !== 30) return;
      wait(700);
      // What SQLite does by itself where there is no room for a page.
      exec.call(connection, 'ROLLBACK');
      throw new Database.SqliteError('database or disk is full', 'SQLITE_FULL');
    });
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
