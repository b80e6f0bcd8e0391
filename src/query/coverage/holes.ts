/** Names the holes of a map of coverage, and merges those of neighbouring steps. */

import { type Span, spansOf } from '../../integrity/windows.js';
import { secondText } from '../columns/selection.js';
import type { Series } from './cells.js';
import { HOLE_KINDS, type Hole, type HoleKind, NOTHING_MORE } from './hole.js';
import { CODES, marksOf } from './hole-marks.js';
import { neverSeen, outsideOf } from './hole-places.js';
import { createEventCounter, type OffHole, withEvents } from './logging-holes.js';
import type { MetadataDigest } from './metadata-digests.js';
import type { TimeRange } from './place.js';
import type { PlaceExtents, PlaceFacts } from './place-facts.js';
import { type Steps, stepStart } from './steps.js';
import { type Stop, stopsOf, stopText } from './stopping.js';

/** Of each place the kind of hole in each step: its number in `HOLE_KINDS`, plus one; 0 for none. */
export interface Holes {
  holes: Hole[];
  marks: Uint8Array[];
  /** Of each place where it stops early. */
  stops: Array<Stop | undefined>;
}

export interface HolesOptions {
  steps: Steps;
  /** Of everything there is, asked for or not. */
  extent: TimeRange;
  /** Places that are not asked for: they show how far the logs go. */
  others: readonly PlaceExtents[];
  /** Intervals in which logging was off. */
  off: readonly OffHole[];
  /** Intervals in which management events were not recorded. */
  unrecorded: readonly OffHole[];
}

/** The holes of the map. */
export function holesOf(
  facts: readonly PlaceFacts[],
  { steps, extent, others, off, unrecorded }: HolesOptions,
): Holes {
  const stops = stopsOf(
    facts.map(one => ({ ...one, activeSteps: activeSteps(one.series) })),
    { others, stepWidth: steps.width },
  );
  const holes: Hole[] = outsideOf(extent, steps);
  const eventsIn = createEventCounter(facts, steps);
  const isWithin = ({ first, end }: OffHole): boolean =>
    first <= steps.last && (end === undefined || end >= steps.first);
  const judged = off.filter(isWithin).map(one => withEvents(one, eventsIn(one)));
  const partial = unrecorded.filter(isWithin);
  const marks = facts.map((one, i) => {
    const here = (all: readonly OffHole[]): Span[] => certainSpans(all.filter(({ isOf }) => isOf(one.place)));
    const mark = marksOf(one, {
      ...{ steps, extent, stop: stops[i] },
      ...{ off: here(judged), unrecorded: here(partial) },
    });
    for (const hole of merged(mark, one, steps, stops[i])) holes.push(hole);
    return mark;
  });
  for (const { hole } of [...judged, ...partial]) holes.push(hole);
  for (const hole of neverSeen(facts, others)) holes.push(hole);
  return { holes: holes.sort(byWeight), marks, stops };
}

/** Intervals of which all events of the trail are missing, and of which that is certain. */
const certainSpans = (all: readonly OffHole[]): Span[] =>
  spansOf(
    all
      .filter(({ hole, isWhole }) => isWhole && hole.certainty === 'certain')
      .map(({ first, end }) => ({ start: first, end: end ?? Number.POSITIVE_INFINITY })),
  );

function activeSteps({ events, files }: Series): number[] {
  const active: number[] = [];
  for (let step = 0; step < events.length; step++) if (events[step]! + files[step]! > 0) active.push(step);
  return active;
}

/** What lies outside of everything, and what switched logging or recording off, is said once. */
const SAID_ELSEWHERE: ReadonlySet<number> = new Set([CODES.before, CODES.after, CODES.off, CODES.unrecorded]);

/** The marks of a place as intervals. Where logging was off, what switched it off says it. */
function* merged(
  marks: Uint8Array,
  facts: PlaceFacts,
  steps: Steps,
  stop: Stop | undefined,
): Generator<Hole> {
  for (let step = 0; step < marks.length; ) {
    const code = marks[step]!;
    let end = step + 1;
    while (end < marks.length && marks[end] === code) end++;
    if (code !== 0 && !SAID_ELSEWHERE.has(code))
      yield holeOf(HOLE_KINDS[code - 1]!, { facts, steps, step, end, stop });
    step = end;
  }
}

interface Run {
  facts: PlaceFacts;
  steps: Steps;
  /** First step, and the one after the last. */
  step: number;
  end: number;
  stop: Stop | undefined;
}

function holeOf(kind: HoleKind, { facts, steps, step, end, stop }: Run): Hole {
  const first = Math.max(stepStart(steps, step), steps.first);
  const last = Math.min(stepStart(steps, end), steps.last + 1);
  const hole = { ...facts.place, kind, from: secondText(first), to: secondText(last), ...NOTHING_MORE };
  switch (kind) {
    case 'not downloaded':
      return { ...hole, certainty: 'certain', ...notDownloaded(facts, { step, end, first, last }) };
    case 'quiet':
      return { ...hole, certainty: 'certain', reason: 'digests say that nothing was delivered' };
    case 'download incomplete': {
      const reason = stopText(stop!);
      return { ...hole, certainty: 'possible', from: secondText(Math.max(first, stop!.last)), reason };
    }
    default:
      return { ...hole, certainty: 'possible', reason: 'no event, file or digest: not known' };
  }
}

/** What is missing of the steps from `step` to `end`, which are the seconds from `first` to `last`. */
function notDownloaded(
  { series, missing, metadataDigests }: PlaceFacts,
  { step, end, first, last }: { step: number; end: number; first: number; last: number },
): Pick<Hole, 'files' | 'name' | 'reason'> {
  let files = 0;
  let listed = 0;
  for (let i = step; i < end; i++) {
    files += series.missing[i]!;
    listed += series.listed[i]!;
  }
  const begin = countUntil(metadataDigests, ({ end }) => end > first);
  const digests = countUntil(metadataDigests, ({ start }) => start >= last) - begin;
  const reasons: string[] = [];
  if (files > 0)
    reasons.push(`${n(files)} of the ${n(listed)} log files that digests list are not in the index`);
  if (digests > 0)
    reasons.push(
      digests === 1
        ? 'CloudTrail wrote a digest that is not in the index: its metadata is'
        : `CloudTrail wrote ${n(digests)} digests that are not in the index: their metadata is`,
    );
  const name = files > 0 ? missing : metadataDigests[begin]?.object;
  return { files, name: name ?? null, reason: reasons.join('; ') };
}

/** How many of some digests in order come before the first that passes: a binary search. */
function countUntil(digests: readonly MetadataDigest[], test: (digest: MetadataDigest) => boolean): number {
  let [low, high] = [0, digests.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (test(digests[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

const n = (count: number): string => count.toLocaleString('en-US');

/** By kind, the most telling first, then by time and place. */
function byWeight(a: Hole, b: Hole): number {
  return (
    HOLE_KINDS.indexOf(a.kind) - HOLE_KINDS.indexOf(b.kind) ||
    compare(a.from, b.from) ||
    compare(a.account, b.account) ||
    compare(a.region, b.region)
  );
}

function compare(a: string | null, b: string | null): number {
  return (a ?? '') < (b ?? '') ? -1 : (a ?? '') > (b ?? '') ? 1 : 0;
}
