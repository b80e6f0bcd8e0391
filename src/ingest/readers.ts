/** Reading threads, and the storing of what they read in the order of the files. */

import { Worker } from 'node:worker_threads';
import type { Batch, FileResult } from '../batch.js';
import type { FileCounts } from '../store/ledger.js';
import type { Writer } from '../store/write.js';
import type { ToWorker, WorkerSetup } from './messages.js';
import type { Task } from './plan.js';

/** A transaction ends at the first end of a task past this many bytes of records. */
const COMMIT_BYTES = 48 << 20;
const REPORT_EVERY_MS = 100;
/** What is read in less time than a thread needs to start, in bytes on disk. */
const WITHOUT_THREADS = 256 << 10;

/** How many reading threads are worth it for so many bytes. */
export const jobsFor = (bytes: number, most: number): number => (bytes <= WITHOUT_THREADS ? 0 : most);

export interface ReadAllOptions {
  tasks: Task[];
  /** Reading threads; 0 for none, where starting one takes longer than all there is to read. */
  jobs: number;
  setup: WorkerSetup;
  writer: Omit<Writer, 'localIds'>;
  /** A file has been stored; not yet for good. */
  onFile: (result: FileResult, counts: FileCounts) => void;
  /** What was stored so far stays, whatever comes. */
  onCommit: () => void;
  report: () => void;
  signal: AbortSignal | undefined;
}

/**
 * Reads the tasks in workers and stores their batches in the order of the tasks, whichever worker is ahead: the
 * same tree gives the same index, and no file is half written when a transaction ends.
 * @returns true where the signal stopped it; what was not committed is then rolled back
 */
export async function readAll(options: ReadAllOptions): Promise<boolean> {
  const { tasks, jobs, setup, writer } = options;
  const workers =
    jobs === 0
      ? [await startHere(setup)]
      : Array.from({ length: Math.min(jobs, tasks.length) }, () => startWorker(setup));
  try {
    return await storeInOrder(workers, options);
  } finally {
    writer.end();
    await Promise.all(workers.map(worker => worker.terminate()));
  }
}

/** Long: its functions share the order of tasks and who is at work. */
function storeInOrder(
  workers: Reader[],
  { tasks, writer, onFile, onCommit, report, signal }: ReadAllOptions,
): Promise<boolean> {
  const waiting = new Map<number, Array<{ batch: Batch; worker: number }>>();
  let nextToSend = 0;
  let current = 0;
  let uncommitted = 0;

  function send(worker: number): void {
    const task = tasks[nextToSend];
    if (!task) return;
    nextToSend++;
    const files = task.files.map(({ path, expected }) => ({ path, expected }));
    workers[worker]!.postMessage({ type: 'task', task: task.number, files } satisfies ToWorker);
  }

  function commit(): void {
    writer.commit();
    onCommit();
    uncommitted = 0;
  }

  function store(batch: Batch, worker: number): void {
    writer.write(batch, tasks[current]!.files, worker, onFile);
    uncommitted += batch.used;
    const { buffer } = batch.payload;
    workers[worker]!.postMessage({ type: 'stored', buffer } satisfies ToWorker, [buffer]);
    if (!batch.last) return;
    waiting.delete(current);
    current++;
    if (uncommitted >= COMMIT_BYTES || current === tasks.length) commit();
  }

  return new Promise<boolean>((resolve, reject) => {
    let scheduled = false;
    let lastReport = 0;
    // The run ends once: messages that still come in must find nothing that touches the index.
    let isOver = false;
    const done = (interrupted: boolean): void => {
      isOver = true;
      resolve(interrupted);
    };
    const fail = (error: unknown): void => {
      isOver = true;
      reject(error);
    };
    const schedule = (): void => {
      if (scheduled || isOver) return;
      scheduled = true;
      setImmediate(turn);
    };
    // One batch a turn, so that signals and other workers' messages get theirs.
    const turn = (): void => {
      scheduled = false;
      if (isOver) return;
      if (signal?.aborted) {
        done(true);
        return;
      }
      const next = waiting.get(current)?.shift();
      if (!next) return;
      try {
        store(next.batch, next.worker);
        if (performance.now() - lastReport > REPORT_EVERY_MS) {
          lastReport = performance.now();
          report();
        }
      } catch (error) {
        fail(error);
        return;
      }
      if (current === tasks.length) done(false);
      else schedule();
    };
    signal?.addEventListener('abort', schedule, { once: true });
    if (signal?.aborted) schedule();
    for (const [number, worker] of workers.entries()) {
      worker.on('message', (batch: Batch) => {
        if (isOver) return;
        const list = waiting.get(batch.task);
        if (list) list.push({ batch, worker: number });
        else waiting.set(batch.task, [{ batch, worker: number }]);
        if (batch.last) send(number);
        schedule();
      });
      worker.on('error', fail);
      send(number);
    }
    // One task ahead, so that no worker waits for this thread.
    for (const number of workers.keys()) send(number);
  });
}

/** What reads tasks: a thread, or this one between other things. */
interface Reader {
  postMessage(message: ToWorker, buffers?: ArrayBuffer[]): void;
  on(event: 'message', listener: (batch: Batch) => void): void;
  on(event: 'error', listener: (error: unknown) => void): void;
  terminate(): Promise<unknown>;
}

function startWorker(setup: WorkerSetup): Reader {
  return new Worker(new URL('./worker.js', import.meta.url), { workerData: setup });
}

/** As with a thread a batch is its receiver's own, and comes later. */
async function startHere(setup: WorkerSetup): Promise<Reader> {
  const { createTaskReader } = await import('./task-reader.js');
  let onBatch: (batch: Batch) => void = () => {};
  let onError: (error: unknown) => void = () => {};
  const take = createTaskReader(
    setup,
    (batch, transfer) => {
      const own = structuredClone(batch, { transfer });
      setImmediate(() => onBatch(own));
    },
    error => onError(error),
  );
  return {
    postMessage: message => void setImmediate(() => take(message)),
    on(event: 'message' | 'error', listener: (of: never) => void) {
      if (event === 'message') onBatch = listener as typeof onBatch;
      else onError = listener as typeof onError;
    },
    terminate: async () => {},
  };
}
