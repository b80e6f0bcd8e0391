/** How many events there were when, asked of an engine. */

import { findColumn } from '../../query/columns/column.js';
import type { Group } from '../../query/columns/counts.js';
import { compareText } from '../../query/columns/order.js';
import { parseTime } from '../../query/filter/time.js';
import {
  firstOfStep,
  fittingWidth,
  rangeOf,
  stepsFrom,
  stepWidth,
  type Timeline,
  type TimelineOptions,
  type TimeRange,
} from '../../query/timeline.js';
import { type Asker, numberCell, textCell } from './asker.js';
import { aggregates, groupedBy } from './counts.js';
import { checkAskable, engineFilters, whereText } from './filters.js';
import { eventTable } from './table.js';

/**
 * Counts the events by time, in one statement where the width of a step is known before: by `every`, or by both bounds.
 * @throws UsageError `NOT_ON_ENGINE`, `BAD_WIDTH`, `NO_SUCH_COLUMN`, and those of the filters
 */
export async function askTimeline(
  asker: Asker,
  { by, every, source, status, ...filters }: TimelineOptions,
): Promise<Timeline> {
  checkAskable('timeline', { source, status });
  const { now } = asker;
  const { from, to } = filters;
  const column = by === undefined ? undefined : findColumn(by);
  const wanted = every === undefined ? undefined : stepWidth(every);
  const table = eventTable(asker.table);
  const { where, spellings } = engineFilters(asker, table, filters);
  const of = `\nFROM ${table.name}${whereText(where)}`;
  const width = wanted ?? fittingWidth(await range());
  const groups = await groupsOf(width);
  const times = groups.flatMap(({ values: [time] }) => (time == null ? [] : [Number(time)]));
  const span =
    times.length === 0
      ? undefined
      : { first: times.reduce((a, b) => Math.min(a, b)), last: times.reduce((a, b) => Math.max(a, b)) };
  return {
    by: column?.name,
    ...stepsFrom({ span, groups: () => groups }, { from, to, every, wanted: width }, now),
    spellings,
  };

  /** From the first to the last time: the bounds where there are both, else what the events have. */
  async function range(): Promise<TimeRange | undefined> {
    const seconds = (time: string): number => Date.parse(parseTime(time, now)) / 1000;
    if (from !== undefined && to !== undefined) return { first: seconds(from), last: seconds(to) };
    const [row = []] = await asker.all(`SELECT min(${table.seconds}), max(${table.seconds})${of}`);
    const [first, last] = row.map(numberCell);
    return first == null || last == null ? undefined : rangeOf({ first, last }, { from, to }, now);
  }

  /** Groups of steps of a width, on the grid that all steps of it have. */
  async function groupsOf(width: number): Promise<Group[]> {
    const origin = firstOfStep(0, width);
    const [events, errors] = aggregates(table);
    const value = column && groupedBy(table, column);
    const rows = await asker.all(
      [
        `SELECT\n  CAST(floor((${table.seconds} - ${origin}) / ${width}) AS bigint) AS step,`,
        value === undefined ? '' : `\n  ${value} AS c0,`,
        `\n  ${events} AS events,\n  ${errors} AS errors`,
        `${of}\nGROUP BY ${value === undefined ? '1' : '1, 2'}`,
      ].join(''),
    );
    const last = column ? 2 : 1;
    return rows
      .map((row): Group => {
        const step = numberCell(row[0]);
        return {
          values: [
            step === null ? null : String(step * width + origin),
            ...(column ? [textCell(row[1])] : []),
          ],
          events: numberCell(row[last]) ?? 0,
          errors: numberCell(row[last + 1]) ?? 0,
          first: undefined,
          last: undefined,
        };
      })
      .sort((a, b) => compareText(a.values[1] ?? null, b.values[1] ?? null));
  }
}
