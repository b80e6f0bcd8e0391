/** `offtrail events`: the Event history. */

import { CONSOLE_FORMATS, type ConsoleFormat, recordsDocument } from '../output/downloads.js';
import type { Format } from '../output/rows.js';
import {
  CONSOLE_COLUMNS,
  createRowReader,
  DEFAULT_COLUMNS,
  each,
  type HistoryOptions,
  list,
} from '../query/history.js';
import { createRebuilder } from '../store/rebuild.js';
import { EXIT, print, printRows, say, withIndex } from './context.js';

export interface EventsArguments {
  db: string | undefined;
  format: Format | ConsoleFormat;
  limit: number | 'all' | undefined;
  options: HistoryOptions;
}

/** Rows of a table where nobody says how many. */
const PAGE = 50;

export async function runEvents({ db, format, limit, options }: EventsArguments): Promise<number> {
  const isDownload = (CONSOLE_FORMATS as readonly string[]).includes(format);
  const most = limit ?? (format === 'table' ? PAGE : 'all');
  const {
    columns: names = isDownload ? CONSOLE_COLUMNS.map(([name]) => name) : DEFAULT_COLUMNS,
    ...filters
  } = options;
  return withIndex(db, async index => {
    const found = list(index, { ...filters, ...(most === 'all' ? {} : { limit: most }) }, new Date());
    const { columns, rowOf } = createRowReader(index, names);
    let count = 0;
    function counted<T>(read: (id: number) => T | undefined): Generator<T> {
      return each(found, id => {
        const value = read(id);
        if (value !== undefined) count++;
        return value;
      });
    }
    if (format === 'console-json') {
      const recordOf = createRebuilder(index);
      for (const piece of recordsDocument(counted(recordOf))) await print(piece);
    } else {
      const isConsole = format === 'console-csv';
      const titles = isConsole ? columns.map(titleOf) : columns;
      await printRows({ columns: titles, rows: counted(rowOf) }, isConsole ? 'csv' : (format as Format));
    }
    const token = found.nextToken();
    if (count === 0) say('no events found');
    else if (token !== undefined) say(`there are more: --starting-token ${token}, or --limit all`);
    return EXIT.ok;
  });
}

/** The console's title of a column; other columns keep their name. */
function titleOf(name: string): string {
  return CONSOLE_COLUMNS.find(([column]) => column === name)?.[1] ?? name;
}
