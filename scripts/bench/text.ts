/** Searching for text beside rg on the files, what the index for text costs, and how it grows. */

import { spawnSync } from 'node:child_process';
import { copyFileSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Db } from '../../src/store/open.js';
import {
  buildEventIndexes,
  createSources,
  dropEventIndexes,
  dropTextIndex,
  eventIndexBuilds,
  openForQueries,
  openForWriting,
  search,
  updateTextIndex,
} from './built.js';
import { best, command, DATA, fresh, log, mb, ms, ratio, s } from './measure.js';
import { row } from './report.js';
import { tree } from './trees.js';

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
  const half = { limit: Number.POSITIVE_INFINITY, part: 0.3 };
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
export function textSearches(db: string, folder: string): void {
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
export async function textCost(db: string, ingestMs: number): Promise<void> {
  const copy = fresh(join(DATA, 'copy.db'));
  copyFileSync(db, copy);
  const writing = openForWriting(copy);
  const time = async (run: (index: Db) => unknown): Promise<number> => {
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
export function textGrowth(): void {
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
