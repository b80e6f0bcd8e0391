/** Functions that round numbers; the type of a decimal's result depends on that of the argument. */

import { bounds, divideRounded, isTooLong, outOfRange, powerOfTen } from '../arithmetic.js';
import { type Decimal, decimalOf } from '../cast/number.js';
import { type Type, typeText } from '../types.js';
import { type Bindings, type Run, type ScalarFunction, type SqlFunction, scalar, typed } from './registry.js';

/** A function whose result is of another type than its signature can say. */
interface WithResult extends ScalarFunction {
  /** The type of the result for the types of the arguments. */
  resultOf(args: readonly Type[]): Type;
}

const withResult = (of: ScalarFunction, resultOf: (args: readonly Type[]) => Type): WithResult => ({
  ...of,
  resultOf,
});

/** Without digits after the point, and one more before it for what rounding adds. */
const wholeType = ([type]: readonly Type[]): Type => {
  const { precision, scale } = type as Decimal;
  return decimalOf(precision - scale + Math.min(scale, 1), 0);
};
const truncatedType = ([type]: readonly Type[]): Type => {
  const { precision, scale } = type as Decimal;
  return decimalOf(Math.max(1, precision - scale), 0);
};
const widerType = ([type]: readonly Type[]): Type => {
  const { precision, scale } = type as Decimal;
  return decimalOf(precision + 1, scale);
};

const scaleOf = (type: Type): number => (type as Decimal).scale;

/** Makes a whole number of a decimal; where the result keeps digits after the point they are 0. */
function toWhole(round: (unscaled: bigint, unit: bigint) => bigint): (bindings: Bindings) => Run {
  return ({ args, result }) => {
    const unit = powerOfTen(scaleOf(args[0]!));
    const factor = powerOfTen(result.kind === 'decimal' ? result.scale : 0);
    return (value: bigint) => round(value, unit) * factor;
  };
}

const floor = (value: bigint, unit: bigint): bigint => (value - (((value % unit) + unit) % unit)) / unit;
const ceil = (value: bigint, unit: bigint): bigint => -floor(-value, unit);
const truncate = (value: bigint, unit: bigint): bigint => value / unit;

/** Rounds to a number of digits after the point; negative: before it. */
const toDigits =
  (round: (value: bigint, unit: bigint) => bigint) =>
  ({ args }: Bindings): Run => {
    const type = args[0] as Decimal;
    return (value: bigint, digits: bigint) => {
      if (digits >= BigInt(type.scale)) return value;
      if (digits < BigInt(type.scale - type.precision) - 1n) return 0n;
      const unit = powerOfTen(type.scale - Number(digits));
      const rounded = round(value, unit) * unit;
      if (isTooLong(rounded)) outOfRange(`decimal overflow: ${value}`);
      return rounded;
    };
  };

const MOST_LONG = 2 ** 63;

/** As Trino does: by multiplying, so that 1.005 to two digits is 1. */
function roundFloat(value: number, digits = 0n): number {
  if (!Number.isFinite(value)) return value;
  const factor = 10 ** Number(digits);
  const scaled = Math.abs(value) * factor;
  if (scaled >= MOST_LONG) return value;
  const rounded = Math.round(scaled) / factor;
  return value < 0 ? -rounded : rounded;
}

function roundWhole({ args }: Bindings): Run {
  const { least, most } = bounds(args[0]!);
  return (value: bigint, digits: bigint) => {
    if (digits >= 0n || value === 0n) return value;
    if (digits < -18n) outOfRange(`numerical overflow: ${value}`);
    const unit = powerOfTen(Number(-digits));
    const rounded = divideRounded(value, unit) * unit;
    if (rounded < least || rounded > most) outOfRange(`numerical overflow: ${value}`);
    return rounded;
  };
}

/** Towards zero. */
const truncateFloat = (value: number): number => Math.trunc(value);

function absolute({ args: [type] }: Bindings): Run {
  if (type!.kind === 'real' || type!.kind === 'double') return Math.abs;
  const least = type!.kind === 'decimal' ? undefined : bounds(type!).least;
  return (value: bigint) => {
    if (value === least) outOfRange(`Value ${value} is out of range for abs(${typeText(type!)})`);
    return value < 0n ? -value : value;
  };
}

const sign = (value: bigint): bigint => (value > 0n ? 1n : value < 0n ? -1n : 0n);

const WHOLE_NUMBERS = ['ceil', 'ceiling', 'floor', 'round'].map(name =>
  scalar(`${name}(W) -> W`, 'A whole number stays the same.', (value: bigint) => value),
);

const FLOATS = (['double', 'real'] as const).flatMap(type => [
  ...['ceil', 'ceiling'].map(name =>
    scalar(`${name}(${type}) -> ${type}`, 'The number rounded up.', (value: number) => Math.ceil(value)),
  ),
  scalar(`floor(${type}) -> ${type}`, 'The number rounded down.', (value: number) => Math.floor(value)),
  scalar(`round(${type}) -> ${type}`, 'The number rounded; a half away from zero.', (value: number) =>
    roundFloat(value),
  ),
  scalar(
    `round(${type}, integer) -> ${type}`,
    'The number rounded to so many digits after the point.',
    type === 'double'
      ? roundFloat
      : (value: number, digits: bigint) => Math.fround(roundFloat(value, digits)),
  ),
  scalar(`truncate(${type}) -> ${type}`, 'The number without what is after the point.', truncateFloat),
  scalar(
    `sign(${type}) -> ${type}`,
    '-1, 0 or 1 for a number less than, equal to or greater than 0.',
    (value: number) => Math.sign(value),
  ),
]);

export const ROUNDING: readonly SqlFunction[] = [
  typed('abs(N) -> N', 'The number without its sign.', absolute),
  ...WHOLE_NUMBERS,
  ...FLOATS,
  ...['ceil', 'ceiling'].map(name =>
    withResult(typed(`${name}(D) -> D`, 'The number rounded up.', toWhole(ceil)), wholeType),
  ),
  withResult(typed('floor(D) -> D', 'The number rounded down.', toWhole(floor)), wholeType),
  withResult(
    typed('round(D) -> D', 'The number rounded; a half away from zero.', toWhole(divideRounded)),
    wholeType,
  ),
  withResult(
    typed(
      'round(D, integer) -> D',
      'The number rounded to so many digits after the point.',
      toDigits(divideRounded),
    ),
    widerType,
  ),
  typed('round(W, integer) -> W', 'The number rounded to so many zeros: -2 for hundreds.', roundWhole),
  withResult(
    typed('truncate(D) -> D', 'The number without what is after the point.', toWhole(truncate)),
    truncatedType,
  ),
  typed('truncate(D, integer) -> D', 'The number cut to so many digits after the point.', toDigits(truncate)),
  scalar('sign(W) -> W', '-1, 0 or 1 for a number less than, equal to or greater than 0.', sign),
  withResult(
    typed('sign(D) -> D', '-1, 0 or 1 for a number less than, equal to or greater than 0.', ({ result }) => {
      const unit = powerOfTen(result.kind === 'decimal' ? result.scale : 0);
      return (value: bigint) => sign(value) * unit;
    }),
    () => decimalOf(1, 0),
  ),
];
