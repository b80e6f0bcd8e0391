/** What an ingest has to read, and in which portions. */

import { pathHints } from '../cloudtrail/path-hints.js';
import type { Limits } from '../read/file.js';
import type { FoundFile } from '../read/walk.js';
import { type KnownFile, knownFiles, type LedgerFile } from '../store/ledger.js';
import type { Db } from '../store/open.js';
import type { Expected } from './messages.js';

/** A file of a task. */
export interface PlannedFile extends LedgerFile {
  /** What it was, where it looks unchanged and only its hash is in question; else null. */
  expected: Expected | null;
}

/** Files that are read one after the other by one worker. */
export interface Task {
  number: number;
  files: PlannedFile[];
  bytes: number;
}

export interface Plan {
  tasks: Task[];
  /** Files to read. */
  files: number;
  /** Their size on disk. */
  bytes: number;
  /** Files that need no reading. */
  unchanged: number;
  /** Those that look unchanged, whether their hash is to be read or not. */
  alike: number;
}

/** A task ends at whichever comes first. Many files a message, because a message costs more than a small file. */
const TASK_FILES = 256;
const TASK_BYTES = 2 << 20;

/**
 * Compares the files found with the ledger. Files that failed, or met another limit than today's, are read again.
 * @param check true to compare the hashes of those that look unchanged, too
 */
export function plan(db: Db, found: readonly FoundFile[], limits: Limits, check: boolean): Plan {
  const known = knownFiles(db);
  const today = JSON.stringify(limits);
  const isUnchanged = (file: FoundFile, before: KnownFile): boolean =>
    before.state !== 'failed' &&
    before.size === file.size &&
    before.mtimeNs === file.mtimeNs &&
    (before.limits === null || before.limits === today);
  const made: Plan = { tasks: [], files: 0, bytes: 0, unchanged: 0, alike: 0 };
  let nextId = (db.prepare('SELECT coalesce(max(id), 0) FROM file').pluck().get() as number) + 1;
  let task: Task | undefined;
  for (const file of found) {
    const before = known.get(file.path);
    const isAlike = before !== undefined && isUnchanged(file, before);
    if (isAlike) made.alike++;
    if (isAlike && !check) {
      made.unchanged++;
      continue;
    }
    if (!task || task.files.length >= TASK_FILES || task.bytes + file.size > TASK_BYTES) {
      task = { number: made.tasks.length, files: [], bytes: 0 };
      made.tasks.push(task);
    }
    task.files.push({
      id: nextId++,
      path: file.path,
      ...pathHints(file.path),
      current: before?.id ?? null,
      earlier: before?.earlier ?? [],
      // Without a hash, because it was not read to its end, it is read again.
      expected:
        isAlike && before.sha256 ? { sha256: before.sha256, isDamaged: before.damage !== null } : null,
    });
    task.bytes += file.size;
    made.files++;
    made.bytes += file.size;
  }
  return made;
}
