/** Brings the index for text up to date, in threads where there is much to read. */

import { Worker } from 'node:worker_threads';
import type { Db } from '../store/open.js';
import { readPragma, setPragma } from '../store/statements.js';
import {
  type BlockPart,
  buildParts,
  createBlockWriter,
  planText,
  type TextTask,
} from '../store/text/blocks.js';
import { rowCount } from '../store/text/row-set.js';

/** Below so many rows a thread starts longer than it works. */
const WORTH_A_THREAD = 30_000;
/** Tasks for each thread that may be on their way, each a block of 4 MB or so. */
const AHEAD = 2;

export interface TextIndexOptions {
  /** An index opened for writing, outside a transaction. */
  db: Db;
  path: string;
  /** Threads at most. */
  jobs: number;
  /** Called when there is something to do. */
  onBegin?: () => void;
  /** Work of this thread while the others read. */
  meanwhile?: Iterable<() => void>;
  /** Stops it; what is stored by then stays. */
  signal?: AbortSignal | undefined;
}

/**
 * Adds what is missing or damaged of the index for text.
 * @returns how many of its blocks were damaged
 */
export async function updateTextIndex(options: TextIndexOptions): Promise<number> {
  const { db } = options;
  const cache = readPragma(db, 'cache_size');
  // What is written here is not read again.
  setPragma(db, 'cache_size = -4096');
  try {
    const { tasks, damaged } = planText(db);
    await build(options, tasks);
    return damaged;
  } finally {
    setPragma(db, `cache_size = ${cache}`);
  }
}

async function build(
  { db, path, jobs, onBegin = () => {}, meanwhile = [], signal }: TextIndexOptions,
  tasks: TextTask[],
): Promise<void> {
  const rows = rowCount(tasks.map(task => task.range));
  if (rows > 0) onBegin();
  if (rows < WORTH_A_THREAD) {
    for (const work of meanwhile) work();
    const writer = createBlockWriter(db);
    for (const task of tasks) for (const part of buildParts(db, task)) writer.add(task.area, part);
    writer.finish();
    return;
  }
  const workers = Array.from(
    { length: Math.min(jobs, tasks.length) },
    () =>
      new Worker(new URL('./text-worker.js', import.meta.url), {
        workerData: { path },
        // They make little that lives.
        resourceLimits: { maxYoungGenerationSizeMb: 4 },
      }),
  );
  const failed = new AbortController();
  try {
    const stored = storeAll(db, tasks, workers, signal, failed);
    // Thrown below; until then it is not unhandled.
    stored.catch(() => {});
    for (const work of meanwhile) {
      if (failed.signal.aborted) break;
      work();
      // Lets blocks come in, and the threads go on.
      await new Promise(setImmediate);
    }
    await stored;
  } catch (error) {
    // Blocks that still come in must not be stored.
    failed.abort();
    throw error;
  } finally {
    await Promise.all(workers.map(worker => worker.terminate()));
  }
}

/**
 * Stores the blocks in the order of the tasks, whichever thread is ahead.
 * @param failed aborted by whoever fails first, here or beside: after an error nothing touches the index
 */
function storeAll(
  db: Db,
  tasks: TextTask[],
  workers: Worker[],
  signal: AbortSignal | undefined,
  failed: AbortController,
): Promise<void> {
  const writer = createBlockWriter(db);
  const ready = new Map<number, BlockPart[]>();
  let sent = 0;
  let stored = 0;
  return new Promise((done, reject) => {
    let isOver = false;
    const fail = (error: unknown): void => {
      failed.abort();
      reject(error);
    };
    const given = workers.map((): number[] => []);
    /** Gives every thread work, without any of them getting far ahead of what is stored. */
    const send = (): void => {
      while (sent < tasks.length && sent - stored < workers.length * AHEAD) {
        const at = given.reduce((least, list, w) => (list.length < given[least]!.length ? w : least), 0);
        given[at]!.push(sent);
        workers[at]!.postMessage(tasks[sent++]);
      }
    };
    const storeReady = (): void => {
      for (let next = ready.get(stored); next; next = ready.get(stored)) {
        for (const part of next) writer.add(tasks[stored]!.area, part);
        ready.delete(stored++);
      }
    };
    for (const [at, worker] of workers.entries()) {
      worker.on('message', (blocks: BlockPart[]) => {
        if (isOver || failed.signal.aborted) return;
        ready.set(given[at]!.shift()!, blocks);
        try {
          storeReady();
          isOver = stored === tasks.length || signal?.aborted === true;
          if (isOver) {
            writer.finish();
            done();
          }
        } catch (error) {
          fail(error);
          return;
        }
        if (!isOver) send();
      });
      worker.on('error', fail);
    }
    send();
  });
}
