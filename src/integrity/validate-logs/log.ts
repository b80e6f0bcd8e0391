/** The log files that a digest lists, compared with what the ledger says of their copies. */

import type { Db } from '../../store/open.js';
import type { Bucket, ObjectFile } from './bucket.js';
import { awsStreamOf, isPlain } from './stream.js';

/** A log file, and why it is invalid in the words of the AWS CLI; empty where it is valid. */
export interface LogResult {
  bucket: string;
  key: string;
  reason: string;
}

const INVALID_FORMAT = 'invalid format';
const OTHER_HASH = "hash value doesn't match";

/** Prepares to check the log files of digests, in the order in which each lists them. */
export function createLogCheck(db: Db, files: Bucket): (digestId: number) => Generator<LogResult> {
  const listed = db.prepare(
    'SELECT bucket, object, hash FROM listed_file WHERE digest_id = ? ORDER BY ordinal',
  );
  return function* (digestId) {
    // All at once: the caller runs other statements between two results, which an open iterator would not allow.
    const rows = listed.all(digestId) as Array<{
      bucket: string | null;
      object: string | null;
      hash: string | null;
    }>;
    for (const { bucket, object, hash } of rows) {
      if (bucket === null || object === null) {
        yield { bucket: bucket ?? 'None', key: object ?? 'None', reason: INVALID_FORMAT };
        continue;
      }
      yield { bucket, key: object, reason: whatIsWrong(files.fileOf(bucket, object), hash) };
    }
  };
}

function whatIsWrong(file: ObjectFile | undefined, hash: string | null): string {
  if (!file) return 'not found';
  const stream = awsStreamOf(file);
  if (stream === 'trailing') return 'unexpected data after end of compressed stream';
  if (stream === 'broken') return INVALID_FORMAT;
  if (stream === 'cut') return OTHER_HASH;
  if (file.sha256 === hash) return '';
  // The AWS CLI tells by the first two bytes that an object is not gzip.
  return isPlain(file) && file.size! > 1 ? INVALID_FORMAT : OTHER_HASH;
}
