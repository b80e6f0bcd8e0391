/** The keys that count for a chain: those that `aws cloudtrail list-public-keys` would list for its time. */

import type { PublicKey, PublicKeys } from '../public-keys.js';
import { shownTime } from './time.js';

/** Keys that are valid at some time of a range, in milliseconds since 1970, and those that do not say when they are. */
export function keysBetween(keys: PublicKeys, from: number, to: number): Map<string, readonly PublicKey[]> {
  const between = new Map<string, readonly PublicKey[]>();
  for (const [fingerprint, same] of keys) {
    const valid = same.filter(
      ({ validFrom, validTo }) =>
        (validFrom === undefined || validFrom * 1000 <= to) &&
        (validTo === undefined || validTo * 1000 >= from),
    );
    if (valid.length > 0) between.set(fingerprint, valid);
  }
  return between;
}

/** The error of the AWS CLI where there are none. */
export const noKeysBetween = (from: number, to: number): string =>
  `No public keys found between ${shownTime(from)} and ${shownTime(to)}`;
