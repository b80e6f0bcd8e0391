/** What every command shares: the index it works on, its output, and the one way to report an error. */

import { once } from 'node:events';
import pc from 'picocolors';
import { messageOf, OfftrailError } from '../errors.js';
import { printable } from '../output/escape.js';
import type { Format } from '../output/rows.js';
import type { Incomplete } from '../query/incomplete.js';
import { LookupError } from '../query/lookup-attributes.js';
import type { Rows, Value } from '../query/run.js';
import type { Db } from '../store/open.js';

/** Where the index is when nobody says otherwise. */
const DEFAULT_INDEX = 'offtrail.db';

/** Exit codes, documented in docs/commands. */
export const EXIT = { ok: 0, incomplete: 1, nothingFound: 1, failed: 2 } as const;

/** The index named by --db, else by OFFTRAIL_DB, else ./offtrail.db. */
export function indexPath(db: string | undefined): string {
  return db ?? (process.env.OFFTRAIL_DB || DEFAULT_INDEX);
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
  const { openForQueries } = await import('../store/open.js');
  const index = openForQueries(indexPath(db));
  try {
    if (!saysIncomplete) {
      const { incomplete } = await import('../query/incomplete.js');
      const ingest = incomplete(index);
      if (ingest) say(incompleteText(ingest));
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

/** Writes to stdout and waits where the reader is slower. */
export async function print(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

/** One line for people, on stderr, safe whatever is in it. */
export function say(line: string): void {
  process.stderr.write(`${printable(line)}\n`);
}

/** `1,000,440`. */
export const numberText = (value: number): string => value.toLocaleString('en-US');

/** Prints rows in a format; returns how many. */
export async function printRows({ columns, rows }: Rows, format: Format): Promise<number> {
  let count = 0;
  function* counted(): Generator<Value[]> {
    for (const row of rows) {
      count++;
      yield row;
    }
  }
  const terminal = process.stdout.isTTY === true;
  const width = terminal ? process.stdout.columns : undefined;
  const { render } = await import('../output/rows.js');
  for (const piece of await render({ format, columns, rows: counted(), width, terminal })) await print(piece);
  return count;
}

/** Says what went wrong and what to do about it. */
export function sayError(error: unknown): void {
  const red = (text: string): string => (process.stderr.isTTY ? pc.red(text) : text);
  if (error instanceof LookupError) {
    // A script may look for the AWS CLI's own words.
    process.stderr.write(`\n${error.message.split('\n').map(printable).join('\n')}\n`);
    return;
  }
  process.stderr.write(`${red('offtrail:')} ${printable(messageOf(error))}\n`);
  if (error instanceof OfftrailError && error.hint) say(`  ${error.hint}`);
  else if (!(error instanceof OfftrailError) && process.env.OFFTRAIL_DEBUG) console.error(error);
}
