/** Which of the log files that digests list are in the index: by name, wherever a copy lies, compressed or not. */

import { commonName } from '../../cloudtrail/file-name.js';
import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';

/** Days of which files are looked for one by one; of more, all files are read. */
const MOST_DAYS = 16;

/**
 * Those of some log files that are not in the index. A file that was read and failed is here. A file of the same name has
 * the same day in it, so that only files with the days of these are read.
 * @param objects keys as digests have them
 */
export function missingOf(db: Db, objects: readonly string[]): Set<string> {
  if (objects.length === 0) return new Set();
  const days = new Set(objects.map(object => /_\d{8}T/.exec(commonName(object))?.[0]));
  const isNarrow = days.size <= MOST_DAYS && !days.has(undefined);
  const paths = prepared(
    db,
    `SELECT path FROM file WHERE NOT is_replaced AND state <> 'skipped'
      ${isNarrow ? `AND (${[...days].map(() => 'instr(path, ?)').join(' OR ')})` : ''}`,
  ).pluck();
  const names = new Set<string>();
  for (const path of paths.iterate(...(isNarrow ? days : [])) as IterableIterator<string>)
    names.add(commonName(path));
  return new Set(objects.filter(object => !names.has(commonName(object))));
}
