/** The one rule for limits. */

import { InputError } from '../errors.js';

/**
 * The limit as a number, Infinity where there is none.
 * @throws InputError `BAD_LIMIT`
 */
export function checkedLimit(limit: number | undefined): number {
  if (limit === undefined || limit === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  if (Number.isInteger(limit) && limit >= 0) return limit;
  throw new InputError('BAD_LIMIT', `the limit must be a whole number, not ${limit}`);
}
