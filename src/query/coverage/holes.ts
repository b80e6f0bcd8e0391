/** Names the holes of a map of coverage, and merges those of neighbouring steps. */

import { type Span, spansOf } from '../../integrity/windows.js';
import { secondText } from '../columns/selection.js';
import type { Series } from './cells.js';
import type { DeliveredDigest } from './deliveries.js';
import { durationText, HOLE_KINDS, type Hole, type HoleKind, NOTHING_MORE } from './hole.js';
import { createEventCounter, type OffHole, withEvents } from './logging-holes.js';
import type { Place, TimeRange } from './place.js';
import { type Steps, stepStart } from './steps.js';
import { type Stop, stopsOf } from './stopping.js';

/** What is known of one place, asked for or not. */
export interface PlaceExtents {
  place: Place;
  /** From its first to its last file, digest or event. */
  extent: TimeRange;
  /** Ends of its digests. */
  digestEnds: TimeRange;
  /** Its files and events. */
  deliveries: TimeRange;
  hasFiles: boolean;
}

/** A place that is asked for. */
export interface PlaceFacts extends PlaceExtents {
  series: Series;
  digests: readonly DeliveredDigest[];
  /** 1 in steps of a day of which there is a file whose hour is not known. */
  ofDay: Uint8Array | undefined;
  /** A file that a digest lists and that is not here. */
  missing: string | undefined;
}

/** Of each place the kind of hole in each step: its number in `HOLE_KINDS`, plus one; 0 for none. */
export interface Holes {
  holes: Hole[];
  marks: Uint8Array[];
}

export interface HolesOptions {
  steps: Steps;
  /** Of everything there is, asked for or not. */
  extent: TimeRange;
  /** Places that are not asked for: they show how far the logs go. */
  others: readonly PlaceExtents[];
  /** Intervals in which logging was off. */
  off: readonly OffHole[];
}

/** The holes of the map. */
export function holesOf(facts: readonly PlaceFacts[], { steps, extent, others, off }: HolesOptions): Holes {
  const stops = stopsOf(
    facts.map(one => ({ ...one, activeSteps: activeSteps(one.series) })),
    { others, stepWidth: steps.width },
  );
  const holes: Hole[] = outsideOf(extent, steps);
  const eventsIn = createEventCounter(facts, steps);
  const judged = off
    .filter(({ first, end }) => first <= steps.last && (end ?? first) >= steps.first)
    .map(one => withEvents(one, eventsIn(one)));
  const marks = facts.map((one, i) => {
    const offHere = judged.filter(({ hole, isOf }) => hole.certainty === 'certain' && isOf(one.place));
    const mark = marksOf(one, { steps, extent, off: intervalsOf(offHere), stop: stops[i] });
    for (const hole of merged(mark, one, steps, stops[i])) holes.push(hole);
    return mark;
  });
  for (const { hole } of judged) holes.push(hole);
  for (const hole of neverSeen(facts, others)) holes.push(hole);
  return { holes: holes.sort(byWeight), marks };
}

const codeOf = (kind: HoleKind): number => HOLE_KINDS.indexOf(kind) + 1;

const CODES = {
  notDownloaded: codeOf('not downloaded'),
  off: codeOf('logging off'),
  incomplete: codeOf('download incomplete'),
  noDigest: codeOf('no digest'),
  before: codeOf('before the first'),
  after: codeOf('after the last'),
  quiet: codeOf('quiet'),
};

function activeSteps({ events, files }: Series): number[] {
  const active: number[] = [];
  for (let step = 0; step < events.length; step++) if (events[step]! + files[step]! > 0) active.push(step);
  return active;
}

interface MarkOptions {
  steps: Steps;
  extent: TimeRange;
  /** Intervals in which logging was off, in order, none overlapping another. */
  off: readonly Span[];
  stop: Stop | undefined;
}

