/**
 * The one list of functions: each is its signature, a sentence, and what it does. The binder looks names up here;
 * docs/sql-functions.md and completion come from it.
 */

import type { Type } from '../types.js';
import type { Lambda, Value } from '../values.js';

/** What a statement knows while it runs. */
export interface Session {
  /** `now()`: microseconds since 1970-01-01 00:00 UTC. */
  now: bigint;
  /** The session's zone: `UTC`. */
  zone: string;
}

/** What a function was bound to: the types that its signature's letters stand for. */
export interface Bindings {
  session: Session;
  /** The types of the arguments, after they became what the signature says. */
  args: readonly Type[];
  result: Type;
  /** Type of a letter of the signature: `T`. */
  of(letter: string): Type;
}

/** What a function does with values of its signature's types. A null never comes unless the function `takesNull`. */
// biome-ignore lint/suspicious/noExplicitAny: the signature says which values come; a function names their types itself.
export type Run = (...args: any[]) => Value;

export interface ScalarFunction {
  kind: 'scalar';
  /** In lower case. */
  name: string;
  /**
   * `substr(varchar, bigint) -> varchar`. Types as Trino writes them, without lengths: `varchar` takes any, `timestamp` and
   * the like any precision, and in a result the precision of the argument of that kind. A capital letter is any type, the same everywhere: `N` a number, `W` a whole number, `D` a
   * decimal, `O` a type with an order, `C` one with equality, any other letter anything. `function(T, boolean)` is a
   * lambda, the last type its result; `T...` at the end is any number of arguments, one at least.
   */
  signature: string;
  /** One sentence for the documentation. */
  meaning: string;
  /** Whether it is called where an argument is null; otherwise the result is null then. */
  takesNull: boolean;
  /** Whether two calls with the same arguments may differ: `random()`. */
  isRandom: boolean;
  /** The type of the result, where the signature cannot say it: a decimal whose scale depends on the argument's. */
  resultOf?(args: readonly Type[]): Type;
  bind(bindings: Bindings): Run;
}

/** An aggregate function; rows come one by one, those whose arguments are all null or hold a null as it says. */
export interface AggregateFunction {
  kind: 'aggregate';
  name: string;
  signature: string;
  meaning: string;
  /** Which rows come: those without a null among the arguments, those whose first argument is not null, or all. */
  rows: 'without nulls' | 'first not null' | 'all';
  /** The type of the result, where the signature cannot say it: a sum has the scale of what is summed. */
  resultOf?(args: readonly Type[]): Type;
  bind(bindings: Bindings): Aggregation;
}

/** One aggregate: `S` is what it gathers. */
// biome-ignore lint/suspicious/noExplicitAny: what an aggregate gathers is its own affair.
export interface Aggregation<S = any> {
  start(): S;
  /** Takes one row; gives what is gathered then. */
  // biome-ignore lint/suspicious/noExplicitAny: the signature says which values come.
  step(state: S, ...args: any[]): S;
  result(state: S): Value;
}

/** A function that exists as a window function alone: SQLite's own does the work. */
export interface WindowFunction {
  kind: 'window';
  name: string;
  signature: string;
  meaning: string;
}

export type SqlFunction = ScalarFunction | AggregateFunction | WindowFunction;

const nameOf = (signature: string): string => signature.slice(0, signature.indexOf('('));

interface ScalarOptions {
  takesNull?: boolean;
  isRandom?: boolean;
}

/** A function whose work does not depend on the types of its arguments. */
export function scalar(
  signature: string,
  meaning: string,
  run: Run,
  options: ScalarOptions = {},
): ScalarFunction {
  return typed(signature, meaning, () => run, options);
}

/** A function that is made for the types it is called with. */
export function typed(
  signature: string,
  meaning: string,
  bind: (bindings: Bindings) => Run,
  { takesNull = false, isRandom = false }: ScalarOptions = {},
): ScalarFunction {
  return { kind: 'scalar', name: nameOf(signature), signature, meaning, takesNull, isRandom, bind };
}

/** An aggregate function. */
export function aggregate<S>(
  signature: string,
  meaning: string,
  bind: (bindings: Bindings) => Aggregation<S>,
  rows: AggregateFunction['rows'] = 'without nulls',
): AggregateFunction {
  return { kind: 'aggregate', name: nameOf(signature), signature, meaning, rows, bind };
}

/** A window function. */
export function window(signature: string, meaning: string): WindowFunction {
  return { kind: 'window', name: nameOf(signature), signature, meaning };
}

export type { Lambda };
