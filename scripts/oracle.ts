/**
 * Checks `offtrail search` against a reader that shares nothing with it: `tsx scripts/oracle.ts <folder> [needles]` draws
 * texts from the records below a folder and compares the sets of eventIDs. The tests use it on small trees.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { search } from '../src/query/search.js';
import { openForQueries } from '../src/store/open.js';
import { createRandom, type Random } from './random.js';

const CLI = join(import.meta.dirname, '..', 'dist', 'bin', 'offtrail.js');

/** A record as the oracle sees it. */
interface Plain {
  id: string;
  /** What `jq -c` prints. */
  line: string;
  /** The strings in which JSON needs an escape, decoded. */
  decoded: string[];
}

/** The records of all sound trail files below a folder, file by file. */
function* recordsBelow(folder: string): Generator<Plain[]> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile() || !/\.json(\.gz)?$/.test(entry.name)) continue;
    const bytes = readFileSync(join(entry.parentPath, entry.name));
    let document: { Records?: unknown };
    try {
      document = JSON.parse((bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString());
    } catch {
      continue;
    }
    const records = Array.isArray(document) ? document : document.Records;
    if (Array.isArray(records)) yield records.filter(one => typeof one?.eventID === 'string').map(plain);
  }
}

function plain(record: { eventID: string }): Plain {
  const decoded: string[] = [];
  const collect = (value: unknown): void => {
    if (typeof value === 'string') {
      if (JSON.stringify(value).length !== value.length + 2) decoded.push(value);
    } else if (value !== null && typeof value === 'object') {
      for (const [name, member] of Object.entries(value)) {
        collect(name);
        collect(member);
      }
    }
  };
  collect(record);
  return { id: record.eventID, line: JSON.stringify(record), decoded };
}

/** Sets of ids, too many to keep: their number and the sum of their hashes. */
interface Tally {
  count: number;
  sum: number;
}

function add(tally: Tally, id: string): void {
  let hash = 7;
  for (let i = 0; i < id.length; i++) hash = (Math.imul(hash, 31) + id.charCodeAt(i)) | 0;
  tally.count++;
  tally.sum = (tally.sum + hash) | 0;
}

/** Texts of many kinds, drawn from records: short, long, over the bounds of fields, in odd case; and some that are nowhere. */
export function drawNeedles(r: Random, lines: readonly string[], count: number): string[] {
  const needles = new Set<string>([
    'eventVersion',
    '"eventVersion":"',
    'no such text',
    'zzzzzzzz',
    'e',
    ':',
    '},{',
  ]);
  while (needles.size < count) {
    const line = lines[r.below(lines.length)]!;
    const length = r.pick([1, 2, 3, 4, 5, 6, 8, 10, 14, 20, 36, 60, 200]);
    const at = r.pick([r.below(line.length), line.indexOf('","', r.below(line.length)) - (length >> 1)]);
    let needle = line.slice(Math.max(0, at), Math.max(0, at) + length);
    if (r.below(4) === 0) needle = needle.toUpperCase();
    if (r.below(8) === 0) needle = needle.slice(0, -1) + r.pick([...'abcxyz0189']);
    // A half of a pair is no text anybody types.
    if (needle !== '' && !/[\ud800-\udfff]/.test(needle)) needles.add(needle);
  }
  return [...needles];
}

/** A sample of the records below a folder, as `jq -c` prints them. */
export function sampleLines(r: Random, folder: string): string[] {
  const lines: string[] = [];
  for (const records of recordsBelow(folder))
    for (const { line } of records) if (lines.length < 200 || r.below(50) === 0) lines.push(line);
  return lines;
}

export interface Difference {
  needle: string;
  expected: number;
  found: number;
}

/** Searches for every needle in an index of `folder` and says where the answers differ from the oracle's. */
export function differences(db: string, folder: string, needles: readonly string[]): Difference[] {
  const wanted = needles.map(needle => needle.toLowerCase());
  const expected = needles.map((): Tally => ({ count: 0, sum: 0 }));
  const seen = new Set<string>();
  for (const records of recordsBelow(folder)) {
    for (const { id, line, decoded } of records) {
      if (seen.has(id)) continue;
      seen.add(id);
      const texts = [line, ...decoded].map(text => text.toLowerCase());
      for (const [i, needle] of wanted.entries())
        if (texts.some(text => text.includes(needle))) add(expected[i]!, id);
    }
  }
  const index = openForQueries(db);
  try {
    const idOf = index.prepare<[number], string>('SELECT eventid FROM event WHERE id = ?').pluck();
    return needles.flatMap((needle, i) => {
      const found: Tally = { count: 0, sum: 0 };
      const ids = new Set<string>();
      const run = search(index, { text: [needle] }, new Date());
      for (const { id } of run.hits()) ids.add(idOf.get(id)!);
      for (const id of ids) if (seen.has(id)) add(found, id);
      const { count, sum } = expected[i]!;
      return found.count === count && found.sum === sum
        ? []
        : [{ needle, expected: count, found: found.count }];
    });
  } finally {
    index.close();
  }
}

if (process.argv[1] === import.meta.filename) {
  const [folder = '', count = '300'] = process.argv.slice(2);
  const work = mkdtempSync(join(tmpdir(), 'offtrail-oracle-'));
  try {
    const db = join(work, 'index.db');
    spawnSync(process.execPath, [CLI, 'ingest', folder, '--db', db], { stdio: 'inherit' });
    const r = createRandom(Date.now() & 0xffff);
    const needles = drawNeedles(r, sampleLines(r, folder), Number(count));
    const wrong = differences(db, folder, needles);
    console.log(`${needles.length} texts, ${wrong.length} answered differently`);
    for (const one of wrong) console.log(JSON.stringify(one));
    process.exitCode = wrong.length === 0 ? 0 : 1;
  } finally {
    rmSync(work, { recursive: true });
  }
}
