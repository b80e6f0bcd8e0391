/** Marks each step of a place with the kind of hole that it is. */

import { type Span, spansOf } from '../../integrity/windows.js';
import { HOLE_KINDS, type HoleKind } from './hole.js';
import type { TimeRange } from './place.js';
import type { PlaceFacts } from './place-facts.js';
import { type Steps, stepStart } from './steps.js';
import type { Stop } from './stopping.js';

const codeOf = (kind: HoleKind): number => HOLE_KINDS.indexOf(kind) + 1;

/** The kinds of holes as they are marked. */
export const CODES = {
  notDownloaded: codeOf('not downloaded'),
  off: codeOf('logging off'),
  unrecorded: codeOf('not recorded'),
  incomplete: codeOf('download incomplete'),
  noDigest: codeOf('no digest'),
  before: codeOf('before the first'),
  after: codeOf('after the last'),
  quiet: codeOf('quiet'),
};

export interface MarkOptions {
  steps: Steps;
  extent: TimeRange;
  /** Intervals in which logging was off, in order, none overlapping another. */
  off: readonly Span[];
  /** Intervals in which management events were not recorded, in the same way. */
  unrecorded: readonly Span[];
  stop: Stop | undefined;
}

/** The kind of hole of each step: its number in `HOLE_KINDS`, plus one; 0 for none. */
export function marksOf(
  facts: PlaceFacts,
  { steps, extent, off, unrecorded, stop }: MarkOptions,
): Uint8Array {
  const { series, ofDay, metadataDigests } = facts;
  const marks = new Uint8Array(steps.count);
  const isCovered = coveredSteps(facts, steps);
  const [isOff, isUnrecorded] = [overlapping(off), overlapping(unrecorded)];
  const isWithoutDigest = overlapping(spansOf(metadataDigests));
  for (let step = 0; step < steps.count; step++) {
    const first = Math.max(stepStart(steps, step), steps.first);
    const end = Math.min(stepStart(steps, step + 1), steps.last + 1);
    if (series.missing[step]! > 0 || isWithoutDigest(first, end)) marks[step] = CODES.notDownloaded;
    else if (isOff(first, end)) marks[step] = CODES.off;
    else if (isUnrecorded(first, end)) marks[step] = CODES.unrecorded;
    else if (series.events[step]! + series.files[step]! > 0 || ofDay?.[step] === 1) continue;
    else if (extent.first === undefined || end <= extent.first) marks[step] = CODES.before;
    else if (first > extent.last!) marks[step] = CODES.after;
    else if (isCovered[step] === 1) marks[step] = CODES.quiet;
    else marks[step] = stop !== undefined && first >= stop.last ? CODES.incomplete : CODES.noDigest;
  }
  return marks;
}

/** Whether any of some spans in order overlaps a step; the steps must come in order, too. */
function overlapping(spans: readonly Span[]): (first: number, end: number) => boolean {
  let next = 0;
  return (first, end) => {
    while (next < spans.length && spans[next]!.end <= first) next++;
    return next < spans.length && spans[next]!.start < end;
  };
}

/** Seconds that a digest may be late: the next one begins where it ends. */
const SLACK = 60;

/** Steps of which digests speak from beginning to end, so far as they lie within what the place has. */
function coveredSteps({ digests, extent }: PlaceFacts, steps: Steps): Uint8Array {
  const covered = new Uint8Array(steps.count);
  const intervals = spansOf(digests, SLACK);
  let at = 0;
  for (let step = 0; step < steps.count && at < intervals.length; step++) {
    const first = Math.max(stepStart(steps, step), extent.first!);
    const last = Math.min(stepStart(steps, step + 1), extent.last!);
    while (at < intervals.length && intervals[at]!.end < last - SLACK) at++;
    if (first < last && at < intervals.length && intervals[at]!.start <= first + SLACK) covered[step] = 1;
  }
  return covered;
}
