/** Order and equality of elements, as functions of arrays have them. */

import { SqlError } from '../errors.js';
import type { Type } from '../types.js';
import { compare, keyOf, type Value } from '../values.js';

export type List = readonly Value[];

/** A set of values of one type; null is one of them, and NaN equal to itself. */
export class ValueSet {
  readonly #keys = new Set<string>();
  readonly #type: Type;
  hasNull = false;

  constructor(type: Type, values: Iterable<Value> = []) {
    this.#type = type;
    for (const value of values) this.add(value);
  }

  has(value: Value): boolean {
    return value === null ? this.hasNull : this.#keys.has(keyOf(value, this.#type));
  }

  /** Whether the value was not there yet. */
  add(value: Value): boolean {
    if (value === null) {
      const isNew = !this.hasNull;
      this.hasNull = true;
      return isNew;
    }
    const key = keyOf(value, this.#type);
    if (this.#keys.has(key)) return false;
    this.#keys.add(key);
    return true;
  }
}

function comparePart(a: Value, b: Value, type: Type, refuse: () => never): number {
  return a === null || b === null ? refuse() : compareWhole(a, b, type);
}

/**
 * Compares two values, neither null.
 * @throws SqlError `NOT_SUPPORTED` where a null inside of them decides
 */
function compareWhole(a: Value, b: Value, type: Type): number {
  if (type.kind !== 'array' && type.kind !== 'row') return compare(a, b, type);
  const [x, y] = [a as List, b as List];
  const refuse = (): never => {
    throw new SqlError(
      'NOT_SUPPORTED',
      type.kind === 'array'
        ? 'ARRAY comparison not supported for arrays with null elements'
        : 'ROW comparison not supported for fields with null elements',
    );
  };
  const length = Math.min(x.length, y.length);
  for (let i = 0; i < length; i++) {
    const of = type.kind === 'array' ? type.element : type.fields[i]!.type;
    const order = comparePart(x[i]!, y[i]!, of, refuse);
    if (order !== 0) return order;
  }
  return x.length - y.length;
}

/** The greatest or least element; null if there is none or one of them is null. NaN is neither while there is another. */
export function extreme(list: List, type: Type, sign: 1 | -1): Value {
  let best: Value = null;
  for (const value of list) {
    if (value === null) return null;
    if (best === null || Number.isNaN(best)) best = value;
    else if (!Number.isNaN(value) && sign * compareWhole(value, best, type) > 0) best = value;
  }
  return best;
}

/** Sorted, nulls last. */
export function sortList(list: List, type: Type): List {
  return [...list].sort((a, b) =>
    a === null || b === null ? Number(a === null) - Number(b === null) : compareWhole(a, b, type),
  );
}
