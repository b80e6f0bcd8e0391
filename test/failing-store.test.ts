/** An error at any statement of an ingest or a reindex: the next one completes the index. */

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { distinct, failEach, ingest, reindex, several } from './failing.js';
import { folder, put, trail } from './support.js';

describe('an error at any statement', () => {
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
