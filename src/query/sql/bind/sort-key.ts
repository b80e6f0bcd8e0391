/** What ORDER BY of a SELECT sorts by: columns of its result, or expressions over its tables. */

import { emit } from '../emit/emit.js';
import type { Expression, QuerySpec, SortItem } from '../parse/ast.js';
import type { Bound } from './bound.js';
import type { OutputColumn } from './bound-query.js';
import { columnLeaf, outputAt } from './output.js';
import { type Binding, bind, chainOf, expressionKey, type Field, resolve } from './scope.js';
import { sortSql } from './window.js';

/** A column of the result. */
export interface Output extends OutputColumn {
  bound: Bound;
  node: Expression | undefined;
}

export interface SortKey {
  /** SQL in ORDER BY; `isOutside` where the SELECT is a subquery of what is sorted. */
  sql(isOutside: boolean): string;
  /** SQL of the value that is sorted by, where it is no column of the result. */
  extra: string | undefined;
  item: SortItem;
}

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
    const output = outputs[place]!;
    const isRequired = output.bound.kind === 'leaf' && output.bound.isRequired;
    const leaf = { ...columnLeaf(output, `c${place}`), ...(isRequired && { isRequired }) };
    const sql = sortSql(leaf, item, binding);
    return { sql: () => sql, extra: undefined, item };
  }
  if (spec.isDistinct)
    return context.fail(
      spec.at,
      'EXPRESSION_NOT_IN_DISTINCT',
      'For SELECT DISTINCT, ORDER BY expressions must appear in select list',
    );
  const fields: Field[] = outputs.map((output, i) => ({
    name: output.name,
    qualifiers: [],
    bound: columnLeaf(output, `c${i}`),
  }));
  // Names of the result come before those of the tables; one that two columns have is the tables'.
  const unique = fields.filter(({ name }) => fields.filter(of => of.name === name).length === 1);
  const bound = bind(item.value, {
    ...binding,
    scope: { fields: unique, parent: binding.scope },
    whole: item.value,
  });
  const sql = sortSql(bound, item, binding);
  const extra = emit(bound, context.emitter);
  return { sql: () => sql, extra, item };
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
