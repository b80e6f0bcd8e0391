/** What ORDER BY of a SELECT sorts by: columns of its result, or expressions over its tables. */

import type { Expression, QuerySpec, SortItem } from '../parse/ast.js';
import type { Bound } from './bound.js';
import type { OutputColumn } from './bound-query.js';
import { columnLeaf, outputAt } from './output.js';
import { type Binding, bind, chainOf, expressionKey, type Field, resolve } from './scope.js';
import { sortedSql, sortSql } from './window.js';

/** A column of the result. */
export interface Output extends OutputColumn {
  bound: Bound;
  node: Expression | undefined;
}

export interface SortKey {
  /** SQL in the ORDER BY of the SELECT itself. */
  inside: string;
  /** SQL where the SELECT is a subquery of what is sorted; undefined where it is no column of its result. */
  outside: string | undefined;
  /** SQL of the value that is sorted by, where it is no column of the result. */
  extra: string | undefined;
  item: SortItem;
  /** Whether it is the time of events, which have an index on it. */
  isTime: boolean;
}

const isTime = (bound: Bound): boolean => bound.kind === 'leaf' && bound.column === 'eventtime';

/** Binds an item of ORDER BY. */
export function sortKey(
  item: SortItem,
  outputs: readonly Output[],
  spec: QuerySpec,
  binding: Binding,
): SortKey {
  const { context } = binding;
  const place = outputAt(item, outputs.length, context) ?? sameOutput(item.value, outputs, binding);
  if (place !== undefined) {
    const { bound } = outputs[place]!;
    return {
      inside: sortSql(bound, item, binding),
      outside: sortSql({ ...columnLeaf(outputs[place]!, `c${place}`) }, item, binding),
      extra: undefined,
      item,
      isTime: isTime(bound),
    };
  }
  if (spec.isDistinct)
    return context.fail(
      spec.at,
      'EXPRESSION_NOT_IN_DISTINCT',
      'For SELECT DISTINCT, ORDER BY expressions must appear in select list',
    );
  // Names of the result come before those of the tables; one that two columns have is the tables'. They stand for what
  // the columns are: SQLite takes a name within an expression for one of a table below.
  const fields: Field[] = outputs.map(({ name, bound }) => ({ name, qualifiers: [], bound }));
  const unique = fields.filter(({ name }) => fields.filter(of => of.name === name).length === 1);
  const bound = bind(item.value, {
    ...binding,
    scope: { fields: unique, parent: binding.scope },
    whole: item.value,
  });
  const extra = sortedSql(bound, false, context.emitter);
  return { inside: sortSql(bound, item, binding), outside: undefined, extra, item, isTime: isTime(bound) };
}

/** The column of the result that an expression of ORDER BY is. */
function sameOutput(node: Expression, outputs: readonly Output[], binding: Binding): number | undefined {
  if (node.kind === 'identifier') {
    const named = outputs.flatMap(({ name }, i) => (name === node.name ? [i] : []));
    if (named.length > 1) {
      const keys = new Set(
        named.map(i => (outputs[i]!.node ? expressionKey(binding, outputs[i]!.node!) : String(i))),
      );
      if (keys.size > 1)
        binding.context.fail(node.at, 'AMBIGUOUS_NAME', `Column '${node.name}' is ambiguous`);
    }
    if (named.length > 0) return named[0];
  }
  const key = expressionKey(binding, node);
  const found = outputs.findIndex(output => output.node && expressionKey(binding, output.node) === key);
  if (found >= 0) return found;
  const chain = chainOf(node);
  const field = chain && resolve(binding, chain)?.field;
  const star = field ? outputs.findIndex(({ bound }) => bound === field.bound) : -1;
  return star >= 0 ? star : undefined;
}
