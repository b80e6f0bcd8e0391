/** Intervals in which a trail did not log, as holes of the map. */

import type { Db } from '../../store/open.js';
import { readableSeconds } from '../../store/times.js';
import type { Series } from './cells.js';
import { type Hole, NOTHING_MORE } from './hole.js';
import { type LoggingOff, loggingOff } from './logging.js';
import type { Place } from './place.js';
import type { Steps } from './steps.js';

/** An interval in which a trail did not log, or not all that it logs otherwise. */
export interface OffHole {
  hole: Hole;
  /** False where it left out some management events only. */
  isWhole: boolean;
  /** Whether it concerns a place. */
  isOf(place: Place): boolean;
  /** Seconds since 1970. */
  first: number;
  /** Undefined where it goes on. */
  end: number | undefined;
}

/**
 * The intervals in which trails did not log.
 * @param isWanted whether a place is asked for
 */
export function offHolesOf(
  db: Db,
  { now, isWanted }: { now: Date; isWanted: (place: Place) => boolean },
): OffHole[] {
  return loggingOff(db, { now }).flatMap(off => {
    const first = readableSeconds(off.from);
    const { account, region, exceptRegion } = off;
    // One of all regions is asked for wherever its account is: no region is known that it lacks.
    const isAsked = region === null ? isWanted({ account, region: null }) : isWanted({ account, region });
    if (first === undefined || !isAsked) return [];
    return [
      {
        hole: holeOf(off),
        isWhole: true,
        isOf: (place: Place) =>
          place.account === account &&
          (region === null
            ? exceptRegion === null || place.region !== exceptRegion
            : place.region === region),
        first,
        end: off.to === null ? undefined : readableSeconds(off.to),
      },
    ];
  });
}

function holeOf(off: LoggingOff): Hole {
  const { account, region, trail, stopped, coveredBy } = off;
  const others = coveredBy.map(one => one.trail);
  return {
    ...{ kind: 'logging off', account, region, from: off.from, to: off.to },
    ...NOTHING_MORE,
    certainty: others.length > 0 ? 'possible' : 'certain',
    name: trail,
    eventID: stopped.eventId,
    reason: `trail ${trail}: ${stopped.eventName} by ${stopped.who ?? '-'} from ${stopped.sourceIPAddress ?? '-'}${
      others.length > 0 ? `; meanwhile ${namesText(others)} logged` : ''
    }`,
  };
}

const MOST_NAMED = 3;

/** The first few of some names. */
export const namesText = (names: readonly string[]): string =>
  names.slice(0, MOST_NAMED).join(', ') + (names.length > MOST_NAMED ? ', …' : '');

/** Counts the events of the places of an interval in the steps that lie within it. Each place is added up once. */
export function createEventCounter(
  facts: ReadonlyArray<{ place: Place; series: Series }>,
  { origin, width, count }: Steps,
): (off: OffHole) => number {
  const sums: Float64Array[] = [];
  const sumsOf = (i: number): Float64Array => {
    sums[i] ??= new Float64Array(count + 1);
    if (sums[i][count] === 0)
      for (let step = 0; step < count; step++)
        sums[i][step + 1] = sums[i][step]! + facts[i]!.series.events[step]!;
    return sums[i];
  };
  const within = (step: number): number => Math.max(0, Math.min(count, step));
  return ({ isOf, first, end }) => {
    const from = within(Math.ceil((first - origin) / width));
    const to = end === undefined ? count : within(Math.floor((end - origin) / width));
    let events = 0;
    if (from < to)
      for (const [i, { place }] of facts.entries())
        if (isOf(place)) events += sumsOf(i)[to]! - sumsOf(i)[from]!;
    return events;
  };
}

/** The hole; where there are events of its time all the same, something else logged, and it says so. */
export function withEvents(off: OffHole, events: number): OffHole {
  if (events === 0) return off;
  const reason = `${off.hole.reason}; ${events.toLocaleString('en-US')} events of that time are here all the same`;
  return { ...off, hole: { ...off.hole, certainty: 'possible', reason } };
}
