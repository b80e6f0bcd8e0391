/** Names of columns, and fields of structs: `t.useridentity.sessioncontext.sessionissuer.arn`. */

import type { Expression } from '../parse/ast.js';
import { expressionText } from '../parse/text.js';
import { VARCHAR } from '../types.js';
import type { Bound, Leaf } from './bound.js';
import { CLOUDTRAIL } from './documented.js';
import { type Binding, bind, chainOf, resolve } from './scope.js';

/** Binds a column or a field. */
export function bindField(node: Expression & { kind: 'identifier' | 'field' }, binding: Binding): Bound {
  const { context } = binding;
  const chain = chainOf(node);
  const found = chain && resolve(binding, chain);
  if (found) {
    const whole = binding.whole ?? node;
    if (binding.group?.scope === found.scope)
      context.fail(
        whole.at,
        'EXPRESSION_NOT_AGGREGATE',
        `'${expressionText(whole)}' must be an aggregate expression or appear in GROUP BY clause`,
      );
    return found.field.bound;
  }
  if (node.kind === 'identifier') return unknownColumn(node, binding);
  const isKnown = !chain || isReachable(binding, node.base);
  if (!isKnown)
    context.fail(
      node.at,
      'COLUMN_NOT_FOUND',
      `Column '${chain!.map(({ name }) => name).join('.')}' cannot be resolved`,
    );
  return fieldOf(bind(node.base, binding), node, binding);
}

function isReachable(binding: Binding, base: Expression): boolean {
  for (let at: Expression = base; ; at = at.base) {
    const chain = chainOf(at);
    if (chain && resolve(binding, chain)) return true;
    if (at.kind !== 'field') return false;
  }
}

function unknownColumn(
  { at, name, isQuoted }: Expression & { kind: 'identifier' },
  { context, aliases }: Binding,
): Bound {
  const alias = aliases?.get(name);
  if (alias) {
    context.notes.add(
      `HAVING ${name}: Athena does not know names of the result there; it is taken for what it stands for`,
    );
    return alias;
  }
  const hint = isQuoted
    ? `a text stands in single quotes: '${name}'`
    : CLOUDTRAIL.columns.some(column => column.name === `$${name}`)
      ? `Athena's table has no such column; the index has it as "$${name}"`
      : undefined;
  return context.fail(at, 'COLUMN_NOT_FOUND', `Column '${name}' cannot be resolved`, hint);
}

function fieldOf(base: Bound, node: Expression & { kind: 'field' }, { context }: Binding): Bound {
  const { type } = base;
  const { field } = node;
  if (type.kind !== 'row') {
    const isJsonText = base.kind === 'leaf' && base.scalars !== undefined;
    const hint = isJsonText
      ? `the column is text that holds JSON: json_extract_scalar(${expressionText(node.base)}, '$.${field.written}')`
      : undefined;
    return context.fail(
      node.at,
      'TYPE_MISMATCH',
      `Expression ${expressionText(node.base)} is not of type ROW`,
      hint,
    );
  }
  const index = type.fields.findIndex(({ name }) => name === field.name);
  if (index < 0)
    return context.fail(
      node.at,
      'INVALID_COLUMN_REFERENCE',
      `Column reference '${expressionText(node)}' is invalid`,
    );
  const of = type.fields[index]!;
  const column = memberOf(base);
  const path = column && [column.path, field.name].filter(Boolean).join('.');
  const sql = path === undefined ? undefined : column!.leaf.members!.get(path);
  if (sql !== undefined) return { kind: 'leaf', type: VARCHAR, sql };
  return path === undefined
    ? { kind: 'field', type: of.type, base, index }
    : { kind: 'field', type: of.type, base, index, path };
}

/** The struct column that an expression is a member of, and the path to it. */
function memberOf(base: Bound): { leaf: Leaf; path: string | undefined } | undefined {
  let at = base;
  while (at.kind === 'field' && at.path !== undefined) at = at.base;
  if (at.kind !== 'leaf' || !at.members) return undefined;
  return { leaf: at, path: base.kind === 'field' ? base.path : undefined };
}
