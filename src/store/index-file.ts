/**
 * The index as a file, before SQLite opens it: which names it can have, how it comes to be, and whether a journal beside
 * it is its own. SQLite believes any journal that bears the right name.
 */

import {
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { codeOf, IndexError, messageOf } from '../errors.js';
import { descriptorOf } from './descriptors.js';

/** Ends of the names of all files that an index may have beside it, its own first. */
export const INDEX_FILES = [
  ...['', '-wal', '-shm', '-journal', '-ingest', '-ingest-new'],
  ...['-loading', '-loading-wal', '-loading-shm', '-loading-journal'],
] as const;

/** @throws IndexError `BAD_INDEX_NAME` for names that SQLite does not take for that of a file */
export function checkName(path: string): void {
  const reason =
    path.trim() === ''
      ? 'an index needs a file name'
      : path === ':memory:'
        ? 'an index is a file: it cannot be in memory'
        : path.startsWith('file:')
          ? `${path} looks like a URI, and an index is named by its path`
          : path.trimEnd() !== path
            ? `the name ${JSON.stringify(path)} ends in white space`
            : undefined;
  if (reason === undefined) return;
  throw new IndexError('BAD_INDEX_NAME', reason, 'name a file: `db`; ./file:x is a file of that name');
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw unreadable(path, error);
  }
}

export function unreadable(path: string, cause: unknown): IndexError {
  return new IndexError(
    'INDEX_UNREADABLE',
    `cannot open the index ${path}: ${messageOf(cause)}`,
    'check the path, its permissions and the disk',
    { cause },
  );
}

/**
 * Looks at the index without opening it: to open a FIFO would wait for ever.
 * @returns false where there is none
 * @throws IndexError `BAD_INDEX_NAME`, `NOT_AN_INDEX`, `FOREIGN_JOURNAL`, `INDEX_UNREADABLE`
 */
export function checkIndexFile(path: string): boolean {
  checkName(path);
  const stat = statOf(path);
  if (!stat) return false;
  if (!stat.isFile() || stat.size === 0) {
    const what = stat.isDirectory() ? 'is a folder' : stat.isFile() ? 'is empty' : 'is not a regular file';
    throw new IndexError(
      'NOT_AN_INDEX',
      `${path} ${what}, not an offtrail index`,
      'name another file: `db`; offtrail never writes into a file it did not make',
    );
  }
  checkWal(path);
  checkJournal(path);
  return true;
}

/** The lock is an empty file: one of that name that has content, or is no file, is somebody else's. */
export function checkLockFile(lockPath: string): void {
  const stat = statOf(lockPath);
  if (!stat || (stat.isFile() && stat.size === 0)) return;
  throw new IndexError(
    'INDEX_UNREADABLE',
    `${lockPath} is in the way: offtrail keeps its lock under this name, and this file is not one`,
    'move it away, or name another index: `db`',
  );
}

/**
 * Puts a new index where none is, whole or not at all, however this process ends. Only under the lock.
 * @throws IndexError `DISK_FULL`, `INDEX_UNREADABLE`
 */
export function createIndexFile(path: string, image: Buffer): void {
  const fresh = `${path}-ingest-new`;
  try {
    // What a killed ingest left under this name goes.
    rmSync(fresh, { force: true });
    const fd = openSync(fresh, 'wx');
    try {
      for (let at = 0; at < image.length; ) at += writeSync(fd, image, at);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    place(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    if (codeOf(error) !== 'ENOSPC') throw unreadable(path, error);
    const hint = 'free some space and run the same command again: it goes on where it stopped';
    throw new IndexError('DISK_FULL', `the disk of ${path} is full`, hint, { cause: error });
  }
}

/** Removes what an ingest left that was killed as it put a new index in its place. Only under the lock. */
export function dropFresh(path: string): void {
  const fresh = `${path}-ingest-new`;
  if (statOf(fresh)?.isFile()) rmSync(fresh, { force: true });
}

/** A link never replaces a file. Some file systems have none: there a name that was free a moment ago is taken. */
function place(fresh: string, path: string): void {
  try {
    linkSync(fresh, path);
    rmSync(fresh);
  } catch (error) {
    const isFree = lstatSync(path, { throwIfNoEntry: false }) === undefined;
    if (!isFree)
      throw new Error('a file of this name has just appeared, or is a link that leads nowhere', {
        cause: error,
      });
    renameSync(fresh, path);
  }
}

/** The first `length` bytes of a file at `offset`, or as many as there are. */
function bytesAt(path: string, offset: number, length: number): Buffer {
  try {
    const fd = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, readSync(fd, bytes, 0, length, offset));
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return Buffer.alloc(0);
    throw unreadable(path, error);
  }
}

/** The same of an index: to close another descriptor of it would lift locks. */
function indexBytes(path: string, offset: number, length: number): Buffer {
  const fd = descriptorOf(path);
  if (fd === undefined) return bytesAt(path, offset, length);
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(fd, bytes, 0, length, offset));
}

