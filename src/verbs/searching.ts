/** The verbs that search: search, s3, sql, show. */

import type { Argv, Options } from 'yargs';
import type { SearchArguments } from '../commands/search.js';
import { InputError } from '../errors.js';
import type { Format } from '../output/rows.js';
import { S3_SEARCHES, type S3Search, type S3SearchOptions } from '../query/s3-searches.js';
import {
  type Arguments,
  type Command,
  db,
  FILTERS_EPILOGUE,
  filterOptions,
  format,
  limitOption,
  oneWord,
  orderOption,
  pager,
  screenOptions,
  searchArguments,
  words,
} from './shared.js';
import { unknownWord } from './suggestion.js';

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

const allServices: Options = { type: 'boolean', description: 'in every service, not only S3' };
const s3Options: Record<string, Options> = {
  limit: limitOption,
  order: orderOption,
  db,
  format,
  ...screenOptions,
  'print-sql': {
    type: 'boolean',
    description: 'show the statement for SQLite instead of running it, with the values as they are given',
  },
  'print-athena': {
    type: 'boolean',
    description: 'show the statement for Athena instead of running it, with the values as they are given',
  },
};
const showOptions: Record<string, Options> = {
  db,
  raw: {
    type: 'boolean',
    description: 'the exact bytes from the original file, if it is still there with the recorded hash',
  },
  pager,
};
const sqlOptions: Record<string, Options> = {
  file: {
    alias: 'f',
    type: 'string',
    requiresArg: true,
    description: 'read the statement from this file',
  },
  db,
  format,
  ...screenOptions,
};
export const SEARCHING_OPTIONS = {
  ...textOptions,
  ...s3Options,
  ...showOptions,
  ...sqlOptions,
  'all-services': allServices,
};

const SEARCH_EPILOGUE = `Text is looked for in the record as it is written (without white space between tokens, names included) and in the decoded values, whatever its case, in any Unicode form. A text that begins with a dash goes behind --.

${FILTERS_EPILOGUE}

Exit code, as grep's: 0 found; 1 nothing found; 2 could not search.`;

/** Adds them to the parser. */
export function searchingVerbs(y: Argv, command: Command): Argv {
  return y
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
          .options({ limit: limitOption, order: orderOption, db, pager })
          .conflicts('count', ['files', 'json', 'full'])
          .conflicts('files', ['json', 'full'])
          .usage('offtrail search <text..> [options]\n\nEvery event in whose record a text occurs, anywhere.')
          .epilogue(SEARCH_EPILOGUE),
      command(async args => {
        const { runSearch } = await import('../commands/search.js');
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
      's3 <search>',
      'canned S3 searches: put-object, get-object, anonymous, sigv2, …',
      y => {
        for (const search of S3_SEARCHES) s3Command(y, search, command);
        return y.usage(
          'offtrail s3 <search> [options]\n\nAWS’s S3 searches, offline. offtrail s3 <search> --help shows the filters.',
        );
      },
      args => {
        throw new InputError(
          'NO_SUCH_SEARCH',
          unknownWord(
            'search',
            String(args.search),
            S3_SEARCHES.map(search => search.name),
          ),
          'offtrail s3 --help lists the searches',
        );
      },
    )
    .command(
      'sql [statement]',
      'run a SELECT of your own on the index, in SQLite’s dialect',
      y =>
        y
          .positional('statement', {
            type: 'string',
            description: 'one SELECT, WITH, VALUES or EXPLAIN; - reads it from standard input',
          })
          .options(sqlOptions)
          .usage(
            'offtrail sql <statement> [options]\n\nRun a SELECT of your own; the view cloudtrail_logs has Athena’s columns.\n\nofftrail sql -f FILE and offtrail sql - read the statement from a file and from standard input.',
          ),
      command(async args => {
        const { runSqlCommand } = await import('../commands/sql.js');
        return runSqlCommand({
          db: args.db as string | undefined,
          format: args.format as Format,
          ...(args.file === undefined
            ? { statement: oneWord(args, 'statement') }
            : { file: fileAlone(args) }),
        });
      }),
    )
    .command(
      'show [event-id..]',
      'events, whole, and the files they came from',
      y =>
        y
          .positional('event-id', {
            type: 'string',
            array: true,
            description: 'an eventID, or as much of its beginning as no other has; several are shown in turn',
          })
          .options(showOptions)
          .usage('offtrail show <event-id..> [options]\n\nEvents, whole, and the files they came from.'),
      command(async args => {
        const { runShow } = await import('../commands/show.js');
        return runShow({
          db: args.db as string | undefined,
          eventIds: words(args, 'eventId'),
          raw: args.raw === true,
        });
      }),
    );
}

function s3OptionsOf(args: Arguments): S3SearchOptions {
  return {
    ...searchArguments(args),
    ...(args.accessKeyId === undefined ? {} : { argument: String(args.accessKeyId) }),
    ...(args.allServices === undefined ? {} : { allServices: args.allServices as boolean }),
  };
}

function s3Command(y: Argv, search: S3Search, command: Command): Argv {
  const argument = search.argument ? ` <${search.argument.name}>` : '';
  return y.command(
    `${search.name}${argument}`,
    search.description,
    z => {
      if (search.argument) {
        z.positional(search.argument.name, { type: 'string', description: search.argument.description });
      }
      if (search.onlyS3) z.option('all-services', allServices);
      return z
        .options(filterOptions)
        .options(s3Options)
        .usage(`offtrail s3 ${search.name}${argument} [options]\n\n${search.description}`)
        .epilogue(FILTERS_EPILOGUE);
    },
    command(async args => {
      const { runS3 } = await import('../commands/s3.js');
      return runS3(search, {
        db: args.db as string | undefined,
        format: args.format as Format,
        printSql: args.printSql === true,
        printAthena: args.printAthena === true,
        options: s3OptionsOf(args),
      });
    }),
  );
}

/** The file with the statement: then there is none among the arguments. */
function fileAlone(args: Arguments): string {
  if (args.statement !== undefined || args['--'] !== undefined)
    throw new InputError('BAD_ARGUMENTS', 'a statement and --file are given', 'give one of them');
  return String(args.file);
}

/** What a search prints of the events. */
function shownOf({ count, files, full, json }: Arguments): SearchArguments['show'] {
  if (count) return 'count';
  if (files) return 'files';
  if (full) return json ? 'full-json' : 'full';
  return json ? 'json' : 'lines';
}
