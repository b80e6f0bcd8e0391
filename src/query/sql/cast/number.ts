/** Casts between booleans and numbers, as Trino rounds and refuses. */

import { bounds, divideRounded, powerOfTen } from '../arithmetic.js';
import { SqlError } from '../errors.js';
import { isWhole, type Type } from '../types.js';
import type { Value } from '../values.js';
import { decimalText, javaDouble, javaFloat } from './number-text.js';

/** What a cast does with a value that is not null. */
export type Cast = (value: Value) => Value;
/** A type of decimals. */
export type Decimal = Type & { kind: 'decimal' };

/** A type of decimals, of at most the 38 digits that Trino has. */
export const decimalOf = (precision: number, scale: number): Decimal => ({
  kind: 'decimal',
  precision: Math.min(38, precision),
  scale,
});

/** Digits up to which Trino keeps a decimal in 64 bits; its messages differ. */
const MOST_SHORT_DIGITS = 18;

/** @throws SqlError `INVALID_CAST_ARGUMENT` */
export const badCast = (sentence: string): never => {
  throw new SqlError('INVALID_CAST_ARGUMENT', sentence);
};

const outOfRange = (type: Type, value: string): never => {
  throw new SqlError('NUMERIC_VALUE_OUT_OF_RANGE', `Out of range for ${type.kind}: ${value}`);
};

/** Whether a whole number is one of the type. */
export function fits(value: bigint, type: Type): boolean {
  const { least, most } = bounds(type);
  return value >= least && value <= most;
}

/** A number to the nearest whole one, halves away from zero. */
function roundHalfUp(value: number): number {
  const whole = Math.trunc(value);
  return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole;
}

/** Whether an unscaled value has no more digits than the type. */
export const fitsDecimal = (unscaled: bigint, { precision }: { precision: number }): boolean => {
  const limit = powerOfTen(precision);
  return unscaled < limit && unscaled > -limit;
};

const decimalName = ({ precision, scale }: Decimal): string => `DECIMAL(${precision}, ${scale})`;

const DECIMAL = /^([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,10}))?$/;
const LARGEST_EXPONENT = 2_147_483_647;

/** The unscaled value of a number's text, rounded; why it is none otherwise. */
export function parseDecimal(
  text: string,
  { precision, scale }: Decimal,
): bigint | 'not a number' | 'too large' {
  const match = DECIMAL.exec(text);
  const digitsWithZeros = (match?.[2] ?? '') + (match?.[3] ?? '');
  const exponent = Number(match?.[4] ?? 0);
  if (!match || digitsWithZeros === '' || Math.abs(exponent) > LARGEST_EXPONENT) return 'not a number';
  const digits = digitsWithZeros.replace(/^0+/, '');
  if (digits === '') return 0n;
  const count = match[2]!.length - (digitsWithZeros.length - digits.length) + exponent + scale;
  if (count > precision) return 'too large';
  if (count < 0) return 0n;
  const whole = BigInt(`0${digits.slice(0, count).padEnd(count, '0')}`);
  const rounded = digits.charCodeAt(count) >= 0x35 ? whole + 1n : whole;
  if (!fitsDecimal(rounded, { precision })) return 'too large';
  return match[1] === '-' ? -rounded : rounded;
}

function wholeToNumber(from: Type, to: Type): Cast | undefined {
  switch (to.kind) {
    case 'boolean':
      return value => value !== 0n;
    case 'double':
      return value => Number(value);
    case 'real':
      return value => Math.fround(Number(value));
    case 'decimal': {
      const power = powerOfTen(to.scale);
      return value => {
        const unscaled = (value as bigint) * power;
        return fitsDecimal(unscaled, to)
          ? unscaled
          : badCast(`Cannot cast ${from.kind.toUpperCase()} '${value}' to ${decimalName(to)}`);
      };
    }
    default:
      if (!isWhole(to)) return undefined;
      if (bounds(from).most <= bounds(to).most) return value => value;
      return value => (fits(value as bigint, to) ? value : outOfRange(to, String(value)));
  }
}

const TWO_63 = 2 ** 63;

