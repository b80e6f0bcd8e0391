/** The order of matches: by time, those of one second by row; a chunk of rows may hold events of any time. */

import TinyQueue from 'tinyqueue';
import type { IdRange, RowSet } from '../store/text/row-set.js';
import { ROWS_AT_ONCE } from '../store/text/rows.js';
import type { Chunk } from '../store/text/signature.js';
import type { Order } from './columns/order.js';
import type { Matching, SearchHit } from './text/matching.js';

const byTime =
  (order: Order) =>
  (a: SearchHit, b: SearchHit): number => {
    const later = a.time < b.time ? -1 : a.time > b.time ? 1 : a.id - b.id;
    return order === 'newest' ? -later : later;
  };

/** What is left of hits and chunks behind the end of a page. */
export interface IsLeft {
  isHit(hit: SearchHit): boolean;
  inChunk(chunk: Chunk): boolean;
}

/** What is left where a page ended with this hit. */
export function leftAfter(last: SearchHit, order: Order): IsLeft {
  const compare = byTime(order);
  const isNewest = order === 'newest';
  return {
    isHit: hit => compare(hit, last) > 0,
    inChunk: ({ earliest, latest }) => (isNewest ? earliest <= last.time : latest >= last.time),
  };
}

/** A range is read with so many rows for each that is wanted. */
const DENSE = 1.6;

export const idsOf = (events: readonly SearchHit[]): number[] => events.map(event => event.id);

export function inBatches(events: readonly SearchHit[]): SearchHit[][] {
  const batches: SearchHit[][] = [];
  for (let at = 0; at < events.length; at += ROWS_AT_ONCE) batches.push(events.slice(at, at + ROWS_AT_ONCE));
  return batches;
}

/** Rows that are worth counting at a time. */
export const COUNTED_AT_ONCE = 1024;

/** Neighbouring chunks as ranges that are worth counting in. */
export function joined(chunks: readonly Chunk[]): IdRange[] {
  const ranges: IdRange[] = [];
  let open: IdRange | undefined;
  for (const { first, last } of [...chunks].sort((a, b) => a.first - b.first)) {
    if (open && first === open.last + 1 && last - open.first < COUNTED_AT_ONCE) open.last = last;
    else {
      open = { first, last };
      ranges.push(open);
    }
  }
  return ranges;
}

/** The rows that lie in one of the chunks, by their ids. */
export function inside(rows: SearchHit[], chunks: readonly Chunk[]): SearchHit[] {
  rows.sort((a, b) => a.id - b.id);
  const sorted = [...chunks].sort((a, b) => a.first - b.first);
  let at = 0;
  return rows.filter(({ id }) => {
    while (at < sorted.length && sorted[at]!.last < id) at++;
    return at < sorted.length && sorted[at]!.first <= id;
  });
}

/** Ids in order, in sets that are worth a statement: a range where few others lie between, which is read quicker. */
export function* inSets(ids: readonly number[], size: number): Generator<RowSet> {
  for (let at = 0; at < ids.length; at += size) {
    const set = ids.slice(at, at + size);
    const range = { first: set[0]!, last: set.at(-1)! };
    yield range.last - range.first < DENSE * set.length ? range : set;
  }
}

export function* inOrder(events: SearchHit[], order: Order, matching: Matching): Generator<SearchHit> {
  for (const batch of inBatches(events.sort(byTime(order)))) {
    yield* matching(idsOf(batch)).sort(byTime(order));
  }
}

/**
 * Reads chunk after chunk, the one with the newest (or oldest) event first, and gives a match as soon as no chunk that
 * is left can hold one that comes before it.
 */
export function* asChunksCome(
  chunks: Chunk[],
  order: Order,
  read: (chunk: Chunk) => SearchHit[],
): Generator<SearchHit> {
  const isNewest = order === 'newest';
  const key = (chunk: Chunk): number => (isNewest ? -chunk.latest : chunk.earliest);
  // Often the first few are all that is needed: a heap is quicker made than a sorted list.
  const left = new TinyQueue(chunks, (a, b) => key(a) - key(b) || a.first - b.first);
  const waiting = new TinyQueue<SearchHit>([], byTime(order));
  for (let chunk = left.pop(); chunk; chunk = left.pop()) {
    for (const hit of read(chunk)) waiting.push(hit);
    const next = left.peek();
    if (next && key(next) === Number.NEGATIVE_INFINITY) continue;
    const bound = next && (isNewest ? next.latest : next.earliest);
    for (let hit = waiting.peek(); hit; hit = waiting.peek()) {
      if (bound !== undefined && (isNewest ? hit.time <= bound : hit.time >= bound)) break;
      waiting.pop();
      yield hit;
    }
  }
}
