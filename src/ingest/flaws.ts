/** What is wrong with the files of a run, those that it read and the others. */

import { shortcomings } from '../store/ledger.js';
import type { Db } from '../store/open.js';

/** What is not sound, in numbers. */
export interface Flaws {
  /** Indexed files in which something is broken. */
  damaged: number;
  /** Records that could not be stored. */
  rejected: number;
  /** Stored events of files whose gzip checksum does not hold: they may not be what CloudTrail wrote. */
  suspect: number;
  /** Stored events that their file held once and holds no longer. */
  removed: number;
}

export const NO_FLAWS: Flaws = { damaged: 0, rejected: 0, suspect: 0, removed: 0 };
const FLAWS = ['damaged', 'rejected', 'suspect', 'removed'] as const;

/** The flaws of the files at `paths`: of those that the run read, and of the others. */
export function flawsOf(db: Db, run: number, paths: ReadonlySet<string>): Flaws & { known: Flaws } {
  const found = { ...NO_FLAWS };
  const known = { ...NO_FLAWS };
  for (const { path, isNew, ...flaws } of shortcomings(db, run)) {
    if (!paths.has(path)) continue;
    const sum = isNew ? found : known;
    for (const flaw of FLAWS) sum[flaw] += flaws[flaw];
  }
  return { ...found, known };
}
