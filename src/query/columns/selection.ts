/** The events that pass the filters, found in the columns of the index rather than in its rows. */

import { isoSecond } from '../../cloudtrail/time.js';
import type { Dimension } from '../../dimensions.js';
import { eventSegments, type Segment } from '../../store/columns/segments.js';
import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { textBits } from '../../store/text/signature.js';
import { ODD_TIME } from '../../store/times.js';
import { type Condition, conditions, type DimensionCondition } from '../filter/condition.js';
import type { EventHint, Filters } from '../filter/filter.js';
import type { Sql } from '../filter/sql-text.js';
import { parseTime } from '../filter/time.js';
import { createCandidates, EVERYTHING, inChunks, type Mask } from '../text/candidates.js';

/** Events of a segment: their places in it, in order. */
export interface Chosen {
  segment: Segment;
  places: Uint32Array;
}

export interface Selection {
  /** All segments; their columns are read when they are needed, and then kept. */
  segments: readonly Segment[];
  /**
   * The events of a segment that pass every condition that the columns can tell: all of them where `needsRows` is false.
   * @param within seconds outside of which events are not wanted; those with an odd eventTime come all the same
   */
  passing(segment: Segment, within?: Seconds): Uint32Array;
  /** Whether events have to be read to tell whether they pass. */
  needsRows: boolean;
  /** Those of some events that pass the conditions on their rows. */
  verified(ids: readonly number[]): ReadonlySet<number>;
}

/** From one second to another, both included. */
export interface Seconds {
  first: number;
  last: number;
}

/** Events read at a time to tell whether they pass. */
const AT_ONCE = 512;

/**
 * @param more conditions besides those of the filters
 * @throws UsageError `BAD_TIME`, `BAD_ADDRESS`, `BAD_VALUE`, `EMPTY_RANGE`
 */
export function select(
  db: Db,
  filters: Filters,
  now: Date,
  more: ReadonlyArray<Condition | DimensionCondition> = [],
): Selection {
  const all = [...conditions(filters, now), ...more];
  const onPointers = all.filter((c): c is DimensionCondition => c.home !== 'time' && c.home !== 'event');
  const [from, to] = [filters.from, filters.to].map(time =>
    time === undefined ? undefined : parseTime(time, now),
  );
  const isInTime = timeTest(from, to);
  const onRows = all.filter((c): c is Condition => c.home === 'event');
  const rowTest = onRows.map(c => c.onView);
  let known: Tests | undefined;

  function candidates(segment: Segment, within?: Seconds): Uint32Array {
    if (isInTime?.mayHold(segment) === false) return new Uint32Array();
    known ??= testsOf(db, onPointers, onRows);
    if (!known.isPossible) return new Uint32Array();
    let places = within ? presentWithin(segment, within) : present(segment);
    for (const [pointer, mask] of known.masks) {
      if (places.length === 0) return places;
      places = passing(places, segment.pointers(pointer), mask);
    }
    if (isInTime && places.length > 0) places = isInTime.passing(segment, places);
    for (const test of known.hints) if (places.length > 0) places = test(segment, places);
    return places;
  }

  return {
    segments: [...eventSegments(db)],
    passing: candidates,
    needsRows: rowTest.length > 0,
    verified: ids => (rowTest.length === 0 ? new Set(ids) : verified(db, ids, rowTest)),
  };
}

/** What the columns tell of events. Made when the first is asked for: it costs statements. */
interface Tests {
  masks: Map<Dimension, Uint8Array>;
  /** False where some table has no row that passes: nothing needs to be read. */
  isPossible: boolean;
  hints: Array<(segment: Segment, places: Uint32Array) => Uint32Array>;
}

function testsOf(db: Db, onPointers: readonly DimensionCondition[], onRows: readonly Condition[]): Tests {
  const masks = dimensionMasks(db, onPointers);
  return {
    masks,
    isPossible: [...masks.values()].every(mask => mask.includes(1)),
    hints: onRows.flatMap(({ hints }) => (hints ? [hintTest(db, hints)] : [])),
  };
}

