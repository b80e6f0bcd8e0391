/** The outcomes of a validation: for each digest and log file whether it is valid, and the gaps between digests. */

import type { Step } from './chain.js';
import type { LogResult } from './log.js';
import type { Request } from './request.js';

/** One of them; they come in the order in which the AWS CLI prints them. */
export type Outcome = (Step & { isBackfill: boolean }) | ({ kind: 'log' } & LogResult);

export interface Validation {
  request: Request;
  /** Whether the trail's digests are anywhere: false where the index has none of them, and no bucket was named. */
  hasPlace: boolean;
  /**
   * Checks while it is read; it can be read once.
   * @throws LookupError where there is no key for the time; the AWS CLI has then printed its first line
   */
  outcomes: Generator<Outcome>;
}
