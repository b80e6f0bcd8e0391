/** Rows that are read from the pages of the index are what SQLite would have given. */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, it } from 'vitest';
import { rowsModule } from '../scripts/make-wasm.js';
import { createRandom } from '../scripts/random.js';
import { fileColumns } from '../src/export/encoder.js';
import { createEventGroups } from '../src/export/event-rows.js';
import { createBytes } from '../src/export/parquet/bytes.js';
import { schemaOf } from '../src/export/parquet/schema.js';
import { appendRowGroup } from '../src/export/row-group.js';
import { openIndex } from '../src/open-index.js';
import { createStoredRows } from '../src/store/file/stored-rows.js';
import { type Db, openForQueries } from '../src/store/open.js';
import type { RowSet } from '../src/store/text/row-set.js';
import { pointsTo, rowsOfSqlite, TEXT_DIMENSIONS } from '../src/store/text/rows.js';
import { storedText } from '../src/store/text/stored-text.js';
import { built, folder, ingestInto, put, ROOT, record, type TestRecord, trail } from './support.js';

const { ingestTree } = (await built('ingest/ingest.js')) as typeof import('../src/ingest/ingest.js');

const random = createRandom(20261128);
const pick = <T>(of: readonly T[]): T => of[random.below(of.length)]!;

const TEXTS = [
  '',
  'x',
  'Größe',
  'a\\b',
  'say "hi"',
  'tab\there',
  '\u{1f600}',
  'plain words',
  'z'.repeat(300),
];
const LENGTHS = [0, 1, 15, 16, 17, 127, 128, 200, 4000, 8100, 8157, 8158, 9000, 20_000];
/** Text of this length, which does not repeat. */
const long = (length: number): string =>
  Array.from({ length }, () => String.fromCharCode(0x61 + random.below(26))).join('');
const RESOURCES = [
  [],
  null,
  [{ type: 'AWS::S3::Object', ARN: 'arn:aws:s3:::b/k' }],
  [{ ARN: 'a' }, { accountId: '1', type: 't', ARN: 'b' }, {}],
  [{ ARN: 'with "quotes"' }],
  [{ ARN: 1, type: null }],
  [{ arn: 'lower', ARN: 'upper' }],
  Array.from({ length: 90 }, (_, i) => ({ ARN: `arn:${i}`, unknown: 'x' })),
  'no list',
];

/** A record of any shape that has a place in the index. */
function anyRecord(hasOddTime: boolean): TestRecord {
  const maybe = (value: () => unknown): unknown => (random.below(3) === 0 ? value() : undefined);
  return record({
    errorMessage: maybe(() => pick(TEXTS)),
    requestParameters: {
      bucketName: `bucket-${random.below(5)}`,
      key: `${long(random.below(40))}${pick(TEXTS)}`,
      more: maybe(() => long(pick(LENGTHS))),
    },
    responseElements: maybe(() => ({ text: pick(TEXTS), list: [1, 2.5, null, true] })),
    additionalEventData: maybe(() => ({
      bytesTransferredIn: pick([0, 1, 127, 128, 32_768, 2 ** 31, 2 ** 40, 1.5, -1, '7']),
      bytesTransferredOut: random.below(70_000),
      SignatureVersion: 'SigV4',
    })),
    resources: maybe(() => pick(RESOURCES)),
    eventTime: hasOddTime && random.below(40) === 0 ? '2024-03-01T10:00:00+02:00' : '2024-03-01T10:00:00Z',
    eventID: random.below(20) === 0 ? undefined : `${long(8)}-${long(4)}`,
    serviceEventDetails: maybe(() => ({ [pick(TEXTS)]: pick(TEXTS) })),
    ownField: maybe(() => pick(TEXTS)),
  } as TestRecord);
}

/** An index, and one with gaps between its ids, which no ingest leaves. */
let whole: string;
let db: string;
let count: number;
beforeAll(() => {
  const root = folder();
  for (let file = 0; file < 6; file++)
    put(root, `${file}.json`, trail(Array.from({ length: 250 }, () => anyRecord(file === 0))));
  whole = ingestInto([root]).db;
  db = join(folder(), 'gaps.db');
  copyFileSync(whole, db);
  const index = new Database(db);
  index.exec('DELETE FROM detail WHERE id % 97 = 0; DELETE FROM event WHERE id % 97 = 0');
  count = index.prepare('SELECT max(id) FROM event').pluck().get() as number;
  index.close();
});

