/** What it takes to check digests: 44,000 log files and 2,000 digests, from the index and from the files again. */

import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeChains } from '../digest-chains.js';
import { best, command, DATA, fresh, log, quick, ratio, s, scale } from './measure.js';
import { row } from './report.js';

const REGIONS = ['us-east-1', 'eu-west-1', 'eu-central-1', 'ap-southeast-2'];
const HOURS = Math.round(500 * scale);
const FILES_PER_HOUR = 22;

/** The tree, made once: its keys are other ones each time. */
function chains(): { logs: string; keyFiles: string[]; signatures: string } {
  const folder = join(DATA, quick ? 'chains-quick' : 'chains');
  const note = `${folder}.json`;
  if (!existsSync(note)) {
    log('making the tree with digests');
    rmSync(folder, { recursive: true, force: true });
    makeChains(folder, { regions: REGIONS, hours: HOURS, filesPerHour: FILES_PER_HOUR, signatures: 'lines' });
    writeFileSync(note, '{}');
  }
  return {
    logs: join(folder, 'logs'),
    keyFiles: REGIONS.map(region => join(folder, 'keys', `${region}.json`)),
    signatures: join(folder, 'signatures.jsonl'),
  };
}

/** Hashes the inflated bytes of all files, with a process for each core and not one for each file. */
function hashAll(folder: string): number {
  const began = performance.now();
  const ran = spawnSync(
    'sh',
    ['-c', `find "$0" -name '*.gz' -print0 | xargs -0 -P 2 -n 512 sh -c 'zcat "$@" | sha256sum' sh`, folder],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  if (ran.status !== 0) throw new Error(`zcat | sha256sum ended with ${ran.status}`);
  return performance.now() - began;
}

export function integrity(): void {
  const { logs, keyFiles, signatures } = chains();
  const db = fresh(join(DATA, 'chains.db'));
  command(['ingest', logs, '--metadata', signatures, '--db', db]);
  const digests = HOURS * REGIONS.length;
  const what = `${(digests * FILES_PER_HOUR).toLocaleString('en-US')} log files, ${digests.toLocaleString('en-US')} digests`;
  const keys = keyFiles.flatMap(file => ['--public-keys', file]);
  // The first keeps the verdicts and the keys.
  const first = command(['verify', '--db', db, ...keys]).wall;
  const again = best(3, () => command(['verify', '--db', db]).wall);
  row(`verify: ${what}, signatures checked`, s(again), '', '', '≤ 2 s', again <= 2000);
  row('verify: the same for the first time, with the keys', s(first), '', '', '≤ 2 s', first <= 2000);
  const [reread, peer] = [
    best(3, () => command(['verify', '--reread', '--db', db]).wall),
    best(3, () => hashAll(logs)),
  ];
  row(
    'verify --reread: the same files hashed again',
    s(reread),
    `${s(peer)} (zcat \\| sha256sum, both cores)`,
    ratio(reread, peer),
    '≤ 1.2 ×',
    reread <= peer * 1.2,
  );
}
