/** The steps of time that a map of coverage has. */

import { UsageError } from '../../errors.js';
import { firstOfStep, stepWidth } from '../timeline.js';

/** Steps without gaps; all in seconds since 1970. */
export interface Steps {
  /** First second of the first step. */
  origin: number;
  /** Seconds of a step. */
  width: number;
  count: number;
  /** What was asked for, or what there is: the first and the last second that count. */
  first: number;
  last: number;
}

const HOUR = 3600;
const DAY = 86_400;
/** Widths to choose from. CloudTrail delivers about every five minutes, and a digest every hour. */
const WIDTHS = [
  300,
  900,
  1800,
  HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  7 * DAY,
  28 * DAY,
  91 * DAY,
  364 * DAY,
];
const MOST_CHOSEN = 100;
const MOST_STEPS = 100_000;
/** Steps of all places together: each takes twenty bytes. */
const MOST_CELLS = 4_000_000;

/**
 * The steps from one second to another.
 * @param every their width as it was given; undefined: the narrowest that gives no more than 100
 * @param places how many places have them
 * @throws UsageError `BAD_WIDTH`
 */
export function stepsBetween(
  { first, last }: { first: number; last: number },
  every: string | undefined,
  places: number,
): Steps {
  const countOf = (width: number): number => Math.floor((last - firstOfStep(first, width)) / width) + 1;
  const most = Math.max(1, Math.min(MOST_STEPS, Math.floor(MOST_CELLS / Math.max(1, places))));
  let width = every === undefined ? WIDTHS.find(one => countOf(one) <= MOST_CHOSEN) : stepWidth(every);
  // Longer than a hundred years: times may be anything.
  for (width ??= WIDTHS.at(-1)!; every === undefined && countOf(width) > Math.min(most, MOST_CHOSEN); )
    width *= 2;
  const count = countOf(width);
  if (count > most)
    throw new UsageError(
      'BAD_WIDTH',
      `steps of ${every} would be ${count.toLocaleString('en-US')}, for ${places.toLocaleString('en-US')} accounts and regions`,
      'take wider steps, a shorter time with `from` and `to`, or some of the accounts with `account`',
    );
  return { origin: firstOfStep(first, width), width, count, first, last };
}

/** The number of the step that a second is in; undefined where it is in none, or outside of what was asked for. */
export function stepOf({ origin, width, first, last }: Steps, second: number): number | undefined {
  if (second < first || second > last) return undefined;
  return Math.floor((second - origin) / width);
}

/** First second of a step. */
export const stepStart = ({ origin, width }: Steps, step: number): number => origin + step * width;
