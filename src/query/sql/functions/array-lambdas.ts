/** Functions of arrays that take a lambda, and `zip`. */

import type { Value } from '../values.js';
import type { List } from './array-order.js';
import { type Lambda, type SqlFunction, scalar } from './registry.js';

/** Whether the lambda gives `sought` for an element; null where it gives null for one, and `sought` for none. */
function some(list: List, lambda: Lambda, sought: boolean): boolean | null {
  let hasNull = false;
  for (const value of list) {
    const answer = lambda(value);
    if (answer === sought) return true;
    hasNull ||= answer === null;
  }
  return hasNull ? null : false;
}

const not = (answer: boolean | null): boolean | null => (answer === null ? null : !answer);

function reduce(list: List | null, start: Value, step: Lambda, finish: Lambda): Value {
  if (list === null) return null;
  let state = start;
  for (const value of list) state = step(state, value);
  return finish(state);
}

function zip(...lists: List[]): List {
  const length = Math.max(...lists.map(list => list.length));
  return Array.from({ length }, (_, i) => lists.map(list => list[i] ?? null));
}

function zipWith(a: List, b: List, lambda: Lambda): List {
  const length = Math.max(a.length, b.length);
  return Array.from({ length }, (_, i) => lambda(a[i] ?? null, b[i] ?? null));
}

const ZIP_MEANING = 'Rows of the elements at the same position; null where an array is shorter.';

const zipOf = (letters: readonly string[]): SqlFunction =>
  scalar(
    `zip(${letters.map(letter => `array(${letter})`).join(', ')}) -> array(row(${letters.join(', ')}))`,
    ZIP_MEANING,
    zip,
  );

export const ARRAY_LAMBDA_FUNCTIONS: readonly SqlFunction[] = [
  scalar(
    'all_match(array(T), function(T, boolean)) -> boolean',
    'Whether the lambda is true for every element.',
    (list: List, lambda: Lambda) => not(some(list, lambda, false)),
  ),
  scalar(
    'any_match(array(T), function(T, boolean)) -> boolean',
    'Whether the lambda is true for an element.',
    (list: List, lambda: Lambda) => some(list, lambda, true),
  ),
  scalar(
    'none_match(array(T), function(T, boolean)) -> boolean',
    'Whether the lambda is true for no element.',
    (list: List, lambda: Lambda) => not(some(list, lambda, true)),
  ),
  scalar(
    'filter(array(T), function(T, boolean)) -> array(T)',
    'The elements for which the lambda is true.',
    (list: List, lambda: Lambda) => list.filter(value => lambda(value) === true),
  ),
  scalar(
    'transform(array(T), function(T, U)) -> array(U)',
    'What the lambda makes of each element.',
    (list: List, lambda: Lambda) => list.map(value => lambda(value)),
  ),
  scalar(
    'reduce(array(T), S, function(S, T, S), function(S, R)) -> R',
    'One value of all elements: a start, a lambda that adds an element, and one that finishes.',
    reduce,
    { takesNull: true },
  ),
  zipOf(['T', 'U']),
  zipOf(['T', 'U', 'V']),
  zipOf(['T', 'U', 'V', 'X']),
  zipOf(['T', 'U', 'V', 'X', 'Y']),
  scalar(
    'zip_with(array(T), array(U), function(T, U, R)) -> array(R)',
    'What the lambda makes of the elements at the same position; null where an array is shorter.',
    zipWith,
  ),
];
