/** Ids that are kept by half of their hashes are told apart all the same, however their table grows. */

import { expect, it } from 'vitest';
import { createRandom } from '../scripts/random.js';
import { createKnownIds } from '../src/store/known-ids.js';

const random = createRandom(20261127);
const half = (): number => random.below(2 ** 32) | 0;

it('an id is found by its row, and another one with the same half of its hash is not', () => {
  const known = createKnownIds(Number.POSITIVE_INFINITY);
  const ids = Array.from({ length: 60_000 }, (_, i) => ({
    // Few different ones, so that very many are alike.
    high: i % 3 === 0 ? random.below(50) : half(),
    low: half(),
  }));
  const isIt = (id: (typeof ids)[number]) => (row: number) => ids[row - 1] === id;
  for (const [i, id] of ids.entries()) expect(known.findOrAdd(id.high, id.low, i + 1, isIt(id))).toBe(0);
  for (const [i, id] of ids.entries()) expect(known.findOrAdd(id.high, id.low, 0, isIt(id))).toBe(i + 1);
});

it('a table that has grown large grows on by less', () => {
  const known = createKnownIds(Number.POSITIVE_INFINITY);
  // All of one table.
  const highs = Array.from({ length: 120_000 }, half);
  const isIt = (high: number) => (row: number) => highs[row - 1] === high;
  let alike = 0;
  for (const [i, high] of highs.entries()) if (known.findOrAdd(high, 0, i + 1, isIt(high)) > 0) alike++;
  expect(alike).toBe(highs.length - new Set(highs).size);
  for (const [i, high] of highs.entries())
    expect(known.findOrAdd(high, 0, 0, isIt(high)) - 1).toBeLessThanOrEqual(i);
  expect(known.findOrAdd(highs[7]!, 0, 0, isIt(highs[7]!))).toBe(8);
});

it('asks of very few ids whether one of them is another', () => {
  const known = createKnownIds(Number.POSITIVE_INFINITY);
  let asked = 0;
  for (let row = 1; row <= 200_000; row++)
    known.findOrAdd(half(), half(), row, () => {
      asked++;
      return false;
    });
  expect(asked).toBeLessThan(3);
});

it('is full once so many are known', () => {
  const known = createKnownIds(1000);
  for (let row = 1; row <= 1000; row++) {
    expect(known.full).toBe(false);
    known.findOrAdd(half(), half(), row, () => false);
  }
  expect(known.full).toBe(true);
});
