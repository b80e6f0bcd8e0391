/** Calls of functions: which of a name's signatures is meant, and the forms that are no functions. */

import { FUNCTIONS } from '../functions/functions.js';
import type { SqlFunction } from '../functions/registry.js';
import type { Call, Expression } from '../parse/ast.js';
import { isComparable, typeText, VARCHAR } from '../types.js';
import { isEqual, type Value } from '../values.js';
import { bindAggregate } from './aggregate.js';
import type { Bound } from './bound.js';
import { coerce, commonOf, constant } from './coerce.js';
import { callFunction, functionsNamed } from './overload.js';
import { type Binding, bind } from './scope.js';
import { bindBoolean, joinTypes } from './typing.js';
import { bindWindow } from './window.js';

/** Functions whose count of arguments Trino checks while it parses. */
const LEAST: Readonly<Record<string, number>> = { format: 2 };

type Form = (node: Call, binding: Binding) => Bound;

/** What looks like a function and is none: it need not compute all of its arguments. */
const FORMS: Readonly<Record<string, Form>> = {
  coalesce(node, binding) {
    atLeast(node, 2, binding);
    const { type, bound } = joinTypes(
      node.args,
      binding,
      'All COALESCE operands must be the same type or coercible to a common type.',
    );
    return { kind: 'coalesce', type, terms: bound };
  },
  nullif(node, binding) {
    exactly(node, [2], binding);
    const [first, second] = node.args.map(arg => bind(arg, binding)) as [Bound, Bound];
    const type = commonOf([first.type, second.type]);
    if (!type || !isComparable(type))
      return binding.context.fail(
        node.at,
        'TYPE_MISMATCH',
        `Types are not comparable with NULLIF: ${typeText(first.type)} vs ${typeText(second.type)}`,
      );
    const { session } = binding.context;
    const args = [first, coerce(first, type, session), coerce(second, type, session)];
    const run = (value: Value, a: Value, b: Value): Value => (isEqual(a, b, type) === true ? null : value);
    return { kind: 'call', name: 'nullif', type: first.type, run, args, takesNull: true };
  },
  if(node, binding) {
    exactly(node, [2, 3], binding);
    const [condition, yes, no] = node.args as [Expression, Expression, Expression | undefined];
    const when = bindBoolean(
      condition,
      binding,
      type => `IF condition must evaluate to a boolean (actual: ${type})`,
    );
    const { type, bound } = joinTypes(
      no ? [yes, no] : [yes],
      binding,
      'Result types for IF must be the same or coercible to a common type.',
    );
    return {
      kind: 'case',
      type,
      whens: [{ when, result: bound[0]! }],
      otherwise: bound[1] ?? constant(null, type),
    };
  },
  try(node, binding) {
    exactly(node, [1], binding);
    const value = bind(node.args[0]!, binding);
    return { kind: 'try', type: value.type, value };
  },
  typeof(node, binding) {
    exactly(node, [1], binding);
    return constant(typeText(bind(node.args[0]!, binding).type), VARCHAR);
  },
};

function exactly(node: Call, counts: readonly number[], { context }: Binding): void {
  if (!counts.includes(node.args.length))
    context.fail(node.at, 'SYNTAX_ERROR', `Invalid number of arguments for '${node.name}' function`);
}

function atLeast(node: Call, count: number, { context }: Binding): void {
  if (node.args.length < count)
    context.fail(node.at, 'SYNTAX_ERROR', `The '${node.name}' function must have at least two arguments`);
}

/** Binds a call. */
export function bindCall(node: Call, binding: Binding): Bound {
  const { context } = binding;
  if (node.over) return bindWindow(node, node.over, binding);
  const form = Object.hasOwn(FORMS, node.name) ? FORMS[node.name] : undefined;
  if (form) return form(node, binding);
  // As Trino does, mistakes in the arguments come first.
  if (!FUNCTIONS.has(node.name)) {
    const { group, ...row } = binding;
    const ungrouped = { ...row, scope: group?.scope ?? row.scope };
    for (const arg of node.args) if (arg.kind !== 'lambda') bind(arg, ungrouped);
  }
  if (Object.hasOwn(LEAST, node.name)) atLeast(node, LEAST[node.name]!, binding);
  const functions = functionsNamed(node.name, node.at, binding);
  const [first] = functions as [SqlFunction];
  if (first.kind === 'window')
    return context.fail(
      node.at,
      'MISSING_OVER',
      `Window function system.builtin.${node.name} requires an OVER clause`,
    );
  if (first.kind === 'aggregate' || (node.name === 'count' && node.isStar))
    return bindAggregate(node, binding);
  const onlyAggregates = node.isDistinct
    ? 'DISTINCT'
    : node.filter
      ? 'FILTER'
      : node.orderBy
        ? 'ORDER BY'
        : undefined;
  if (onlyAggregates)
    return context.fail(
      node.at,
      'FUNCTION_NOT_AGGREGATE',
      `${onlyAggregates} is not supported for non-aggregation functions`,
    );
  return callFunction(node.name, node.at, node.args, binding);
}
