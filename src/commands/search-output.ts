/** What `offtrail search` prints: matches in their surroundings, rows, whole records, files, or a number. */

import type { Format } from '../output/rows.js';
import type { EventSummary, Source } from '../query/event-summary.js';
import type { LogSource, OfSource } from '../query/log-source.js';
import type { Mark } from '../query/marks.js';
import type { Db } from '../query/open.js';
import type { FoundHit, Match, Search } from '../query/search-run.js';
import type { Rows, Value } from '../query/sqlite.js';
import { print, printRows, printValue } from './terminal.js';

export type SearchFormat = Format | 'text';

/** Prints how many there are. */
export async function printCount(count: number, format: SearchFormat): Promise<number> {
  if (format === 'text') await print(`${count}\n`);
  else if (format === 'json' || format === 'jsonl') await printValue({ count }, 'jsonl');
  else await printRows({ columns: ['count'], rows: [[count]].values() }, format);
  return count;
}

/**
 * Prints the events or lines, their records or their files.
 * @returns the number of matches
 */
export async function printFound(
  index: Db,
  found: Search,
  format: SearchFormat,
  { full, files, source }: { full: boolean | undefined; files: boolean | undefined } & OfSource,
): Promise<number> {
  let count = 0;
  function* hits(): Generator<FoundHit> {
    for (const hit of found.hits()) {
      count++;
      yield hit;
    }
  }
  const all: Shown = { index, found, source: source ?? 'cloudtrail' };
  if (format === 'text') {
    const textOf = await (files ? filePrinter : full ? recordPrinter : linePrinter)(all);
    for (const hit of hits()) await print(textOf(hit));
  } else if (full) {
    await printRecords(all, hits(), format);
  } else {
    await printRows(await (files ? fileRows : matchRows)(all, hits()), format);
  }
  return count;
}

/** What is shown, and of which source it is. */
interface Shown {
  index: Db;
  found: Search;
  source: NonNullable<OfSource['source']>;
}

/** Gives something of each match, made for the sources that are asked. */
async function ofSources<T>(
  { source }: Pick<Shown, 'source'>,
  make: Record<LogSource, () => Promise<(id: number) => T>>,
): Promise<(hit: FoundHit) => T> {
  if (source !== 'all') {
    const of = await make[source]();
    return ({ id }) => of(id);
  }
  const [ofEvents, ofLines] = await Promise.all([make.cloudtrail(), make['access-logs']()]);
  return hit => (hit.source === 'access-logs' ? ofLines : ofEvents)(hit.id);
}

const summaries = ({ index, source }: Shown): Promise<(hit: FoundHit) => EventSummary> =>
  ofSources(
    { source },
    {
      cloudtrail: async () => (await import('../query/event-summary.js')).createSummaries(index),
      'access-logs': async () => (await import('../query/access/line-summary.js')).createLineSummaries(index),
    },
  );

async function marks({ index, source }: Shown): Promise<(hit: FoundHit) => Mark[]> {
  const { createMarks } = await import('../query/marks.js');
  return ofSources(
    { source },
    {
      cloudtrail: async () => createMarks(index),
      'access-logs': async () => createMarks(index, 'access-logs'),
    },
  );
}

/** The record as JSON, or the line as it is. */
const texts = ({ index, source }: Shown): Promise<(hit: FoundHit) => string> =>
  ofSources(
    { source },
    {
      cloudtrail: async () => (await import('../query/open.js')).createRecordReader(index),
      'access-logs': async () => (await import('../query/access/line-summary.js')).createLines(index),
    },
  );

const isLine = ({ source: asked }: Shown, { source }: FoundHit): boolean =>
  (source ?? asked) === 'access-logs';

