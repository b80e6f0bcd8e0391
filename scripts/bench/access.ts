/** S3 server access logs: a million lines in 4,000 files, beside DuckDB with the regular expression of AWS's guide. */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { ACCESS_FIELDS } from '../../src/access-logs/fields.js';
import { type AccessLogFigures, makeAccessLogs } from '../access-logs.js';
import {
  ACCESS_SEARCHES,
  accessStatement,
  logTimeline,
  logTop,
  metrics,
  openForQueries,
  runSql,
} from './built.js';
import { RUNS } from './duckdb.js';
import { command, DATA, fresh, log, mb, ms, quick, ratio, s, scale } from './measure.js';
import { row } from './report.js';

const FILES = Math.round(4000 * scale);

/** The `input.regex` of the table in "Using Amazon S3 server access logs to identify requests". */
const AWS_REGEX =
  '([^ ]*) ([^ ]*) \\[(.*?)\\] ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ("[^"]*"|-) (-|[0-9]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ("[^"]*"|-) ([^ ]*)(?: ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*))?.*$';

/** The tree, made once. */
function accessTree(): AccessLogFigures & { folder: string } {
  const folder = join(DATA, quick ? 'access-quick' : 'access');
  const note = `${folder}.json`;
  if (!existsSync(note)) {
    log('making the access logs');
    rmSync(folder, { recursive: true, force: true });
    writeFileSync(note, JSON.stringify(makeAccessLogs(folder, { files: FILES, linesPerFile: 250 })));
  }
  return { folder, ...(JSON.parse(readFileSync(note, 'utf8')) as AccessLogFigures) };
}

/** The same files into a table of DuckDB's: a line is one value, then its groups. */
async function peerIngest(folder: string, path: string): Promise<{ wall: number; lines: number }> {
  rmSync(path, { force: true });
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  const names = `[${ACCESS_FIELDS.map(({ name }) => `'${name}'`).join(', ')}]`;
  const began = performance.now();
  await connection.run(
    `CREATE TABLE mybucket_logs AS
     SELECT unnest(regexp_extract(line, '${AWS_REGEX.replaceAll("'", "''")}', ${names}))
     FROM read_csv('${folder}/**', columns = {line: 'VARCHAR'}, delim = '\\x01', quote = '', escape = '', header = false, auto_detect = false)`,
  );
  await connection.run('CHECKPOINT');
  const wall = performance.now() - began;
  const rows = (await connection.runAndReadAll('SELECT count(*) FROM mybucket_logs')).getRows();
  connection.closeSync();
  instance.closeSync();
  return { wall, lines: Number(rows[0]![0]) };
}

export async function accessBench(): Promise<void> {
  const { folder, lines, bytes, files } = accessTree();
  const db = join(DATA, 'access.db');
  // The files are in the system's cache for both: each is read once before.
  spawnSync('sh', ['-c', 'find "$0" -type f -print0 | xargs -0 cat > /dev/null', folder]);
  const ours = [0, 1].map(() => command(['ingest', folder, '--db', fresh(db)]));
  const peers = [
    await peerIngest(folder, join(DATA, 'access.duckdb')),
    await peerIngest(folder, join(DATA, 'access.duckdb')),
  ];
  if (peers[0]!.lines !== lines) throw new Error(`DuckDB has ${peers[0]!.lines} of ${lines} lines`);
  const wall = Math.min(...ours.map(one => one.wall));
  const peer = Math.min(...peers.map(one => one.wall));
  const memory = Math.max(...ours.map(one => one.memory));
  const size = statSync(db).size;
  const what = `access logs: ${lines.toLocaleString('en-US')} lines in ${files.toLocaleString('en-US')} files`;
  row(
    `${what}, indexes included`,
    s(wall),
    `${s(peer)} (DuckDB, AWS's regular expression)`,
    ratio(wall, peer),
    '≤ 1.0 ×',
    wall <= peer,
  );
  row('access logs: peak memory', mb(memory), '', '', '≤ 400 MB', memory <= 400e6);
  row(
    `access logs: index size, ${mb(bytes)} of text`,
    mb(size),
    '',
    `${(size / bytes).toFixed(2)} × text`,
    '≤ 1.2 × text',
    size <= 1.2 * bytes,
  );
  searches(db);
  await counts(db, join(DATA, 'access.duckdb'));
}

