/** Builds the indexes on events and the index for text again from the stored events. */

import { availableParallelism } from 'node:os';
import { COLUMN_TABLES } from '../store/columns/column-table.js';
import { dropColumns } from '../store/columns/segments.js';
import { analyze, dropEventIndexes } from '../store/event-indexes.js';
import { writingFailed } from '../store/failure.js';
import { openForWriting, type WriterHandle } from '../store/open.js';
import { forgetRequests } from '../store/request-rows.js';
import { setPragma } from '../store/statements.js';
import { dropTextIndex } from '../store/text/blocks.js';
import { derivedBuilds } from './ingest.js';
import { updateTextIndex } from './text-threads.js';

/**
 * @param path an index
 * @throws IndexError `INDEX_NOT_FOUND`, `INDEX_BUSY`, `INDEX_DAMAGED`, `NOT_AN_INDEX`, `INDEX_TOO_NEW`, `INDEX_UNREADABLE`,
 *   `INDEX_UNWRITABLE`, `DISK_FULL`
 */
export async function reindex(path: string): Promise<{ seconds: number }> {
  const began = performance.now();
  let writing: WriterHandle | undefined;
  try {
    writing = openForWriting(path, { mustExist: true });
    const { db } = writing;
    // There is no unfinished run to tell the next ingest that a power cut may have damaged the file.
    setPragma(db, 'synchronous = NORMAL');
    dropTextIndex(db);
    dropEventIndexes(db);
    for (const table of COLUMN_TABLES) dropColumns(db, table);
    forgetRequests(db);
    await updateTextIndex({ db, path, jobs: availableParallelism(), meanwhile: derivedBuilds(db, true) });
    analyze(db);
    writing.settle();
    return { seconds: (performance.now() - began) / 1000 };
  } catch (error) {
    throw writingFailed(path, error);
  } finally {
    writing?.close();
  }
}
