/** What the index has where a question found nothing, and what in the question may have kept events out. */

import { eventSegments } from '../store/columns/segments.js';
import type { Db } from '../store/open.js';
import { prepared } from '../store/statements.js';
import { secondText, spanOf } from './columns/selection.js';
import { resolveFilters } from './columns/spelling.js';
import type { Filters } from './filter/filter.js';
import { type ObjectEvents, objectEvents } from './object-events.js';
import { inSnapshot } from './snapshot.js';
import { untimedEvents } from './status.js';

export interface NothingFound {
  /** Events of the index, and the times of those that have one. */
  events: number;
  /** eventTime of the first event of the index; null where none has a time. */
  first: string | null;
  /** eventTime of the last one. */
  last: string | null;
  /** Events that no range of time has; 0 where none was asked for. */
  untimed: number;
  /** Events that do not say whether they only read; 0 where that was not asked for. */
  withoutReadOnly: number;
  /** Object-level events of the buckets that were asked for, else of all. */
  objectEvents: ObjectEvents[];
}

/** What there is to say about a question that found nothing. */
export function nothingFound(db: Db, filters: Filters): NothingFound {
  return inSnapshot(db, () => {
    const { from, to, readOnly } = filters;
    return {
      ...extent(db),
      untimed: from === undefined && to === undefined ? 0 : untimedEvents(db),
      withoutReadOnly: readOnly === undefined ? 0 : withoutReadOnly(db),
      objectEvents: objectEventsFor(db, filters),
    };
  });
}

/** Object-level events of each bucket that the filters ask for, else of all. */
export function objectEventsFor(db: Db, filters: Filters): ObjectEvents[] {
  const wanted = [resolveFilters(db, filters).filters.bucket ?? []]
    .flat()
    .filter(bucket => !bucket.startsWith('!'))
    .map(bucket => bucket.replace(/^\\!/, '!'));
  if (wanted.length === 0) return [objectEvents(db)];
  return [...new Set(wanted)].slice(0, MOST_BUCKETS).map(bucket => objectEvents(db, bucket));
}

/** Buckets that are looked at: each costs a pass over the columns. */
const MOST_BUCKETS = 5;

function extent(db: Db): Pick<NothingFound, 'events' | 'first' | 'last'> {
  let events = 0;
  for (const { count } of eventSegments(db)) events += count;
  const span = spanOf(db);
  if (!span) return { events, first: null, last: null };
  return { events, first: secondText(span.first), last: secondText(span.last) };
}

function withoutReadOnly(db: Db): number {
  return prepared(
    db,
    'SELECT count(*) FROM event WHERE kind_id IN (SELECT id FROM kind WHERE readonly IS NULL)',
  )
    .pluck()
    .get() as number;
}
