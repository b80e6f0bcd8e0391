/** What the main thread says to its reading workers; they answer with batches. */

import type { Limits } from '../read/file.js';

/** To a worker, once, as its workerData. */
export interface WorkerSetup {
  seed: number;
  limits: Limits;
}

/** A file's content as the ledger has it. */
export interface Expected {
  /** SHA-256 of the inflated bytes. */
  sha256: string;
  isDamaged: boolean;
}

/** A file to read. */
export interface FileToRead {
  path: string;
  /** What it was: where it is that still, it is not read again. Null to read it in any case. */
  expected: Expected | null;
}

/** To a worker: read these files, in order; or take this buffer back, its batch has been stored. */
export type ToWorker =
  | { type: 'task'; task: number; files: FileToRead[] }
  | { type: 'stored'; buffer: ArrayBuffer };
