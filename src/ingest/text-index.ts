/** Brings the index for text up to date, in threads where there is much to read. */

import { Worker } from 'node:worker_threads';
import type { Db } from '../store/open.js';
import { type BuiltBlock, buildBlocks, planText, storeBlock, type TextTask } from '../store/text-index.js';

/** Below so many rows a thread starts longer than it works. */
const WORTH_A_THREAD = 30_000;
/** Tasks a thread may be ahead of this one, in blocks of 4 MB. */
const AHEAD = 4;

export interface TextIndexOptions {
  /** An index opened for writing, outside a transaction. */
  db: Db;
  path: string;
  /** Threads at most. */
  jobs: number;
  /** Work of this thread while the others read. */
  meanwhile?: Iterable<() => void>;
}

/** Adds what is missing or damaged of the index for text. */
export async function updateTextIndex({ db, path, jobs, meanwhile = [] }: TextIndexOptions): Promise<void> {
  const tasks = planText(db);
  const rows = tasks.reduce((sum, { range }) => sum + range.last - range.first + 1, 0);
  if (rows < WORTH_A_THREAD) {
    for (const work of meanwhile) work();
    for (const task of tasks) for (const built of buildBlocks(db, task)) storeBlock(db, task.area, built);
    return;
  }
  const workers = Array.from(
    { length: Math.min(jobs, tasks.length) },
    () => new Worker(new URL('./text-worker.js', import.meta.url), { workerData: { path } }),
  );
  try {
    const stored = storeAll(db, tasks, workers);
    // Told below; until then it is not unhandled.
    stored.catch(() => {});
    for (const work of meanwhile) {
      work();
      // Lets blocks come in, and the threads go on.
      await new Promise(setImmediate);
    }
    await stored;
  } finally {
    await Promise.all(workers.map(worker => worker.terminate()));
  }
}

/** Stores the blocks in the order of the tasks, whichever thread is ahead. */
function storeAll(db: Db, tasks: TextTask[], workers: Worker[]): Promise<void> {
  const ready = new Map<number, BuiltBlock[]>();
  let sent = 0;
  let stored = 0;
  return new Promise((done, fail) => {
    const send = (worker: Worker, given: number[]): void => {
      const task = tasks[sent];
      if (!task) return;
      given.push(sent++);
      worker.postMessage(task);
    };
    for (const worker of workers) {
      /** Tasks the worker has not answered, in order. */
      const given: number[] = [];
      worker.on('message', (blocks: BuiltBlock[]) => {
        ready.set(given.shift()!, blocks);
        send(worker, given);
        try {
          for (let next = ready.get(stored); next; next = ready.get(stored)) {
            for (const built of next) storeBlock(db, tasks[stored]!.area, built);
            ready.delete(stored++);
          }
        } catch (error) {
          fail(error);
          return;
        }
        if (stored === tasks.length) done();
      });
      worker.on('error', fail);
      for (let ahead = 0; ahead < AHEAD; ahead++) send(worker, given);
    }
  });
}
