/** A thread that sorts for indexes. */

import { parentPort } from 'node:worker_threads';
import { orderOf } from './index-order.js';
import { FAILED, SORTED, type SortTask } from './sorter.js';

parentPort!.on('message', ({ columns, order, state }: SortTask) => {
  let end: number = FAILED;
  try {
    order.set(orderOf(columns, order.length));
    end = SORTED;
  } finally {
    Atomics.store(state, 0, end);
    Atomics.notify(state, 0);
  }
});
