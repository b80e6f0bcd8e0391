/** Runs the text of `offtrail sql` and prints what it gives; of an error, the place in the statement. */

import type { Cell } from '../output/cell.js';
import { printable as printableText } from '../output/escape.js';
import type { Format } from '../output/rows.js';
import type { Db } from '../query/open.js';
import type { Dialect } from '../query/sql/dialect.js';
import type { StatementAnswer } from '../query/sql/statement.js';
import { print, printRows, say, warn, withIndex } from './terminal.js';
import { inFlags } from './wording.js';

export interface SqlRun {
  db: string | undefined;
  format: Format;
  dialect: Dialect;
  /** Maximum number of rows of a statement. */
  most: number;
  parameters: readonly string[];
  now: string | undefined;
  isExplained: boolean;
  /** Statements of the same shell that define something: they run before, and say nothing. */
  definitions?: readonly string[];
  /** Told each statement that defines something. */
  onDefined?: (statement: string) => void;
}

/**
 * Runs statements on the index that the run names.
 * @throws UsageError `BAD_SQL`, after the place was shown on stderr
 */
export async function runSqlText(text: string, run: SqlRun): Promise<void> {
  await withIndex(run.db, async index => {
    await runOn(index, text, run);
    return 0;
  });
}

async function runOn(index: Db, text: string, run: SqlRun): Promise<void> {
  const { format, dialect, most } = run;
  if (dialect === 'sqlite') {
    const { explainSqlite, runUserSql } = await import('../query/sqlite.js');
    if (run.isExplained) await print(`${explainSqlite(index, text).join('\n')}\n`);
    else {
      const { rows, isNothing } = watched(runUserSql(index, text));
      await printRows(rows, format, most);
      if (isNothing()) await sayEmpty(index, text, most);
    }
    return;
  }
  const [{ createSqlSession }, { SqlError }, { momentOf, printable }] = await Promise.all([
    import('../query/sql/run.js'),
    import('../query/sql/errors.js'),
    import('../query/sql/statement.js'),
  ]);
  const now = momentOf(run.now);
  const session = createSqlSession(index, { now, parameters: run.parameters });
  for (const definition of run.definitions ?? []) for (const _ of session.run(definition));
  try {
    if (run.isExplained) {
      for (const line of session.explain(text)) await print(`${printableText(line)}\n`);
      return;
    }
    let isFirst = true;
    let isEmpty = false;
    for (const answer of session.run(text)) {
      if (!isFirst && format === 'table' && answer.kind === 'rows') await print('\n');
      isFirst = false;
      const form = format === 'json' || format === 'jsonl' ? 'json' : 'text';
      isEmpty = (await show(printable(answer, form), run)) || isEmpty;
    }
    if (isEmpty) await sayEmpty(index, text, most);
    for (const note of session.finalNotes()) say(inFlags(note));
  } catch (error) {
    if (error instanceof SqlError) showPlace(text, error.position);
    throw error;
  }
}

/** @returns whether the statement has rows and gave none, or a lone count of 0 */
async function show(answer: StatementAnswer, { format, most, onDefined }: SqlRun): Promise<boolean> {
  for (const note of answer.notes) say(note);
  if (answer.kind === 'rows') {
    const { rows, isNothing } = watched(answer);
    await printRows({ ...rows, quotesAll: true }, format, most);
    return isNothing();
  }
  say(answer.sentence);
  if (answer.definition !== undefined) onDefined?.(answer.definition);
  return false;
}

/** Rows, and whether they were none, or one with nothing but a 0, as they come. */
function watched<T extends { rows: Iterable<readonly Cell[]> }>(
  answer: T,
): { rows: Omit<T, 'rows'> & { rows: Iterable<readonly Cell[]> }; isNothing: () => boolean } {
  let count = 0;
  let isZero = true;
  function* rows(): Generator<readonly Cell[]> {
    for (const row of answer.rows) {
      count++;
      isZero &&= row.length === 1 && String(row[0]) === '0' && typeof row[0] !== 'object';
      yield row;
    }
  }
  return { rows: { ...answer, rows: rows() }, isNothing: () => count === 0 || (count === 1 && isZero) };
}

/**
 * Says what could have hidden rows from a statement that gave none, or counted none. Which times it asks for is not known;
 * of holes that are of other accounts and regions than it names nothing is said.
 */
async function sayEmpty(index: Db, text: string, most: number): Promise<void> {
  if (most === 0) return;
  const [{ sayHidden }, { placeFilters }] = await Promise.all([
    import('./notes.js'),
    import('../query/sql/named-places.js'),
  ]);
  const { filters, aboutObjects } = placeFilters(text);
  await sayHidden(index, filters, { found: false, isWhole: false, aboutObjects });
}

/** The line of the statement in which an error is, and a caret under its place. */
export function showPlace(text: string, position: { line: number; column: number } | undefined): void {
  if (!position) return;
  const line = text.split('\n')[position.line - 1] ?? '';
  // A long line is shown around the place.
  const start = Math.max(0, position.column - 60);
  const shown = printableText(line.slice(start, start + 100).replaceAll('\t', ' '));
  warn(`  ${shown}`);
  warn(`  ${' '.repeat(position.column - 1 - start)}^`);
}
