/** A SELECT that leaves the first events in the order of time, or all: which they are, the columns of the index tell. */

import type { Dimension } from '../../../dimensions.js';
import { isRandom, native } from '../emit/emit.js';
import type { FirstByTime } from '../emit/own-table.js';
import type { Bound } from './bound.js';
import { termsOf } from './conjunction.js';
import { dimensionOf, isOfColumns, rowsWhere } from './found.js';
import { rowCount, type Tail } from './output.js';
import { holdsOfNull } from './pointed.js';
import type { Binding } from './scope.js';
import type { SortKey } from './sort-key.js';
import { timeRange } from './weigh.js';

/** Of a SELECT what it is sorted by, and the SQL of its columns and of HAVING. */
interface Sorted {
  keys: readonly SortKey[];
  values: readonly string[];
  having: string | undefined;
  tail: Tail;
  binding: Binding;
}

/**
 * @param select what is sorted by time first
 * @param conditions on the table `alias`, its only one
 * @returns undefined where conditions need more than times and what events point to
 */
export function firstOf(
  { keys, values, having, tail, binding }: Sorted,
  conditions: readonly Bound[],
  alias: string,
): FirstByTime | undefined {
  const [byTime] = keys;
  const isItsOwn = byTime?.inside.includes(`${alias}."eventtime"`);
  // A window is over all rows, whichever of them are left.
  const isWindowed = /\bOVER \(/.test([...values, ...keys.map(({ inside }) => inside)].join());
  if (!byTime || !isItsOwn || isWindowed || having || tail.withTies) return undefined;
  const most = tail.limit
    ? Number(rowCount(tail.limit, binding)) + (tail.offset ? Number(rowCount(tail.offset, binding)) : 0)
    : Number.POSITIVE_INFINITY;
  let [first, last] = [0, Number.MAX_SAFE_INTEGER];
  const terms = new Map<Dimension, string[]>();
  for (const term of conditions.flatMap(termsOf)) {
    const range = timeRange(term, alias);
    if (range) {
      first = Math.max(first, range.first);
      last = Math.min(last, range.last);
      continue;
    }
    const sql = isOfColumns(term) && !isRandom(term) ? native(term) : undefined;
    const dimension = sql === undefined ? undefined : dimensionOf(sql, alias);
    if (sql === undefined || dimension === undefined || holdsOfNull(term) !== false) return undefined;
    terms.set(dimension, [...(terms.get(dimension) ?? []), sql]);
  }
  // Without them the index on times gives the first.
  if (terms.size === 0) return undefined;
  const pointed = Array.from(terms, ([dimension, of]) => ({ dimension, rows: rowsWhere(dimension, of) }));
  return { most, isNewest: byTime.item.isDescending, pointed, first, last };
}
