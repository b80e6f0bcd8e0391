/** An error at any statement of an ingest or a reindex: the next one completes the index. */

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { distinct, failEach, ingest, reindex, requestIdOfLine, several, severalLines } from './failing.js';
import { folder, put, trail } from './support.js';

describe('an error at any statement', () => {
  it('of a first ingest leaves an index that the next one completes', async () => {
    const root = folder();
    const list = several(3);
    put(root, 'a.json', trail(list));
    put(root, 'b.json', trail([list[1]!, { ...list[2]!, eventName: 'PutObject' }, { eventName: 'x' }]));
    const ran = await failEach(undefined, db => ingest({ inputs: [root], db }));
    expect(ran.length).toBeGreaterThan(50);
  });

  it('of an ingest of files that changed leaves an index that the next one completes', async () => {
    const root = folder();
    const list = several(4);
    const before = join(folder(), 'before.db');
    put(root, 'a.json', trail(list));
    put(root, 'b.json', trail([list[3]!]));
    await ingest({ inputs: [root], db: before });
    put(root, 'a.json', trail([list[0]!, { ...list[1]!, eventName: 'PutObject' }, distinct()]));
    const ran = await failEach(before, db => ingest({ inputs: [root], db }));
    expect(ran.length).toBeGreaterThan(50);
    const replacing = await failEach(
      before,
      db => ingest({ inputs: [root], db, replace: true }),
      sql => !ran.includes(sql),
    );
    expect(replacing.length).toBeGreaterThan(50);
  });

  /** Access logs, and the event of their last request. */
  function putLines(root: string): string[] {
    const lines = severalLines(4);
    put(root, 'lines-a', lines.slice(0, 3).join(''));
    // One of them was delivered again.
    put(root, 'lines-b', [lines[1], lines[3]].join(''));
    put(root, 'events.json', trail([{ ...distinct(), requestID: requestIdOfLine(1) }, distinct()]));
    return lines;
  }

  /** Statements on the tables of lines and requests: the others have tests of their own. */
  const isOfLines = (sql: string): boolean => /access_|request_/.test(sql);

  it('of a first ingest of access logs leaves an index that the next one completes', async () => {
    const root = folder();
    putLines(root);
    const ran = await failEach(undefined, db => ingest({ inputs: [root], db }), isOfLines, 4);
    expect(ran.filter(isOfLines).length).toBeGreaterThan(20);
  });

  it('of an ingest of access logs that changed leaves an index that the next one completes', async () => {
    const root = folder();
    const before = join(folder(), 'before.db');
    const lines = putLines(root);
    await ingest({ inputs: [root], db: before });
    put(root, 'lines-a', [lines[0], ...severalLines(1)].join(''));
    put(root, 'more.json', trail([{ ...distinct(), requestID: requestIdOfLine(1) }]));
    for (const replace of [false, true]) {
      const ran = await failEach(before, db => ingest({ inputs: [root], db, replace }), isOfLines, 4);
      expect(ran.filter(isOfLines).length).toBeGreaterThan(20);
    }
  });

  it('of a reindex leaves an index that the next one completes', async () => {
    const root = folder();
    const db = join(folder(), 'index.db');
    put(root, 'a.json', trail(several(3)));
    await ingest({ inputs: [root], db });
    expect((await failEach(db, reindex)).length).toBeGreaterThan(20);
  });
});
