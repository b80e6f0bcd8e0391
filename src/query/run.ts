/** Runs a statement on a read-only index, row by row. */

import type { Db } from '../store/open.js';
import type { Sql } from './sql-text.js';

/** A value of a row. */
export type Value = string | number | bigint | Buffer | null;

export interface Rows {
  columns: string[];
  rows: IterableIterator<Value[]>;
}

/** Runs `sql`; rows come as they are found. */
export function runSql(db: Db, { text, params }: Sql): Rows {
  const statement = db.prepare(text);
  return {
    columns: statement.columns().map(column => column.name),
    rows: statement.raw(true).iterate(...params) as IterableIterator<Value[]>,
  };
}
