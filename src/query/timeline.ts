/** How many events there were when: a histogram, of all events or split by a column. */

import { UsageError } from '../errors.js';
import type { Db } from '../store/open.js';
import type { Grouping } from './columns/codes.js';
import { type EventColumn, findColumn } from './columns/column.js';
import { countEach, createCounter, eventFailures, type Failures } from './columns/counter.js';
import type { Group } from './columns/counts.js';
import { groupingByTime, groupingsBy } from './columns/grouping.js';
import { type Chosen, chosen, secondsOf, secondText, select } from './columns/selection.js';
import { resolveFilters, type Spelling } from './columns/spelling.js';
import type { Filters } from './filter/filter.js';
import { parseTime } from './filter/time.js';
import type { OfSource } from './log-source.js';
import { inSnapshot } from './snapshot.js';

export interface TimelineOptions extends Filters, OfSource {
  /** Name of a column to split by. */
  by?: string | undefined;
  /** Width of a step: 30s, 5m, 1h, 1d, 1w. Default: the narrowest that gives no more than 100 steps. */
  every?: string | undefined;
}

export interface Timeline {
  /** Name of the column it is split by. */
  by: string | undefined;
  /** Seconds of a step. */
  width: number;
  /** The steps in order, without gaps. */
  steps: Step[];
  /** Events without a time that can be read. */
  untimed: number;
  /** How many of all that is counted are lines of access logs; undefined where those were not asked. */
  lines?: number;
  /** What became of values of filters that no event has as they were given. */
  spellings: Spelling[];
}

export interface Step {
  /** First second of the step, as an eventTime. */
  time: string;
  /** Number of events in the step. */
  events: number;
  /** Number of those that failed. */
  errors: number;
  /** The values of the column in this step, the most frequent first; one without a value where there is no column. */
  values: Array<{ value: string | null; events: number; errors: number }>;
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const DAY = 86_400;
/** Widths to choose from, in seconds. */
const WIDTHS = [
  1,
  5,
  10,
  30,
  60,
  300,
  600,
  1800,
  3600,
  10_800,
  21_600,
  43_200,
  DAY,
  7 * DAY,
  28 * DAY,
  91 * DAY,
  364 * DAY,
];
const MOST_CHOSEN = 100;
const MOST_STEPS = 100_000;
/** 1970 began on a Thursday; weeks begin on Mondays. */
const FIRST_MONDAY = 4 * DAY;

/**
 * Counts the events by time.
 * @throws UsageError `BAD_WIDTH`, `NO_SUCH_COLUMN`, `BAD_TIME`, `BAD_ADDRESS`, `BAD_VALUE`, `EMPTY_RANGE`
 */
export function timeline(db: Db, { by, every, ...given }: TimelineOptions, now: Date): Timeline {
  const column = by === undefined ? undefined : findColumn(by);
  const wanted = every === undefined ? undefined : stepWidth(every);
  return inSnapshot(db, () => {
    const { filters, spellings } = resolveFilters(db, given);
    const counted = timedEvents(db, filters, now, column);
    return {
      by: column?.name,
      ...stepsFrom(counted, { from: filters.from, to: filters.to, every, wanted }, now),
      spellings,
    };
  });
}

/** What is counted by time. */
export interface Timed {
  /** From the first to the last time; undefined where there is none. */
  span: TimeRange | undefined;
  /**
   * Groups of what is in a step and has a value. The first of a group's values is the first second of its step, null
   * without a time; then the value of the column, if there is one.
   */
  groups(origin: number, width: number): Group[];
}

/** The events that pass the filters. */
export function timedEvents(db: Db, filters: Filters, now: Date, column: EventColumn | undefined): Timed {
  const found = [...chosen(select(db, filters, now))];
  return timedBy(found, eventFailures(db), column ? groupingsBy(db, [column]) : []);
}

/** What was chosen, split by groupings if there are any. */
export function timedBy<P extends string>(
  found: ReadonlyArray<Chosen<P>>,
  failures: Failures<P>,
  groupings: ReadonlyArray<Grouping<P>>,
): Timed {
  const span = spanOf(found);
  return {
    span,
    groups(origin, width) {
      if (groupings.length === 0) {
        const count = span ? stepsOf({ first: origin, last: span.last }, width) : 0;
        return countSteps(found, failures, { origin, width, count });
      }
      const counter = createCounter(failures, [groupingByTime<P>(origin, width), ...groupings]);
      countEach(found, [counter]);
      return counter.groups();
    },
  };
}

/** Counts by time alone, in half of the time that a counter of groups takes; which were first and last is not told. */
function countSteps<P extends string>(
  found: ReadonlyArray<Chosen<P>>,
  { pointer, isError }: Failures<P>,
  { origin, width, count }: { origin: number; width: number; count: number },
): Group[] {
  // In front of the steps stands what has no time.
  const events = new Float64Array(count + 1);
  const errors = new Float64Array(count + 1);
  for (const { segment, places } of found) {
    const times = segment.times();
    const rows = segment.pointers(pointer);
    const hasOdd = segment.oddTimes.size > 0;
    for (let i = 0; i < places.length; i++) {
      const place = places[i]!;
      const time = hasOdd ? secondsOf(segment, place) : times[place]!;
      const at = time === undefined ? 0 : Math.floor((time - origin) / width) + 1;
      events[at]!++;
      errors[at]! += isError[rows[place]!]!;
    }
    segment.release();
  }
  return Array.from(events, (sum, at) => ({
    values: [at === 0 ? null : String(origin + (at - 1) * width)],
    events: sum,
    errors: errors[at]!,
    first: undefined,
    last: undefined,
  })).filter(group => group.events > 0);
}

/**
 * Steps without gaps, from the first to the last time or as far as the bounds say.
 * @param bounds.wanted width of a step in seconds, `every` as a number; else the narrowest that gives no more than 100
 * @throws UsageError `BAD_WIDTH`
 */
export function stepsFrom(
  { span, groups }: Timed,
  {
    from,
    to,
    every,
    wanted,
  }: Pick<TimelineOptions, 'from' | 'to' | 'every'> & { wanted: number | undefined },
  now: Date,
): Pick<Timeline, 'width' | 'steps' | 'untimed'> {
  const range = span && rangeOf(span, { from, to }, now);
  const width = wanted ?? fittingWidth(range);
  const origin = firstOfStep(range?.first ?? 0, width);
  const count = range ? stepsOf(range, width) : 0;
  if (count > MOST_STEPS) {
    throw new UsageError(
      'BAD_WIDTH',
      `steps of ${every} would be ${count.toLocaleString('en-US')}`,
      'take wider steps, or a shorter time with `from` and `to`',
    );
  }
  const steps = Array.from(
    { length: count },
    (_, i): Step => ({ time: secondText(origin + i * width), events: 0, errors: 0, values: [] }),
  );
  let untimed = 0;
  for (const one of groups(origin, width)) {
    const step = one.values[0] === null ? undefined : steps[(Number(one.values[0]) - origin) / width];
    if (step) addTo(step, one);
    else untimed += one.events;
  }
  for (const { values } of steps) values.sort((a, b) => b.events - a.events);
  return { width, steps, untimed };
}

function addTo(step: Step, { values, events, errors }: Group): void {
  step.events += events;
  step.errors += errors;
  step.values.push({ value: values[1] ?? null, events, errors });
}

export interface TimeRange {
  first: number;
  last: number;
}

/** From the first to the last event. */
function spanOf<P extends string>(found: Iterable<Chosen<P>>): TimeRange | undefined {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { segment, places } of found) {
    const times = segment.times();
    const hasOdd = segment.oddTimes.size > 0;
    for (let i = 0; i < places.length; i++) {
      const time = hasOdd ? secondsOf(segment, places[i]!) : times[places[i]!]!;
      if (time === undefined) continue;
      if (time < first) first = time;
      if (time > last) last = time;
    }
  }
  return first > last ? undefined : { first, last };
}

