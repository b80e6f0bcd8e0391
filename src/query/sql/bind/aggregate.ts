/** Aggregates: SQLite's own where they mean the same, else one of ours that takes a row after the other. */

import { compile } from '../emit/compile.js';
import { emit, emitCanonical, isCompared, type OwnAggregate } from '../emit/emit.js';
import { FUNCTIONS } from '../functions/functions.js';
import type { AggregateFunction, Aggregation } from '../functions/registry.js';
import type { Call, SortItem } from '../parse/ast.js';
import { expressionText } from '../parse/text.js';
import { BIGINT, isComparable, isOrderable, type Type, typeText, UNKNOWN } from '../types.js';
import { compare, decode, encode, keyOf, type Stored, sortable, type Value } from '../values.js';
import { type Aggregated, aggregateOf, filterSql, markedAggregate } from './aggregated.js';
import type { Bound, Leaf } from './bound.js';
import { conjunction } from './conjunction.js';
import { chosen, functionsNamed } from './overload.js';
import { type Binding, bind } from './scope.js';
import { typeOf } from './signature.js';
import { bindBoolean } from './typing.js';

/** Whether a name is that of an aggregate. */
export const isAggregate = (name: string): boolean => FUNCTIONS.get(name)?.[0]?.kind === 'aggregate';

/** Binds the call of an aggregate: to a leaf that is the SQL of the whole. */
export function bindAggregate(node: Call, binding: Binding): Leaf {
  const { context } = binding;
  if (binding.noAggregates !== undefined)
    return context.fail(
      binding.whole?.at ?? node.at,
      'EXPRESSION_NOT_SCALAR',
      `${binding.noAggregates} cannot contain aggregations, window functions or grouping operations: [${expressionText(node)}]`,
    );
  if (binding.inAggregate !== undefined)
    return context.fail(
      binding.inAggregate.at,
      'NESTED_AGGREGATION',
      `Cannot nest aggregations inside aggregation '${binding.inAggregate.name}': [${expressionText(node)}]`,
    );
  const scope = binding.group?.scope ?? binding.scope;
  const inner: Binding = {
    ...binding,
    scope,
    group: undefined,
    inAggregate: { name: node.name, at: node.at },
    whole: undefined,
  };
  if (binding.group && !isOfValues(node)) binding.group.readsEvents = true;
  return aggregateSql(node, inner, '');
}

/** Aggregates that are the same however often a value comes. */
const OF_VALUES = new Set(
  'min max min_by max_by arbitrary any_value bool_and bool_or every approx_distinct map_agg map_union bitwise_and_agg bitwise_or_agg'.split(
    ' ',
  ),
);

/** Whether an aggregate needs to know only which values there are, and of counts how many events have them. */
const isOfValues = ({ name, isDistinct, isStar, args }: Call): boolean =>
  isStar === true ||
  isDistinct === true ||
  name === 'count' ||
  name === 'count_if' ||
  (OF_VALUES.has(name) && args.length < 3);

/**
 * The SQL of an aggregate.
 * @param over the window behind it, or nothing
 */
export function aggregateSql(node: Call, binding: Binding, over: string): Leaf {
  const { emitter } = binding.context;
  const filter = node.filter
    ? conjunction(
        [
          bindBoolean(
            node.filter,
            { ...binding, noAggregates: 'FILTER' },
            type => `Filter expression must evaluate to a boolean (actual: ${type})`,
          ),
        ],
        emitter,
      )
    : '';
  // A window counts rows; what is counted within it may be the events of groups.
  const sqlOf = (own: Omit<Aggregated, 'filter'>): string =>
    over ? `${aggregateOf({ ...own, filter: '' })}${over}` : markedAggregate({ ...own, filter });
  if (node.isStar || (node.name === 'count' && node.args.length === 0)) {
    if (node.name !== 'count')
      binding.context.fail(
        node.at,
        'FUNCTION_NOT_FOUND',
        `Unexpected parameters () for function ${node.name}`,
      );
    return { kind: 'leaf', type: BIGINT, sql: sqlOf({ kind: 'count', value: '*' }), isRequired: true };
  }
  const functions = functionsNamed(node.name, node.at, binding);
  const { signature, args, types, letters } = chosen(node.name, functions, node.at, node.args, binding);
  const type =
    (signature.function as AggregateFunction).resultOf?.(types) ?? typeOf(signature.result, letters, types);
  if (node.isDistinct && args.some(arg => !isComparable(arg.type)))
    binding.context.fail(
      node.at,
      'TYPE_MISMATCH',
      `DISTINCT can only be applied to comparable types (actual: ${typeText(types.find(of => !isComparable(of))!)})`,
    );
  const own = node.orderBy?.length ? undefined : nativeAggregate(node, args, binding);
  if (own !== undefined) return { kind: 'leaf', type, sql: sqlOf(own) };
  const order = (node.orderBy ?? []).map(item => sortKey(item, binding));
  const aggregation = (signature.function as AggregateFunction).bind({
    session: binding.context.session,
    args: types,
    result: type,
    of: letter => letters.get(letter) ?? UNKNOWN,
  });
  const { rows } = signature.function as AggregateFunction;
  const made = ownAggregate({
    aggregation,
    rows,
    args,
    type,
    isDistinct: node.isDistinct === true,
    order,
    isWindow: over !== '',
  });
  const name = `${emitter.prefix}a${emitter.aggregates.length}`;
  emitter.aggregates.push({ name, ...made });
  // A lambda is no value: the aggregate gets it when it is made.
  const sql = [...args.filter(arg => arg.type.kind !== 'function'), ...order.map(({ bound }) => bound)].map(
    arg => emit(arg, emitter),
  );
  return { kind: 'leaf', type, sql: `${name}(${sql.join(', ')})${filterSql(filter)}${over}` };
}

