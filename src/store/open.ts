/** Opens the index file: read-only for queries, for writing by the one ingest that may run at a time. */

import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { HAS_RESOURCE, hasResource } from '../cloudtrail/resources.js';
import { codeOf, IndexError, messageOf } from '../errors.js';
import { withDescriptor } from './descriptors.js';
import { finishLoad, isHalfLinked } from './finish-load.js';
import {
  checkIndexFile,
  checkLockFile,
  createIndexFile,
  dropFresh,
  unfinishedJournal,
  unreadable,
} from './index-file.js';
import { FIRST_VERSION, migrate, SCHEMA_VERSION, schemaVersion } from './migrations.js';
import { APPLICATION_ID } from './schema/v5.js';
import { keepNative, readPragma, setPragma } from './statements.js';
import { standIns } from './view.js';

export type Db = Database.Database;

/**
 * Opens an index for queries. Nothing can be written through it, no file attached, no extension loaded.
 * @throws IndexError `INDEX_NOT_FOUND`, `BAD_INDEX_NAME`, `NOT_AN_INDEX`, `FOREIGN_JOURNAL`, `INDEX_UNFINISHED`,
 *   `INDEX_TOO_OLD`, `INDEX_TOO_NEW`, `INDEX_UNREADABLE`
 */
export function openForQueries(path: string): Db {
  checkExists(path);
  return withDescriptor(path, () => opened(path, { readonly: true, timeout: 10_000 }, prepareForQueries));

  function prepareForQueries(db: Db): void {
    checkOwner(db, path);
    if (isHalfLinked(db)) throw unfinishedJournal(path, undefined);
    // The next ingest brings it up to date.
    if (schemaVersion(db) < SCHEMA_VERSION) for (const statement of standIns(db)) db.exec(statement);
    setPragma(db, 'query_only = 1');
    setPragma(db, 'trusted_schema = 0');
    setPragma(db, 'cache_size = -65536');
    db.function(HAS_RESOURCE, { deterministic: true, varargs: true }, hasResource);
  }
}

function checkExists(path: string): void {
  if (checkIndexFile(path)) return;
  throw new IndexError(
    'INDEX_NOT_FOUND',
    `there is no index at ${path}`,
    'make one with ingest, or open another file',
  );
}

export interface WriterHandle {
  db: Db;
  /** Brings what was loaded and committed into the index. */
  finishLoad(): void;
  /** Makes everything written so far durable. */
  settle(): void;
  /** Puts the file back into its shareable form and lets the next ingest in. */
  close(): void;
}

/**
 * Opens or creates an index for writing and keeps other writers out until it is closed, however this process ends.
 * @param options.mustExist an index that is not there is not made; default false
 * @throws IndexError `INDEX_BUSY` where another ingest is at work or a query holds the file, `INDEX_DAMAGED`, and those
 *   of `openForQueries`
 */