/** Whole records as JSON: an array, or one a line. A line is the one member of an object. */
async function printRecords(all: Shown, hits: Iterable<FoundHit>, format: SearchFormat): Promise<void> {
  const [textOf, { printableJson }] = await Promise.all([texts(all), import('../output/escape.js')]);
  const jsonOf = (hit: FoundHit): string =>
    isLine(all, hit) ? JSON.stringify({ line: textOf(hit) }) : textOf(hit);
  const [start, between, end] = format === 'json' ? ['[\n', ',\n', '\n]\n'] : ['', '\n', '\n'];
  let isFirst = true;
  for (const hit of hits) {
    await print(`${isFirst ? start : between}${printableJson(jsonOf(hit))}`);
    isFirst = false;
  }
  if (!isFirst) await print(end);
  else if (format === 'json') await print('[]\n');
}

export const SUMMARY_COLUMNS = [
  ...(['eventTime', 'eventSource', 'eventName', 'who', 'sourceIPAddress'] as const),
  ...(['awsRegion', 'errorCode', 'eventID'] as const),
];

/** A row for each match: what one line says of it, the text as it stands there, and its marks where files are marked. */
async function matchRows(all: Shown, hits: Iterable<FoundHit>): Promise<Rows> {
  const { index, found, source } = all;
  const [{ hasMarks }, marksOf, of] = await Promise.all([
    import('../query/marks.js'),
    marks(all),
    source === 'access-logs' ? lineCells(index) : eventCells(all),
  ]);
  const isMarked = hasMarks(index);
  function* rows(): Generator<Value[]> {
    for (const hit of hits) {
      const row = of.cells(hit);
      const match = found.match(hit.id, hit.source);
      row.push(match?.view.slice(match.start, match.end) ?? null);
      const marks = marksOf(hit);
      if (isMarked) row.push(marks.length > 0 ? JSON.stringify(marks) : null);
      yield row;
    }
  }
  const columns = [...of.columns, 'match', ...(isMarked ? ['marks'] : [])];
  return { columns, nested: columns.map(name => name === 'marks'), rows: rows() };
}

interface Cells {
  columns: string[];
  cells(hit: FoundHit): Value[];
}

/** Summaries as those of events; where both are asked, with what each is. */
async function eventCells(all: Shown): Promise<Cells> {
  const summaryOf = await summaries(all);
  const isBoth = all.source === 'all';
  return {
    columns: [...(isBoth ? ['source'] : []), ...SUMMARY_COLUMNS],
    cells(hit) {
      const summary = summaryOf(hit);
      return [...(isBoth ? [hit.source!] : []), ...SUMMARY_COLUMNS.map(name => summary[name])];
    },
  };
}

/** Lines in their own columns. */
async function lineCells(index: Db): Promise<Cells> {
  const [{ LINE_SUMMARY }, { createLineReader }, { findLineColumn }] = await Promise.all([
    import('../query/access/line-summary.js'),
    import('../query/access/log-events.js'),
    import('../query/access/line-columns.js'),
  ]);
  const cellsOf = createLineReader(index, LINE_SUMMARY.map(findLineColumn));
  return { columns: [...LINE_SUMMARY], cells: ({ id }) => [...cellsOf(id)] };
}

/** A row for each log file. */
async function fileRows(all: Shown, hits: Iterable<FoundHit>): Promise<Rows> {
  const newFilesOf = await createNewFiles(all);
  function* rows(): Generator<Value[]> {
    for (const hit of hits) for (const path of newFilesOf(hit)) yield [path];
  }
  return { columns: ['file'], rows: rows() };
}

/** Gives the files of a match that none before it was in. */
async function createNewFiles({ index, source }: Shown): Promise<(hit: FoundHit) => string[]> {
  const sourcesOf = await ofSources<Source[]>(
    { source },
    {
      cloudtrail: async () => (await import('../query/event-summary.js')).createSources(index),
      'access-logs': async () => (await import('../query/access/line-summary.js')).createLineSources(index),
    },
  );
  const seen = new Set<string>();
  return hit => {
    const paths = new Set(sourcesOf(hit).map(({ path }) => path));
    const fresh = [...paths].filter(path => !seen.has(path));
    for (const path of fresh) seen.add(path);
    return fresh;
  };
}

