/** `offtrail s3 <search>`: the canned searches, a command each. */

import { S3_SEARCHES, type S3Search } from '../query/s3-searches.js';
import { type S3SearchOptions, s3Statement } from '../query/s3-statement.js';
import { answerOn, engineName, ON, ON_NOTES, printAnswer } from './on.js';
import { flag, given, limit, limitOf, order, ROWS } from './options.js';
import { EXIT, print, printRows, say, withIndex } from './terminal.js';
import { type OptionValues, verb } from './verb.js';

const OPTIONS = {
  limit,
  order,
  'print-sql': flag('print the statement for SQLite instead of running it, with the values as given'),
  'print-athena': flag('print the statement for Athena instead of running it, with the values as given'),
  ...ON,
  ...ROWS,
} as const;

const ALL_SERVICES = flag('search every service, not only S3');

export const s3 = {
  name: 's3',
  of: 'search',
  summary: 'canned S3 searches: put-object, get-object, anonymous, sigv2, …',
  description: 'AWS’s S3 searches, offline. offtrail s3 <search> --help shows the filters.',
  examples: [
    ['offtrail s3 put-object --bucket my-bucket --from 2019-07-05', 'who wrote what'],
    ['offtrail s3 anonymous', 'requests without credentials'],
  ] as const,
  verbs: S3_SEARCHES.map(search =>
    verb({
      name: search.name,
      ...(search.argument ? { words: search.argument } : {}),
      summary: search.description,
      description: search.description,
      notes: [ON_NOTES],
      examples: [
        [`offtrail s3 ${search.name}${search.argument ? ' AKIAIOSFODNN7EXAMPLE' : ''}`, 'all of them'],
        [
          `offtrail s3 ${search.name}${search.argument ? ' AKIAIOSFODNN7EXAMPLE' : ''} --bucket my-bucket --print-athena`,
          'the statement for Athena',
        ],
      ],
      hasFilters: true,
      options: { ...(search.onlyS3 ? { 'all-services': ALL_SERVICES } : {}), ...OPTIONS },
      run: ({ words: [argument], options, filters }) => {
        const { allServices } = options as { allServices?: boolean };
        return runSearch(search, options, {
          ...filters,
          ...given({ accessKeyId: argument, allServices }),
          ...limitOf(options.limit),
          order: options.order,
        });
      },
    }),
  ),
};

/** Runs the search, or prints its statement. */
async function runSearch(
  search: S3Search,
  options: OptionValues<typeof OPTIONS>,
  query: S3SearchOptions,
): Promise<number> {
  const { db, format, printSql, printAthena } = options;
  const { sayDoubtful, sayHidden, sayNothingFound, saySpellings } = await import('./notes.js');
  const now = new Date();
  if (printSql || printAthena) {
    const { inline, printableSql } = await import('../query/filter/sql-text.js');
    const { HAS_RESOURCE } = await import('../cloudtrail/resources.js');
    const { sqlite, athena, spellings } = s3Statement(search, query, now);
    saySpellings(spellings);
    const text = printSql ? printableSql(inline(sqlite), 'char') : printableSql(athena(), 'chr');
    await print(`${text};\n`);
    if (printSql && sqlite.text.includes(`${HAS_RESOURCE}(`))
      say(
        `${HAS_RESOURCE} is a function of offtrail's own: offtrail sql --dialect sqlite has it, other SQLite clients do not`,
      );
    return EXIT.ok;
  }
  const name = engineName(options);
  if (name !== undefined)
    return answerOn(name, options, { name: 's3', query: { ...query, search: search.name } }, async found => {
      await printAnswer(found, { format, limit: query.limit });
      return EXIT.ok;
    });
  const { s3Rows } = await import('../query/s3-rows.js');
  return withIndex(db, async index => {
    const found = s3Rows(index, search, query, now);
    saySpellings(found.spellings);
    const count = await printRows(found, format);
    // All searches but that for an access key look for requests to objects.
    if (count === 0) await sayNothingFound(index, query, { aboutObjects: search.argument === undefined });
    else {
      if (count === query.limit) say(`stopped at --limit ${count}; there may be more`);
      await sayHidden(index, query, { found: true });
      sayDoubtful(index, query, more => {
        const { limit: _limit, ...all } = { ...query, ...more };
        return [...s3Rows(index, search, all, now).rows].length;
      });
    }
    return EXIT.ok;
  });
}