/** Rows out of pages, or of SQLite where these are declined. */
function rowsOf(index: Db, set: RowSet, holding?: readonly string[]): Iterable<Buffer> {
  const stored = storedText(index, TEXT_DIMENSIONS, set, holding);
  return stored ? [stored] : rowsOfSqlite(index, 'event', set);
}

const joined = (parts: Iterable<Buffer>): string[] =>
  [...parts].flatMap(part => part.toString('latin1').split('\u0001'));

function anySet(): RowSet {
  const first = 1 + random.below(count);
  if (random.below(2) === 0) return { first, last: Math.min(count, first + random.below(300)) };
  const ids = new Set(Array.from({ length: 1 + random.below(60) }, () => 1 + random.below(count)));
  return [...ids].sort((a, b) => a - b);
}

it('the WebAssembly is what its source says', async () => {
  expect(readFileSync(join(ROOT, 'src/store/file/rows-wasm.ts'), 'utf8')).toBe(await rowsModule());
}, 60_000);

describe('the text of rows', () => {
  it('is, byte for byte, what SQLite makes of them', () => {
    const index = openForQueries(db);
    let fromPages = 0;
    for (let i = 0; i < 300; i++) {
      const set = anySet();
      if (storedText(index, TEXT_DIMENSIONS, set)) fromPages++;
      expect(joined(rowsOf(index, set))).toEqual(joined(rowsOfSqlite(index, 'event', set)));
    }
    // Times in other forms are left to SQLite.
    expect(fromPages).toBeGreaterThan(150);
    expect(fromPages).toBeLessThan(300);
  });

  it('is that also where a load left out what they have not at their end', async () => {
    const path = join(folder(), 'loaded.db');
    const list = Array.from({ length: 300 }, () => anyRecord(false));
    // A record of which not one column of `detail` is there.
    list[100] = { eventTime: '2024-03-01T10:00:00Z', eventName: 'Bare', eventID: 'bare' } as TestRecord;
    const limits = { least: 0, most: Number.POSITIVE_INFINITY };
    await ingestTree({ inputs: [put(folder(), 'a.json', trail(list))], db: path }, limits);
    const index = openForQueries(path);
    for (let first = 1; first <= 300; first += 50) {
      const set = { first, last: first + 49 };
      expect(joined([storedText(index, TEXT_DIMENSIONS, set)!])).toEqual(
        joined(rowsOfSqlite(index, 'event', set)),
      );
    }
    for (const column of ['errormessage', 'record']) {
      const rows = index.prepare(`SELECT id, ${column} FROM detail`).raw().all() as Array<[number, string]>;
      expect(columnOf(index, 'detail', column)).toEqual(new Map(rows));
    }
    index.close();
  });

  it('of those that may hold a text has all that hold it', () => {
    const index = openForQueries(db);
    let left = 0;
    for (let i = 0; i < 400; i++) {
      const first = 1 + random.below(count - 10);
      const set = { first, last: first + 9 };
      const all = joined(rowsOfSqlite(index, 'event', set));
      const row = pick(all).toLowerCase();
      const start = row.indexOf('\n') + 1 + random.below(200);
      const needle = row.slice(start, start + 2 + random.below(12));
      if (needle.length < 2 || needle.includes('\n') || needle.includes('\u0003')) continue;
      const given = new Set(joined(rowsOf(index, set, [needle, 'never in there'])));
      const wanted = all.filter(one => one.slice(one.indexOf('\n')).toLowerCase().includes(needle));
      expect(wanted.filter(one => !given.has(one))).toEqual([]);
      if (given.size < all.length) left++;
    }
    expect(left).toBeGreaterThan(100);
  });
});

