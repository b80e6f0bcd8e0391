/** What the map of coverage takes on a large index: by hour over a year, and as it comes. */

import { coverageMap, openForQueries } from './built.js';
import { RUNS } from './duckdb.js';
import { best, ms } from './measure.js';
import { row } from './report.js';

/** A year by hour, on a million events. */
const LIMIT = 300;

/** @param db an index with a million events */
export function coverageBench(db: string): void {
  const index = openForQueries(db);
  const [first, last] = index
    .prepare('SELECT min(eventtime), max(eventtime) FROM event WHERE odd_time IS NULL')
    .raw(true)
    .get() as [string, string];
  const yearBefore = new Date(Date.parse(last) - 365 * 86_400_000).toISOString();
  for (const [title, options] of [
    ['hour by hour over a year', { every: '1h', from: yearBefore < first ? yearBefore : first, to: last }],
    ['as it comes', {}],
    ['by category', { by: ['account', 'region', 'category'] }],
  ] as const) {
    let cells = 0;
    const ours = best(RUNS, () => {
      const began = performance.now();
      const { lines, steps } = coverageMap(index, options, new Date());
      cells = lines.length * (steps?.count ?? 0);
      return performance.now() - began;
    });
    row(
      `coverage, ${title}: ${cells.toLocaleString('en-US')} cells`,
      ms(ours),
      '',
      '',
      `≤ ${LIMIT} ms`,
      ours <= LIMIT,
    );
  }
  index.close();
}
