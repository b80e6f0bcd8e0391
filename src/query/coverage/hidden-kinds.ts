/** Events that are hidden since nothing of their kind was recorded: object-level events, and whole categories. */

import { prepared } from '../../store/statements.js';
import { CATEGORY_SQLITE } from '../filter/category.js';
import type { ObjectEvents } from '../object-events.js';
import type { Hidden, Question } from './hidden-statement.js';
import { wantedValues } from './place.js';

/** What is known of object-level events, where there are none, or where there are some. */
export function objectReason(
  { bucket, events, first, last }: ObjectEvents,
  wanted: 'none' | 'some',
): Hidden[] {
  if (events > 0 !== (wanted === 'some')) return [];
  const of = bucket === undefined ? '' : ` of ${bucket}`;
  const text =
    events > 0
      ? `object-level events${of} in these logs: ${events.toLocaleString('en-US')}, from ${first ?? '-'} to ${last ?? '-'}`
      : `no object-level events${of} are in these logs: CloudTrail records GetObject, PutObject, DeleteObject only where data events are switched on for the bucket`;
  const kind = events > 0 ? 'object events' : 'no object events';
  return [{ kind, text, from: first, to: last, count: events, name: bucket ?? null }];
}

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
