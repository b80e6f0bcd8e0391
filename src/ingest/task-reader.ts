/** Tasks → batches: what a reading thread does, and a small ingest by itself. It knows nothing of the index. */

import { byAccessDimension } from '../access-logs/rows.js';
import type { Batch } from '../batch.js';
import { createDictionary, type Dictionary } from '../bytes/dictionary.js';
import { type ByDimension, byDimension } from '../dimensions.js';
import { PAYLOAD } from '../read/batch-builder.js';
import { createRecordEncoder } from '../read/encoder.js';
import { hashLogFile, readLogFile } from '../read/file.js';
import type { FileToRead, ToWorker, WorkerSetup } from './messages.js';

/** Batches that may be on their way to the writer; more would only fill the memory. */
const IN_FLIGHT = 3;

/**
 * @param send gives a batch, and its buffers with it, to the writer
 * @param fail told of a defect of ours, which must end the run and not lose a task
 * @param dictionaries of the records that it reads
 * @returns takes what the writer says
 */
export function createTaskReader(
  { seed, limits }: WorkerSetup,
  send: (batch: Batch, buffers: ArrayBuffer[]) => void,
  fail: (error: unknown) => void,
  dictionaries: ByDimension<Dictionary> = byDimension(() => createDictionary()),
): (message: ToWorker) => void {
  const accessDictionaries = byAccessDimension(() => createDictionary());
  const spare: ArrayBuffer[] = [];
  let inFlight = 0;
  let wake: (() => void) | undefined;
  let queue = Promise.resolve();

  async function post(batches: Batch[]): Promise<void> {
    for (const batch of batches) {
      while (inFlight >= IN_FLIGHT) {
        await new Promise<void>(resolve => {
          wake = resolve;
        });
      }
      inFlight++;
      const { payload, rows, access } = batch;
      send(batch, [payload.buffer, rows.buffer, ...(access ? [access.rows.buffer] : [])]);
    }
  }

  async function run(task: number, files: FileToRead[]): Promise<void> {
    const encoder = createRecordEncoder(seed, dictionaries, task, spare, accessDictionaries);
    for (const [file, { path, expected }] of files.entries()) {
      const known = expected && (await hashLogFile(path, file));
      // A stream that broke since then is news, even where all its bytes can still be had.
      const isSame = known?.sha256 === expected?.sha256 && (known?.damage === '' || expected?.isDamaged);
      if (known && isSame) encoder.finish(known);
      else await readLogFile(path, file, encoder, limits, () => post(encoder.take(false)));
      await post(encoder.take(false));
    }
    await post(encoder.take(true));
  }

  return message => {
    if (message.type === 'stored') {
      inFlight--;
      if (message.buffer.byteLength === PAYLOAD) spare.push(message.buffer);
      wake?.();
      wake = undefined;
    } else {
      queue = queue.then(() => run(message.task, message.files));
      queue.catch(fail);
    }
  };
}
