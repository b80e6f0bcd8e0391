/** A first, large ingest is loaded: its pages are those that statements would have made, and nothing of it is lost. */

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { lineOf } from '../scripts/access-logs.js';
import { type AccessRow, accessTime } from '../scripts/access-requests.js';
import { failEach, several, severalLines } from './failing.js';
import {
  built,
  count,
  folder,
  offtrail,
  put,
  query,
  ROOT,
  record,
  records,
  someOf,
  statusOf,
  type TestRecord,
  trail,
  trailGz,
} from './support.js';

const { ingestTree } = (await built('ingest/ingest.js')) as typeof import('../src/ingest/ingest.js');
const { createIndexPages, MOST_LOCAL_ENTRY } = (await built(
  'store/pages/index-pages.js',
)) as typeof import('../src/store/pages/index-pages.js');
const { createPageFile } = (await built(
  'store/pages/page-file.js',
)) as typeof import('../src/store/pages/page-file.js');
const { createRecordBuilder } = (await built(
  'store/pages/record.js',
)) as typeof import('../src/store/pages/record.js');
const { createRoom } = (await built(
  'store/load/index-order.js',
)) as typeof import('../src/store/load/index-order.js');
const { createSorter } = (await built(
  'store/load/sorter.js',
)) as typeof import('../src/store/load/sorter.js');
const { openForWriting } = (await built('store/open.js')) as typeof import('../src/store/open.js');

const ALWAYS = { least: 0, most: Number.POSITIVE_INFINITY };
const NEVER = { least: Number.POSITIVE_INFINITY, most: 0 };

/** Two empty indexes with one seed, so that their hashes are the same. */
function twins(): [string, string] {
  const [one, other] = [join(folder(), 'one.db'), join(folder(), 'other.db')];
  openForWriting(one).close();
  copyFileSync(one, other);
  return [one, other];
}

/** Seals differ with the times of runs, and which ingest has to look up many ids that begin alike with its way. */
const NOT_COMPARED: Readonly<Record<string, string>> = {
  setting: "WHERE name NOT LIKE 'seal_%'",
  sqlite_stat1: "WHERE idx <> 'event_whole_id'",
};

/** Every row of every table but the times of runs and what is sealed of them. */
function rowsOf(path: string): Record<string, unknown[]> {
  const db = new Database(path, { readonly: true });
  const names = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1")
    .pluck()
    .all() as string[];
  const all: Record<string, unknown[]> = {};
  for (const name of names) {
    const columns = db.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(name) as string[];
    const kept = columns.filter(
      column => name !== 'run' || !['started', 'finished', 'summary'].includes(column),
    );
    const where = NOT_COMPARED[name] ?? '';
    const types = kept.map(column => `typeof("${column}"), "${column}"`);
    all[name] = db
      .prepare(
        `SELECT ${types.join(', ')} FROM "${name}" ${where} ORDER BY ${kept.slice(0, 3).map((_, i) => 2 * i + 2)}`,
      )
      .raw()
      .safeIntegers()
      .all();
  }
  all.integrity = db.pragma('integrity_check') as unknown[];
  db.close();
  return all;
}

const key = (length: number): TestRecord =>
  record({ requestParameters: { bucketName: 'b', key: 'k'.repeat(length) } });

let requests = 0;
/** A line of an access log, of a request of its own. */
const line = (fields: Partial<AccessRow> = {}): string =>
  lineOf({
    bucketowner: 'owner',
    bucket_name: 'my-bucket',
    requestdatetime: accessTime(1_709_251_200 + (requests % 5)),
    remoteip: '192.0.2.3',
    requester: `arn:aws:iam::111122223333:user/u${requests % 3}`,
    requestid: (requests++ * 7919).toString(16).toUpperCase().padStart(16, '0'),
    operation: 'REST.GET.OBJECT',
    key: 'data/x.csv',
    request_uri: 'GET /data/x.csv HTTP/1.1',
    httpstatus: '200',
    useragent: `agent/${requests % 2}`,
    ...fields,
  });

