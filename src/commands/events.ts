/** `offtrail events`: the Event history. */

import { UsageError } from '../errors.js';
import { CONSOLE_FORMATS, type ConsoleFormat, recordsDocument } from '../output/downloads.js';
import { FORMATS, type Format } from '../output/rows.js';
import type { HistoryOptions } from '../query/events.js';
import type { Filters } from '../query/filter/filter.js';
import type { EventListing } from '../query/listing.js';
import { checkSource } from '../query/log-source.js';
import type { Mark } from '../query/marks.js';
import type { Db } from '../query/open.js';
import type { Value } from '../query/sqlite.js';
import { answerOn, engineName, ON, ON_NOTES, printAnswer } from './on.js';
import { COLUMN_NOTES, given, limitOf, namesOf, order, ROWS, startingToken, text } from './options.js';
import { SOURCE, SOURCE_NOTES, sayMarks, sayNothingThere, sayOfEvents } from './source.js';
import { EXIT, print, printRows, say, withIndex } from './terminal.js';
import { verb } from './verb.js';

/** Formats for people, who read no more than a page. */
const FOR_READING: readonly string[] = ['table', 'vertical'];
/** Rows for them unless `--limit` says otherwise. */
const EVENTS_IN_TABLE = 50;

export const events = verb({
  name: 'events',
  summary: 'the Event history: events in the console’s columns, filtered, sorted, in pages',
  description:
    'The Event history: the newest events first. --format console-csv and console-json are the console’s downloads.',
  notes: [COLUMN_NOTES, SOURCE_NOTES, ON_NOTES],
  examples: [
    ['offtrail events --user ana --from 7d', 'what a user did in the last week'],
    ["offtrail events --event-name 'Delete*' --errors-only", 'what somebody tried to delete'],
    [
      'offtrail events --columns eventTime,eventName,bucket,key --service s3 --format csv',
      'columns of your choice',
    ],
  ],
  hasFilters: true,
  options: {
    columns: {
      type: 'string',
      array: true,
      requiresArg: true,
      description:
        'columns to show, with spaces or commas between: the console’s (username, resourceType, resourceName, resources, requestId, …), or any of cloudtrail_logs',
    },
    sort: text('sort by this column instead of the time; COLUMN:desc for the largest first'),
    'starting-token': startingToken,
    limit: text('maximum number of events, or all [default: 50 in a table, else all]'),
    order,
    ...SOURCE,
    ...ON,
    ...ROWS,
    format: { ...ROWS.format, choices: [...FORMATS, ...CONSOLE_FORMATS] },
  },
  async run({ options, filters }) {
    const { format } = options;
    const names = options.columns && namesOf(options.columns);
    if (format === 'console-json' && names !== undefined)
      throw new UsageError(
        'BAD_ARGUMENTS',
        '--format console-json prints whole records, not columns',
        'leave out --columns, or use --format json',
      );
    if (names?.length === 0)
      throw new UsageError('NO_COLUMN', 'name at least one column', '--columns eventTime eventName');
    const query: HistoryOptions = {
      ...filters,
      ...limitOf(options.limit, FOR_READING.includes(format) ? EVENTS_IN_TABLE : undefined),
      order: options.order,
      ...given({ sort: options.sort, token: options.startingToken, status: options.status }),
    };
    checkSource({ ...query, source: options.source });
    const engine = engineName(options);
    if (engine !== undefined)
      return listOn(engine, { ...query, source: options.source, ...given({ columns: names }) }, options);
    if (options.source !== 'cloudtrail')
      return listLogs({ ...query, source: options.source, ...given({ columns: names }) }, filters, options);
    const [{ createMarks }, { sayDoubtful, sayHidden, sayNothingFound }] = await Promise.all([
      import('../query/marks.js'),
      import('./notes.js'),
    ]);
    return withIndex(options.db, async index => {
      const marksOf = createMarks(index);
      const marked: Record<Mark, number> = { suspect: 0, removed: 0 };
      const onEvent = (id: number): void => {
        for (const mark of marksOf(id)) marked[mark]++;
      };
      const { count, token } = await printEvents(index, query, format, names, onEvent);
      if (count === 0 && query.limit !== 0) await sayNothingFound(index, filters);
      else {
        if (token !== undefined) say(`there are more: --starting-token ${token}, or --limit all`);
        await sayHidden(index, filters, { found: true });
        sayDoubtful(index, filters);
      }
      await sayMarks(marked);
      return EXIT.ok;
    });
  },
});

