/**
 * Descriptors of index files, for reading past SQLite.
 *
 * To close any descriptor of a file lifts all locks that the process has on it (fcntl(2); "How To Corrupt An SQLite
 * Database File", 2.2), those of its connections too. So there is one for each file, of the whole process, and it stays
 * open. Node closes what a thread has opened at the thread's end: threads are told those that there are.
 */

import { type BigIntStats, closeSync, fstatSync, openSync, statSync } from 'node:fs';
import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads';
import type { Database } from 'better-sqlite3';

/** A map of descriptors by file. */
const DESCRIPTORS = 'offtrail.descriptors';
/**
 * Set to true by whoever starts threads that keep what they have opened (`trackUnmanagedFds: false`): these may open
 * descriptors as well. `docs/library.md` says so.
 */
const THREADS_KEEP = 'offtrail.threads-keep-descriptors';
/** Where there are so many of files without a connection, no more are opened. */
const MOST_IDLE = 64;

const ofConnections = new WeakMap<Database, number>();
/** Descriptors that this thread has opened, and how many of its connections have them. */
const inUse = new Map<number, number>();

/** The descriptor of the file of a connection; undefined where there is none. */
export const descriptorFor = (db: Database): number | undefined => ofConnections.get(db);

/** Opens a connection, with which goes a descriptor of the same file where one may be had. */
export function withDescriptor<T extends Database>(path: string, open: () => T): T {
  const before = descriptorOf(path);
  const db = open();
  // The same before and after: it is the file that was opened between.
  if (before !== undefined && descriptorOf(path) === before) join(db, before);
  return db;
}

function join(db: Database, fd: number): void {
  ofConnections.set(db, fd);
  if (inUse.has(fd)) inUse.set(fd, inUse.get(fd)! + 1);
  const close = db.close.bind(db);
  db.close = () => {
    if (ofConnections.delete(db) && inUse.has(fd)) inUse.set(fd, inUse.get(fd)! - 1);
    return close();
  };
}

/** The descriptor of an index; undefined where there is none and none may be opened, and for an empty file. */
export function descriptorOf(path: string): number | undefined {
  try {
    const open = descriptors();
    const there = statSync(path, { bigint: true });
    const known = open.get(fileOf(there));
    if (known !== undefined || !mayOpen() || there.size === 0n) return known;
    closeGone(open);
    if ([...inUse.values()].filter(count => count === 0).length >= MOST_IDLE) return undefined;
    const fd = openSync(path, 'r');
    const file = fileOf(fstatSync(fd, { bigint: true }));
    // Another file may have taken the name meanwhile, one that is known already: this one more stays open, too.
    if (!open.has(file)) {
      open.set(file, fd);
      inUse.set(fd, 0);
    }
    setEnvironmentData(DESCRIPTORS, open);
    return open.get(file);
  } catch {
    // What is wrong with the file SQLite says.
    return undefined;
  }
}

let own: Map<string, number> | undefined;
const descriptors = (): Map<string, number> => {
  own ??= new Map((getEnvironmentData(DESCRIPTORS) as unknown as Map<string, number> | undefined) ?? []);
  return own;
};

const mayOpen = (): boolean => isMainThread || (getEnvironmentData(THREADS_KEEP) as unknown) === true;

/** Exactly: some file systems have numbers above 2^53. */
const fileOf = ({ dev, ino }: BigIntStats): string => `${dev}:${ino}`;

/** Closes those of files that have no name any more and no connection here: nobody else locks these. */
function closeGone(open: Map<string, number>): void {
  for (const [file, fd] of open) {
    if (inUse.get(fd) !== 0 || fstatSync(fd).nlink > 0) continue;
    open.delete(file);
    inUse.delete(fd);
    closeSync(fd);
  }
}
