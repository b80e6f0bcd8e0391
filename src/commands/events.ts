/** `offtrail events`: the Event history. */

import { InputError } from '../errors.js';
import { CONSOLE_FORMATS, type ConsoleFormat, recordsDocument } from '../output/downloads.js';
import type { Format } from '../output/rows.js';
import { CONSOLE_COLUMNS, createRowReader, DEFAULT_COLUMNS } from '../query/event-row.js';
import { type EventListing, events, type HistoryOptions } from '../query/events.js';
import { createMarks, MARK_TEXTS, type Mark } from '../query/marks.js';
import { createRebuilder } from '../store/rebuild.js';
import { EXIT, numberText, print, printRows, say, withIndex } from './context.js';
import { sayNothingFound, sayObjectEventsFor, saySpellings } from './nothing-found.js';

export interface EventsArguments {
  db: string | undefined;
  format: Format | ConsoleFormat;
  options: HistoryOptions;
}

export async function runEvents({ db, format, options }: EventsArguments): Promise<number> {
  const isDownload = (CONSOLE_FORMATS as readonly string[]).includes(format);
  const {
    columns: names = isDownload ? CONSOLE_COLUMNS.map(([name]) => name) : DEFAULT_COLUMNS,
    ...filters
  } = options;
  if (format === 'console-json' && options.columns !== undefined) {
    throw new InputError(
      'BAD_ARGUMENTS',
      '--format console-json has whole records, no columns',
      'leave out --columns, or take --format json',
    );
  }
  if (names.length === 0)
    throw new InputError('NO_COLUMN', 'name at least one column', '--columns eventTime eventName');
  return withIndex(db, async index => {
    const listed = <T>(read: (id: number) => T): EventListing<T> => {
      const listing = events(index, filters, new Date(), read);
      saySpellings(listing.spellings);
      return listing;
    };
    const marksOf = createMarks(index);
    const marked = { suspect: 0, removed: 0 };
    const marking =
      <T>(read: (id: number) => T) =>
      (id: number): T => {
        for (const mark of marksOf(id)) marked[mark]++;
        return read(id);
      };
    let count = 0;
    let found: EventListing<unknown>;
    if (format === 'console-json') {
      const records = listed(marking(createRebuilder(index)));
      for (const piece of recordsDocument(counted(records, () => count++))) await print(piece);
      found = records;
    } else {
      const { columns, nested, rowOf } = createRowReader(index, names);
      const rows = listed(marking(rowOf));
      const isConsole = format === 'console-csv';
      const titles = isConsole ? columns.map(titleOf) : columns;
      count = await printRows(
        { columns: titles, nested, rows: rows[Symbol.iterator]() },
        isConsole ? 'csv' : (format as Format),
      );
      found = rows;
    }
    const token = found.nextToken();
    if (count === 0 && options.limit !== 0) sayNothingFound(index, filters);
    else {
      if (token !== undefined) say(`there are more: --starting-token ${token}, or --limit all`);
      sayObjectEventsFor(index, filters);
    }
    for (const [mark, events] of Object.entries(marked))
      if (events > 0) say(`${numberText(events)} of these are marked: ${MARK_TEXTS[mark as Mark]}`);
    return EXIT.ok;
  });
}

function* counted<T>(items: Iterable<T>, count: () => void): Generator<T> {
  for (const item of items) {
    count();
    yield item;
  }
}

/** The console's title of a column; other columns keep their name. */
function titleOf(name: string): string {
  return CONSOLE_COLUMNS.find(([column]) => column === name)?.[1] ?? name;
}
