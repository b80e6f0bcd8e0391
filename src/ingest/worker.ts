/** A reading thread. */

import { parentPort, workerData } from 'node:worker_threads';
import type { ToWorker, WorkerSetup } from './messages.js';
import { createTaskReader } from './task-reader.js';

const port = parentPort!;
const take = createTaskReader(
  workerData as WorkerSetup,
  (batch, buffers) => port.postMessage(batch, buffers),
  error => {
    setImmediate(() => {
      throw error;
    });
  },
);
port.on('message', (message: ToWorker) => take(message));
