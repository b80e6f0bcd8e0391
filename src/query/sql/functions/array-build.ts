/** Functions that make arrays: of others, of their elements in another order, or of nothing. */

import { invalidArgument } from '../errors.js';
import { keyOf, type MapValue, type Value } from '../values.js';
import { type List, sortList, ValueSet } from './array-order.js';
import { elementOf } from './arrays.js';
import { type Lambda, type SqlFunction, scalar, typed } from './registry.js';

const MOST_ENTRIES = 10_000;
const MOST_COMBINED = 100_000;
const MOST_COMBINATION_LENGTH = 5;
const MOST_COMBINATIONS = 2_147_483_647;
const MOST_REPEATED_BYTES = 1_000_000;

function distinct(lists: readonly List[], set: ValueSet): List {
  const values: Value[] = [];
  for (const list of lists) for (const value of list) if (set.add(value)) values.push(value);
  return values;
}

function combinations(list: List, size: bigint): List {
  if (size < 0n) return invalidArgument(`combination size must not be negative: ${size}`);
  if (size > MOST_COMBINATION_LENGTH)
    return invalidArgument(`combination size must not exceed ${MOST_COMBINATION_LENGTH}: ${size}`);
  const length = Number(size);
  if (length > list.length) return [];
  let count = 1;
  for (let i = 1; i <= length; i++) count = (count * (list.length - i + 1)) / i;
  if (count > MOST_COMBINATIONS)
    return invalidArgument(
      `Number of combinations too large for array of size ${list.length} and combination length ${length}`,
    );
  if (count * length > MOST_COMBINED) return invalidArgument('combinations exceed max size');
  const groups: Value[][] = [];
  const places = Array.from({ length }, (_, i) => i);
  for (let k = 0; k < count; k++) {
    groups.push(places.map(place => list[place]!));
    // The first place that can move on does; those before it begin again.
    let i = 0;
    while (i < length - 1 && places[i]! + 1 === places[i + 1]) {
      places[i] = i;
      i++;
    }
    if (length > 0) places[i]!++;
  }
  return groups;
}

function ngrams(list: List, n: bigint): List {
  if (n <= 0n) return invalidArgument('N must be positive');
  const length = Math.min(list.length, Number(n));
  return Array.from({ length: list.length - length + 1 }, (_, i) => list.slice(i, i + length));
}

function repeat(value: Value, count: bigint | null): List | null {
  if (count === null) return null;
  if (count > MOST_ENTRIES)
    return invalidArgument(`count argument of repeat function must be less than or equal to ${MOST_ENTRIES}`);
  if (count < 0n)
    return invalidArgument('count argument of repeat function must be greater than or equal to 0');
  if (typeof value === 'string' && value.length * Number(count) > MOST_REPEATED_BYTES)
    return invalidArgument(`result of repeat function must not take more than ${MOST_REPEATED_BYTES} bytes`);
  return new Array<Value>(Number(count)).fill(value);
}

function sequence(start: bigint, stop: bigint, step = stop >= start ? 1n : -1n): List {
  if (step === 0n) return invalidArgument('step must not be zero');
  if (step > 0n ? stop < start : stop > start)
    return invalidArgument(
      'sequence stop value should be greater than or equal to start value if step is greater than zero otherwise stop should be less than or equal to start',
    );
  const last = (stop - start) / step;
  if (last >= MOST_ENTRIES)
    return invalidArgument(`result of sequence function must not have more than ${MOST_ENTRIES} entries`);
  return Array.from({ length: Number(last) + 1 }, (_, i) => start + BigInt(i) * step);
}

function sortBy(list: List, lambda: Lambda): List {
  return [...list].sort((a, b) => {
    const order = lambda(a, b);
    if (order === -1n || order === 0n || order === 1n) return Number(order);
    return invalidArgument('Lambda comparator must return either -1, 0, or 1');
  });
}

function shuffle(list: List): List {
  const mixed = [...list];
  for (let i = mixed.length - 1; i > 0; i--) {
    const other = Math.floor(Math.random() * (i + 1));
    [mixed[i], mixed[other]] = [mixed[other]!, mixed[i]!];
  }
  return mixed;
}

