/** Reads documents in this process, without files and without an index. */

import { type Batch, type Rejected, ROW } from '../src/batch.js';
import { createDictionary } from '../src/bytes/dictionary.js';
import { byDimension } from '../src/dimensions.js';
import { createRecordEncoder } from '../src/read/encoder.js';
import { createSplitter } from '../src/read/splitter.js';
import type { SplitResult } from '../src/read/tally.js';

/** The records of a document, minified, when it comes in pieces of `size` bytes, and what else the reader says of it. */
export function readDocument(
  document: Buffer,
  size = Number.POSITIVE_INFINITY,
  maxRecordBytes = 1 << 20,
): { found: string[]; rejected: Rejected[]; result: SplitResult } {
  const dictionaries = byDimension(() => createDictionary());
  const encoder = createRecordEncoder(1, dictionaries, 0, []);
  const splitter = createSplitter({ file: 0, sink: encoder, maxRecordBytes });
  for (let at = 0; at < document.length; at += size)
    if (splitter.push(document.subarray(at, at + size), at + size >= document.length) === 'enough') break;
  const result = splitter.result();
  const batches: Batch[] = encoder.take(true);
  const found = batches.flatMap(({ payload, rows, rowCount }) =>
    Array.from({ length: rowCount }, (_, r) => {
      const start = rows[r * ROW.width + ROW.start]!;
      return Buffer.from(payload.subarray(start, start + rows[r * ROW.width + ROW.length]!)).toString();
    }),
  );
  return { found, rejected: batches.flatMap(batch => batch.rejected), result };
}
