/**
 * `npm run bench`: makes the trees, runs offtrail and its peers side by side in one run, and writes
 * docs/benchmarks.md. `npm run bench -- quick` uses trees a tenth of the size and writes nothing.
 */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { parserStream } from 'stream-json';
import zlibSync from 'zlib-sync';
import { S3_SEARCHES, s3Statement } from '../src/query/s3-searches.js';
import { runSql } from '../src/query/sql.js';
import { scanValue } from '../src/read/json-scan.js';
import type { Db } from '../src/store/open.js';
import { historyBench } from './bench-history.js';
import { createPeer, type Peer } from './duckdb.js';
import { makeTree } from './make-tree.js';
import { createRandom } from './random.js';
import { anyEvent, createWorld } from './records.js';

const ROOT = join(import.meta.dirname, '..');
const DATA = join(ROOT, 'bench-data');
const CLI = join(ROOT, 'dist', 'bin', 'offtrail.js');
const quick = process.argv.includes('quick');
const scale = quick ? 0.1 : 1;

const TREES = {
  small: { files: Math.round(44_000 * scale), perFile: 5 },
  large: { files: Math.round(840 * scale), perFile: 1191 },
  /** A tenth of the large one, and three times it: how searching for text grows. */
  tenth: { files: Math.round(84 * scale), perFile: 1191 },
  triple: { files: Math.round(2520 * scale), perFile: 1191 },
};
type TreeName = keyof typeof TREES;

interface Made {
  records: number;
  json: number;
  gzip: number;
}

