/** What an event is marked with: its bytes may not be CloudTrail's, or its file holds it no longer. */

import type { Db } from '../store/open.js';
import { prepared } from '../store/statements.js';
import type { LogSource } from './log-source.js';

export type Mark = 'suspect' | 'removed';

/** What a mark says, in words. */
export const MARK_TEXTS: Readonly<Record<Mark, string>> = {
  suspect: 'the gzip checksum of the file does not hold: this may not be what CloudTrail wrote (is_suspect)',
  removed: 'the file holds this no longer: it was cut, damaged or replaced (is_removed)',
};

/** Whether any file gives its events a mark. */
export function hasMarks(db: Db): boolean {
  return prepared(db, 'SELECT 1 FROM file WHERE is_suspect OR is_replaced LIMIT 1').get() !== undefined;
}

/** Gives the marks of the event with an `event_rowid`, or of the line with an `access_rowid`. Costs nothing where no file gives any. */
export function createMarks(db: Db, source: LogSource = 'cloudtrail'): (id: number) => Mark[] {
  if (!hasMarks(db)) return () => [];
  const find = prepared(
    db,
    `SELECT f.is_suspect, f.is_replaced FROM ${source === 'cloudtrail' ? 'event' : 'access_log'} AS e
    JOIN file AS f ON f.id = e.file_id WHERE e.id = ?`,
  );
  return id => {
    const [suspect, removed] = find.raw(true).get(id) as [number, number];
    return [...(suspect ? ['suspect' as const] : []), ...(removed ? ['removed' as const] : [])];
  };
}
