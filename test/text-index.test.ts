/** The index for text: what damage costs, and that it follows the files. */

import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, it } from 'vitest';
import { EVERYTHING } from '../src/query/text/block-masks.js';
import { createCandidates } from '../src/query/text/candidates.js';
import { openForQueries } from '../src/store/open.js';
import { sealed } from '../src/store/seal.js';
import { coverage, createBlockReader, seedOf } from '../src/store/text/block-reader.js';
import { AREAS, dimensionTexts } from '../src/store/text/rows.js';
import { SLICES, sliceWords, textBits } from '../src/store/text/signature.js';
import { damage, found, search } from './searching.js';
import {
  count,
  folder,
  ingestInto,
  offtrail,
  put,
  query,
  record,
  records,
  statusOf,
  type TestRecord,
  trail,
  trailGz,
} from './support.js';

/** What the slices of a block are, one after the other: as a reader gives them, and as their rows hold them. */
function slicesOf(path: string): Array<[read: Buffer, stored: Buffer]> {
  const db = openForQueries(path);
  const reader = createBlockReader(db);
  const pairs = coverage(db, 'event').blocks.map((block): [Buffer, Buffer] => {
    const slices = Array.from({ length: SLICES }, (_, bit) =>
      Buffer.from(reader.slice(block, bit)!.slice().buffer),
    );
    const rows = db.prepare(`SELECT slices FROM text_slices WHERE id / ${SLICES} = ? ORDER BY id`).pluck();
    const stored = (rows.all(block.id) as Buffer[]).map(row => row.subarray(0, -4));
    return [Buffer.concat(slices), Buffer.concat(stored)];
  });
  db.close();
  return pairs;
}

/** Cuts the slices of blocks into rows as versions before 11 did: as many whole ones as there is room for. */
function asBefore(path: string): void {
  const db = new Database(path);
  const save = db.prepare('INSERT INTO text_slices (id, slices) VALUES (?, ?)');
  for (const area of AREAS)
    for (const block of coverage(db, area).blocks) {
      const range = `id BETWEEN ${block.id * SLICES} AND ${block.id * SLICES + SLICES - 1}`;
      const blobs = db.prepare(`SELECT slices FROM text_slices WHERE ${range} ORDER BY id`).pluck().all();
      const all = new Int32Array(
        new Uint8Array(Buffer.concat((blobs as Buffer[]).map(blob => blob.subarray(0, -4)))).buffer,
      );
      db.exec(`DELETE FROM text_slices WHERE ${range}`);
      const words = sliceWords(block.count);
      const width = Math.floor(8100 / (words * 4)) * words;
      for (let at = 0, row = 0; at < all.length; at += width, row++)
        save.run(block.id * SLICES + row, sealed(all.slice(at, at + width), seedOf(block) + row));
    }
  db.close();
}

/** What may hold a text is the same range by range, and of all events together. */
function expectSameRows(db: string): void {
  const index = openForQueries(db);
  const candidates = createCandidates(index);
  for (const text of ['the needle', 'us-east-1', 'zzqqxx', 'GetObject'])
    for (const mask of [{ any: [{ bits: textBits(text) }] }, { bits: textBits(text) }, EVERYTHING]) {
      const [within, chunks] = [candidates.rowsWithin(mask), candidates.chunks(mask)];
      const isIn = (id: number): boolean => chunks.some(({ first, last }) => first <= id && id <= last);
      for (const [first, last] of [
        [1, 400],
        [150, 250],
        [201, 201],
        [390, 500],
      ] as const)
        expect([...within({ first, last })]).toEqual(
          Array.from({ length: last - first + 1 }, (_, i) => Number(isIn(first + i))),
        );
    }
  index.close();
}