const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
const s = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
const ms = (milliseconds: number): string => `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
const ratio = (a: number, b: number): string => (b > 0 ? `${(a / b).toFixed(2)} ×` : '');
const log = (line: string): void => console.error(line);

function tree(name: TreeName): Made & { folder: string } {
  const folder = join(DATA, name + (quick ? '-quick' : ''));
  const note = `${folder}.json`;
  if (!existsSync(note)) {
    log(`making the ${name} tree`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(DATA, { recursive: true });
    writeFileSync(note, JSON.stringify(makeTree({ folder, ...TREES[name] })));
  }
  return { folder, ...(JSON.parse(readFileSync(note, 'utf8')) as Made) };
}

/** One JSON document of about two gigabytes, gzipped. */
function bigDocument(): { path: string; json: number } {
  const path = join(DATA, quick ? 'one-quick.json' : 'one.json');
  if (!existsSync(path)) {
    log('making one large document');
    const r = createRandom(3);
    const world = createWorld(r);
    const wanted = 2_000_000_000 * scale;
    rmSync(path, { force: true });
    writeFileSync(path, '{"Records":[');
    let size = 12;
    for (let first = true; size < wanted; first = false) {
      const records = Array.from({ length: 5000 }, () =>
        JSON.stringify(anyEvent(r, world, 1_770_000_000 + r.below(8e6))),
      );
      const text = `${first ? '' : ','}${records.join(',')}`;
      writeFileSync(path, text, { flag: 'a' });
      size += text.length;
    }
    writeFileSync(path, ']}', { flag: 'a' });
  }
  return { path, json: statSync(path).size };
}

interface Measured {
  wall: number;
  /** Peak resident memory in bytes. */
  memory: number;
}

/** Runs the real command and measures it from outside. */
function command(args: string[]): Measured {
  const began = performance.now();
  const program = `process.argv.splice(1, 0, ${JSON.stringify(CLI)});
    const fs = require('node:fs');
    // The kernel's own high-water mark of this program; getrusage's includes that of the one that started it.
    process.on('exit', () => fs.writeSync(3, /VmHWM:\\s+(\\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]));
    import(${JSON.stringify(CLI)});`;
  const ran = spawnSync(process.execPath, ['-e', program, '--', ...args], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  const wall = performance.now() - began;
  if (ran.status !== 0) throw new Error(`offtrail ${args.join(' ')} ended with ${ran.status}: ${ran.stderr}`);
  return { wall, memory: Number(ran.output[3]) * 1024 };
}

function fresh(path: string): string {
  for (const end of ['', '-wal', '-shm', '-ingest']) rmSync(path + end, { force: true });
  return path;
}

/** Best of a few: what the machine can do when nothing else runs. */
function best(times: number, run: () => number): number {
  return Math.min(...Array.from({ length: times }, run));
}

const rows: Array<
  [work: string, ours: string, peer: string, ratio: string, wanted: string, met: boolean | undefined]
> = [];
function row(work: string, ours: string, peer: string, shown: string, wanted: string, met?: boolean): void {
  rows.push([work, ours, peer, shown, wanted, met]);
  log(`${work}: ${ours} ${peer} ${shown} (${wanted}) ${met === undefined ? '' : met ? 'met' : 'MISSED'}`);
}

async function ingestTree(
  name: TreeName,
  wantedRatio: number,
  wantedSize: number,
): Promise<{ db: string; peer: Peer; wall: number }> {
  const { folder, records, gzip } = tree(name);
  const db = join(DATA, `${name}.db`);
  // The files are in the system's cache for both: each is read once before.
  spawnSync('sh', ['-c', 'find "$0" -type f -print0 | xargs -0 cat > /dev/null', folder]);
  const ours = [0, 1].map(() => command(['ingest', folder, '--db', fresh(db)]));
  const peer = await createPeer(folder, join(DATA, `${name}.duckdb`));
  const wall = Math.min(...ours.map(m => m.wall));
  const memory = Math.max(...ours.map(m => m.memory));
  const size = statSync(db).size;
  row(
    `${name}: ${records.toLocaleString('en-US')} records in ${TREES[name].files.toLocaleString('en-US')} files, indexes included`,
    s(wall),
    `${s(peer.ingestMs)} (DuckDB${peer.note})`,
    ratio(wall, peer.ingestMs),
    `≤ ${wantedRatio} ×`,
    wall <= wantedRatio * peer.ingestMs,
  );
  row(`${name}: peak memory`, mb(memory), '', '', '≤ 600 MB', memory <= 600e6);
  row(
    `${name}: index size, ${mb(gzip)} of gzip`,
    mb(size),
    `${mb(peer.bytes)} (DuckDB)`,
    `${(size / gzip).toFixed(2)} × gzip`,
    `≤ ${wantedSize} × gzip`,
    size <= wantedSize * gzip,
  );
  return { db, peer, wall };
}

async function searches(db: string, peer: Peer): Promise<void> {
  const index = openForQueries(db);
  const buckets = index
    .prepare(
      'SELECT b.bucketname FROM event AS e JOIN bucket AS b ON b.id = e.bucket_id GROUP BY 1 ORDER BY count(*)',
    )
    .pluck()
    .all() as string[];
  const bucket = buckets[buckets.length >> 1]!;
  const key = index
    .prepare("SELECT accesskeyid FROM identity WHERE accesskeyid LIKE 'AKIA%' LIMIT 1")
    .pluck()
    .get() as string;
  for (const search of S3_SEARCHES) {
    for (const [title, filters] of [
      ['a bucket', { bucket }],
      ['a day', { from: '2026-02-10', to: '2026-02-11' }],
    ] as const) {
      const options = { ...filters, ...(search.argument ? { accessKeyId: key } : {}) };
      const statement = s3Statement(search, options, new Date(), { odd: false });
      let found = 0;
      const ours = best(5, () => {
        const began = performance.now();
        found = [...runSql(index, statement.sqlite).rows].length;
        return performance.now() - began;
      });
      const theirs = await peer.query(statement.athena());
      if (theirs.rows !== found)
        throw new Error(`${search.name}: ${found} rows here, ${theirs.rows} in DuckDB`);
      row(
        `s3 ${search.name}, ${title}: ${found.toLocaleString('en-US')} rows`,
        ms(ours),
        ms(theirs.ms),
        ratio(ours, theirs.ms),
        '≤ 20 ms, ≤ 0.2 ×',
        ours <= 20 && ours <= 0.2 * theirs.ms,
      );
    }
  }
  index.close();
}

async function eventHistory(db: string, peer: Peer): Promise<void> {
  const index = openForQueries(db);
  for await (const { work, ours, peer: other, limit, times } of historyBench(index, peer)) {
    const wanted = [
      ...(limit === undefined ? [] : [`≤ ${limit} ms`]),
      ...(times === undefined ? [] : [`≤ ${times} ×`]),
    ];
    const isMet =
      (limit === undefined || ours <= limit) && (times === undefined || ours <= times * other!.ms);
    row(
      work,
      ms(ours),
      other ? `${ms(other.ms)} (${other.name})` : '',
      other ? ratio(ours, other.ms) : '',
      wanted.join(', '),
      wanted.length > 0 ? isMet : undefined,
    );
  }
  index.close();
}

async function reading(folder: string): Promise<void> {
  const gz = spawnSync('sh', ['-c', 'find "$0" -name "*.gz" | sort | head -40', folder], { encoding: 'utf8' })
    .stdout.trim()
    .split('\n')
    .map(path => readFileSync(path));
  const docs = gz.map(bytes => gunzipSync(bytes));
  const records = docs.reduce(
    (sum, doc) => sum + (JSON.parse(doc.toString()) as { Records: unknown[] }).Records.length,
    0,
  );
  const each = (milliseconds: number): string =>
    `${Math.round(records / (milliseconds / 1000)).toLocaleString('en-US')} records/s`;
  const time = (run: () => void): number =>
    best(3, () => {
      const began = performance.now();
      run();
      return performance.now() - began;
    });
  const parse = time(() => {
    for (const doc of docs) JSON.parse(doc.toString('utf8'));
  });
  const scan = time(() => {
    for (const doc of docs) scanValue(doc, 0, doc.length);
  });
  const began = performance.now();
  for (const doc of docs.slice(0, 4)) {
    await new Promise<void>((done, fail) => {
      const stream = parserStream({ packValues: true, streamValues: false });
      stream.on('data', () => {});
      stream.on('end', () => done());
      stream.on('error', fail);
      stream.end(doc);
    });
  }
  const tokens = (performance.now() - began) * (docs.length / 4);
  row('scan of a document, one thread', each(scan), `${each(parse)} (JSON.parse)`, ratio(scan, parse), '');
  row(
    'scan of a document, one thread',
    each(scan),
    `${each(tokens)} (stream-json, tokens)`,
    ratio(scan, tokens),
    '',
  );
  const whole = time(() => {
    for (const bytes of gz) gunzipSync(bytes, { chunkSize: bytes.readUInt32LE(bytes.length - 4) + 64 });
  });
  const sync = time(() => {
    for (const bytes of gz) {
      const inflate = new zlibSync.Inflate({ chunkSize: 1 << 20, windowBits: 31 });
      inflate.push(bytes, zlibSync.Z_FINISH);
      void inflate.result;
    }
  });
  row('inflate, large files', ms(whole), `${ms(sync)} (zlib-sync)`, ratio(whole, sync), '');
  const tiny = gzipSync(JSON.stringify(JSON.parse(docs[0]!.toString()).Records.slice(0, 5)));
  const before = process.memoryUsage().rss;
  const tinySync = time(() => {
    for (let i = 0; i < 5000; i++) {
      const inflate = new zlibSync.Inflate({ chunkSize: 1 << 16, windowBits: 31 });
      inflate.push(tiny, zlibSync.Z_FINISH);
      void inflate.result;
    }
  });
  const leaked = process.memoryUsage().rss - before;
  const tinyWhole = time(() => {
    for (let i = 0; i < 5000; i++) gunzipSync(tiny);
  });
  row(
    'inflate 5,000 files of 5 records',
    ms(tinyWhole),
    `${ms(tinySync)} (zlib-sync, ${mb(leaked)} not freed after 15,000)`,
    ratio(tinyWhole, tinySync),
    '',
  );
  const sha = time(() => {
    for (const doc of docs) createHash('sha256').update(doc).digest();
  });
  row('SHA-256 of the inflated bytes', each(sha), '', '', '');
}

function startUp(db: string): void {
  for (const args of [['--help'], ['s3', 'anonymous', '--limit', '1']]) {
    const wall = best(7, () => {
      const began = performance.now();
      spawnSync(process.execPath, [CLI, ...args], { env: { ...process.env, OFFTRAIL_DB: db } });
      return performance.now() - began;
    });
    const bare = best(7, () => {
      const began = performance.now();
      spawnSync(process.execPath, ['-e', '0']);
      return performance.now() - began;
    });
    row(`offtrail ${args.join(' ')}`, ms(wall), `${ms(bare)} (node alone)`, '', '≤ 150 ms', wall <= 150);
  }
}

/** What was built: as users run it, and with its threads' files beside it. */
const built = (path: string) => import(join(ROOT, 'dist', path));
const { search } = (await built('query/search.js')) as typeof import('../src/query/search.js');
const { createSources } = (await built(
  'query/event-summary.js',
)) as typeof import('../src/query/event-summary.js');
const { openForQueries } = (await built('store/open.js')) as typeof import('../src/store/open.js');

const hasGrep = spawnSync('rg', ['--version']).status === 0;

/** How long rg needs for a text in all files, whatever its case, and the files it finds it in. */
function grep(folder: string, text: string, regex: boolean): { wall: number; files: Set<string> } {
  const args = ['-z', '-i', '-c', ...(regex ? [] : ['-F']), '-e', text, folder];
  const began = performance.now();
  const ran = spawnSync('rg', args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  const wall = performance.now() - began;
  const files = ran.stdout.split('\n').filter(Boolean);
  return { wall, files: new Set(files.map(line => line.slice(0, line.lastIndexOf(':')))) };
}

interface TextCase {
  title: string;
  text: string;
  regex?: boolean;
  /** Only the newest so many. */
  first?: number;
  /** At most so many milliseconds, at most this part of rg's time. */
  limit: number;
  part: number;
}

function textCases(index: Db): TextCase[] {
  const one = (sql: string): string => index.prepare(sql).pluck().get() as string;
  const rarest = (dimension: string, column: string): string =>
    one(
      `SELECT ${column} FROM (SELECT ${dimension}_id AS id, count(*) AS n FROM event GROUP BY 1) AS c
      JOIN ${dimension} AS d ON d.id = c.id WHERE ${column} IS NOT NULL ORDER BY n, d.id LIMIT 1`,
    );
  const middle = '(SELECT max(id) / 2 FROM event)';
  const requestId = one(
    `SELECT requestid FROM detail WHERE id >= ${middle} AND length(requestid) = 36 LIMIT 1`,
  );
  const key = one(`SELECT objectkey FROM event WHERE id >= ${middle} AND objectkey LIKE '%part-%' LIMIT 1`);
  const bucket = one('SELECT bucketname FROM bucket LIMIT 1');
  const rare = { limit: 30, part: 0.01 };
  const short = { limit: Number.POSITIVE_INFINITY, part: 0.1 };
  const half = { limit: Number.POSITIVE_INFINITY, part: 0.5 };
  const first = { first: 50, limit: 50, part: Number.POSITIVE_INFINITY };
  return [
    { title: 'a text that is nowhere', text: 'NoSuchTextAnywhere', ...rare },
    { title: 'an address', text: rarest('address', 'sourceipaddress'), ...rare },
    { title: 'an access key', text: rarest('identity', 'accesskeyid'), ...rare },
    { title: 'a request id', text: requestId, ...rare },
    { title: '8 digits of it', text: requestId.slice(0, 8), ...rare },
    { title: 'the end of an object key', text: key.slice(-22), ...rare },
    { title: '9 characters of it', text: key.slice(key.indexOf('part-'), key.indexOf('part-') + 9), ...rare },
    { title: '6 characters, nowhere', text: 'zq9x1k', ...rare },
    { title: 'the ARN of a session', text: rarest('identity', 'arn'), ...rare },
    { title: '5 characters', text: 'zq9x1', ...short },
    { title: '4 characters', text: 'zq9x', ...short },
    { title: '3 characters', text: 'zqx', ...short },
    {
      title: 'an expression with a literal',
      text: `${requestId.slice(0, 8)}-[0-9a-f]{4}`,
      regex: true,
      ...short,
    },
    { title: 'in many, first 50', text: 'GetObject', ...first },
    { title: 'in many, first 50', text: 'AccessDenied', ...first },
    { title: 'in many, first 50', text: bucket, ...first },
    { title: 'in about half', text: 'GetObject', ...half },
    { title: 'in about half, as pasted', text: '"eventName":"GetObject"', ...half },
    { title: 'in more than half', text: 's3.amazonaws.com', ...half },
  ];
}

/** Searching for text, beside rg on the files. The files with a match are compared, so that neither does less. */
function textSearches(db: string, folder: string): void {
  if (!hasGrep) {
    log('rg is not installed: searching for text is left out');
    return;
  }
  const index = openForQueries(db);
  const filesOf = createSources(index);
  for (const { title, text, regex = false, first, limit, part } of textCases(index)) {
    const options = { text: [text], regex, ...(first === undefined ? {} : { limit: first }) };
    let count = 0;
    const ours = best(3, () => {
      const began = performance.now();
      const found = search(index, options, new Date());
      count = first === undefined ? found.count() : [...found.hits()].length;
      return performance.now() - began;
    });
    const theirs = grep(folder, text, regex);
    if (first === undefined) {
      const files = new Set<string>();
      for (const { id } of search(index, options, new Date()).hits())
        for (const { path } of filesOf(id)) files.add(path);
      const isSame = files.size === theirs.files.size && [...files].every(path => theirs.files.has(path));
      if (!isSame) throw new Error(`${text}: ${files.size} files here, ${theirs.files.size} with rg`);
    }
    const wanted = [
      ...(Number.isFinite(limit) ? [`≤ ${limit} ms`] : []),
      ...(Number.isFinite(part) ? [`≤ ${part} ×`] : []),
    ];
    row(
      `search \`${text}\`, ${title}: ${count.toLocaleString('en-US')} events`,
      ms(ours),
      `${s(theirs.wall)} (rg -z -i)`,
      `${(ours / theirs.wall).toFixed(4)} ×`,
      wanted.join(', '),
      ours <= limit && ours <= part * theirs.wall,
    );
  }
  index.close();
}

