/** Numbers equal texts of a column, in the order in which they come. */

import { hash32 } from '../../bytes/hash.js';
import type { Slices } from '../slices.js';
import { memoryOf } from './column-memory.js';
import { scratchNumbers } from './scratch.js';

export interface SliceIds {
  /** The number of each text, and more behind them; of the scratch. */
  ids: Int32Array;
  /** Of each number the place of the first such text. */
  firsts: ArrayLike<number>;
}

const SEED = (Math.random() * 2 ** 32) | 0;

let slots = new Int32Array(1 << 15);
let hashes = new Int32Array(1 << 14);

/**
 * Numbers `count` texts, none of which is NULL, or each `step`th of them.
 */
export function sliceIds(slices: Slices, count: number, step = 1): SliceIds {
  const { bytes, starts, ends } = slices;
  const ids = scratchNumbers(Math.ceil(count / step));
  const memory = memoryOf(bytes, starts, ends, ids);
  if (memory && count <= memory.numbers.most) {
    const { slots: slotsAt, hashes: hashesAt, firsts: firstsAt } = memory.numbers;
    const mask = 2 ** (33 - Math.clz32(count)) - 1;
    const { run } = memory;
    run.setNumbers(slotsAt, hashesAt, firstsAt, SEED);
    const [from, to] = [starts.byteOffset, ends.byteOffset];
    const distinct = run.numberTexts(from, to, count, step, ids.byteOffset, mask);
    return { ids, firsts: new Int32Array(memory.bytes.buffer, firstsAt, distinct) };
  }
  return plainSliceIds(slices, count, step, ids);
}

function plainSliceIds(
  { bytes, starts, ends }: Slices,
  count: number,
  step: number,
  ids: Int32Array,
): SliceIds {
  if (count > hashes.length) {
    hashes = new Int32Array(count * 2);
    slots = new Int32Array(1 << (33 - Math.clz32(count * 2)));
  } else slots.fill(0);
  const mask = slots.length - 1;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const firsts: number[] = [];
  for (let i = 0, n = 0; i < count; i += step, n++) {
    const start = starts[i]!;
    const end = ends[i]!;
    const hash = hash32(view, start, end, SEED);
    let at = hash & mask;
    let id = slots[at]! - 1;
    for (; id >= 0; at = (at + 1) & mask, id = slots[at]! - 1)
      if (hashes[id] === hash && isSame(view, starts[firsts[id]!]!, ends[firsts[id]!]!, start, end)) break;
    if (id < 0) {
      id = firsts.length;
      firsts.push(i);
      hashes[id] = hash;
      slots[at] = id + 1;
    }
    ids[n] = id;
  }
  return { ids, firsts };
}

function isSame(view: DataView, aStart: number, aEnd: number, start: number, end: number): boolean {
  if (aEnd - aStart !== end - start) return false;
  let a = aStart;
  let b = start;
  for (; b + 4 <= end; a += 4, b += 4) if (view.getInt32(a) !== view.getInt32(b)) return false;
  for (; b < end; a++, b++) if (view.getUint8(a) !== view.getUint8(b)) return false;
  return true;
}