function marksOf(facts: PlaceFacts, { steps, extent, off, stop }: MarkOptions): Uint8Array {
  const { series, ofDay } = facts;
  const marks = new Uint8Array(steps.count);
  const isCovered = coveredSteps(facts, steps);
  let nextOff = 0;
  for (let step = 0; step < steps.count; step++) {
    const first = Math.max(stepStart(steps, step), steps.first);
    const end = Math.min(stepStart(steps, step + 1), steps.last + 1);
    while (nextOff < off.length && off[nextOff]!.end <= first) nextOff++;
    if (series.missing[step]! > 0) marks[step] = CODES.notDownloaded;
    else if (nextOff < off.length && off[nextOff]!.start < end) marks[step] = CODES.off;
    else if (series.events[step]! + series.files[step]! > 0 || ofDay?.[step] === 1) continue;
    else if (extent.first === undefined || end <= extent.first) marks[step] = CODES.before;
    else if (first > extent.last!) marks[step] = CODES.after;
    else if (isCovered[step] === 1) marks[step] = CODES.quiet;
    else marks[step] = stop !== undefined && first >= stop.last ? CODES.incomplete : CODES.noDigest;
  }
  return marks;
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

const intervalsOf = (off: readonly OffHole[]): Span[] =>
  spansOf(off.map(({ first, end }) => ({ start: first, end: end ?? Number.POSITIVE_INFINITY })));

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
    const isOfAll = code === CODES.before || code === CODES.after || code === CODES.off;
    if (code !== 0 && !isOfAll) yield holeOf(HOLE_KINDS[code - 1]!, { facts, steps, step, end, stop });
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
    case 'not downloaded': {
      let files = 0;
      let listed = 0;
      for (let i = step; i < end; i++) {
        files += facts.series.missing[i]!;
        listed += facts.series.listed[i]!;
      }
      const of = `${n(files)} of the ${n(listed)} log files that digests list`;
      const reason = `${of} are not in the index`;
      return { ...hole, certainty: 'certain', files, name: facts.missing ?? null, reason };
    }
    case 'quiet':
      return { ...hole, certainty: 'certain', reason: 'digests say that nothing was delivered' };
    case 'download incomplete': {
      const behind = durationText(stop!.othersLast - stop!.last);
      const what = stop!.by === 'digests' ? 'its digests stop' : 'its files and events stop';
      const reason = `${what} at ${secondText(stop!.last)}, ${behind} before those of other places`;
      return { ...hole, certainty: 'possible', from: secondText(Math.max(first, stop!.last)), reason };
    }
    default:
      return { ...hole, certainty: 'possible', reason: 'no event, file or digest: not known' };
  }
}

const n = (count: number): string => count.toLocaleString('en-US');

/** What was asked for and lies outside of what is here. */
function outsideOf({ first, last }: TimeRange, steps: Steps): Hole[] {
  if (first === undefined || last === undefined) return [];
  const whole = { account: null, region: null, certainty: 'certain', ...NOTHING_MORE } as const;
  const holes: Hole[] = [];
  if (steps.first < first)
    holes.push({
      ...whole,
      kind: 'before the first',
      from: secondText(steps.first),
      to: secondText(Math.min(first, steps.last + 1)),
      reason: `nothing here is older than ${secondText(first)}`,
    });
  if (steps.last > last)
    holes.push({
      ...whole,
      kind: 'after the last',
      from: secondText(Math.max(last, steps.first)),
      to: secondText(steps.last),
      reason: `nothing here is newer than ${secondText(last)}`,
    });
  return holes;
}

/** Accounts that are looked at, and regions: what logs name is not bounded. */
const MOST_ACCOUNTS = 2000;
const MOST_REGIONS = 200;

/**
 * Regions that a digest or a file of another account shows, and of which an account has nothing at all. An account whose
 * own logs are not here, and that only received events, is not asked for more.
 */
function neverSeen(facts: readonly PlaceExtents[], others: readonly PlaceExtents[]): Hole[] {
  const shown = new Map<string, string>();
  const seen = new Map<string, Set<string>>();
  const delivering = new Set<string>();
  for (const { place, hasFiles, digestEnds } of [...facts, ...others]) {
    const { account, region } = place;
    if (account === null || region === null) continue;
    seen.set(account, (seen.get(account) ?? new Set()).add(region));
    if (!hasFiles && digestEnds.last === undefined) continue;
    delivering.add(account);
    if (!shown.has(region) && shown.size < MOST_REGIONS) shown.set(region, account);
  }
  const wanted = new Set(facts.map(({ place }) => place.account));
  const accounts = [...seen].filter(([account]) => wanted.has(account) && delivering.has(account));
  return accounts.slice(0, MOST_ACCOUNTS).flatMap(([account, own]) =>
    [...shown].flatMap(([region, other]): Hole[] => {
      if (own.has(region)) return [];
      const reason = `no event, file or digest of it, though ${other} has them`;
      const never = { kind: 'region never seen', certainty: 'possible', from: null, to: null } as const;
      return [{ ...never, account, region, ...NOTHING_MORE, reason }];
    }),
  );
}

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
