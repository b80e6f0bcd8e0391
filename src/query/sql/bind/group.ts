/** GROUP BY: ordinals, grouping sets, and GROUPING(). */

import { emitCanonical } from '../emit/emit.js';
import { CLOSE, OPEN } from '../emit/literal.js';
import type { Expression, QuerySpec } from '../parse/ast.js';
import { expressionText } from '../parse/text.js';
import { BIGINT, INTEGER, isComparable, type Type, typeText } from '../types.js';
import { sortable } from '../values.js';
import type { Bound } from './bound.js';
import { type Binding, bind, chainOf, expressionKey, type Grouping, resolve } from './scope.js';

/** One expression of GROUP BY. */
export interface GroupKey {
  key: string;
  type: Type;
  /** Stands for it in SQL until it is known what it is computed from: `k7`. */
  name: string;
  /** SQL of the value; undefined for a constant, which groups nothing. */
  sql: string | undefined;
  /** SQL of the value that is shown. */
  valueSql: string;
}

export interface Groups {
  keys: GroupKey[];
  /** Places of keys, one list for each grouping set. */
  sets: number[][];
  hasSets: boolean;
  /** Whether it is `GROUP BY ()`: one row, also without an aggregate. */
  isWhole: boolean;
  grouping: Grouping;
}

const mark = (name: string): string => `${OPEN}${name}${CLOSE}`;
const KEYS = new RegExp(`${OPEN}(k\\d+)${CLOSE}`, 'g');
const GROUPINGS = new RegExp(`${OPEN}g([\\d,]*)${CLOSE}`, 'g');

/** Beyond it a CUBE makes more sets than anybody means. */
const MOST_SETS = 256;

/**
 * Binds GROUP BY.
 * @param items what ordinals stand for
 */
export function bindGroups(
  groupBy: QuerySpec['groupBy'],
  items: ReadonlyArray<Expression | undefined>,
  binding: Binding,
): Groups {
  const keys: GroupKey[] = [];
  const bounds = new Map<string, Bound>();
  const hasSets = groupBy?.elements.some(({ kind }) => kind !== 'simple') ?? false;
  const place = (node: Expression, isSimple: boolean): number => {
    const of = isSimple ? ordinal(node, items, binding) : node;
    const key = expressionKey(binding, of);
    const known = keys.findIndex(other => other.key === key);
    if (known >= 0) return known;
    const bound = bind(of, { ...binding, noAggregates: 'GROUP BY clause' });
    if (!isSimple) checkIsColumn(of, binding);
    if (!isComparable(bound.type))
      binding.context.fail(
        node.at,
        'TYPE_MISMATCH',
        `${typeText(bound.type)} is not comparable, and therefore cannot be used in GROUP BY`,
      );
    const valueSql = emitCanonical(bound, binding.context.emitter);
    const isConstant = bound.kind === 'constant';
    const { type } = bound;
    const name = binding.context.alias('k');
    // A key is a value of its own: columns beside it, as those of a struct's members, may differ within a group.
    bounds.set(key, isConstant && !hasSets ? bound : { kind: 'leaf', type, sql: mark(name) });
    return keys.push({ key, type, name, sql: isConstant ? undefined : valueSql, valueSql }) - 1;
  };
  let sets: number[][] = [[]];
  for (const element of groupBy?.elements ?? []) {
    const isSimple = element.kind === 'simple';
    const own = setsOf(element, node => expressionKey(binding, node)).map(set => [
      ...new Set(set.map(node => place(node, isSimple))),
    ]);
    sets = sets.flatMap(before => own.map(after => [...new Set([...before, ...after])]));
    if (sets.length > MOST_SETS)
      binding.context.fail(element.at, 'NOT_SUPPORTED', `more than ${MOST_SETS} grouping sets`);
  }
  if (groupBy?.isDistinct) {
    const seen = new Set<string>();
    sets = sets.filter(set => {
      const key = [...set].sort((a, b) => a - b).join();
      return !seen.has(key) && seen.add(key);
    });
  }
  return {
    keys,
    sets,
    hasSets: hasSets && sets.length > 0,
    isWhole: groupBy !== undefined && !hasSets && keys.length === 0,
    grouping: { keys: bounds, order: keys.map(({ key }) => key), hasSets, scope: binding.scope },
  };
}