function concatAll(...lists: List[]): List {
  if (lists.length < 2) return invalidArgument('There must be two or more arguments to concat');
  return lists.flat(1) as Value[];
}

export const ARRAY_BUILD_FUNCTIONS: readonly SqlFunction[] = [
  typed('array_distinct(array(C)) -> array(C)', 'The elements, each once.', bindings => {
    const type = elementOf(bindings);
    return (list: List) => distinct([list], new ValueSet(type));
  }),
  typed(
    'array_except(array(C), array(C)) -> array(C)',
    'The elements of the first array that are not in the second, each once.',
    bindings => {
      const type = elementOf(bindings);
      return (a: List, b: List) => distinct([a], new ValueSet(type, b));
    },
  ),
  typed(
    'array_intersect(array(C), array(C)) -> array(C)',
    'The elements that both arrays have, each once.',
    bindings => {
      const type = elementOf(bindings);
      return (a: List, b: List) => {
        const [large, small] = a.length < b.length ? [b, a] : [a, b];
        const set = new ValueSet(type, small);
        return distinct([large.filter(value => set.has(value))], new ValueSet(type));
      };
    },
  ),
  typed(
    'array_union(array(C), array(C)) -> array(C)',
    'The elements that either array has, each once.',
    bindings => {
      const type = elementOf(bindings);
      return (a: List, b: List) => distinct([a, b], new ValueSet(type));
    },
  ),
  typed('array_sort(array(O)) -> array(O)', 'The elements in order, nulls last.', bindings => {
    const type = elementOf(bindings);
    return (list: List) => sortList(list, type);
  }),
  scalar(
    'array_sort(array(T), function(T, T, integer)) -> array(T)',
    'The elements in the order of a comparison that gives -1, 0 or 1.',
    sortBy,
  ),
  typed(
    'array_histogram(array(C)) -> map(C, bigint)',
    'How often each element occurs, without nulls.',
    bindings => {
      const type = elementOf(bindings);
      return (list: List) => {
        const counts: MapValue = new Map();
        for (const value of list) {
          if (value === null) continue;
          const key = keyOf(value, type);
          const before = counts.get(key);
          counts.set(key, [before ? before[0] : value, ((before?.[1] as bigint) ?? 0n) + 1n]);
        }
        return counts;
      };
    },
  ),
  scalar(
    'combinations(array(T), bigint) -> array(array(T))',
    'All combinations of so many elements, five at most.',
    combinations,
  ),
  scalar(
    'concat(array(T)...) -> array(T)',
    'The elements of all arrays, one array after the other.',
    concatAll,
  ),
  scalar(
    'concat(array(T), T) -> array(T)',
    'The array with one more element at the end.',
    (list: List, value: Value) => [...list, value],
  ),
  scalar(
    'concat(T, array(T)) -> array(T)',
    'The array with one more element at the start.',
    (value: Value, list: List) => [value, ...list],
  ),
  scalar(
    'flatten(array(array(T))) -> array(T)',
    'The elements of the inner arrays, as one array.',
    (lists: ReadonlyArray<List | null>) => lists.flatMap(list => (list ?? []) as Value[]),
  ),
  scalar(
    'ngrams(array(T), bigint) -> array(array(T))',
    'Every run of so many elements that stand together.',
    ngrams,
  ),
  scalar('repeat(T, bigint) -> array(T)', 'An array of the value so many times.', repeat, {
    takesNull: true,
  }),
  scalar('reverse(array(T)) -> array(T)', 'The elements from the last to the first.', (list: List) =>
    [...list].reverse(),
  ),
  scalar('sequence(bigint, bigint) -> array(bigint)', 'The whole numbers from one to another.', sequence),
  scalar(
    'sequence(bigint, bigint, bigint) -> array(bigint)',
    'The whole numbers from one to another, by a step.',
    sequence,
  ),
  scalar('shuffle(array(T)) -> array(T)', 'The elements in a random order.', shuffle, { isRandom: true }),
];
