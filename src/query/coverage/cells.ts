/** How many events, files and digests there are of each place in each step. */

import { type Chosen, secondsOf } from '../columns/selection.js';
import type { Deliveries } from './deliveries.js';
import { type Steps, stepOf } from './steps.js';

/** What is counted. */
export const COUNTS = ['events', 'files', 'digests', 'listed', 'missing'] as const;
export type Count = (typeof COUNTS)[number];

/** Numbers for each step: events, log files here, digests that end in it, files that digests list, those not here. */
export type Series = Record<Count, Uint32Array>;

export const createSeries = (steps: number): Series => ({
  events: new Uint32Array(steps),
  files: new Uint32Array(steps),
  digests: new Uint32Array(steps),
  listed: new Uint32Array(steps),
  missing: new Uint32Array(steps),
});

/** Series that events are added to, by the number of their kind. */
export interface EventTargets {
  /** The number of the target of each kind; -1 for none. */
  ofKind: Int32Array;
  series: readonly Series[];
}

/**
 * Counts events by eventTime.
 * @param releases whether the columns are not needed again
 * @returns those without a time that can be read
 */
export function countEvents(
  chosen: readonly Chosen[],
  targets: readonly EventTargets[],
  steps: Steps,
): number {
  let untimed = 0;
  for (const { segment, places } of chosen) {
    const { earliest, latest, oddTimes } = segment;
    const hasOdd = oddTimes.size > 0;
    if (!hasOdd && (latest < steps.first || earliest > steps.last)) continue;
    const times = segment.times();
    const kinds = segment.pointers('kind');
    for (let i = 0; i < places.length; i++) {
      const place = places[i]!;
      const second = hasOdd ? secondsOf(segment, place) : times[place]!;
      const kind = kinds[place]!;
      const step = second === undefined ? undefined : stepOf(steps, second);
      if (step === undefined) {
        if (second === undefined && targets.some(({ ofKind }) => ofKind[kind]! >= 0)) untimed++;
        continue;
      }
      for (const { ofKind, series } of targets) {
        const target = ofKind[kind]!;
        if (target >= 0) series[target]!.events[step]!++;
      }
    }
    segment.release();
  }
  return untimed;
}

/** Where a delivery is counted: the series of its place and those of the lines it belongs to. */
export type SeriesOf = (delivery: { place: number; category: string | null }) => readonly Series[];

export interface DeliveryCountOptions {
  steps: Steps;
  seriesOf: SeriesOf;
  /** Whether the events of a file count where it was delivered. */
  withEvents: boolean;
  /** Called for a file of which only the day is known, where steps are shorter than a day. */
  onDay: (place: number, firstStep: number, lastStep: number) => void;
}

const DAY = 86_400;

/**
 * Counts files, digests and listed files by their delivery. A digest counts in the step in which its hour ends.
 * @returns files that are in no step, since only the day of their delivery is known and steps are shorter
 */
export function countDeliveries(
  { files, digests, listed }: Deliveries,
  { steps, seriesOf, withEvents, onDay }: DeliveryCountOptions,
): number {
  let ofDay = 0;
  const isShort = steps.width < DAY;
  for (const file of files) {
    if (file.isDay && isShort) {
      const last = Math.min(file.second + DAY - 1, steps.last);
      const [from, to] = [stepOf(steps, Math.max(file.second, steps.first)), stepOf(steps, last)];
      if (from === undefined || to === undefined || to < from) continue;
      ofDay++;
      onDay(file.place, from, to);
      continue;
    }
    const step = stepOf(steps, file.isDay ? Math.max(file.second, steps.first) : file.second);
    if (step === undefined || (file.isDay && file.second + DAY <= steps.first)) continue;
    for (const series of seriesOf(file)) {
      series.files[step]!++;
      if (withEvents) series.events[step]! += file.events;
    }
  }
  for (const { place, end } of digests) {
    const step = stepOf(steps, end - 1);
    if (step !== undefined) for (const { digests } of seriesOf({ place, category: null })) digests[step]!++;
  }
  for (const file of listed) {
    const step = stepOf(steps, file.second);
    if (step === undefined) continue;
    for (const series of seriesOf(file)) {
      series.listed[step]!++;
      if (!file.isHere) series.missing[step]!++;
    }
  }
  return ofDay;
}
