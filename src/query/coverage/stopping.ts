/**
 * Whether the logs of a place stop while those of others go on: a sign of a download that was not finished.
 *
 * The rule, so that a quiet region is not accused. A place stops early where one of these holds:
 * - its digests end, and the last is more than two hours older than the last digest of another place. CloudTrail writes a
 *   digest every hour, whether there is anything to list or not (User Guide, "CloudTrail digest file structure").
 * - it has no digests, and was steady: files or events in ten steps or more of the map. The silence at its end, up to the
 *   last file or event of another place, is longer than three times the longest it was silent for before, and longer than
 *   three steps.
 * Either is a sign and no proof: logging may have been switched off from outside of these logs.
 */

import { secondText } from '../columns/selection.js';
import { durationText } from './hole.js';
import type { TimeRange } from './place.js';

/** How far the logs of a place go. */
export interface Reach {
  /** Ends of its digests. */
  digestEnds: TimeRange;
  /** Its files and events. */
  deliveries: TimeRange;
}

/** What the rule looks at, of one place. */
export interface Activity extends Reach {
  /** Steps in which it has files or events, in order. */
  activeSteps: readonly number[];
}

/** Where a place stops, in seconds since 1970, and by how much it is behind. */
export interface Stop {
  last: number;
  /** The last moment of another place. */
  othersLast: number;
  by: 'digests' | 'deliveries';
}

/** Seconds. Digests are an hour apart; one of them may be on its way. */
export const DIGESTS_BEHIND = 2 * 3600;
const STEADY_STEPS = 10;
const TIMES_SILENT = 3;

/**
 * For each place where it stops early; undefined where it does not.
 * @param options.others places that are only compared with
 * @param options.stepWidth seconds of a step
 */
export function stopsOf(
  places: readonly Activity[],
  { others, stepWidth }: { others: readonly Reach[]; stepWidth: number },
): Array<Stop | undefined> {
  const all: readonly Reach[] = [...places, ...others];
  const digestsLast = lastOfOthers(all.map(({ digestEnds }) => digestEnds.last));
  const deliveriesLast = lastOfOthers(all.map(({ deliveries }) => deliveries.last));
  return places.map(({ digestEnds, deliveries, activeSteps }, i) => {
    if (digestEnds.last !== undefined) {
      const othersLast = digestsLast[i]!;
      const last = Math.max(digestEnds.last, deliveries.last ?? digestEnds.last);
      return othersLast - digestEnds.last > DIGESTS_BEHIND && othersLast > last
        ? { last, othersLast, by: 'digests' }
        : undefined;
    }
    const othersLast = deliveriesLast[i]!;
    const { last } = deliveries;
    if (last === undefined || activeSteps.length < STEADY_STEPS) return undefined;
    const silent = longestGap(activeSteps) * stepWidth;
    return othersLast - last > TIMES_SILENT * silent ? { last, othersLast, by: 'deliveries' } : undefined;
  });
}

/** For each the last of all others; -Infinity where there is no other. */
function lastOfOthers(lasts: ReadonlyArray<number | undefined>): number[] {
  let [first, second, at] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, -1];
  for (const [i, last = Number.NEGATIVE_INFINITY] of lasts.entries())
    if (last > first) [second, first, at] = [first, last, i];
    else if (last > second) second = last;
  return lasts.map((_, i) => (i === at ? second : first));
}

/** Steps from one step with something to the next one, at most; 1 where none between them is silent. */
function longestGap(steps: readonly number[]): number {
  let longest = 1;
  for (let i = 1; i < steps.length; i++) longest = Math.max(longest, steps[i]! - steps[i - 1]!);
  return longest;
}

/** What is known of a place that stops early, in words. */
export function stopText({ last, othersLast, by }: Stop): string {
  const what = by === 'digests' ? 'its digests stop' : 'its files and events stop';
  return `${what} at ${secondText(last)}, ${durationText(othersLast - last)} before those of other places`;
}
