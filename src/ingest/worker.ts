/** A reading thread. */

import { parentPort, workerData } from 'node:worker_threads';
import { byDimension } from '../dimensions.js';
import { scanMemory } from '../read/scan-memory.js';
import { createShownDictionary } from '../read/shown-dictionary.js';
import type { ToWorker, WorkerSetup } from './messages.js';
import { createTaskReader } from './task-reader.js';

const port = parentPort!;
const memory = scanMemory();
const take = createTaskReader(
  workerData as WorkerSetup,
  (batch, buffers) => port.postMessage(batch, buffers),
  error => {
    setImmediate(() => {
      throw error;
    });
  },
  memory && byDimension(() => createShownDictionary(memory)),
);
port.on('message', (message: ToWorker) => take(message));
