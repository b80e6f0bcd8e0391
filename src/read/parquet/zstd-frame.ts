/** The heads of a Zstandard frame (RFC 8878), read before it is inflated: they say how much memory that takes. */

import { ParquetFault } from './fault.js';

const MAGIC = 0xfd2fb528;
const BLOCK = 128 << 10;
/** What the blocks of a frame may claim beyond its length: encoders cut some blocks short. */
const SLACK = 8 << 20;

/** @throws ParquetFault where the frame would not inflate to `length` bytes, or claims much more on the way */
export function checkZstdFrame(input: Uint8Array, length: number): void {
  const view = new DataView(input.buffer, input.byteOffset, input.length);
  if (input.length < 6 || view.getUint32(0, true) !== MAGIC) throw new ParquetFault('not a Zstandard page');
  const flags = input[4]!;
  const isSingle = (flags & 0x20) !== 0;
  const sizeCode = flags >> 6;
  const sizeBytes = sizeCode === 0 ? (isSingle ? 1 : 0) : 1 << sizeCode;
  const sizeAt = 5 + (isSingle ? 0 : 1) + [0, 1, 2, 4][flags & 3]!;
  if (sizeAt + sizeBytes > input.length) throw new ParquetFault('a Zstandard page that is cut off');
  let size = 0;
  for (let i = sizeBytes - 1; i >= 0; i--) size = size * 256 + input[sizeAt + i]!;
  if (sizeCode === 1) size += 256;
  if (sizeBytes > 0 && size !== length)
    throw new ParquetFault(`a page that inflates to ${size} bytes, not the ${length} that its head says`);
  const window = isSingle ? size : (1 << (10 + (input[5]! >> 3))) * (1 + (input[5]! & 7) / 8);
  if (!isSingle && (input[5]! >> 3 > 17 || window > 128 << 20))
    throw new ParquetFault('a Zstandard page with a window of more than 128 MiB');
  checkBlocks(input, sizeAt + sizeBytes, length, Math.min(BLOCK, window));
}

/** Adds up what the blocks may become: a repeated byte and a compressed block are short and may be long. */
function checkBlocks(input: Uint8Array, start: number, length: number, most: number): void {
  let claimed = 0;
  for (let at = start; ; ) {
    if (at + 3 > input.length) throw new ParquetFault('a Zstandard page that is cut off');
    const head = input[at]! | (input[at + 1]! << 8) | (input[at + 2]! << 16);
    const type = (head >> 1) & 3;
    const size = head >> 3;
    claimed += type === 2 ? most : size;
    if (claimed > length * 4 + SLACK)
      throw new ParquetFault(`a page that inflates to more than the ${length} bytes that its head says`);
    at += 3 + (type === 1 ? 1 : size);
    if ((head & 1) === 1) return;
  }
}
