/** `offtrail search <text>`: every event in which a text occurs, in place of cmd+f. */

import { UsageError } from '../errors.js';
import { FORMATS, type Format } from '../output/rows.js';
import type { EventSummary } from '../query/event-summary.js';
import type { Db } from '../query/open.js';
import type { Search } from '../query/search.js';
import type { Rows, Value } from '../query/sqlite.js';
import { COMMON, flag, given, limit, limitOf, order, SCREEN, startingToken, text } from './options.js';
import { EXIT, print, printRows, printValue, say, withIndex } from './terminal.js';
import { type OptionValues, verb } from './verb.js';

const OPTIONS = {
  any: flag('one of several texts is enough'),
  not: { type: 'string', array: true, nargs: 1, description: 'a text that must not occur; repeatable' },
  'case-sensitive': flag('distinguish upper and lower case'),
  word: flag('only whole words'),
  regex: flag('the texts are regular expressions (RE2: no look-around)'),
  field: text('search one column of cloudtrail_logs only: useragent, errormessage, …'),
  full: flag('print whole records; with --format jsonl one a line'),
  count: flag('print only the number of events'),
  files: flag('print only the log files that the events are in'),
  'starting-token': startingToken,
  limit,
  order,
  ...COMMON,
  format: {
    choices: ['text', ...FORMATS],
    default: 'text',
    requiresArg: true,
    description: 'output format; text has a line for each event and the match in its surroundings',
  },
  json: { ...flag('the same as --format jsonl'), hidden: true },
  ...SCREEN,
} as const;

type SearchFormat = Format | 'text';

export const search = verb({
  name: 'search',
  words: { name: 'text', many: true, description: 'what to look for; each of several texts must occur' },
  summary: 'every event in whose record a text occurs, anywhere',
  description: 'Every event in whose record a text occurs, anywhere.',
  notes: [
    'Text is looked for in the record as it is written (without white space between tokens, names included) and in the decoded values, ignoring case, in any Unicode form. A text that begins with a dash goes after --.',
    'Exit code, as grep’s: 0 found; 1 nothing found; 2 error.',
  ],
  examples: [
    ['offtrail search 203.0.113.77', 'an address, a key, a name, an id: whatever an indicator is'],
    ['offtrail search salaries --from 2019-07-05 --full', 'whole records of a time'],
    ["offtrail search --regex 'curl/[0-9]' --field useragent --count", 'how many events a pattern matches'],
    ['offtrail search AccessDenied --not s3.amazonaws.com --format jsonl', 'for jq and other programs'],
  ],
  hasFilters: true,
  options: OPTIONS,
  conflicts: { count: ['files', 'full'], files: ['full'], json: ['count', 'files'] },
  async run({ words, options, filters }) {
    const { search } = await import('../query/search.js');
    const { sayDoubtful, sayHidden, sayNothingFound, saySpellings } = await import('./notes.js');
    const format = options.json ? 'jsonl' : options.format;
    checkFormat(format, options);
    const query = {
      ...filters,
      ...given({ any: options.any, caseSensitive: options.caseSensitive, word: options.word }),
      ...given({ regex: options.regex, field: options.field, not: options.not }),
      ...given({ token: options.startingToken }),
      ...limitOf(options.limit),
      order: options.order,
      text: words,
    };
    return withIndex(options.db, async index => {
      const found = search(index, query, new Date());
      saySpellings(found.spellings);
      const count = options.count
        ? await printCount(found.count(), format)
        : await printFound(index, found, format, options);
      const next = found.nextToken();
      if (next !== undefined) say(`stopped at --limit ${count}; there may be more: --starting-token ${next}`);
      if (!found.isCovered())
        say(
          'the index for text is not complete, so more was read: the next ingest mends it, or offtrail reindex',
        );
      if (query.limit === 0) return EXIT.ok;
      if (count > 0) {
        await sayHidden(index, filters, { found: true });
        sayDoubtful(index, filters, more => {
          const { limit: _limit, token: _token, ...all } = { ...query, ...more };
          return search(index, all, new Date()).count();
        });
      } else await sayNothingFound(index, filters);
      return count > 0 ? EXIT.ok : EXIT.nothingFound;
    });
  },
});