/** Lines of which SQLite's columns and indexes hold what is not simply a text or a whole number. */
function oddLines(): Buffer[] {
  const numbers = ['0', '007', '-5', '1e3', '1.50', '12345678901234567', '99999999999999999999', 'x'];
  const long = Array.from({ length: 40 }, (_, i) => line({ key: 'k'.repeat(7400 + i * 20) }));
  const odd = [
    ...numbers.flatMap(value => [line({ bytessent: value }), line({ totaltime: value, objectsize: value })]),
    ...[16_300, 1 << 20].map(length => line({ request_uri: `GET /${'k'.repeat(length)} HTTP/1.1` })),
    line({ requestdatetime: '31/Foo/2024:00:00:00 +0000' }),
    line({ requestdatetime: '06/Feb/2019:00:00:38 -0700' }),
    line({ key: 'a%2520b', useragent: 'with "quotes" "and" more' }),
    line({ key: '%25E2%2582%25AC%20%ff' }),
    line().replace('\n', ' more fields\n'),
    line().replace('\n', ' \r\n'),
    'no line\n',
  ];
  const latin1 = Buffer.from(
    line({ key: 'caf\u00e9%20', bytessent: '\u00e9', requestid: '\u00e9' }),
    'latin1',
  );
  return [Buffer.from([...long, ...odd].join('')), latin1];
}

/** Ids of requests in the ways that they are told apart: by more than their first bytes, or not by these at all. */
const oddRequestIds = (): string[] => {
  const ids = [
    '-',
    '0',
    '00',
    'Z'.repeat(16),
    `${'Z'.repeat(16)}a`,
    `${'Z'.repeat(16)}A`,
    'z'.repeat(57),
    '\u00e9',
  ];
  return [...ids, ...ids].map(requestid => line({ requestid }));
};

/** Everything that the two ways could store differently. */
function oddTree(): string {
  const root = folder();
  const shared = record({ eventID: 'shared' });
  const conflicting = record({ eventID: 'conflicting' });
  const numbers = [
    '0',
    '-0',
    '007',
    '1.50',
    '1e3',
    '12345678901234567',
    '5\u0000',
    '99999999999999999999',
    'x',
    '',
    '-5',
    '1e400',
  ];
  put(root, '0.json.gz', trailGz(records(300)));
  put(
    root,
    '1.json',
    trail([shared, conflicting, record({ eventTime: '2024-03-02T10:00:00.750Z' }), record({ eventTime: 5 })]),
  );
  put(
    root,
    '2.json',
    trail([
      shared,
      { ...conflicting, eventName: 'Other' },
      record({ userAgent: 'a\u0000é😀"\\' }),
      { eventName: 'no id' },
    ]),
  );
  put(
    root,
    '3.json',
    trail([
      { ...conflicting, eventName: 'Third' },
      { ...conflicting, eventName: 'Other' },
      record({ unknown: { a: [1] } }),
    ]),
  );
  put(
    root,
    '4.json',
    trail(
      numbers.map(value =>
        record({ additionalEventData: { bytesTransferredIn: value, bytesTransferredOut: Number(value) } }),
      ),
    ),
  );
  // Around what a leaf and an overflow page hold, and far beyond.
  put(
    root,
    '5.json',
    trail([
      ...Array.from({ length: 60 }, (_, i) => key(7400 + i * 20)),
      ...[16_300, 16_390, 1 << 20].map(key),
    ]),
  );
  put(root, '6.jsonl', JSON.stringify({ 'detail-type': 'AWS API Call via CloudTrail', detail: record() }));
  const damaged = trailGz([shared, ...records(5)]);
  damaged[damaged.length - 8]! ^= 1;
  put(root, '0-damaged.json.gz', damaged);
  const [again, shared2] = [line(), line()];
  put(root, '5-lines', Buffer.concat([...oddLines(), Buffer.from(again + again + shared2)]));
  put(root, '6-lines', shared2 + oddRequestIds().join('') + line({ requestid: 'x'.repeat(58) }));
  const damagedLines = gzipSync(shared2 + line());
  damagedLines[damagedLines.length - 8]! ^= 1;
  put(root, '0-damaged-lines.gz', damagedLines);
  put(root, '7.txt', 'no log');
  put(root, '8.json', `{"Records":[{"eventVersion":"1.08"},${JSON.stringify(record())},{]}`);
  return root;
}

