/** The first events in the order of time that a statement leaves, found in the columns of the index. */

import { isoSecond } from '../../cloudtrail/time.js';
import { eventSegments } from '../../store/columns/segments.js';
import type { Db } from '../../store/open.js';
import { createPages } from '../columns/page.js';
import { selectColumns } from '../columns/selection.js';
import type { FirstByTime, FoundBy } from './emit/own-table.js';

/** So many events of one second are looked at: the order of those is the statement's. */
const MOST_ALIKE = 4096;

/**
 * @returns their ids, and those of all events with the time of the last: of equal times the statement says which comes
 *   first; undefined where a time is none that compares as its text does, or too many are of one second
 */
export function firstEvents(
  db: Db,
  { most, isNewest, pointed, first, last }: FirstByTime,
): number[] | undefined {
  const segments = [...eventSegments(db)];
  if (segments.some(({ oddTimes }) => oddTimes.size > 0)) return undefined;
  if (most === 0 || first > last) return [];
  const masks = new Map(pointed.map(of => [of.dimension, maskOf(db, of)]));
  const times = {
    ...(first > 0 ? { from: isoSecond(first) } : {}),
    ...(last < Number.MAX_SAFE_INTEGER ? { to: isoSecond(last) } : {}),
  };
  const selection = {
    ...selectColumns(segments, times, () => ({ masks, more: [] })),
    needsRows: false,
    verified: (ids: readonly number[]) => new Set(ids),
  };
  const pages = createPages(db, selection, { order: isNewest ? 'newest' : 'oldest' });
  const found = pages.next(most);
  const end = found.at(-1);
  if (!end || found.length < most) return found.map(({ id }) => id);
  const after = pages.next(MOST_ALIKE, end);
  const alike = after.filter(({ time }) => time === end.time);
  return alike.length === MOST_ALIKE ? undefined : [...found, ...alike].map(({ id }) => id);
}

/** Not remembered, as other statements are: each asks for other rows. */
function maskOf(db: Db, { dimension, rows }: FoundBy): Uint8Array {
  const last = db.prepare(`SELECT coalesce(max(id), 0) FROM ${dimension}`).pluck().get() as number;
  const mask = new Uint8Array(last + 1);
  for (const id of db.prepare(rows).pluck().iterate() as IterableIterator<number>) mask[id] = 1;
  return mask;
}
