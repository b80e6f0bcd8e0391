/** Derived data with a hash appended: what was damaged, or belongs elsewhere, is not believed but made again. */

import { hash32 } from '../bytes/hash.js';
import { codeOf } from '../errors.js';

/** A number for what a piece of derived data covers: where that changes, no seal of it holds. */
export function sealSeed(...parts: ReadonlyArray<string | number>): number {
  const text = Buffer.from(parts.join());
  return hash32(new DataView(text.buffer, text.byteOffset), 0, text.length, 0);
}

/** The bytes with a hash of them and of their place appended. */
export function sealed(array: ArrayBufferView<ArrayBuffer>, place: number): Buffer {
  const bytes = Buffer.alloc(array.byteLength + 4);
  bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  bytes.writeInt32LE(sealOf(bytes, place), array.byteLength);
  return bytes;
}

function sealOf(bytes: Buffer, place: number): number {
  return hash32(new DataView(bytes.buffer, bytes.byteOffset), 0, bytes.length - 4, place | 0);
}

/** The bytes that were sealed, in memory of their own; undefined where they are not what they were. */
export function unsealed(blob: unknown, place: number): ArrayBuffer | undefined {
  if (!Buffer.isBuffer(blob) || blob.length < 4) return undefined;
  if (blob.readInt32LE(blob.length - 4) !== sealOf(blob, place)) return undefined;
  // A copy: a buffer of the driver's need not begin where an array may.
  return new Uint8Array(blob.subarray(0, -4)).buffer;
}

/**
 * What a read of derived data gives, or undefined where its tables are damaged or not there: an older index has none.
 * @param expected codes of the errors for which it is undefined
 */
export function orUndefined<T>(read: () => T, expected = /^SQLITE_(ERROR|CORRUPT)/): T | undefined {
  try {
    return read();
  } catch (error) {
    if (expected.test(codeOf(error))) return undefined;
    throw error;
  }
}
