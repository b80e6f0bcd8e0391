/**
 * Whether the logs have object-level events of a bucket at all: CloudTrail records them only where data events are
 * switched on for it, so that without them no answer says that an object was not touched.
 */

import { S3_SOURCES } from '../cloudtrail/categories.js';
import type { Db } from '../store/open.js';
import { chosen, secondsOf, secondText, select } from './columns/selection.js';
import { CATEGORY_SQLITE } from './filter/category.js';
import type { DimensionCondition } from './filter/condition.js';
import { literals } from './filter/sql-text.js';
import { inSnapshot } from './snapshot.js';

/** The object-level events of a bucket, or of all buckets. */
export interface ObjectEvents {
  /** Undefined for all buckets. */
  bucket: string | undefined;
  /** Number of object-level events. */
  events: number;
  /** eventTime to the second; null where there are none, or none has a time. */
  first: string | null;
  /** eventTime of the last one, to the second. */
  last: string | null;
}

const OBJECT_KINDS: DimensionCondition = {
  home: 'kind',
  onHome: { text: `eventsource IN (${literals(S3_SOURCES)}) AND ${CATEGORY_SQLITE} = 'Data'`, params: [] },
  holdsForNone: false,
};

/**
 * Counts the object-level events of S3: of one bucket, or of all.
 * @param bucket its name as events have it
 */
export function objectEvents(db: Db, bucket?: string): ObjectEvents {
  const ofBucket: DimensionCondition[] =
    bucket === undefined
      ? []
      : [{ home: 'bucket', onHome: { text: 'bucketname = ?', params: [bucket] }, holdsForNone: false }];
  return inSnapshot(db, () => {
    let events = 0;
    let first = Number.POSITIVE_INFINITY;
    let last = Number.NEGATIVE_INFINITY;
    for (const { segment, places } of chosen(select(db, {}, NO_TIME, [...ofBucket, OBJECT_KINDS]))) {
      events += places.length;
      const { earliest, latest, oddTimes } = segment;
      // What lies between the times that are known already need not be looked at.
      if (oddTimes.size > 0 || earliest < first || latest > last) {
        const times = segment.times();
        for (let i = 0; i < places.length; i++) {
          const time = oddTimes.size > 0 ? secondsOf(segment, places[i]!) : times[places[i]!]!;
          if (time === undefined) continue;
          if (time < first) first = time;
          if (time > last) last = time;
        }
      }
      segment.release();
    }
    const text = (seconds: number): string | null => (Number.isFinite(seconds) ? secondText(seconds) : null);
    return { bucket, events, first: text(first), last: text(last) };
  });
}

/** For selections that have no relative time. */
const NO_TIME = new Date(0);
