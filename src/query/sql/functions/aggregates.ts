/** Aggregate functions. Those that SQLite has under the same rules run there (bind/aggregate.ts); this says what all do. */

import { javaDouble } from '../cast/number-text.js';
import { invalidArgument, SqlError } from '../errors.js';
import type { Type } from '../types.js';
import { compare, keyOf, type Value } from '../values.js';
import { CHECKSUMS } from './checksum.js';
import { COLLECTING } from './collecting.js';
import { type AggregateFunction, type Aggregation, aggregate, type Bindings } from './registry.js';
import { STATISTICS } from './statistics.js';

/** An aggregate that keeps one value: the first, or what `merge` makes of it and the next. */
const fold = <T extends Value>(merge: (held: T, value: T) => T): Aggregation<T | null> => ({
  start: () => null,
  step: (held, value: T) => (held === null ? value : merge(held, value)),
  result: held => held,
});

/** Compares for the greatest or the least: NaN is neither while there is a number. */
function beats(value: Value, other: Value, sign: 1 | -1, type: Type): boolean {
  if (Number.isNaN(value) || Number.isNaN(other)) return !Number.isNaN(value);
  return compare(value, other, type) * sign < 0;
}

const ordered =
  (sign: 1 | -1) =>
  ({ of }: Bindings) =>
    fold<Value>((least, value) => (beats(value, least, sign, of('O')) ? value : least));

/** The greatest or least by another value. */
const by =
  (sign: 1 | -1) =>
  ({ of }: Bindings): Aggregation<{ value: Value; key: Value } | null> => ({
    start: () => null,
    step(held, value: Value, key: Value) {
      if (key === null) return held;
      return held === null || beats(key, held.key, sign, of('O')) ? { value, key } : held;
    },
    result: held => held?.value ?? null,
  });

const MOST = 10_000n;

function checkCount(count: bigint): void {
  if (count <= 0n) invalidArgument('third argument of max_by/min_by must be a positive integer');
  if (count > MOST)
    invalidArgument(`third argument of max_by/min_by must be less than or equal to ${MOST}; found ${count}`);
}

/** The n greatest or least. */
const best =
  (sign: 1 | -1) =>
  ({ of }: Bindings): Aggregation<{ rows: Array<{ value: Value; key: Value }>; count: bigint | null }> => ({
    start: () => ({ rows: [], count: null }),
    step(held, value: Value, key: Value, count: bigint) {
      checkCount(count);
      held.count = count;
      if (key !== null) held.rows.push({ value, key });
      return held;
    },
    result({ rows, count }) {
      if (count === null || rows.length === 0) return null;
      return rows
        .sort((a, b) =>
          beats(a.key, b.key, sign, of('O')) ? -1 : beats(b.key, a.key, sign, of('O')) ? 1 : 0,
        )
        .slice(0, Number(count))
        .map(({ value }) => value);
    },
  });

const MAX_BIGINT = (1n << 63n) - 1n;
const fits = (value: bigint): boolean => value <= MAX_BIGINT && value >= -MAX_BIGINT - 1n;

const wholeSum: Aggregation<bigint | null> = {
  start: () => null,
  step(held, value: bigint) {
    const sum = (held ?? 0n) + value;
    if (!fits(sum))
      throw new SqlError('NUMERIC_VALUE_OUT_OF_RANGE', `bigint addition overflow: ${held} + ${value}`);
    return sum;
  },
  result: held => held,
};

const doubleSum = fold<number>((held, value) => held + value);

const mean = (
  finish: (sum: number, count: number) => number,
): Aggregation<{ sum: number; count: number }> => ({
  start: () => ({ sum: 0, count: 0 }),
  step(held, value: number | bigint) {
    held.sum += Number(value);
    held.count++;
    return held;
  },
  result: ({ sum, count }) => (count === 0 ? null : finish(sum, count)),
});

