/** Events that are hidden since nothing of their kind was recorded: object-level events, and whole categories. */

import { OBJECT_EVENTS, S3_SOURCES } from '../../cloudtrail/categories.js';
import { prepared } from '../../store/statements.js';
import { CATEGORY_SQLITE } from '../filter/category.js';
import type { Filters } from '../filter/filter.js';
import type { ObjectEvents } from '../object-events.js';
import type { Hidden, Question } from './hidden-statement.js';
import { wantedValues } from './place.js';

/** Whether a question is about S3 objects: by bucket or key, the names of its events, their category or their service. */
export function asksForObjects({
  bucket,
  key,
  eventName,
  category,
  service,
  resourceType,
}: Filters): boolean {
  const lower = (values: Filters['eventName']): string[] =>
    wantedValues(values).map(value => value.toLowerCase());
  const names = lower(eventName);
  const categories = lower(category);
  if (key !== undefined) return true;
  if (categories.length > 0 && !categories.includes('data')) return false;
  if (names.length > 0)
    return names.some(name => OBJECT_NAMES.has(name) || /object.*[*?]|[*?].*object/.test(name));
  return (
    bucket !== undefined ||
    categories.length > 0 ||
    lower(service).some(
      value => S3_SOURCES.includes(value) || S3_SOURCES.includes(`${value}.amazonaws.com`),
    ) ||
    lower(resourceType).includes('aws::s3::object')
  );
}

const OBJECT_NAMES: ReadonlySet<string> = new Set(OBJECT_EVENTS.map(name => name.toLowerCase()));

/** That there are no object-level events at all, or none of the bucket. */
export function noObjectsReason({ bucket, events }: ObjectEvents): Hidden[] {
  if (events > 0) return [];
  const text = `no object-level events${ofBucket(bucket)} are in these logs: CloudTrail records GetObject, PutObject, DeleteObject only where data events are switched on for the bucket`;
  return [{ kind: 'no object events', text, from: null, to: null, count: 0, name: bucket ?? null }];
}

/** From when to when there are object-level events, where the time that was asked for begins before, or goes beyond all of them. */
export function objectTimesReason(
  { bucket, events, first, last }: ObjectEvents,
  isOutside: (firstEvent: string | null, lastEvent: string | null) => boolean,
): Hidden[] {
  if (events === 0 || !isOutside(first, last)) return [];
  const text = `object-level events${ofBucket(bucket)} in these logs: ${events.toLocaleString('en-US')}, from ${first ?? '-'} to ${last ?? '-'}`;
  return [{ kind: 'object events', text, from: first, to: last, count: events, name: bucket ?? null }];
}

const ofBucket = (bucket: string | undefined): string => (bucket === undefined ? '' : ` of ${bucket}`);

/** What a trail records only where it is told to, by the category in lower case. */
const SWITCHED_ON: Readonly<Record<string, string>> = {
  data: 'Data',
  insight: 'Insight',
  networkactivity: 'NetworkActivity',
};

/** A category that was asked for, and of which no event is here. */
export function categoryReason({ db, filters }: Question): Hidden[] {
  const wanted = wantedValues(filters.category).map(value => value.toLowerCase());
  if (wanted.length === 0 || !wanted.every(value => Object.hasOwn(SWITCHED_ON, value))) return [];
  const isThere = prepared(
    db,
    `SELECT EXISTS (SELECT 1 FROM kind WHERE lower(${CATEGORY_SQLITE}) IN (SELECT value FROM json_each(?)))`,
  )
    .pluck()
    .get(JSON.stringify(wanted));
  if (isThere === 1) return [];
  const name = wanted.map(value => SWITCHED_ON[value]!).join(' or ');
  const text = `no ${name} events are in these logs: a trail records them only where they are switched on`;
  return [{ kind: 'category', text, from: null, to: null, count: 0, name }];
}
