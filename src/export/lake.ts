/**
 * Events or lines as a lake: Parquet files in folders of their account, region and day. A file is there whole or not at
 * all, and is named for its bytes; an export adds what the lake has not.
 */

import { closeSync, fsync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LAKE_VERSION } from '../cloudtrail/lake.js';
import { OfftrailError } from '../errors.js';
import type { LakeColumn } from '../lake-types.js';
import type { Db } from '../store/open.js';
import { encodeAll, threadsFor } from './encode-threads.js';
import { fileColumns, TASK_ROWS } from './encoder.js';
import { addContents, type Contents, digestOf, notIn } from './lake-contents.js';
import { lockLake } from './lake-lock.js';
import { WRITING, writeNotes } from './lake-notes.js';
import { type Manifest, type ManifestPartition, MOST_SELECTIONS, readManifest } from './manifest.js';
import { createParquetOut, type ParquetOut } from './parquet/file.js';
import { schemaOf } from './parquet/schema.js';
import { LAKE_MARK } from './parquet-file.js';
import { type Partition, partitioned } from './partitions.js';
import { reconcile } from './reconcile.js';
import type { LakeFile, LakeOptions, LakeReport, LakeSource } from './types.js';
import { unwritable } from './whole-file.js';

const sync = promisify(fsync);

/** Row groups' rows of a file at most: a larger partition has several files. */
const FILE_ROWS = TASK_ROWS * 64;

/**
 * Adds rows to a lake, which is made where it is not there.
 * @param ids of events (`event_rowid`) or lines (`access_rowid`), in any order
 * @throws UsageError `NOT_A_LAKE`; IndexError `NOT_A_LAKE`, `LAKE_BUSY`, `DISK_FULL`, `FILE_UNWRITABLE`; the reason of the
 *   signal. What was written until then is part of the lake, and the next export completes it.
 */
export async function writeLake(
  db: Db,
  ids: Iterable<number>,
  folder: string,
  { source = 'cloudtrail', madeFrom = [], ...options }: LakeOptions = {},
): Promise<LakeReport> {
  try {
    mkdirSync(folder, { recursive: true });
    // Before the lock: a folder that is none of ours stays as it is.
    readManifest(folder, source);
    const unlock = lockLake(folder);
    try {
      return await addTo(db, ids, folder, source, madeFrom, options);
    } finally {
      unlock();
    }
  } catch (error) {
    if (error instanceof OfftrailError || typeof (error as NodeJS.ErrnoException)?.syscall !== 'string')
      throw error;
    throw unwritable(folder, error);
  }
}

async function addTo(
  db: Db,
  ids: Iterable<number>,
  folder: string,
  source: LakeSource,
  madeFrom: readonly string[],
  options: Omit<LakeOptions, 'source' | 'madeFrom'>,
): Promise<LakeReport> {
  const manifest = readManifest(folder, source) ?? emptyManifest(source);
  // A killed export left them.
  for (const name of readdirSync(folder)) if (name.startsWith(WRITING)) rmSync(join(folder, name));
  await reconcile(folder, manifest);
  for (const line of madeFrom) if (!manifest.madeFrom.includes(line)) manifest.madeFrom.push(line);
  // First, so that a folder with files of ours is a lake, however this ends.
  writeNotes(folder, manifest);
  const state = { added: 0, kept: 0 };
  try {
    await writePartitions(db, partitioned(db, source, ids), folder, manifest, state, options);
  } finally {
    writeNotes(folder, manifest);
  }
  const files = filesOf(manifest);
  return { files, ...state, rows: files.reduce((sum, file) => sum + file.rows, 0) };
}

const emptyManifest = (source: LakeSource): Manifest => ({
  format: 'offtrail lake',
  version: LAKE_VERSION,
  source,
  madeFrom: [],
  partitions: {},
});

