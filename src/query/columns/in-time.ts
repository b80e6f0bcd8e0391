/** All events of a selection in order of time, where no page is asked for. */

import type { Selection } from './selection.js';

/** Events whose order is held at once: sixteen bytes each. */
const MOST = 1 << 24;

/**
 * `event_rowid`s, oldest first, those of one second by row; undefined where the columns do not tell, or where there are so
 * many that pages are better.
 */
export function idsInTime(
  { segments, passing, needsRows }: Selection,
  total: number,
): Float64Array | undefined {
  if (needsRows || total > MOST || segments.some(({ oddTimes }) => oddTimes.size > 0)) return undefined;
  const ids = new Float64Array(total);
  const times = new Uint32Array(total);
  let count = 0;
  for (const segment of segments) {
    const places = passing(segment);
    const timesOf = segment.times();
    for (const place of places) {
      ids[count] = segment.first + place;
      times[count++] = timesOf[place]!;
    }
    segment.release();
  }
  const order = orderOf(times);
  const inOrder = new Float64Array(total);
  for (let i = 0; i < total; i++) inOrder[i] = ids[order[i]!]!;
  return inOrder;
}

const DIGIT = 11;

/** The places of times in their order; equal ones stay in the order in which they are. */
function orderOf(times: Uint32Array): Uint32Array {
  let order = new Uint32Array(times.length);
  for (let at = 0; at < times.length; at++) order[at] = at;
  let next = new Uint32Array(times.length);
  for (let shift = 0; shift < 32; shift += DIGIT) {
    const starts = new Uint32Array((1 << DIGIT) + 1);
    const digit = (time: number): number => (time >>> shift) & ((1 << DIGIT) - 1);
    for (let at = 0; at < times.length; at++) starts[digit(times[at]!) + 1]!++;
    for (let value = 1; value < starts.length; value++) starts[value]! += starts[value - 1]!;
    for (let i = 0; i < order.length; i++) {
      const at = order[i]!;
      next[starts[digit(times[at]!)]!++] = at;
    }
    [order, next] = [next, order];
  }
  return order;
}
