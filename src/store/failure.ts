/** What an error of SQLite means while an index is written, and what to do about it. */

import { codeOf, IndexError, messageOf } from '../errors.js';

/** What the system says where pages are written without SQLite. */
const FILE_ERRORS = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG', 'EROFS']);

const AGAIN = 'run the same command again: it goes on where it stopped';

/**
 * The error to throw where the writing of the index at `path` failed. What was committed before is sound, and the next
 * run completes it. Errors that are not SQLite's come back as they are.
 */
export function writingFailed(path: string, error: unknown): unknown {
  const code = codeOf(error);
  if (error instanceof IndexError || !(code.startsWith('SQLITE_') || FILE_ERRORS.has(code))) return error;
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT')
    return new IndexError('DISK_FULL', `the disk of ${path} is full`, `free some space and ${AGAIN}`, {
      cause: error,
    });
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
    return new IndexError(
      'INDEX_DAMAGED',
      `the index ${path} is damaged: ${messageOf(error)}`,
      'delete it and ingest again; your log files are not affected',
      { cause: error },
    );
  return new IndexError(
    'INDEX_UNWRITABLE',
    `cannot write the index ${path}: ${messageOf(error)} (${code})`,
    `check the disk and its free space, then ${AGAIN}`,
    { cause: error },
  );
}
