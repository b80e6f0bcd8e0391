/**
 * Adds values to a filter of Parquet's, in AssemblyScript: `src/export/parquet/bloom.ts` says what it means,
 * `scripts/make-wasm.ts` builds it.
 *
 * Memory: the words of the filter, then the values.
 */

export const FILTER: usize = 0;
export const VALUES: usize = 1 << 16;

const P1: u64 = 0x9e3779b185ebca87;
const P2: u64 = 0xc2b2ae3d27d4eb4f;
const P3: u64 = 0x165667b19e3779f9;
const P4: u64 = 0x85ebca77c2b2ae63;
const P5: u64 = 0x27d4eb2f165667c5;

function round(sum: u64, lane: u64): u64 {
  return rotl<u64>(sum + lane * P2, 31) * P1;
}

function merged(sum: u64, lane: u64): u64 {
  return (sum ^ round(0, lane)) * P1 + P4;
}

/** XXH64 of a stretch of bytes, with the seed 0. */
function hash(start: usize, length: usize): u64 {
  const end = start + length;
  let at = start;
  let sum: u64 = P5;
  if (length >= 32) {
    let a: u64 = P1 + P2;
    let b: u64 = P2;
    let c: u64 = 0;
    let d: u64 = 0 - P1;
    for (; at + 32 <= end; at += 32) {
      a = round(a, load<u64>(at));
      b = round(b, load<u64>(at + 8));
      c = round(c, load<u64>(at + 16));
      d = round(d, load<u64>(at + 24));
    }
    sum = rotl<u64>(a, 1) + rotl<u64>(b, 7) + rotl<u64>(c, 12) + rotl<u64>(d, 18);
    sum = merged(merged(merged(merged(sum, a), b), c), d);
  }
  sum += <u64>length;
  for (; at + 8 <= end; at += 8) sum = rotl<u64>(sum ^ round(0, load<u64>(at)), 27) * P1 + P4;
  if (at + 4 <= end) {
    sum = rotl<u64>(sum ^ (<u64>load<u32>(at) * P1), 23) * P2 + P3;
    at += 4;
  }
  for (; at < end; at++) sum = rotl<u64>(sum ^ (<u64>load<u8>(at) * P5), 11) * P1;
  sum = (sum ^ (sum >> 33)) * P2;
  sum = (sum ^ (sum >> 29)) * P3;
  return sum ^ (sum >> 32);
}

function set(word: usize, low: u32, salt: u32): void {
  store<u32>(word, load<u32>(word) | (1 << ((low * salt) >> 27)));
}

/** Adds the values in `length` bytes to a filter of so many blocks of eight words. */
export function add(length: i32, blocks: i32): void {
  const end: usize = VALUES + <usize>length;
  for (let at: usize = VALUES; at < end; ) {
    const size = <usize>load<u32>(at);
    const sum = hash(at + 4, size);
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
