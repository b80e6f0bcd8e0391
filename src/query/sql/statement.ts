/** Statements of a person's own, in either dialect: what the command line and the library run. */

import type { Db } from '../../store/open.js';
import { parseTime } from '../filter/time.js';
import { runUserSql } from '../sqlite.js';
import type { Dialect } from './dialect.js';
import { type Cell, isNested, jsonCell, textCell } from './output/cells.js';
import { createSqlSession, type SqlAnswer } from './run.js';

export interface StatementOptions {
  /** The dialect. Default `athena`. */
  dialect?: Dialect | undefined;
  /** Values of `?`, in Athena's dialect: each an expression, or else a text. */
  parameters?: readonly string[] | undefined;
  /** What `now()` and `current_date` are, in Athena's dialect: any time that `--from` takes. Default: now. */
  now?: string | undefined;
}

/** Rows with values that can be printed. */
export interface PrintableRows {
  columns: string[];
  /** Which columns hold JSON text. */
  nested: boolean[];
  rows: Iterable<Cell[]>;
  notes: readonly string[];
}

/** What a statement gives: rows, or a sentence. */
export type StatementAnswer = ({ kind: 'rows' } & PrintableRows) | Extract<SqlAnswer, { kind: 'done' }>;

/**
 * The moment that `now()` stands for.
 * @throws UsageError `BAD_TIME`
 */
export function momentOf(now: string | undefined): Date {
  const today = new Date();
  return now === undefined ? today : new Date(parseTime(now, today));
}

/** An answer with values as Athena prints them, or as JSON has them. */
export function printable(answer: SqlAnswer, form: 'text' | 'json'): StatementAnswer {
  if (answer.kind === 'done') return answer;
  const { columns, types, rows, notes } = answer.result;
  const cell = form === 'json' ? jsonCell : textCell;
  return {
    kind: 'rows',
    columns,
    nested: types.map(type => form === 'json' && isNested(type)),
    notes,
    rows: mapped(rows, row => row.map((value, i) => cell(value, types[i]!))),
  };
}

function* mapped<T, U>(rows: Iterable<T>, make: (row: T) => U): Generator<U> {
  for (const row of rows) yield make(row);
}

/**
 * Finds the mistakes in statements without running any.
 * @throws UsageError `BAD_SQL`, `NOT_A_SELECT`, `BAD_TIME`
 */
export function checkStatements(db: Db, text: string, options: StatementOptions = {}): void {
  if (options.dialect === 'sqlite') runUserSql(db, text).rows.return?.();
  else createSqlSession(db, { now: momentOf(options.now), parameters: options.parameters }).check(text);
}

/**
 * Runs statements and gives the rows of the last that has any.
 * @throws UsageError `BAD_SQL`, `NOT_A_SELECT`, `BAD_TIME`
 */
export function rowsOf(
  db: Db,
  text: string,
  options: StatementOptions = {},
): { columns: string[]; rows: Iterable<Array<Cell | Buffer>> } {
  if (options.dialect === 'sqlite') return runUserSql(db, text);
  let last: PrintableRows = { columns: [], nested: [], rows: [], notes: [] };
  const session = createSqlSession(db, { now: momentOf(options.now), parameters: options.parameters });
  for (const answer of session.run(text)) {
    const found = printable(answer, 'json');
    if (found.kind !== 'rows') continue;
    // The rows of a statement before are not wanted, and hold the connection until they are let go.
    last.rows[Symbol.iterator]().return?.();
    last = found;
  }
  return last;
}
