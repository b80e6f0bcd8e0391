/**
 * Writes a large AWSLogs tree for benchmarks: `tsx scripts/make-tree.ts <folder> <files> <records per file> [days]`.
 * Deterministic: the same arguments give the same bytes.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { createRandom } from './random.js';
import { anyEvent, createWorld, isoTime } from './records.js';

export interface TreeOptions {
  folder: string;
  files: number;
  /** Mean number of records a file; small files vary around it. */
  perFile: number;
  days?: number;
  seed?: number;
}

const FIRST_DAY = Date.UTC(2026, 0, 1) / 1000;

/** @returns the number of records, of JSON bytes and of gzip bytes written */
export function makeTree({ folder, files, perFile, days = 90, seed = 1 }: TreeOptions): {
  records: number;
  json: number;
  gzip: number;
} {
  const r = createRandom(seed);
  const world = createWorld(r);
  const made = { records: 0, json: 0, gzip: 0 };
  const seen = new Set<string>();
  for (let f = 0; f < files; f++) {
    const at = FIRST_DAY + Math.floor((f / files) * days * 86400);
    const account = r.skewed(world.accounts);
    const region = r.skewed(world.regions);
    const count = perFile < 50 ? 1 + r.below(perFile * 2 - 1) : perFile;
    const records = Array.from({ length: count }, () => anyEvent(r, world, at - r.below(900)));
    const json = JSON.stringify({ Records: records });
    const gz = gzipSync(json);
    const day = isoTime(at).slice(0, 10).replaceAll('-', '/');
    const dir = join(folder, 'AWSLogs', account, 'CloudTrail', region, day);
    if (!seen.has(dir)) mkdirSync(dir, { recursive: true });
    seen.add(dir);
    const stamp = isoTime(at).slice(0, 16).replaceAll(/[-:]/g, '');
    writeFileSync(
      join(dir, `${account}_CloudTrail_${region}_${stamp}Z_${r.base64(16).replaceAll(/[+/]/g, 'x')}.json.gz`),
      gz,
    );
    made.records += count;
    made.json += json.length;
    made.gzip += gz.length;
  }
  return made;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [folder, files, perFile, days] = process.argv.slice(2);
  if (!folder || !files || !perFile) {
    console.error('usage: tsx scripts/make-tree.ts <folder> <files> <records per file> [days]');
    process.exit(2);
  }
  console.log(makeTree({ folder, files: Number(files), perFile: Number(perFile), days: Number(days ?? 90) }));
}