const geometricMean = (round = (value: number): number => value) => {
  const { start, step, result } = mean((sum, count) => round(Math.exp(sum / count)));
  return {
    start,
    step: (held: ReturnType<typeof start>, value: number | bigint) => step(held, Math.log(Number(value))),
    result,
  };
};

/** Division of whole numbers, rounded half away from zero. */
function divided(sum: bigint, count: bigint): bigint {
  const half = sum < 0n ? -count / 2n : count / 2n;
  return (sum + half) / count;
}

const wholeMean: Aggregation<{ sum: bigint; count: bigint }> = {
  start: () => ({ sum: 0n, count: 0n }),
  step: ({ sum, count }, value: bigint) => ({ sum: sum + value, count: count + 1n }),
  result: ({ sum, count }) => (count === 0n ? null : divided(sum, count)),
};

interface Listed {
  parts: string[];
  separator: string;
}

const MOST_LISTED = 1_048_576;

const listagg: Aggregation<Listed> = {
  start: () => ({ parts: [], separator: '' }),
  step(of, value: string, separator = '') {
    of.parts.push(value);
    of.separator = separator;
    return of;
  },
  result({ parts, separator }) {
    if (parts.length === 0) return null;
    const text = parts.join(separator);
    if (text.length > MOST_LISTED)
      throw new SqlError(
        'INVALID_FUNCTION_ARGUMENT',
        `Concatenated string has the length in bytes larger than the maximum output length ${MOST_LISTED}`,
      );
    return text;
  },
};

const bits = (merge: (a: bigint, b: bigint) => bigint): Aggregation<bigint | null> => fold<bigint>(merge);

const reduceAgg = (): Aggregation<{ state: Value; isEmpty: boolean }> => ({
  start: () => ({ state: null, isEmpty: true }),
  step(of, value: Value, first: Value, input: (state: Value, value: Value) => Value) {
    if (of.isEmpty) of.state = first;
    of.isEmpty = false;
    of.state = input(of.state, value);
    return of;
  },
  result: ({ state }) => state,
});

const DISTINCT = 'How many different values there are; exact.';

/** Counts values; the standard error that may be asked for is checked and not needed. */
const distinct = ({ of }: Bindings): Aggregation<Set<string>> => ({
  start: () => new Set<string>(),
  step(seen, value: Value, error?: number) {
    if (error !== undefined && !(error >= 0.0040625 && error <= 0.26))
      invalidArgument(`Max standard error must be in [0.0040625, 0.26]: ${javaDouble(error)}`);
    return seen.add(keyOf(value, of('C')));
  },
  result: seen => BigInt(seen.size),
});

