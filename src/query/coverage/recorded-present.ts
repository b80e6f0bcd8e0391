/** Kinds of events that an index has: what is there was recorded, whatever else the logs tell of trails. */

import { RESOURCE_TYPES } from '../../cloudtrail/data-events.js';
import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { ODD_TIME } from '../../store/times.js';
import { countedOf, type Group } from '../columns/counts.js';
import { compareText } from '../columns/order.js';
import { type Chosen, chosen, select } from '../columns/selection.js';
import { CATEGORY_SQLITE } from '../filter/category.js';
import { objectIn, objectsIn, textIn } from './trail-json.js';

/** A kind of events that the index has. */
export interface PresentKind {
  /** Account that received the records; null where they do not say it. */
  account: string | null;
  /** `Management`, `Data`, `Insight`, `NetworkActivity`, `Aggregated`. */
  category: string;
  /** Of data events and network activity events the service; null for others. */
  eventSource: string | null;
  /**
   * Of data events what they are about, `AWS::S3::Object`, as one event of each call says it, else by the service;
   * null where neither does.
   */
  resourceType: string | null;
  /** `true`, `false`, or null where the records do not say it. */
  readOnly: string | null;
  /** Number of events. */
  events: number;
  /** eventTime to the second; null where none has a time. */
  first: string | null;
  /** eventTime of the last one, to the second. */
  last: string | null;
}

/** For selections that have no relative time. */
const NO_TIME = new Date(0);
/** Calls of which an event is read. */
const MOST_SAMPLES = 500;

interface KindRow {
  id: number;
  account: string | null;
  category: string;
  eventSource: string | null;
  eventName: string | null;
  readOnly: string | null;
}

/**
 * Counts the kinds of events that the index has, by its columns.
 * @param also is given all events as well: reading the columns is what takes time
 * @returns by account
 */
export function presentKinds(db: Db, also: (events: Chosen) => void): PresentKind[] {
  const rows = prepared(
    db,
    `SELECT id, recipientaccountid AS account, ${CATEGORY_SQLITE} AS category, eventsource AS eventSource,
      eventname AS eventName, readonly AS readOnly
    FROM kind ORDER BY id`,
  ).all() as KindRow[];
  const counts = countsOf(db, rows.at(-1)?.id ?? 0, also);
  const typeOf = createTypes(db);
  const kinds = new Map<string, Group>();
  for (const row of rows) {
    const { id, account, category, eventSource, readOnly } = row;
    const group = counts(id);
    if (group.events === 0) continue;
    const source = category === 'Data' || category === 'NetworkActivity' ? eventSource : null;
    const type = category === 'Data' ? typeOf(row) : null;
    const values = [account, category, source, type, readOnly];
    const key = JSON.stringify(values);
    const known = kinds.get(key);
    if (known) addTo(known, group);
    else kinds.set(key, { ...group, values });
  }
  return [...kinds.values()].map(presentKind).sort(compareKinds);
}

/** By the row of `kind`. */
interface Counts {
  events: Float64Array;
  /** Seconds since 1970; Infinity and -Infinity where no event has a time. */
  first: Float64Array;
  last: Float64Array;
}

/** Counts the events by the row of `kind` that they point to. A loop over two columns: groupings take half as long again. */
function countsOf(db: Db, end: number, also: (events: Chosen) => void): (kind: number) => Group {
  const counts: Counts = {
    events: new Float64Array(end + 1),
    first: new Float64Array(end + 1).fill(Number.POSITIVE_INFINITY),
    last: new Float64Array(end + 1).fill(Number.NEGATIVE_INFINITY),
  };
  for (const events of chosen(select(db, {}, NO_TIME))) {
    addEvents(counts, events);
    also(events);
    events.segment.release();
  }
  const orUndefined = (seconds: number): number | undefined =>
    Number.isFinite(seconds) ? seconds : undefined;
  return kind => ({
    values: [],
    events: counts.events[kind]!,
    errors: 0,
    first: orUndefined(counts.first[kind]!),
    last: orUndefined(counts.last[kind]!),
  });
}

function addEvents({ events, first, last }: Counts, { segment, places }: Chosen): void {
  const [times, kinds] = [segment.times(), segment.pointers('kind')];
  const hasOdd = segment.oddTimes.size > 0;
  for (let i = 0; i < places.length; i++) {
    const place = places[i]!;
    const kind = kinds[place]!;
    events[kind]!++;
    // The odd ones are rare, and numbers with a fraction are slower.
    if (hasOdd && times[place] === ODD_TIME) continue;
    const time = times[place]!;
    if (time < first[kind]!) first[kind] = time;
    if (time > last[kind]!) last[kind] = time;
  }
  for (const [place, time] of segment.oddTimes) {
    const kind = kinds[place]!;
    if (time === null || kind === 0) continue;
    if (time < first[kind]!) first[kind] = time;
    if (time > last[kind]!) last[kind] = time;
  }
}

function presentKind(group: Group): PresentKind {
  const [account = null, category, eventSource = null, resourceType = null, readOnly = null] = group.values;
  const { events, first, last } = countedOf(group);
  return { account, category: category!, eventSource, resourceType, readOnly, events, first, last };
}

function addTo(sum: Group, { events, first, last }: Group): void {
  sum.events += events;
  if (first !== undefined) sum.first = Math.min(sum.first ?? first, first);
  if (last !== undefined) sum.last = Math.max(sum.last ?? last, last);
}

function compareKinds(a: PresentKind, b: PresentKind): number {
  return (
    compareText(a.account, b.account) ||
    compareText(a.category, b.category) ||
    compareText(a.eventSource, b.eventSource) ||
    compareText(a.resourceType, b.resourceType) ||
    compareText(a.readOnly, b.readOnly)
  );
}

/** Gives what the data events of a kind are about: of each call one event is read. */
function createTypes(db: Db): (row: KindRow) => string | null {
  const sample = prepared(
    db,
    'SELECT resources FROM detail WHERE id = (SELECT id FROM event WHERE kind_id = ? LIMIT 1)',
  ).pluck();
  const types = new Map<string, string | null>();
  return ({ id, eventSource, eventName }) => {
    const key = JSON.stringify([eventSource, eventName]);
    let type = types.get(key);
    if (type !== undefined) return type;
    const bySource = RESOURCE_TYPES.get(eventSource ?? '') ?? null;
    type = (types.size < MOST_SAMPLES ? typeIn(sample.get(id)) : null) ?? bySource;
    types.set(key, type);
    return type;
  };
}

/** The type among a record's resources; those of objects name their bucket as well. */
function typeIn(resources: unknown): string | null {
  const list = objectsIn(objectIn(`{"resources":${resources}}`), 'resources');
  const types = (list?.items ?? []).map(item => textIn(item, 'type')).filter(type => type !== null);
  return types.find(type => type !== 'AWS::S3::Bucket') ?? null;
}
