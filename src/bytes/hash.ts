/** Hashes over bytes, four at a time. Not cryptographic: seeds keep attackers, who write log text, from choosing collisions. */

/** One 32-bit hash of the bytes `[from, to)`. */
export function hash32(view: DataView, from: number, to: number, seed: number): number {
  let h = seed ^ (to - from);
  // Two lanes: a multiplication takes longer than it takes to begin the next.
  let other = seed;
  let i = from;
  for (; i + 8 <= to; i += 8) {
    h = Math.imul(h ^ view.getInt32(i, true), 0x5bd1e995);
    other = Math.imul(other ^ view.getInt32(i + 4, true), 0x1b873593);
    h ^= h >>> 15;
    other ^= other >>> 13;
  }
  h = Math.imul(h ^ other, 0x5bd1e995);
  for (; i < to; i++) h = Math.imul(h ^ view.getUint8(i), 0x5bd1e995);
  h = Math.imul(h ^ (h >>> 13), 0x85ebca6b);
  return h ^ (h >>> 16);
}

/** The halves of the last `hash64`: returning them as an object would cost more than the hash. */
export const wide = { high: 0, low: 0 };

/** Two 32-bit hashes that each see every byte, left in `wide`. */
export function hash64(view: DataView, from: number, to: number, seedHigh: number, seedLow: number): void {
  let h1 = seedHigh ^ 0x9e3779b9;
  let h2 = seedLow ^ (to - from);
  let i = from;
  for (; i + 4 <= to; i += 4) {
    const word = view.getInt32(i, true);
    h1 = Math.imul(h1 ^ word, 0x5bd1e995);
    h1 ^= h1 >>> 15;
    h2 = (Math.imul((h2 << 13) | (h2 >>> 19), 5) + Math.imul(word, 0xcc9e2d51)) | 0;
  }
  for (; i < to; i++) {
    const byte = view.getUint8(i);
    h1 = Math.imul(h1 ^ byte, 0x5bd1e995);
    h2 = Math.imul(h2 ^ byte, 0x1b873593);
  }
  h1 = Math.imul(h1 ^ (h1 >>> 16), 0x85ebca6b);
  h2 = Math.imul(h2 ^ (h2 >>> 16), 0xc2b2ae35);
  wide.high = h1 ^ (h1 >>> 13);
  wide.low = h2 ^ (h2 >>> 13);
}

/** The hash of content as the index keeps it: 53 bits are exact in a double. */
export function contentHash(high: number, low: number): number {
  return (high & 0x1fffff) * 2 ** 32 + (low >>> 0);
}
