/** What every command shares: the index it works on, its output and its notes, and the one way to report an error. */

import { once } from 'node:events';
import pc from 'picocolors';
import { LookupError, messageOf, OfftrailError, UsageError } from '../errors.js';
import { nearest } from '../nearest.js';
import type { Cell } from '../output/cell.js';
import { brief, printable } from '../output/escape.js';
import type { Format } from '../output/rows.js';
import { readProfile } from '../profile.js';
import type { Incomplete } from '../query/incomplete.js';
import type { Db } from '../query/open.js';
import type { Rows } from '../query/sqlite.js';
import type { Pager } from './pager.js';
import { hintFor, inFlags } from './wording.js';

/** Where the index is when nobody says otherwise. */
const DEFAULT_INDEX = 'offtrail.db';

/** Exit codes, documented in docs/commands. */
export const EXIT = { ok: 0, incomplete: 1, nothingFound: 1, failed: 2 } as const;

/** The index named by --db, else by OFFTRAIL_DB, else ./offtrail.db; `@name` is one of the profile. */
export function indexPath(db: string | undefined): string {
  const path = db ?? (process.env.OFFTRAIL_DB || DEFAULT_INDEX);
  if (!path.startsWith('@')) return path;
  const { indexes, path: file } = readProfile();
  const name = path.slice(1);
  const index = indexes.get(name);
  if (index !== undefined) return index;
  const meant = nearest(name, [...indexes.keys()]);
  throw new UsageError(
    'BAD_PROFILE',
    `no index is named ${brief(name)}${meant ? `; did you mean ${meant}?` : ''}`,
    `${file} names indexes under [indexes]; ./${path} is a file of that name`,
  );
}

/**
 * Opens the index for a command and closes it after it. Says on stderr where the index does not hold all that an ingest
 * was to bring.
 * @param options.saysIncomplete true for a command that says so itself; default false
 */
export async function withIndex(
  db: string | undefined,
  command: (index: Db) => Promise<number>,
  { saysIncomplete = false }: { saysIncomplete?: boolean } = {},
): Promise<number> {
  const { openForQueries } = await import('../query/open.js');
  const index = openForQueries(indexPath(db));
  try {
    if (!saysIncomplete) {
      const { incomplete } = await import('../query/incomplete.js');
      const ingest = incomplete(index);
      if (ingest) warn(incompleteText(ingest));
    }
    return await command(index);
  } finally {
    index.close();
  }
}

/** One line on an ingest that has not brought everything. */
export function incompleteText({ files, filesDone, isRunning }: Incomplete): string {
  const far =
    files === null ? '' : `, ${numberText(filesDone)} of ${numberText(files)} files are in the index`;
  return isRunning
    ? `incomplete: an ingest is running${far}`
    : `incomplete: the last ingest did not finish${far}; run it again`;
}

/** How the running command shows what it prints; where stdout is a terminal. */
interface Screen {
  pager: Pager | undefined;
  /** Whether tables show every value whole. */
  isWide: boolean;
  /** Whether notes are left out. */
  isQuiet: boolean;
  /** Columns that tables had no room for. */
  leftOut: Set<string>;
  /** Lines for people, which come after what is printed where a pager may have the terminal. */
  notes: string[];
}
let screen: Screen | undefined;

/**
 * Runs a command, its output in a pager where stdout is a terminal and it does not fit.
 * @param options.isPaged false where the user wants no pager
 * @param options.isWide whether tables show every value whole
 * @param options.isQuiet whether notes are left out
 * @returns the exit code
 */
export async function onScreen(
  { isPaged, isWide, isQuiet }: { isPaged: boolean; isWide: boolean; isQuiet: boolean },
  run: () => Promise<number>,
): Promise<number> {
  const { isTTY, rows, columns } = process.stdout;
  // A terminal that does not know its size has none.
  const pager =
    isTTY && rows > 0 && isPaged
      ? (await import('./pager.js')).pagerFor({ env: process.env, rows, columns, terminal: write })
      : undefined;
  screen = { pager, isWide, isQuiet, leftOut: new Set(), notes: [] };
  const { leftOut, notes } = screen;
  try {
    return await run();
  } catch (error) {
    // Who quits the pager has seen enough: that is not an error.
    if (pager?.isGone(error)) return EXIT.ok;
    throw error;
  } finally {
    await pager?.end();
    screen = undefined;
    for (const note of notes) warn(note);
    if (leftOut.size > 0 && !isQuiet)
      say(`no room for ${[...leftOut].join(', ')}: --wide, or --format vertical, shows every column`);
  }
}