describe('the index for text', () => {
  const root = folder();
  const list = records(400);
  list[200]!.userAgent = 'the needle';
  put(root, 'a.json', trail(list));
  let sound: string;
  beforeAll(() => {
    sound = ingestInto([root]).db;
  });
  const copy = (): string => {
    const db = join(folder(), 'copy.db');
    copyFileSync(sound, db);
    return db;
  };

  it.each([
    ['loses a bit', 'UPDATE text_slices SET slices = zeroblob(length(slices)) WHERE id % 3 = 1'],
    ['loses rows', 'DELETE FROM text_slices WHERE id % 2 = 0'],
    ['loses a block', "DELETE FROM text_block WHERE area = 'event'"],
    ['has its rows exchanged', 'UPDATE text_slices SET slices = (SELECT slices FROM text_slices LIMIT 1)'],
    ['claims to have no chunks', 'UPDATE text_block SET chunk_count = 0'],
    [
      'claims what it does not cover',
      `DELETE FROM text_slices WHERE id / 8192 IN (SELECT id FROM text_block WHERE area = 'event');
      UPDATE text_block SET last_id = 1000000, chunk_count = 0 WHERE area = 'event'`,
    ],
    ['has the block of another area', "UPDATE text_block SET area = 'event' WHERE area = 'agent'"],
    ['has a row nobody wrote', "INSERT INTO text_block VALUES (9223372036854775807, 'foo', 1, 1, 0, 0, x'')"],
    [
      'has a block twice',
      'INSERT INTO text_block SELECT id + 100, area, first_id, last_id, chunk_count, seal, chunks FROM text_block',
    ],
    ['covers ids beyond all numbers', 'UPDATE text_block SET last_id = last_id + 4294967296'],
    ['has no numbers', "UPDATE text_block SET first_id = 'abc'"],
    ['has another form', 'DROP TABLE text_block; CREATE TABLE text_block (x)'],
    ['is not there', 'DROP TABLE text_block; DROP TABLE text_slices'],
  ])('that %s costs time, not an answer, and the next ingest mends it', (_, sql) => {
    const db = copy();
    damage(db, sql);
    expectSameRows(db);
    const broken = search(db, 'the needle', '--count');
    expect(broken.stdout).toBe('1\n');
    expect(search(db, 'my-bucket', '--count').stdout).toBe('400\n');
    expect(offtrail(['ingest', root, '--db', db]).code).toBe(0);
    const mended = search(db, 'the needle', '--count');
    expect(mended).toEqual({ code: 0, stdout: '1\n', stderr: '' });
    expect(count(db, "SELECT count(*) FROM text_block WHERE area = 'event'")).toBe(1);
  });

  it('that has a block of rows which are all gone is whole', () => {
    const db = copy();
    const block = { id: 99, area: 'event' as const, first: 401, last: 500, count: 0 };
    const seal = seedOf(block);
    const index = new Database(db);
    index
      .prepare(
        'INSERT INTO text_block (id, area, first_id, last_id, chunk_count, seal, chunks) VALUES (?, ?, ?, ?, 0, ?, ?)',
      )
      .run(block.id, block.area, block.first, block.last, seal, sealed(new Uint8Array(0), seal));
    index.close();
    expectSameRows(db);
    expect(search(db, 'my-bucket', '--count')).toEqual({ code: 0, stdout: '400\n', stderr: '' });
  });

  it('is said to be damaged by a count of what so many events point to that no chunk is left out', () => {
    const db = ingestInto([put(folder(), 'a.json', trail(records(20_500)))]).db;
    damage(
      db,
      `DELETE FROM text_slices WHERE id / ${SLICES} IN (SELECT id FROM text_block WHERE area = 'event')`,
    );
    const { stdout, stderr } = search(db, 'us-east-1', '--count');
    expect(stdout).toBe('20500\n');
    expect(stderr).toContain('the index for text is not complete');
  });

  it('has every row of a dimension, in whatever order SQLite would read them with statistics', () => {
    const [tree, db] = [folder(), join(folder(), 'later.db')];
    const ingest = (): unknown => offtrail(['ingest', tree, '--db', db]).code;
    const names = ['Zebra', 'Apple', 'Mango', 'Berry', 'Cherry', 'Damson'];
    // The first run gathers statistics at its end, the others have them as they begin.
    for (const [i, eventName] of names.entries()) {
      put(tree, `${i}.json`, trail([record({ eventName, sourceIPAddress: `10.0.0.${9 - i}` })]));
      ingest();
    }
    for (const [i, name] of names.entries())
      for (const text of [name, `10.0.0.${9 - i}`])
        expect(search(db, text, '--count').stdout, text).toBe('1\n');
  });

  it('and the columns: what of them an ingest found damaged is said by it, and by status from then on', () => {
    const db = copy();
    const again = (): string => offtrail(['ingest', root, '--db', db]).stderr;
    expect(again()).not.toContain('built again');
    expect(offtrail(['status', '--db', db]).stdout).not.toContain('built again');
    damage(
      db,
      'UPDATE text_slices SET slices = zeroblob(length(slices)) WHERE id = (SELECT max(id) FROM text_slices)',
    );
    damage(db, 'UPDATE column_values SET data = zeroblob(length(data)) WHERE id = 1');
    expect(again()).toContain(
      '\n2 parts of the indexes for text and columns were damaged or of an older form',
    );
    expect(again()).not.toContain('built again');
    damage(db, 'UPDATE column_segment SET seal = 0');
    expect(again()).toContain('1 part of the indexes for text and columns was damaged');
    expect(offtrail(['status', '--db', db]).stdout).toContain(
      '3 parts of the indexes for text and columns were found',
    );
    expect(statusOf(db)).toMatchObject({ repaired: 3 });
    damage(db, 'DROP TABLE column_values; DROP TABLE text_slices');
    expect(again()).toContain('2 parts of the indexes');
  });

  it('that is damaged is named, and reindex builds it anew', () => {
    const db = copy();
    damage(db, "DELETE FROM text_block WHERE area = 'event'");
    expect(search(db, 'the needle').stderr).toContain('offtrail reindex');
    const before = query(db, 'SELECT * FROM cloudtrail_logs');
    expect(offtrail(['reindex', '--db', db]).code).toBe(0);
    expect(search(db, 'the needle', '--count')).toEqual({ code: 0, stdout: '1\n', stderr: '' });
    expect(query(db, 'SELECT * FROM cloudtrail_logs')).toEqual(before);
    expect(count(db, "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'event\\_%' ESCAPE '\\'")).toBe(11);
    expect(offtrail(['reindex', '--db', join(folder(), 'none.db')]).code).toBe(2);
  });

  it('keeps up with many small ingests, in few blocks', () => {
    const tree = folder();
    const db = join(folder(), 'grown.db');
    const all: TestRecord[] = [];
    for (let day = 0; day < 12; day++) {
      const more = records(30);
      more[7]!.userAgent = `agent-of-day-${day}-x`;
      all.push(...more);
      put(tree, `${day}.json.gz`, trailGz(more));
      expect(offtrail(['ingest', tree, '--db', db]).code).toBe(0);
      expect(search(db, `agent-of-day-${day}-x`, '--count')).toEqual({ code: 0, stdout: '1\n', stderr: '' });
    }
    for (let day = 0; day < 12; day++)
      expect(found(db, `agent-of-day-${day}-x`)).toEqual([all[day * 30 + 7]!.eventID]);
    expect(count(db, "SELECT count(*) FROM text_block WHERE area = 'event'")).toBeLessThan(6);
  });

  it('holds in a tree that threads read, over the bounds of its parts', () => {
    const root = folder();
    for (let file = 0; file < 6; file++) {
      const list = Array.from({ length: 10_000 }, (_, i) =>
        record({
          userAgent: `agent ${(file * 10_000 + i) % 7}`,
          requestParameters: { n: `n-${file * 10_000 + i}-` },
        }),
      );
      put(root, `${file}.json.gz`, trailGz(list));
    }
    const { db } = ingestInto([root]);
    expect(count(db, "SELECT sum(last_id - first_id + 1) FROM text_block WHERE area = 'event'")).toBe(60_000);
    for (const n of [0, 1, 49_150, 49_151, 49_152, 49_153, 59_999])
      expect(search(db, `n-${n}-`, '--count'), String(n)).toEqual({ code: 0, stdout: '1\n', stderr: '' });
    expect(search(db, 'agent 3', '--count').stdout).toBe('8571\n');
    expect(search(db, 'n-60000-', '--count').stdout).toBe('0\n');
    const rows = found(db, 'agent 5', '--limit', '300', '--order', 'oldest');
    const wanted = query(
      db,
      "SELECT eventid FROM cloudtrail_logs WHERE useragent = 'agent 5' ORDER BY eventtime, event_rowid LIMIT 300",
    );
    expect(rows).toEqual(wanted.map(row => row.eventid));

    for (const [read, stored] of slicesOf(db)) expect(read.equals(stored)).toBe(true);
    // Blocks of earlier versions are read, and believed, as they are.
    const full = 'SELECT count(*) FROM text_slices WHERE length(slices) = 8104';
    const fullRows = count(db, full);
    asBefore(db);
    expect(count(db, full)).toBeLessThan(fullRows);
    for (const [read, stored] of slicesOf(db)) expect(read.equals(stored)).toBe(true);
    for (const n of [0, 1, 49_151, 59_999])
      expect(search(db, `n-${n}-`, '--count'), String(n)).toEqual({ code: 0, stdout: '1\n', stderr: '' });
    expect(offtrail(['status', '--verify', '--db', db]).stderr).toContain('nothing was found');
  });

  it('forgets what a changed file no longer says, also where ids are given again', () => {
    const tree = folder();
    const [first, last] = [records(50), records(50)];
    last[3]!.userAgent = 'old text';
    put(tree, 'a.json', trail(first));
    const { db } = ingestInto([tree]);
    put(tree, 'b.json', trail(last));
    offtrail(['ingest', tree, '--db', db]);
    expect(found(db, 'old text')).toHaveLength(1);
    writeFileSync(join(tree, 'b.json'), trail([]));
    offtrail(['ingest', tree, '--db', db]);
    expect(found(db, 'old text')).toHaveLength(1);
    offtrail(['ingest', tree, '--db', db, '--replace']);
    expect(found(db, 'old text')).toEqual([]);
    const fresh = Array.from({ length: 50 }, (_, i) => record({ userAgent: `fresh agent ${i}` }));
    put(tree, 'c.json', trail(fresh));
    offtrail(['ingest', tree, '--db', db]);
    expect(found(db, 'fresh agent 33')).toEqual([fresh[33]!.eventID]);
  });
});

it('rows of a dimension that hold a text are those of all rows, each once', () => {
  const texts = ['Alpha', '', 'beta alpha alpha', 'ALPHABET', 'gamma', '12', 'al', 'pha', 'alpha'];
  const rows = texts.map((text, i) => `${i + 7}\n${text}`).join('\u0001');
  const all = [...dimensionTexts(rows)];
  expect(all.map(({ text }) => text)).toEqual(texts);
  for (const holding of ['alpha', 'a', 'gamma', 'bet', 'alp', 'none', 'alphabet', 'beta a'])
    expect([...dimensionTexts(rows, holding)], holding).toEqual(
      all.filter(({ text }) => text.toLowerCase().includes(holding)),
    );
  expect([...dimensionTexts('')]).toEqual([]);
});
