/** Counts of events and of lines, added up. */

import { createCodes } from '../columns/codes.js';
import { type Counts, countsOf, type Group, totalsIn } from '../columns/counts.js';

/** Groups with each set of values once. */
export function mergedCounts(groups: readonly Group[]): Counts {
  const { codeOf, valuesOf } = createCodes();
  const codes = groups.map(({ values }) => codeOf(values));
  const events = new Float64Array(groups.length);
  const errors = new Float64Array(groups.length);
  const first = new Float64Array(groups.length).fill(Number.POSITIVE_INFINITY);
  const last = new Float64Array(groups.length).fill(Number.NEGATIVE_INFINITY);
  for (const [i, group] of groups.entries()) {
    const code = codes[i]!;
    events[code]! += group.events;
    errors[code]! += group.errors;
    first[code] = Math.min(first[code]!, group.first ?? Number.POSITIVE_INFINITY);
    last[code] = Math.max(last[code]!, group.last ?? Number.NEGATIVE_INFINITY);
  }
  return countsOf(totalsIn(events, errors, first, last), valuesOf);
}
