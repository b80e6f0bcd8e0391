/** Which of a name's functions is meant, by the types of the arguments. */

import { nearest } from '../../../nearest.js';
import { FUNCTIONS } from '../functions/functions.js';
import type { ScalarFunction, SqlFunction } from '../functions/registry.js';
import type { Expression } from '../parse/ast.js';
import { type Type, typeText, UNKNOWN } from '../types.js';
import type { Bound, Slot } from './bound.js';
import { coerce } from './coerce.js';
import { nativeOf } from './native.js';
import { type Binding, bind } from './scope.js';
import {
  argumentType,
  type Letters,
  match,
  type Pattern,
  type Signature,
  signatureOf,
  typeOf,
} from './signature.js';

/** Functions that Athena has and we do not, and how to do without. */
const MISSING: ReadonlyMap<string, string> = new Map([
  ['word_stem', "LIKE 'run%' or regexp_like finds the forms of a word"],
]);

/** The functions of a name. */
export function functionsNamed(name: string, at: number, { context }: Binding): readonly SqlFunction[] {
  const functions = FUNCTIONS.get(name);
  if (functions) return functions;
  const instead = MISSING.get(name);
  if (instead !== undefined)
    return context.fail(at, 'NOT_SUPPORTED', `function ${name} is not supported`, instead);
  const close = nearest(
    name,
    [...FUNCTIONS.keys()].filter(of => !of.startsWith('$')),
  );
  return context.fail(
    at,
    'FUNCTION_NOT_FOUND',
    `Function '${name}' not registered`,
    close ? `did you mean ${close}?` : 'SHOW FUNCTIONS lists those there are',
  );
}

/** Binds the call of a scalar function. */
export function callFunction(
  name: string,
  at: number,
  nodes: readonly Expression[],
  binding: Binding,
): Bound {
  const candidates = functionsNamed(name, at, binding).filter(of => of.kind === 'scalar');
  const { signature, args, types, letters } = chosen(name, candidates, at, nodes, binding);
  const scalar = signature.function as ScalarFunction;
  const result = scalar.resultOf?.(types) ?? typeOf(signature.result, letters, types);
  const run = scalar.bind({
    session: binding.context.session,
    args: types,
    result,
    of: letter => letters.get(letter) ?? UNKNOWN,
  });
  const { takesNull, isRandom } = scalar;
  const bound: Bound = {
    kind: 'call',
    name,
    type: result,
    run,
    args,
    takesNull,
    isRandom,
    native: nativeOf(name, args),
  };
  return promoted(bound) ?? bound;
}

/** A scalar of a JSON column that is a column as well. */
function promoted({ name, args, type }: Bound & { kind: 'call' }): Bound | undefined {
  const [text, path] = args;
  if (name !== 'json_extract_scalar' || text?.kind !== 'leaf' || path?.kind !== 'constant') return undefined;
  const sql = text.scalars?.get(String(path.value));
  return sql === undefined ? undefined : { kind: 'leaf', type, sql };
}

interface Chosen {
  signature: Signature;
  args: Bound[];
  types: Type[];
  letters: Letters;
}

/**
 * The signature that the arguments are for, and the arguments as it takes them.
 * @throws SqlError `FUNCTION_NOT_FOUND`
 */
export function chosen(
  name: string,
  candidates: readonly SqlFunction[],
  at: number,
  nodes: readonly Expression[],
  binding: Binding,
): Chosen {
  const given = nodes.map(node => (node.kind === 'lambda' ? undefined : bind(node, binding)));
  let best: { signature: Signature; letters: Letters; cost: number } | undefined;
  for (const candidate of candidates) {
    const signature = signatureOf(candidate);
    const letters: Letters = new Map();
    const cost = costOf(signature, given, letters);
    if (cost !== undefined && (!best || cost < best.cost)) best = { signature, letters, cost };
  }
  if (!best) return refuse(name, candidates, at, nodes, given, binding);
  const { signature, letters } = best;
  const args: Bound[] = [];
  for (const [i, node] of nodes.entries()) {
    const pattern = patternAt(signature, i);
    const bound = given[i];
    if (bound) args[i] = coerce(bound, argumentType(pattern, letters, bound.type), binding.context.session);
    else {
      const lambda = lambdaFor(pattern, node as Expression & { kind: 'lambda' }, letters, binding);
      if (!lambda) return refuse(name, candidates, at, nodes, given, binding);
      args[i] = lambda;
    }
  }
  // A lambda may have widened what a letter stands for.
  for (const [i, bound] of given.entries())
    if (bound)
      args[i] = coerce(
        bound,
        argumentType(patternAt(signature, i), letters, bound.type),
        binding.context.session,
      );
  return { signature, args, types: args.map(({ type }) => type), letters };
}

