/** The hybrid of runs and packed bits in which Parquet writes levels and numbers of a dictionary (Encodings.md, RLE). */

import { ParquetFault } from './fault.js';

/**
 * Numbers of `width` bits from `bytes[at, end)`, one at a time: a run of two billion costs nothing until it is asked for.
 * @throws ParquetFault, from what is returned, where there are no more
 */
export function createHybrid(bytes: Uint8Array, at: number, end: number, width: number): () => number {
  if (width === 0) return () => 0;
  if (width > 32) throw new ParquetFault(`numbers of ${width} bits`);
  /** Numbers left in the run at hand; of a packed one, a multiple of eight. */
  let left = 0;
  let isPacked = false;
  let value = 0;
  let bit = 0;
  let place = at;

  function header(): void {
    let number = 0;
    let unit = 1;
    for (let i = 0; ; i++, unit *= 128) {
      if (place >= end || i > 5) throw new ParquetFault('a page with fewer values than its head says');
      const next = bytes[place++]!;
      number += (next & 0x7f) * unit;
      if (next < 0x80) break;
    }
    isPacked = number % 2 === 1;
    left = isPacked ? ((number - 1) / 2) * 8 : number / 2;
    if (isPacked) {
      bit = 0;
      return;
    }
    value = 0;
    for (let i = 0; i < width; i += 8) {
      if (place >= end) throw new ParquetFault('a page that ends inside a run');
      value += bytes[place++]! * 2 ** i;
    }
  }

  function packed(): number {
    let number = 0;
    for (let got = 0; got < width; ) {
      if (place >= end) throw new ParquetFault('a page that ends inside packed numbers');
      const take = Math.min(8 - bit, width - got);
      number += ((bytes[place]! >> bit) & ((1 << take) - 1)) * 2 ** got;
      got += take;
      bit += take;
      if (bit === 8) {
        bit = 0;
        place++;
      }
    }
    return number;
  }

  return () => {
    while (left === 0) header();
    left--;
    if (!isPacked) return value;
    const number = packed();
    return number;
  };
}

/** Bits that hold numbers up to `most`. */
export const widthOf = (most: number): number => 32 - Math.clz32(most);