/** Every event that passes, segment by segment. */
export function* chosen({
  segments,
  passing: candidates,
  needsRows,
  verified,
}: Selection): Generator<Chosen> {
  for (const segment of segments) {
    let places = candidates(segment);
    if (needsRows && places.length > 0) {
      const passed = verified(Array.from(places, place => segment.first + place));
      places = places.filter(place => passed.has(segment.first + place));
    }
    if (places.length > 0) yield { segment, places };
  }
}

/** The places that are an event. */
function present(segment: Segment): Uint32Array {
  const length = segment.last - segment.first + 1;
  const places = new Uint32Array(length);
  for (let i = 0; i < length; i++) places[i] = i;
  if (segment.count === length) return places;
  const kinds = segment.pointers('kind');
  return places.filter(place => kinds[place] !== 0);
}

function presentWithin(segment: Segment, { first, last }: Seconds): Uint32Array {
  const times = segment.times();
  const places = new Uint32Array(times.length);
  let count = 0;
  for (let i = 0; i < times.length; i++) {
    const time = times[i]!;
    if (time !== ODD_TIME && (time < first || time > last)) continue;
    places[count++] = i;
  }
  const within = places.subarray(0, count);
  if (count === 0 || segment.count === times.length) return within;
  const kinds = segment.pointers('kind');
  return within.filter(place => kinds[place] !== 0);
}

function passing(places: Uint32Array, values: Uint32Array, mask: Uint8Array): Uint32Array {
  const passed = new Uint32Array(places.length);
  let count = 0;
  for (let i = 0; i < places.length; i++) {
    const place = places[i]!;
    passed[count] = place;
    // Without a branch: which events pass cannot be foreseen.
    count += mask[values[place]!]!;
  }
  return passed.subarray(0, count);
}

/** For every table the rows that events may point to, as a 1 at the row's id. */
function dimensionMasks(db: Db, all: readonly DimensionCondition[]): Map<Dimension, Uint8Array> {
  const masks = new Map<Dimension, Uint8Array>();
  for (const { home, onHome, holdsForNone } of all) {
    const mask = rowMask(db, home, onHome);
    if (holdsForNone) mask[0] = 1;
    const before = masks.get(home);
    masks.set(home, before ? before.map((bit, id) => bit & mask[id]!) : mask);
  }
  return masks;
}

function rowMask(db: Db, table: Dimension, { text, params }: Sql): Uint8Array {
  const mask = new Uint8Array(
    (prepared(db, `SELECT coalesce(max(id), 0) FROM ${table}`).pluck().get() as number) + 1,
  );
  const ids = prepared(db, `SELECT id FROM ${table} WHERE ${text}`)
    .pluck()
    .all(...params) as number[];
  for (const id of ids) mask[id] = 1;
  return mask;
}

interface TimeTest {
  mayHold(segment: Segment): boolean;
  passing(segment: Segment, places: Uint32Array): Uint32Array;
}

/** Times are compared by the second, as they are shown. */
function timeTest(from: string | undefined, to: string | undefined): TimeTest | undefined {
  if (from === undefined && to === undefined) return undefined;
  const seconds = (time: string): number => Date.parse(time) / 1000;
  const first = from === undefined ? 0 : seconds(from);
  const last = to === undefined ? Number.POSITIVE_INFINITY : seconds(to);
  const isOddIn = (time: number | undefined): boolean =>
    time !== undefined && (from === undefined || time >= first) && Math.floor(time) <= last;
  return {
    mayHold: ({ earliest, latest, oddTimes }) => oddTimes.size > 0 || (latest >= first && earliest <= last),
    passing(segment, places) {
      if (segment.earliest >= first && segment.latest <= last && segment.oddTimes.size === 0) return places;
      const times = segment.times();
      return places.filter(place => {
        const time = times[place]!;
        return time === ODD_TIME
          ? isOddIn(segment.oddTimes.get(place) ?? undefined)
          : time >= first && time <= last;
      });
    },
  };
}