/** Files of 5 MB, each a task of its own, and lines after each: a transaction takes ten of them. */
function largeTree(files: number): string {
  const root = folder();
  for (let i = 0; i < files; i++) {
    const text = `${i} `.repeat(5_000_000 / `${i} `.length);
    put(root, `${i}.json`, trail([record({ requestParameters: { text } }), ...records(20)]));
    put(root, `${i}.log`, line() + line() + oddRequestIds()[i % 8]);
  }
  return root;
}

describe('a load makes the index that statements make', () => {
  it('row by row, in every table, of everything that could differ', async () => {
    const root = oddTree();
    const [loaded, inserted] = twins();
    await ingestTree({ inputs: [root], db: loaded, jobs: 2 }, ALWAYS);
    await ingestTree({ inputs: [root], db: inserted, jobs: 2 }, NEVER);
    const rows = rowsOf(loaded);
    expect(rows).toEqual(rowsOf(inserted));
    expect(rows.integrity).toEqual([{ integrity_check: 'ok' }]);
    expect(rows.event!.length).toBeGreaterThan(380);
    expect(count(loaded, 'SELECT count(*) FROM event WHERE is_conflicting')).toBe(3);
    expect(count(loaded, 'SELECT count(*) FROM duplicate')).toBeGreaterThan(1);
    expect(rows.access_log!.length).toBeGreaterThan(70);
    expect(rows.access_duplicate!.length).toBeGreaterThan(1);
    expect(count(loaded, 'SELECT count(*) FROM access_log WHERE line IS NOT NULL')).toBeGreaterThan(8);
    expect(count(loaded, 'SELECT count(*) FROM detail WHERE envelope IS NOT NULL')).toBe(1);
    expect(offtrail(['status', '--verify', '--db', loaded]).code).toBe(0);
    expect(existsSync(`${loaded}-loading`)).toBe(false);
  });

  it('also of lines whose request ID is not UTF-8, by its index', async () => {
    const root = folder();
    put(root, 'lines', Buffer.from([line(), line({ requestid: '\u00e9' }), line()].join(''), 'latin1'));
    const [loaded, inserted] = twins();
    await ingestTree({ inputs: [root], db: loaded }, ALWAYS);
    await ingestTree({ inputs: [root], db: inserted }, NEVER);
    const rows = rowsOf(loaded);
    expect(rows).toEqual(rowsOf(inserted));
    expect(rows.integrity).toEqual([{ integrity_check: 'ok' }]);
    expect(count(loaded, "SELECT count(*) FROM access_log WHERE requestid = '\ufffd'")).toBe(1);
  });

  it('also where it ends before the ingest, and where later ones go on', async () => {
    const root = largeTree(14);
    const [loaded, inserted] = twins();
    await ingestTree({ inputs: [root], db: loaded, jobs: 2 }, { least: 0, most: 50 });
    await ingestTree({ inputs: [root], db: inserted, jobs: 2 }, NEVER);
    put(root, 'later.json', trail(records(10)));
    for (const db of [loaded, inserted]) await ingestTree({ inputs: [root], db, jobs: 2 }, ALWAYS);
    const rows = rowsOf(loaded);
    expect(rows.event).toHaveLength(14 * 21 + 10);
    expect(rows.access_log).toHaveLength(14 * 3);
    expect(rows).toEqual(rowsOf(inserted));
    expect(rows.integrity).toEqual([{ integrity_check: 'ok' }]);
  });
});

