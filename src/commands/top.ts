/** `offtrail top <column..>`: the most frequent values. */

import type { Format } from '../output/rows.js';
import { TOP_SORTS } from '../query/columns/order.js';
import { checkSource, hasLines } from '../query/log-source.js';
import type { Value } from '../query/sqlite.js';
import type { Top, TopOptions } from '../query/top.js';
import { answerOn, engineName, NOTHING, ON, ON_NOTES } from './on.js';
import { COLUMN_NOTES, given, limit, limitOf, namesOf, ROWS } from './options.js';
import { rowsWord, SOURCE, SOURCE_NOTES, sayBoth, sayNothingThere, sayOfEvents } from './source.js';
import { EXIT, numberText, printRows, say, withIndex } from './terminal.js';
import { verb } from './verb.js';

export const top = verb({
  name: 'top',
  words: { name: 'column', many: true, description: 'columns to count by, together' },
  summary: 'the most frequent values of columns, with first and last seen and the share of errors',
  description:
    'The most frequent values of columns. offtrail top bucket user eventName: which bucket is called how often, by whom, with which API.',
  notes: [COLUMN_NOTES, SOURCE_NOTES, ON_NOTES],
  examples: [
    ['offtrail top service event-name', 'what happened most often'],
    ['offtrail top ip user --errors-only --sort errors', 'who is refused, and from where'],
  ],
  hasFilters: true,
  options: {
    sort: {
      choices: TOP_SORTS,
      default: 'events',
      requiresArg: true,
      description: 'what comes first: most events, most errors, first seen, last seen',
    },
    ...SOURCE,
    limit: { ...limit, default: '20', description: 'maximum number of rows, or all' },
    ...ON,
    ...ROWS,
  },
  async run({ words, options, filters }) {
    const { db, format, sort, limit, source, status } = options;
    const [{ top }, { saySpellings }] = await Promise.all([import('../query/top.js'), import('./notes.js')]);
    const query: TopOptions = {
      ...filters,
      ...limitOf(limit),
      columns: namesOf(words),
      sort,
      source,
      ...given({ status }),
    };
    checkSource(query);
    const name = engineName(options);
    if (name !== undefined)
      return answerOn(name, options, { name: 'top', query }, async found => {
        saySpellings(found.spellings);
        await printTop(found, query, format);
        if (found.events === 0) say(NOTHING);
        return EXIT.ok;
      });
    const ask = hasLines(query) ? (await import('../query/access/log-top.js')).logTop : top;
    return withIndex(db, async index => {
      const found = ask(index, query, new Date());
      const { events, lines = 0 } = found;
      saySpellings(found.spellings);
      await printTop(found, query, format);
      if (events === 0) {
        await sayNothingThere(index, query, filters);
        return EXIT.ok;
      }
      sayBoth(query, { events: events - lines, lines });
      await sayOfEvents(index, query, filters);
      return EXIT.ok;
    });
  },
});

/** Prints the groups, and says how many of how many they are. */
async function printTop(
  { columns, rows, groups, events }: Top,
  query: TopOptions,
  format: Format,
): Promise<void> {
  const cells = rows.map(({ values, events, errors, first, last }): Value[] => [
    ...values,
    events,
    errors,
    shareOf(errors, events),
    first,
    last,
  ]);
  await printRows({ columns: [...columns, rowsWord(query), ...COUNT_COLUMNS], rows: cells.values() }, format);
  if (events === 0) return;
  say(
    rows.length < groups
      ? `${numberText(rows.length)} of ${numberText(groups)} rows, of ${numberText(events)} ${rowsWord(query)}: --limit shows more`
      : `${numberText(events)} ${rowsWord(query)}`,
  );
}

const COUNT_COLUMNS = ['errors', 'errorPercent', 'firstSeen', 'lastSeen'];

/** Percent, to a tenth. */
function shareOf(errors: number, events: number): number {
  return Math.round((errors / events) * 1000) / 10;
}
