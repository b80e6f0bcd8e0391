/** LZ4 blocks (lz4_Block_format.md). Written here since the length of a match must end where the output does. */

import { ParquetFault } from './fault.js';

/** @returns the `length` bytes of a block @throws ParquetFault */
export function lz4(input: Uint8Array, length: number): Uint8Array {
  const output = new Uint8Array(length);
  if (block(input, output) !== length) throw new ParquetFault('an LZ4 page that is cut off');
  return output;
}

/**
 * What the codec `LZ4` means depends on the writer: Hadoop's frames of big-endian lengths before each block, or a bare
 * block.
 */
export function lz4OfHadoop(input: Uint8Array, length: number): Uint8Array {
  return framed(input, length) ?? lz4(input, length);
}

function framed(input: Uint8Array, length: number): Uint8Array | undefined {
  const view = new DataView(input.buffer, input.byteOffset, input.length);
  const output = new Uint8Array(length);
  let to = 0;
  for (let at = 0; at < input.length; ) {
    if (input.length - at < 8) return undefined;
    const size = view.getUint32(at);
    const packed = view.getUint32(at + 4);
    at += 8;
    if (packed > input.length - at || size > length - to) return undefined;
    try {
      if (block(input.subarray(at, at + packed), output.subarray(to, to + size)) !== size) return undefined;
    } catch {
      return undefined;
    }
    at += packed;
    to += size;
  }
  return to === length ? output : undefined;
}

/** @returns how many bytes were written */
function block(input: Uint8Array, output: Uint8Array): number {
  let at = 0;
  let to = 0;
  const lengthFrom = (first: number): number => {
    let length = first;
    if (first === 15) {
      let more: number | undefined;
      do {
        more = input[at++];
        length += more ?? 0;
      } while (more === 255);
    }
    return length;
  };
  while (at < input.length) {
    const token = input[at++]!;
    const literals = lengthFrom(token >> 4);
    if (literals > input.length - at || literals > output.length - to)
      throw new ParquetFault('an LZ4 page whose literals go beyond it');
    output.set(input.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    if (at >= input.length) break;
    const back = input[at]! | ((input[at + 1] ?? 0) << 8);
    at += 2;
    const match = lengthFrom(token & 15) + 4;
    if (back === 0 || back > to || match > output.length - to)
      throw new ParquetFault('an LZ4 page whose match goes beyond it');
    for (const end = to + match; to < end; to++) output[to] = output[to - back]!;
  }
  return to;
}
