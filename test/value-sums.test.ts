/** Sums by values that only rows have, against a map of them. */

import { describe, expect, it } from 'vitest';
import { createRandom } from '../scripts/random.js';
import { createValueSums, type ValueSums, type ValueTotals } from '../src/query/columns/value-sums.js';

interface Sum {
  events: number;
  errors: number;
  first: number;
  last: number;
}

const encoder = new TextEncoder();

/** Adds to both. */
function adder(sums: ValueSums): {
  known: Map<string | null, Sum>;
  add(value: string | null, failed: number, time: number): void;
} {
  const known = new Map<string | null, Sum>();
  return {
    known,
    add(value, failed, time) {
      const bytes = encoder.encode(`..${value ?? ''}..`);
      sums.add(new DataView(bytes.buffer), 2, value === null ? -1 : bytes.length - 2, failed, time);
      const sum = known.get(value) ?? { events: 0, errors: 0, first: Infinity, last: -Infinity };
      known.set(value, sum);
      sum.events++;
      sum.errors += failed;
      if (time < sum.first) sum.first = time;
      if (time > sum.last) sum.last = time;
    },
  };
}

function sumsOf({ events, errorsOf, firstOf, lastOf, textOf }: ValueTotals): Map<string | null, Sum> {
  const found = new Map<string | null, Sum>();
  for (let number = 0; number < events.length; number++) {
    if (events[number] === 0) continue;
    expect(found.has(textOf(number))).toBe(false);
    found.set(textOf(number), {
      ...{ events: events[number]!, errors: errorsOf(number) },
      ...{ first: firstOf(number), last: lastOf(number) },
    });
  }
  return found;
}

describe('sums by values', () => {
  it('are those of a map, for few values and many, short and long ones, NULL, none, and times that cannot be read', () => {
    const random = createRandom(20261127);
    const sums = createValueSums(1 << 30, () => new Error('too many'));
    const { known, add } = adder(sums);
    const long = 'x'.repeat(300_000);
    const values: ReadonlyArray<() => string | null> = [
      () => null,
      () => '',
      () => 'the same',
      () => `one of many ${random.below(2 ** 32)}`,
      () => 'a'.repeat(random.below(40)),
      () => `${'a'.repeat(random.below(9))}\0${'b'.repeat(random.below(9))}`,
      () => `${'é\u{10000}\uffff'.repeat(random.below(4))}${random.below(500)}`,
      () => (random.below(2000) === 0 ? `${long}${random.below(3)}` : 'short'),
    ];
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 60_000; i++)
        add(
          values[random.below(values.length)]!(),
          random.below(2),
          random.below(5) ? random.below(2 ** 31) : Number.NaN,
        );
      expect(sumsOf(sums.totals())).toEqual(known);
    }
    expect(known.size).toBeGreaterThan(20_000);
  });

  it('keep times before 1970 and fractions of a second', () => {
    const sums = createValueSums(1 << 30, () => new Error('too many'));
    const { known, add } = adder(sums);
    for (const time of [12.25, -3.5, Number.NaN, 7e11]) add('a', 0, time);
    expect(sumsOf(sums.totals())).toEqual(known);
    expect(known.get('a')).toEqual({ events: 4, errors: 0, first: -3.5, last: 7e11 });
  });

  it('are refused where the different values take too much room, however often others occur', () => {
    const sums = createValueSums(1 << 20, () => new Error('too many'));
    const { known, add } = adder(sums);
    const value = (i: number): string => `${i} ${'x'.repeat(1000)}`;
    for (let i = 0; i < 20_000; i++) add(value(i % 500), 0, i);
    expect(sumsOf(sums.totals())).toEqual(known);
    expect(() => {
      for (let i = 0; i < 20_000; i++) add(value(i), 0, i);
    }).toThrow('too many');
  });

  it('are in the order of their texts by code units, NULL like an empty one', () => {
    const sums = createValueSums(1 << 30, () => new Error('too many'));
    const { add } = adder(sums);
    const texts = ['', 'a', 'a\0', 'ab', 'é', '\ud7ff', '\u{10000}', '\u{10ffff}', '\ue000', '\uffff', 'b'];
    for (const text of [...texts, null]) add(text, 0, 0);
    const { events, textOf, compare } = sums.totals();
    const numbers = Array.from({ length: events.length }, (_, number) => number);
    const code = (number: number): string => textOf(number) ?? '';
    for (const a of numbers)
      for (const b of numbers) {
        const order = code(a) < code(b) ? -1 : code(a) > code(b) ? 1 : 0;
        expect(Math.sign(compare(a, b)), JSON.stringify([code(a), code(b)])).toBe(order);
      }
  });
});
