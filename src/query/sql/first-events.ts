/** The first events in the order of time that a statement leaves, or all of them, found in the columns of the index. */

import { isoSecond } from '../../cloudtrail/time.js';
import { eventSegments } from '../../store/columns/segments.js';
import type { Db } from '../../store/open.js';
import { maskOf } from '../columns/masks.js';
import { createPages } from '../columns/page.js';
import { type ColumnSelection, chosenByColumns, selectColumns } from '../columns/selection.js';
import type { FirstByTime } from './emit/own-table.js';

/** So many events of one second are looked at: the order of those is the statement's. */
const MOST_ALIKE = 4096;
/** So many are put in order here; of more, all are found and the statement sorts them. */
const MOST_IN_ORDER = 100_000;
/** Ids in memory. */
const MOST_FOUND = 2_000_000;

/**
 * @param isRun false where only the plan is asked for: then none is looked for
 * @returns their ids, and those of all events with the time of the last: of equal times the statement says which comes
 *   first; undefined where a time is none that compares as its text does, or too many are of one second
 */
export function firstEvents(
  db: Db,
  { most, isNewest, pointed, first, last }: FirstByTime,
  isRun: boolean,
): number[] | undefined {
  const segments = [...eventSegments(db)];
  if (segments.some(({ oddTimes }) => oddTimes.size > 0)) return undefined;
  if (!isRun || most === 0 || first > last) return [];
  const masks = new Map(
    pointed.map(({ dimension, rows }) => {
      // Not remembered, as other statements are: each asks for other rows.
      const ids = db.prepare(rows).pluck().all() as number[];
      return [dimension, maskOf(db, dimension, ids)];
    }),
  );
  const times = {
    ...(first > 0 ? { from: isoSecond(first) } : {}),
    ...(last < Number.MAX_SAFE_INTEGER ? { to: isoSecond(last) } : {}),
  };
  const columns = selectColumns(segments, times, () => ({ masks, more: [] }));
  if (most > MOST_IN_ORDER) return allEvents(columns);
  const selection = { ...columns, needsRows: false, verified: (ids: readonly number[]) => new Set(ids) };
  const pages = createPages(db, selection, { order: isNewest ? 'newest' : 'oldest' });
  const found = pages.next(most);
  const end = found.at(-1);
  if (!end || found.length < most) return found.map(({ id }) => id);
  const after = pages.next(MOST_ALIKE, end);
  const alike = after.filter(({ time }) => time === end.time);
  return alike.length === MOST_ALIKE ? undefined : [...found, ...alike].map(({ id }) => id);
}

/** All that pass; undefined where they are too many. */
function allEvents(columns: ColumnSelection): number[] | undefined {
  const ids: number[] = [];
  for (const { segment, places } of chosenByColumns(columns)) {
    if (ids.length + places.length > MOST_FOUND) return undefined;
    for (const place of places) ids.push(segment.first + place);
    segment.release();
  }
  return ids;
}
