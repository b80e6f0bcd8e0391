/** `offtrail top <column..>`: the most frequent values. */

import { TOP_SORTS } from '../query/columns/order.js';
import { checkSource, hasLines } from '../query/log-source.js';
import type { Value } from '../query/sqlite.js';
import type { TopOptions } from '../query/top.js';
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
  notes: [COLUMN_NOTES, SOURCE_NOTES],
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
    ...ROWS,
  },
  async run({ words, options: { db, format, sort, limit, source, status }, filters }) {
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
    const ask = hasLines(query) ? (await import('../query/access/log-top.js')).logTop : top;
    return withIndex(db, async index => {
      const { columns, rows, groups, events, lines = 0, spellings } = ask(index, query, new Date());
      saySpellings(spellings);
      const cells = rows.map(({ values, events, errors, first, last }): Value[] => [
        ...values,
        events,
        errors,
        shareOf(errors, events),
        first,
        last,
      ]);
      await printRows(
        { columns: [...columns, rowsWord(query), ...COUNT_COLUMNS], rows: cells.values() },
        format,
      );
      if (events === 0) {
        await sayNothingThere(index, query, filters);
        return EXIT.ok;
      }
      say(
        rows.length < groups
          ? `${numberText(rows.length)} of ${numberText(groups)} rows, of ${numberText(events)} ${rowsWord(query)}: --limit shows more`
          : `${numberText(events)} ${rowsWord(query)}`,
      );
      sayBoth(query, { events: events - lines, lines });
      await sayOfEvents(index, query, filters);
      return EXIT.ok;
    });
  },
});

const COUNT_COLUMNS = ['errors', 'errorPercent', 'firstSeen', 'lastSeen'];

/** Percent, to a tenth. */
function shareOf(errors: number, events: number): number {
  return Math.round((errors / events) * 1000) / 10;
}
