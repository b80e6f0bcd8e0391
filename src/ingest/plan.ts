/** What an ingest has to read, and in which portions. */

import type { Limits } from '../read/file.js';
import { pathHints } from '../read/path-hints.js';
import type { FoundFile } from '../read/walk.js';
import { type KnownFile, knownFiles, type LedgerFile } from '../store/ledger.js';
import type { Db } from '../store/open.js';

/** Files that are read one after the other by one worker. */
export interface Task {
  number: number;
  files: LedgerFile[];
  /** Rows of the ledger that the files' new content replaces. */
  replaces: number[];
  bytes: number;
}

export interface Plan {
  tasks: Task[];
  /** Files to read. */
  files: number;
  /** Their size on disk. */
  bytes: number;
  unchanged: number;
}

/** A task ends at whichever comes first. Many files a message, because a message costs more than a small file. */
const TASK_FILES = 256;
const TASK_BYTES = 2 << 20;

/** Compares the files found with the ledger. Files that failed, or met another limit than today's, are read again. */
export function plan(db: Db, found: readonly FoundFile[], limits: Limits): Plan {
  const known = knownFiles(db);
  const today = JSON.stringify(limits);
  const isUnchanged = (file: FoundFile, before: KnownFile): boolean =>
    before.state !== 'failed' &&
    before.size === file.size &&
    before.mtimeNs === file.mtimeNs &&
    (before.limits === null || before.limits === today);
  const made: Plan = { tasks: [], files: 0, bytes: 0, unchanged: 0 };
  let nextId = (db.prepare('SELECT coalesce(max(id), 0) FROM file').pluck().get() as number) + 1;
  let task: Task | undefined;
  for (const file of found) {
    const before = known.get(file.path);
    if (before && isUnchanged(file, before)) {
      made.unchanged++;
      continue;
    }
    if (!task || task.files.length >= TASK_FILES || task.bytes + file.size > TASK_BYTES) {
      task = { number: made.tasks.length, files: [], replaces: [], bytes: 0 };
      made.tasks.push(task);
    }
    task.files.push({ id: nextId++, path: file.path, ...pathHints(file.path) });
    if (before) task.replaces.push(before.id);
    task.bytes += file.size;
    made.files++;
    made.bytes += file.size;
  }
  return made;
}