/** Times as text, which is less work than to read them. */
const STATISTICS =
  "count(*) AS n, count(*) FILTER (httpstatus LIKE '4%' OR httpstatus LIKE '5%'), min(requestdatetime), max(requestdatetime)";

/** The best of some runs, and what they gave. */
async function bestOf<T>(run: () => T | Promise<T>): Promise<{ ms: number; result: T }> {
  let [best, result] = [Number.POSITIVE_INFINITY, undefined as T];
  for (let i = 0; i < RUNS; i++) {
    const began = performance.now();
    result = await run();
    best = Math.min(best, performance.now() - began);
  }
  return { ms: best, result };
}

/** What is counted of all lines, beside DuckDB on its own table of the same. */
async function counts(path: string, peerPath: string): Promise<void> {
  const db = openForQueries(path);
  const instance = await DuckDBInstance.create(peerPath);
  const connection = await instance.connect();
  const now = new Date();
  const lines = { source: 'access-logs' } as const;
  const topBy = (...columns: string[]): number => logTop(db, { ...lines, columns, limit: 20 }, now).groups;
  const questions: Array<[work: string, by: string, groups: () => number]> = [
    ['top requester', 'requester', () => topBy('requester')],
    ['top ip', 'remoteip', () => topBy('remoteip')],
    ['top operation httpstatus', 'operation, httpstatus', () => topBy('operation', 'httpstatus')],
    [
      'timeline by day',
      'substr(requestdatetime, 1, 11)',
      () => logTimeline(db, { ...lines, every: '1d' }, now).steps.filter(({ events }) => events > 0).length,
    ],
  ];
  for (const [work, by, groupsOf] of questions) {
    const ours = await bestOf(groupsOf);
    const peer = await bestOf(async () => {
      const all = `SELECT ${by}, ${STATISTICS} FROM mybucket_logs GROUP BY ALL ORDER BY n DESC`;
      return (await connection.runAndReadAll(all)).getRows().length;
    });
    if (ours.result !== peer.result)
      throw new Error(`${work}: ${ours.result} groups here, ${peer.result} in DuckDB`);
    row(
      `${work} --source access-logs: ${ours.result.toLocaleString('en-US')} groups`,
      ms(ours.ms),
      `${ms(peer.ms)} (DuckDB)`,
      ratio(ours.ms, peer.ms),
      '≤ 250 ms, ≤ 2 ×',
      ours.ms <= 250 && ours.ms <= 2 * peer.ms,
    );
  }
  connection.closeSync();
  instance.closeSync();
  db.close();
}

/** Each canned search with a bucket and a day, rows fetched, the best of five. */
function searches(path: string): void {
  const db = openForQueries(path);
  const bucket = db
    .prepare(
      'SELECT b.bucket_name FROM access_log AS l JOIN access_bucket AS b ON b.id = l.bucket_id GROUP BY 1 ORDER BY count(*) DESC LIMIT 1',
    )
    .pluck()
    .get() as string;
  const filters = { bucket, from: '2026-01-10', to: '2026-01-11' };
  for (const search of ACCESS_SEARCHES) {
    const argument = { key: 'data/', requester: '111122223333' };
    const more = search.argument ? { [search.argument.filter]: argument[search.argument.filter] } : {};
    const times: number[] = [];
    let rows = 0;
    for (let i = 0; i < 5; i++) {
      const began = performance.now();
      rows = [...runSql(db, accessStatement(search, { ...filters, ...more }, new Date()).sqlite).rows].length;
      times.push(performance.now() - began);
    }
    const best = Math.min(...times);
    row(
      `s3-access ${search.name}: a bucket and a day, ${rows.toLocaleString('en-US')} rows`,
      ms(best),
      '',
      '',
      '≤ 20 ms',
      best <= 20,
    );
  }
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const began = performance.now();
    metrics(db, { bucket, every: '1m' }, new Date());
    times.push(performance.now() - began);
  }
  const best = Math.min(...times);
  row('metrics: all of a bucket, by minute', ms(best), '', '', '≤ 500 ms', best <= 500);
  db.close();
}
