/** The lines of a map of coverage: places, or what they are put together or split by. */

import { createSeries, type Series } from './cells.js';
import { HOLE_KINDS, isStrong } from './hole.js';
import type { EventKind } from './kinds.js';
import type { Part } from './parts.js';
import type { Place } from './place.js';

/** A line; a part that lines are not told apart by is null. */
export interface Line extends Place {
  /** Of files and digests null: management and data events come in the same files. */
  category: string | null;
  series: Series;
  /** The hole in each step: its number in `HOLE_KINDS`, plus one; 0 for none. */
  marks: Uint8Array;
}

/** Gives lines numbers before there are any steps, and their series after that. */
export interface LineNumbers {
  ofKind(kind: EventKind): number;
  ofDelivery(place: Place, category: string | null): number;
  count(): number;
  /** The lines, with what they are put together from. */
  lines(steps: number): Line[];
}

/** @param by what they are told apart by */
export function createLineNumbers(by: readonly Part[]): LineNumbers {
  const all: Array<Place & { category: string | null }> = [];
  const numbers = new Map<string, number>();
  const numberOf = (account: string | null, region: string | null, category: string | null): number => {
    const own = {
      account: by.includes('account') ? account : null,
      region: by.includes('region') ? region : null,
      category: by.includes('category') ? category : null,
    };
    const key = JSON.stringify([own.account, own.region, own.category]);
    const number = numbers.get(key) ?? all.push(own) - 1;
    numbers.set(key, number);
    return number;
  };
  return {
    ofKind: ({ account, region, category }) => numberOf(account, region, category),
    ofDelivery: ({ account, region }, category) => numberOf(account, region, category),
    count: () => all.length,
    lines: steps => all.map(line => ({ ...line, series: createSeries(steps), marks: new Uint8Array(steps) })),
  };
}

/**
 * Marks a line with the holes of one of its places: strong ones always, others in steps where the line has nothing. Of
 * several holes in a step the first in `HOLE_KINDS` stays.
 */
export function markLine({ marks, series }: Line, ofPlace: Uint8Array): void {
  for (let step = 0; step < marks.length; step++) {
    const code = ofPlace[step]!;
    if (code === 0) continue;
    const isEmpty = series.events[step]! + series.files[step]! === 0;
    if (!isEmpty && !isStrong(HOLE_KINDS[code - 1]!)) continue;
    if (marks[step] === 0 || code < marks[step]!) marks[step] = code;
  }
}

/** Whether a line has anything in any step. */
export const hasAnything = ({ series }: Line): boolean =>
  Object.values(series).some(counts => counts.some(count => count > 0));
