/** Runs a statement on a read-only index, row by row. */

import type { ColumnDefinition, Statement } from 'better-sqlite3';
import { JSON_COLUMNS } from '../cloudtrail/fields.js';
import { messageOf, UsageError } from '../errors.js';
import type { Db } from '../store/open.js';
import type { Sql } from './filter/sql-text.js';

/** A value of a row; a boolean comes from Athena's dialect alone. */
export type Value = string | number | bigint | boolean | Buffer | null;

export interface Rows {
  columns: string[];
  /** Which columns hold JSON text: none where it is not said. */
  nested?: boolean[];
  rows: IterableIterator<Value[]>;
}

/** Runs `sql`; rows come as they are found. */
export function runSql(db: Db, { text, params }: Sql): Rows {
  const statement = db.prepare(text);
  return {
    ...columnsOf(statement),
    rows: statement.raw(true).iterate(...params) as IterableIterator<Value[]>,
  };
}

const READING = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*(select|with|values|explain)\b/i;

/**
 * Runs one reading statement of a person's own, in SQLite's dialect.
 * The connection is opened read-only by the system and by SQLite; statements that attach, detach, change settings or
 * write are refused before they run, because they are not among the four that read.
 * @throws UsageError `NOT_A_SELECT`, `BAD_SQL`, the latter while rows are read, too
 */
export function runUserSql(db: Db, text: string): Rows {
  if (!READING.test(text)) {
    throw new UsageError(
      'NOT_A_SELECT',
      'only SELECT, WITH, VALUES and EXPLAIN can run here',
      'the index is read-only; sqlite3 opens it as well',
    );
  }
  const statement = guarded(() => db.prepare(text));
  if (!statement.reader || !statement.readonly) {
    throw new UsageError('NOT_A_SELECT', 'this statement would write', 'the index is read-only');
  }
  // Numbers beyond a double's precision stay exact.
  return { ...columnsOf(statement), rows: eachGuarded(statement.raw(true).safeIntegers(true)) };
}

/**
 * How SQLite will run a statement of a person's own: its plan, a line for each step.
 * @throws UsageError as `runUserSql`
 */
export function explainSqlite(db: Db, text: string): string[] {
  return [...runUserSql(db, `EXPLAIN QUERY PLAN ${text}`).rows].map(row => String(row.at(-1)));
}

/** Names of the columns, and which hold JSON: those that come from such a column, whatever they are called. */
export function columnsOf(statement: { columns(): ColumnDefinition[] }): Pick<Rows, 'columns' | 'nested'> {
  const all = statement.columns();
  return {
    columns: all.map(({ name }) => name),
    nested: all.map(({ name, column }) => JSON_COLUMNS.has((column ?? name).toLowerCase())),
  };
}

function guarded<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new UsageError(
      'BAD_SQL',
      messageOf(error),
      'the columns of cloudtrail_logs are in docs/schema.md',
      { cause: error },
    );
  }
}

/** Begins with the first row that is asked for: until then nothing keeps the connection. */
function* eachGuarded(statement: Statement): Generator<Value[], undefined> {
  const rows = guarded(() => statement.iterate() as IterableIterator<Value[]>);
  try {
    for (;;) {
      const next = guarded(() => rows.next());
      if (next.done) return;
      yield next.value;
    }
  } finally {
    rows.return?.();
  }
}