interface SortKey {
  bound: Bound;
  isDescending: boolean;
  nullsFirst: boolean;
}

function sortKey({ value, isDescending, nulls }: SortItem, binding: Binding): SortKey {
  const bound = bind(value, binding);
  if (!isOrderable(bound.type))
    binding.context.fail(
      value.at,
      'TYPE_MISMATCH',
      `ORDER BY can only be applied to orderable types (actual: ${typeText(bound.type)})`,
    );
  return { bound, isDescending, nullsFirst: nulls === 'first' };
}

/** SQL of SQLite's own aggregate; undefined where there is none that means the same. */
function nativeAggregate(
  node: Call,
  args: readonly Bound[],
  { context }: Binding,
): Omit<Aggregated, 'filter'> | undefined {
  const { emitter } = context;
  const { isDistinct = false } = node;
  const [arg] = args;
  if (!arg || args.length > 1) return undefined;
  const different = (): string => sortable(arg.type, emitCanonical(arg, emitter));
  const value = (): string => emit(arg, emitter);
  switch (node.name) {
    case 'count':
      return { kind: isDistinct ? 'count distinct' : 'count', value: different() };
    case 'approx_distinct':
      return { kind: 'count distinct', value: different() };
    case 'min':
    case 'max':
      return isCompared(arg.type) ? { kind: node.name, value: value() } : undefined;
    case 'count_if':
      return isDistinct ? undefined : { kind: 'count', value: `CASE WHEN ${value()} THEN 1 END` };
    case 'bool_and':
    case 'every':
      return { kind: 'min', value: value() };
    case 'bool_or':
      return { kind: 'max', value: value() };
    case 'sum':
      return arg.type.kind === 'bigint' || arg.type.kind.startsWith('interval')
        ? { kind: isDistinct ? 'sum distinct' : 'sum', value: value() }
        : undefined;
    default:
      return undefined;
  }
}

interface Gathered {
  rows: Value[][];
  state: unknown;
  seen: Set<string> | undefined;
  /** Whether a row left, so that the state has to be made again. */
  isStale: boolean;
}

/** An aggregate of ours for SQLite: DISTINCT and ORDER BY within it are done here. */
function ownAggregate({
  aggregation,
  rows: wanted,
  args,
  type,
  isDistinct,
  order,
  isWindow,
}: {
  aggregation: Aggregation;
  rows: AggregateFunction['rows'];
  args: readonly Bound[];
  type: Type;
  isDistinct: boolean;
  order: readonly SortKey[];
  isWindow: boolean;
}): Omit<OwnAggregate, 'name'> {
  const values = args.filter(arg => arg.type.kind !== 'function');
  const lambdas = args.filter(arg => arg.type.kind === 'function').map(arg => compile(arg, [])([]));
  const types = [...values.map(arg => arg.type), ...order.map(({ bound }) => bound.type)];
  const keeps = isWindow || order.length > 0;
  const isWanted = (row: readonly Value[]): boolean => {
    const own = row.slice(0, values.length);
    return wanted === 'all' || (wanted === 'without nulls' ? !own.includes(null) : own[0] !== null);
  };
  const add = (state: unknown, row: readonly Value[]): unknown =>
    aggregation.step(state, ...row.slice(0, values.length), ...lambdas);
  const isNew = ({ seen }: Gathered, row: readonly Value[]): boolean => {
    if (!seen) return true;
    const key = JSON.stringify(row.slice(0, values.length).map((value, i) => keyOf(value, types[i]!)));
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  };
  const seen = (): Set<string> | undefined => (isDistinct ? new Set() : undefined);
  return {
    start: (): Gathered => ({
      rows: [],
      state: aggregation.start(),
      seen: seen(),
      isStale: order.length > 0,
    }),
    step(gathered, ...stored: Stored[]) {
      const of = gathered as Gathered;
      const row = stored.map((value, i) => decode(value, types[i]!));
      if (keeps) of.rows.push(row);
      if (!isWanted(row) || order.length > 0) return of;
      if (isNew(of, row)) of.state = add(of.state, row);
      return of;
    },
    inverse(gathered) {
      const of = gathered as Gathered;
      of.rows.shift();
      of.isStale = true;
      return of;
    },
    result(gathered) {
      const of = gathered as Gathered;
      if (of.isStale) {
        of.seen = seen();
        of.state = aggregation.start();
        const rows =
          order.length > 0 ? [...of.rows].sort((a, b) => compareRows(a, b, order, values.length)) : of.rows;
        for (const row of rows) if (isWanted(row) && isNew(of, row)) of.state = add(of.state, row);
        of.isStale = order.length > 0;
      }
      return encode(aggregation.result(of.state), type);
    },
  };
}

function compareRows(
  a: readonly Value[],
  b: readonly Value[],
  order: readonly SortKey[],
  from: number,
): number {
  for (const [i, { bound, isDescending, nullsFirst }] of order.entries()) {
    const [x, y] = [a[from + i]!, b[from + i]!];
    if (x === null || y === null) {
      if (x === y) continue;
      return (x === null) === nullsFirst ? -1 : 1;
    }
    const found = compare(x, y, bound.type);
    if (found !== 0) return isDescending ? -found : found;
  }
  return 0;
}
