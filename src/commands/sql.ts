/** `offtrail sql [statement]`: statements of the user's own, in Athena's dialect or SQLite's; without one, a shell. */

import { codeOf, UsageError } from '../errors.js';
import { DIALECTS } from '../query/sql/dialect.js';
import { engineName, ON, ON_NOTES } from './on.js';
import { flag, limit, numberOf, ROWS, text } from './options.js';
import type { EngineRun } from './sql-on.js';
import { runSqlText, type SqlRun } from './sql-run.js';
import { EXIT } from './terminal.js';
import { verb } from './verb.js';

export const sql = verb({
  name: 'sql',
  words: {
    name: 'statement',
    optional: true,
    description: 'statements, separated by semicolons; - reads them from standard input; none starts a shell',
  },
  summary: 'run SQL on the index, in Athena’s dialect: paste a query from a runbook',
  description:
    'Run SQL in Athena’s dialect (Trino, engine version 3), or in SQLite’s with --dialect sqlite.\n\nAny table name stands for the index. offtrail sql -f FILE and offtrail sql - read statements from a file and from standard input; offtrail sql alone on a terminal is a shell.',
  notes: [
    'The table is the documented one of CloudTrail: its 29 columns, the partition columns that tables in use have (region, year, month, day, account, timestamp, date_partition, …), and columns of offtrail’s own whose names begin with $ ("$path", "$objectkey"). CREATE EXTERNAL TABLE before a query sets other columns and partitions. docs/from-athena.md says what differs, docs/sql-functions.md lists the functions.',
    `${ON_NOTES} Names in statements are then the engine’s own, and its clock is now(). Statements that change something are sent with --allow-changes alone.`,
    'The index is read-only. Ctrl-C stops a statement; --timeout and --memory bound it. There is no bound otherwise.',
    'Exit code: 0 run; 2 an error, a limit reached.',
  ],
  examples: [
    [
      `offtrail sql "SELECT eventTime, eventName, json_extract_scalar(requestParameters, '$.bucketName') AS bucketName, userIdentity.arn AS userArn FROM s3_cloudtrail_events_db.cloudtrail_myawsexamplebucket_table WHERE eventName = 'PutObject' AND eventTime BETWEEN '2019-07-05T00:00:00Z' AND '2019-07-06T00:00:00Z'"`,
      'a query of AWS’s S3 guide, as it is printed there',
    ],
    [
      `offtrail sql "SELECT useridentity.arn, count(*) FROM t WHERE eventname = ? GROUP BY 1 ORDER BY 2 DESC" --param GetObject --format csv`,
      'a parameter, and CSV as Athena’s console downloads it',
    ],
    [
      `offtrail sql "SELECT eventname, count(*) AS events FROM cloudtrail_logs GROUP BY 1" --explain`,
      'how it will run',
    ],
    [
      `offtrail sql --dialect sqlite "SELECT eventname, bucketname, objectkey FROM cloudtrail_logs WHERE is_anonymous LIMIT 5"`,
      'SQLite’s dialect, on the columns of docs/schema.md',
    ],
  ],
  options: {
    file: { alias: 'f', ...text('read the statements from this file') },
    dialect: { choices: DIALECTS, default: 'athena', requiresArg: true, description: 'the dialect' },
    param: {
      type: 'string',
      array: true,
      nargs: 1,
      description: 'value of the next ?: an expression, or else a text; once for each',
    },
    now: text('what now() and current_date are: any time that --from takes [default: now]'),
    explain: flag('show the statement for SQLite and how it will run'),
    timeout: text('stop after so many seconds [default: never]'),
    ...ON,
    'allow-changes': flag('with --on, also send statements that change something: CREATE, INSERT, DROP, …'),
    memory: text('stop where more than so many MB of memory are used [default: no bound]'),
    limit: { ...limit, default: 'all', description: 'maximum number of rows of each statement, or all' },
    ...ROWS,
  },
  async run({ words, options }) {
    const { file, dialect, param, now, explain, timeout, memory, db, format, limit: most } = options;
    const name = engineName(options);
    if (name !== undefined) checkOn({ dialect, now, memory });
    else if (options.allowChanges)
      throw new UsageError('BAD_ARGUMENTS', '--allow-changes is for --on: an index is read-only');
    const run: SqlRun = {
      db,
      format,
      dialect,
      most: numberOf(most),
      parameters: param ?? [],
      now,
      isExplained: explain === true,
    };
    const bounds = { seconds: boundOf('timeout', timeout), megabytes: boundOf('memory', memory) };
    const engine: EngineRun | undefined =
      name === undefined
        ? undefined
        : {
            name,
            maxScan: options.maxScan,
            seconds: bounds.seconds,
            allowsChanges: options.allowChanges === true,
          };
    const isShell = words.length === 0 && file === undefined && process.stdin.isTTY === true;
    if (isShell) {
      const { startShell } = await import('./sql-shell.js');
      return startShell(run, bounds, engine);
    }
    if (engine === undefined && (bounds.seconds !== undefined || bounds.megabytes !== undefined)) {
      const { isBounded, runBounded } = await import('./bounded.js');
      if (!isBounded()) return runBounded(bounds);
    }
    const statements = await statementOf(words[0], file);
    if (statements.trim() === '')
      throw new UsageError(
        'BAD_ARGUMENTS',
        'statement is missing',
        'give one in quotes, -f FILE, or - for standard input',
      );
    if (engine) {
      const { runSqlOn } = await import('./sql-on.js');
      return runSqlOn(statements, run, engine);
    }
    await runSqlText(statements, run);
    return EXIT.ok;
  },
});

/** Refuses what an engine has no use for, rather than leave it out in silence. */
function checkOn({
  dialect,
  now,
  memory,
}: {
  dialect: string;
  now?: string | undefined;
  memory?: string | undefined;
}): void {
  if (dialect !== 'athena')
    throw new UsageError('BAD_ARGUMENTS', '--dialect sqlite is for an index: an engine takes Athena’s');
  if (now !== undefined)
    throw new UsageError(
      'BAD_ARGUMENTS',
      '--now is for an index: an engine has its own clock',
      'write the time into the statement',
    );
  if (memory !== undefined)
    throw new UsageError(
      'BAD_ARGUMENTS',
      '--memory is for an index',
      '--max-scan and --timeout bound an engine',
    );
}

/** A bound: a number above 0. */
function boundOf(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const bound = Number(value);
  if (value.trim() !== '' && Number.isFinite(bound) && bound > 0) return bound;
  throw new UsageError('BAD_VALUE', `--${name} must be a number above 0`);
}

async function statementOf(statement: string | undefined, file: string | undefined): Promise<string> {
  if (file !== undefined && statement !== undefined)
    throw new UsageError('BAD_ARGUMENTS', 'a statement and --file are given', 'give one of them');
  if (file === undefined && statement !== undefined && statement !== '-') return statement;
  if (file === undefined || file === '-') {
    const { text: readAll } = await import('node:stream/consumers');
    return withoutMark(await readAll(process.stdin));
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
const withoutMark = (statement: string): string => statement.replace(/^\ufeff/, '');
