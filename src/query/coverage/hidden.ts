/**
 * What could have hidden events from a question: the two statements that matter most, as data. An empty answer from logs
 * is no answer where these logs could not hold the event.
 */

import type { Db } from '../../store/open.js';
import { readableSeconds } from '../../store/times.js';
import { resolveFilters } from '../columns/spelling.js';
import type { Filters } from '../filter/filter.js';
import { parseTime } from '../filter/time.js';
import { objectEventsFor } from '../nothing-found.js';
import type { ObjectEvents } from '../object-events.js';
import { inSnapshot } from '../snapshot.js';
import { digestReason, notDownloadedReason } from './hidden-holes.js';
import { digestsStopEarly, incompleteReason, mayStopEarly } from './hidden-incomplete.js';
import { asksForObjects, categoryReason, noObjectsReason, objectTimesReason } from './hidden-kinds.js';
import { loggingReason, unrecordedReason } from './hidden-logging.js';
import { beyondReason, extentReason, outsideReason, placeReason } from './hidden-places.js';
import type { Hidden, Question } from './hidden-statement.js';

export interface HiddenOptions {
  /** The filters of the question. */
  filters: Filters;
  /** The time for relative times, and the end of what goes on. */
  now: Date;
  /**
   * Whether the answer has events: then certain holes are stated, digests that stop early where the question names a time
   * or a place, and since when there are object-level events of a bucket or a key.
   */
  found: boolean;
  /** Whether the filters are all that was asked; false for a statement of SQL or a name. Default true. */
  isWhole?: boolean | undefined;
  /** Whether the question is about S3 objects. Default: what its filters say; without all of them, no. */
  aboutObjects?: boolean | undefined;
  /** What is known of object-level events already; default: they are counted where they are needed. */
  objectEvents?: readonly ObjectEvents[] | undefined;
}

/** Statements at most: people do not read more beside an answer. */
const MOST = 2;

type Reason = () => Hidden[];

/**
 * What could have hidden events from a question, the most telling first, two statements at most.
 * @throws UsageError `BAD_TIME`, `BAD_VALUE` where the filters cannot be read
 */
export function hiddenBy(db: Db, options: HiddenOptions): Hidden[] {
  return inSnapshot(db, () => {
    const { filters } = resolveFilters(db, options.filters);
    const { now } = options;
    const second = (time: string | undefined): number | undefined =>
      time === undefined ? undefined : Date.parse(parseTime(time, now)) / 1000;
    const question: Question = { db, filters, now, first: second(filters.from), last: second(filters.to) };
    const hidden: Hidden[] = [];
    for (const reason of reasonsFor(question, options)) {
      if (hidden.length >= MOST) break;
      hidden.push(...reason());
    }
    return hidden.slice(0, MOST);
  });
}

/** What may have hidden events from a question, the most telling first. */
function reasonsFor(question: Question, options: HiddenOptions): Reason[] {
  const { found, isWhole = true } = options;
  const { objects, times } = objectReasons(question, options);
  const certain: Reason[] = [
    () => notDownloadedReason(question),
    () => digestReason(question),
    () => loggingReason(question),
    () => unrecordedReason(question, 'certain'),
  ];
  const { account, region, from, to } = question.filters;
  const isBounded = [account, region, from, to].some(value => value !== undefined);
  if (found)
    return [
      ...certain,
      // Beside an answer to a question about all there is, signs are not said.
      ...(isBounded && digestsStopEarly(question) ? [() => incompleteReason(question)] : []),
      objects,
      times,
    ];
  const signs: Reason[] = [
    () => (mayStopEarly(question) ? incompleteReason(question) : []),
    () => unrecordedReason(question, 'possible'),
  ];
  if (!isWhole)
    return [() => placeReason(question), ...certain, objects, ...signs, () => extentReason(question)];
  const elsewhere = [...outsideReason(question), ...placeReason(question)];
  const isOfBucket = question.filters.bucket !== undefined || question.filters.key !== undefined;
  return [
    () => elsewhere,
    ...(isOfBucket ? [objects] : []),
    ...certain,
    () => categoryReason(question),
    ...(isOfBucket ? [] : [objects]),
    ...signs,
    () => beyondReason(question),
    // Where no event can be, object-level events of other times and places say nothing.
    ...(elsewhere.length === 0 ? [times] : []),
  ];
}

/** What is known of object-level events, for a question about objects; they are counted once, where they are needed. */
function objectReasons(
  { db, filters, first, last }: Question,
  { filters: given, found, isWhole = true, aboutObjects, objectEvents }: HiddenOptions,
): { objects: Reason; times: Reason } {
  const isOfBucket = filters.bucket !== undefined || filters.key !== undefined;
  const isAsked = found ? isOfBucket : (aboutObjects ?? (isWhole && asksForObjects(filters)));
  let counts = objectEvents;
  const all = (): readonly ObjectEvents[] => {
    counts ??= isAsked ? objectEventsFor(db, given) : [];
    return isAsked ? counts : [];
  };
  const seconds = (text: string | null): number | undefined =>
    text === null ? undefined : readableSeconds(text);
  const isOutside = (firstEvent: string | null, lastEvent: string | null): boolean => {
    const [begin, end] = [seconds(firstEvent), seconds(lastEvent)];
    if (begin === undefined || end === undefined) return false;
    // Beside what was found it says since when there are any; a question without a beginning goes back for ever.
    if (found) return first === undefined || first < begin;
    return (first !== undefined && (first < begin || first > end)) || (last !== undefined && last < begin);
  };
  return {
    objects: () => all().flatMap(noObjectsReason),
    times: () => all().flatMap(one => objectTimesReason(one, isOutside)),
  };
}
