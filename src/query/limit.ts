/** The one rule for limits. */

import { UsageError } from '../errors.js';

/**
 * The limit as a number, Infinity where there is none.
 * @throws UsageError `BAD_LIMIT`
 */
export function checkedLimit(limit: number | undefined): number {
  if (limit === undefined || limit === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  if (Number.isInteger(limit) && limit >= 0) return limit;
  throw new UsageError(
    'BAD_LIMIT',
    `\`limit\` must be a whole number, or all, not ${String(limit)}`,
    'leave it out for all',
  );
}