/** Leaves the events of which one of the hints speaks. */
function hintTest(
  db: Db,
  hints: readonly EventHint[],
): (segment: Segment, places: Uint32Array) => Uint32Array {
  const masks: Mask[] = hints.flatMap(({ text }) => (text === undefined ? [] : [{ bits: textBits(text) }]));
  const isAnywhere = masks.some(mask => 'bits' in mask && mask.bits.length === 0);
  const isInChunk = inChunks(
    masks.length === 0 ? [] : createCandidates(db).chunks(isAnywhere ? EVERYTHING : { any: masks }),
  );
  const kinds = hints.flatMap(hint => (hint.kinds ? [rowMask(db, 'kind', hint.kinds)] : []));
  const ofKind = kinds.reduce<Uint8Array | undefined>(
    (any, mask) => (any ? any.map((bit, id) => bit | mask[id]!) : mask),
    undefined,
  );
  const named = hints.flatMap(({ events }) => (events ? eventsWhere(db, events) : []));
  const enveloped = hints.some(hint => hint.hasEnvelope)
    ? prepared(db, 'SELECT id FROM detail WHERE envelope IS NOT NULL AND id BETWEEN ? AND ?')
    : undefined;

  return (segment, places) => {
    const { first, last } = segment;
    const isHinted = isInChunk(segment);
    for (const id of named) if (id >= first && id <= last) isHinted[id - first] = 1;
    for (const id of (enveloped?.pluck().all(first, last) ?? []) as number[]) isHinted[id - first] = 1;
    const pointers = ofKind && segment.pointers('kind');
    const passed = new Uint32Array(places.length);
    let count = 0;
    for (let i = 0; i < places.length; i++) {
      const place = places[i]!;
      passed[count] = place;
      count += isHinted[place]! | (pointers ? ofKind[pointers[place]!]! : 0);
    }
    return passed.subarray(0, count);
  };
}

function eventsWhere(db: Db, { text, params }: Sql): number[] {
  return prepared(db, `SELECT id FROM event WHERE ${text}`)
    .pluck()
    .all(...params) as number[];
}

function verified(db: Db, ids: readonly number[], tests: readonly Sql[]): Set<number> {
  const statement = prepared(
    db,
    `SELECT event_rowid FROM cloudtrail_logs WHERE event_rowid IN (SELECT value FROM json_each(?))
      AND ${tests.map(test => test.text).join(' AND ')}`,
  ).pluck();
  const params = tests.flatMap(test => test.params);
  const passed = new Set<number>();
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const batch = JSON.stringify(ids.slice(at, at + AT_ONCE));
    for (const id of statement.all(batch, ...params) as number[]) passed.add(id);
  }
  return passed;
}

/** Seconds since 1970 of the event at a place, with their fraction; undefined where it has no time that can be read. */
export function secondsOf(segment: Segment, place: number): number | undefined {
  const time = segment.times()[place]!;
  return time === ODD_TIME ? (segment.oddTimes.get(place) ?? undefined) : time;
}

/** Between which seconds the events of the index are; undefined where none has a time that can be read. */
export function spanOf(db: Db): Seconds | undefined {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { earliest, latest, oddTimes } of eventSegments(db)) {
    const odd = [...oddTimes.values()].filter(time => time !== null);
    // Without an ordinary time it is ODD_TIME to 0.
    for (const time of earliest <= latest ? [earliest, latest, ...odd] : odd) {
      if (time < first) first = time;
      if (time > last) last = time;
    }
  }
  return first <= last ? { first, last } : undefined;
}

/** The second as CloudTrail would write it, without its fraction. */
export function secondText(seconds: number): string {
  return isoSecond(Math.floor(seconds));
}