/** Makes the text for a match; an empty one prints nothing. */
type Printer = (all: Shown) => Promise<(hit: FoundHit) => string>;

const filePrinter: Printer = async all => {
  const [newFilesOf, { printable }] = await Promise.all([createNewFiles(all), import('../output/escape.js')]);
  return hit =>
    newFilesOf(hit)
      .map(path => `${printable(path)}\n`)
      .join('');
};

const recordPrinter: Printer = async all => {
  const { found } = all;
  const [textOf, { printable, printableJson }, { indented }, { bold, red }] = await Promise.all([
    texts(all),
    import('../output/escape.js'),
    import('../json-text.js'),
    colours(),
  ]);
  const mark = (line: string): string => {
    const match = found.locate(line);
    if (!match || match.view !== line) return line;
    return line.slice(0, match.start) + bold(red(line.slice(match.start, match.end))) + line.slice(match.end);
  };
  const isMarked = bold('') !== '' && found.column === undefined;
  return hit => {
    const text = textOf(hit);
    const shown = isLine(all, hit) ? [printable(text)] : printableJson(indented(text)).split('\n');
    return `${(isMarked ? shown.map(mark) : shown).join('\n')}\n`;
  };
};

/** Characters of a line where the output goes to no terminal. */
const WIDTH = 120;
const INDENT = '    ';

const linePrinter: Printer = async all => {
  const { found } = all;
  const [summaryOf, marksOf, lineText] = await Promise.all([
    summaries(all),
    marks(all),
    lineTexts(found.column),
  ]);
  return hit =>
    lineText({
      summary: summaryOf(hit),
      isLine: isLine(all, hit),
      marks: marksOf(hit),
      match: found.match(hit.id, hit.source),
    });
};

/** What one match is shown by. */
interface ShownMatch {
  summary: EventSummary;
  /** Whether it is a line of access logs. */
  isLine: boolean;
  marks: readonly Mark[];
  match: Match | undefined;
}

/** Makes the two lines of a match: what it is, and the match in its surroundings. `column` is the one searched, if one is. */
export async function lineTexts(column: string | undefined): Promise<(shown: ShownMatch) => string> {
  const [{ excerpt }, { printable }, { bold, dim, red }] = await Promise.all([
    import('../output/excerpt.js'),
    import('../output/escape.js'),
    colours(),
  ]);
  const width = (process.stdout.isTTY ? process.stdout.columns : WIDTH) - INDENT.length - 2;
  const text = (value: string | null): string => (value === null ? '-' : printable(value));
  const headline = (event: EventSummary, line: boolean): string => {
    const service = event.eventSource?.replace(/\.amazonaws\.com$/, '') ?? null;
    return [
      text(event.eventTime),
      bold(`${text(service)} ${text(event.eventName)}`),
      text(event.who),
      text(event.sourceIPAddress),
      ...(line ? [] : [text(event.awsRegion)]),
      ...(event.errorCode === null ? [] : [text(event.errorCode)]),
      dim(line ? 'access log' : text(event.eventID)),
    ].join('  ');
  };
  return ({ summary, isLine, marks, match }) => {
    const line = headline(summary, isLine) + marks.map(mark => `  ${red(mark)}`).join('');
    if (!match) return `${line}\n`;
    const where = column === undefined ? '' : `${column}: `;
    const shown = excerpt(match.view, match.start, match.end, width - where.length);
    return `${line}\n${INDENT}${where}${dim(shown.before)}${bold(red(shown.match))}${dim(shown.after)}\n`;
  };
}

async function colours() {
  const { default: pc } = await import('picocolors');
  return pc.createColors(process.stdout.isTTY === true && pc.isColorSupported);
}
