/** `offtrail sql "<SELECT …>"`: a statement of one's own. */

import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { codeOf, InputError } from '../errors.js';
import type { Format } from '../output/rows.js';
import { runUserSql } from '../query/sql.js';
import { EXIT, printRows, withIndex } from './context.js';

export interface SqlArguments {
  db: string | undefined;
  format: Format;
  /** The statement, or `-` for standard input. */
  statement?: string;
  /** The file that has it instead. */
  file?: string;
}

export async function runSqlCommand({ db, format, statement, file }: SqlArguments): Promise<number> {
  const sql = await statementOf(statement, file);
  return withIndex(db, async index => {
    await printRows(runUserSql(index, sql), format);
    return EXIT.ok;
  });
}

async function statementOf(statement = '-', file: string | undefined): Promise<string> {
  if (file === undefined && statement !== '-') return statement;
  if (file === undefined || file === '-') return withoutMark(await text(process.stdin));
  try {
    return withoutMark(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new InputError(
      'BAD_ARGUMENTS',
      `the statement cannot be read from ${file}: ${codeOf(error)}`,
      'offtrail sql -f FILE, or the statement itself in quotes',
      { cause: error },
    );
  }
}

/** A byte order mark, which some editors write, is no part of a statement. */
const withoutMark = (sql: string): string => sql.replace(/^\ufeff/, '');
