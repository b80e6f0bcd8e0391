/** The entries of an index are in the order of their values, whatever these are like. */

import { expect, it } from 'vitest';
import { createRandom } from '../scripts/random.js';
import { type IndexColumn, putInOrder } from '../src/store/load/index-order.js';

const random = createRandom(20261129);
const ROWS = 20_000;

/** Values of a word: all alike, few, many of one, in order, in any order, at the ends of what there is. */
const VALUES: ReadonlyArray<(i: number) => number> = [
  () => 7,
  () => random.below(3),
  () => (random.below(10) < 9 ? 5 : random.below(2 ** 32)),
  i => 1_770_000_000 + i,
  () => random.below(2 ** 32),
  () => random.below(6000),
  () => (random.below(2) === 0 ? 0 : 0xffff_ffff),
  i => ROWS - i,
];
const word = (value: (i: number) => number): Uint32Array =>
  Uint32Array.from({ length: ROWS }, (_, i) => value(i));
const pick = <T>(of: readonly T[]): T => of[random.below(of.length)]!;

function naive(columns: readonly IndexColumn[]): number[] {
  const words = columns.flatMap(column => column.words);
  const long = columns.find(column => column.long)?.long;
  const textOf = (place: number): Buffer => Buffer.from(long?.get(place) ?? []);
  return Array.from({ length: ROWS }, (_, i) => i).sort((a, b) => {
    for (const values of words) if (values[a] !== values[b]) return values[a]! - values[b]!;
    return Buffer.compare(textOf(a), textOf(b)) || a - b;
  });
}

it('one word, two or three of any kind are sorted, equal ones by their rows', () => {
  for (let round = 0; round < 40; round++) {
    const columns: IndexColumn[] = Array.from({ length: 1 + random.below(2) }, () => ({
      kind: 'number',
      words: Array.from({ length: 1 + random.below(2) }, () => word(pick(VALUES))),
      less: 1,
    }));
    const order = new Uint32Array(ROWS);
    putInOrder(columns, order);
    expect([...order]).toEqual(naive(columns));
  }
});

it('texts that are alike in all of their words are sorted by what is longer', () => {
  const long = new Map<number, Buffer>();
  for (let i = 0; i < 900; i++)
    long.set(random.below(ROWS), Buffer.from(`${'ab'.repeat(random.below(4))}${random.below(9)}`));
  const columns: IndexColumn[] = [
    { kind: 'text', words: [word(VALUES[1]!), word(VALUES[2]!)], less: 1, long },
  ];
  const order = new Uint32Array(ROWS);
  putInOrder(columns, order);
  expect([...order]).toEqual(naive(columns));
});

it('an index of no row, and one of one, are in order', () => {
  for (const count of [0, 1]) {
    const order = new Uint32Array(count);
    putInOrder([{ kind: 'number', words: [new Uint32Array(count)], less: 1 }], order);
    expect([...order]).toEqual([...order.keys()]);
  }
});
