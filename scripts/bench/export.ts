/** `npm run bench -- export`: Parquet files and lakes, beside DuckDB's own from a table with the same columns. */

import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { command, DATA, fresh, mb, ratio, s } from './measure.js';
import { row } from './report.js';
import { tree } from './trees.js';

/** Makes the index of the large tree, exports it both ways, and lets DuckDB write what it reads of it. */
export async function exportBench(): Promise<void> {
  const db = fresh(join(DATA, 'export.db'));
  command(['ingest', tree('large').folder, '--db', db]);
  const [file, lake, peerFile] = ['export.parquet', 'export-lake', 'export-duckdb.parquet'].map(name =>
    join(DATA, name),
  ) as [string, string, string];
  for (const path of [file, lake, peerFile]) rmSync(path, { recursive: true, force: true });
  const one = command(['export', file, '--db', db]);
  const folders = command(['export', `${lake}/`, '--db', db]);
  const again = command(['export', `${lake}/`, '--db', db]);
  const peer = await duckdb(file, peerFile);
  row(
    'a million events as one Parquet file',
    `${s(one.wall)}, ${s(one.cpu)} of processor time`,
    `${s(peer.wall)}, ${s(peer.cpu)}`,
    ratio(one.wall, peer.wall),
    '≤ 1.0 ×',
    one.wall <= peer.wall,
  );
  row('memory', mb(one.memory), '', '', '≤ 300 MB', one.memory <= 300e6);
  const [ours, theirs] = [statSync(file).size, statSync(peerFile).size];
  row('size', mb(ours), mb(theirs), ratio(ours, theirs), '≤ 1.2 ×', ours <= theirs * 1.2);
  row('as a lake', `${s(folders.wall)}, ${mb(folders.memory)}`, '', '', '');
  row('the same into the same lake again', s(again.wall), '', '', '');
}

/** Times DuckDB's COPY of a table that it made of our file, with two threads. */
async function duckdb(file: string, to: string): Promise<{ wall: number; cpu: number }> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run('SET threads = 2');
  await connection.run(`CREATE TABLE cloudtrail_logs AS FROM '${file}'`);
  const runs: Array<{ wall: number; cpu: number }> = [];
  for (let i = 0; i < 2; i++) {
    const [began, before] = [performance.now(), process.cpuUsage()];
    await connection.run(`COPY cloudtrail_logs TO '${to}' (FORMAT parquet, COMPRESSION snappy)`);
    const { user, system } = process.cpuUsage(before);
    runs.push({ wall: performance.now() - began, cpu: (user + system) / 1000 });
  }
  connection.closeSync();
  instance.closeSync();
  return runs.reduce((best, run) => (run.wall < best.wall ? run : best));
}
