/** Which of the log files that digests list are in the index. */

import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { fileName } from './delivery-time.js';

/** The files of the index, by what digests call them. */
export interface LocalFiles {
  /** Whether the log file with this key is in the index, compressed or not, in whatever folder. */
  has(object: string): boolean;
}

/** Whether the index has any digest: without one nothing is known of files that are not here. */
export function hasDigests(db: Db): boolean {
  return prepared(db, 'SELECT EXISTS (SELECT 1 FROM digest)').pluck().get() === 1;
}

/**
 * The files of the index. CloudTrail gives every log file a name of its own, so that a copy is found by it wherever it
 * was put; one that was read and failed is here as well.
 */
export function localFilesOf(db: Db): LocalFiles {
  const names = new Set<string>();
  const paths = prepared(db, "SELECT path FROM file WHERE NOT is_replaced AND state <> 'skipped'").pluck();
  for (const path of paths.iterate() as IterableIterator<string>) names.add(fileName(path));
  return { has: object => names.has(fileName(object)) };
}
