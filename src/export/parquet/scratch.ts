/**
 * Arrays that a column is made with, and the next one again: made anew, of every leaf of every row group, they would be
 * what the garbage collector is called for.
 */

import { memoryInUse } from './column-memory.js';

/** Longer ones are not kept: columns that repeat can have them. */
const MOST_KEPT = 1 << 16;

const allNumbers: Int32Array<ArrayBuffer>[] = [];
const allLevels: Uint8Array<ArrayBuffer>[] = [];
let numbersInUse = 0;
let levelsInUse = 0;
/** Bytes in use of the memory of WebAssembly. */
let taken = 0;

/** Where `bytes` of that memory may be used; undefined where there is none, or no more. */
function place(bytes: number): { buffer: ArrayBuffer; at: number } | undefined {
  const memory = memoryInUse();
  if (!memory) return undefined;
  const at = memory.scratch.from + taken;
  if (at + bytes > memory.scratch.to) return undefined;
  taken += (bytes + 15) & ~15;
  return { buffer: memory.bytes.buffer as ArrayBuffer, at };
}

/** An array of this length, with anything in it, until `releaseScratch`. */
export function scratchNumbers(length: number): Int32Array<ArrayBuffer> {
  const there = place(length * 4);
  if (there) return new Int32Array(there.buffer, there.at, length);
  if (length > MOST_KEPT) return new Int32Array(length);
  const at = numbersInUse++;
  let array = allNumbers[at];
  if (!array || array.length < length) {
    array = new Int32Array(length);
    allNumbers[at] = array;
  }
  return array.subarray(0, length);
}

/** As `scratchNumbers`, of bytes. */
export function scratchLevels(length: number): Uint8Array<ArrayBuffer> {
  const there = place(length);
  if (there) return new Uint8Array(there.buffer, there.at, length);
  if (length > MOST_KEPT) return new Uint8Array(length);
  const at = levelsInUse++;
  let array = allLevels[at];
  if (!array || array.length < length) {
    array = new Uint8Array(length);
    allLevels[at] = array;
  }
  return array.subarray(0, length);
}

/** Says that nothing is used any longer. */
export function releaseScratch(): void {
  numbersInUse = 0;
  levelsInUse = 0;
  taken = 0;
}
