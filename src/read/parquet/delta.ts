/** Numbers written as differences (Encodings.md, DELTA_BINARY_PACKED). */

import { ParquetFault } from './fault.js';

export interface Deltas {
  /** Whole numbers, wrapped to `bits`. @throws ParquetFault where there are no more */
  next(): bigint;
  /** Where the bytes end that were read so far. */
  at(): number;
  count: number;
}

/** A miniblock of more numbers is nobody's. */
const MAX_MINIBLOCK = 1 << 16;

/** @param bits of a number: 32 or 64 */
export function createDeltas(bytes: Uint8Array, start: number, end: number, bits: 32 | 64): Deltas {
  let at = start;
  const byte = (): number => {
    if (at >= end) throw new ParquetFault('a page of differences that ends too early');
    return bytes[at++]!;
  };
  function varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const next = byte();
      value |= BigInt(next & 0x7f) << shift;
      if (next < 0x80) return BigInt.asUintN(64, value);
    }
    throw new ParquetFault('a number of more than 64 bits');
  }
  const zigzag = (): bigint => {
    const value = varint();
    return (value >> 1n) ^ -(value & 1n);
  };

  const blockSize = Number(varint());
  const miniblocks = Number(varint());
  const count = Number(varint());
  let value = BigInt.asIntN(bits, zigzag());
  const perMiniblock = blockSize / miniblocks;
  if (!(perMiniblock >= 1 && perMiniblock <= MAX_MINIBLOCK && miniblocks <= 4096 && perMiniblock % 8 === 0))
    throw new ParquetFault('a page of differences with blocks of an impossible size');

  let given = 0;
  let least = 0n;
  let widths: number[] = [];
  let inMiniblock = perMiniblock;
  let width = 0;
  let miniblockStart = at;
  let bit = 0;

  function nextMiniblock(): void {
    // A miniblock that is not full is padded, the last of all may not be.
    if (bit > 0) at = Math.min(end, miniblockStart + (perMiniblock * width) / 8);
    if (widths.length === 0) {
      least = zigzag();
      widths = Array.from({ length: miniblocks }, byte);
    }
    width = widths.shift()!;
    if (width > 64) throw new ParquetFault(`differences of ${width} bits`);
    inMiniblock = 0;
    miniblockStart = at;
    bit = 0;
  }

  function packed(): bigint {
    if (width === 0) return 0n;
    const last = miniblockStart + Math.ceil((bit + width) / 8);
    if (last > end) throw new ParquetFault('a page of differences that ends too early');
    let number = 0n;
    for (let got = 0; got < width; ) {
      const offset = bit % 8;
      const take = Math.min(8 - offset, width - got);
      const part = (bytes[miniblockStart + (bit - offset) / 8]! >> offset) & ((1 << take) - 1);
      number |= BigInt(part) << BigInt(got);
      got += take;
      bit += take;
    }
    return number;
  }

  return {
    count,
    next() {
      if (given >= count) throw new ParquetFault('a page with fewer values than its head says');
      if (given++ === 0) return value;
      if (inMiniblock === perMiniblock) nextMiniblock();
      inMiniblock++;
      value = BigInt.asIntN(bits, value + least + packed());
      return value;
    },
    at: () => (bit > 0 ? Math.min(end, miniblockStart + (perMiniblock * width) / 8) : at),
  };
}
