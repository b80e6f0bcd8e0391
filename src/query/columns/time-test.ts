/** Which events of a segment are within bounds of time. */

import type { Segment } from '../../store/columns/segments.js';
import { ODD_TIME } from '../../store/times.js';
import type { Filters } from '../filter/filter.js';
import { parseTime } from '../filter/time.js';

/** From one second to another, both included. */
export interface Seconds {
  first: number;
  last: number;
}

/** Bounds of time, as eventTime has them. */
export interface Times {
  from?: string | undefined;
  to?: string | undefined;
}

/** @throws UsageError `BAD_TIME` */
export function timesOf({ from, to }: Pick<Filters, 'from' | 'to'>, now: Date): Times {
  const parsed = (time: string | undefined): string | undefined =>
    time === undefined ? undefined : parseTime(time, now);
  return { from: parsed(from), to: parsed(to) };
}

interface TimeTest {
  mayHold(segment: Segment<string>): boolean;
  /** The seconds that are within these, too. */
  within(seconds: Seconds | undefined): Seconds;
  /** Leaves of the places those whose odd eventTime is within, too. */
  passing(segment: Segment<string>, places: Uint32Array): Uint32Array;
}

/** Times are compared by the second, as they are shown. */
export function timeTest({ from, to }: Times): TimeTest | undefined {
  if (from === undefined && to === undefined) return undefined;
  const seconds = (time: string): number => Date.parse(time) / 1000;
  const first = from === undefined ? 0 : seconds(from);
  const last = to === undefined ? Number.POSITIVE_INFINITY : seconds(to);
  const isOddIn = (time: number | undefined): boolean =>
    time !== undefined && (from === undefined || time >= first) && Math.floor(time) <= last;
  return {
    mayHold: ({ earliest, latest, oddTimes }) => oddTimes.size > 0 || (latest >= first && earliest <= last),
    within: seconds => ({
      first: Math.max(first, seconds?.first ?? first),
      last: Math.min(last, seconds?.last ?? last),
    }),
    passing(segment, places) {
      const times = segment.times();
      return places.filter(
        place => times[place] !== ODD_TIME || isOddIn(segment.oddTimes.get(place) ?? undefined),
      );
    },
  };
}