/** Grouping sets take columns alone: no expressions, no fields of structs, no ordinals. */
function checkIsColumn(node: Expression, binding: Binding): void {
  const chain = chainOf(node);
  if (chain && resolve(binding, chain)) return;
  binding.context.fail(
    node.at,
    'INVALID_COLUMN_REFERENCE',
    `GROUP BY expression must be a column reference: ${expressionText(node)}`,
    'name it in a subquery: FROM (SELECT lower(eventname) AS name …) GROUP BY ROLLUP (name)',
  );
}

function setsOf(
  element: NonNullable<QuerySpec['groupBy']>['elements'][number],
  keyOf: (node: Expression) => string,
): Expression[][] {
  switch (element.kind) {
    case 'simple':
      return [element.expressions];
    case 'sets':
      return element.sets;
    case 'rollup':
      return [...element.sets.keys(), element.sets.length].map(i =>
        element.sets.slice(0, element.sets.length - i).flat(),
      );
    case 'cube': {
      // What is named twice is one part of a cube.
      const sets = [...new Map(element.sets.map(set => [set.map(keyOf).join(), set])).values()];
      const all: Expression[][] = [];
      for (let bits = 2 ** Math.min(sets.length, 12) - 1; bits >= 0; bits--)
        all.push(sets.filter((_, i) => (bits >> (sets.length - 1 - i)) & 1).flat());
      return all;
    }
  }
}

function ordinal(
  node: Expression,
  items: ReadonlyArray<Expression | undefined>,
  { context }: Binding,
): Expression {
  if (node.kind !== 'integer') return node;
  const item = items[Number(node.value) - 1];
  return (
    item ??
    context.fail(node.at, 'INVALID_COLUMN_REFERENCE', `GROUP BY position ${node.value} is not in select list`)
  );
}

/** GROUPING(a, b): a bit for each column that is not in the set of the row. */
export function bindGrouping({ at, columns }: Expression & { kind: 'grouping' }, binding: Binding): Bound {
  const { context, group } = binding;
  if (!group || group.order.length === 0)
    return context.fail(
      at,
      'MISSING_GROUP_BY',
      'A GROUPING() operation can only be used with a corresponding GROUPING SET/CUBE/ROLLUP/GROUP BY clause',
    );
  const places = columns.map(node => {
    const place = group.order.indexOf(expressionKey(binding, node));
    return place >= 0
      ? place
      : context.fail(
          node.at,
          'INVALID_ARGUMENTS',
          'The arguments to GROUPING() must be expressions referenced by the GROUP BY at line 1',
        );
  });
  const type = columns.length > 31 ? BIGINT : INTEGER;
  if (!group.hasSets) return { kind: 'constant', type, value: 0n };
  return { kind: 'leaf', type, sql: mark(`g${places.join(',')}`) };
}

/** The SQL behind GROUP BY. SQLite takes a number there for the place of a column. */
export const groupSql = ({ type, name, sql }: GroupKey): string =>
  sql === undefined ? 'NULL' : sortable(type, mark(name));

/** The SQL with its keys as `sqlOf` has them; those of other queries stay as they are. */
export const withKeys = (
  sql: string,
  keys: readonly GroupKey[],
  sqlOf: (key: GroupKey, place: number) => string = ({ valueSql }) => valueSql,
): string =>
  sql.replaceAll(KEYS, (mark, name: string) => {
    const place = keys.findIndex(key => key.name === name);
    return place < 0 ? mark : sqlOf(keys[place]!, place);
  });

/** The SQL of a grouping set: keys that are not in it are null. */
export function forSet(sql: string, keys: readonly GroupKey[], set: readonly number[]): string {
  const own = withKeys(sql, keys, ({ valueSql }, place) => (set.includes(place) ? valueSql : 'NULL'));
  return own.replaceAll(GROUPINGS, (_, places: string) => {
    const bits = places.split(',').map(place => (set.includes(Number(place)) ? '0' : '1'));
    return String(Number.parseInt(bits.join(''), 2));
  });
}
