/** CAST and TRY_CAST. */

import { castFunction } from '../cast/cast.js';
import { SqlError } from '../errors.js';
import type { Expression } from '../parse/ast.js';
import { type Type, typeText } from '../types.js';
import type { Value } from '../values.js';
import type { Bound } from './bound.js';
import { constant, unbounded } from './coerce.js';
import { type Binding, bind } from './scope.js';

/** Binds CAST and TRY_CAST. */
export function bindCast(
  { at, value, type: { type, at: typeAt }, isSafe }: Expression & { kind: 'cast' },
  binding: Binding,
): Bound {
  const { context } = binding;
  const bound = bind(value, binding);
  if ('precision' in type && type.kind !== 'decimal' && type.precision > 6)
    context.fail(
      typeAt,
      'NOT_SUPPORTED',
      `${typeText(type)}: times have at most 6 digits of a second here`,
      'take a precision of 6',
    );
  if (bound.kind === 'constant' && bound.value === null) return constant(null, type);
  const run = castFunction(unbounded(bound.type), type, context.session);
  const text = parsedText(bound, type);
  if (text && run) return castText(text, type, run, isSafe);
  if (!run)
    return context.fail(at, 'TYPE_MISMATCH', `Cannot cast ${typeText(bound.type)} to ${typeText(type)}`);
  const cast: Bound = {
    kind: 'call',
    name: isSafe ? 'try_cast' : 'cast',
    type,
    run,
    args: [bound],
    takesNull: false,
  };
  // Between texts without a length nothing changes.
  if (type.kind === 'varchar' && type.length === undefined && bound.type.kind === 'varchar')
    return { ...bound, type } as Bound;
  return isSafe ? { kind: 'try', type, value: cast } : cast;
}

/**
 * The text of a `json_parse` whose value becomes a list, a map or a struct. Trino casts the text itself, so that pieces
 * of JSON in it keep the order of their keys: `CAST(json_parse(x) AS array(json))`.
 */
function parsedText(bound: Bound, { kind }: Type): Bound | undefined {
  const isParse =
    bound.kind === 'call' && bound.name === 'json_parse' && bound.args[0]!.type.kind === 'varchar';
  return isParse && (kind === 'array' || kind === 'map' || kind === 'row') ? bound.args[0] : undefined;
}

function castText(text: Bound, type: Type, cast: (value: Value) => Value, isSafe: boolean): Bound {
  const run = (value: string): Value => {
    try {
      return cast(value);
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      throw new SqlError('INVALID_CAST_ARGUMENT', `Cannot cast to ${typeText(type)}. ${value}`);
    }
  };
  const call: Bound = { kind: 'call', name: 'cast', type, run, args: [text], takesNull: false };
  return isSafe ? { kind: 'try', type, value: call } : call;
}
