/** What expressions have to be: of one type with others, true or false, comparable. */

import type { Expression } from '../parse/ast.js';
import {
  BOOLEAN,
  isComparable,
  isNumber,
  isOrderable,
  isText,
  type Type,
  typeText,
  UNKNOWN,
} from '../types.js';
import type { Bound, CompareOp } from './bound.js';
import { coerce, commonOf, fold } from './coerce.js';
import { type Binding, bind } from './scope.js';

/** Binds what must be true or false; `sentence` says what it is with its type, where it is neither. */
export function bindBoolean(node: Expression, binding: Binding, sentence: (type: string) => string): Bound {
  const bound = bind(node, binding);
  if (bound.type.kind === 'unknown') return { kind: 'constant', type: BOOLEAN, value: null };
  if (bound.type.kind !== 'boolean')
    binding.context.fail(node.at, 'TYPE_MISMATCH', sentence(typeText(bound.type)));
  return bound;
}

/** Both sides as one type, or the refusal that they have none. */
function both(left: Bound, right: Bound, { context }: Binding, refuse: () => never): [Bound, Bound, Type] {
  const type = commonOf([left.type, right.type]);
  if (!type) return refuse();
  return [coerce(left, type, context.session), coerce(right, type, context.session), type];
}

/** `=`, `<>`, `<`, …; Trino has `a > b` as `b < a`, which its messages show. */
export function compareBound(op: CompareOp, left: Bound, right: Bound, at: number, binding: Binding): Bound {
  const shownOp = { '>': '<', '>=': '<=', same: 'IS DISTINCT FROM', '<>': '=' }[op as string] ?? op;
  const refuse = (): never =>
    binding.context.fail(
      at,
      'TYPE_MISMATCH',
      `Cannot apply operator: ${typeText(left.type)} ${shownOp} ${typeText(right.type)}`,
      hintFor(left.type, right.type),
    );
  const [a, b, type] = both(left, right, binding, refuse);
  const isEquality = op === '=' || op === '<>' || op === 'same';
  if (isEquality ? !isComparable(type) : !isOrderable(type)) refuse();
  return fold({ kind: 'compare', type: BOOLEAN, op, left: a, right: b });
}

const TIMES = new Set(['date', 'timestamp', 'timestamp with time zone']);

/** How two types that do not meet can be made to. */
export function hintFor(left: Type, right: Type): string | undefined {
  const isTime = (isText(left) && TIMES.has(right.kind)) || (isText(right) && TIMES.has(left.kind));
  if (isTime)
    return 'eventtime and the partition columns are text: from_iso8601_timestamp(eventtime) makes a time of it';
  if ((isText(left) && isNumber(right)) || (isText(right) && isNumber(left)))
    return 'write the number in quotes, or CAST one of the two';
  return undefined;
}

/**
 * Binds expressions that have one type between them.
 * @param rule what Trino says where they have none
 */
export function joinTypes(
  nodes: readonly Expression[],
  binding: Binding,
  rule: string,
  isShown = true,
): { type: Type; bound: Bound[] } {
  const bound = nodes.map(node => bind(node, binding));
  let type: Type = UNKNOWN;
  for (const [i, of] of bound.entries()) {
    const common = commonOf([type, of.type]);
    if (!common) {
      const distinct = [...new Set(bound.map(({ type: each }) => typeText(each)))];
      binding.context.fail(
        nodes[i]!.at,
        'TYPE_MISMATCH',
        isShown
          ? `${rule} Cannot find common type between ${typeText(type)} and ${typeText(of.type)}, all types (without duplicates): [${distinct.join(', ')}]`
          : rule,
        hintFor(type, of.type),
      );
    }
    type = common;
  }
  return { type, bound: bound.map(of => coerce(of, type, binding.context.session)) };
}
