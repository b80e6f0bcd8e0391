/**
 * Adds values to a filter of Parquet's, in AssemblyScript: `src/export/parquet/bloom.ts` says what it means,
 * `scripts/make-wasm.ts` builds it.
 *
 * Memory: the words of the filter, then the values.
 */

import { xxh64 } from './xxh64';

export const FILTER: usize = 0;
export const VALUES: usize = 1 << 16;

function set(word: usize, low: u32, salt: u32): void {
  store<u32>(word, load<u32>(word) | (1 << ((low * salt) >> 27)));
}

/** Adds the values in `length` bytes to a filter of so many blocks of eight words. */
export function add(length: i32, blocks: i32): void {
  const end: usize = VALUES + <usize>length;
  for (let at: usize = VALUES; at < end; ) {
    const size = <usize>load<u32>(at);
    const sum = xxh64(at + 4, size, 0);
    at += 4 + size;
    const block = FILTER + ((<usize>(((sum >> 32) * <u64>blocks) >> 32)) << 5);
    const low = <u32>sum;
    set(block, low, 0x47b6137b);
    set(block + 4, low, 0x44974d91);
    set(block + 8, low, 0x8824ad5b);
    set(block + 12, low, 0xa2b7289d);
    set(block + 16, low, 0x705495c7);
    set(block + 20, low, 0x2df1424b);
    set(block + 24, low, 0x9efc4947);
    set(block + 28, low, 0x5c6bfb31);
  }
}