/** File format, offset 18 ("Database File Format", 1.3): 1 with a rollback journal, 2 with a write-ahead log. */
const isWithoutWal = (path: string): boolean => indexBytes(path, 18, 1)[0] === 1;
const hasContent = (path: string): boolean => (statOf(path)?.size ?? 0) > 0;

/**
 * An ingest marks the index before it begins a write-ahead log, and takes the mark off after the log is gone. So beside
 * an index without the mark there is none of its own: it was restored, or copied, without the log of another state.
 */
function checkWal(path: string): void {
  const wal = `${path}-wal`;
  // Twice, for an ingest that begins or ends between two looks.
  const isForeign = (): boolean =>
    hasContent(wal) && isWithoutWal(path) && hasContent(wal) && isWithoutWal(path);
  if (isForeign()) throw foreign(path, wal, 'the index was finished without it');
}

function foreign(path: string, journal: string, why: string): IndexError {
  return new IndexError(
    'FOREIGN_JOURNAL',
    `${journal} does not belong to ${path}: ${why}. Changes of another file would be read into it`,
    `move ${journal} away, then run this again; offtrail deletes neither`,
  );
}

const MAGIC = Buffer.from('d9d505f920a163d7', 'hex');

/**
 * An ingest uses a rollback journal only to set and take off the mark, which is in the first page. Any other is of
 * another file, or of another program's unfinished change.
 */
function checkJournal(path: string): void {
  const journal = `${path}-journal`;
  const head = bytesAt(journal, 0, 28);
  if (head.length < 28 || !head.subarray(0, 8).equals(MAGIC)) return;
  const [count, pages, sector, pageSize] = [8, 16, 20, 24].map(at => head.readUInt32BE(at)) as [
    number,
    number,
    number,
    number,
  ];
  const record = bytesAt(journal, sector, pageSize + 4);
  // Not written yet: nothing will be undone.
  if (count === 0 || record.length < pageSize + 4) return;
  const size = statOf(journal)?.size ?? 0;
  const isOne = count === 1 || (count === 0xffffffff && size < sector + 2 * (pageSize + 8));
  const page = indexBytes(path, 0, pageSize);
  const isOurs =
    isOne &&
    record.readUInt32BE(0) === 1 &&
    pages * pageSize === statOf(path)?.size &&
    withoutMarks(record.subarray(4)).equals(withoutMarks(page));
  // The ingest may have ended meanwhile.
  if (!isOurs && bytesAt(journal, 0, 28).equals(head))
    throw foreign(path, journal, 'or another program was stopped while it wrote into the index');
}

/** The first page without what changes with the mark: itself, the change counters, and the version that wrote it. */
function withoutMarks(page: Buffer): Buffer {
  const copy = Buffer.from(page);
  for (const [from, to] of [
    [18, 20],
    [24, 28],
    [92, 100],
  ] as const)
    copy.fill(0, from, to);
  return copy;
}

/** What to say where SQLite cannot undo what a killed process left, because it may only read. */
export function unfinishedJournal(path: string, cause: unknown): IndexError {
  return new IndexError(
    'INDEX_UNFINISHED',
    `an ingest into ${path} was killed as it began or ended; the next one puts the file right`,
    'ingest again, or reindex, where the index can be written; no event is lost',
    { cause },
  );
}
