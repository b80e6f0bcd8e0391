/** Binds SELECT … FROM … WHERE … GROUP BY … HAVING … ORDER BY … */

import { emit, emitCanonical } from '../emit/emit.js';
import type { Expression, QuerySpec, SelectItem, WindowSpec } from '../parse/ast.js';
import { isComparable, typeText } from '../types.js';
import { isAggregate } from './aggregate.js';
import type { Bound } from './bound.js';
import type { BoundQuery } from './bound-query.js';
import { composer } from './compose.js';
import { conjunction } from './conjunction.js';
import { bindGroups } from './group.js';
import { outputOf, type Tail } from './output.js';
import { bindRelation } from './relation.js';
import {
  type Binding,
  bind,
  type Context,
  chainOf,
  endsWith,
  expressionKey,
  type Field,
  type Scope,
} from './scope.js';
import { type Output, sortKey } from './sort-key.js';
import { bindBoolean } from './typing.js';
import { written } from './written.js';

/** One column of the result before it is bound. */
interface Item {
  name: string | undefined;
  node?: Expression;
  /** Of a `*`: the column itself. */
  bound?: Bound;
}

/**
 * Binds a SELECT.
 * @param tail the ORDER BY, OFFSET and LIMIT behind it
 */
export function bindSelect(
  spec: QuerySpec,
  tail: Tail,
  context: Context,
  parent: Scope | undefined,
): BoundQuery {
  const relation = spec.from && bindRelation(spec.from, context, parent);
  const scope: Scope = { fields: relation?.fields ?? [], parent };
  const row: Binding = { context, scope, windows: windowsOf(spec, context) };
  const where =
    spec.where &&
    bindCondition(spec.where, 'WHERE', { ...row, noAggregates: 'WHERE clause', whole: spec.where });
  const items = spec.items.flatMap(item => itemsOf(item, row, relation !== undefined));
  const groups = isGrouped(spec, tail)
    ? bindGroups(
        spec.groupBy,
        items.map(({ node }) => node),
        row,
      )
    : undefined;
  const binding: Binding = groups ? { ...row, group: groups.grouping } : row;
  const outputs = items.map(item => outputFor(item, binding));
  const having =
    spec.having &&
    bindCondition(spec.having, 'HAVING', { ...binding, whole: spec.having, aliases: aliasesOf(outputs) });
  const keys = tail.orderBy.map(item => sortKey(item, outputs, spec, binding));
  const { emitter } = context;
  const columns = outputs.map(({ name, type, isSource, members }) => ({
    name,
    type,
    isSource: isSource && !spec.isDistinct,
    members,
  }));
  const isOneRow =
    groups !== undefined &&
    !groups.hasSets &&
    groups.keys.length === 0 &&
    !spec.groupBy &&
    !spec.having &&
    !tail.limit &&
    !tail.offset;
  if (spec.isDistinct) checkDistinct(outputs, spec, context);
  const values = outputs.map(
    ({ bound }, i) => `${(spec.isDistinct ? emitCanonical : emit)(bound, emitter)} AS c${i}`,
  );
  const havingSql = having ? conjunction([having], emitter) : undefined;
  const composed = composer({
    isDistinct: spec.isDistinct,
    tail,
    keys,
    values,
    zoned: outputs.map(({ type }) => type.kind === 'timestamp with time zone'),
    groups,
    having: havingSql,
    binding,
  });
  const sql = written({ spec, relation, where, groups, composed, binding: row });
  return isOneRow || (!relation && !where && !tail.limit && !tail.offset)
    ? { sql, columns, isOneRow: true }
    : { sql, columns };
}

const aliasesOf = (outputs: readonly Output[]): ReadonlyMap<string, Bound> =>
  new Map(outputs.flatMap(({ name, bound }) => (name === undefined ? [] : [[name, bound]])));

function bindCondition(node: Expression, clause: string, binding: Binding): Bound {
  return bindBoolean(
    node,
    binding,
    type => `${clause} clause must evaluate to a boolean: actual type ${type}`,
  );
}

function windowsOf({ windows }: QuerySpec, context: Context): ReadonlyMap<string, WindowSpec> {
  const named = new Map<string, WindowSpec>();
  for (const { name, spec } of windows) {
    if (named.has(name.name))
      context.fail(name.at, 'DUPLICATE_WINDOW_NAME', `WINDOW name '${name.name}' specified more than once`);
    named.set(name.name, spec);
  }
  return named;
}