/** What the index for text costs: the end of an ingest with it and without, and its share of the file. */
async function textCost(db: string, ingestMs: number): Promise<void> {
  const copy = fresh(join(DATA, 'copy.db'));
  copyFileSync(db, copy);
  const { openForWriting } = (await built('store/open.js')) as typeof import('../src/store/open.js');
  const { buildEventIndexes, dropEventIndexes, eventIndexBuilds } = (await built(
    'store/event-indexes.js',
  )) as typeof import('../src/store/event-indexes.js');
  const { dropTextIndex } = (await built(
    'store/text/blocks.js',
  )) as typeof import('../src/store/text/blocks.js');
  const { updateTextIndex } = (await built(
    'ingest/text-threads.js',
  )) as typeof import('../src/ingest/text-threads.js');
  const writing = openForWriting(copy);
  const time = async (run: (index: Db) => Promise<void> | void): Promise<number> => {
    dropTextIndex(writing.db);
    dropEventIndexes(writing.db);
    const began = performance.now();
    await run(writing.db);
    return performance.now() - began;
  };
  const times = { with: Number.POSITIVE_INFINITY, without: Number.POSITIVE_INFINITY };
  for (let i = 0; i < 2; i++) {
    times.without = Math.min(times.without, await time(buildEventIndexes));
    const both = (index: Db) =>
      updateTextIndex({ db: index, path: copy, jobs: cpus().length, meanwhile: eventIndexBuilds(index) });
    times.with = Math.min(times.with, await time(both));
  }
  writing.close();
  fresh(copy);
  const cost = times.with - times.without;
  row(
    'large: index for text, more time for an ingest',
    s(cost),
    `${s(ingestMs)} (the ingest)`,
    ratio(cost, ingestMs),
    '≤ 0.2 ×',
    cost <= 0.2 * ingestMs,
  );
  const index = openForQueries(db);
  const bytes = index
    .prepare("SELECT sum(pgsize) FROM dbstat WHERE name IN ('text_block', 'text_slices')")
    .pluck()
    .get() as number;
  index.close();
  const size = statSync(db).size;
  row(
    'large: index for text, size',
    mb(bytes),
    `${mb(size)} (the index)`,
    ratio(bytes, size),
    '≤ 0.1 ×',
    bytes <= 0.1 * size,
  );
}

