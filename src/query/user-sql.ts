/** A person's own SELECT, in SQLite's dialect, on an index that cannot be changed. */

import { messageOf, QueryError } from '../errors.js';
import type { Db } from '../store/open.js';
import type { Rows, Value } from './run.js';

const READING = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*(select|with|values|explain)\b/i;

/**
 * Runs one reading statement.
 * The connection is opened read-only by the system and by SQLite; statements that attach, detach, change settings or
 * write are refused before they run, because they are not among the four that read.
 * @throws QueryError `NOT_A_SELECT`, `BAD_SQL`
 */
export function runUserSql(db: Db, text: string): Rows {
  if (!READING.test(text)) {
    throw new QueryError(
      'NOT_A_SELECT',
      'only SELECT, WITH, VALUES and EXPLAIN can run here',
      'the index is read-only; sqlite3 opens it as well',
    );
  }
  try {
    const statement = db.prepare(text);
    if (!statement.reader || !statement.readonly) {
      throw new QueryError('NOT_A_SELECT', 'this statement would write', 'the index is read-only');
    }
    // Numbers beyond a double's precision stay exact.
    const rows = statement.raw(true).safeIntegers(true).iterate() as IterableIterator<Value[]>;
    return { columns: statement.columns().map(column => column.name), rows };
  } catch (error) {
    if (error instanceof QueryError) throw error;
    throw new QueryError(
      'BAD_SQL',
      messageOf(error),
      'the columns of cloudtrail_logs are in docs/schema.md',
      { cause: error },
    );
  }
}
