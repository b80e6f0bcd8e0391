/** What a query gives: its columns, and the ORDER BY and LIMIT behind it. */

import type { Expression, Identifier, SortItem } from '../parse/ast.js';
import type { Bound, Leaf } from './bound.js';
import type { OutputColumn } from './bound-query.js';
import { type Binding, bind, type Context } from './scope.js';

/** What ORDER BY, OFFSET and LIMIT of a query say. */
export interface Tail {
  orderBy: SortItem[];
  offset: Expression | undefined;
  limit: Expression | undefined;
  withTies: boolean;
}

/** A column of a query as an expression. */
export function columnLeaf({ type, isSource }: OutputColumn, sql: string): Leaf {
  return isSource ? { kind: 'leaf', type, sql, isSource } : { kind: 'leaf', type, sql };
}

/** The columns under other names. */
export function renamed(
  columns: readonly OutputColumn[],
  names: readonly Identifier[] | undefined,
  of: Identifier,
  context: Context,
): OutputColumn[] {
  if (names && names.length !== columns.length)
    context.fail(
      of.at,
      'MISMATCHED_COLUMN_ALIASES',
      `Column alias list has ${names.length} entries but '${of.name}' has ${columns.length} columns available`,
    );
  return columns.map((column, i) => ({ ...column, name: names ? names[i]!.name : column.name }));
}

/** What a bound expression is as a column of a query. */
export function outputOf(name: string | undefined, bound: Bound): OutputColumn {
  return { name, type: bound.type, isSource: bound.kind === 'leaf' && bound.isSource === true };
}

/** The output that an ordinal of ORDER BY stands for. */
export function outputAt({ value }: SortItem, count: number, context: Context): number | undefined {
  if (value.kind === 'unary' && value.op === '-' && value.value.kind === 'integer')
    return context.fail(
      value.at,
      'INVALID_COLUMN_REFERENCE',
      `ORDER BY position -${value.value.value} is not in select list`,
    );
  if (value.kind !== 'integer') return undefined;
  const place = Number(value.value);
  return place >= 1 && place <= count
    ? place - 1
    : context.fail(value.at, 'INVALID_COLUMN_REFERENCE', `ORDER BY position ${place} is not in select list`);
}

/** SQL of ORDER BY, LIMIT and OFFSET. */
export function tailSql(keys: readonly string[], { offset, limit }: Tail, binding: Binding): string {
  const order = keys.length > 0 ? ` ORDER BY ${keys.join(', ')}` : '';
  const most = limit ? rowCount(limit, binding) : undefined;
  const skipped = offset ? rowCount(offset, binding) : undefined;
  if (most === undefined && skipped === undefined) return order;
  return `${order} LIMIT ${most ?? -1n}${skipped === undefined ? '' : ` OFFSET ${skipped}`}`;
}

export function rowCount(node: Expression, binding: Binding): bigint {
  const bound = bind(node, binding);
  if (bound.kind === 'constant' && typeof bound.value === 'bigint' && bound.value >= 0n) return bound.value;
  return binding.context.fail(
    node.at,
    'INVALID_LIMIT_CLAUSE',
    'a number of rows is a whole number of 0 or more',
  );
}
