/** `offtrail search <text>`: every event in which a text occurs, in place of cmd+f. */

import { UsageError } from '../errors.js';
import { FORMATS } from '../output/rows.js';
import { checkSource, hasLines } from '../query/log-source.js';
import type { SearchOptions } from '../query/search-run.js';
import { answerOn, engineName, NOTHING, ON, ON_NOTES } from './on.js';
import { COMMON, flag, given, limit, limitOf, order, SCREEN, startingToken, text } from './options.js';
import { printCount, printFound, type SearchFormat } from './search-output.js';
import { SOURCE, SOURCE_NOTES, sayNothingThere, sayOfEvents } from './source.js';
import { EXIT, say, withIndex } from './terminal.js';
import { verb } from './verb.js';

const OPTIONS = {
  any: flag('one of several texts is enough'),
  not: { type: 'string', array: true, nargs: 1, description: 'a text that must not occur; repeatable' },
  'case-sensitive': flag('distinguish upper and lower case'),
  word: flag('only whole words'),
  regex: flag('the texts are regular expressions (RE2: no look-around)'),
  field: text('search one column of cloudtrail_logs only: useragent, errormessage, …'),
  full: flag('print whole records; with --format jsonl one a line'),
  count: flag('print only the number of events'),
  files: flag('print only the log files that the events are in'),
  'starting-token': startingToken,
  limit,
  order,
  ...SOURCE,
  ...ON,
  ...COMMON,
  format: {
    choices: ['text', ...FORMATS],
    default: 'text',
    requiresArg: true,
    description: 'output format; text has a line for each event and the match in its surroundings',
  },
  json: { ...flag('the same as --format jsonl'), hidden: true },
  ...SCREEN,
} as const;

export const search = verb({
  name: 'search',
  words: { name: 'text', many: true, description: 'what to look for; each of several texts must occur' },
  summary: 'every event in whose record a text occurs, anywhere',
  description: 'Every event in whose record a text occurs, anywhere.',
  notes: [
    'Text is looked for in the record as it is written (without white space between tokens, names included) and in the decoded values, ignoring case, in any Unicode form. A text that begins with a dash goes after --.',
    SOURCE_NOTES,
    ON_NOTES,
    'Exit code, as grep’s: 0 found; 1 nothing found; 2 error.',
  ],
  examples: [
    ['offtrail search 203.0.113.77', 'an address, a key, a name, an id: whatever an indicator is'],
    ['offtrail search salaries --from 2019-07-05 --full', 'whole records of a time'],
    ["offtrail search --regex 'curl/[0-9]' --field useragent --count", 'how many events a pattern matches'],
    ['offtrail search AccessDenied --not s3.amazonaws.com --format jsonl', 'for jq and other programs'],
  ],
  hasFilters: true,
  options: OPTIONS,
  conflicts: { count: ['files', 'full'], files: ['full'], json: ['count', 'files'] },
  async run({ words, options, filters }) {
    const { saySpellings } = await import('./notes.js');
    const format = options.json ? 'jsonl' : options.format;
    checkFormat(format, options);
    const query = {
      ...filters,
      ...given({ any: options.any, caseSensitive: options.caseSensitive, word: options.word }),
      ...given({ regex: options.regex, field: options.field, not: options.not }),
      ...given({ token: options.startingToken, status: options.status }),
      ...limitOf(options.limit),
      order: options.order,
      source: options.source,
      text: words,
    };
    checkSource(query);
    const name = engineName(options);
    if (name !== undefined) return searchOn(name, query, format, options);
    const { search } = await import('../query/search.js');
    const ask = hasLines(query) ? (await import('../query/access/log-search.js')).logSearch : search;
    return withIndex(options.db, async index => {
      const found = ask(index, query, new Date());
      saySpellings(found.spellings);
      const count = options.count
        ? await printCount(found.count(), format)
        : await printFound(index, found, format, options);
      const next = found.nextToken();
      if (next !== undefined) say(`stopped at --limit ${count}; there may be more: --starting-token ${next}`);
      if (!found.isCovered())
        say(
          'the index for text is not complete, so more was read: the next ingest mends it, or offtrail reindex',
        );
      if (query.limit === 0) return EXIT.ok;
      if (count > 0) {
        await sayOfEvents(index, query, filters, more => {
          const { limit: _limit, token: _token, source: _source, ...all } = { ...query, ...more };
          return search(index, all, new Date()).count();
        });
      } else await sayNothingThere(index, query, filters);
      return count > 0 ? EXIT.ok : EXIT.nothingFound;
    });
  },
});

/** Searches what an engine has. */
async function searchOn(
  name: string,
  query: SearchOptions,
  format: SearchFormat,
  {
    full,
    files,
    count: isCount,
    maxScan,
  }: Record<'full' | 'files' | 'count', boolean | undefined> & {
    maxScan: string | undefined;
  },
): Promise<number> {
  if (full || files)
    throw new UsageError(
      'NOT_ON_ENGINE',
      `--${full ? 'full' : 'files'} is for an index: a table has neither records nor files`,
      'ask an index, or offtrail events --on … --columns for the columns you need',
    );
  const [{ countSearch }, { printHits }, { saySpellings }] = await Promise.all([
    import('../engine/questions/search.js'),
    import('./search-on.js'),
    import('./notes.js'),
  ]);
  return answerOn(name, { maxScan }, { name: 'search', query }, async (found, asker) => {
    saySpellings(found.spellings);
    const count = isCount
      ? await printCount(await countSearch(asker, query), format)
      : await printHits(found.hits, format, query.field);
    if (query.limit === 0) return EXIT.ok;
    if (count === 0) say(NOTHING);
    else if (count === query.limit) say(`stopped at --limit ${count}; there may be more`);
    return count > 0 ? EXIT.ok : EXIT.nothingFound;
  });
}

/** @throws UsageError where what is printed has no such form */
function checkFormat(format: SearchFormat, { full }: { full: boolean | undefined }): void {
  if (full && !['text', 'json', 'jsonl'].includes(format))
    throw new UsageError(
      'BAD_ARGUMENTS',
      `--full prints whole records, which have no form as ${format}`,
      'use --format json or jsonl, or offtrail events --columns for the columns you need',
    );
}