/** Writes to stdout, or to the pager before it, and waits where the reader is slower. */
export async function print(text: string): Promise<void> {
  await (screen?.pager ?? { write }).write(text);
}

async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

/** Room for the longest path. */
const LINE = 5000;

/** A note: one line for people, on stderr, safe whatever is in it. `--quiet` leaves it out. */
export function say(line: string): void {
  if (!screen?.isQuiet) warn(line);
}

/** A warning: as a note, but of something that makes an answer incomplete or doubtful, and so never left out. */
export function warn(line: string): void {
  if (screen?.pager) screen.notes.push(line);
  else process.stderr.write(`${printable(brief(line, LINE))}\n`);
}

/** `1,000,440`. */
export const numberText = (value: number): string => value.toLocaleString('en-US');

/** `1 file`, `2 files`; of words whose plural has no s, that too: `counted(2, 'event is', 'events are')`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${numberText(count)} ${count === 1 ? one : many}`;

/** Whether notes and progress are left out. */
export const isQuiet = (): boolean => screen?.isQuiet === true;

/** Rows to print: all there, or over time, as those of an engine come. */
interface PrintedRows extends Pick<Rows, 'columns' | 'nested'> {
  rows: Iterable<readonly Cell[]> | AsyncIterable<readonly Cell[]>;
  /** Whether every value of CSV is quoted. Default false. */
  quotesAll?: boolean;
}

/**
 * Prints rows in a format.
 * @param most rows to print; default all. Where there are more, a note says so
 * @returns how many were printed
 */
export async function printRows(
  { columns, nested, rows, quotesAll }: PrintedRows,
  format: Format,
  most = Number.POSITIVE_INFINITY,
): Promise<number> {
  let count = 0;
  const isPastLimit = (): boolean => {
    if (count === most) say(`there are more rows than --limit ${most}`);
    return count++ === most;
  };
  const terminal = process.stdout.isTTY === true;
  const { render, renderOverTime } = await import('../output/rows.js');
  const options = {
    format,
    columns,
    nested,
    quotesAll,
    width: terminal && !screen?.isWide ? process.stdout.columns || undefined : undefined,
    terminal,
    onLeftOut: (names: readonly string[]) => {
      for (const name of names) screen?.leftOut.add(name);
    },
  };
  const pieces =
    Symbol.iterator in rows
      ? await render({ ...options, rows: until(rows, isPastLimit) })
      : renderOverTime({ ...options, rows: untilThen(rows, isPastLimit) });
  for await (const piece of pieces) await print(piece);
  return Math.min(count, most);
}

function* until<T>(rows: Iterable<T>, isPast: () => boolean): Generator<T> {
  for (const row of rows) {
    if (isPast()) return;
    yield row;
  }
}

async function* untilThen<T>(rows: AsyncIterable<T>, isPast: () => boolean): AsyncGenerator<T> {
  for await (const row of rows) {
    if (isPast()) return;
    yield row;
  }
}

/** Prints a value as JSON; indented by `indent` spaces. */
export async function printJson(value: unknown, indent: number): Promise<void> {
  const [{ jsonPieces }, { inPieces }] = await Promise.all([
    import('../output/json.js'),
    import('../output/pieces.js'),
  ]);
  for (const piece of inPieces(jsonPieces(value, indent))) await print(piece);
  await print('\n');
}

/** Prints one answer as JSON: indented, or for `jsonl` on one line. */
export async function printValue(value: unknown, format: 'json' | 'jsonl'): Promise<void> {
  await printJson(value, format === 'json' ? 2 : 0);
}

/** A message has room for its own words and an argument. */
const MESSAGE = 400;

/** Says what went wrong and what to do about it. */
export function sayError(error: unknown): void {
  const red = (text: string): string => (process.stderr.isTTY ? pc.red(text) : text);
  const shown = (text: string): string => printable(brief(text, MESSAGE));
  if (error instanceof LookupError) {
    // A script may look for the AWS CLI's own words.
    process.stderr.write(`\n${error.message.split('\n').map(shown).join('\n')}\n`);
    return;
  }
  process.stderr.write(`${red('offtrail:')} ${shown(inFlags(messageOf(error)))}\n`);
  const hint = error instanceof OfftrailError ? hintFor(error.code, error.hint) : '';
  if (hint) warn(`  ${hint}`);
  else if (!(error instanceof OfftrailError) && process.env.OFFTRAIL_DEBUG) console.error(error);
}