interface Grown {
  events: number;
  /** Milliseconds by title of the text. */
  times: Map<string, number>;
}

/** A text in more events than this is not rare. */
const RARE = 50;

/** A rare text in a tenth and in three times the tree: thirty times the data may take the root of thirty times as long. */
function textGrowth(): void {
  const [before, after] = (['tenth', 'triple'] as const).map(name => {
    const db = join(DATA, `${name}.db`);
    command(['ingest', tree(name).folder, '--db', fresh(db)]);
    const index = openForQueries(db);
    const events = index.prepare('SELECT count(*) FROM event').pluck().get() as number;
    const times = new Map<string, number>();
    for (const { title, text } of textCases(index).filter(one => one.limit === 30)) {
      let count = 0;
      const time = best(5, () => {
        const began = performance.now();
        count = search(index, { text }, new Date()).count();
        return performance.now() - began;
      });
      if (count <= RARE) times.set(title, time);
    }
    index.close();
    return { events, times };
  }) as [Grown, Grown];
  // The same kinds of text in both; one that is in ever more events is not rare.
  const allowed = Math.sqrt(after.events / before.events);
  for (const [title, time] of after.times) {
    const smaller = before.times.get(title);
    if (smaller === undefined) continue;
    row(
      `search for ${title}: ${after.events.toLocaleString('en-US')} events against ${before.events.toLocaleString('en-US')}`,
      ms(time),
      `${ms(smaller)} (the smaller)`,
      ratio(time, smaller),
      `≤ ${allowed.toFixed(1)} ×`,
      time <= allowed * smaller,
    );
  }
}

