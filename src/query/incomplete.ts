/** Whether the index holds all that an ingest was to bring: what answers from a part of the logs must say so. */

import { sep } from 'node:path';
import { type Db, isBeingWritten } from '../store/open.js';

/** An ingest that has not brought everything. */
export interface Incomplete {
  /** When it began; null where it did not get so far as to say so. */
  started: string | null;
  /** Its files, folders and globs, absolute. */
  inputs: string[];
  /** Files it found; null where it was not known yet. */
  files: number | null;
  /** Those of them that are in the index, as they were when it began or later. */
  filesDone: number;
  /** True while it is at work; false where it was stopped or killed, or met a full disk. */
  isRunning: boolean;
}

interface Run {
  id: number;
  started: string;
  finished: string | null;
  inputs: string;
  files: number | null;
  unchanged: number | null;
}

/** The last ingest that did not finish, unless a later one over the same files did; undefined where there is none. */
export function incomplete(db: Db): Incomplete | undefined {
  const isRunning = (): boolean => isBeingWritten(db.name);
  const runs = db
    .prepare('SELECT id, started, finished, inputs, files, unchanged FROM run ORDER BY id DESC')
    .all() as Run[];
  if (runs.length === 0)
    return { started: null, inputs: [], files: null, filesDone: 0, isRunning: isRunning() };
  const complete: string[] = [];
  for (const [age, { id, started, finished, files, unchanged, ...run }] of runs.entries()) {
    const inputs = JSON.parse(run.inputs) as string[];
    if (finished) complete.push(...inputs);
    else if (!inputs.every(input => complete.some(other => isWithin(input, other)))) {
      const read = db.prepare('SELECT count(*) FROM file WHERE run_id = ? AND NOT is_replaced').pluck();
      const filesDone = Math.min(files ?? 0, (unchanged ?? 0) + (read.get(id) as number));
      // A run that was killed has no time of finishing either; one that a later run followed is over.
      return { started, inputs, files, filesDone, isRunning: age === 0 && finished === null && isRunning() };
    }
  }
  return undefined;
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
