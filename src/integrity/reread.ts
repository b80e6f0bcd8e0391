/** Hashes the files of the ledger again, on every core: the hashes of the index are as old as its ingest. */

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Db } from '../store/open.js';
import type { Reread } from './verify.js';

/** Files that one worker hashes, one after the other. */
export type HashTask = Array<{ id: number; path: string }>;
export interface HashAnswer {
  files: Array<{ id: number } & Reread>;
}

/** A task ends at the first of these bounds. */
const TASK_FILES = 256;
const TASK_BYTES = 4 << 20;
/** Tasks that a thread has before it: this one checks digests meanwhile. */
const TASKS_AHEAD = 32;

export interface RereadOptions {
  /** Threads. Default: the cores. */
  jobs?: number;
  /** Called with how many files are done, of how many. */
  onProgress?: (done: number, files: number) => void;
  signal?: AbortSignal;
}

/**
 * Reads every file but those that an ingest skipped.
 * @returns what each is now, by its row in the ledger
 * @throws the reason of the signal where it stopped the reading
 */
export async function rereadFiles(
  db: Db,
  { jobs = availableParallelism(), onProgress = () => {}, signal }: RereadOptions = {},
): Promise<Map<number, Reread>> {
  const files = db
    .prepare("SELECT id, path, size FROM file WHERE NOT is_replaced AND state <> 'skipped' ORDER BY path")
    .all() as Array<{ id: number; path: string; size: number | null }>;
  const tasks = tasksOf(files);
  const results = new Map<number, Reread>();
  const workers = Array.from({ length: Math.min(jobs, tasks.length) }, () => startWorker());
  const ahead = Math.min(TASKS_AHEAD, Math.ceil(tasks.length / workers.length));
  let next = 0;
  try {
    await Promise.all(
      workers.map(
        worker =>
          new Promise<void>((resolve, reject) => {
            let waiting = 0;
            const send = (): void => {
              const task = tasks[next++];
              if (signal?.aborted) reject(signal.reason);
              else if (task) {
                waiting++;
                worker.postMessage(task);
              } else if (waiting === 0) resolve();
            };
            worker.on('message', ({ files: answers }: HashAnswer) => {
              waiting--;
              for (const { id, ...reread } of answers) results.set(id, reread);
              onProgress(results.size, files.length);
              send();
            });
            worker.on('error', reject);
            for (let sent = 0; sent < ahead; sent++) send();
          }),
      ),
    );
  } finally {
    await Promise.all(workers.map(worker => worker.terminate()));
  }
  return results;
}

/** The files that are not what they were when they were ingested, or cannot be read. */
export function changedFiles(db: Db, reread: ReadonlyMap<number, Reread>): Map<number, Reread> {
  const hashes = db.prepare('SELECT id, sha256, damage FROM file').raw(true).iterate() as Iterable<
    [id: number, sha256: string | null, damage: string | null]
  >;
  const changes = new Map<number, Reread>();
  for (const [id, sha256, damage] of hashes) {
    const now = reread.get(id);
    // Other damage than that of the stream is not looked for again.
    const isSame = now?.sha256 === sha256 && (now?.damage === damage || now?.damage === null);
    if (now && !isSame) changes.set(id, now);
  }
  return changes;
}

function tasksOf(files: ReadonlyArray<{ id: number; path: string; size: number | null }>): HashTask[] {
  const tasks: HashTask[] = [];
  let bytes = 0;
  for (const { id, path, size } of files) {
    const task = tasks.at(-1);
    if (task && task.length < TASK_FILES && bytes + (size ?? 0) <= TASK_BYTES) task.push({ id, path });
    else {
      tasks.push([{ id, path }]);
      bytes = 0;
    }
    bytes += size ?? 0;
  }
  return tasks;
}

function startWorker(): Worker {
  return new Worker(new URL('./hash-worker.js', import.meta.url));
}
