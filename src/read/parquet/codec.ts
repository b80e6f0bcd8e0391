/** The bytes of a page, inflated to exactly what its head says: neither a page nor its head decides how much is held. */

import zlib, { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { messageOf } from '../../errors.js';
import { ParquetFault } from './fault.js';
import { lz4, lz4OfHadoop } from './lz4.js';
import { checkZstdFrame } from './zstd-frame.js';

/** By the number of the codec in the format. */
const NAMES = ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'LZO', 'BROTLI', 'LZ4', 'ZSTD', 'LZ4_RAW'] as const;

/** Gives the `length` bytes of a page of the codec with this number. @throws ParquetFault */
export type Inflate = (codec: number, input: Uint8Array, length: number) => Uint8Array;

/** Loads what inflates pages. */
export async function createInflate(): Promise<Inflate> {
  const { snappyUncompress } = await import('hyparquet');
  const { decompressZstd } = await import('hyparquet-compressors');
  // Node 22.15 and later have it, four times as fast.
  const { zstdDecompressSync } = zlib as unknown as {
    zstdDecompressSync?: (input: Uint8Array, options: { maxOutputLength: number }) => Buffer;
  };

  function inflated(codec: number, input: Uint8Array, length: number): Uint8Array {
    switch (NAMES[codec]) {
      case 'UNCOMPRESSED':
        return input;
      case 'SNAPPY': {
        // JavaScript, not WebAssembly: a hostile page can then write nowhere but into its own bytes.
        const output = new Uint8Array(length);
        snappyUncompress(input, output);
        return output;
      }
      case 'GZIP':
        return gunzipSync(input, { maxOutputLength: Math.max(length, 1) });
      case 'BROTLI':
        return brotliDecompressSync(input, { maxOutputLength: Math.max(length, 1) });
      case 'ZSTD':
        if (zstdDecompressSync) return zstdDecompressSync(input, { maxOutputLength: Math.max(length, 1) });
        checkZstdFrame(input, length);
        return decompressZstd(input);
      case 'LZ4':
        return lz4OfHadoop(input, length);
      case 'LZ4_RAW':
        return lz4(input, length);
      default:
        throw new ParquetFault(`compressed with ${NAMES[codec] ?? `codec ${codec}`}, which is not read`);
    }
  }

  return (codec, input, length) => {
    let bytes: Uint8Array;
    try {
      bytes = length === 0 && input.length === 0 ? input : inflated(codec, input, length);
    } catch (error) {
      if (error instanceof ParquetFault) throw error;
      throw new ParquetFault(`a page that does not inflate (${messageOf(error)})`);
    }
    if (bytes.length !== length)
      throw new ParquetFault(
        `a page inflates to ${bytes.length} bytes, not the ${length} that its head says`,
      );
    return bytes;
  };
}
