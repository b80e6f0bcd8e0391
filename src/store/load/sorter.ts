/** Sorts for indexes, where there is much to sort in a thread: this one lays out another index meanwhile. */

import { Worker } from 'node:worker_threads';
import { type IndexColumn, orderOf, putInOrder } from './index-order.js';

/** Rows from which on a thread is worth its start, and up to which there is room for the columns of two indexes. */
const LEAST_AHEAD = 50_000;
const MOST_AHEAD = 3_000_000;
/** How long a thread is waited for, in milliseconds. */
const PATIENCE = 60_000;

/** What the thread is told. */
export interface SortTask {
  columns: readonly IndexColumn[];
  /** Where the order goes. */
  order: Uint32Array;
  /** One number: `WAITING` until the thread has ended the task. */
  state: Int32Array;
}
export const [WAITING, SORTED, FAILED] = [0, 1, 2] as const;

export interface Sorter {
  /** True where what is begun is sorted beside other work. */
  isAhead: boolean;
  /**
   * Begins to sort the places of the rows by the values of these columns.
   * @param order where they go, in memory that threads share
   * @returns waits for the order, which is that of `orderOf`
   */
  begin(columns: readonly IndexColumn[], order: Uint32Array): () => void;
  /** Lets go of the thread. */
  close(): void;
}

/**
 * @param count rows of an index
 * @param patience milliseconds after which what a thread has not sorted is sorted here
 */
export function createSorter(count: number, patience = PATIENCE): Sorter {
  if (count < LEAST_AHEAD || count > MOST_AHEAD)
    return {
      isAhead: false,
      // Nobody else writes there: an array of its own would take as much again.
      begin: (columns, order) => () => putInOrder(columns, order),
      close() {},
    };
  const worker = new Worker(new URL('./sort-worker.js', import.meta.url));
  // A thread that cannot start, or ends, leaves its tasks waiting: they are done here.
  worker.on('error', () => {});
  return {
    isAhead: true,
    begin(columns, order) {
      const state = new Int32Array(new SharedArrayBuffer(4));
      worker.postMessage({ columns, order, state } satisfies SortTask);
      return () => {
        Atomics.wait(state, 0, WAITING, patience);
        if (Atomics.load(state, 0) !== SORTED) order.set(orderOf(columns, count));
      };
    },
    close: () => void worker.terminate(),
  };
}
