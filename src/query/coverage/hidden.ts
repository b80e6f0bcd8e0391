/**
 * What could have hidden events from a question: the two statements that matter most, as data. An empty answer from logs
 * is no answer where these logs could not hold the event.
 */

import type { Db } from '../../store/open.js';
import { resolveFilters } from '../columns/spelling.js';
import type { Filters } from '../filter/filter.js';
import { parseTime } from '../filter/time.js';
import { objectEventsFor } from '../nothing-found.js';
import type { ObjectEvents } from '../object-events.js';
import { inSnapshot } from '../snapshot.js';
import { loggingReason, notDownloadedReason } from './hidden-holes.js';
import { categoryReason, objectReason } from './hidden-kinds.js';
import { beyondReason, extentReason, outsideReason, placeReason } from './hidden-places.js';
import type { Hidden, Question } from './hidden-statement.js';

export interface HiddenOptions {
  /** The filters of the question. */
  filters: Filters;
  /** The time for relative times, and the end of what goes on. */
  now: Date;
  /** Whether the answer has events: then only certain holes are stated, and what is known of object-level events. */
  found: boolean;
  /** Whether the filters are all that was asked; false for a statement of SQL or a name. Default true. */
  isWhole?: boolean | undefined;
  /** What is known of object-level events already; default: they are counted where they are needed. */
  objectEvents?: readonly ObjectEvents[] | undefined;
}

/** Statements at most: people do not read more beside an answer. */
const MOST = 2;

/**
 * What could have hidden events from a question, the most telling first, two statements at most.
 * @throws UsageError `BAD_TIME`, `BAD_VALUE` where the filters cannot be read
 */
export function hiddenBy(
  db: Db,
  { filters: given, now, found, isWhole = true, objectEvents }: HiddenOptions,
): Hidden[] {
  return inSnapshot(db, () => {
    const { filters } = resolveFilters(db, given);
    const second = (time: string | undefined): number | undefined =>
      time === undefined ? undefined : Date.parse(parseTime(time, now)) / 1000;
    const question: Question = { db, filters, now, first: second(filters.from), last: second(filters.to) };
    const asksObjects = filters.bucket !== undefined || filters.key !== undefined;
    let known = objectEvents;
    const objects = (wanted: 'none' | 'some'): Hidden[] => {
      known ??= objectEventsFor(db, given);
      return known.flatMap(one => objectReason(one, wanted));
    };
    const holes = [() => notDownloadedReason(question), () => loggingReason(question)];
    const reasons: Array<() => Hidden[]> = found
      ? [...holes, ...(asksObjects ? [() => objects('none'), () => objects('some')] : [])]
      : isWhole
        ? [
            () => outsideReason(question),
            () => placeReason(question),
            ...(asksObjects ? [() => objects('none')] : []),
            ...holes,
            () => categoryReason(question),
            ...(asksObjects ? [] : [() => objects('none')]),
            () => beyondReason(question),
            () => objects('some'),
          ]
        : [...holes, () => objects('none'), () => extentReason(question)];
    const hidden: Hidden[] = [];
    for (const reason of reasons) {
      if (hidden.length >= MOST) break;
      hidden.push(...reason());
    }
    return hidden.slice(0, MOST);
  });
}
