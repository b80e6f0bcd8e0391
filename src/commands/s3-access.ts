/** `offtrail s3-access <search>`: the canned searches of S3 server access logs, a command each. */

import { UsageError } from '../errors.js';
import { ACCESS_FILTERS, type AccessFilters } from '../query/access/filters.js';
import { ACCESS_SEARCHES, type AccessSearch, GROUPS } from '../query/access/searches.js';
import { accessStatement, type S3AccessOptions } from '../query/access/statement.js';
import { answerOn, engineName, ON, ON_NOTES, printAnswer } from './on.js';
import { given, limit, limitOf, order, ROWS } from './options.js';
import { sayNoLines } from './source.js';
import { EXIT, print, printRows, say, withIndex } from './terminal.js';
import { type OptionList, type OptionValues, verb } from './verb.js';

const OPTIONS = {
  limit,
  order: { ...order, description: 'which lines come first' },
  'print-sql': {
    type: 'boolean',
    description: 'print the statement for SQLite instead of running it, with the values as given',
  },
  'print-athena': {
    type: 'boolean',
    description: 'print the statement for Athena instead of running it, with the values as given',
  },
  ...ON,
  ...ROWS,
} as const;

/** The filters as options: from the one list of filters. */
const FILTERS: OptionList = Object.fromEntries(
  ACCESS_FILTERS.map(({ name, value, description, condition }) => [
    name,
    {
      type: 'string',
      ...(condition ? { array: true, nargs: 1 } : { requiresArg: true }),
      description: `${description} (${value})`,
      group: 'Filters:',
    },
  ]),
);

const BY = {
  by: { choices: GROUPS, default: 'requester', requiresArg: true, description: 'what bytes are added up by' },
} as const;
const MIN_MS = {
  'min-ms': {
    type: 'string',
    requiresArg: true,
    description: 'only requests that took at least so many milliseconds',
  },
} as const;

const NOTES = [
  "A line must pass all filters. A filter may be given several times (--status 403 --status 404): then one of its values is enough. A value that begins with ! must not match: --ip '!10.0.0.0/8', in single quotes, because a shell interprets a bare !. --bucket and --key also take the ARN of a bucket or an object, and s3://BUCKET/KEY.",
  'S3 delivers access logs on a best-effort basis, most lines within hours: that a line is not there does not prove that there was no request.',
];

const WORDS = { key: 'photos/cat.jpg', requester: 'arn:aws:iam::111122223333:user/ana' } as const;

export const s3Access = {
  name: 's3-access',
  of: 'search',
  summary: 'canned searches of S3 server access logs: get-object, object, anonymous, slow, …',
  description:
    'AWS’s searches of S3 server access logs, offline. offtrail s3-access <search> --help shows the filters.',
  examples: [
    ['offtrail s3-access object photos/cat.jpg', 'everything that happened to a key'],
    ['offtrail s3-access anonymous --bucket my-bucket --from 2019-07-05', 'requests without authentication'],
  ] as const,
  verbs: ACCESS_SEARCHES.map(search => {
    const { name, description, argument, isGrouped, isBySlowness } = search;
    const word = argument ? ` ${WORDS[argument.filter]}` : '';
    const { order: byTime, ...unordered } = OPTIONS;
    return verb({
      name,
      ...(argument
        ? { words: { name: argument.name, optional: true as const, description: argument.description } }
        : {}),
      summary: description,
      description,
      notes: [...NOTES, ON_NOTES],
      examples: [
        [`offtrail s3-access ${name}${word}`, 'all of them'],
        [`offtrail s3-access ${name}${word} --bucket my-bucket --print-athena`, 'the statement for Athena'],
      ],
      options: {
        ...FILTERS,
        ...(isGrouped ? BY : {}),
        ...(isBySlowness ? MIN_MS : {}),
        ...(isGrouped ? unordered : { ...unordered, order: byTime }),
      },
      run: ({ words: [value], options }) =>
        runSearch(
          search,
          options as unknown as OptionValues<typeof OPTIONS>,
          queryOf(search, value, options),
        ),
    });
  }),
};

/** What the command line asks for. */
function queryOf(
  { argument }: AccessSearch,
  word: string | undefined,
  options: Readonly<Record<string, unknown>>,
): S3AccessOptions {
  const filters = Object.fromEntries(
    ACCESS_FILTERS.map(({ name }): [string, unknown] => [name, options[name]]),
  ) as AccessFilters;
  if (argument && word !== undefined)
    filters[argument.filter] = [word, ...[filters[argument.filter] ?? []].flat()];
  return given({
    ...filters,
    by: options.by as S3AccessOptions['by'],
    minMs: millisecondsOf(options.minMs as string | undefined),
    order: options.order as S3AccessOptions['order'],
    ...limitOf(options.limit as string | undefined),
  });
}

function millisecondsOf(value: string | undefined): number | undefined {
  if (value === undefined || /^\d{1,15}$/.test(value)) return value === undefined ? undefined : Number(value);
  throw new UsageError('BAD_VALUE', '--min-ms must be a whole number of milliseconds');
}

/** Runs the search, or prints its statement. */
async function runSearch(
  search: AccessSearch,
  options: OptionValues<typeof OPTIONS>,
  query: S3AccessOptions,
): Promise<number> {
  const { db, format, printSql, printAthena } = options;
  const { saySpellings } = await import('./notes.js');
  const { sqlite, athena, spellings } = accessStatement(search, query, new Date());
  if (printSql || printAthena) {
    const { inline, printableSql } = await import('../query/filter/sql-text.js');
    saySpellings(spellings);
    await print(`${printSql ? printableSql(inline(sqlite), 'char') : printableSql(athena(), 'chr')};\n`);
    return EXIT.ok;
  }
  const name = engineName(options);
  if (name !== undefined)
    return answerOn(
      name,
      options,
      { name: 's3-access', query: { ...query, search: search.name } },
      async found => {
        await printAnswer(found, { format, limit: query.limit });
        return EXIT.ok;
      },
    );
  const { runSql } = await import('../query/sqlite.js');
  return withIndex(db, async index => {
    saySpellings(spellings);
    const count = await printRows(runSql(index, sqlite), format);
    if (count === 0) await sayNoLines(index, query.bucket);
    else if (count === query.limit) say(`stopped at --limit ${count}; there may be more`);
    return EXIT.ok;
  });
}
