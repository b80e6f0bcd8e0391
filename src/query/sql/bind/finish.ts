/** The last step of binding: each table of the index becomes a SELECT of the columns that the statement uses. */

import { JOINS, viewColumns } from '../../../store/view.js';
import { CLOSE, OPEN } from '../emit/literal.js';
import type { BoundQuery } from './bound-query.js';

/** A join of the view, and the name of its table in it. */
const PARTS = JOINS.split('\n').map(line => {
  const text = line.trim();
  return { text, alias: /AS (\w)\b/.exec(text)![1]! };
});

/** Behind the name of a table whose rows are wanted in the order of events rather than of their kinds. */
const BY_EVENTS = '!';

const TABLES = new RegExp(`${OPEN}(t\\d+)(${BY_EVENTS}?)${CLOSE}`, 'g');

const PLAIN_TABLES = new RegExp(`(${OPEN}t\\d+)${CLOSE}`, 'g');

const EXPRESSIONS: ReadonlyMap<string, string> = new Map(
  viewColumns().map(({ column, expression }) => [column, expression]),
);

/**
 * The statement with its tables. SQLite leaves out a join that nothing needs only where nothing is aggregated, so only
 * those come in that a column needs.
 */
export function withTables({ sql }: BoundQuery): string {
  return sql.replaceAll(TABLES, (_, alias: string, order: string) => {
    const used = new Set(
      [...sql.matchAll(new RegExp(`\\b${alias}\\."([^"]+)"`, 'g'))].map(match => match[1]!),
    );
    const columns = [...used].flatMap(column => {
      const expression = EXPRESSIONS.get(column);
      return expression === undefined ? [] : [{ column, expression }];
    });
    const needed = new Set(
      columns.flatMap(({ expression }) => [...expression.matchAll(/\b([a-z])\./g)].map(match => match[1]!)),
    );
    const joins = PARTS.filter(({ alias: of }, i) => i === 0 || needed.has(of)).map(({ text }) =>
      // Every event has its kind; SQLite reads the events first where it need not look for them by their kinds.
      order === BY_EVENTS ? text.replace(/^JOIN/, 'LEFT JOIN') : text,
    );
    const select = columns.map(({ column, expression }) => `${expression} AS "${column}"`);
    return `(SELECT ${select.length > 0 ? select.join(', ') : '1'} FROM ${joins.join(' ')})`;
  });
}

/** The SQL of a FROM whose events are read in their own order: by time, through its index, where they are sorted by it. */
export const byEvents = (from: string): string => from.replaceAll(PLAIN_TABLES, `$1${BY_EVENTS}${CLOSE}`);
