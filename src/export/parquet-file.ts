/** Events or lines as one Parquet file, there whole or not at all. */

import { LAKE_VERSION } from '../cloudtrail/lake.js';
import type { Db } from '../store/open.js';
import { encodeAll, threadsFor, WORTH_A_THREAD } from './encode-threads.js';
import { fileColumns, TASK_ROWS } from './encoder.js';
import { createParquetOut } from './parquet/file.js';
import { schemaOf } from './parquet/schema.js';
import type { ParquetFileOptions, WrittenFile } from './types.js';
import { withPartialFile } from './whole-file.js';

/** What the footer of a file of ours says under this name: events or lines. */
export const LAKE_MARK = 'offtrail.lake';

/**
 * Writes one file.
 * @param ids of events (`event_rowid`) or lines (`access_rowid`), in the order in which they are written
 * @throws UsageError `NO_COLUMN`, `NO_SUCH_COLUMN`, `FILE_EXISTS`; IndexError `DISK_FULL`, `FILE_UNWRITABLE`; the reason
 *   of the signal. There is no new file then.
 */
export async function writeParquetFile(
  db: Db,
  ids: Iterable<number>,
  path: string,
  {
    source = 'cloudtrail',
    columns: names,
    signal,
    onProgress,
    threads,
    force = false,
  }: ParquetFileOptions = {},
): Promise<WrittenFile> {
  const columns = fileColumns(source, names, true);
  return withPartialFile(path, { force, signal }, async (_partial, { fd }) => {
    const file = createParquetOut(fd, schemaOf(columns), {
      version: LAKE_VERSION,
      values: { [LAKE_MARK]: source },
    });
    const tasks = tasksOf(ids);
    const first = take(tasks, Math.ceil(WORTH_A_THREAD / TASK_ROWS));
    const rows = first.reduce((sum, task) => sum + task.ids.length, 0);
    const options = { db, source, columns, threads: threadsFor(rows, threads), signal };
    for await (const { encoded } of encodeAll(chained(first, tasks), options)) {
      file.append(encoded.bytes, encoded.groups);
      onProgress?.(file.rows);
    }
    return file.finish();
  });
}

interface Task {
  ids: Float64Array;
}

function* tasksOf(ids: Iterable<number>): Generator<Task> {
  let part = new Float64Array(TASK_ROWS);
  let count = 0;
  for (const id of ids) {
    part[count++] = id;
    if (count < TASK_ROWS) continue;
    yield { ids: part };
    part = new Float64Array(TASK_ROWS);
    count = 0;
  }
  if (count > 0) yield { ids: part.slice(0, count) };
}

/** At most `count` of the first tasks. */
function take(tasks: Generator<Task>, count: number): Task[] {
  const first: Task[] = [];
  while (first.length < count) {
    const next = tasks.next();
    if (next.done) break;
    first.push(next.value);
  }
  return first;
}

function* chained(first: readonly Task[], rest: Iterable<Task>): Generator<Task> {
  yield* first;
  yield* rest;
}
