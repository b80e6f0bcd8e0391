/** Counts of events by columns, asked of an engine: the aggregates of a group, and a row of them as a group. */

import type { EventColumn } from '../../query/columns/column.js';
import type { Group } from '../../query/columns/counts.js';
import type { EngineValue } from '../engine.js';
import { numberCell, textCell } from './asker.js';
import { type EventTable, notThere } from './table.js';

/** Number of events and of those that failed, and seconds of the first and the last one. */
export const aggregates = ({ isError, seconds }: Pick<EventTable, 'isError' | 'seconds'>): string[] => [
  'count(*)',
  `count_if(${isError})`,
  `min(${seconds})`,
  `max(${seconds})`,
];

/** The group in a row: `count` values of columns from `at` on, then the aggregates from `from` on. */
export function groupIn(
  row: readonly EngineValue[],
  { at, count, from }: { at: number; count: number; from: number },
): Group {
  const [events, errors, first, last] = row.slice(from, from + 4).map(numberCell);
  return {
    values: row.slice(at, at + count).map(textCell),
    events: events ?? 0,
    errors: errors ?? 0,
    first: first ?? undefined,
    last: last ?? undefined,
  };
}

/**
 * The expression of a column that events are counted by.
 * @throws UsageError `NOT_ON_ENGINE` where the table does not have it
 */
export function groupedBy(table: EventTable, { name, column }: EventColumn): string {
  const text = table.text(column);
  if (text === undefined) throw notThere(table, name);
  return text;
}
