/** Functions over numbers. */

import { randomInt } from 'node:crypto';
import { arithmetic, bounds } from '../arithmetic.js';
import { invalidArgument, SqlError } from '../errors.js';
import type { Type } from '../types.js';
import { compare, type Value } from '../values.js';
import { type Bindings, type Run, type SqlFunction, scalar, typed } from './registry.js';

const double = (name: string, meaning: string, run: (value: number) => number): SqlFunction =>
  scalar(`${name}(double) -> double`, meaning, run);

const constant = (name: string, meaning: string, value: number): SqlFunction =>
  scalar(`${name}() -> double`, meaning, () => value);

/** Throws where an array or a row in one holds a null: those have no order. */
function checkOrder(value: Value, type: Type): void {
  if (type.kind !== 'array' && type.kind !== 'row') return;
  for (const [i, part] of (value as readonly Value[]).entries()) {
    if (part === null)
      throw new SqlError(
        'NOT_SUPPORTED',
        type.kind === 'array'
          ? 'ARRAY comparison not supported for arrays with null elements'
          : 'ROW comparison not supported for rows with null fields',
      );
    checkOrder(part, type.kind === 'array' ? type.element : type.fields[i]!.type);
  }
}

/** The greatest or the least of values; NaN only where there is nothing else. */
function extreme(sign: 1 | -1): (bindings: Bindings) => Run {
  return ({ args, result }) => {
    const type = args[0] ?? result;
    return (...values: Value[]) => {
      let best = values[0] as NonNullable<Value>;
      for (const value of values) checkOrder(value, type);
      for (const value of values.slice(1) as NonNullable<Value>[]) {
        if (Number.isNaN(value)) continue;
        if (Number.isNaN(best) || compare(value, best, type) * sign > 0) best = value;
      }
      return best;
    };
  };
}

const SIGNS = 64n;
/** Below it `randomInt` gives any number in one step. */
const SMALL_RANGE = 1n << 47n;

function randomBelow(bound: bigint): bigint {
  if (bound <= SMALL_RANGE) return BigInt(randomInt(Number(bound)));
  return (
    BigInt.asUintN(Number(SIGNS), (BigInt(randomInt(2 ** 40)) << 40n) | BigInt(randomInt(2 ** 40))) % bound
  );
}

function randomTo(stop: bigint): bigint {
  if (stop <= 0n) invalidArgument('bound must be positive');
  return randomBelow(stop);
}

function randomFrom(start: bigint, stop: bigint): bigint {
  if (start >= stop) invalidArgument('start value must be less than stop value');
  return start + randomBelow(stop - start);
}

function bucket(operand: number, first: number, second: number, count: bigint): bigint {
  if (count <= 0n) invalidArgument('bucketCount must be greater than 0');
  if (Number.isNaN(operand)) invalidArgument('operand must not be NaN');
  if (!Number.isFinite(first)) invalidArgument('first bound must be finite');
  if (!Number.isFinite(second)) invalidArgument('second bound must be finite');
  if (first === second) invalidArgument('bounds cannot equal each other');
  const [lower, upper] = first < second ? [first, second] : [second, first];
  let place: bigint;
  if (operand < lower) place = 0n;
  else if (operand >= upper) place = count + 1n;
  else place = BigInt(Math.trunc((Number(count) * (operand - lower)) / (upper - lower) + 1));
  return first > second ? count - place + 1n : place;
}

function bucketOf(operand: number, bins: readonly (number | null)[]): bigint {
  if (bins.length === 0) invalidArgument('Bins cannot be an empty array');
  if (Number.isNaN(operand)) invalidArgument('Operand cannot be NaN');
  let [lower, upper] = [0, bins.length];
  while (lower < upper) {
    if (bins[lower]! > bins[upper - 1]!) invalidArgument('Bin values are not sorted in ascending order');
    const middle = Math.trunc((lower + upper) / 2);
    const bin = bins[middle];
    if (bin === null || bin === undefined) return invalidArgument('Bin values cannot be NULL');
    if (!Number.isFinite(bin)) invalidArgument(`Bin value must be finite, got ${bin}`);
    if (operand < bin) upper = middle;
    else lower = middle + 1;
  }
  return BigInt(lower);
}

function radixOf(radix: bigint): number {
  if (radix < 2n || radix > 36n) invalidArgument('Radix must be between 2 and 36');
  return Number(radix);
}

