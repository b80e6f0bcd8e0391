#!/usr/bin/env node
/** The command line: verbs, arguments, exit codes. The only place that ends the process. */

import yargs, { type Argv, type Options } from 'yargs';
import { EXIT, sayError } from './commands/context.js';
import type { SearchArguments } from './commands/search.js';
import { InputError } from './errors.js';
import { levenshtein } from './lazy.js';
import { FORMATS, type Format } from './output/rows.js';
import { FILTERS, type Filters } from './query/filter.js';
import { type Order, S3_SEARCHES, type S3Search, type S3SearchOptions } from './query/s3-searches.js';
import { VERSION } from './version.js';

const db: Options = {
  type: 'string',
  requiresArg: true,
  description: 'the index [default: $OFFTRAIL_DB, else ./offtrail.db]',
};
const format: Options = {
  choices: FORMATS,
  default: 'table',
  requiresArg: true,
  description: 'form of the output',
};

/** How a text is looked for, and what is shown of the events. */
const textOptions: Record<string, Options> = {
  any: { type: 'boolean', description: 'one of several texts is enough' },
  not: {
    type: 'string',
    array: true,
    nargs: 1,
    description: 'a text that must not occur; repeatable',
  },
  'case-sensitive': { type: 'boolean', description: 'upper and lower case differ' },
  word: { type: 'boolean', description: 'only whole words' },
  regex: {
    type: 'boolean',
    description: 'the texts are regular expressions (RE2: no look-around)',
  },
  field: {
    type: 'string',
    requiresArg: true,
    description: 'look in one column of cloudtrail_logs only: useragent, errormessage, …',
  },
  json: { type: 'boolean', description: 'one JSON object a line' },
  full: { type: 'boolean', description: 'whole records; with --json one a line' },
  count: { type: 'boolean', description: 'only the number of events' },
  files: { type: 'boolean', description: 'only the log files the events are in' },
};

/** `errorsOnly` → `errors-only`. */
const dashed = (name: string): string => name.replaceAll(/[A-Z]/g, c => `-${c.toLowerCase()}`);

/** Arguments that may be given more than once. */
const REPEATABLE = new Set([
  '_',
  '--',
  'inputs',
  'text',
  'not',
  ...FILTERS.filter(f => !f.isSingle).flatMap(f => [f.name, dashed(f.name)]),
]);

/** The filters as options: from the one list of filters. */
const filterOptions: Record<string, Options> = Object.fromEntries(
  FILTERS.map(filter => [
    dashed(filter.name),
    filter.value
      ? {
          type: 'string',
          ...(filter.isSingle ? { requiresArg: true } : { array: true, nargs: 1 }),
          description: `${filter.description} (${filter.value})`,
          group: 'Filters:',
        }
      : { type: 'boolean', description: filter.description, group: 'Filters:' },
  ]),
);

type Arguments = Record<string, unknown>;
type Run = (args: Arguments) => Promise<number>;

/** Ends the process with the code of the command, when all output has left. */
function command(run: Run): (args: Arguments) => Promise<void> {
  return async args => {
    process.exitCode = await run(args);
  };
}

/** The words of a positional argument, those behind `--` included, which yargs keeps apart. At least one. */
function words(args: Arguments, name: string): string[] {
  const all = [args[name] ?? [], args['--'] ?? []].flat().map(String);
  if (all.length === 0)
    throw new InputError(
      'BAD_ARGUMENTS',
      `${dashed(name)} is missing`,
      'offtrail <command> --help says what it is',
    );
  return all;
}

function oneWord(args: Arguments, name: string): string {
  const [word, more] = words(args, name);
  if (more !== undefined)
    throw new InputError(
      'BAD_ARGUMENTS',
      `one ${dashed(name)} at a time`,
      'put it into quotes if it has blanks in it',
    );
  return word!;
}

function given<K extends string>(
  args: Arguments,
  names: readonly K[],
): Partial<Record<K, string & boolean & number>> {
  return Object.fromEntries(
    names.filter(name => args[name] !== undefined).map(name => [name, args[name]]),
  ) as Partial<Record<K, string & boolean & number>>;
}

/** The filters, the limit and the order, as every search takes them. */
function searchArguments(args: Arguments): Filters & { order: Order; limit?: number } {
  const limit = args.limit as number | undefined;
  if (limit !== undefined && (!Number.isInteger(limit) || limit < 0)) {
    throw new InputError('BAD_LIMIT', '--limit must be a whole number');
  }
  const filters: Filters = given(
    args,
    FILTERS.map(f => f.name),
  );
  return { ...filters, order: args.order as Order, ...(limit === undefined ? {} : { limit }) };
}

function s3Options(args: Arguments): S3SearchOptions {
  return {
    ...searchArguments(args),
    ...(args.accessKeyId === undefined ? {} : { argument: String(args.accessKeyId) }),
    ...(args.allServices === undefined ? {} : { allServices: args.allServices as boolean }),
  };
}

