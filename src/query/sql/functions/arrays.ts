/** Functions that ask something of an array, or take a part of it. */

import { castFunction } from '../cast/cast.js';
import { invalidArgument, SqlError } from '../errors.js';
import { type Type, typeText, VARCHAR } from '../types.js';
import { isEqual, isSameValue, keyOf, type MapValue, type Value } from '../values.js';
import { extreme, type List, ValueSet } from './array-order.js';
import { type Bindings, type SqlFunction, scalar, typed } from './registry.js';

/** The type of the elements of the argument. */
export const elementOf = ({ args }: Bindings, i = 0): Type => {
  const type = args[i]!;
  return type.kind === 'array' ? type.element : type;
};

function isSought(element: Value, value: Value, type: Type, name: string): boolean {
  const equality = isEqual(element, value, type);
  if (equality === null)
    throw new SqlError(
      'NOT_SUPPORTED',
      `${name} does not support arrays with elements that are null or contain null`,
    );
  return equality;
}

function contains(list: List, value: Value, type: Type): boolean | null {
  let hasNull = false;
  let isUnclear = false;
  for (const element of list) {
    if (element === null) hasNull = true;
    else {
      const equality = isEqual(element, value, type);
      if (equality) return true;
      isUnclear ||= equality === null;
    }
  }
  if (isUnclear)
    throw new SqlError(
      'NOT_SUPPORTED',
      'contains does not support arrays with elements that are null or contain null',
    );
  return hasNull ? null : false;
}

function containsSequence(list: List, part: List, type: Type): boolean {
  for (let start = 0; start + part.length <= list.length; start++)
    if (part.every((value, i) => isSameValue(list[start + i]!, value, type))) return true;
  return false;
}

function overlap(a: List, b: List, type: Type): boolean | null {
  if (a.length === 0 || b.length === 0) return false;
  const [small, large] = a.length < b.length ? [a, b] : [b, a];
  const set = new ValueSet(type, small);
  if (large.some(value => value !== null && set.has(value))) return true;
  return set.hasNull || large.includes(null) ? null : false;
}

function join({ args, session }: Bindings) {
  const element = elementOf({ args } as Bindings);
  const write = castFunction(element, VARCHAR, session);
  if (!write) throw new SqlError('TYPE_MISMATCH', `Cannot cast ${typeText(element)} to varchar`);
  return (list: List, delimiter: string, replacement?: string): string => {
    const parts: string[] = [];
    for (const value of list) {
      const text = (write(value) as string | null) ?? replacement;
      if (text !== undefined) parts.push(text);
    }
    return parts.join(delimiter);
  };
}

function elementAt(list: List, index: bigint): Value {
  if (index === 0n) return invalidArgument('SQL array indices start at 1');
  const i = Number(index);
  return list[i > 0 ? i - 1 : list.length + i] ?? null;
}

function subscript(list: List, index: bigint): Value {
  if (index === 0n) return invalidArgument('SQL array indices start at 1');
  if (index < 0n) return invalidArgument(`Array subscript is negative: ${index}`);
  if (index > list.length)
    return invalidArgument(
      `Array subscript must be less than or equal to array length: ${index} > ${list.length}`,
    );
  return list[Number(index) - 1]!;
}

function slice(list: List, from: bigint, length: bigint): List {
  if (length < 0n) return invalidArgument('length must be greater than or equal to 0');
  if (from === 0n) return invalidArgument('SQL array indices start at 1');
  const start = from < 0n ? list.length + Number(from) : Number(from) - 1;
  return start < 0 ? [] : list.slice(start, start + Number(length));
}

function trim(list: List, size: bigint): List {
  if (size < 0n) return invalidArgument(`size must not be negative: ${size}`);
  if (size > list.length)
    return invalidArgument(`size must not exceed array cardinality ${list.length}: ${size}`);
  return list.slice(0, list.length - Number(size));
}

function missingKey({ args, session }: Bindings): (key: Value) => never {
  const type = args[1]!;
  const write = castFunction(type, VARCHAR, session);
  return key => invalidArgument(`Key not present in map${write ? `: ${write(key)}` : ''}`);
}

export const ARRAY_FUNCTIONS: readonly SqlFunction[] = [
  scalar('cardinality(array(T)) -> bigint', 'The number of elements.', (list: List) => BigInt(list.length)),
  scalar('cardinality(map(K, V)) -> bigint', 'The number of entries.', (map: MapValue) => BigInt(map.size)),
  typed(
    'contains(array(C), C) -> boolean',
    'Whether an element equals the value; null if only a null might.',
    ({ args }) =>
      (list: List, value: Value) =>
        contains(list, value, args[1]!),
  ),
  typed(
    'contains_sequence(array(C), array(C)) -> boolean',
    'Whether the elements of the second array stand together in the first.',
    bindings => {
      const type = elementOf(bindings);
      return (list: List, part: List) => containsSequence(list, part, type);
    },
  ),
  typed(
    'arrays_overlap(array(C), array(C)) -> boolean',
    'Whether the arrays share an element that is not null; null if only a null might be shared.',
    bindings => {
      const type = elementOf(bindings);
      return (a: List, b: List) => overlap(a, b, type);
    },
  ),
  typed('array_join(array(T), varchar) -> varchar', 'Joins elements as text, without nulls.', join),
  typed(
    'array_join(array(T), varchar, varchar) -> varchar',
    'Joins elements as text, with a text for nulls.',
    join,
  ),
  typed(
    'array_max(array(O)) -> O',
    'The greatest element; null if the array is empty or holds a null.',
    bindings => {
      const type = elementOf(bindings);
      return (list: List) => extreme(list, type, 1);
    },
  ),
  typed(
    'array_min(array(O)) -> O',
    'The least element; null if the array is empty or holds a null.',
    bindings => {
      const type = elementOf(bindings);
      return (list: List) => extreme(list, type, -1);
    },
  ),
  typed(
    'array_position(array(C), C) -> bigint',
    'The position of the first element that equals the value, from 1; 0 if there is none.',
    ({ args }) => {
      const type = args[1]!;
      return (list: List, value: Value) =>
        BigInt(list.findIndex(of => of !== null && isSought(of, value, type, 'array_position')) + 1);
    },
  ),
  scalar(
    'element_at(array(T), bigint) -> T',
    'The element at a position from 1, or from the end if negative; null if there is none.',
    elementAt,
  ),
  typed('element_at(map(K, V), K) -> V', 'The value of a key; null if there is none.', ({ args }) => {
    const type = args[1]!;
    return (map: MapValue, key: Value) => map.get(keyOf(key, type))?.[1] ?? null;
  }),
  scalar('$subscript(array(T), bigint) -> T', 'The element at a position from 1: `list[1]`.', subscript),
  typed('$subscript(map(K, V), K) -> V', 'The value of a key: `map[key]`.', bindings => {
    const type = bindings.args[1]!;
    const missing = missingKey(bindings);
    return (map: MapValue, key: Value) => {
      const entry = map.get(keyOf(key, type));
      return entry ? entry[1] : missing(key);
    };
  }),
  scalar(
    'slice(array(T), bigint, bigint) -> array(T)',
    'The elements from a position on, from the end if negative, at most so many.',
    slice,
  ),
  scalar('trim_array(array(T), bigint) -> array(T)', 'The array without so many of its last elements.', trim),
  typed('array_remove(array(C), C) -> array(C)', 'The elements that do not equal the value.', ({ args }) => {
    const type = args[1]!;
    return (list: List, value: Value) =>
      list.filter(of => of === null || !isSought(of, value, type, 'array_remove'));
  }),
];
