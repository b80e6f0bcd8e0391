/** Operators: comparison, arithmetic, IN, LIKE, CASE; with the types that both sides become. */

import { arithmetic, decimalArithmetic, negate } from '../arithmetic.js';
import type { Expression } from '../parse/ast.js';
import { timeArithmetic } from '../time/arithmetic.js';
import {
  asDecimal,
  BOOLEAN,
  isComparable,
  isNumber,
  isOrderable,
  isText,
  typeText,
  UNKNOWN,
  VARCHAR,
} from '../types.js';
import type { Bound } from './bound.js';
import { coerce, commonOf, constant } from './coerce.js';
import { callFunction } from './overload.js';
import { type Binding, bind } from './scope.js';
import { bindBoolean, compareBound, hintFor, joinTypes } from './typing.js';

export function bindComparison(
  { at, op, left, right }: Expression & { kind: 'comparison' },
  binding: Binding,
): Bound {
  return compareBound(op, bind(left, binding), bind(right, binding), at, binding);
}

export function bindDistinct(
  { at, left, right }: Expression & { kind: 'is distinct' },
  binding: Binding,
): Bound {
  const same = compareBound('same', bind(left, binding), bind(right, binding), at, binding);
  return { kind: 'not', type: BOOLEAN, value: same };
}

export function bindBetween(
  { at, value, low, high }: Expression & { kind: 'between' },
  binding: Binding,
): Bound {
  const { context } = binding;
  const [of, from, to] = [bind(value, binding), bind(low, binding), bind(high, binding)];
  const type = commonOf([of.type, from.type, to.type]);
  if (!type || !isOrderable(type))
    context.fail(
      at,
      'TYPE_MISMATCH',
      `Cannot check if ${typeText(of.type)} is BETWEEN ${typeText(from.type)} and ${typeText(to.type)}`,
      hintFor(of.type, from.type) ?? hintFor(of.type, to.type),
    );
  return {
    kind: 'and',
    type: BOOLEAN,
    terms: [compareBound('>=', of, from, at, binding), compareBound('<=', of, to, at, binding)],
  };
}

export function bindIn({ value, list }: Expression & { kind: 'in list' }, binding: Binding): Bound {
  const { bound, type } = joinTypes(
    [value, ...list],
    binding,
    'IN value and list items must be the same type or coercible to a common type.',
  );
  if (!isComparable(type))
    binding.context.fail(value.at, 'TYPE_MISMATCH', `${typeText(type)} is not comparable`);
  return { kind: 'in', type: BOOLEAN, value: bound[0]!, list: bound.slice(1) };
}

export function bindLike(
  { value, pattern, escape: by }: Expression & { kind: 'like' },
  binding: Binding,
): Bound {
  const { context } = binding;
  const text = (node: Expression, what: string): Bound => {
    const bound = bind(node, binding);
    if (bound.type.kind === 'unknown') return constant(null, VARCHAR);
    if (!isText(bound.type))
      context.fail(
        node.at,
        'TYPE_MISMATCH',
        `${what} must evaluate to a varchar (actual: ${typeText(bound.type)})`,
      );
    return coerce(bound, VARCHAR, context.session);
  };
  return {
    kind: 'like',
    type: BOOLEAN,
    value: text(value, 'Left side of LIKE expression'),
    pattern: text(pattern, 'Pattern for LIKE expression'),
    escape: by && text(by, 'Escape for LIKE expression'),
  };
}

export function bindCase(
  { operand, whens, otherwise }: Expression & { kind: 'case' },
  binding: Binding,
): Bound {
  const of = operand && bind(operand, binding);
  const conditions = whens.map(({ when }) =>
    of
      ? compareBound('=', of, bind(when, binding), when.at, binding)
      : bindBoolean(when, binding, type => `CASE WHEN clause must evaluate to a boolean (actual: ${type})`),
  );
  const { type, bound } = joinTypes(
    [...whens.map(({ result }) => result), ...(otherwise ? [otherwise] : [])],
    binding,
    'All CASE results must be the same type or coercible to a common type.',
  );
  return {
    kind: 'case',
    type,
    whens: conditions.map((when, i) => ({ when, result: bound[i]! })),
    otherwise: otherwise ? bound.at(-1)! : constant(null, type),
  };
}

export function bindUnary({ at, op, value }: Expression & { kind: 'unary' }, binding: Binding): Bound {
  // The least bigint has no positive twin.
  if (op === '-' && value.kind === 'integer' && value.value === 9223372036854775808n)
    return constant(-value.value, { kind: 'bigint' });
  const bound = bind(value, binding);
  if (op === '+') return bound;
  const isSigned =
    isNumber(bound.type) || bound.type.kind.startsWith('interval') || bound.type.kind === 'unknown';
  if (!isSigned) binding.context.fail(at, 'TYPE_MISMATCH', `Cannot negate ${typeText(bound.type)}`);
  return {
    kind: 'call',
    name: '-',
    type: bound.type,
    run: negate(bound.type),
    args: [bound],
    takesNull: false,
  };
}

export function bindArithmetic(node: Expression & { kind: 'arithmetic' }, binding: Binding): Bound {
  const { at, op, left, right } = node;
  if (op === '||') return callFunction('concat', at, [left, right], binding);
  const [a, b] = [bind(left, binding), bind(right, binding)];
  const found = arithmeticBound(op, a, b, binding);
  if (found) return found;
  return binding.context.fail(
    at,
    'TYPE_MISMATCH',
    `Cannot apply operator: ${typeText(a.type)} ${op} ${typeText(b.type)}`,
    isText(a.type) || isText(b.type) ? 'CAST the text to a number, or join texts with ||' : undefined,
  );
}

function arithmeticBound(
  op: '+' | '-' | '*' | '/' | '%',
  a: Bound,
  b: Bound,
  { context }: Binding,
): Bound | undefined {
  const { session } = context;
  if (isNumber(a.type) || isNumber(b.type)) {
    const type = commonOf([a.type, b.type]);
    if (type && isNumber(type)) {
      if (type.kind === 'decimal') {
        const [x, y] = [asDecimal(a.type), asDecimal(b.type)];
        const { result, run } = decimalArithmetic(op, x, y);
        const args = [coerce(a, x, session), coerce(b, y, session)];
        return { kind: 'call', name: op, type: result, run, args, takesNull: false };
      }
      const args = [coerce(a, type, session), coerce(b, type, session)];
      return { kind: 'call', name: op, type, run: arithmetic(op, type), args, takesNull: false };
    }
  }
  if (a.type.kind === 'unknown' && b.type.kind === 'unknown') return constant(null, UNKNOWN);
  if (op === '%') return undefined;
  const time = timeArithmetic(op, a.type, b.type);
  return time && { kind: 'call', name: op, type: time.result, run: time.run, args: [a, b], takesNull: false };
}