export function openForWriting(
  path: string,
  { mustExist = false }: { mustExist?: boolean } = {},
): WriterHandle {
  if (mustExist) checkExists(path);
  else checkIndexFile(path);
  const releaseLock = lockIndex(path);
  try {
    // Once more: another ingest may have made it, or finished, before this one had the lock.
    if (checkIndexFile(path)) dropFresh(path);
    else createIndexFile(path, emptyIndex());
    const db = withDescriptor(path, () => opened(path, { timeout: 30_000 }, prepareForWriting));
    return {
      db,
      finishLoad() {
        finishLoad(db, openLoad);
        setPragma(db, 'journal_mode = WAL');
      },
      settle() {
        setPragma(db, 'synchronous = FULL');
        // A checkpoint syncs the file where it copies something into it, and those before may have copied all. This
        // writes a page, whatever stands on it.
        setPragma(db, `user_version = ${schemaVersion(db)}`);
        setPragma(db, 'wal_checkpoint(TRUNCATE)');
      },
      close() {
        try {
          // One plain file, without -wal and -shm beside it, can be copied and read from a read-only medium. It stays
          // as it is while a reader has it open, or the disk is full; the next ingest tries again.
          setPragma(db, 'busy_timeout = 0');
          setPragma(db, 'journal_mode = DELETE');
        } catch (error) {
          if (!codeOf(error).startsWith('SQLITE_')) throw error;
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

  function prepareForWriting(db: Db): void {
    checkOwner(db, path);
    finishLoad(db, openLoad);
    setPragma(db, 'journal_mode = WAL');
    // No fsync until the end: 2.7 s of 14 for a million records. A killed process loses nothing by it; after a
    // power cut an unfinished run is checked before the next one goes on.
    setPragma(db, 'synchronous = OFF');
    setPragma(db, 'cache_size = -65536');
    checkUnfinished(db, path);
    migrate(db);
  }
}

/** The file beside an index that is being loaded: what is lost of it is read again. */
export function openLoad(path: string): Db {
  return opened(path, { timeout: 30_000 }, db => {
    setPragma(db, 'journal_mode = WAL');
    setPragma(db, 'synchronous = OFF');
    // The rows of events and lines do not pass through it.
    setPragma(db, 'cache_size = -16384');
  });
}

/**
 * Keeps a second ingest out. The lock is SQLite's own on an empty file beside the index: the system lifts it when
 * the process dies, so that there is never a stale one.
 */
function lockIndex(path: string): () => void {
  const lockPath = lockPathOf(path);
  for (;;) {
    checkLockFile(lockPath);
    create(lockPath, path);
    const before = identityOf(lockPath);
    // Readers that look whether an ingest is at work hold the file for a moment.
    const lock = opened(path, { timeout: 250 }, () => {}, lockPath);
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
    // The one before us may have removed the file between our opening and our locking: then the lock is on nothing.
    if (before !== undefined && identityOf(lockPath) === before) {
      return () => {
        rmSync(lockPath, { force: true });
        lock.close();
      };
    }
    lock.close();
  }
}

/** True while an ingest holds the lock of the index at `path`; false where that cannot be told. */
export function isBeingWritten(path: string): boolean {
  let lock: Db | undefined;
  try {
    lock = keepNative(new Database(lockPathOf(path), { readonly: true, fileMustExist: true, timeout: 0 }));
    lock.prepare('SELECT 1 FROM sqlite_schema').get();
    return false;
  } catch (error) {
    return codeOf(error).startsWith('SQLITE_BUSY');
  } finally {
    lock?.close();
  }
}

const lockPathOf = (path: string): string => `${path}-ingest`;

function create(lockPath: string, path: string): void {
  try {
    closeSync(openSync(lockPath, 'a'));
  } catch (error) {
    throw new IndexError(
      'INDEX_UNREADABLE',
      `cannot write beside the index ${path}: ${messageOf(error)}`,
      'check the path, its permissions and the disk',
      { cause: error },
    );
  }
}

/** Which file a name stands for. It is not opened: closing it again would lift this process's own lock on it. */
function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/** A run that did not finish may have met a power cut, too; everything else leaves the file sound. */
function checkUnfinished(db: Db, path: string): void {
  const unfinished = db.prepare('SELECT 1 FROM run WHERE finished IS NULL ORDER BY id DESC LIMIT 1').get();
  if (!unfinished) return;
  const verdict = readPragma(db, 'quick_check(1)');
  if (verdict === 'ok') return;
  throw new IndexError(
    'INDEX_DAMAGED',
    `the index ${path} is damaged (${String(verdict)}): the machine went down during the last ingest`,
    'delete it and ingest again; your log files are not affected',
  );
}

/** The bytes of an index without events, marked as one with a write-ahead log, so that no journal is needed to begin one. */
function emptyIndex(): Buffer {
  const db = keepNative(new Database(':memory:'));
  try {
    setPragma(db, 'page_size = 8192');
    migrate(db);
    const image = db.serialize();
    image.fill(2, 18, 20);
    return image;
  } finally {
    db.close();
  }
}

function checkOwner(db: Db, path: string): void {
  if (readPragma(db, 'application_id') !== APPLICATION_ID) {
    throw new IndexError(
      'NOT_AN_INDEX',
      `${path} is not an offtrail index`,
      'name another file: `db`; offtrail never writes into a file it did not make',
    );
  }
  const version = schemaVersion(db);
  if (version > SCHEMA_VERSION) {
    throw new IndexError(
      'INDEX_TOO_NEW',
      `${path} was made by a newer offtrail (schema ${version}; this one knows ${SCHEMA_VERSION})`,
      'update offtrail, or make a new index: `db`',
    );
  }
  if (version < FIRST_VERSION) {
    throw new IndexError(
      'INDEX_TOO_OLD',
      `${path} was made by a version of offtrail before its first release`,
      'delete it and ingest again; your log files are not affected',
    );
  }
}

/** Opens `file` (the index at `path`, or its lock) and prepares it; closes it again where that fails. */
function opened(path: string, options: Database.Options, prepare: (db: Db) => void, file = path): Db {
  let db: Db | undefined;
  try {
    db = keepNative(new Database(file, options));
    prepare(db);
    return db;
  } catch (error) {
    db?.close();
    if (error instanceof IndexError) throw error;
    const code = codeOf(error);
    if (code === 'SQLITE_FULL') throw error;
    if (code === 'SQLITE_NOTADB') {
      throw new IndexError('NOT_AN_INDEX', `${path} is not an SQLite file`, 'name another file: `db`', {
        cause: error,
      });
    }
    if (code.startsWith('SQLITE_BUSY')) {
      throw new IndexError('INDEX_BUSY', `a query is still reading ${path}`, 'end it, then run this again', {
        cause: error,
      });
    }
    if (code === 'SQLITE_READONLY_ROLLBACK') throw unfinishedJournal(path, error);
    throw unreadable(path, error);
  }
}