/** The columns that an item of SELECT stands for. */
function itemsOf(item: SelectItem, row: Binding, hasFrom: boolean): Item[] {
  const { context, scope } = row;
  if (item.kind === 'expression') return [{ name: nameOf(item), node: item.value }];
  if (!item.base) {
    if (!hasFrom)
      context.fail(item.at, 'COLUMN_NOT_FOUND', 'SELECT * not allowed in queries without FROM clause');
    return scope.fields.filter(field => !field.isHidden).map(starItem);
  }
  const chain = chainOf(item.base);
  const names = chain?.map(({ name }) => name) ?? [];
  const own = scope.fields.filter(
    ({ qualifiers, isHidden }) => !isHidden && names.length > 0 && endsWith(qualifiers, names),
  );
  const fields = own.length > 0 ? own.map(starItem) : rowItems(item, row, names);
  if (!item.aliases) return fields;
  if (item.aliases.length !== fields.length)
    context.fail(
      item.at,
      'MISMATCHED_COLUMN_ALIASES',
      `Column alias list has ${item.aliases.length} entries but relation has ${fields.length} columns`,
    );
  return fields.map((of, i) => ({ ...of, name: item.aliases![i]!.name }));
}

const starItem = ({ name, bound }: Field): Item => ({ name, bound });

/** `(row).*`: its fields. */
function rowItems(item: SelectItem & { kind: 'all' }, row: Binding, names: readonly string[]): Item[] {
  const { context } = row;
  const base = item.base!;
  if (base.kind === 'identifier')
    return context.fail(item.at, 'TABLE_NOT_FOUND', `Unable to resolve reference ${names.join('.')}`);
  const of = bind(base, row);
  if (of.type.kind !== 'row')
    return context.fail(item.at, 'TYPE_MISMATCH', 'expected expression of type Row');
  return of.type.fields.map(({ name, type }, index) => ({
    name,
    bound: { kind: 'field', type, base: of, index },
  }));
}

/** Athena names a column by its alias, else by the last field of a path. */
function nameOf({ value, alias }: SelectItem & { kind: 'expression' }): string | undefined {
  if (alias) return alias.name;
  return chainOf(value)?.at(-1)?.name;
}

/** Whether a node holds an aggregate, queries within it aside. */
function hasAggregate(node: unknown): boolean {
  if (typeof node !== 'object' || node === null || Buffer.isBuffer(node)) return false;
  const { kind } = node as { kind?: string };
  if (kind === 'subquery' || kind === 'exists') return false;
  if (kind === 'grouping') return true;
  if (kind === 'call') {
    const call = node as Expression & { kind: 'call' };
    if (!call.over && (isAggregate(call.name) || (call.isStar && call.name === 'count'))) return true;
  }
  if (kind === 'in query' || kind === 'quantified') {
    const { value, left } = node as { value?: unknown; left?: unknown };
    return hasAggregate(value ?? left);
  }
  return Object.values(node).some(hasAggregate);
}

const isGrouped = (spec: QuerySpec, tail: Tail): boolean =>
  spec.groupBy !== undefined ||
  spec.having !== undefined ||
  hasAggregate(spec.items) ||
  hasAggregate(tail.orderBy);

function outputFor({ name, node, bound }: Item, binding: Binding): Output {
  if (node) {
    const value = bind(node, { ...binding, whole: node });
    return { ...outputOf(name, value), bound: value, node };
  }
  if (binding.group) {
    const field = binding.scope.fields.find(of => of.bound === bound);
    const at = {
      kind: 'identifier',
      at: 0,
      name: field?.name ?? '',
      written: field?.name ?? '',
      isQuoted: false,
    } as const;
    const grouped = field && binding.group.keys.get(expressionKey(binding, at));
    if (!grouped)
      return binding.context.fail(
        0,
        'EXPRESSION_NOT_AGGREGATE',
        `'${field?.name ?? '*'}' must be an aggregate expression or appear in GROUP BY clause`,
      );
    return { ...outputOf(name, grouped), bound: grouped, node: undefined };
  }
  return { ...outputOf(name, bound!), bound: bound!, node: undefined };
}

function checkDistinct(outputs: readonly Output[], spec: QuerySpec, context: Context): void {
  for (const { type, node } of outputs)
    if (!isComparable(type))
      context.fail(
        node?.at ?? spec.at,
        'TYPE_MISMATCH',
        `DISTINCT can only be applied to comparable types (actual: ${typeText(type)})`,
      );
}
