/** From when to when there is anything of each place, and what is known of it. */

import { type Chosen, secondsOf } from '../columns/selection.js';
import type { Deliveries } from './deliveries.js';
import { type Place, type TimeRange, widen } from './place.js';
import type { PlaceExtents } from './place-facts.js';

const nothing = (): TimeRange => ({ first: undefined, last: undefined });

/**
 * Takes the eventTimes of events into the ranges of their places.
 * @param ofKind number of the place of each kind of event
 */
export function eventRanges(chosen: readonly Chosen[], ofKind: Int32Array, places: number): TimeRange[] {
  const first = new Float64Array(places).fill(Number.POSITIVE_INFINITY);
  const last = new Float64Array(places).fill(Number.NEGATIVE_INFINITY);
  for (const { segment, places: at } of chosen) {
    const times = segment.times();
    const kinds = segment.pointers('kind');
    const hasOdd = segment.oddTimes.size > 0;
    for (let i = 0; i < at.length; i++) {
      const time = hasOdd ? secondsOf(segment, at[i]!) : times[at[i]!]!;
      if (time === undefined) continue;
      const place = ofKind[kinds[at[i]!]!]!;
      if (time < first[place]!) first[place] = time;
      if (time > last[place]!) last[place] = time;
    }
  }
  return Array.from(first, (_, i) =>
    first[i]! <= last[i]! ? { first: Math.floor(first[i]!), last: Math.floor(last[i]!) } : nothing(),
  );
}

/**
 * What there is of each place, by its number.
 * @param events ranges of its events; a place that only files or digests name has none
 */
export function extentsOf(
  places: readonly Place[],
  events: readonly TimeRange[],
  { files, digests, listed, metadataDigests }: Deliveries,
): PlaceExtents[] {
  const all = places.map((place, i): PlaceExtents => {
    const { first, last } = events[i] ?? nothing();
    return {
      place,
      extent: { first, last },
      digestEnds: nothing(),
      deliveries: { first, last },
      hasFiles: false,
    };
  });
  for (const { place, second, isDay } of files) {
    const one = all[place]!;
    one.hasFiles = true;
    widen(one.extent, second);
    widen(one.deliveries, isDay ? second + DAY - 1 : second);
  }
  for (const { place, start, end } of digests) {
    const one = all[place]!;
    widen(one.digestEnds, end);
    widen(one.extent, start);
    // Its end is where the next one begins.
    widen(one.extent, end - 1);
  }
  for (const { place, second } of listed) widen(all[place]!.extent, second);
  for (const { place, start, end } of metadataDigests) {
    widen(all[place]!.extent, start);
    widen(all[place]!.extent, end - 1);
  }
  return all;
}

const DAY = 86_400;

/** The digests of each place, by its number. */
export function digestsByPlace<T extends { place: number }>(digests: readonly T[], places: number): T[][] {
  const byPlace: T[][] = Array.from({ length: places }, () => []);
  for (const digest of digests) byPlace[digest.place]!.push(digest);
  return byPlace;
}
