/** `offtrail search <text>`: every event in which a text occurs, in place of cmd+f. */

import pc from 'picocolors';
import { indented } from '../json-text.js';
import { printable, printableJson } from '../output/escape.js';
import { excerpt } from '../output/excerpt.js';
import { createSources, createSummaries, type EventSummary } from '../query/event-summary.js';
import { FILTERS } from '../query/filter/filter.js';
import { createMarks } from '../query/marks.js';
import { type Search, type SearchOptions, search } from '../query/search.js';
import type { Db } from '../store/open.js';
import { createRebuilder } from '../store/rebuild.js';
import { EXIT, print, say, withIndex } from './context.js';
import { sayNothingFound, sayObjectEventsFor, saySpellings } from './nothing-found.js';

export interface SearchArguments {
  db: string | undefined;
  /** What is printed of the events. */
  show: 'lines' | 'json' | 'full' | 'full-json' | 'count' | 'files';
  options: SearchOptions;
}

/** Exit code as grep's: 0 found, 1 nothing found; errors end with 2. */
export async function runSearch({ db, show, options }: SearchArguments): Promise<number> {
  return withIndex(db, async index => {
    const found = search(index, options, new Date());
    saySpellings(found.spellings);
    const count =
      show === 'count' ? found.count() : await printHits(index, found, PRINTERS[show], options.limit);
    if (show === 'count') await print(`${count}\n`);
    if (!found.isCovered())
      say(
        'the index for text is not complete, so more was read: the next ingest mends it, or offtrail reindex',
      );
    const hasFilters = FILTERS.some(({ name }) => options[name] !== undefined);
    if (count > 0) sayObjectEventsFor(index, options);
    // A script that searches for one text after another, as with grep, is not told of each.
    else if (options.limit !== 0 && (hasFilters || process.stderr.isTTY)) sayNothingFound(index, options);
    return count > 0 ? EXIT.ok : EXIT.nothingFound;
  });
}

/** Makes the text for an event; an empty one prints nothing. */
type Printer = (index: Db, found: Search) => (id: number) => string;

async function printHits(
  index: Db,
  found: Search,
  printer: Printer,
  limit: number | undefined,
): Promise<number> {
  const textOf = printer(index, found);
  let count = 0;
  for (const { id } of found.hits()) {
    count++;
    const text = textOf(id);
    if (text) await print(text);
  }
  if (count === limit && limit > 0) say(`stopped at --limit ${limit}; there may be more`);
  return count;
}

const colours = () => pc.createColors(process.stdout.isTTY === true && pc.isColorSupported);
const WIDTH = 120;
const INDENT = '    ';

const PRINTERS: Record<Exclude<SearchArguments['show'], 'count'>, Printer> = {
  lines(index, found) {
    const { bold, dim, red } = colours();
    const summaryOf = createSummaries(index);
    const marksOf = createMarks(index);
    const width = (process.stdout.isTTY ? process.stdout.columns : WIDTH) - INDENT.length - 2;
    return id => {
      const summary = summaryOf(id);
      const match = found.match(id);
      const where = found.column === undefined ? '' : `${found.column}: `;
      const marks = marksOf(id).map(mark => `  ${red(mark)}`);
      const lines = [headline(summary, bold, dim) + marks.join('')];
      if (match) {
        const {
          before,
          match: hit,
          after,
        } = excerpt(match.view, match.start, match.end, width - where.length);
        lines.push(`${INDENT}${where}${dim(before)}${bold(red(hit))}${dim(after)}`);
      }
      return `${lines.join('\n')}\n`;
    };
  },
  json(index, found) {
    const summaryOf = createSummaries(index);
    const marksOf = createMarks(index);
    return id => {
      const match = found.match(id);
      const text = match?.view.slice(match.start, match.end);
      const marks = marksOf(id);
      const more = marks.length > 0 ? { marks } : {};
      return `${printableJson(JSON.stringify({ ...summaryOf(id), match: text ?? null, ...more }))}\n`;
    };
  },
  full(index, found) {
    const { bold, red } = colours();
    const rebuild = createRebuilder(index);
    const mark = (line: string): string => {
      const match = found.locate(line);
      if (!match || match.view !== line) return line;
      return (
        line.slice(0, match.start) + bold(red(line.slice(match.start, match.end))) + line.slice(match.end)
      );
    };
    const isMarked = bold('') !== '' && found.column === undefined;
    return id => {
      const lines = printableJson(indented(rebuild(id))).split('\n');
      return `${(isMarked ? lines.map(mark) : lines).join('\n')}\n`;
    };
  },
  'full-json'(index) {
    const rebuild = createRebuilder(index);
    return id => `${printableJson(rebuild(id))}\n`;
  },
  files(index) {
    const sourcesOf = createSources(index);
    const seen = new Set<string>();
    return id => {
      const fresh = new Set(
        sourcesOf(id)
          .map(({ path }) => path)
          .filter(path => !seen.has(path)),
      );
      for (const path of fresh) seen.add(path);
      return [...fresh].map(path => `${printable(path)}\n`).join('');
    };
  },
};

function headline(
  { eventTime, eventSource, eventName, who, sourceIPAddress, awsRegion, errorCode, eventID }: EventSummary,
  bold: (text: string) => string,
  dim: (text: string) => string,
): string {
  const text = (value: string | null): string => (value === null ? '-' : printable(value));
  const service = eventSource?.replace(/\.amazonaws\.com$/, '') ?? null;
  const parts = [
    text(eventTime),
    bold(`${text(service)} ${text(eventName)}`),
    text(who),
    text(sourceIPAddress),
    text(awsRegion),
  ];
  if (errorCode !== null) parts.push(text(errorCode));
  return [...parts, dim(text(eventID))].join('  ');
}
