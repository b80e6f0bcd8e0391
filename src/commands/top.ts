/** `offtrail top <column..>`: the most frequent values. */

import type { Format } from '../output/rows.js';
import type { Value } from '../query/run.js';
import { type TopOptions, top } from '../query/top.js';
import { EXIT, printRows, say, withIndex } from './context.js';

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
    const { columns, rows, groups, events } = top(index, options, new Date());
    const cells = rows.map(({ values, events, errors, first, last }): Value[] => [
      ...values,
      events,
      errors,
      shareOf(errors, events),
      first,
      last,
    ]);
    await printRows({ columns: [...columns, ...COUNT_COLUMNS], rows: cells.values() }, format);
    const n = (value: number): string => value.toLocaleString('en-US');
    say(
      rows.length < groups
        ? `${n(rows.length)} of ${n(groups)} rows, of ${n(events)} events: --limit shows more`
        : `${n(events)} events`,
    );
    return EXIT.ok;
  });
}

const COUNT_COLUMNS = ['events', 'errors', 'errorPercent', 'firstSeen', 'lastSeen'];

/** Percent, to a tenth. */
function shareOf(errors: number, events: number): number {
  return Math.round((errors / events) * 1000) / 10;
}
