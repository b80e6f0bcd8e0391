/** Opens the index file: read-only for queries, for writing by the one ingest that may run at a time. */

import { existsSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { codeOf, IndexError, messageOf } from '../errors.js';
import { migrate, SCHEMA_VERSION, schemaVersion } from './migrations.js';
import { APPLICATION_ID } from './schema.js';

export type Db = Database.Database;

/**
 * Opens an index for queries. Nothing can be written through it, no file attached, no extension loaded.
 * @throws IndexError `INDEX_NOT_FOUND`, `NOT_AN_INDEX`, `INDEX_TOO_NEW`, `INDEX_UNREADABLE`
 */
export function openForQueries(path: string): Db {
  if (!existsSync(path)) {
    throw new IndexError(
      'INDEX_NOT_FOUND',
      `there is no index at ${path}`,
      'make one with `offtrail ingest <folder>`, or name another with --db FILE or OFFTRAIL_DB',
    );
  }
  const db = guarded(path, () => new Database(path, { readonly: true, timeout: 10_000 }));
  guarded(path, () => checkOwner(db, path));
  db.pragma('query_only = 1');
  db.pragma('trusted_schema = 0');
  db.pragma('cache_size = -65536');
  db.pragma('mmap_size = 8589934592');
  return db;
}

export interface WriterHandle {
  db: Db;
  /** Makes everything written so far durable. */
  settle(): void;
  /** Puts the file back into its shareable form and lets the next ingest in. */
  close(): void;
}

/**
 * Opens or creates an index for writing and keeps other writers out until it is closed, however this process ends.
 * @throws IndexError `INDEX_BUSY` where another ingest is at work, and those of `openForQueries`
 */
export function openForWriting(path: string): WriterHandle {
  const releaseLock = lockIndex(path);
  try {
    const db = guarded(path, () => new Database(path, { timeout: 60_000 }));
    const isNew = guarded(path, () => isEmpty(db));
    if (!isNew) guarded(path, () => checkOwner(db, path));
    if (isNew) db.pragma('page_size = 8192');
    db.pragma('journal_mode = WAL');
    // No fsync until the end: 2.7 s of 14 for a million records. A killed process loses nothing by it; after a
    // power cut an unfinished run is checked before the next one goes on.
    db.pragma('synchronous = OFF');
    db.pragma('cache_size = -65536');
    guarded(path, () => checkUnfinished(db, path));
    guarded(path, () => migrate(db));
    return {
      db,
      settle() {
        db.pragma('synchronous = FULL');
        db.pragma('wal_checkpoint(TRUNCATE)');
      },
      close() {
        try {
          // One plain file, without -wal and -shm beside it, can be copied and read from a read-only medium.
          // It stays in WAL while a reader has it open; the next ingest tries again.
          db.pragma('wal_checkpoint(TRUNCATE)');
          db.pragma('busy_timeout = 0');
          db.pragma('journal_mode = DELETE');
        } catch (error) {
          if (!codeOf(error).startsWith('SQLITE_BUSY')) throw error;
        } finally {
          db.close();
          releaseLock();
        }
      },
    };
  } catch (error) {
    releaseLock();
    throw error;
  }
}

/**
 * Keeps a second ingest out. The lock is SQLite's own on an empty file beside the index: the system lifts it when
 * the process dies, so that there is never a stale one.
 */
function lockIndex(path: string): () => void {
  const lockPath = `${path}-ingest`;
  const lock = guarded(path, () => new Database(lockPath, { timeout: 0 }));
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (!codeOf(error).startsWith('SQLITE_BUSY')) throw error;
    throw new IndexError(
      'INDEX_BUSY',
      `another ingest is writing to ${path}`,
      'wait until it has finished, then run this again',
    );
  }
  return () => {
    rmSync(lockPath, { force: true });
    lock.close();
  };
}

/** A run that did not finish may have met a power cut, too; everything else leaves the file sound. */
function checkUnfinished(db: Db, path: string): void {
  if (schemaVersion(db) === 0) return;
  const unfinished = db.prepare('SELECT 1 FROM run WHERE finished IS NULL ORDER BY id DESC LIMIT 1').get();
  if (!unfinished) return;
  const verdict = db.pragma('quick_check(1)', { simple: true });
  if (verdict === 'ok') return;
  throw new IndexError(
    'INDEX_DAMAGED',
    `the index ${path} is damaged (${String(verdict)}): the machine went down during the last ingest`,
    'delete it and ingest again; your log files are not affected',
  );
}

function isEmpty(db: Db): boolean {
  return db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0;
}

function checkOwner(db: Db, path: string): void {
  if (db.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
    throw new IndexError(
      'NOT_AN_INDEX',
      `${path} is not an offtrail index`,
      'name another file with --db FILE; offtrail never writes into a file it did not make',
    );
  }
  const version = schemaVersion(db);
  if (version > SCHEMA_VERSION) {
    throw new IndexError(
      'INDEX_TOO_NEW',
      `${path} was made by a newer offtrail (schema ${version}; this one knows ${SCHEMA_VERSION})`,
      'update offtrail, or make a new index with --db FILE',
    );
  }
}

function guarded<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof IndexError) throw error;
    if (codeOf(error) === 'SQLITE_NOTADB') {
      throw new IndexError(
        'NOT_AN_INDEX',
        `${path} is not an SQLite file`,
        'name another file with --db FILE',
        { cause: error },
      );
    }
    throw new IndexError(
      'INDEX_UNREADABLE',
      `cannot open the index ${path}: ${messageOf(error)}`,
      'check the path, its permissions and the disk',
      { cause: error },
    );
  }
}
