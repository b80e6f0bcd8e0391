/** A thread that reads rows of the index and makes their signatures. */

import { parentPort, workerData } from 'node:worker_threads';
import { setPragma } from '../store/native.js';
import { openForQueries } from '../store/open.js';
import { buildParts, type TextTask } from '../store/text-index.js';

const port = parentPort!;
const db = openForQueries((workerData as { path: string }).path);
// Every page is read once.
setPragma(db, 'cache_size = -2048');

port.on('message', (task: TextTask) => {
  const parts = [...buildParts(db, task)];
  port.postMessage(
    parts,
    parts.flatMap(({ block }) => [block.chunks.buffer, block.slices.buffer]),
  );
});
