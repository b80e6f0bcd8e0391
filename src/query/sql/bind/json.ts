/** SQL/JSON: JSON_VALUE, JSON_QUERY, JSON_EXISTS, JSON_OBJECT and JSON_ARRAY. */

import { castFunction } from '../cast/cast.js';
import { type Behavior, checkPath, jsonExists, jsonQuery, jsonValue } from '../functions/sql-json.js';
import type { Expression, JsonBehavior, JsonCall } from '../parse/ast.js';
import { BOOLEAN, isText, JSON_TYPE, type Type, typeText, VARCHAR } from '../types.js';
import type { Value } from '../values.js';
import type { Bound } from './bound.js';
import { coerce, constant } from './coerce.js';
import { type Binding, bind } from './scope.js';

/** What a call asks of a text. */
type Asked = Pick<Parameters<typeof jsonExists>[0], 'text' | 'path' | 'passing'>;

/** Binds a call with a JSON path. */
export function bindJson(node: JsonCall, binding: Binding): Bound {
  const { context } = binding;
  const input = bind(node.input, binding);
  if (!isText(input.type) && input.type.kind !== 'unknown')
    return context.fail(
      node.input.at,
      'TYPE_MISMATCH',
      `${node.function} input must be of a character string type (actual: ${typeText(input.type)})`,
    );
  const text = coerce(input, VARCHAR, context.session);
  const { path } = node;
  checkPath(path);
  const passed = node.passing.map(({ value }) => bind(value, binding));
  // A name that is not quoted is in upper case here: $X.
  const names = node.passing.map(({ name }) => (name.isQuoted ? name.written : name.written.toUpperCase()));
  const call = (type: Type, run: (asked: Asked) => Value): Bound => ({
    kind: 'call',
    name: node.function,
    type,
    args: [text, ...passed],
    takesNull: true,
    run: (of: string | null, ...values: Value[]) =>
      of === null
        ? null
        : run({
            text: of,
            path,
            passing: new Map(values.map((value, i) => [names[i]!, { type: passed[i]!.type, value }])),
          }),
  });
  const behavior = (
    of: JsonBehavior | undefined,
    type: Type,
    byDefault: Behavior['kind'] = 'null',
  ): Behavior => (of ? behaviorFor(of, type, binding) : { kind: byDefault });
  switch (node.function) {
    case 'json_exists': {
      const onError = behavior(node.onError, BOOLEAN, 'false');
      return call(BOOLEAN, asked => jsonExists({ ...asked, onError }));
    }
    case 'json_value': {
      const returning = node.returning?.type ?? VARCHAR;
      const onEmpty = behavior(node.onEmpty, returning);
      const onError = behavior(node.onError, returning);
      return call(returning, asked => jsonValue({ ...asked, returning, onEmpty, onError }));
    }
    case 'json_query': {
      const { wrapper = 'without', keepsQuotes } = node;
      const onEmpty = behavior(node.onEmpty, VARCHAR);
      const onError = behavior(node.onError, VARCHAR);
      const quotes = keepsQuotes === false ? 'omit' : 'keep';
      return call(VARCHAR, asked => jsonQuery({ ...asked, wrapper, quotes, onEmpty, onError }));
    }
  }
}

function behaviorFor({ kind, value }: JsonBehavior, type: Type, binding: Binding): Behavior {
  if (!value) return { kind };
  const bound = coerce(bind(value, binding), type, binding.context.session);
  if (bound.kind !== 'constant')
    return binding.context.fail(value.at, 'NOT_SUPPORTED', 'DEFAULT of a JSON function has to be a constant');
  return { kind, value: bound.value };
}

/** A value as JSON text; a text is a JSON string, JSON stays what it is. */
function jsonText(node: Expression, binding: Binding): Bound {
  const bound = bind(node, binding);
  const { session } = binding.context;
  if (bound.type.kind === 'unknown') return constant(null, JSON_TYPE);
  if (bound.type.kind === 'json') return bound;
  const isJson =
    node.kind === 'json object' ||
    node.kind === 'json array' ||
    (node.kind === 'json' && node.function === 'json_query');
  if (isJson) return { ...bound, type: JSON_TYPE } as Bound;
  const run = castFunction(bound.type, JSON_TYPE, session);
  if (!run)
    return binding.context.fail(node.at, 'TYPE_MISMATCH', `Cannot cast ${typeText(bound.type)} to json`);
  return { kind: 'call', name: 'cast', type: JSON_TYPE, run, args: [bound], takesNull: false };
}

export function bindJsonObject(
  { members, absentNulls }: Expression & { kind: 'json object' },
  binding: Binding,
): Bound {
  const args = members.flatMap(([key, value]) => [
    coerce(bind(key, binding), VARCHAR, binding.context.session),
    jsonText(value, binding),
  ]);
  const run = (...values: Value[]): Value => {
    const parts: string[] = [];
    for (let i = 0; i < values.length; i += 2) {
      const value = values[i + 1];
      if (value === null && absentNulls) continue;
      parts.push(`${JSON.stringify(values[i])}:${value ?? 'null'}`);
    }
    return `{${parts.join(',')}}`;
  };
  return { kind: 'call', name: 'json_object', type: VARCHAR, run, args, takesNull: true };
}

export function bindJsonArray(
  { elements, absentNulls }: Expression & { kind: 'json array' },
  binding: Binding,
): Bound {
  const args = elements.map(element => jsonText(element, binding));
  const run = (...values: Value[]): Value =>
    `[${values
      .filter(value => value !== null || !absentNulls)
      .map(value => value ?? 'null')
      .join(',')}]`;
  return { kind: 'call', name: 'json_array', type: VARCHAR, run, args, takesNull: true };
}
