/** Bytes that grow as they are written. */

import type { Slices } from '../slices.js';
import { memoryOf } from './column-memory.js';

/** Node writes and reads slices with these faster than with its documented functions. */
type FastBuffer = Buffer & { utf8Write(text: string, at: number): number };

export interface Bytes {
  /** What was written so far; valid until more is. */
  view(): Buffer;
  readonly length: number;
  byte(value: number): void;
  uint32(value: number): void;
  /** As `uint32`, at a place that was written before. */
  setUint32(at: number, value: number): void;
  /** @param value a number that is a whole one */
  int64(value: number | bigint): void;
  varint(value: number): void;
  append(bytes: Uint8Array): void;
  /** Appends the texts `[from, to)`, the length of each before it in four bytes. */
  texts(of: Slices, from: number, to: number): void;
  /** A text as UTF-8, its length before it in four bytes. */
  text(value: string): void;
  /**
   * Lets WebAssembly append `values[from, to)` as `appendHybrid` does.
   * @returns false where it does not see them
   */
  hybrid(values: Int32Array | Uint8Array, from: number, to: number, width: number): boolean;
  /** Appends numbers of `width` bits, the first in the lowest: groups of eight, the last filled up with zeros. */
  packed(values: ArrayLike<number>, from: number, to: number, width: number): void;
  clear(): void;
  /** As `clear`; from now on bytes stand in this buffer, from `at`, as long as there is room. */
  clearInto(room: Buffer, at: number): void;
}

/** Bytes behind an end that may be written over. */
const MARGIN = 16;
/** Shorter ones are copied faster than a call is made. */
const SHORT = 24;

/** Long: its functions share the buffer. */
export function createBytes(size = 1 << 12): Bytes {
  let buffer = Buffer.allocUnsafeSlow(size) as FastBuffer;
  /** Where in the buffer bytes begin, and where they end. */
  let start = 0;
  let used = 0;
  const reserve = (more: number): void => {
    if (used + more <= buffer.length) return;
    const length = used - start;
    const wider = Buffer.allocUnsafeSlow(Math.max(length + more, (buffer.length - start) * 2)) as FastBuffer;
    buffer.copy(wider, 0, start, used);
    buffer = wider;
    start = 0;
    used = length;
  };
  return {
    view: () => buffer.subarray(start, used),
    get length() {
      return used - start;
    },
    byte(value) {
      reserve(1);
      buffer[used++] = value;
    },
    uint32(value) {
      reserve(4);
      buffer[used++] = value;
      buffer[used++] = value >>> 8;
      buffer[used++] = value >>> 16;
      buffer[used++] = value >>> 24;
    },
    setUint32: (at, value) => void buffer.writeUInt32LE(value, start + at),
    int64(value) {
      reserve(8);
      if (typeof value === 'bigint') used = buffer.writeBigInt64LE(value, used);
      else {
        buffer.writeInt32LE(value | 0, used);
        used = buffer.writeInt32LE(Math.floor(value / 2 ** 32), used + 4);
      }
    },
    varint(value) {
      reserve(5);
      let rest = value;
      for (; rest > 0x7f; rest >>>= 7) buffer[used++] = (rest & 0x7f) | 0x80;
      buffer[used++] = rest;
    },
    append(bytes) {
      reserve(bytes.length);
      buffer.set(bytes, used);
      used += bytes.length;
    },
    texts({ bytes, starts, ends }, from, to) {
      let length = 0;
      for (let i = from; i < to; i++) length += 4 + ends[i]! - starts[i]!;
      reserve(length + MARGIN);
      const into = buffer;
      const memory = memoryOf(starts, ends, bytes, into);
      if (memory) {
        const [first, last] = [starts, ends].map(of => of.byteOffset + from * 4);
        used = memory.run.appendTexts(first!, last!, to - from, used);
        return;
      }
      let at = used;
      for (let i = from; i < to; i++) {
        let byte = starts[i]!;
        const end = ends[i]!;
        const size = end - byte;
        into[at++] = size;
        into[at++] = size >>> 8;
        into[at++] = size >>> 16;
        into[at++] = size >>> 24;
        if (size <= SHORT) while (byte < end) into[at++] = bytes[byte++]!;
        else {
          into.set(bytes.subarray(byte, end), at);
          at += size;
        }
      }
      used = at;
    },
    text(value) {
      reserve(4 + value.length * 3);
      const length = buffer.utf8Write(value, used + 4);
      buffer.writeUInt32LE(length, used);
      used += 4 + length;
    },
    hybrid(values, from, to, width) {
      // Of eight values at worst the heads of a packed group and of a run.
      reserve(((to - from) >>> 3) * (width + 14) + width + 14);
      const memory = memoryOf(values, buffer);
      if (!memory) return false;
      const shift = values.BYTES_PER_ELEMENT === 1 ? 0 : 2;
      used = memory.run.appendHybrid(used, values.byteOffset, shift, from, to, width);
      return true;
    },
    packed(values, from, to, width) {
      const length = ((to - from + 7) >>> 3) * width;
      reserve(length);
      const into = buffer;
      let at = used;
      let bits = 0;
      let held = 0;
      for (let i = from; i < to; i++) {
        held |= values[i]! << bits;
        bits += width;
        for (; bits >= 8; bits -= 8) {
          into[at++] = held;
          held >>>= 8;
        }
      }
      used += length;
      for (; at < used; held = 0) into[at++] = held;
    },
    clear() {
      used = start;
    },
    clearInto(room, at) {
      buffer = room as FastBuffer;
      start = at;
      used = at;
    },
  };
}
