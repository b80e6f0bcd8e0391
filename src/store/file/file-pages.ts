/**
 * The pages of an index as a connection sees them, read from the file itself: SQLite needs several times as long to give
 * what stands in a row.
 *
 * While a connection reads, the file holds what it sees, but for pages of which newer versions are in the write-ahead log:
 * nobody writes to others ("Write-Ahead Logging", 2.2; "WAL-mode File Format", 2.3.2). Those are left to SQLite.
 */

import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { descriptorFor } from '../descriptors.js';
import type { Db } from '../open.js';
import { PAGE } from '../pages/table-pages.js';
import { prepared } from '../statements.js';

export interface FilePages {
  /**
   * Reads pages as they are at one time.
   * @param read is told whether the index has changed since it was called last
   * @returns undefined where the pages cannot be known
   */
  during<T>(read: (changed: boolean) => T | undefined): T | undefined;
  /** Reads `count` pages at most into `to[at, …)`; gives how many were read, 0 where SQLite alone knows what is in the first. */
  read(number: number, count: number, to: Uint8Array, at: number): number;
}

/** Frames of a log that are worth looking at. */
const MOST_FRAMES = 1 << 16;
const LOG_HEADER = 32;
const FRAME_HEADER = 24;
/** Two numbers that are others whenever a log begins anew: in its header, and in those of its frames. */
const SALTS = { ofLog: 16, ofFrame: 8, length: 8 };
/** Where the header of a frame says that a transaction ends with it. */
const ENDS = 4;

/** In the header of the file: the bytes of a page, and of each those that are not used. */
const PAGE_SIZE = { at: 16, unused: 20, until: 24 };
/** Bytes behind a page with which a number ends that is not whole. */
export const BEHIND = 16;

/** Long: its functions share what is known of file and log. */
export function createFilePages(db: Db): FilePages {
  const fd = db.readonly ? descriptorFor(db) : undefined;
  let version: unknown;
  /** Frames of transactions that have ended, the header of the last of them, and the pages of these and of later ones. */
  const log = { salts: '', frames: 0, last: Buffer.alloc(0) as Buffer, pages: new Set<number>() };
  const path = prepared(db, "SELECT file FROM pragma_database_list WHERE name = 'main'")
    .pluck()
    .get() as string;
  const logPath = `${path}-wal`;

  /** False where its pages are of another length, or not all of each is in use. */
  function isKnownForm(): boolean {
    const header = Buffer.alloc(PAGE_SIZE.until);
    if (readSync(fd!, header, 0, header.length, 0) < header.length) return false;
    return header.readUInt16BE(PAGE_SIZE.at) === PAGE && header[PAGE_SIZE.unused] === 0;
  }

  function forgetLog(salts: string): void {
    log.salts = salts;
    log.frames = 0;
    log.pages.clear();
  }

  /** Looks which pages are in the log; false where that cannot be told. */
  function readLog(): boolean {
    if (!statSync(logPath, { throwIfNoEntry: false })?.size) {
      forgetLog('');
      return true;
    }
    // SQLite has no locks on this one.
    const file = openSync(logPath, 'r');
    try {
      const header = Buffer.alloc(LOG_HEADER);
      const length = readSync(file, header, 0, LOG_HEADER, 0);
      const salts = header.toString('latin1', SALTS.ofLog, SALTS.ofLog + SALTS.length);
      if (length < LOG_HEADER || salts !== log.salts) forgetLog(salts);
      // The header of a frame has a checksum of all before it.
      if (log.frames > 0 && !log.last.equals(frameHeader(file, log.frames - 1))) forgetLog(salts);
      for (let frame = log.frames; frame < MOST_FRAMES; frame++) {
        const of = frameHeader(file, frame);
        if (of.length < FRAME_HEADER) return true;
        // What follows is of a time before the log began anew.
        if (of.toString('latin1', SALTS.ofFrame, SALTS.ofFrame + SALTS.length) !== salts) return true;
        log.pages.add(of.readUInt32BE());
        // Others may be taken back, and written over.
        if (of.readUInt32BE(ENDS) === 0) continue;
        log.frames = frame + 1;
        log.last = of;
      }
      return false;
    } finally {
      closeSync(file);
    }
  }

  const pages: FilePages = {
    during(read) {
      if (fd === undefined) return undefined;
      const begins = !db.inTransaction;
      try {
        if (begins) prepared(db, 'BEGIN').run();
      } catch {
        // A row after another is being read through the same connection.
        return undefined;
      }
      try {
        // The first to read, from which on the connection sees one state of the index.
        const now = prepared(db, 'PRAGMA data_version').pluck().get();
        const changed = now !== version;
        if (changed && !(readLog() && isKnownForm())) return undefined;
        const result = read(changed);
        version = now;
        return result;
      } finally {
        if (begins) prepared(db, 'COMMIT').run();
      }
    },
    read(number, count, to, at) {
      let known = 0;
      while (known < count && !log.pages.has(number + known)) known++;
      if (known === 0) return 0;
      return Math.floor(readSync(fd!, to, at, known * PAGE, (number - 1) * PAGE) / PAGE);
    },
  };
  return pages;
}

function frameHeader(log: number, frame: number): Buffer {
  const header = Buffer.alloc(FRAME_HEADER);
  return header.subarray(
    0,
    readSync(log, header, 0, FRAME_HEADER, LOG_HEADER + frame * (FRAME_HEADER + PAGE)),
  );
}
