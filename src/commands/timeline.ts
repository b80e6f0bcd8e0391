/** `offtrail timeline`: a histogram over time. */

import type { Cell } from '../output/cell.js';
import { fitsHistogram, type HistogramOptions, type HistogramRow, histogram } from '../output/histogram.js';
import type { Format } from '../output/rows.js';
import { type Timeline, type TimelineOptions, timeline } from '../query/timeline.js';
import { EXIT, numberText, print, printRows, say, withIndex } from './context.js';
import { sayNothingFound, sayObjectEventsFor, saySpellings } from './nothing-found.js';

export async function runTimeline({
  db,
  format,
  options,
}: {
  db: string | undefined;
  format: Format;
  options: TimelineOptions;
}): Promise<number> {
  return withIndex(db, async index => {
    const found = timeline(index, options, new Date());
    saySpellings(found.spellings);
    if (format === 'table') await print(drawn(found));
    else await printRows(rowsOf(found), format);
    if (found.steps.length === 0 && found.untimed === 0) sayNothingFound(index, options);
    else sayObjectEventsFor(index, options);
    if (found.untimed > 0) say(`${numberText(found.untimed)} events without a time are not in it`);
    return EXIT.ok;
  });
}

/** A row for each step, or for each value in it: then a step without events has none. */
function rowsOf({ by, steps }: Timeline): { columns: string[]; rows: IterableIterator<Cell[]> } {
  if (by === undefined) {
    const rows = steps.map(({ time, events, errors }): Cell[] => [time, events, errors]);
    return { columns: ['time', 'events', 'errors'], rows: rows.values() };
  }
  const rows = steps.flatMap(({ time, values }) =>
    values.map(({ value, events, errors }): Cell[] => [time, value, events, errors]),
  );
  return { columns: ['time', by, 'events', 'errors'], rows: rows.values() };
}

/** Values that have a column of their own, at most; what is left is counted together. */
const SHOWN = 6;
/** Characters of a line where the output goes to no terminal. */
const WIDTH = 120;

function drawn(found: Timeline): string {
  const width = (process.stdout.isTTY && process.stdout.columns) || WIDTH;
  for (let shown = SHOWN; ; shown--) {
    const options = { ...columnsOf(found, shown), width };
    if (shown === 0 || !process.stdout.isTTY || fitsHistogram(options)) return histogram(options);
  }
}

/** The columns of a histogram, with those of the `count` most frequent values. */
function columnsOf(
  { by, width, steps }: Timeline,
  count: number,
): Pick<HistogramOptions, 'columns' | 'rows'> {
  const most = new Map<string | null, number>();
  for (const { values } of steps)
    for (const { value, events } of values) most.set(value, (most.get(value) ?? 0) + events);
  const shown = [...most].sort((a, b) => b[1] - a[1]).map(([value]) => value);
  const named = by === undefined ? [] : shown.slice(0, count);
  const hasRest = by !== undefined && shown.length > named.length && count > 0;
  const rows = steps.map(({ time, events, errors, values }): HistogramRow => {
    const counts = named.map(value => values.find(v => v.value === value)?.events ?? 0);
    const rest = events - counts.reduce((sum, value) => sum + value, 0);
    return {
      label: width % 86_400 === 0 ? time.slice(0, 10) : time,
      total: events,
      counts: [...(by === undefined ? [errors] : counts), ...(hasRest ? [rest] : [])],
    };
  });
  const columns =
    by === undefined ? ['errors'] : [...named.map(value => value ?? '(none)'), ...(hasRest ? ['other'] : [])];
  return { columns: ['time', 'events', ...columns], rows };
}