describe('while an index is written to', () => {
  const TEXT = 'SELECT errormessage FROM detail WHERE id = 5';
  /** An index in which nothing is left to SQLite, its writer, and the message of row 5 as the pages have it. */
  function prepared() {
    const root = folder();
    // A few to a page.
    const more = { errorMessage: 'before', requestParameters: { text: 'y'.repeat(1500) } };
    put(root, 'a.json', trail(Array.from({ length: 400 }, () => record(more))));
    const path = ingestInto([root]).db;
    const writer = new Database(path);
    writer.pragma('journal_mode = WAL');
    writer.pragma('wal_autocheckpoint = 0');
    const reader = openForQueries(path);
    const write = (text: string) =>
      writer.prepare('UPDATE detail SET errormessage = ? WHERE id = 5').run(text);
    const seen = (set: RowSet = { first: 5, last: 5 }) =>
      /"(\w+)"$/m.exec(joined(rowsOf(reader, set))[0]!)?.[1];
    const fromPages = (set: RowSet = { first: 5, last: 5 }) =>
      storedText(reader, TEXT_DIMENSIONS, set) !== undefined;
    return { path, writer, reader, write, seen, fromPages };
  }

  it('what is in the log alone is read there, and pages of which it has nothing are read from the file', () => {
    const { writer, write, seen, fromPages } = prepared();
    expect([seen(), fromPages()]).toEqual(['before', true]);
    write('after');
    expect([seen(), fromPages()]).toEqual(['after', false]);
    expect(fromPages({ first: 390, last: 400 })).toBe(true);
    writer.pragma('wal_checkpoint(TRUNCATE)');
    expect([seen(), fromPages()]).toEqual(['after', true]);
    write('again');
    expect(seen()).toBe('again');
    writer.pragma('wal_checkpoint(PASSIVE)');
    write('anew');
    expect(seen()).toBe('anew');
  });

  it('what was taken back is not believed, nor what was written over it', () => {
    const { writer, reader, write, seen, fromPages } = prepared();
    writer.pragma('cache_size = 1');
    write('first');
    for (let i = 0; i < 5; i++) {
      writer.prepare("UPDATE detail SET requestid = 'one' WHERE id = 400").run();
      writer.exec('BEGIN');
      // Spilled into the log, and taken back.
      writer.exec("UPDATE detail SET requestid = 'x' || id WHERE id > 200");
      expect(fromPages({ first: 100, last: 101 })).toBe(true);
      writer.exec('ROLLBACK');
      writer.prepare(`UPDATE detail SET errormessage = 'text${i}' WHERE id = 100`).run();
      expect(seen({ first: 100, last: 100 })).toBe(`text${i}`);
      writer.pragma('wal_checkpoint(RESTART)');
      expect(reader.inTransaction).toBe(false);
    }
  });

  it('a transaction sees one state, whatever is copied into the file meanwhile', () => {
    const { writer, reader, write, seen } = prepared();
    write('one');
    reader.exec('BEGIN');
    expect(reader.prepare(TEXT).pluck().get()).toBe('one');
    for (let i = 0; i < 4; i++) {
      write(`later${i}`);
      writer.pragma('wal_checkpoint(PASSIVE)');
      expect(seen()).toBe('one');
      expect(reader.prepare(TEXT).pluck().get()).toBe('one');
    }
    reader.exec('COMMIT');
    expect(seen()).toBe('later3');
  });
});

/** A column out of pages, by ids; undefined where SQLite is to read it. */
function columnOf(index: Db, table: string, column: string): Map<number, string | null> | undefined {
  const rows = createStoredRows(index, [table])!;
  const values = new Map<number, string | null>();
  const last = index.prepare(`SELECT max(id) FROM ${table}`).pluck().get() as number;
  const isRead = rows.during(() =>
    rows.column(1, last, rows.place(0, column)!, (id, bytes, start, end) => {
      values.set(id, end < 0 ? null : bytes.toString('utf8', start, end));
    }),
  );
  return isRead ? values : undefined;
}

it('a column is, row by row, what SQLite gives, long records among them', () => {
  const index = openForQueries(db);
  for (const [table, column] of [
    ['event', 'objectkey'],
    ['detail', 'errormessage'],
    ['detail', 'requestparameters'],
  ] as const) {
    const rows = index.prepare(`SELECT id, ${column} FROM ${table}`).raw().all() as Array<[number, string]>;
    expect(columnOf(index, table, column)).toEqual(new Map(rows));
  }
});