/** @throws UsageError where what is printed has no such form */
function checkFormat(format: SearchFormat, { full }: { full: boolean | undefined }): void {
  if (full && !['text', 'json', 'jsonl'].includes(format))
    throw new UsageError(
      'BAD_ARGUMENTS',
      `--full prints whole records, which have no form as ${format}`,
      'use --format json or jsonl, or offtrail events --columns for the columns you need',
    );
}

async function printCount(count: number, format: SearchFormat): Promise<number> {
  if (format === 'text') await print(`${count}\n`);
  else if (format === 'json' || format === 'jsonl') await printValue({ count }, 'jsonl');
  else await printRows({ columns: ['count'], rows: [[count]].values() }, format);
  return count;
}

/** Prints the events, their records or their files; returns the number of events. */
async function printFound(
  index: Db,
  found: Search,
  format: SearchFormat,
  { full, files }: Pick<OptionValues<typeof OPTIONS>, 'full' | 'files'>,
): Promise<number> {
  let count = 0;
  function* ids(): Generator<number> {
    for (const { id } of found.hits()) {
      count++;
      yield id;
    }
  }
  if (format === 'text') {
    const textOf = await (files ? filePrinter : full ? recordPrinter : linePrinter)(index, found);
    for (const id of ids()) await print(textOf(id));
  } else if (full) {
    await printRecords(index, ids(), format);
  } else {
    await printRows(await (files ? fileRows : eventRows)(index, found, ids()), format);
  }
  return count;
}

/** Whole records as JSON: an array, or one a line. */
async function printRecords(index: Db, ids: Iterable<number>, format: SearchFormat): Promise<void> {
  const [{ createRecordReader }, { printableJson }] = await Promise.all([
    import('../query/open.js'),
    import('../output/escape.js'),
  ]);
  const recordOf = createRecordReader(index);
  const [start, between, end] = format === 'json' ? ['[\n', ',\n', '\n]\n'] : ['', '\n', '\n'];
  let isFirst = true;
  for (const id of ids) {
    await print(`${isFirst ? start : between}${printableJson(recordOf(id))}`);
    isFirst = false;
  }
  if (!isFirst) await print(end);
  else if (format === 'json') await print('[]\n');
}

const SUMMARY_COLUMNS = [
  ...(['eventTime', 'eventSource', 'eventName', 'who', 'sourceIPAddress'] as const),
  ...(['awsRegion', 'errorCode', 'eventID'] as const),
];

/** A row for each event: its summary, the text as it stands there, and what it is marked with where files are marked. */
async function eventRows(index: Db, found: Search, ids: Iterable<number>): Promise<Rows> {
  const [{ createSummaries }, { createMarks, hasMarks }] = await Promise.all([
    import('../query/event-summary.js'),
    import('../query/marks.js'),
  ]);
  const summaryOf = createSummaries(index);
  const marksOf = createMarks(index);
  const isMarked = hasMarks(index);
  function* rows(): Generator<Value[]> {
    for (const id of ids) {
      const summary = summaryOf(id);
      const match = found.match(id);
      const row: Value[] = SUMMARY_COLUMNS.map(name => summary[name]);
      row.push(match?.view.slice(match.start, match.end) ?? null);
      const marks = marksOf(id);
      if (isMarked) row.push(marks.length > 0 ? JSON.stringify(marks) : null);
      yield row;
    }
  }
  const columns = [...SUMMARY_COLUMNS, 'match', ...(isMarked ? ['marks'] : [])];
  return { columns, nested: columns.map(name => name === 'marks'), rows: rows() };
}

