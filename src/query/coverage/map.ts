/** Makes a map of coverage: what there is in each step, and the holes between. */

import { UsageError } from '../../errors.js';
import type { Db } from '../../store/open.js';
import { compareText } from '../columns/order.js';
import { type Chosen, chosen, secondText, select } from '../columns/selection.js';
import { resolveFilters } from '../columns/spelling.js';
import { conditions } from '../filter/condition.js';
import { parseTime } from '../filter/time.js';
import { inSnapshot } from '../snapshot.js';
import { countDeliveries, countEvents, createSeries, type EventTargets, type Series } from './cells.js';
import { type Coverage, type CoverageMap, type CoverageOptions, cellsOf } from './coverage.js';
import { type Deliveries, deliveriesOf } from './deliveries.js';
import { digestsByPlace, eventRanges, extentsOf } from './extents.js';
import { holesOf } from './holes.js';
import { type EventKind, eventKinds } from './kinds.js';
import { createLineNumbers, hasAnything, type Line, type LineNumbers, markLine } from './lines.js';
import { offHolesOf } from './logging-holes.js';
import { PARTS, type Part } from './parts.js';
import { createPlaceNumbers, type Place, placeTest, type TimeRange, widen } from './place.js';
import type { PlaceExtents, PlaceFacts } from './place-facts.js';
import { type Steps, stepsBetween } from './steps.js';
import { trailHistories } from './trail-history.js';
import { unrecordedHolesOf } from './unrecorded-holes.js';

/**
 * What the index covers, as cells and holes, and what the logs tell of trails.
 * @throws UsageError `BAD_WIDTH`, `BAD_VALUE`, `BAD_TIME`, `EMPTY_RANGE`
 */
export function coverage(db: Db, options: CoverageOptions, now: Date): Coverage {
  return inSnapshot(db, () => {
    const map = coverageMap(db, options, now);
    const { steps: _, lines: __, stops: ___, ...summary } = map;
    const { trails, recorded } = trailHistories(db, options, now);
    return { ...summary, cells: [...cellsOf(map)], trails, recorded };
  });
}

/**
 * The same as arrays.
 * @throws UsageError `BAD_WIDTH`, `BAD_VALUE`, `BAD_TIME`, `EMPTY_RANGE`
 */
export function coverageMap(
  db: Db,
  { by, every, time = 'event', ...given }: CoverageOptions,
  now: Date,
): CoverageMap {
  const parts = partsOf(by);
  // Throws on bad filters.
  conditions(given, now);
  return inSnapshot(db, () => {
    const { filters, spellings } = resolveFilters(db, given);
    const isWanted = placeTest(filters);
    const contents = contentsOf(db, parts.includes('category'));
    const { deliveries, extents } = contents;
    const wanted = new Set(
      extents.flatMap(({ place, extent }, i) => (extent.first !== undefined && isWanted(place) ? [i] : [])),
    );
    const extent = rangeOf(extents);
    const ofWanted = rangeOf(extents.filter((_, i) => wanted.has(i)));
    const summary = {
      by: parts,
      time,
      hasDigests: deliveries.digests.length > 0,
      spellings,
      undatedFiles: deliveries.undatedFiles,
      undatedMissing: deliveries.undatedMissing,
    };
    const second = (text: string): number => Date.parse(parseTime(text, now)) / 1000;
    const first = given.from === undefined ? ofWanted.first : second(given.from);
    // Up to where others go: what stops before them shows.
    const last = given.to === undefined ? extent.last : second(given.to);
    if (first === undefined || last === undefined || first > last || ofWanted.first === undefined)
      return { ...summary, ...NOTHING, lines: [], holes: [], stops: [] };
    const laid = layOut(contents, {
      wanted,
      parts,
      range: { first, last },
      every,
      isByDelivery: time === 'delivery',
    });
    const { steps, facts, lines, untimedEvents, filesOfDays } = laid;
    const others = extents.filter((_, i) => !wanted.has(i));
    const changes = { now, isWanted };
    const { holes, marks, stops } = holesOf(facts, {
      ...{ steps, extent, others },
      off: offHolesOf(db, changes),
      unrecorded: unrecordedHolesOf(db, changes),
    });
    for (const [i, { ofLines }] of facts.entries()) for (const line of ofLines) markLine(line, marks[i]!);
    return {
      ...summary,
      width: steps.width,
      from: secondText(first),
      to: secondText(last),
      steps,
      lines: sorted(lines),
      holes,
      stops: facts.flatMap(({ place }, i) => (stops[i] ? [{ ...place, ...stops[i] }] : [])),
      untimedEvents,
      filesOfDays,
    };
  });
}

/** What a map says where there is nothing of what was asked for. */
const NOTHING = {
  width: 0,
  from: null,
  to: null,
  steps: undefined,
  untimedEvents: 0,
  filesOfDays: 0,
} as const;

/** From the first to the last thing there is of some places. */
function rangeOf(all: readonly PlaceExtents[]): TimeRange {
  const range: TimeRange = { first: undefined, last: undefined };
  for (const { extent } of all)
    for (const end of [extent.first, extent.last]) if (end !== undefined) widen(range, end);
  return range;
}

/** @throws UsageError `BAD_VALUE` */
function partsOf(by: readonly string[] = ['account', 'region']): Part[] {
  const wrong = by.find(name => !PARTS.some(part => part === name));
  if (wrong !== undefined || by.length === 0)
    throw new UsageError(
      'BAD_VALUE',
      `\`by\` cannot be ${JSON.stringify(wrong ?? '')}`,
      `lines are told apart by ${PARTS.join(', ')}`,
    );
  return PARTS.filter(part => by.includes(part));
}

