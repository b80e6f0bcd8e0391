/** Builds everything anew that is derived from the stored events: their indexes and the index for text. */

import { availableParallelism } from 'node:os';
import { analyze, dropEventIndexes, eventIndexBuilds } from '../store/event-indexes.js';
import { openForWriting } from '../store/open.js';
import { dropTextIndex } from '../store/text-index.js';
import { updateTextIndex } from './text-index.js';

/**
 * @param path an index
 * @throws IndexError `INDEX_NOT_FOUND`, `INDEX_BUSY`, `INDEX_DAMAGED`, `NOT_AN_INDEX`, `INDEX_TOO_NEW`, `INDEX_UNREADABLE`
 */
export async function reindex(path: string): Promise<{ seconds: number }> {
  const began = performance.now();
  const writing = openForWriting(path, { mustExist: true });
  try {
    const { db } = writing;
    dropTextIndex(db);
    dropEventIndexes(db);
    await updateTextIndex({ db, path, jobs: availableParallelism(), meanwhile: eventIndexBuilds(db) });
    analyze(db);
    writing.settle();
    return { seconds: (performance.now() - began) / 1000 };
  } finally {
    writing.close();
  }
}
