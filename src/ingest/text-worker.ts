/** A thread that reads rows of the index and makes their signatures. */

import { parentPort, workerData } from 'node:worker_threads';
import { openForQueries } from '../store/open.js';
import { setPragma } from '../store/statements.js';
import { buildParts, type TextTask } from '../store/text/blocks.js';

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
