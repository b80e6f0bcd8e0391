/** One state of the index for several statements, whatever an ingest does meanwhile. */

import { codeOf } from '../errors.js';
import type { Db } from '../store/open.js';

/** Begins to read one state; returns what ends it. Within what reads one state already it is that. */
export function beginReading(db: Db): () => void {
  if (db.inTransaction) return () => undefined;
  db.exec('BEGIN');
  return () => {
    try {
      db.exec('COMMIT');
    } catch (error) {
      // Where derived data was damaged, what was read instead is right; SQLite tells of the damage once more.
      if (codeOf(error) !== 'SQLITE_CORRUPT') throw error;
      if (db.inTransaction) db.exec('ROLLBACK');
    }
  };
}

/** Runs `read` on one state of the index: the one it is in already, where it is. */
export function inSnapshot<T>(db: Db, read: () => T): T {
  if (db.inTransaction) return read();
  const end = beginReading(db);
  try {
    return read();
  } finally {
    end();
  }
}