/** From the first to the last time, or as far as the filters say. */
export function rangeOf({ first, last }: TimeRange, { from, to }: Filters, now: Date): TimeRange {
  const seconds = (time: string): number => Date.parse(parseTime(time, now)) / 1000;
  return {
    first: from === undefined ? first : Math.min(first, seconds(from)),
    last: to === undefined ? last : Math.max(last, seconds(to)),
  };
}

/** The narrowest width that gives no more than 100 steps. */
export function fittingWidth(range: TimeRange | undefined): number {
  if (!range) return DAY;
  const fits = (width: number): boolean => stepsOf(range, width) <= MOST_CHOSEN;
  const known = WIDTHS.find(fits);
  if (known !== undefined) return known;
  // Longer than a hundred years: times may be anything.
  let width = WIDTHS.at(-1)!;
  while (!fits(width)) width *= 2;
  return width;
}

/** Number of steps from the first second of a range to the last. */
function stepsOf({ first, last }: TimeRange, width: number): number {
  return Math.floor((last - firstOfStep(first, width)) / width) + 1;
}

/** First second of the step that a second is in: days are UTC's, weeks begin on Mondays. */
export function firstOfStep(time: number, width: number): number {
  const offset = width % (7 * DAY) === 0 ? FIRST_MONDAY : 0;
  return Math.floor((time - offset) / width) * width + offset;
}

/**
 * Seconds of a step width as people write it: 30s, 5m, 1h, 1d, 1w.
 * @throws UsageError `BAD_WIDTH`
 */
export function stepWidth(text: string): number {
  const [, count, unit] = /^(\d+)\s*([smhdw])$/i.exec(text.trim()) ?? [];
  const width = Number(count) * (UNITS[unit?.toLowerCase() ?? ''] ?? 0);
  if (width > 0 && width <= 3650 * DAY) return width;
  throw new UsageError(
    'BAD_WIDTH',
    `${JSON.stringify(text)} is not a valid step width`,
    'write 30s, 5m, 1h, 1d or 1w',
  );
}