/** The history that an engine has. */
async function listOn(
  engine: string,
  query: HistoryOptions,
  { format, maxScan }: { format: Format | ConsoleFormat; maxScan: string | undefined },
): Promise<number> {
  if (format === 'console-json')
    throw new UsageError(
      'NOT_ON_ENGINE',
      '--format console-json prints whole records, and a table has none',
      'use --format json with --columns, or ask an index',
    );
  const { CONSOLE_COLUMNS } = await import('../query/event-row.js');
  const isConsole = format === 'console-csv';
  const columns = query.columns ?? (isConsole ? CONSOLE_COLUMNS.map(([name]) => name) : undefined);
  const titleOf = (name: string): string => CONSOLE_COLUMNS.find(([column]) => column === name)?.[1] ?? name;
  return answerOn(
    engine,
    { maxScan },
    { name: 'events', query: { ...query, ...given({ columns }) } },
    async found => {
      await printAnswer(found, {
        format: isConsole ? 'csv' : format,
        limit: query.limit,
        ...(isConsole && { titleOf }),
      });
      return EXIT.ok;
    },
  );
}

/** The history of access logs, or of both. */
async function listLogs(
  query: HistoryOptions,
  filters: Filters,
  { db, format }: { db: string | undefined; format: Format | ConsoleFormat },
): Promise<number> {
  if (format === 'console-csv' || format === 'console-json')
    throw new UsageError(
      'BAD_ARGUMENTS',
      `--format ${format} is the console’s form of events, which lines of access logs do not have`,
      'use --format csv or json',
    );
  const [{ logEvents }, { createMarks }, { saySpellings }] = await Promise.all([
    import('../query/access/log-events.js'),
    import('../query/marks.js'),
    import('./notes.js'),
  ]);
  return withIndex(db, async index => {
    const { columns, nested, listing } = logEvents(index, query, new Date());
    saySpellings(listing.spellings);
    const marksOf = { cloudtrail: createMarks(index), 'access-logs': createMarks(index, 'access-logs') };
    const marked: Record<Mark, number> = { suspect: 0, removed: 0 };
    function* rows(): Generator<Value[]> {
      for (const { values, source, id } of listing) {
        for (const mark of marksOf[source](id)) marked[mark]++;
        yield values;
      }
    }
    const count = await printRows({ columns, nested, rows: rows() }, format as Format);
    const token = listing.nextToken();
    if (count === 0 && query.limit !== 0) await sayNothingThere(index, query, filters);
    else {
      if (token !== undefined) say(`there are more: --starting-token ${token}, or --limit all`);
      await sayOfEvents(index, query, filters);
    }
    await sayMarks(marked);
    return EXIT.ok;
  });
}

/** Prints the events in a format; `onEvent` is called with the `event_rowid` of each. */
async function printEvents(
  index: Db,
  query: HistoryOptions,
  format: Format | ConsoleFormat,
  names: readonly string[] | undefined,
  onEvent: (id: number) => void,
): Promise<{ count: number; token: string | undefined }> {
  const [{ events }, { saySpellings }] = await Promise.all([
    import('../query/events.js'),
    import('./notes.js'),
  ]);
  const listed = <T>(read: (id: number) => T): EventListing<T> => {
    const listing = events(index, query, new Date(), id => {
      onEvent(id);
      return read(id);
    });
    saySpellings(listing.spellings);
    return listing;
  };
  if (format === 'console-json') {
    const { createRecordReader } = await import('../query/open.js');
    let count = 0;
    const recordOf = createRecordReader(index);
    const records = listed(id => {
      count++;
      return recordOf(id);
    });
    for (const piece of recordsDocument(records)) await print(piece);
    return { count, token: records.nextToken() };
  }
  const { CONSOLE_COLUMNS, createRowReader, DEFAULT_COLUMNS } = await import('../query/event-row.js');
  const isConsole = format === 'console-csv';
  const shown = names ?? (isConsole ? CONSOLE_COLUMNS.map(([name]) => name) : DEFAULT_COLUMNS);
  const { columns, nested, rowOf } = createRowReader(index, shown);
  const rows = listed(rowOf);
  /** The console's title of a column; other columns keep their name. */
  const titleOf = (name: string): string => CONSOLE_COLUMNS.find(([column]) => column === name)?.[1] ?? name;
  const count = await printRows(
    { columns: isConsole ? columns.map(titleOf) : columns, nested, rows: rows[Symbol.iterator]() },
    isConsole ? 'csv' : format,
  );
  return { count, token: rows.nextToken() };
}
