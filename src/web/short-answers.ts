/** Answers cut to what a page can show: a list has the beginning of a long text, a histogram few colours. */

import type { Row } from '../event-index.js';
import type { Answers } from '../open-answers.js';
import type { Facets } from '../query/facets.js';
import type { Timeline } from '../query/timeline.js';
import type { TopOptions } from '../query/top.js';

/** Longest text of a row, in UTF-16 units: a cell shows less, and a page of whole records would be a hundred megabytes. */
const LONGEST = 400;

/** The row with the beginnings of its long texts. */
export const shortRow = (row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'string' && value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value,
    ]),
  );

/** Values that a histogram tells apart. */
const MOST_VALUES = 7;

/** The timeline with the most frequent values alone: what its steps have besides is the rest of their events. */
export function fewValues<T extends Timeline>(timeline: T): T {
  const sums = new Map<string | null, number>();
  for (const { values } of timeline.steps)
    for (const { value, events } of values) sums.set(value, (sums.get(value) ?? 0) + events);
  const first = [...sums].sort((a, b) => b[1] - a[1]).slice(0, MOST_VALUES);
  const kept = new Set(first.map(([value]) => value));
  return {
    ...timeline,
    steps: timeline.steps.map(step => ({
      ...step,
      values: step.values.filter(({ value }) => kept.has(value)),
    })),
  };
}

/** Facets of lines, or of lines and events: their columns are counted one by one. */
export function facetsOfLogs(index: Answers, { columns, ...options }: TopOptions): Facets {
  const tops = columns.map(column => index.top({ ...options, columns: [column] }));
  return {
    facets: tops.map(({ rows, groups }, i) => ({
      column: columns[i]!,
      rows: rows.map(({ values, events }) => ({ value: values[0] ?? null, events })),
      values: groups,
    })),
    events: tops[0]?.events ?? 0,
    spellings: tops[0]?.spellings ?? [],
  };
}