it('an index of any size that is laid out as pages is one to SQLite', () => {
  for (const rows of [1, 2, 5, 20, 21, 400, 3000]) {
    const path = join(folder(), 'pages.db');
    const db = new Database(path);
    db.pragma('page_size = 8192');
    db.exec('CREATE TABLE t (x TEXT)');
    // From four entries a page to very many: few make the tree deep.
    const insert = db.prepare('INSERT INTO t VALUES (?)');
    db.transaction(() => {
      for (let i = 0; i < rows; i++)
        insert.run(`${i * 7919}`.padEnd((i * 331) % (MOST_LOCAL_ENTRY - 8), 'x'));
    })();
    const entries = db
      .prepare<[], { x: string; id: number }>('SELECT x, rowid AS id FROM t ORDER BY x, id')
      .all();
    // Empty, but for SQLite the index on all of them.
    db.exec('CREATE INDEX i ON t (x) WHERE x IS NULL');
    db.unsafeMode(true);
    db.pragma('writable_schema = ON');
    db.exec("UPDATE sqlite_schema SET sql = 'CREATE INDEX i ON t (x)' WHERE name = 'i'");
    const root = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'i'").pluck().get() as number;
    const file = createPageFile(path, (db.pragma('page_count', { simple: true }) as number) + 1);
    db.close();
    const index = createIndexPages(file);
    for (const { x, id } of entries) {
      const record = createRecordBuilder();
      record.begin();
      record.value(x);
      record.value(id);
      record.finish();
      const at = index.add(record.end - record.start);
      for (let i = record.start; i < record.end; i++)
        index.leaf.setUint8(at + i - record.start, record.bytes[i]!);
    }
    const content = index.finish();
    file.flush();
    file.setPageCount();
    file.write(root, content);
    file.close();
    const laid = new Database(path);
    expect(laid.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    expect(laid.prepare('SELECT x FROM t INDEXED BY i ORDER BY x').pluck().all()).toEqual(
      entries.map(({ x }) => x),
    );
    laid.close();
  }
});

it('an error at any statement of a load leaves an index that the next ingest completes', async () => {
  const root = folder();
  const list = several(3);
  put(root, 'a.json', trail(list));
  put(root, 'b.json', trail([list[1]!, { ...list[2]!, eventName: 'PutObject' }, { eventName: 'x' }]));
  const lines = severalLines(2);
  put(root, 'c', lines.join('') + lines[0]);
  const inserting = await failEach(
    undefined,
    db => ingestTree({ inputs: [root], db }, NEVER),
    () => false,
  );
  const ran = await failEach(
    undefined,
    db => ingestTree({ inputs: [root], db }, ALWAYS),
    sql => !inserting.includes(sql) || /^(BEGIN|COMMIT|PRAGMA)/.test(sql),
  );
  expect(ran.some(sql => sql.includes('INTO main.event') || sql.includes('UPDATE main.event'))).toBe(true);
  expect(ran.length).toBeGreaterThan(80);
  expect(ran.filter(sql => /DROP INDEX main.access_/.test(sql))).toEqual([]);
}, 120_000);

describe('a load that ends in the middle', () => {
  const root = largeTree(14);
  const [FILES, RECORDS] = [14 * 2, 14 * (21 + 3)];

  type Name = 'writeSync' | 'rmSync' | 'renameSync';

  /** Runs a load in a process of its own that does `fault` at calls of `node:fs`: `name` is of which, `nth` its number. */
  function loadWith(db: string, fault: string): ReturnType<typeof spawnSync> {
    const script = `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module';
      const calls = { writeSync: 0, rmSync: 0, renameSync: 0 };
      for (const name in calls) {
        const original = fs[name];
        fs[name] = (...args) => {
          const isOurs = typeof args[0] === 'number' || String(args[0]).includes('-loading') || String(args[1]).includes('-loading');
          if (isOurs) { const nth = ++calls[name]; ${fault} }
          return original(...args);
        };
      }
      syncBuiltinESMExports();
      const { ingestTree } = await import(${JSON.stringify(join(ROOT, 'dist/ingest/ingest.js'))});
      await ingestTree({ inputs: [${JSON.stringify(root)}], db: ${JSON.stringify(db)}, jobs: 1 }, { least: 0, most: Infinity })
        .then(() => console.log('finished', calls.writeSync), error => console.log('failed', error.code));`;
    return spawnSync(process.execPath, [put(folder(), 'load.mjs', script)], { encoding: 'utf8' });
  }
  const at = (name: Name, nth: number, what: string): string =>
    `if (name === '${name}' && nth === ${nth}) { ${what} }`;
  const KILL = "process.kill(process.pid, 'SIGKILL');";

  let counted: number | undefined;
  /** How many writes a load makes that nothing ends. */
  const writes = (): number => {
    counted ??= Number(/finished (\d+)/.exec(String(loadWith(join(folder(), 'whole.db'), '').stdout))![1]);
    return counted;
  };

  /** Calls before which a load may end; writes that are not positive are counted back from the last one. */
  const ENDS: Array<[name: Name, nth: number, committed: number]> = [
    ['writeSync', 2, 0],
    ['writeSync', 40, 0],
    ['writeSync', 60, 21],
    ['renameSync', 1, 0],
    ['rmSync', 5, FILES],
    ['rmSync', 8, FILES],
    // The pages above, the header, the three tables, and the first and last of twelve indexes.
    ...someOf([16, 15, 14, 13, 12, 11, 0], 2).map((back): [Name, number, number] => [
      'writeSync',
      -back,
      FILES,
    ]),
  ];
  let ends: string | undefined;
  /** What a load that is killed before such a call leaves, which is what stands there before it: one load makes all. */
  function endedAt(name: Name, nth: number): string {
    if (ends === undefined) {
      expect(writes()).toBeGreaterThan(65);
      ends = folder();
      const db = join(folder(), 'killed.db');
      const copies = ENDS.map(([name, nth]) =>
        at(
          name,
          name === 'writeSync' && nth <= 0 ? writes() + nth : nth,
          `fs.cpSync(${JSON.stringify(join(db, '..'))}, ${JSON.stringify(join(ends!, `${name} ${nth}`))}, { recursive: true });`,
        ),
      );
      expect(loadWith(db, copies.join('\n')).stdout).toContain('finished');
    }
    return join(ends, `${name} ${nth}`, 'killed.db');
  }

  /** The next ingest reads what was not committed. */
  function expectWhole(db: string, committed = 0): void {
    const { code, stderr } = offtrail(['ingest', root, '--db', db]);
    expect(code).toBe(0);
    if (committed > 0)
      expect(stderr).toContain(`${FILES} files = ${FILES - committed} indexed + ${committed} unchanged`);
    expect(query(db, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    expect(statusOf(db)).toMatchObject({
      files: { total: FILES, indexed: FILES },
      records: { stored: RECORDS },
    });
    expect(existsSync(`${db}-loading`)).toBe(false);
  }

  it('by a signal leaves the same', () => {
    const db = join(folder(), 'killed.db');
    expect(loadWith(db, at('writeSync', 60, KILL)).signal).toBe('SIGKILL');
    const there = (of: string): string[] => readdirSync(join(of, '..')).sort();
    expect(there(db)).toEqual(there(endedAt('writeSync', 60)));
    expectWhole(db, 21);
  });

  it.each(ENDS)(
    'before %s %i is said by the next query, and completed by the next ingest',
    (name, nth, committed) => {
      const db = endedAt(name, nth);
      const asked = offtrail(['events', '--limit', '1', '--db', db]);
      // What is said while the last pages are written has a test of its own.
      if (committed < FILES || name === 'rmSync')
        expect([asked.code, asked.stderr]).toEqual([
          0,
          expect.stringContaining('incomplete: the last ingest did not finish'),
        ]);
      expectWhole(db, committed);
      if (nth <= 0) expect(offtrail(['status', '--verify', '--db', db]).code).toBe(0);
      rmSync(join(db, '..'), { recursive: true });
    },
  );

  it('between its pages and its tables is refused to queries, which would see events without what they point to', () => {
    const db = join(folder(), 'killed.db');
    // After the last write.
    const after = `original(...args); ${KILL}`;
    expect(loadWith(db, at('writeSync', writes(), after)).signal).toBe('SIGKILL');
    const asked = offtrail(['events', '--limit', '1', '--db', db]);
    expect([asked.code, asked.stdout]).toEqual([2, '']);
    expect(asked.stderr).toContain('was killed as it began or ended; the next one puts the file right');
    // Beside what another version of this program left it is not gone on with either.
    const rename = (from: string, to: string): void => {
      const loading = new Database(`${db}-loading`);
      loading.exec(`ALTER TABLE ${from} RENAME TO ${to}`);
      loading.close();
    };
    rename('laid_out_index', 'of_another_version');
    const refused = offtrail(['ingest', root, '--db', db]);
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining('another version of offtrail'),
    ]);
    rename('of_another_version', 'laid_out_index');
    expectWhole(db, FILES);
  });

  it('because the disk is full says so, and goes on when there is room', () => {
    const db = join(folder(), 'full.db');
    const full = "throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });";
    expect(loadWith(db, at('writeSync', 55, full)).stdout).toContain('failed DISK_FULL');
    expectWhole(db);
  });

  it('is not believed where the index is shorter than it was', () => {
    const db = join(folder(), 'cut.db');
    loadWith(db, at('writeSync', 60, KILL));
    truncateSync(db, 1 << 20);
    const { code, stderr } = offtrail(['ingest', root, '--db', db]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('is shorter than its last ingest left it')]);
  });

  it('belongs to its own index alone', () => {
    const [killed, other] = [join(folder(), 'killed.db'), join(folder(), 'other.db')];
    loadWith(killed, at('writeSync', 60, KILL));
    openForWriting(other).close();
    for (const end of ['-loading', '-loading-wal'])
      if (existsSync(killed + end)) copyFileSync(killed + end, other + end);
    expectWhole(other);
  });
});

