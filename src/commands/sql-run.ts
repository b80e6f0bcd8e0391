/** Runs the text of `offtrail sql` and prints what it gives; of an error, the place in the statement. */

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
    else if ((await printRows(runUserSql(index, text), format, most)) === 0) await sayEmpty(index, most);
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
      const rows = await show(
        printable(answer, format === 'json' || format === 'jsonl' ? 'json' : 'text'),
        run,
      );
      isEmpty ||= rows === 0;
    }
    if (isEmpty) await sayEmpty(index, most);
    for (const note of session.finalNotes()) say(inFlags(note));
  } catch (error) {
    if (error instanceof SqlError) showPlace(text, error.position);
    throw error;
  }
}

/** @returns how many rows were printed; undefined where the statement has none */
async function show(
  answer: StatementAnswer,
  { format, most, onDefined }: SqlRun,
): Promise<number | undefined> {
  for (const note of answer.notes) say(note);
  if (answer.kind === 'rows') return printRows({ ...answer, quotesAll: true }, format, most);
  say(answer.sentence);
  if (answer.definition !== undefined) onDefined?.(answer.definition);
  return undefined;
}

/** Says what could have hidden rows from a statement that gave none. Which times it asks for is not known. */
async function sayEmpty(index: Db, most: number): Promise<void> {
  if (most === 0) return;
  const { sayHidden } = await import('./notes.js');
  await sayHidden(index, {}, { found: false, isWhole: false });
}

/** The line of the statement in which an error is, and a caret under its place. */
function showPlace(text: string, position: { line: number; column: number } | undefined): void {
  if (!position) return;
  const line = text.split('\n')[position.line - 1] ?? '';
  // A long line is shown around the place.
  const start = Math.max(0, position.column - 60);
  const shown = printableText(line.slice(start, start + 100).replaceAll('\t', ' '));
  warn(`  ${shown}`);
  warn(`  ${' '.repeat(position.column - 1 - start)}^`);
}
