/** Kinds of events that an index has: what is there was recorded, whatever else the logs tell of trails. */

import type { Dimension } from '../../dimensions.js';
import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import type { EventColumn } from '../columns/column.js';
import { count, countedOf, type Group } from '../columns/counter.js';
import { type Grouping, groupingsBy } from '../columns/grouping.js';
import { compareText } from '../columns/order.js';
import { chosen, secondsOf, select } from '../columns/selection.js';
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
   * Of data events what they are about, `AWS::S3::Object`, as the first event of each call says it, else by the service;
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

/** What data events of a service are about, where their records do not say it (User Guide, "Logging data events"). */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['s3.amazonaws.com', 'AWS::S3::Object'],
  ['s3express.amazonaws.com', 'AWS::S3Express::Object'],
  ['s3-outposts.amazonaws.com', 'AWS::S3Outposts::Object'],
  ['s3-object-lambda.amazonaws.com', 'AWS::S3ObjectLambda::AccessPoint'],
  ['lambda.amazonaws.com', 'AWS::Lambda::Function'],
  ['dynamodb.amazonaws.com', 'AWS::DynamoDB::Table'],
]);

const ofKind = (name: string, expression: string): EventColumn => ({
  name,
  column: name,
  home: 'kind' satisfies Dimension,
  expression,
  isNumber: false,
  ofNone: null,
});
const onlyOf = (categories: string, column: string): string =>
  `CASE WHEN ${CATEGORY_SQLITE} IN (${categories}) THEN ${column} END`;
const COLUMNS = [
  ofKind('account', 'recipientaccountid'),
  ofKind('category', CATEGORY_SQLITE),
  ofKind('source', onlyOf("'Data', 'NetworkActivity'", 'eventsource')),
  // By the call, because calls of one service may be about different things.
  ofKind('call', onlyOf("'Data'", 'eventname')),
  ofKind('readonly', 'readonly'),
];

/** The kinds of events that an index has, and how many were when. */
export interface Present {
  /** By account. */
  kinds: PresentKind[];
  /**
   * Events of an account between two of the boundaries, without those of the very seconds: the call that stops a trail
   * is recorded by that trail.
   * @param readOnly `true` or `false`; undefined for all
   * @param to undefined where there is no end
   */
  within(
    account: string | null,
    of: { category: string; readOnly?: string },
    from: number,
    to?: number,
  ): number;
}

/**
 * Counts the kinds of events that the index has, by its columns.
 * @param boundaries seconds since 1970 between which they will be asked for, in order, each once
 */
export function presentKinds(db: Db, boundaries: readonly number[]): Present {
  const byTime = boundaries.length > 0 ? [groupingByBoundaries(boundaries)] : [];
  const groups = count(db, chosen(select(db, {}, NO_TIME)), [
    ...groupingsBy(db, COLUMNS),
    ...byTime,
  ]).groups();
  const typeOf = createTypes(db);
  const kinds = new Map<string, { kind: Omit<PresentKind, 'events' | 'first' | 'last'>; group: Group }>();
  const stretches = new Map<string, Map<number, number>>();
  for (const group of groups) {
    const [account = null, category = null, eventSource = null, call = null, readOnly = null, stretch] =
      group.values;
    if (category === null) continue;
    const resourceType = category === 'Data' ? typeOf(eventSource, call) : null;
    const kind = { account, category, eventSource, resourceType, readOnly };
    const key = JSON.stringify(Object.values(kind));
    const known = kinds.get(key);
    if (known) addTo(known.group, group);
    else kinds.set(key, { kind, group: { ...group } });
    if (typeof stretch !== 'string') continue;
    const counts = stretches.get(stretchKey(account, category, readOnly)) ?? new Map<number, number>();
    stretches.set(stretchKey(account, category, readOnly), counts);
    counts.set(Number(stretch), (counts.get(Number(stretch)) ?? 0) + group.events);
  }
  const indexOf = new Map(boundaries.map((boundary, i) => [boundary, i]));
  const sums = new Map([...stretches].map(([key, counts]) => [key, sumsOf(counts)]));
  return {
    kinds: [...kinds.values()].map(presentKind).sort(compareKinds),
    within(account, { category, readOnly }, from, to) {
      const first = 2 * indexOf.get(from)! + 2;
      const last = to === undefined ? Number.POSITIVE_INFINITY : 2 * indexOf.get(to)!;
      let events = 0;
      for (const value of readOnly === undefined ? [null, 'true', 'false'] : [readOnly]) {
        const sum = sums.get(stretchKey(account, category, value));
        if (sum) events += sum(last + 1) - sum(first);
      }
      return events;
    },
  };
}

/** Gives the number of events at the places before one. */
function sumsOf(counts: ReadonlyMap<number, number>): (place: number) => number {
  const places = [...counts.keys()].sort((a, b) => a - b);
  const before = [0];
  for (const place of places) before.push(before.at(-1)! + counts.get(place)!);
  return place => before[countBelow(places, place)]!;
}

/** How many of the numbers, which are in order, are less than one. */
function countBelow(numbers: readonly number[], most: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! < most) low = middle + 1;
    else high = middle;
  }
  return low;
}

const stretchKey = (...parts: Array<string | null>): string => JSON.stringify(parts);

function presentKind({
  kind,
  group,
}: {
  kind: Omit<PresentKind, 'events' | 'first' | 'last'>;
  group: Group;
}): PresentKind {
  const { events, first, last } = countedOf(group);
  return { ...kind, events, first, last };
}

/** The place of a time among boundaries: `2i` before the one at `i` and after the one before, `2i + 1` at its second. */
function groupingByBoundaries(boundaries: readonly number[]): Grouping {
  const placeOf = (seconds: number): number => {
    const below = countBelow(boundaries, seconds);
    return 2 * below + (boundaries[below] === seconds ? 1 : 0);
  };
  return {
    codes({ segment, places }) {
      const times = segment.times();
      const hasOdd = segment.oddTimes.size > 0;
      return places.map(place => {
        const seconds = hasOdd ? secondsOf(segment, place) : times[place];
        return seconds === undefined ? 0 : placeOf(Math.floor(seconds)) + 1;
      });
    },
    valuesOf: code => [code === 0 ? null : String(code - 1)],
  };
}

function addTo(sum: Group, { events, errors, first, last }: Group): void {
  sum.events += events;
  sum.errors += errors;
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

/** Gives what the data events of a call are about: one of its events is read. */
function createTypes(db: Db): (source: string | null, call: string | null) => string | null {
  const sample = prepared(
    db,
    `SELECT d.resources FROM detail AS d
    WHERE d.id = (
      SELECT e.id FROM event AS e
      WHERE e.kind_id IN (
        SELECT id FROM kind WHERE eventname IS ? AND eventsource IS ? AND ${CATEGORY_SQLITE} = 'Data'
      )
      LIMIT 1
    )`,
  ).pluck();
  const types = new Map<string, string | null>();
  return (source, call) => {
    const key = JSON.stringify([source, call]);
    let type = types.get(key);
    if (type !== undefined) return type;
    const bySource = TYPES.get(source ?? '') ?? null;
    type = (types.size < MOST_SAMPLES ? typeIn(sample.get(call, source)) : null) ?? bySource;
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