it('a thread sorts the rows of an index by all its columns, and where it dies they are sorted without it', () => {
  const count = 60_000;
  const column = (value: (place: number) => number): Uint32Array =>
    Uint32Array.from({ length: count }, (_, place) => value(place));
  const few = column(place => (place * 7919) % 5);
  const [high, low] = [
    column(place => (place * 31) % 3),
    column(place => Math.imul(place, 0x9e3779b1) >>> 20),
  ];
  const long = new Map([100, 7, 55_555, 33].map(place => [place, Buffer.from(`text ${place}`)]));
  for (const place of long.keys()) few[place] = high[place] = low[place] = 1;
  const columns = [
    { kind: 'number', words: [few], less: 0 },
    { kind: 'text', words: [high, low], less: 0, long },
  ] as const;
  const textOf = (place: number): string => long.get(place)?.toString() ?? '';
  const expected = Array.from({ length: count }, (_, place) => place).sort(
    (a, b) =>
      few[a]! - few[b]! ||
      high[a]! - high[b]! ||
      low[a]! - low[b]! ||
      (textOf(a) < textOf(b) ? -1 : textOf(a) > textOf(b) ? 1 : a - b),
  );
  const room = createRoom(count, true);
  const orders = [room.take(), room.take(), room.take()];
  const sorter = createSorter(count, 30_000);
  const waits = [sorter.begin(columns, orders[0]!), sorter.begin(columns.slice(0, 1), orders[1]!)];
  for (const wait of waits) wait();
  expect([...orders[0]!]).toEqual(expected);
  expect([...orders[1]!]).toEqual([...expected.keys()].sort((a, b) => few[a]! - few[b]! || a - b));
  sorter.close();
  const dead = createSorter(count, 1);
  dead.close();
  dead.begin(columns, orders[2]!)();
  expect([...orders[2]!]).toEqual(expected);
});