function s3Command(y: Argv, search: S3Search): Argv {
  const argument = search.argument ? ` <${search.argument.name}>` : '';
  return y.command(
    `${search.name}${argument}`,
    search.description,
    z => {
      if (search.argument) {
        z.positional(search.argument.name, { type: 'string', description: search.argument.description });
      }
      if (search.onlyS3)
        z.option('all-services', { type: 'boolean', description: 'in every service, not only S3' });
      return z
        .options(filterOptions)
        .options({
          limit: limitOption,
          order: orderOption,
          db,
          format,
          'print-sql': {
            type: 'boolean',
            description: 'show the statement for SQLite instead of running it',
          },
          'print-athena': {
            type: 'boolean',
            description: 'show the statement for Athena instead of running it',
          },
        })
        .usage(`offtrail s3 ${search.name}${argument} [options]\n\n${search.description}`);
    },
    command(async args => {
      const { runS3 } = await import('./commands/s3.js');
      return runS3(search, {
        db: args.db as string | undefined,
        format: args.format as Format,
        printSql: args.printSql === true,
        printAthena: args.printAthena === true,
        options: s3Options(args),
      });
    }),
  );
}

const limitOption: Options = {
  type: 'number',
  requiresArg: true,
  description: 'at most so many rows [default: all]',
};
const orderOption: Options = {
  choices: ['newest', 'oldest'],
  default: 'newest',
  requiresArg: true,
  description: 'first row',
};

const INGEST_EPILOGUE = `Reads .json.gz, .json, .gz and .jsonl whatever their names: trail files in any part of an AWSLogs tree, JSON lines, lookup-events output, Event history downloads, EventBridge and CloudWatch Logs forms. A second run reads only what is new or has changed.

Exit code: 0 everything was read; 1 finished, but something could not be read (see offtrail status); 2 could not run, or was stopped.`;

const SEARCH_EPILOGUE = `Text is looked for in the record as it is written (without white space between tokens, names included) and in the decoded values, whatever its case, in any Unicode form. A text that begins with a dash goes behind --.

Exit code, as grep's: 0 found; 1 nothing found; 2 could not search.`;

/** What a search prints of the events. */
function shownOf({ count, files, full, json }: Arguments): SearchArguments['show'] {
  if (count) return 'count';
  if (files) return 'files';
  if (full) return json ? 'full-json' : 'full';
  return json ? 'json' : 'lines';
}