function floatToWhole(isReal: boolean, to: Type): Cast {
  const text = isReal ? javaFloat : javaDouble;
  const isBigint = to.kind === 'bigint';
  return value => {
    const rounded = roundHalfUp(value as number);
    const isLong = rounded >= -TWO_63 && rounded < TWO_63;
    if (isBigint && !isReal && !isLong) return badCast(`Unable to cast ${text(value as number)} to bigint`);
    if (Number.isNaN(value)) return badCast(`Cannot cast ${isReal ? 'real' : 'double'} NaN to ${to.kind}`);
    // A real beyond every bigint becomes the last one.
    const whole = isLong ? BigInt(rounded) : rounded > 0 ? (1n << 63n) - 1n : -(1n << 63n);
    return fits(whole, to) ? whole : outOfRange(to, text(value as number));
  };
}

function floatToNumber(from: Type, to: Type): Cast | undefined {
  const isReal = from.kind === 'real';
  switch (to.kind) {
    case 'boolean':
      return value => value !== 0;
    case 'double':
      return value => value;
    case 'real':
      return value => Math.fround(value as number);
    case 'decimal':
      return value => {
        const text = isReal ? javaFloat(value as number) : javaDouble(value as number);
        const unscaled = parseDecimal(text, to);
        return typeof unscaled === 'bigint'
          ? unscaled
          : badCast(`Cannot cast ${from.kind.toUpperCase()} '${text}' to ${decimalName(to)}`);
      };
    default:
      return isWhole(to) ? floatToWhole(isReal, to) : undefined;
  }
}

/** A decimal as a number. */
function decimalNumber(unscaled: bigint, { precision, scale }: Decimal): number {
  return precision <= MOST_SHORT_DIGITS
    ? Number(unscaled) / 10 ** scale
    : Number(decimalText(unscaled, scale));
}

/** The unscaled value of another scale; undefined where it has too many digits. */
function rescale(unscaled: bigint, scale: number, to: Decimal): bigint | undefined {
  const rescaled =
    to.scale >= scale
      ? unscaled * powerOfTen(to.scale - scale)
      : divideRounded(unscaled, powerOfTen(scale - to.scale));
  return fitsDecimal(rescaled, to) ? rescaled : undefined;
}

function decimalToNumber(from: Decimal, to: Type): Cast | undefined {
  const { scale, precision } = from;
  switch (to.kind) {
    case 'boolean':
      return value => value !== 0n;
    case 'double':
      return value => decimalNumber(value as bigint, from);
    case 'real':
      return value => Math.fround(Number(decimalText(value as bigint, scale)));
    case 'decimal':
      return value =>
        rescale(value as bigint, scale, to) ??
        badCast(
          `Cannot cast ${decimalName(from)} '${decimalText(value as bigint, scale)}' to ${decimalName(to)}`,
        );
    default: {
      if (!isWhole(to)) return undefined;
      const power = powerOfTen(scale);
      return value => {
        const whole = divideRounded(value as bigint, power);
        if (fits(whole, to)) return whole;
        const text = precision <= MOST_SHORT_DIGITS ? String(whole) : decimalText(value as bigint, scale);
        return badCast(`Cannot cast '${text}' to ${to.kind.toUpperCase()}`);
      };
    }
  }
}

function booleanToNumber(to: Type): Cast | undefined {
  if (to.kind === 'boolean') return value => value;
  if (to.kind === 'double' || to.kind === 'real') return value => (value ? 1 : 0);
  if (isWhole(to)) return value => (value ? 1n : 0n);
  if (to.kind !== 'decimal') return undefined;
  const one = powerOfTen(to.scale);
  return value => {
    if (!value) return 0n;
    return fitsDecimal(one, to) ? one : badCast(`Cannot cast BOOLEAN 'true' to ${decimalName(to)}`);
  };
}

/** The cast from a boolean or number to another; undefined where there is none. */
export function castNumber(from: Type, to: Type): Cast | undefined {
  if (from.kind === 'boolean') return booleanToNumber(to);
  if (from.kind === 'decimal') return decimalToNumber(from, to);
  return isWhole(from) ? wholeToNumber(from, to) : floatToNumber(from, to);
}
