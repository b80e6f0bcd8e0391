/** A thread that makes row groups. */

import { parentPort, workerData } from 'node:worker_threads';
import { openForQueries } from '../store/open.js';
import { setPragma } from '../store/statements.js';
import { createEncoder, fileColumns } from './encoder.js';
import type { LakeSource } from './types.js';

/** What the thread is told at its start. */
export interface EncodeSetup {
  /** The index. */
  path: string;
  source: LakeSource;
  /** Names of columns. */
  columns: readonly string[];
}

const port = parentPort!;
const { path, source, columns } = workerData as EncodeSetup;
const db = openForQueries(path);
// Most pages are read once.
setPragma(db, 'cache_size = -4096');
const encode = createEncoder(db, source, fileColumns(source, columns, true));

port.on('message', (ids: Float64Array) => {
  const encoded = encode(ids);
  port.postMessage(encoded, [encoded.bytes.buffer]);
});