function page(): string {
  const cpu = cpus();
  return `# Benchmarks

<!-- Written by \`npm run bench\`. -->

${new Date().toISOString().slice(0, 10)}, ${cpu.length} × ${cpu[0]!.model.trim()}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}. Everything below ran side by side in one run, on trees that a deterministic generator makes (\`scripts/make-tree.ts\`); files in the system's cache. Ours is the real command from start to end, process start and indexes included, the better of two runs; DuckDB is \`CREATE TABLE … read_json\` with Athena's columns, then the Athena statement of the same search on its own table, the better of three, rows fetched in both. Counts, pages, identities and sessions are measured in the process, the best of five. Searches for text are measured in the process, the best of three, beside \`rg -z -i\` on the files; the files with a match are compared.

| work | offtrail | peer | ratio | to reach | |
| --- | --- | --- | --- | --- | --- |
${rows.map(([work, ours, peer, shown, wanted, met]) => `| ${work} | ${ours} | ${peer} | ${shown} | ${wanted} | ${met === undefined ? '' : met ? 'met' : '**missed**'} |`).join('\n')}
`;
}

// First, while this process is small: starting another from a large one takes longer.
const sample = fresh(join(DATA, 'sample.db'));
mkdirSync(DATA, { recursive: true });
spawnSync(process.execPath, [CLI, 'ingest', join(ROOT, 'sample-logs'), '--db', sample]);
startUp(sample);
const small = await ingestTree('small', 0.15, 2.6);
const again = best(2, () => command(['ingest', tree('small').folder, '--db', small.db]).wall);
row(
  `small: a second ingest of ${TREES.small.files.toLocaleString('en-US')} unchanged files`,
  s(again),
  '',
  '',
  '≤ 2 s',
  again <= 2000,
);
await small.peer.close();
const large = await ingestTree('large', 1.5, 5);
await searches(large.db, large.peer);
await eventHistory(large.db, large.peer);
await large.peer.close();
textSearches(large.db, tree('large').folder);
await textCost(large.db, large.wall);
textGrowth();
const one = bigDocument();
const big = command(['ingest', one.path, '--db', fresh(join(DATA, 'one.db'))]);
row(
  `one JSON document of ${mb(one.json)}: peak memory`,
  `${mb(big.memory)}, ${s(big.wall)}`,
  '',
  '',
  '≤ 400 MB',
  big.memory <= 400e6,
);
await reading(tree('large').folder);
if (!quick) writeFileSync(join(ROOT, 'docs', 'benchmarks.md'), page());
