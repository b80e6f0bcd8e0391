/** What the AWS CLI would notice of a file's gzip stream, from what the ledger says of it. */

import { CUT_OFF, isOnlyTrailing } from '../../read/inflate.js';
import type { ObjectFile } from './bucket.js';

/**
 * - `sound`: it was read to its end, and its checksum holds
 * - `trailing`: the same, and there are bytes after its end
 * - `cut`: it ends too early
 * - `broken`: it cannot be inflated, or was not read
 */
export type Stream = 'sound' | 'trailing' | 'cut' | 'broken';

/** The state of a file's stream. Not that of rows.ts: the AWS CLI tells a stream that is cut from one that is broken. */
export function awsStreamOf({ damage, reason, sha256 }: ObjectFile): Stream {
  const flaw = damage ?? reason ?? '';
  if (isOnlyTrailing(flaw)) return 'trailing';
  if (flaw === CUT_OFF) return 'cut';
  return sha256 === null || flaw.startsWith('gzip stream') ? 'broken' : 'sound';
}

/** True where the file is not compressed: it never was, or somebody decompressed it. */
export const isPlain = ({ size, inflatedBytes }: ObjectFile): boolean =>
  size !== null && size === inflatedBytes;
