/** `offtrail sql <statement>`: a SELECT of the user's own. */

import { codeOf, UsageError } from '../errors.js';
import { limit, numberOf, ROWS, text } from './options.js';
import { EXIT, printRows, withIndex } from './terminal.js';
import { verb } from './verb.js';

export const sql = verb({
  name: 'sql',
  words: {
    name: 'statement',
    optional: true,
    description: 'one SELECT, WITH, VALUES or EXPLAIN; - reads it from standard input',
  },
  summary: 'run a SELECT of your own on the index, in SQLite’s dialect',
  description:
    'Run a SELECT of your own; the view cloudtrail_logs has Athena’s columns.\n\nofftrail sql -f FILE and offtrail sql - read the statement from a file and from standard input.',
  examples: [
    [
      'offtrail sql "SELECT eventname, count(*) AS events FROM cloudtrail_logs GROUP BY 1 ORDER BY 2 DESC"',
      'the most frequent calls',
    ],
    [
      `offtrail sql "SELECT requestparameters ->> '$.bucketName' AS bucket, useridentity_arn FROM cloudtrail_logs WHERE eventname = 'PutObject'" --format csv`,
      'a member of a JSON column',
    ],
  ],
  options: {
    file: { alias: 'f', ...text('read the statement from this file') },
    limit: { ...limit, default: 'all', description: 'maximum number of rows, or all' },
    ...ROWS,
  },
  async run({ words, options: { db, file, format, limit } }) {
    const statement = await statementOf(words[0], file);
    const most = numberOf(limit);
    const { runUserSql } = await import('../query/sql.js');
    return withIndex(db, async index => {
      await printRows(runUserSql(index, statement), format, most);
      return EXIT.ok;
    });
  },
});

async function statementOf(statement: string | undefined, file: string | undefined): Promise<string> {
  if (file !== undefined && statement !== undefined)
    throw new UsageError('BAD_ARGUMENTS', 'a statement and --file are given', 'give one of them');
  if (file === undefined && statement === undefined)
    throw new UsageError(
      'BAD_ARGUMENTS',
      'statement is missing',
      'give one SELECT in quotes, -f FILE, or - for standard input',
    );
  if (file === undefined && statement !== '-') return statement!;
  if (file === undefined || file === '-') {
    const { text } = await import('node:stream/consumers');
    return withoutMark(await text(process.stdin));
  }
  const { readFileSync } = await import('node:fs');
  try {
    return withoutMark(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(
      'BAD_ARGUMENTS',
      `the statement cannot be read from ${file}: ${codeOf(error)}`,
      'offtrail sql -f FILE, or the statement itself in quotes',
      { cause: error },
    );
  }
}

/** A byte order mark, which some editors write, is no part of a statement. */
const withoutMark = (sql: string): string => sql.replace(/^\ufeff/, '');
