/** The most frequent values of columns, asked of an engine. */

import { findColumn, named } from '../../query/columns/column.js';
import { countedOf } from '../../query/columns/counts.js';
import type { TopSort } from '../../query/columns/order.js';
import { checkedLimit } from '../../query/limit.js';
import type { Top, TopOptions } from '../../query/top.js';
import { type Asker, numberCell } from './asker.js';
import { aggregates, groupedBy, groupIn } from './counts.js';
import { checkAskable, engineFilters, limitText, whereText } from './filters.js';
import { eventTable } from './table.js';

/** What decides, in the names that the statement gives to the aggregates. */
const ORDER: Record<TopSort, string> = {
  events: 'events DESC',
  errors: 'errors DESC, events DESC',
  first: 'first ASC NULLS LAST, events DESC',
  last: 'last DESC NULLS LAST, events DESC',
};

/**
 * @throws UsageError `NOT_ON_ENGINE`, `BAD_LIMIT`, `NO_COLUMN`, `NO_SUCH_COLUMN`, and those of the filters
 */
export async function askTop(
  asker: Asker,
  { columns: names, sort = 'events', limit, source, status, ...filters }: TopOptions,
): Promise<Top> {
  checkAskable('top', { source, status });
  const most = checkedLimit(limit);
  const columns = named(names).map(findColumn);
  const table = eventTable(asker.table);
  const { where, spellings } = engineFilters(asker, table, filters);
  const expressions = columns.map(column => groupedBy(table, column));
  const [events, errors, first, last] = aggregates(table);
  const values = expressions.map((_, i) => `c${i}`);
  const rows = await asker.all(
    [
      `SELECT ${values.join(', ')}, events, errors, first, last, count(*) OVER (), sum(events) OVER ()\nFROM (`,
      `SELECT\n  ${expressions.map((expression, i) => `${expression} AS c${i}`).join(',\n  ')},`,
      `\n  ${events} AS events,\n  ${errors} AS errors,\n  ${first} AS first,\n  ${last} AS last`,
      `\nFROM ${table.name}${whereText(where)}`,
      `\nGROUP BY ${expressions.map((_, i) => i + 1).join(', ')})`,
      `\nORDER BY ${[ORDER[sort], ...values.map(value => `coalesce(${value}, '')`), ...values].join(', ')}`,
      // The first row says how many there are, whatever the limit.
      limitText(Math.max(most, 1)),
    ].join(''),
  );
  const at = { at: 0, count: columns.length, from: columns.length };
  return {
    columns: columns.map(column => column.name),
    rows: rows.slice(0, most).map(row => countedOf(groupIn(row, at))),
    groups: numberCell(rows[0]?.at(-2)) ?? 0,
    events: numberCell(rows[0]?.at(-1)) ?? 0,
    spellings,
  };
}
