/** Snappy's block format. */

import { snappyCompress } from 'hyparquet-writer/src/snappy.js';

/** Compresses bytes; the result is valid until the next call. */
export function compress(bytes: Uint8Array): Uint8Array {
  return snappyCompress(bytes);
}