/** All that the index has, whatever is asked for: what others have shows what one of them lacks. */
interface Contents {
  places: readonly Place[];
  kinds: EventKind[];
  /** Number of the place of each kind. */
  placeOfKind: Int32Array;
  events: Chosen[];
  deliveries: Deliveries;
  /** What there is of each place. */
  extents: PlaceExtents[];
}

function contentsOf(db: Db, needsCategory: boolean): Contents {
  const places = createPlaceNumbers();
  const kinds = eventKinds(db, { needsCategory });
  const placeOfKind = new Int32Array((kinds.at(-1)?.id ?? 0) + 1);
  for (const { id, account, region } of kinds) placeOfKind[id] = places.numberOf(account, region);
  const events = [...chosen(select(db, {}, NO_TIME))];
  const ranges = eventRanges(events, placeOfKind, places.all.length);
  const deliveries = deliveriesOf(db, { places, needsCategory });
  return {
    places: places.all,
    kinds,
    placeOfKind,
    events,
    deliveries,
    extents: extentsOf(places.all, ranges, deliveries),
  };
}

/** For a selection without a relative time. */
const NO_TIME = new Date(0);

interface LayOutOptions {
  /** Numbers of the places that are asked for. */
  wanted: ReadonlySet<number>;
  parts: readonly Part[];
  range: { first: number; last: number };
  every: string | undefined;
  /** Whether events count where their file was delivered. */
  isByDelivery: boolean;
}

interface Laid {
  steps: Steps;
  facts: Array<PlaceFacts & { ofLines: Line[] }>;
  lines: Line[];
  untimedEvents: number;
  filesOfDays: number;
}

/** Counts everything into steps: for each place, and for each line. */
function layOut(contents: Contents, { wanted, parts, range, every, isByDelivery }: LayOutOptions): Laid {
  const { places, kinds, placeOfKind, events, deliveries, extents } = contents;
  const numbers = createLineNumbers(parts);
  const linesOfPlace = new Map<number, Set<number>>([...wanted].map(place => [place, new Set()]));
  const lineOfKind = new Int32Array(placeOfKind.length).fill(-1);
  for (const kind of kinds) {
    const ofPlace = linesOfPlace.get(placeOfKind[kind.id]!);
    if (!ofPlace) continue;
    const line = numbers.ofKind(kind);
    lineOfKind[kind.id] = line;
    ofPlace.add(line);
  }
  const lineOfDelivery = deliveryLines(contents, wanted, numbers, linesOfPlace);
  const steps = stepsBetween(range, every, wanted.size + numbers.count());
  const lines = numbers.lines(steps.count);

  const series: Series[] = [];
  for (const place of wanted) series[place] = createSeries(steps.count);
  const targets: EventTargets[] = [
    { ofKind: placeOfKind.map(place => (wanted.has(place) ? place : -1)), series },
    { ofKind: lineOfKind, series: lines.map(line => line.series) },
  ];
  const untimedEvents = isByDelivery ? 0 : countEvents(events, targets, steps);
  const ofDay: Uint8Array[] = [];
  const filesOfDays = countDeliveries(deliveries, {
    steps,
    seriesOf({ place, category }) {
      const line = lineOfDelivery.get(place)?.get(category);
      return line === undefined ? [] : [series[place]!, lines[line]!.series];
    },
    withEvents: isByDelivery,
    onDay(place, firstStep, lastStep) {
      ofDay[place] ??= new Uint8Array(steps.count);
      ofDay[place].fill(1, firstStep, lastStep + 1);
    },
  });
  const digests = digestsByPlace(deliveries.digests, places.length);
  const byMetadata = digestsByPlace(deliveries.metadataDigests, places.length);
  const missing = new Map(
    deliveries.listed.filter(file => !file.isHere).map(file => [file.place, file.address]),
  );
  const facts = [...linesOfPlace].map(([place, ofLines]) => ({
    ...extents[place]!,
    series: series[place]!,
    digests: digests[place]!,
    ofDay: ofDay[place],
    missing: missing.get(place),
    metadataDigests: byMetadata[place]!,
    ofLines: Array.from(ofLines, line => lines[line]!),
  }));
  const isByPlace = !parts.includes('category');
  return { steps, facts, lines: isByPlace ? lines : lines.filter(hasAnything), untimedEvents, filesOfDays };
}

/**
 * The line that each delivery belongs to, by place and category. Digests have no category; a place that has none is a
 * line all the same.
 */
function deliveryLines(
  { places, deliveries: { files, listed } }: Contents,
  wanted: ReadonlySet<number>,
  numbers: LineNumbers,
  linesOfPlace: ReadonlyMap<number, Set<number>>,
): Map<number, Map<string | null, number>> {
  const lines = new Map<number, Map<string | null, number>>();
  const add = (place: number, category: string | null): void => {
    const ofPlace = lines.get(place);
    if (!ofPlace || ofPlace.has(category)) return;
    const line = numbers.ofDelivery(places[place]!, category);
    ofPlace.set(category, line);
    linesOfPlace.get(place)!.add(line);
  };
  for (const place of wanted) {
    lines.set(place, new Map());
    add(place, null);
  }
  for (const { place, category } of files) add(place, category);
  for (const { place, category } of listed) add(place, category);
  return lines;
}

const sorted = (lines: readonly Line[]): Line[] =>
  lines.toSorted(
    (a, b) =>
      compareText(a.account ?? '', b.account ?? '') ||
      compareText(a.region ?? '', b.region ?? '') ||
      compareText(a.category ?? '', b.category ?? ''),
  );
