/** What a validation meets, one by one. */

import type { Step } from './chain.js';
import type { CheckedLog } from './log.js';
import type { Request } from './request.js';

/** What is met, in the order in which the AWS CLI says it. */
export type Entry = (Step & { isBackfill: boolean }) | ({ kind: 'log' } & CheckedLog);

export interface Validation {
  request: Request;
  /** Whether the trail's digests are anywhere: false where the index has none of them, and no bucket was named. */
  hasPlace: boolean;
  /**
   * Checks as it is read, once.
   * @throws LookupError where there is no key for the time; the AWS CLI has then printed its first line
   */
  entries: Generator<Entry>;
}
