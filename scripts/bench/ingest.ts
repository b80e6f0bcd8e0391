/** What an ingest takes, beside DuckDB on the same files. */

import { spawnSync } from 'node:child_process';
import { closeSync, copyFileSync, fsyncSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createPeer, type Peer } from './duckdb.js';
import { best, command, DATA, fresh, mb, ratio, s } from './measure.js';
import { row } from './report.js';
import { TREES, type TreeName, tree } from './trees.js';

export async function ingestTree(
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
  const cpu = Math.min(...ours.map(m => m.cpu));
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
  row(
    `${name}: processor time`,
    s(cpu),
    `${s(peer.ingestCpu)} (DuckDB)`,
    ratio(cpu, peer.ingestCpu),
    '≤ 1.2 ×',
    cpu <= 1.2 * peer.ingestCpu,
  );
  row(`${name}: peak memory`, mb(memory), '', '', '≤ 400 MB', memory <= 400e6);
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

/** What a day's files take that come to a large index. */
export function addDay(db: string): void {
  const { folder, records } = tree('day');
  const wall = best(2, () => {
    const copy = fresh(join(DATA, 'grown.db'));
    copyFileSync(db, copy);
    // An index that has been there for a while: what the system has not yet written of it, the ingest would wait for.
    syncFile(copy);
    return command(['ingest', folder, '--db', copy]).wall;
  });
  row(
    `large: a day more, ${records.toLocaleString('en-US')} records in ${TREES.day.files} files`,
    s(wall),
    '',
    '',
    '≤ 1.5 s',
    wall <= 1500,
  );
}

function syncFile(path: string): void {
  const file = openSync(path, 'r+');
  fsyncSync(file);
  closeSync(file);
}
