/** The last step of binding: each table of the index becomes a SELECT of the columns that the statement uses. */

import { JOINS, viewColumns } from '../../../store/view.js';
import { CLOSE, OPEN } from '../emit/literal.js';
import type { BoundQuery } from './bound-query.js';

/** A join of the view, and the name of its table in it. */
const PARTS = JOINS.split('\n').map(line => {
  const text = line.trim();
  return { text, alias: /AS (\w)\b/.exec(text)![1]! };
});

const TABLES = new RegExp(`${OPEN}(t\\d+)${CLOSE}`, 'g');

const EXPRESSIONS: ReadonlyMap<string, string> = new Map(
  viewColumns().map(({ column, expression }) => [column, expression]),
);

/**
 * The statement with its tables. SQLite leaves out a join that nothing needs only where nothing is aggregated, so only
 * those come in that a column needs.
 */
export function withTables({ sql }: BoundQuery): string {
  return sql.replaceAll(TABLES, (_, alias: string) => {
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
    const joins = PARTS.filter(({ alias: of }, i) => i === 0 || needed.has(of)).map(({ text }) => text);
    const select = columns.map(({ column, expression }) => `${expression} AS "${column}"`);
    return `(SELECT ${select.length > 0 ? select.join(', ') : '1'} FROM ${joins.join(' ')})`;
  });
}