function filesOf({ partitions }: Manifest): LakeFile[] {
  return Object.entries(partitions)
    .flatMap(([path, { values, files }]) =>
      files.map(({ name, ...file }) => ({ ...file, path: `${path}/${name}`, partition: values })),
    )
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** A part of a file that is to be written. */
interface Task {
  partition: Partition;
  ids: Float64Array;
  isFirst: boolean;
  isLast: boolean;
}

/** Long: one file is open at a time, and the next ones are on their way. */
async function writePartitions(
  db: Db,
  partitions: readonly Partition[],
  folder: string,
  manifest: Manifest,
  state: { added: number; kept: number },
  { signal, onProgress, threads }: Omit<LakeOptions, 'source' | 'madeFrom'>,
): Promise<void> {
  const { source } = manifest;
  const columns: readonly LakeColumn[] = fileColumns(source, undefined, false);
  const schema = schemaOf(columns);
  const lacking: Array<{ partition: Partition; ids: Float64Array; digest: string }> = [];
  for (const partition of partitions) {
    signal?.throwIfAborted();
    const digest = digestOf(db, source, partition.ids);
    const ids = await lackingOf(db, partition, digest, folder, manifest);
    state.kept += partition.ids.length - ids.length;
    if (ids.length > 0) lacking.push({ partition, ids, digest });
    else remember(manifest.partitions[partition.path]!, digest);
  }
  onProgress?.(state.kept);
  const rows = lacking.reduce((sum, { ids }) => sum + ids.length, 0);
  let open: { fd: number; path: string; out: ParquetOut } | undefined;
  let syncing: Promise<void>[] = [];
  try {
    const encoding = { db, source, columns, threads: threadsFor(rows, threads), signal };
    for await (const { task, encoded } of encodeAll(tasksOf(lacking), encoding)) {
      if (task.isFirst) {
        const path = join(folder, `${WRITING}${state.added}`);
        const fd = openSync(path, 'wx');
        open = {
          fd,
          path,
          out: createParquetOut(fd, schema, { version: LAKE_VERSION, values: { [LAKE_MARK]: source } }),
        };
      }
      const file = open!;
      file.out.append(encoded.bytes, encoded.groups);
      if (!task.isLast) continue;
      const written = file.out.finish();
      open = undefined;
      const name = `part-${written.sha256.slice(0, 32)}.parquet`;
      syncing.push(placed(file, join(folder, task.partition.path), name));
      const entry = manifest.partitions[task.partition.path] ?? emptyPartition(task.partition);
      manifest.partitions[task.partition.path] = entry;
      if (!entry.files.some(known => known.name === name)) entry.files.push({ name, ...written });
      entry.files.sort((a, b) => (a.name < b.name ? -1 : 1));
      state.added += written.rows;
      if (syncing.length >= MOST_SYNCING) {
        await Promise.all(syncing);
        syncing = [];
      }
      onProgress?.(state.kept + state.added);
    }
    await Promise.all(syncing);
    for (const { partition, digest } of lacking) remember(manifest.partitions[partition.path]!, digest);
  } finally {
    if (open) {
      closeSync(open.fd);
      rmSync(open.path, { force: true });
    }
    await Promise.allSettled(syncing);
  }
}

const emptyPartition = ({ values }: Partition): ManifestPartition => ({ values, files: [], selections: [] });

/** Files whose way to the disk is waited for together. */
const MOST_SYNCING = 16;

/** Gives a file its name when the disk has it. */
async function placed(
  { fd, path }: { fd: number; path: string },
  folder: string,
  name: string,
): Promise<void> {
  try {
    await sync(fd);
  } finally {
    closeSync(fd);
  }
  mkdirSync(folder, { recursive: true });
  renameSync(path, join(folder, name));
}

function remember(partition: ManifestPartition, digest: string): void {
  if (!partition.selections.includes(digest)) partition.selections.push(digest);
  partition.selections.splice(0, partition.selections.length - MOST_SELECTIONS);
}

function* tasksOf(lacking: ReadonlyArray<{ partition: Partition; ids: Float64Array }>): Generator<Task> {
  for (const { partition, ids } of lacking)
    for (let from = 0; from < ids.length; from += TASK_ROWS)
      yield {
        partition,
        ids: ids.slice(from, from + TASK_ROWS),
        isFirst: from % FILE_ROWS === 0,
        isLast: from + TASK_ROWS >= ids.length || (from + TASK_ROWS) % FILE_ROWS === 0,
      };
}

/** The rows of a partition that the lake has not. */
async function lackingOf(
  db: Db,
  { path, ids }: Partition,
  digest: string,
  folder: string,
  { source, partitions }: Manifest,
): Promise<Float64Array> {
  const there = partitions[path];
  if (!there) return ids;
  if (there.selections.includes(digest)) return new Float64Array();
  const contents: Contents = new Map();
  for (const { name } of there.files) await addContents(contents, join(folder, path, name), source);
  return notIn(db, source, ids, contents);
}
