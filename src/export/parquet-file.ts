/** Events or lines as one Parquet file, there whole or not at all. */

import { LAKE_VERSION } from '../cloudtrail/lake.js';
import type { Db } from '../store/open.js';
import { encodeAll, threadsFor } from './encode-threads.js';
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
  const all = Float64Array.from(ids);
  return withPartialFile(path, { force, signal }, async (_partial, { fd }) => {
    const file = createParquetOut(fd, schemaOf(columns), {
      version: LAKE_VERSION,
      values: { [LAKE_MARK]: source },
    });
    const options = { db, source, columns, threads: threadsFor(all.length, threads), signal };
    for await (const { encoded } of encodeAll(tasksOf(all), options)) {
      file.append(encoded.bytes, encoded.groups);
      onProgress?.(file.rows);
    }
    return file.finish();
  });
}

function* tasksOf(ids: Float64Array): Generator<{ ids: Float64Array }> {
  for (let from = 0; from < ids.length; from += TASK_ROWS) yield { ids: ids.slice(from, from + TASK_ROWS) };
}