export const AGGREGATES: readonly AggregateFunction[] = [
  aggregate('count(T) -> bigint', 'How many rows have a value; `count(*)` counts all.', () => ({
    start: () => 0n,
    step: count => count + 1n,
    result: count => count,
  })),
  aggregate('count_if(boolean) -> bigint', 'How many rows are true.', () => ({
    start: () => 0n,
    step: (count, value: boolean) => (value ? count + 1n : count),
    result: count => count,
  })),
  aggregate('sum(bigint) -> bigint', 'The sum.', () => wholeSum),
  aggregate('sum(double) -> double', 'The sum.', () => doubleSum),
  aggregate('sum(real) -> real', 'The sum.', () => ({
    ...doubleSum,
    result: sum => (sum === null ? null : Math.fround(sum)),
  })),
  {
    ...aggregate('sum(D) -> decimal(38,0)', 'The sum.', () => fold<bigint>((a, b) => a + b)),
    resultOf: ([type]) => ({ ...(type as Type & { kind: 'decimal' }), precision: 38 }),
  },
  aggregate('sum(interval day to second) -> interval day to second', 'The sum.', () => wholeSum),
  aggregate('sum(interval year to month) -> interval year to month', 'The sum.', () => wholeSum),
  aggregate('avg(bigint) -> double', 'The mean.', () => mean((sum, count) => sum / count)),
  aggregate('avg(double) -> double', 'The mean.', () => mean((sum, count) => sum / count)),
  aggregate('avg(real) -> real', 'The mean.', () => mean((sum, count) => Math.fround(sum / count))),
  aggregate('avg(D) -> D', 'The mean.', () => wholeMean),
  aggregate('avg(interval day to second) -> interval day to second', 'The mean.', () => wholeMean),
  aggregate('avg(interval year to month) -> interval year to month', 'The mean.', () => wholeMean),
  aggregate('min(O) -> O', 'The least value.', ordered(1)),
  aggregate('max(O) -> O', 'The greatest value.', ordered(-1)),
  aggregate('min(O, bigint) -> array(O)', 'The n least values.', bindings => {
    const { start, step, result } = best(1)(bindings);
    return {
      start,
      step: (held: ReturnType<typeof start>, value: Value, count: bigint) => step(held, value, value, count),
      result,
    };
  }),
  aggregate('max(O, bigint) -> array(O)', 'The n greatest values.', bindings => {
    const { start, step, result } = best(-1)(bindings);
    return {
      start,
      step: (held: ReturnType<typeof start>, value: Value, count: bigint) => step(held, value, value, count),
      result,
    };
  }),
  aggregate('min_by(V, O) -> V', 'The value of the row in which the second is least.', by(1), 'all'),
  aggregate('max_by(V, O) -> V', 'The value of the row in which the second is greatest.', by(-1), 'all'),
  aggregate(
    'min_by(V, O, bigint) -> array(V)',
    'The values of the n rows in which the second is least.',
    best(1),
    'all',
  ),
  aggregate(
    'max_by(V, O, bigint) -> array(V)',
    'The values of the n rows in which the second is greatest.',
    best(-1),
    'all',
  ),
  aggregate('arbitrary(T) -> T', 'Any value that is not null: the first.', () => fold<Value>(held => held)),
  aggregate('any_value(T) -> T', 'Any value that is not null: the first.', () => fold<Value>(held => held)),
  aggregate(
    'listagg(varchar, varchar) -> varchar',
    'The texts joined, in the order of WITHIN GROUP.',
    () => listagg,
  ),
  aggregate('listagg(varchar) -> varchar', 'The texts joined, in the order of WITHIN GROUP.', () => listagg),
  aggregate('bool_and(boolean) -> boolean', 'Whether all are true.', () => fold<boolean>((a, b) => a && b)),
  aggregate('bool_or(boolean) -> boolean', 'Whether one is true.', () => fold<boolean>((a, b) => a || b)),
  aggregate('every(boolean) -> boolean', 'Whether all are true.', () => fold<boolean>((a, b) => a && b)),
  aggregate('approx_distinct(C) -> bigint', DISTINCT, distinct),
  aggregate('approx_distinct(C, double) -> bigint', DISTINCT, distinct),
  aggregate(
    'reduce_agg(T, S, function(S, T, S), function(S, S, S)) -> S',
    'What a lambda makes of a state and each value.',
    reduceAgg,
  ),
  aggregate('bitwise_and_agg(bigint) -> bigint', 'The bits that all have.', () => bits((a, b) => a & b)),
  aggregate('bitwise_or_agg(bigint) -> bigint', 'The bits that one has.', () => bits((a, b) => a | b)),
  aggregate('bitwise_xor_agg(bigint) -> bigint', 'The bits that an odd number have.', () =>
    bits((a, b) => a ^ b),
  ),
  aggregate('geometric_mean(bigint) -> double', 'The geometric mean.', () => geometricMean()),
  aggregate('geometric_mean(double) -> double', 'The geometric mean.', () => geometricMean()),
  aggregate('geometric_mean(real) -> real', 'The geometric mean.', () => geometricMean(Math.fround)),
  ...CHECKSUMS,
  ...COLLECTING,
  ...STATISTICS,
];
