/** One export at a time writes to a lake: SQLite's own lock on an empty file, which the system lifts however a process ends. */

import { join } from 'node:path';
import Database from 'better-sqlite3';
import { codeOf, IndexError } from '../errors.js';
import { keepNative } from '../store/statements.js';

const LOCK = '_lock';

/**
 * Keeps other exports out of a lake.
 * @returns lets them in again
 * @throws IndexError `LAKE_BUSY`
 */
export function lockLake(folder: string): () => void {
  const path = join(folder, LOCK);
  const lock = keepNative(new Database(path, { timeout: 250 }));
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (!codeOf(error).startsWith('SQLITE_BUSY')) throw error;
    throw new IndexError(
      'LAKE_BUSY',
      `another export is writing to ${folder}`,
      'wait until it has finished, then run this again',
    );
  }
  // The empty file stays: one that is removed could be locked by somebody who has just opened it.
  return () => void lock.close();
}
