/** Finds a canned search by its name. */

import { UsageError } from '../errors.js';

/**
 * The search called `name`.
 * @param what they are called together
 * @throws UsageError `NO_SUCH_SEARCH`
 */
export function findSearch<T extends { name: string }>(
  searches: readonly T[],
  name: string,
  what: string,
): T {
  const search = searches.find(one => one.name === name);
  if (search) return search;
  throw new UsageError(
    'NO_SUCH_SEARCH',
    `there is no ${what} called ${JSON.stringify(name)}`,
    `one of ${searches.map(one => one.name).join(', ')}`,
  );
}
