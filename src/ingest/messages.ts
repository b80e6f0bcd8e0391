/** What the main thread says to its reading workers; they answer with batches. */

import type { Limits } from '../read/file.js';

/** To a worker, once, as its workerData. */
export interface WorkerSetup {
  seed: number;
  limits: Limits;
}

/** To a worker: read these files, in order; or take this buffer back, its batch has been stored. */
export type ToWorker =
  | { type: 'task'; task: number; paths: string[] }
  | { type: 'stored'; buffer: ArrayBuffer };
