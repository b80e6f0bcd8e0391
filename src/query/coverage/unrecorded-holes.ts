/** Stretches in which a trail left out management events, as holes of the map. */

import type { Db } from '../../store/open.js';
import { type Hole, NOTHING_MORE } from './hole.js';
import { namesText, type OffHole } from './logging-holes.js';
import type { Place } from './place.js';
import { type LeftOut, type Unrecorded, unrecorded } from './unrecorded.js';

const LEFT_OUT: Readonly<Record<LeftOut, string>> = {
  all: 'management events',
  read: 'management events that only read',
  write: 'management events that write',
};

/** What a stretch is, in words: who left out what, and what speaks against it. Names in it come from logs. */
export function unrecordedText({ trail, left, changed, coveredBy, events }: Unrecorded): string {
  const { eventName, who, sourceIPAddress } = changed;
  const against = [
    ...(coveredBy.length > 0 ? [`meanwhile ${namesText(coveredBy)} recorded such events`] : []),
    ...(events === undefined ? ['whether such events of that time are here was not looked up'] : []),
    ...(events
      ? [
          `${events.toLocaleString('en-US')} such event${events === 1 ? ' of that time is' : 's of that time are'} here all the same`,
        ]
      : []),
  ];
  const by = `${eventName} by ${who ?? '-'} from ${sourceIPAddress ?? '-'}`;
  return [`trail ${trail} did not record ${LEFT_OUT[left]}: ${by}`, ...against].join('; ');
}

/** Certain where no other trail recorded such events, and none of that time is here. */
export const isCertain = ({ coveredBy, events }: Unrecorded): boolean =>
  coveredBy.length === 0 && events === 0;

/**
 * The stretches in which trails left out management events.
 * @param isWanted whether a place is asked for
 */
export function unrecordedHolesOf(db: Db, { isWanted }: { isWanted: (place: Place) => boolean }): OffHole[] {
  return unrecorded(db).flatMap(one => {
    const { account, region, first, end, left } = one;
    if (!isWanted({ account, region })) return [];
    return [
      {
        hole: holeOf(one),
        isWhole: left === 'all',
        isOf: (place: Place) => place.account === account && (region === null || place.region === region),
        first: Math.floor(first),
        end: Number.isFinite(end) ? end : undefined,
      },
    ];
  });
}

const holeOf = (one: Unrecorded): Hole => ({
  ...{ kind: 'not recorded', account: one.account, region: one.region, from: one.from, to: one.to },
  ...NOTHING_MORE,
  certainty: isCertain(one) ? 'certain' : 'possible',
  name: one.trail,
  eventID: one.changed.eventId,
  reason: unrecordedText(one),
});
