/** Row groups made by threads, given back in their order. */

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { LakeColumn } from '../lake-types.js';
import type { Db } from '../store/open.js';
import type { EncodeSetup } from './encode-worker.js';
import { createEncoder, type Encoded } from './encoder.js';
import type { LakeSource } from './types.js';

/** Tasks for each thread that may be on their way. */
const AHEAD = 2;
/** Below so many rows a thread starts longer than it works. */
export const WORTH_A_THREAD = 20_000;
const MOST_THREADS = 4;

export interface EncodeOptions {
  db: Db;
  source: LakeSource;
  columns: readonly LakeColumn[];
  /** 0 for none: everything is done here. */
  threads: number;
  signal?: AbortSignal | undefined;
}

/** How many threads are worth it for so many rows. */
export function threadsFor(rows: number, wanted: number | undefined): number {
  return rows < WORTH_A_THREAD ? 0 : (wanted ?? Math.min(availableParallelism(), MOST_THREADS));
}

/**
 * Makes the row groups of tasks, and gives them in the order of the tasks.
 * @throws the reason of the signal
 */
export async function* encodeAll<T extends { ids: Float64Array }>(
  tasks: Iterable<T>,
  { db, source, columns, threads, signal }: EncodeOptions,
): AsyncGenerator<{ task: T; encoded: Encoded }> {
  if (threads === 0) {
    const encode = createEncoder(db, source, columns);
    for (const task of tasks) {
      signal?.throwIfAborted();
      yield { task, encoded: encode(task.ids) };
      // Lets Ctrl-C come in.
      await new Promise(setImmediate);
    }
    return;
  }
  const setup: EncodeSetup = { path: db.name, source, columns: columns.map(({ name }) => name) };
  const workers = Array.from({ length: threads }, () => startWorker(setup));
  try {
    const waiting: Array<{ task: T; encoded: Promise<Encoded> }> = [];
    const iterator = tasks[Symbol.iterator]();
    let next = iterator.next();
    for (;;) {
      for (; !next.done && waiting.length < threads * AHEAD; next = iterator.next()) {
        const idle = workers.reduce((least, worker) => (worker.load() < least.load() ? worker : least));
        const encoded = idle.run(next.value.ids);
        // Thrown below; until then it is not unhandled.
        encoded.catch(() => {});
        waiting.push({ task: next.value, encoded });
      }
      const first = waiting.shift();
      if (!first) return;
      const encoded = await first.encoded;
      signal?.throwIfAborted();
      yield { task: first.task, encoded };
    }
  } finally {
    await Promise.all(workers.map(worker => worker.end()));
  }
}

interface EncodeWorker {
  /** Tasks it has. */
  load(): number;
  run(ids: Float64Array): Promise<Encoded>;
  end(): Promise<unknown>;
}

function startWorker(setup: EncodeSetup): EncodeWorker {
  const worker = new Worker(new URL('./encode-worker.js', import.meta.url), {
    workerData: setup,
    // Rows live as long as their row group.
    resourceLimits: { maxYoungGenerationSizeMb: 8 },
  });
  const running: Array<{ done: (encoded: Encoded) => void; failed: (error: unknown) => void }> = [];
  worker.on('message', (encoded: Encoded) => running.shift()?.done(encoded));
  const fail = (error: unknown): void => {
    for (const { failed } of running.splice(0)) failed(error);
  };
  worker.on('error', fail);
  worker.on('exit', () => fail(new Error('a thread that encodes ended')));
  return {
    load: () => running.length,
    run: ids =>
      new Promise((done, failed) => {
        running.push({ done, failed });
        worker.postMessage(ids);
      }),
    end: () => worker.terminate(),
  };
}