describe('an index of several levels of pages', () => {
  let large: string;
  let last: number;
  beforeAll(() => {
    const more = { requestParameters: { bucketName: 'b', key: 'k', text: 'y'.repeat(1500) } };
    const root = folder();
    put(root, 'a.json', trail(Array.from({ length: 6600 }, () => record(more))));
    large = ingestInto([root]).db;
    last = 6600;
  });

  it('is read whole while its newest pages, and those above them, are in the log alone', () => {
    const writer = new Database(large);
    writer.pragma('journal_mode = WAL');
    writer.pragma('wal_autocheckpoint = 0');
    for (const table of ['event', 'detail']) {
      const columns = (writer.pragma(`table_info(${table})`) as Array<{ name: string }>).slice(1);
      const names = columns.map(({ name }) => name).join(', ');
      writer
        .prepare(`INSERT INTO ${table} (id, ${names}) SELECT id + ?, ${names} FROM ${table} WHERE id <= 20`)
        .run(last);
    }
    const reader = openForQueries(large);
    expect(storedText(reader, TEXT_DIMENSIONS, { first: last, last: last + 20 })).toBeUndefined();
    expect(columnOf(reader, 'detail', 'requestid')).toBeUndefined();
    const index = openIndex(large);
    expect(index.top({ columns: ['requestid'] }).events).toBe(last + 20);
    expect(index.search({ text: 'nowhere to be found' }).count()).toBe(0);
    expect(index.search({ text: 'yyyyyyyy' }).count()).toBe(last + 20);
    index.close();
    writer.close();
  });

  it('becomes the same row groups, cut by their bytes, whoever reads the rows', () => {
    const groups = (index: Db): number[] =>
      [...createEventGroups(index)(Array.from({ length: last }, (_, i) => i + 1))].map(({ rows }) => rows);
    const fromPages = groups(openForQueries(large));
    expect(fromPages).toEqual(groups(new Database(large, { readonly: true })));
    expect(fromPages.length).toBe(2);
    expect(fromPages[0]! % 512).not.toBe(0);
  });
});

it('of a damaged file no row is made up, and nothing hangs', () => {
  const bytes = readFileSync(db);
  let declined = 0;
  for (let i = 0; i < 60; i++) {
    const path = join(folder(), 'damaged.db');
    const copy = Buffer.from(bytes);
    // Heads of pages, and of what is on them: pointers, lengths, types.
    for (let k = 0; k < 40; k++) {
      const page = 2 + random.below(copy.length / 8192 - 2);
      copy[page * 8192 + random.below(pick([12, 60, 8192]))] = random.below(256);
    }
    writeFileSync(path, copy);
    let index: ReturnType<typeof openForQueries>;
    try {
      index = openForQueries(path);
    } catch {
      continue;
    }
    const parts: Array<() => unknown> = [
      () => columnOf(index, 'event', 'objectkey'),
      () => columnOf(index, 'detail', 'errormessage'),
      () => [...createEventGroups(index)(Array.from({ length: 500 }, (_, k) => k + 1))],
    ];
    for (let first = 1; first <= count; first += 100)
      parts.push(() => storedText(index, TEXT_DIMENSIONS, { first, last: first + 99 }) ?? declined++);
    for (const part of parts) {
      try {
        part();
      } catch (error) {
        // SQLite itself, and what it did not find.
        expect(String(error)).toMatch(/SqliteError|IndexError/);
      }
    }
    // Its descriptor goes with it.
    index.close();
    rmSync(path);
  }
  expect(declined).toBeGreaterThan(0);
});

