/** The least and the greatest value of a chunk, in the order of bytes. */

import { type Slices, sliceNumber, sliceText } from '../slices.js';
import { memoryOf } from './column-memory.js';
import type { LeafData } from './leaf-data.js';
import type { Scalar } from './shred.js';

export interface Range {
  least: Scalar | undefined;
  most: Scalar | undefined;
}

/** The least and the greatest of values one by one. */
export function rangeOfSlices({ leaf, values, valueCount }: LeafData): Range {
  if (leaf.physical !== 'BYTE_ARRAY') {
    let [least, most] = [sliceNumber(values, 0), sliceNumber(values, 0)];
    for (let i = 1; i < valueCount; i++) {
      const value = sliceNumber(values, i);
      if (value < least) least = value;
      if (value > most) most = value;
    }
    return leaf.physical === 'BOOLEAN' ? { least: least === 1, most: most === 1 } : { least, most };
  }
  const { bytes, starts, ends } = values;
  const memory = memoryOf(bytes, starts, ends);
  if (memory) {
    const range = memory.run.rangeOf(starts.byteOffset, ends.byteOffset, valueCount);
    const [least, most] = [Number(range & 0xffffffffn), Number(range >> 32n)];
    return { least: sliceText(values, least)!, most: sliceText(values, most)! };
  }
  let [least, most] = [0, 0];
  for (let i = 1; i < valueCount; i++) {
    if (isSliceBefore(values, i, least)) least = i;
    if (isSliceBefore(values, most, i)) most = i;
  }
  return { least: sliceText(values, least)!, most: sliceText(values, most)! };
}

function isSliceBefore({ bytes, starts, ends }: Slices, a: number, b: number): boolean {
  let x = starts[a]!;
  let y = starts[b]!;
  const xEnd = ends[a]!;
  const yEnd = ends[b]!;
  for (; x < xEnd && y < yEnd; x++, y++) if (bytes[x] !== bytes[y]) return bytes[x]! < bytes[y]!;
  return y < yEnd;
}

/** The least and the greatest value, in the order of bytes. */
export function rangeOf(values: readonly Scalar[]): Range {
  let [least, most] = [values[0], values[0]];
  for (const value of values) {
    if (isBefore(value, least!)) least = value;
    if (isBefore(most!, value)) most = value;
  }
  // As texts: bytes would take the whole buffer with them to another thread.
  const noted = (value: Scalar): Scalar =>
    value instanceof Uint8Array
      ? Buffer.from(value.buffer, value.byteOffset, value.length).toString()
      : value;
  return { least: noted(least!), most: noted(most!) };
}

function isBefore(a: Scalar, b: Scalar): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) < 0;
  if (typeof a !== 'string' || typeof b !== 'string') return a < b;
  if (a === b) return false;
  let i = 0;
  while (a.charCodeAt(i) === b.charCodeAt(i)) i++;
  const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
  // A surrogate stands for what comes after every other unit, which its number does not say.
  const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;
  if (Number.isNaN(x) || Number.isNaN(y)) return a.length < b.length;
  return isHigh(x) === isHigh(y) ? x < y : isHigh(y);
}
