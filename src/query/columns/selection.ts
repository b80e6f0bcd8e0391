/** The events that pass the filters, found in the columns of the index rather than in its rows. */

import { isoSecond } from '../../cloudtrail/time.js';
import type { Dimension } from '../../dimensions.js';
import { eventSegments, type Segment } from '../../store/columns/segments.js';
import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { ODD_TIME } from '../../store/times.js';
import { type Condition, conditions, type DimensionCondition } from '../filter/condition.js';
import type { Filters } from '../filter/filter.js';
import type { Sql } from '../filter/sql-text.js';
import { hintTest } from './hints.js';
import { dimensionMasks } from './masks.js';
import { type Seconds, type Times, timesOf, timeTest } from './time-test.js';

/** Events of a segment, or lines: their places in it, in order. */
export interface Chosen<P extends string = Dimension> {
  segment: Segment<P>;
  places: Uint32Array;
}

/** What the columns tell. */
export interface ColumnSelection<P extends string = Dimension> {
  /** All segments; their columns are read when they are needed, and then kept. */
  segments: ReadonlyArray<Segment<P>>;
  /**
   * The events of a segment that pass every condition that the columns can tell: all of them where `needsRows` is false.
   * @param within seconds outside of which events are not wanted; those with an odd eventTime come all the same
   */
  passing(segment: Segment<P>, within?: Seconds): Uint32Array;
}

export interface Selection extends ColumnSelection {
  /** Whether events have to be read to tell whether they pass. */
  needsRows: boolean;
  /** Those of some events that pass the conditions on their rows. */
  verified(ids: readonly number[]): ReadonlySet<number>;
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
  const onRows = all.filter((c): c is Condition => c.home === 'event');
  const rowTest = onRows.map(c => c.onView);
  return {
    ...selectColumns([...eventSegments(db)], timesOf(filters, now), () => ({
      masks: dimensionMasks(db, onPointers),
      more: onRows.flatMap(({ hints }) => (hints ? [hintTest(db, hints)] : [])),
    })),
    needsRows: rowTest.length > 0,
    verified: ids => (rowTest.length === 0 ? new Set(ids) : verified(db, ids, rowTest)),
  };
}

/** What the columns tell of events. */
export interface Tests<P extends string> {
  /** For tables that they point to, the rows that pass, as a 1 at the row's id. */
  masks: ReadonlyMap<P, Uint8Array>;
  /** Each leaves some of the places that it is given. */
  more: ReadonlyArray<(segment: Segment<P>, places: Uint32Array) => Uint32Array>;
}

/** @param testsOf called when the first segment is asked for: tests cost statements */
export function selectColumns<P extends string>(
  segments: ReadonlyArray<Segment<P>>,
  times: Times,
  testsOf: () => Tests<P>,
): ColumnSelection<P> {
  const isInTime = timeTest(times);
  let known: (Tests<P> & { isPossible: boolean }) | undefined;

  function learn(): Tests<P> & { isPossible: boolean } {
    const tests = testsOf();
    // Where some table has no row that passes, nothing needs to be read.
    return { ...tests, isPossible: [...tests.masks.values()].every(mask => mask.includes(1)) };
  }

  return {
    segments,
    passing(segment, within) {
      if (isInTime?.mayHold(segment) === false) return new Uint32Array();
      known ??= learn();
      if (!known.isPossible) return new Uint32Array();
      let places = present(segment, isInTime ? isInTime.within(within) : within);
      for (const [pointer, mask] of known.masks) {
        if (places.length === 0) return places;
        places = passing(places, segment.pointers(pointer), mask);
      }
      if (isInTime && segment.oddTimes.size > 0) places = isInTime.passing(segment, places);
      for (const test of known.more) if (places.length > 0) places = test(segment, places);
      return places;
    },
  };
}

/** Every event that passes, segment by segment. */
export function* chosen({ needsRows, verified, ...columns }: Selection): Generator<Chosen> {
  for (const one of chosenByColumns(columns)) {
    const { segment } = one;
    let { places } = one;
    if (needsRows) {
      const passed = verified(Array.from(places, place => segment.first + place));
      places = places.filter(place => passed.has(segment.first + place));
    }
    if (places.length > 0) yield { segment, places };
  }
}

/** The same by what the columns tell alone. */
export function* chosenByColumns<P extends string>({
  segments,
  passing,
}: ColumnSelection<P>): Generator<Chosen<P>> {
  for (const segment of segments) {
    const places = passing(segment);
    if (places.length > 0) yield { segment, places };
  }
}

/** The places that are an event, within seconds if there are any; those with an odd eventTime always. */
function present<P extends string>(segment: Segment<P>, within: Seconds | undefined): Uint32Array {
  const length = segment.last - segment.first + 1;
  let places = new Uint32Array(length);
  if (within && (segment.earliest < within.first || segment.latest > within.last)) {
    const { first, last } = within;
    const times = segment.times();
    let count = 0;
    for (let i = 0; i < length; i++) {
      const time = times[i]!;
      if (time === ODD_TIME || (time >= first && time <= last)) places[count++] = i;
    }
    places = places.subarray(0, count);
  } else {
    for (let i = 0; i < length; i++) places[i] = i;
  }
  if (places.length === 0 || segment.count === length) return places;
  const rows = segment.present();
  return places.filter(place => rows[place] !== 0);
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
export function secondsOf<P extends string>(segment: Segment<P>, place: number): number | undefined {
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
