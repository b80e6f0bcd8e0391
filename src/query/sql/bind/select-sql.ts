/** SELECTs that SQLite has no word for: grouping sets, and FETCH FIRST … WITH TIES. */

import type { Expression } from '../parse/ast.js';
import { forSet, type Groups, groupSql } from './group.js';
import { type Tail, tailSql } from './output.js';
import { type Binding, bind } from './scope.js';
import type { SortKey } from './sort-key.js';
import { orderSql } from './window.js';

/** Grouping sets: a SELECT for each, one below the other. */
export function setsSql(
  values: readonly string[],
  keys: readonly SortKey[],
  { keys: groupKeys, sets }: Groups,
  { rows, having, distinct }: { rows: string; having: string | undefined; distinct: string },
  tail: Tail,
  binding: Binding,
): string {
  const extras = extraColumns(keys);
  // A set of no columns is one row: SQLite makes it one where something is aggregated.
  const select = `SELECT ${[...values, ...extras, 'count(*)'].join(', ')}${rows}`;
  const all = sets.map(set => {
    const group = set.length > 0 ? ` GROUP BY ${set.map(i => groupSql(groupKeys[i]!)).join(', ')}` : '';
    return forSet(`${select}${group}${having ? ` HAVING ${having}` : ''}`, groupKeys, set);
  });
  const names = values.map((_, i) => `c${i}`);
  const order = outsideOrder(keys);
  return `SELECT ${distinct}${names.join(', ')} FROM (${all.join(' UNION ALL ')})${tailSql(order, tail, binding)}`;
}

/** ORDER BY around a SELECT that gives what it sorts by as columns. */
export const outsideOrder = (keys: readonly SortKey[]): string[] =>
  keys.map(({ outside, item }, i) => outside ?? orderSql(`s${i}`, item.isDescending, item.nulls));

/** What is sorted by and is no column of the result, as columns beside it. */
export const extraColumns = (keys: readonly SortKey[]): string[] =>
  keys.flatMap(({ extra }, i) => (extra === undefined ? [] : [`${extra} AS s${i}`]));

/** FETCH FIRST … WITH TIES: rows that sort as the last one come too. */
export function tiesSql(
  body: string,
  values: readonly string[],
  keys: readonly SortKey[],
  tail: Tail,
  binding: Binding,
): string {
  const { context } = binding;
  if (keys.length === 0)
    context.fail(tail.limit!.at, 'MISSING_ORDER_BY', 'FETCH FIRST WITH TIES clause requires ORDER BY');
  const names = values.map((_, i) => `c${i}`);
  const order = outsideOrder(keys).join(', ');
  const skipped = tail.offset ? rowsOf(tail.offset, binding) : 0n;
  const most = rowsOf(tail.limit!, binding);
  const ranked = `SELECT *, rank() OVER (ORDER BY ${order}) AS n, row_number() OVER (ORDER BY ${order}) AS m FROM (${body})`;
  return `SELECT ${names.join(', ')} FROM (${ranked}) WHERE n <= ${most + skipped} AND m > ${skipped} ORDER BY m`;
}

function rowsOf(node: Expression, binding: Binding): bigint {
  const bound = bind(node, binding);
  return bound.kind === 'constant' && typeof bound.value === 'bigint' ? bound.value : 0n;
}
