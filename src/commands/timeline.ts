/** `offtrail timeline`: a histogram over time. */

import type { Cell } from '../output/cell.js';
import type { HistogramOptions, HistogramRow } from '../output/histogram.js';
import type { Format } from '../output/rows.js';
import { checkSource, hasLines } from '../query/log-source.js';
import type { Timeline } from '../query/timeline.js';
import { answerOn, engineName, NOTHING, ON, ON_NOTES } from './on.js';
import { COLUMN_NOTES, given, ROWS, text } from './options.js';
import { rowsWord, SOURCE, SOURCE_NOTES, sayBoth, sayNothingThere, sayOfEvents } from './source.js';
import { EXIT, numberText, print, printRows, say, withIndex } from './terminal.js';
import { verb } from './verb.js';

export const timeline = verb({
  name: 'timeline',
  summary: 'how many events there were when, in the terminal or for plotting',
  description:
    'A histogram of the events over time, split by any column with --by. json, jsonl and csv have a row for each step and value.',
  notes: [COLUMN_NOTES, SOURCE_NOTES, ON_NOTES],
  examples: [
    ['offtrail timeline --every 1h --from 2019-07-05', 'hour by hour'],
    ['offtrail timeline --by errorCode --user ana', 'split by a column'],
  ],
  hasFilters: true,
  options: {
    by: text('split by this column'),
    every: text('width of a step: 30s, 5m, 1h, 1d, 1w [default: chosen by the range]'),
    ...SOURCE,
    ...ON,
    ...ROWS,
  },
  async run({ options, filters }) {
    const { db, format, by, every, source, status } = options;
    const [{ timeline }, { saySpellings }] = await Promise.all([
      import('../query/timeline.js'),
      import('./notes.js'),
    ]);
    const query = { ...filters, ...given({ by, every, status }), source };
    checkSource(query);
    const name = engineName(options);
    if (name !== undefined)
      return answerOn(name, options, { name: 'timeline', query }, async found => {
        saySpellings(found.spellings);
        await printTimeline(found, rowsWord(query), format);
        if (found.steps.length === 0 && found.untimed === 0) say(NOTHING);
        return EXIT.ok;
      });
    const ask = hasLines(query) ? (await import('../query/access/log-timeline.js')).logTimeline : timeline;
    return withIndex(db, async index => {
      const found = ask(index, query, new Date());
      saySpellings(found.spellings);
      await printTimeline(found, rowsWord(query), format);
      if (found.steps.length === 0 && found.untimed === 0) await sayNothingThere(index, query, filters);
      else {
        const { lines = 0 } = found;
        const all = found.steps.reduce((sum, { events }) => sum + events, found.untimed);
        sayBoth(query, { events: all - lines, lines });
        await sayOfEvents(index, query, filters);
      }
      return EXIT.ok;
    });
  },
});

/** Prints the steps, drawn or as rows, and says how many events are in none. */
async function printTimeline(found: Timeline, word: string, format: Format): Promise<void> {
  if (format === 'table') await print(await drawn(found, word));
  else await printRows(rowsOf(found, word), format);
  if (found.untimed > 0) say(`${numberText(found.untimed)} ${word} without a time are not in it`);
}

/** A row for each step, or for each value in it: then a step without events has none. */
function rowsOf(
  { by, steps }: Timeline,
  word: string,
): { columns: string[]; rows: IterableIterator<Cell[]> } {
  if (by === undefined) {
    const rows = steps.map(({ time, events, errors }): Cell[] => [time, events, errors]);
    return { columns: ['time', word, 'errors'], rows: rows.values() };
  }
  const rows = steps.flatMap(({ time, values }) =>
    values.map(({ value, events, errors }): Cell[] => [time, value, events, errors]),
  );
  return { columns: ['time', by, word, 'errors'], rows: rows.values() };
}

/** Values that have a column of their own, at most; what is left is counted together. */
const SHOWN = 6;
/** Characters of a line where the output goes to no terminal. */
const WIDTH = 120;

async function drawn(found: Timeline, word: string): Promise<string> {
  const { fitsHistogram, histogram } = await import('../output/histogram.js');
  const width = (process.stdout.isTTY && process.stdout.columns) || WIDTH;
  for (let shown = SHOWN; ; shown--) {
    const options = { ...columnsOf(found, word, shown), width };
    if (shown === 0 || !process.stdout.isTTY || fitsHistogram(options)) return histogram(options);
  }
}

/** The columns of a histogram, with those of the `count` most frequent values. */
function columnsOf(
  { by, width, steps }: Timeline,
  word: string,
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
  return { columns: ['time', word, ...columns], rows };
}
