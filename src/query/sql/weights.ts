/** Counts the events that point to the same rows of dimensions, and are of the same time, in the columns of the index. */

import { isoSecond, secondOf } from '../../cloudtrail/time.js';
import { eventSegments } from '../../store/columns/segments.js';
import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { ODD_TIME } from '../../store/times.js';
import type { OwnTable } from './emit/own-table.js';

/** Ids of the rows, null for none, then the time where one is asked for, and the number of events behind them. */
export type Weight = Array<bigint | string | null>;

/** The names of what a weight is made of. */
export const weightColumns = ({ dimensions, grain }: OwnTable): string[] => [
  ...dimensions.map(dimension => `${dimension}_id`),
  ...(grain === undefined ? [] : ['eventtime']),
  'n',
];

/**
 * @param table whose dimensions are asked for; where times are bounded or asked for, every event's is in CloudTrail's own
 *   form, or it has none
 */
export function weights(db: Db, { dimensions, grain, first, last }: OwnTable): Weight[] {
  const isBounded = first > 0 || last < Number.MAX_SAFE_INTEGER;
  const times = grain === undefined ? undefined : cutTimes(db, grain);
  const sizes = dimensions.map(
    dimension => (prepared(db, `SELECT coalesce(max(id), 0) FROM ${dimension}`).pluck().get() as number) + 1,
  );
  if (times) sizes.push(times.size);
  const keys = sizes.reduce((all, size) => all * size, 1);
  const { add, entries } = keys <= MOST_IN_ARRAY ? arrayCounter(keys) : mapCounter();
  // Beyond exact numbers two keys would be one: then they are texts.
  const isExact = keys <= Number.MAX_SAFE_INTEGER;
  for (const segment of eventSegments(db)) {
    if (isBounded && (segment.latest < first || segment.earliest > last)) continue;
    const kinds = segment.pointers('kind');
    const parts = dimensions.map(dimension => segment.pointers(dimension));
    const seconds = isBounded || times ? segment.times() : undefined;
    if (times) parts.push(seconds!.map(times.numberOf));
    for (let i = 0; i < kinds.length; i++) {
      if (kinds[i] === 0) continue;
      if (isBounded && (seconds![i] === ODD_TIME || seconds![i]! < first || seconds![i]! > last)) continue;
      let key: number | string = 0;
      if (isExact) for (let p = 0; p < parts.length; p++) key = key * sizes[p]! + parts[p]![i]!;
      else key = parts.map(ids => ids[i]).join();
      add(key);
    }
  }
  return Array.from(entries(), ([key, count]) => {
    const numbers = numbersOf(key, sizes);
    const ids = numbers.slice(0, dimensions.length).map(id => (id === 0 ? null : BigInt(id)));
    return [...ids, ...(times ? [times.textOf(numbers.at(-1)!)] : []), BigInt(count)];
  });
}

/** Times that are cut to a grain, as numbers below `size`; 0 is none. */
interface CutTimes {
  size: number;
  numberOf(second: number): number;
  textOf(number: number): string | null;
}

function cutTimes(db: Db, grain: number): CutTimes {
  const cut = (second: number): number => Math.floor(second / grain);
  const [least, most] = ['min', 'max'].map(of => {
    const text = prepared(db, `SELECT ${of}(eventtime) FROM event`).pluck().get() as string | null;
    return cut((text === null ? null : secondOf(text)) ?? 0);
  }) as [number, number];
  return {
    size: most - least + 2,
    numberOf: second => (second === ODD_TIME ? 0 : cut(second) - least + 1),
    textOf: number => (number === 0 ? null : isoSecond((number - 1 + least) * grain)),
  };
}

interface Counter {
  add(key: number | string): void;
  entries(): Iterable<[key: number | string, count: number]>;
}

/** Keys that are counted in an array: 16 MB. */
const MOST_IN_ARRAY = 1 << 22;

function arrayCounter(keys: number): Counter {
  const counts = new Uint32Array(keys);
  return {
    add(key) {
      counts[key as number]!++;
    },
    *entries() {
      for (let key = 0; key < keys; key++) if (counts[key]! > 0) yield [key, counts[key]!];
    },
  };
}

function mapCounter(): Counter {
  const counts = new Map<number | string, number>();
  return {
    add(key) {
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    entries: () => counts,
  };
}

/** What a key was made of. */
function numbersOf(key: number | string, sizes: readonly number[]): number[] {
  if (typeof key === 'string') return key.split(',').map(Number);
  const numbers: number[] = [];
  for (let left = key, p = sizes.length - 1; p >= 0; p--) {
    numbers.unshift(left % sizes[p]!);
    left = Math.floor(left / sizes[p]!);
  }
  return numbers;
}
