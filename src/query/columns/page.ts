/** Events in order, page by page: every page costs the same, wherever it is, and none is given twice or left out. */

import type { Segment } from '../../store/columns/segments.js';
import type { Db } from '../../store/open.js';
import type { EventColumn } from './column.js';
import { groupingsBy } from './grouping.js';
import { compareText, type Order } from './order.js';
import { type Selection, secondsOf } from './selection.js';
import { createSmallest } from './smallest.js';
import type { Seconds } from './time-test.js';

/** Stands for the time of an event that has none which can be read: before every other. */
export const UNTIMED = Number.MIN_SAFE_INTEGER;

/** An event, and where it stands in the order. */
export interface Position {
  /** Its `event_rowid`. */
  id: number;
  /** Seconds since 1970; UNTIMED where it has no time that can be read. */
  time: number;
  /** The value it is sorted by; only where that is not its time. */
  value?: string | null;
}

/** An order of events: by a column if there is one, then by time, then by row. */
export interface PageOrder {
  order: Order;
  by?: { column: EventColumn; descending: boolean };
}

export interface Pages {
  /** The next events after `after`, at most `limit`; all from the first one without `after`. */
  next(limit: number, after?: Position): Position[];
}

/** Events looked at for a page whose events have to be read: more each time, where few of them pass. */
const FIRST_LOOK = 128;
const LONGEST_LOOK = 1 << 14;

export function createPages(db: Db, selection: Selection, { order, by }: PageOrder): Pages {
  const isNewest = order === 'newest';
  const sorting = by && createSorting(db, selection, by);
  /** Smaller stands earlier. */
  const timeKey = (time: number): number => (isNewest ? -time : time);
  const sorted = [...selection.segments].sort((a, b) => bestTime(a) - bestTime(b));

  /** The smallest key of time that an event of a segment can have. */
  function bestTime({ earliest, latest, oddTimes }: Segment): number {
    return oddTimes.size > 0 ? Number.NEGATIVE_INFINITY : timeKey(isNewest ? latest : earliest);
  }
  /** The largest. */
  function worstTime({ earliest, latest, oddTimes }: Segment): number {
    return oddTimes.size > 0 ? Number.POSITIVE_INFINITY : timeKey(isNewest ? earliest : latest);
  }

  /** The best `count` candidates after a position, in order. */
  function best(count: number, after: Position | undefined): Position[] {
    const compare = (a: Entry, b: Entry): number =>
      a.rank - b.rank || a.time - b.time || (isNewest ? b.id - a.id : a.id - b.id);
    const smallest = createSmallest(count, compare);
    const [afterRank, afterTime] = after
      ? [sorting?.rankOf(after.value ?? null) ?? 0, timeKey(after.time)]
      : [0, 0];
    /** Where the events that are wanted can be: between the place and the last of those kept. */
    const within = (): Seconds => {
      const nearest = after ? afterTime : Number.NEGATIVE_INFINITY;
      const farthest = smallest.bound()?.time ?? Number.POSITIVE_INFINITY;
      return isNewest ? { first: -farthest, last: -nearest } : { first: nearest, last: farthest };
    };
    for (const segment of sorted) {
      if (!sorting) {
        if (bestTime(segment) > (smallest.bound()?.time ?? Number.POSITIVE_INFINITY)) break;
        if (after && worstTime(segment) < afterTime) continue;
      }
      const places = selection.passing(segment, sorting ? undefined : within());
      if (places.length === 0) continue;
      const ranks = sorting?.ranks(segment, places);
      const times = segment.times();
      const hasOdd = segment.oddTimes.size > 0;
      for (let i = 0; i < places.length; i++) {
        const place = places[i]!;
        const time = timeKey(hasOdd ? (secondsOf(segment, place) ?? UNTIMED) : times[place]!);
        const id = segment.first + place;
        const rank = ranks ? ranks[i]! : 0;
        if (after) {
          const later = rank - afterRank || time - afterTime || (isNewest ? after.id - id : id - after.id);
          if (later <= 0) continue;
        }
        smallest.add({ rank, time, id });
      }
      segment.release();
    }
    return smallest.sorted().map(({ rank, time, id }) => ({
      id,
      time: isNewest ? -time : time,
      ...(sorting ? { value: sorting.valueOf(rank) } : {}),
    }));
  }

  return {
    next(limit, after) {
      if (!selection.needsRows) return best(limit, after);
      const found: Position[] = [];
      let from = after;
      for (
        let look = Math.max(FIRST_LOOK, limit);
        found.length < limit;
        look = Math.min(look * 4, LONGEST_LOOK)
      ) {
        const looked = best(look, from);
        const passed = selection.verified(looked.map(({ id }) => id));
        found.push(...looked.filter(({ id }) => passed.has(id)));
        if (looked.length < look) break;
        from = looked.at(-1);
      }
      return found.slice(0, limit);
    },
  };
}

interface Entry {
  rank: number;
  time: number;
  id: number;
}

interface Sorting {
  ranks(segment: Segment, places: Uint32Array): Float64Array;
  /** Where a value stands among those there are; between two of them where it is none of them. */
  rankOf(value: string | null): number;
  valueOf(rank: number): string | null;
}

/** Orders by the values of a column, NULL first. */
function createSorting(
  db: Db,
  selection: Selection,
  { column, descending }: { column: EventColumn; descending: boolean },
): Sorting {
  const grouping = groupingsBy(db, [column])[0]!;
  const sign = descending ? -1 : 1;
  const codes = new Set<number>();
  const codesOf = (segment: Segment, places: Uint32Array): Uint32Array => grouping.codes({ segment, places });
  for (const segment of selection.segments) {
    const places = selection.passing(segment);
    if (places.length === 0) continue;
    for (const code of codesOf(segment, places)) codes.add(code);
    segment.release();
  }
  const known = [...codes].map(code => ({ code, value: grouping.valuesOf(code)[0] ?? null }));
  const compare = column.isNumber ? compareNumbers : compareText;
  known.sort((a, b) => compare(a.value, b.value));
  const rankOfCode = new Map(known.map(({ code }, rank) => [code, rank * sign]));
  return {
    ranks: (segment, places) => Float64Array.from(codesOf(segment, places), code => rankOfCode.get(code)!),
    rankOf(value) {
      const at = known.findIndex(entry => compare(entry.value, value) >= 0);
      if (at < 0) return known.length * sign;
      return (known[at]!.value === value ? at : at - 0.5) * sign;
    },
    valueOf: rank => known[rank * sign]?.value ?? null,
  };
}

/** Texts that are not numbers come after the numbers. */
function compareNumbers(a: string | null, b: string | null): number {
  if (a === null || b === null) return compareText(a, b);
  const [x, y] = [Number(a), Number(b)];
  if (Number.isNaN(x) || Number.isNaN(y))
    return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || compareText(a, b);
  return x - y || compareText(a, b);
}
