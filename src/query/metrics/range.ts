/** The time that metrics are of, in steps. */

import { UsageError } from '../../errors.js';
import { secondText } from '../columns/selection.js';
import { firstOfStep, stepWidth } from '../timeline.js';

const DAY = 86_400;
/** Widths to choose from, in seconds: CloudWatch has nothing narrower than a minute for S3. */
const WIDTHS = [60, 300, 900, 3600, 10_800, 21_600, 43_200, DAY, 7 * DAY, 28 * DAY, 91 * DAY, 364 * DAY];
const MOST_CHOSEN = 100;
const MOST_STEPS = 600_000;

/** Steps of one width; the first and the last may be cut by the range. */
export interface Steps {
  /** First second of the first step, since 1970. */
  origin: number;
  /** Seconds of a step. */
  width: number;
  /** Number of steps. */
  count: number;
  /** The seconds that are asked for: from the first, up to and without `end`. */
  start: number;
  end: number;
}

/**
 * The steps of a range `[start, end)`.
 * @param every width as people write it; without it the narrowest that gives no more than 100 steps
 * @throws UsageError `BAD_WIDTH`
 */
export function stepsOf(start: number, end: number, every: string | undefined): Steps {
  const countOf = (width: number): number =>
    end <= start ? 0 : Math.floor((end - 1 - firstOfStep(start, width)) / width) + 1;
  let width = every === undefined ? WIDTHS.find(one => countOf(one) <= MOST_CHOSEN) : stepWidth(every);
  // Longer than a hundred years: times may be anything.
  for (let w = WIDTHS.at(-1)!; width === undefined; w *= 2) if (countOf(w) <= MOST_CHOSEN) width = w;
  const count = countOf(width);
  if (count > MOST_STEPS)
    throw new UsageError(
      'BAD_WIDTH',
      `steps of ${every} would be ${count.toLocaleString('en-US')}`,
      'take wider steps, or a shorter time with `from` and `to`',
    );
  return { origin: firstOfStep(start, width), width, count, start, end };
}

const two = (value: number): string => (value < 10 ? `0${value}` : String(value));

/** The first second of each step, as text. A month has 43,200 minutes: the day is written once for all of them. */
export function timesOf({ origin, width, count }: Steps): string[] {
  let day = Number.NaN;
  let date = '';
  return Array.from({ length: count }, (_, i) => {
    const second = origin + i * width;
    const start = Math.floor(second / DAY) * DAY;
    if (start !== day) {
      day = start;
      date = secondText(start).slice(0, -'00:00:00Z'.length);
    }
    const of = second - start;
    return `${date}${two(Math.floor(of / 3600))}:${two(Math.floor(of / 60) % 60)}:${two(of % 60)}Z`;
  });
}
