/** Window functions: SQLite has the same ones, and the same frames. */

import { closureOf, type Emitter, emit, emitCanonical } from '../emit/emit.js';
import { sortBytes } from '../emit/sort-bytes.js';
import type { WindowFunction } from '../functions/registry.js';
import type { Call, Identifier, SortItem, WindowSpec } from '../parse/ast.js';
import { expressionText } from '../parse/text.js';
import { isNumber, isOrderable, type Type, typeText } from '../types.js';
import { type Stored, sortable, type Zoned } from '../values.js';
import { aggregateSql, isAggregate } from './aggregate.js';
import type { Bound, Leaf } from './bound.js';
import { checkFrame, frameSql } from './frame.js';
import { chosen, functionsNamed } from './overload.js';
import { type Binding, bind } from './scope.js';
import { typeOf } from './signature.js';

/** Binds a call with OVER: to a leaf that is the SQL of the whole. */
export function bindWindow(node: Call, over: WindowSpec | Identifier, binding: Binding): Leaf {
  const { context } = binding;
  if (binding.noAggregates !== undefined)
    return context.fail(
      binding.whole?.at ?? node.at,
      'EXPRESSION_NOT_SCALAR',
      `${binding.noAggregates} cannot contain aggregations, window functions or grouping operations: [${expressionText(node)}]`,
    );
  if (binding.group?.hasSets)
    return context.fail(
      node.at,
      'NOT_SUPPORTED',
      'window functions beside GROUPING SETS, ROLLUP and CUBE are not supported',
      'put the grouping into a subquery in FROM',
    );
  if (binding.inAggregate)
    return context.fail(
      binding.inAggregate.at,
      'NESTED_WINDOW',
      `Cannot nest window functions or row pattern measures inside aggregation '${binding.inAggregate.name}': [${expressionText(node)}]`,
    );
  const spec = specOf(over, binding);
  const sql = ` OVER (${windowSql(spec, binding)})`;
  if (isAggregate(node.name) || node.isStar) {
    if (node.filter)
      return context.fail(
        node.at,
        'NOT_SUPPORTED',
        'FILTER is not yet supported for window functions',
        'put a CASE into the argument',
      );
    if (node.orderBy?.length)
      return context.fail(node.at, 'NOT_SUPPORTED', 'Window function with ORDER BY is not supported');
    if (node.isDistinct)
      return context.fail(
        node.at,
        'NOT_SUPPORTED',
        'DISTINCT in window function parameters not yet supported',
      );
    return aggregateSql(node, binding, sql);
  }
  const functions = functionsNamed(node.name, node.at, binding);
  if (functions[0]!.kind !== 'window')
    return context.fail(node.at, 'FUNCTION_NOT_WINDOW', `Not a window function: ${node.name}`);
  const { signature, args, types, letters } = chosen(
    node.name,
    functions as WindowFunction[],
    node.at,
    node.args,
    binding,
  );
  const type = typeOf(signature.result, letters, types);
  if (node.nulls === 'ignore') return ignoringNulls(node, args, type, spec, binding);
  const values = args.map(arg => emit(arg, context.emitter));
  const [value, place] = values;
  // Without a place Trino has no value, and SQLite an error.
  const nth = `CASE WHEN ${place} IS NOT NULL THEN nth_value(${value}, coalesce(${place}, 1))${sql} END`;
  return {
    kind: 'leaf',
    type,
    sql: node.name === 'nth_value' ? nth : `${node.name}(${values.join(', ')})${sql}`,
  };
}

/** Windows that give LAG and LEAD their rows: all before, all after. */
const BEFORE = {
  at: 0,
  unit: 'rows',
  from: { at: 0, kind: 'unbounded preceding' },
  to: { at: 0, kind: 'preceding', value: { kind: 'integer', at: 0, value: 1n } },
} as const;
const AFTER = {
  at: 0,
  unit: 'rows',
  from: { at: 0, kind: 'following', value: { kind: 'integer', at: 0, value: 1n } },
  to: { at: 0, kind: 'unbounded following' },
} as const;

/** IGNORE NULLS, which SQLite does not have: a JavaScript aggregate over the rows of the frame. */
function ignoringNulls(
  node: Call,
  args: readonly Bound[],
  type: Type,
  spec: WindowSpec,
  binding: Binding,
): Leaf {
  const { context } = binding;
  const [value, offset, otherwise] = args;
  const isMoving = node.name === 'lag' || node.name === 'lead';
  const place = offset ? (offset.kind === 'constant' ? Number(offset.value) : Number.NaN) : 1;
  if (
    !value ||
    Number.isNaN(place) ||
    !['lag', 'lead', 'first_value', 'last_value', 'nth_value'].includes(node.name) ||
    (isMoving && place < 1)
  )
    return context.fail(
      node.at,
      'NOT_SUPPORTED',
      `IGNORE NULLS of ${node.name} with these arguments is not supported`,
      'leave the nulls out with WHERE in a subquery',
    );
  const fromEnd = node.name === 'lag' || node.name === 'last_value';
  const frame = isMoving ? (node.name === 'lag' ? BEFORE : AFTER) : spec.frame;
  const name = `${context.emitter.prefix}a${context.emitter.aggregates.length}`;
  context.emitter.aggregates.push({
    name,
    start: () => [] as Stored[],
    step: (rows, of) => {
      (rows as Stored[]).push(of!);
      return rows;
    },
    inverse: rows => {
      (rows as Stored[]).shift();
      return rows;
    },
    result: rows => nthNotNull(rows as Stored[], place, fromEnd),
  });
  const window = windowSql({ ...spec, ...(frame && { frame }) }, binding);
  const sql = `${name}(${emit(value, context.emitter)}) OVER (${window})`;
  return {
    kind: 'leaf',
    type,
    sql: otherwise ? `coalesce(${sql}, ${emit(otherwise, context.emitter)})` : sql,
  };
}