/** Builds the parser; `argv` are the words behind the program's name. */
function parser(argv: readonly string[]): Argv {
  return yargs(argv as string[])
    .scriptName('offtrail')
    .usage(
      'offtrail <command>\n\nSearch downloaded AWS CloudTrail logs on your own machine, without a network.',
    )
    .command(
      'ingest [inputs..]',
      'index log files, folders or globs',
      y =>
        y
          .positional('inputs', { type: 'string', array: true, description: 'files, folders and globs' })
          .options({
            db,
            jobs: { type: 'number', requiresArg: true, description: 'reading threads [default: the cores]' },
            'max-record-mb': {
              type: 'number',
              default: 16,
              requiresArg: true,
              description: 'a longer record is rejected',
            },
            'max-file-gb': {
              type: 'number',
              default: 16,
              requiresArg: true,
              description: 'reading a file stops after so much inflated text',
            },
          })
          .usage('offtrail ingest <inputs..> [options]\n\nIndex log files, folders or globs.')
          .epilogue(INGEST_EPILOGUE),
      command(async args => {
        const { runIngest } = await import('./commands/ingest.js');
        return runIngest({
          inputs: words(args, 'inputs'),
          db: args.db as string | undefined,
          jobs: args.jobs as number | undefined,
          maxRecordMb: positive(args.maxRecordMb, '--max-record-mb'),
          maxFileGb: positive(args.maxFileGb, '--max-file-gb'),
        });
      }),
    )
    .command(
      's3 <search>',
      'canned S3 searches: put-object, get-object, anonymous, sigv2, …',
      y => {
        for (const search of S3_SEARCHES) s3Command(y, search);
        return y.usage(
          'offtrail s3 <search> [options]\n\nAWS’s S3 searches, offline. offtrail s3 <search> --help shows the filters.',
        );
      },
      args => {
        throw new InputError(
          'NO_SUCH_SEARCH',
          suggestion(`Unknown command: ${String(args.search)}`, argv),
          'offtrail s3 --help lists the searches',
        );
      },
    )
    .command(
      'search [text..]',
      'every event in whose record a text occurs, anywhere',
      y =>
        y
          .positional('text', {
            type: 'string',
            array: true,
            description: 'what to look for; each of several texts must occur',
          })
          .options(textOptions)
          .options(filterOptions)
          .options({ limit: limitOption, order: orderOption, db })
          .conflicts('count', ['files', 'json', 'full'])
          .conflicts('files', ['json', 'full'])
          .usage('offtrail search <text..> [options]\n\nEvery event in whose record a text occurs, anywhere.')
          .epilogue(SEARCH_EPILOGUE),
      command(async args => {
        const { runSearch } = await import('./commands/search.js');
        return runSearch({
          db: args.db as string | undefined,
          show: shownOf(args),
          options: {
            ...searchArguments(args),
            text: words(args, 'text'),
            any: args.any === true,
            not: ((args.not as unknown[] | undefined) ?? []).map(String),
            caseSensitive: args.caseSensitive === true,
            word: args.word === true,
            regex: args.regex === true,
            ...(args.field === undefined ? {} : { field: String(args.field) }),
          },
        });
      }),
    )
    .command(
      'reindex',
      'build the indexes anew from the stored events',
      y =>
        y
          .options({ db })
          .usage(
            'offtrail reindex [options]\n\nBuild the indexes, that for text included, anew from the stored events.',
          ),
      command(async args => {
        const { runReindex } = await import('./commands/reindex.js');
        return runReindex({ db: args.db as string | undefined });
      }),
    )
    .command(
      'sql [statement]',
      'run a SELECT of your own on the index, in SQLite’s dialect',
      y =>
        y
          .positional('statement', { type: 'string', description: 'one SELECT, WITH, VALUES or EXPLAIN' })
          .options({ db, format })
          .usage(
            'offtrail sql <statement> [options]\n\nRun a SELECT of your own; the view cloudtrail_logs has Athena’s columns.',
          ),
      command(async args => {
        const { runSqlCommand } = await import('./commands/sql.js');
        return runSqlCommand({
          db: args.db as string | undefined,
          format: args.format as Format,
          statement: oneWord(args, 'statement'),
        });
      }),
    )
    .command(
      'show [event-id]',
      'one event, whole, and the files it came from',
      y =>
        y
          .positional('event-id', { type: 'string', description: 'the eventID' })
          .options({
            db,
            raw: {
              type: 'boolean',
              description:
                'the exact bytes from the original file, if it is still there with the recorded hash',
            },
          })
          .usage('offtrail show <event-id> [options]\n\nOne event, whole, and the files it came from.'),
      command(async args => {
        const { runShow } = await import('./commands/show.js');
        return runShow({
          db: args.db as string | undefined,
          eventId: oneWord(args, 'eventId'),
          raw: args.raw === true,
        });
      }),
    )
    .command(
      'status',
      'what the index holds, and what could not be read',
      y =>
        y
          .options({
            failed: {
              type: 'boolean',
              description: 'every file that was skipped, failed or is damaged, with its reason',
            },
            rejected: { type: 'boolean', description: 'every rejected record, with its reason and its text' },
            db,
            format,
          })
          .conflicts('failed', 'rejected')
          .usage('offtrail status [options]\n\nWhat the index holds, and what could not be read.'),
      command(async args => {
        const { runStatus } = await import('./commands/status.js');
        return runStatus({
          db: args.db as string | undefined,
          format: args.format as Format,
          failed: args.failed === true,
          rejected: args.rejected === true,
        });
      }),
    )
    .demandCommand(1, 'name a command')
    .strict()
    .wrap(Math.min(100, process.stdout.columns ?? 100))
    .version(VERSION)
    .help()
    .parserConfiguration({ 'parse-positional-numbers': false, 'populate--': true })
    .check(args => {
      const twice = Object.keys(args).find(name => !REPEATABLE.has(name) && Array.isArray(args[name]));
      if (twice) throw new InputError('BAD_ARGUMENTS', `--${dashed(twice)} is given twice`, 'give it once');
      return true;
    })
    .exitProcess(false)
    .fail((message, error) => {
      throw (
        error ??
        new InputError(
          'BAD_ARGUMENTS',
          suggestion(message, argv),
          'offtrail --help lists the commands, <command> --help its options',
        )
      );
    });
}

function positive(value: unknown, name: string): number {
  if (typeof value !== 'number' || !(value > 0))
    throw new InputError('BAD_LIMIT', `${name} must be a number above 0`);
  return value;
}

/** Adds what was probably meant to a message about an unknown word. */
function suggestion(message: string, argv: readonly string[]): string {
  const unknown = /^Unknown (?:arguments?|commands?): ([^,]+)/.exec(message)?.[1]?.trim();
  if (!unknown) return message;
  const isOption = argv.some(word => word.startsWith(`--${unknown}`));
  const known = isOption
    ? [
        ...Object.keys(filterOptions),
        ...Object.keys(textOptions),
        'limit',
        'order',
        'db',
        'format',
        'print-sql',
        'print-athena',
        'jobs',
        'raw',
      ]
    : argv[0] === 's3'
      ? S3_SEARCHES.map(search => search.name)
      : ['ingest', 's3', 'search', 'sql', 'show', 'status', 'reindex'];
  const { closest, distance } = levenshtein();
  const meant = closest(unknown, known);
  const near = distance(unknown, meant) <= Math.max(2, Math.floor(unknown.length / 3));
  const dash = isOption ? '--' : '';
  return `unknown ${isOption ? 'option' : argv[0] === 's3' ? 'search' : 'command'} ${dash}${unknown}${near ? `; did you mean ${dash}${meant}?` : ''}`;
}

// A reader that has seen enough (`| head`) closes the pipe: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  sayError(error);
  process.exit(EXIT.failed);
});

try {
  await parser(process.argv.slice(2)).parseAsync();
} catch (error) {
  sayError(error);
  process.exitCode = EXIT.failed;
}
