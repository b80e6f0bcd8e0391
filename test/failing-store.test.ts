/** An error at any statement of an ingest or a reindex: the next one completes the index. */

import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { attempt, contents, distinct, ingest, reindex, several, statements } from './failing.js';
import { folder, put, trail } from './support.js';

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
    const ran: string[] = [];
    statements.before = (_, sql) => void ran.push(sql);
    await work(whole);
    statements.before = () => {};
    const expected = contents(whole);
    for (const [failing, sql] of ran.entries()) {
      const isAtAnEnd = ran.indexOf(sql) === failing || ran.lastIndexOf(sql) === failing;
      if (!isAtAnEnd || !isTested(sql)) continue;
      const db = copy('failing.db');
      let count = 0;
      statements.before = () => {
        if (count++ !== failing) return;
        throw new Database.SqliteError('injected', failing % 2 ? 'SQLITE_FULL' : 'SQLITE_IOERR_WRITE');
      };
      await attempt(() => work(db));
      await work(db);
      expect(contents(db), `statement ${failing}: ${sql}`).toEqual(expected);
      rmSync(db);
    }
    return ran;
  }

  it('of a first ingest leaves an index that the next one completes', async () => {
    const root = folder();
    const list = several(3);
    put(root, 'a.json', trail(list));
    put(root, 'b.json', trail([list[1]!, { ...list[2]!, eventName: 'PutObject' }, { eventName: 'x' }]));
    const ran = await failEach(undefined, db => ingest({ inputs: [root], db, jobs: 1 }));
    expect(ran.length).toBeGreaterThan(50);
  });

  it('of an ingest of files that changed leaves an index that the next one completes', async () => {
    const root = folder();
    const list = several(4);
    const before = join(folder(), 'before.db');
    put(root, 'a.json', trail(list));
    put(root, 'b.json', trail([list[3]!]));
    await ingest({ inputs: [root], db: before, jobs: 1 });
    put(root, 'a.json', trail([list[0]!, { ...list[1]!, eventName: 'PutObject' }, distinct()]));
    const ran = await failEach(before, db => ingest({ inputs: [root], db, jobs: 1 }));
    expect(ran.length).toBeGreaterThan(50);
    const replacing = await failEach(
      before,
      db => ingest({ inputs: [root], db, jobs: 1, replace: true }),
      sql => !ran.includes(sql),
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
