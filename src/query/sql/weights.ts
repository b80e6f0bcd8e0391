/** Counts the events that point to the same rows of dimensions, in the columns of the index. */

import { eventSegments } from '../../store/columns/segments.js';
import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { ODD_TIME } from '../../store/times.js';
import type { OwnTable } from './emit/own-table.js';

/** Ids of the rows, null for none, and the number of events behind them. */
export type Weight = Array<bigint | null>;

/** @param table whose dimensions are asked for; where times are bounded, every event's is in CloudTrail's own form */
export function weights(db: Db, { dimensions, first, last }: OwnTable): Weight[] {
  const sizes = dimensions.map(
    dimension => (prepared(db, `SELECT coalesce(max(id), 0) FROM ${dimension}`).pluck().get() as number) + 1,
  );
  const keys = sizes.reduce((all, size) => all * size, 1);
  const isBounded = first > 0 || last < Number.MAX_SAFE_INTEGER;
  const { add, entries } = keys <= MOST_IN_ARRAY ? arrayCounter(keys) : mapCounter();
  // Beyond exact numbers two keys would be one: then they are texts.
  const isExact = keys <= Number.MAX_SAFE_INTEGER;
  for (const segment of eventSegments(db)) {
    if (isBounded && (segment.latest < first || segment.earliest > last)) continue;
    const kinds = segment.pointers('kind');
    const pointers = dimensions.map(dimension => segment.pointers(dimension));
    const times = isBounded ? segment.times() : undefined;
    for (let i = 0; i < kinds.length; i++) {
      if (kinds[i] === 0) continue;
      if (times && (times[i] === ODD_TIME || times[i]! < first || times[i]! > last)) continue;
      let key: number | string = 0;
      if (isExact) for (let d = 0; d < pointers.length; d++) key = key * sizes[d]! + pointers[d]![i]!;
      else key = pointers.map(ids => ids[i]).join();
      add(key);
    }
  }
  return Array.from(entries(), ([key, count]) => [...idsOf(key, sizes), BigInt(count)]);
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

function idsOf(key: number | string, sizes: readonly number[]): Weight {
  if (typeof key === 'string') return key.split(',').map(id => (id === '0' ? null : BigInt(id)));
  const ids: Weight = [];
  for (let left = key, d = sizes.length - 1; d >= 0; d--) {
    const id = left % sizes[d]!;
    ids.unshift(id === 0 ? null : BigInt(id));
    left = Math.floor(left / sizes[d]!);
  }
  return ids;
}
