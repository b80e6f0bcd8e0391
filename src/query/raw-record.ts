/** A record as its log file has it. */

import type { FileResult } from '../batch.js';
import { IndexError } from '../errors.js';
import { BAD_UTF8 } from '../read/damage.js';
import { readLogFile } from '../read/file.js';
import type { Source } from './event-summary.js';

/**
 * The record's exact bytes from its original file.
 * @throws UsageError `SOURCE_NOT_TEXT`, `SOURCE_GONE`, `SOURCE_CHANGED` where the file is not there, or not as it was indexed
 */
export async function rawRecord({ path, ordinal, sha256 }: Source): Promise<Buffer> {
  let found: Buffer | undefined;
  let file: FileResult | undefined;
  await readLogFile(
    path,
    0,
    {
      add({ bytes, start, end }, origin) {
        if (origin.ordinal === ordinal) found = Buffer.from(bytes.subarray(start, end));
      },
      reject() {},
      finish(result) {
        file = result;
      },
    },
    // Whatever was stored was within the limits of its time.
    { maxRecordBytes: Number.MAX_SAFE_INTEGER, maxFileBytes: Number.MAX_SAFE_INTEGER },
    async () => {},
  );
  if (file?.state === 'failed') {
    throw new IndexError('SOURCE_GONE', `cannot read the original file ${path}: ${file.reason}`, WITHOUT_RAW);
  }
  if (sha256 === null) {
    throw new IndexError(
      'SOURCE_CHANGED',
      `${path} has no recorded hash: it was not read to its end`,
      WITHOUT_RAW,
    );
  }
  if (file?.damage === BAD_UTF8) {
    throw new IndexError(
      'SOURCE_NOT_TEXT',
      `${path} has bytes that are not UTF-8; its record was stored with U+FFFD in their place`,
      WITHOUT_RAW,
    );
  }
  if (file?.sha256 !== sha256 || !found) {
    throw new IndexError(
      'SOURCE_CHANGED',
      `${path} has changed since it was indexed: its SHA-256 is not the recorded one`,
      WITHOUT_RAW,
    );
  }
  return found;
}

const WITHOUT_RAW = 'the record itself is in the index';