const patternAt = ({ parameters }: Signature, i: number): Pattern =>
  parameters[Math.min(i, parameters.length - 1)]!;

function costOf(
  { parameters, isVariadic }: Signature,
  given: ReadonlyArray<Bound | undefined>,
  letters: Letters,
): number | undefined {
  const isCount = isVariadic ? given.length >= parameters.length : given.length === parameters.length;
  if (!isCount) return undefined;
  let cost = isVariadic ? 0.5 : 0;
  for (const [i, bound] of given.entries()) {
    const pattern = parameters[Math.min(i, parameters.length - 1)]!;
    if (!bound || pattern.kind === 'function') {
      if (bound || pattern.kind !== 'function') return undefined;
      continue;
    }
    const own = match(pattern, bound.type, letters);
    if (own === undefined) return undefined;
    cost += own;
  }
  return cost;
}

function lambdaFor(
  pattern: Pattern,
  node: Expression & { kind: 'lambda' },
  letters: Letters,
  binding: Binding,
): Bound | undefined {
  const { parameters, result } = pattern as Pattern & { kind: 'function' };
  const bindBody = () =>
    bindLambda(
      node,
      parameters.map(of => typeOf(of, letters)),
      binding,
    );
  let lambda = bindBody();
  const before = typeOf(result, letters);
  const cost = match(result, lambda.body.type, letters);
  const wanted = typeOf(result, letters);
  if (cost === undefined) return undefined;
  // The state of reduce() is as wide as what the lambda makes of it.
  if (before.kind !== 'unknown' && typeText(before) !== typeText(wanted)) lambda = bindBody();
  const body = coerce(lambda.body, wanted, binding.context.session);
  return { ...lambda, type: { ...lambda.type, result: wanted } as Type, body };
}

function refuse(
  name: string,
  candidates: readonly SqlFunction[],
  at: number,
  nodes: readonly Expression[],
  given: ReadonlyArray<Bound | undefined>,
  { context }: Binding,
): never {
  const types = nodes.map((_, i) => (given[i] ? typeText(given[i].type) : '<function>'));
  const expected = candidates.map(({ signature }) => signature.replace(/ -> .*/, '')).sort();
  return context.fail(
    at,
    'FUNCTION_NOT_FOUND',
    `Unexpected parameters (${types.join(', ')}) for function ${name}. Expected: ${expected.join(', ')}`,
  );
}

/** Binds the body of a lambda with the types of its parameters. */
function bindLambda(
  node: Expression & { kind: 'lambda' },
  types: readonly Type[],
  binding: Binding,
): Bound & { kind: 'lambda' } {
  if (types.length !== node.parameters.length)
    binding.context.fail(
      node.at,
      'INVALID_PARAMETER_USAGE',
      `Expected a lambda that takes ${types.length} argument(s) but got ${node.parameters.length}`,
    );
  const slots: Slot[] = types.map(() => ({ value: null }));
  const fields = node.parameters.map(({ name }, i) => ({
    name,
    qualifiers: [],
    bound: { kind: 'slot', type: types[i]!, slot: slots[i]! } as const,
  }));
  const body = bind(node.body, { ...binding, scope: { fields, parent: binding.scope } });
  return {
    kind: 'lambda',
    type: { kind: 'function', parameters: types, result: body.type },
    slots,
    body,
  };
}