it('an index that is opened twice and closed once is locked as before', () => {
  const path = join(folder(), 'twice.db');
  copyFileSync(db, path);
  const script = `
    const { openIndex } = await import(${JSON.stringify(join(ROOT, 'dist/index.js'))});
    const { default: Database } = await import('better-sqlite3');
    const first = new Database(process.argv[1], { readonly: true });
    const rows = first.prepare('SELECT id FROM event').iterate();
    rows.next();
    openIndex(process.argv[1]).close();
    openIndex(process.argv[1]).close();
    const { spawnSync } = await import('node:child_process');
    const other = "const D = require('better-sqlite3'); const d = new D(process.argv[1], { timeout: 0 }); try { d.exec('BEGIN EXCLUSIVE'); console.log('free'); } catch (error) { console.log(error.code); }";
    const ran = spawnSync(process.execPath, ['-e', other, process.argv[1]], { encoding: 'utf8' });
    console.log(ran.stdout + ran.stderr);`;
  const ran = spawnSync(process.execPath, ['--input-type=module', '-e', script, path], {
    encoding: 'utf8',
    cwd: ROOT,
  });
  expect(ran.stdout.trim() + ran.stderr).toBe('SQLITE_BUSY');
});

describe('the columns of an export', () => {
  const names = fileColumns('cloudtrail', undefined, true).map(({ name }) => name);
  const schema = schemaOf(fileColumns('cloudtrail', undefined, true));
  const hints = schema.leaves.map(() => ({ range: true, filter: false }));
  const ids = (index: Db): number[] => {
    const all = index.prepare('SELECT id FROM event').pluck().all() as number[];
    // Neighbours stay together: of the first file some are left to SQLite.
    return all.toReversed();
  };
  /** The bytes of all row groups. */
  function bytesOf(index: Db, inMemory: boolean): { hash: string; groups: number } {
    const out = createBytes();
    let groups = 0;
    for (const group of createEventGroups(index)(ids(index))) {
      expect(group.memory).toBeDefined();
      const columns = names.map(name => group.column(name));
      const memory = inMemory ? group.memory : undefined;
      appendRowGroup(out, schema, { rows: group.rows, columns, memory }, hints);
      groups++;
    }
    return { hash: createHash('sha256').update(out.view()).digest('hex'), groups };
  }

  it('are the same whether SQLite gave the rows or they were taken from pages', () => {
    // A connection of somebody else's has no descriptor.
    const plain = new Database(db, { readonly: true });
    expect(storedText(plain, TEXT_DIMENSIONS, { first: 1, last: 2 })).toBeUndefined();
    expect(bytesOf(openForQueries(db), true)).toEqual(bytesOf(plain, true));
  });

  it('are the same whether WebAssembly made them or JavaScript', () => {
    const index = openForQueries(db);
    const made = bytesOf(index, true);
    expect(made).toEqual(bytesOf(index, false));
    expect(made.groups).toBeGreaterThan(0);
  });
});

it('a search finds the same without WebAssembly', () => {
  const needles = ['zq', 'größe', 'SAY "hi"', '"say', 'bucket-3', 'a\\b', 'e"', '"AWS::S3', 'PLAIN W', 'kx'];
  const module = `const { openIndex } = await import(${JSON.stringify(join(ROOT, 'dist/index.js'))});
    const index = openIndex(process.argv[1]);
    for (const text of ${JSON.stringify(needles)}) {
      const ids = [...index.search({ text, limit: 100000 })].map(match => match.eventRowid);
      console.log(text, index.search({ text, limit: 100000 }).count(), ids.join());
    }`;
  const run = (...flags: string[]): string => {
    const ran = spawnSync(process.execPath, [...flags, '--input-type=module', '-e', module, whole], {
      encoding: 'utf8',
      cwd: ROOT,
    });
    expect([ran.status, ran.stderr]).toEqual([0, expect.stringMatching(/^(Warning: .*expose_wasm.*\n)?$/)]);
    return ran.stdout;
  };
  const fast = run();
  expect(fast).toBe(run('--jitless'));
  expect(fast.split('\n').filter(line => / [1-9]\d* /.test(line)).length).toBeGreaterThan(6);
});

it('the head of a row that is damaged points to nothing, and ends', () => {
  for (const head of ['', '7', '7,', '7,1', 'x,y', ',,,,,,,'])
    expect(
      pointsTo(head, (_, id) => id === 9),
      head,
    ).toBe(false);
  expect(pointsTo('7,1,2,9', (dimension, id) => dimension === 2 && id === 9)).toBe(true);
});
