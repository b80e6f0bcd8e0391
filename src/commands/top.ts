/** `offtrail top <column..>`: the most frequent values. */

import type { Format } from '../output/rows.js';
import type { Value } from '../query/sql.js';
import { type TopOptions, top } from '../query/top.js';
import { EXIT, numberText, printRows, say, withIndex } from './context.js';
import { sayNothingFound, sayObjectEventsFor, saySpellings } from './nothing-found.js';

export async function runTop({
  db,
  format,
  options,
}: {
  db: string | undefined;
  format: Format;
  options: TopOptions;
}): Promise<number> {
  return withIndex(db, async index => {
    const { columns, rows, groups, events, spellings } = top(index, options, new Date());
    saySpellings(spellings);
    const cells = rows.map(({ values, events, errors, first, last }): Value[] => [
      ...values,
      events,
      errors,
      shareOf(errors, events),
      first,
      last,
    ]);
    await printRows({ columns: [...columns, ...COUNT_COLUMNS], rows: cells.values() }, format);
    if (events === 0) sayNothingFound(index, options);
    else
      say(
        rows.length < groups
          ? `${numberText(rows.length)} of ${numberText(groups)} rows, of ${numberText(events)} events: --limit shows more`
          : `${numberText(events)} events`,
      );
    if (events > 0) sayObjectEventsFor(index, options);
    return EXIT.ok;
  });
}

const COUNT_COLUMNS = ['events', 'errors', 'errorPercent', 'firstSeen', 'lastSeen'];

/** Percent, to a tenth. */
function shareOf(errors: number, events: number): number {
  return Math.round((errors / events) * 1000) / 10;
}