/** The n-th value that is not null, from the beginning or from the end. */
function nthNotNull(rows: readonly Stored[], place: number, fromEnd: boolean): Stored {
  let left = place;
  for (let i = 0; i < rows.length; i++) {
    const value = rows[fromEnd ? rows.length - 1 - i : i]!;
    if (value !== null) left -= 1;
    if (left === 0) return value;
  }
  return null;
}

/** A window with what a named one adds to it. */
function specOf(over: WindowSpec | Identifier, { context, windows }: Binding): WindowSpec {
  const named = (name: Identifier): WindowSpec => {
    const found = windows?.get(name.name);
    return (
      found ?? context.fail(name.at, 'INVALID_WINDOW_REFERENCE', `Cannot resolve WINDOW name ${name.name}`)
    );
  };
  if ('name' in over) return specOf(named(over), { context, windows } as Binding);
  if (!over.base) return over;
  const base = specOf(named(over.base), { context, windows } as Binding);
  if (over.partitionBy.length > 0)
    context.fail(
      over.at,
      'INVALID_PARTITION_BY',
      'WINDOW specification with named WINDOW reference cannot specify PARTITION BY',
    );
  return {
    at: over.at,
    partitionBy: base.partitionBy,
    orderBy: over.orderBy.length > 0 ? over.orderBy : base.orderBy,
    ...(over.frame && { frame: over.frame }),
  };
}

function windowSql({ partitionBy, orderBy, frame, at }: WindowSpec, binding: Binding): string {
  const { context } = binding;
  const parts: string[] = [];
  if (partitionBy.length > 0) {
    const keys = partitionBy.map(node => {
      const bound = bind(node, binding);
      return sortable(bound.type, emitCanonical(bound, context.emitter));
    });
    parts.push(`PARTITION BY ${keys.join(', ')}`);
  }
  const isByValue = frame?.unit === 'range' && [frame.from, frame.to].some(bound => bound?.value);
  const isRange = (type: Type): boolean => isNumber(type) || /^(date|time|interval)/.test(type.kind);
  if (isByValue && orderBy.length === 0)
    context.fail(
      at,
      'MISSING_ORDER_BY',
      'Window frame of type RANGE PRECEDING or FOLLOWING requires ORDER BY',
    );
  const keys = orderBy.map(item => ({ item, bound: bind(item.value, binding) }));
  const [firstKey] = keys;
  if (isByValue && firstKey && !isRange(firstKey.bound.type))
    context.fail(
      firstKey.item.at,
      'TYPE_MISMATCH',
      `Window frame of type RANGE PRECEDING or FOLLOWING requires that sort item type be numeric, datetime or interval (actual: ${typeText(firstKey.bound.type)})`,
    );
  if (keys.length > 0) {
    const sql = keys.map(({ item, bound }) => sortSql(bound, item, binding, isByValue));
    parts.push(`ORDER BY ${sql.join(', ')}`);
  }
  if (frame) {
    checkFrame(frame, binding);
    const key = keys[0]?.bound.type;
    const from = frameSql(frame.from, isByValue ? key : undefined, binding);
    const to = frame.to ? frameSql(frame.to, isByValue ? key : undefined, binding) : 'CURRENT ROW';
    parts.push(`${frame.unit.toUpperCase()} BETWEEN ${from} AND ${to}`);
  }
  return parts.join(' ');
}

/** SQL of an expression of ORDER BY, nulls where Trino has them. */
export function sortSql(
  bound: Bound,
  { isDescending, nulls, at }: SortItem,
  { context }: Binding,
  asNumber = false,
): string {
  if (!isOrderable(bound.type))
    context.fail(
      at,
      'TYPE_MISMATCH',
      `Type ${typeText(bound.type)} is not orderable, and therefore cannot be used in ORDER BY: type`,
    );
  // SQLite takes a number in ORDER BY for the place of a column; a constant sorts nothing.
  if (bound.kind === 'constant') return 'NULL';
  const sql = sortedSql(bound, asNumber, context.emitter);
  return orderSql(sql, isDescending, nulls, bound.kind === 'leaf' && bound.isRequired === true);
}

/** SQL of a value whose order is that of the values. */
export function sortedSql(bound: Bound, asNumber: boolean, emitter: Emitter): string {
  const { type } = bound;
  if (asNumber && type.kind === 'timestamp with time zone')
    return closureOf(bound, emitter, value => (value === null ? null : (value as Zoned).micros));
  if (type.kind === 'array' || type.kind === 'row')
    return closureOf(bound, emitter, value => (value === null ? null : sortBytes(value, type)));
  return sortable(type, emit(bound, emitter));
}

/** `x DESC`, with NULLS where SQLite's own order of them is another: nulls come last in Trino, in both directions. */
export function orderSql(
  sql: string,
  isDescending: boolean,
  nulls: 'first' | 'last' | undefined,
  isRequired = false,
): string {
  const direction = isDescending ? ' DESC' : '';
  if (isRequired || (nulls ?? 'last') === (isDescending ? 'last' : 'first')) return `${sql}${direction}`;
  return `${sql}${direction} NULLS ${(nulls ?? 'last').toUpperCase()}`;
}
