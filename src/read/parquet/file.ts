/** One Parquet file among log files: what the ledger says of it, and its records. */

import { createHash } from 'node:crypto';
import type { FileResult } from '../../batch.js';
import { BAD_UTF8, tooLarge } from '../damage.js';
import type { Inflated } from '../inflate.js';
import { pieces } from '../source.js';
import type { SplitResult } from '../tally.js';
import { ParquetFault } from './fault.js';
import {
  isParquet,
  NO_RECORDS,
  type ParquetReading,
  readParquet,
  sourceOfBytes,
  sourceOfFile,
} from './read.js';

/**
 * Reads a Parquet file, which is taken in any order; undefined where it is none.
 * @param inflated its bytes, where it is short enough to be held
 */
export async function readTable(
  path: string,
  inflated: Inflated | undefined,
  result: FileResult,
  reading: ParquetReading,
): Promise<SplitResult | undefined> {
  const file = inflated ? undefined : sourceOfFile(path);
  const source = file ?? sourceOfBytes(inflated!.bytes);
  try {
    if (!isParquet(source)) return undefined;
    result.inflatedBytes = source.size;
    result.damage = inflated?.damage ?? '';
    result.isSuspect = inflated?.isSuspect ?? false;
    result.sha256 = await hashOf(inflated ? [inflated.bytes] : pieces(path));
    const table = await readParquet(source, reading);
    if (table.isOverFileLimit) result.damage = tooLarge(reading);
    else if (table.skipped) result.damage ||= table.damage;
    else if (table.isReplaced) result.damage ||= BAD_UTF8;
    result.isSuspect ||= table.isSuspect;
    return table;
  } catch (error) {
    if (!(error instanceof ParquetFault)) throw error;
    result.damage = error.message;
    return { ...NO_RECORDS, skipped: error.message };
  } finally {
    file?.close();
  }
}

async function hashOf(bytes: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of bytes) hash.update(piece);
  return hash.digest('hex');
}
