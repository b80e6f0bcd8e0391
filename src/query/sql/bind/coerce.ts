/** Values that become another type by themselves. */

import { castFunction } from '../cast/cast.js';
import { evaluate } from '../emit/compile.js';
import type { Session } from '../functions/registry.js';
import { commonType, isSame, isWhole, type Type, UNKNOWN } from '../types.js';
import { type Bound, isConstant } from './bound.js';

export const constant = (value: (Bound & { kind: 'constant' })['value'], type: Type): Bound => ({
  kind: 'constant',
  type,
  value,
});

export const NULL: Bound = constant(null, UNKNOWN);

/** The expression as one of another type, to which its own becomes by itself. */
export function coerce(bound: Bound, type: Type, session: Session): Bound {
  const from = bound.type;
  if (isSame(from, type)) return bound;
  if (bound.kind === 'constant' && bound.value === null) return constant(null, type);
  // Both are kept in the same form.
  const isSameForm =
    (isWhole(from) && isWhole(type)) ||
    (from.kind === 'varchar' && type.kind === 'varchar') ||
    (from.kind === type.kind && (from.kind === 'timestamp' || from.kind === 'timestamp with time zone'));
  if (isSameForm) return { ...bound, type } as Bound;
  const run = castFunction(from, type, session);
  if (!run) throw new Error(`no cast from ${from.kind} to ${type.kind}`);
  return fold({ kind: 'call', name: '$cast', type, run, args: [bound], takesNull: false });
}

/** The value of an expression that depends on nothing, where it has one: an error is left for the rows that meet it. */
export function fold(bound: Bound): Bound {
  if (bound.kind === 'constant' || !isConstant(bound) || bound.type.kind === 'function') return bound;
  try {
    return constant(evaluate(bound), bound.type);
  } catch {
    return bound;
  }
}

/** The type that all become, or undefined. */
export function commonOf(types: readonly Type[]): Type | undefined {
  let common: Type | undefined = UNKNOWN;
  for (const type of types) common = common && commonType(common, type);
  return common;
}

/** A text of a length becomes a text of any. */
export const unbounded = (type: Type): Type => (type.kind === 'varchar' ? { kind: 'varchar' } : type);
