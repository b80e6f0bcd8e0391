/** The trees of logs that the benchmark ingests, made once and kept. */

import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTree } from '../make-tree.js';
import { createRandom } from '../random.js';
import { anyEvent, createWorld } from '../records.js';
import { DATA, log, quick, scale } from './measure.js';

export const TREES = {
  small: { files: Math.round(44_000 * scale), perFile: 5 },
  large: { files: Math.round(840 * scale), perFile: 1191 },
  /** A tenth of the large one, and three times it: how searching for text grows. */
  tenth: { files: Math.round(84 * scale), perFile: 1191 },
  /** Ten times the large one. */
  tenfold: { files: Math.round(8400 * scale), perFile: 1191 },
  triple: { files: Math.round(2520 * scale), perFile: 1191 },
  /** What comes to the large one in a day. */
  day: { files: Math.round(300 * scale), perFile: 33, days: 1, seed: 7 },
};
export type TreeName = keyof typeof TREES;

export interface Made {
  records: number;
  json: number;
  gzip: number;
}

export function tree(name: TreeName): Made & { folder: string } {
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
export function bigDocument(): { path: string; json: number } {
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
