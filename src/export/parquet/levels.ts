/** Small numbers as Parquet packs them: runs of one value, and groups of eight that are packed bit by bit. */

import type { Bytes } from './bytes.js';

/** Bits that the numbers up to `most` need. */
export const bitWidth = (most: number): number => 32 - Math.clz32(most);

/** Appends `count` times a value, which are at least eight, as `appendHybrid` would. */
export function appendRun(out: Bytes, value: number, count: number, width: number): void {
  out.varint(count << 1);
  for (let bits = 0; bits < width; bits += 8) out.byte((value >>> bits) & 0xff);
}

/** Appends `values[from, to)` in the hybrid of the format's "Run Length Encoding / Bit-Packing Hybrid". */
export function appendHybrid(
  out: Bytes,
  values: Int32Array | Uint8Array,
  from: number,
  to: number,
  width: number,
): void {
  if (out.hybrid(values, from, to, width)) return;
  let packed = from;
  let at = from;
  while (at < to) {
    const value = values[at]!;
    let end = at + 1;
    while (end < to && values[end] === value) end++;
    // What is packed before a run is of whole groups: it takes what it lacks from the run.
    const begin = at + ((8 - ((at - packed) & 7)) & 7);
    if (end - begin >= 8) {
      if (begin > packed) appendPacked(out, values, packed, begin, width);
      appendRun(out, value, end - begin, width);
      packed = end;
    }
    at = end;
  }
  if (to > packed) appendPacked(out, values, packed, to, width);
}

function appendPacked(out: Bytes, values: ArrayLike<number>, from: number, to: number, width: number): void {
  out.varint((((to - from + 7) >>> 3) << 1) | 1);
  out.packed(values, from, to, width);
}
