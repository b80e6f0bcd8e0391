/** What is made of a record whose members were found, in AssemblyScript. */

import { LIST, MEMBER_BYTES, RESULT } from './memory';

/** The two hashes of `hash64` in `src/bytes/hash.ts`, left where results are. */
export function hash(from: usize, to: usize, seedHigh: u32, seedLow: u32): void {
  let high: u32 = seedHigh ^ 0x9e3779b9;
  let low: u32 = seedLow ^ <u32>(to - from);
  let i = from;
  for (; i + 4 <= to; i += 4) {
    const word = load<u32>(i);
    high = (high ^ word) * 0x5bd1e995;
    high ^= high >>> 15;
    low = rotl<u32>(low, 13) * 5 + word * 0xcc9e2d51;
  }
  for (; i < to; i++) {
    const byte = <u32>load<u8>(i);
    high = (high ^ byte) * 0x5bd1e995;
    low = (low ^ byte) * 0x1b873593;
  }
  high = (high ^ (high >>> 16)) * 0x85ebca6b;
  low = (low ^ (low >>> 16)) * 0xc2b2ae35;
  store<u32>(RESULT, high ^ (high >>> 13), 12);
  store<u32>(RESULT, low ^ (low >>> 13), 16);
}

/** Homes of fields, by their slots: those that are part of the kind, of the channel, and of anything else. */
const OF_KIND: u8 = 1;
export const OF_CHANNEL: u8 = 2;

/** Sixteen bytes at a time: what is written too much is written over. */
export function append(out: usize, from: usize, to: usize): usize {
  const end = out + to - from;
  for (let at = out, i = from; at < end; at += 16, i += 16) v128.store(at, v128.load(i));
  return end;
}

/**
 * Writes the kind of the object whose members were found last: the values that are part of it as they stand, `[]` for the
 * others. Leaves the numbers of members of the channel and of members that are no field, and whether a value of the kind
 * is an object or a list.
 * @param homes of fields, a byte each
 * @param by what lies between the places in the list and those in memory
 * @returns where it ends
 */
export function kind(homes: usize, fields: i32, by: usize, output: usize): usize {
  const count = load<i32>(RESULT, 8);
  let out = output;
  let channel: i32 = 0;
  let unknown: i32 = 0;
  let nested: i32 = 0;
  for (let k: i32 = 0, at: usize = LIST; k < count; k++, at += MEMBER_BYTES) {
    const slot = load<i32>(at);
    const isField = slot >= 0 && slot < fields;
    const home: u8 = isField ? load<u8>(homes + <usize>slot) : 0;
    const keyStart = <usize>load<i32>(at, 4) - by - 1;
    const from = <usize>load<i32>(at, 12) - by;
    const first = load<u8>(from);
    store<u8>(out, out === output ? 0x7b : 0x2c);
    out++;
    if (home === OF_KIND || (isField && first === 0x6e)) {
      if (first === 0x5b || first === 0x7b) nested = 1;
      out = append(out, keyStart, <usize>load<i32>(at, 16) - by);
      continue;
    }
    out = append(out, keyStart, <usize>load<i32>(at, 8) - by + 1);
    // `:[]`
    store<u8>(out, 0x3a);
    store<u16>(out, 0x5d5b, 1);
    out += 3;
    if (home === OF_CHANNEL) channel++;
    if (!isField) unknown++;
  }
  if (out === output) store<u8>(out++, 0x7b);
  store<u8>(out++, 0x7d);
  store<i32>(RESULT, channel, 20);
  store<i32>(RESULT, unknown, 24);
  store<i32>(RESULT, nested, 28);
  return out;
}