function fromBase(text: string, radix: bigint): bigint {
  const base = radixOf(radix);
  const bad = (): never => invalidArgument(`Not a valid base-${radix} number: ${text}`);
  const digits = /^[+-]?([0-9A-Za-z]+)$/.exec(text)?.[1] ?? bad();
  // No longer number than one of 64 bits has more digits than these.
  if (digits.replace(/^0+/, '').length > 64) bad();
  let value = 0n;
  for (const digit of digits) {
    const worth = Number.parseInt(digit, 36);
    if (worth >= base) bad();
    value = value * radix + BigInt(worth);
  }
  if (text[0] === '-') value = -value;
  const { least, most } = bounds({ kind: 'bigint' });
  return value < least || value > most ? bad() : value;
}

const BASES: readonly SqlFunction[] = [
  scalar('from_base(varchar, bigint) -> bigint', 'The number of digits of a base from 2 to 36.', fromBase),
  scalar(
    'to_base(bigint, bigint) -> varchar',
    'The number in digits of a base from 2 to 36.',
    (value: bigint, radix: bigint) => value.toString(radixOf(radix)),
  ),
];

const TRIGONOMETRY: readonly SqlFunction[] = [
  double('sin', 'The sine of an angle in radians.', Math.sin),
  double('cos', 'The cosine of an angle in radians.', Math.cos),
  double('tan', 'The tangent of an angle in radians.', Math.tan),
  double('asin', 'The angle of a sine, in radians.', Math.asin),
  double('acos', 'The angle of a cosine, in radians.', Math.acos),
  double('atan', 'The angle of a tangent, in radians.', Math.atan),
  scalar(
    'atan2(double, double) -> double',
    'The angle of the tangent y / x, in radians.',
    (y: number, x: number) => Math.atan2(y, x),
  ),
  double('sinh', 'The hyperbolic sine.', Math.sinh),
  double('cosh', 'The hyperbolic cosine.', Math.cosh),
  double('tanh', 'The hyperbolic tangent.', Math.tanh),
  double('degrees', 'An angle in radians as degrees.', value => value * (180 / Math.PI)),
  double('radians', 'An angle in degrees as radians.', value => (value / 180) * Math.PI),
];

const RANDOM: readonly SqlFunction[] = ['random', 'rand'].flatMap(name => [
  scalar(`${name}() -> double`, 'A random number from 0 to below 1.', () => Math.random(), {
    isRandom: true,
  }),
  scalar(`${name}(W) -> W`, 'A random whole number from 0 to below another.', randomTo, { isRandom: true }),
  scalar(`${name}(W, W) -> W`, 'A random whole number from one to below another.', randomFrom, {
    isRandom: true,
  }),
]);

const isFiniteNumber = (value: number): boolean => Number.isFinite(value);

export const MATH: readonly SqlFunction[] = [
  typed('mod(N, N) -> N', 'The rest of a division.', ({ args }) => arithmetic('%', args[0]!)),
  ...['power', 'pow'].map(name =>
    scalar(
      `${name}(double, double) -> double`,
      'The first number to the power of the second.',
      (base: number, exponent: number) => base ** exponent,
    ),
  ),
  double('sqrt', 'The square root.', Math.sqrt),
  double('cbrt', 'The cube root.', Math.cbrt),
  double('exp', 'e to the power of the number.', Math.exp),
  double('ln', 'The natural logarithm.', Math.log),
  double('log2', 'The logarithm to base 2.', value => Math.log(value) / Math.LN2),
  double('log10', 'The logarithm to base 10.', Math.log10),
  scalar(
    'log(double, double) -> double',
    'The logarithm of the second number to the base of the first.',
    (base: number, value: number) => Math.log(value) / Math.log(base),
  ),
  constant('pi', 'The number pi.', Math.PI),
  constant('e', "Euler's number.", Math.E),
  constant('infinity', 'The number greater than all others.', Number.POSITIVE_INFINITY),
  constant('nan', 'What is not a number.', Number.NaN),
  scalar('is_finite(double) -> boolean', 'Whether the number is finite.', isFiniteNumber),
  scalar(
    'is_infinite(double) -> boolean',
    'Whether the number is infinite.',
    (value: number) => !isFiniteNumber(value) && !Number.isNaN(value),
  ),
  ...['double', 'real'].map(type =>
    scalar(`is_nan(${type}) -> boolean`, 'Whether it is not a number.', (value: number) =>
      Number.isNaN(value),
    ),
  ),
  typed('greatest(O...) -> O', 'The greatest of the values; null where one is.', extreme(1)),
  typed('least(O...) -> O', 'The least of the values; null where one is.', extreme(-1)),
  scalar(
    'width_bucket(double, double, double, bigint) -> bigint',
    'Which of so many buckets of one width between two bounds a number is in.',
    bucket,
  ),
  scalar(
    'width_bucket(double, array(double)) -> bigint',
    'Which of the buckets between the numbers of an array a number is in.',
    bucketOf,
  ),
  ...TRIGONOMETRY,
  ...RANDOM,
  ...BASES,
];
