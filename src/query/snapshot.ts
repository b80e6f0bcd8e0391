/** One state of the index for several statements, whatever an ingest does meanwhile. */

import type { Db } from '../store/open.js';

/** Begins to read one state; returns what ends it. */
export function beginReading(db: Db): () => void {
  db.exec('BEGIN');
  return () => db.exec('COMMIT');
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