/** A row for each log file. */
async function fileRows(index: Db, _: Search, ids: Iterable<number>): Promise<Rows> {
  const newFilesOf = await createNewFiles(index);
  function* rows(): Generator<Value[]> {
    for (const id of ids) for (const path of newFilesOf(id)) yield [path];
  }
  return { columns: ['file'], rows: rows() };
}

/** Gives the files of an event that no event before it was in. */
async function createNewFiles(index: Db): Promise<(id: number) => string[]> {
  const { createSources } = await import('../query/event-summary.js');
  const sourcesOf = createSources(index);
  const seen = new Set<string>();
  return id => {
    const paths = new Set(sourcesOf(id).map(({ path }) => path));
    const fresh = [...paths].filter(path => !seen.has(path));
    for (const path of fresh) seen.add(path);
    return fresh;
  };
}

/** Makes the text for an event; an empty one prints nothing. */
type Printer = (index: Db, found: Search) => Promise<(id: number) => string>;

const filePrinter: Printer = async index => {
  const [newFilesOf, { printable }] = await Promise.all([
    createNewFiles(index),
    import('../output/escape.js'),
  ]);
  return id =>
    newFilesOf(id)
      .map(path => `${printable(path)}\n`)
      .join('');
};

const recordPrinter: Printer = async (index, found) => {
  const [{ createRecordReader }, { printableJson }, { indented }, { bold, red }] = await Promise.all([
    import('../query/open.js'),
    import('../output/escape.js'),
    import('../json-text.js'),
    colours(),
  ]);
  const recordOf = createRecordReader(index);
  const mark = (line: string): string => {
    const match = found.locate(line);
    if (!match || match.view !== line) return line;
    return line.slice(0, match.start) + bold(red(line.slice(match.start, match.end))) + line.slice(match.end);
  };
  const isMarked = bold('') !== '' && found.column === undefined;
  return id => {
    const lines = printableJson(indented(recordOf(id))).split('\n');
    return `${(isMarked ? lines.map(mark) : lines).join('\n')}\n`;
  };
};

/** Characters of a line where the output goes to no terminal. */
const WIDTH = 120;
const INDENT = '    ';

const linePrinter: Printer = async (index, found) => {
  const [{ createSummaries }, { createMarks }, { excerpt }, { printable }, { bold, dim, red }] =
    await Promise.all([
      import('../query/event-summary.js'),
      import('../query/marks.js'),
      import('../output/excerpt.js'),
      import('../output/escape.js'),
      colours(),
    ]);
  const summaryOf = createSummaries(index);
  const marksOf = createMarks(index);
  const width = (process.stdout.isTTY ? process.stdout.columns : WIDTH) - INDENT.length - 2;
  const text = (value: string | null): string => (value === null ? '-' : printable(value));
  const headline = (event: EventSummary): string => {
    const service = event.eventSource?.replace(/\.amazonaws\.com$/, '') ?? null;
    return [
      text(event.eventTime),
      bold(`${text(service)} ${text(event.eventName)}`),
      text(event.who),
      text(event.sourceIPAddress),
      text(event.awsRegion),
      ...(event.errorCode === null ? [] : [text(event.errorCode)]),
      dim(text(event.eventID)),
    ].join('  ');
  };
  return id => {
    const match = found.match(id);
    const marks = marksOf(id).map(mark => `  ${red(mark)}`);
    const line = headline(summaryOf(id)) + marks.join('');
    if (!match) return `${line}\n`;
    const where = found.column === undefined ? '' : `${found.column}: `;
    const hit = excerpt(match.view, match.start, match.end, width - where.length);
    return `${line}\n${INDENT}${where}${dim(hit.before)}${bold(red(hit.match))}${dim(hit.after)}\n`;
  };
};

async function colours() {
  const { default: pc } = await import('picocolors');
  return pc.createColors(process.stdout.isTTY === true && pc.isColorSupported);
}
