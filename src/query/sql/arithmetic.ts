/** Arithmetic over two values of one type, as Trino does it: what overflows is an error, never another number. */

import { SqlError } from './errors.js';
import type { Kind, Type } from './types.js';
import type { Value } from './values.js';

export type Operator = '+' | '-' | '*' | '/' | '%';
type Binary = (a: Value, b: Value) => Value;

interface Bounds {
  least: bigint;
  most: bigint;
}

const NAMES: Record<Operator, string> = {
  '+': 'addition',
  '-': 'subtraction',
  '*': 'multiplication',
  '/': 'division',
  '%': 'modulus',
};

/** The least and the greatest number of so many bits. */
const range = (bits: bigint): Bounds => ({ least: -(1n << (bits - 1n)), most: (1n << (bits - 1n)) - 1n });

const BIGINT_BOUNDS = range(64n);
const BOUNDS: Partial<Record<Kind, Bounds>> = {
  tinyint: range(8n),
  smallint: range(16n),
  integer: range(32n),
  bigint: BIGINT_BOUNDS,
};

/** The least and the greatest whole number of a type. */
export const bounds = ({ kind }: Type): Bounds => BOUNDS[kind] ?? BIGINT_BOUNDS;

/** Throws that a number is not one of its type. */
export function outOfRange(sentence: string): never {
  throw new SqlError('NUMERIC_VALUE_OUT_OF_RANGE', sentence);
}

/** Throws that the divisor is 0. */
function divisionByZero(): never {
  throw new SqlError('DIVISION_BY_ZERO', 'Division by zero');
}

/** What an operator does with two values of the type. */
export function arithmetic(operator: Operator, type: Type): Binary {
  if (type.kind === 'double') return FLOATS[operator] as Binary;
  if (type.kind === 'real') {
    const exact = FLOATS[operator];
    return ((a: number, b: number) => Math.fround(exact(a, b))) as Binary;
  }
  if (type.kind === 'decimal') return decimalArithmetic(operator, type, type).run;
  const exact = WHOLE[operator];
  const { least, most } = bounds(type);
  return ((a: bigint, b: bigint) => {
    const result = exact(a, b);
    if (result < least || result > most)
      outOfRange(`${type.kind} ${NAMES[operator]} overflow: ${a} ${operator} ${b}`);
    return result;
  }) as Binary;
}

const FLOATS: Record<Operator, (a: number, b: number) => number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

const WHOLE: Record<Operator, (a: bigint, b: bigint) => bigint> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0n ? divisionByZero() : a / b),
  '%': (a, b) => (b === 0n ? divisionByZero() : a % b),
};

/** `-value`. */
export function negate(type: Type): (value: Value) => Value {
  if (type.kind === 'real' || type.kind === 'double') return value => -(value as number);
  if (!(type.kind in BOUNDS)) return value => -(value as bigint);
  const { least } = bounds(type);
  return value => {
    if (value === least) outOfRange(`${type.kind} negation overflow: ${value}`);
    return -(value as bigint);
  };
}

const MOST_DIGITS = 38;
const LIMIT = 10n ** BigInt(MOST_DIGITS);

/** 10 to the power of a scale. */
export const powerOfTen = (scale: number): bigint => POWERS[scale] ?? 10n ** BigInt(scale);
const POWERS = Array.from({ length: 80 }, (_, scale) => 10n ** BigInt(scale));

type Decimal = Type & { kind: 'decimal' };

/** Whether an unscaled number has more than 38 digits. */
export const isTooLong = (unscaled: bigint): boolean => unscaled >= LIMIT || unscaled <= -LIMIT;

/** Throws where an unscaled number has more than 38 digits. */
export function checkDecimal(unscaled: bigint): bigint {
  if (isTooLong(unscaled)) outOfRange('Decimal overflow');
  return unscaled;
}

/** The quotient, rounded half away from zero. */
export function divideRounded(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const rest = dividend % divisor;
  const twice = rest < 0n ? -2n * rest : 2n * rest;
  if (twice < (divisor < 0n ? -divisor : divisor)) return quotient;
  return dividend < 0n === divisor < 0n ? quotient + 1n : quotient - 1n;
}

const decimal = (precision: number, scale: number): Decimal => {
  if (scale > MOST_DIGITS)
    throw new SqlError(
      'INVALID_FUNCTION_ARGUMENT',
      `DECIMAL scale must be in range [0, precision (${Math.min(precision, MOST_DIGITS)})]: ${scale}`,
    );
  return { kind: 'decimal', precision: Math.min(MOST_DIGITS, precision), scale };
};

/**
 * What an operator does with two decimals, and the type of the result.
 * @throws SqlError `INVALID_FUNCTION_ARGUMENT` where the result would have more than 38 digits after the point
 */
export function decimalArithmetic(
  operator: Operator,
  left: Decimal,
  right: Decimal,
): { result: Type; run: Binary } {
  const run = (of: (a: bigint, b: bigint) => bigint): Binary => of as unknown as Binary;
  const scale = Math.max(left.scale, right.scale);
  const [a, b] = [powerOfTen(scale - left.scale), powerOfTen(scale - right.scale)];
  const [wholeLeft, wholeRight] = [left.precision - left.scale, right.precision - right.scale];
  switch (operator) {
    case '+':
    case '-': {
      const sum = WHOLE[operator];
      return {
        result: decimal(Math.max(wholeLeft, wholeRight) + scale + 1, scale),
        run: run((x, y) => checkDecimal(sum(x * a, y * b))),
      };
    }
    case '*':
      return {
        result: decimal(left.precision + right.precision, left.scale + right.scale),
        run: run((x, y) => checkDecimal(x * y)),
      };
    case '/': {
      const factor = powerOfTen(scale - left.scale + right.scale);
      return {
        result: decimal(left.precision + right.scale + Math.max(right.scale - left.scale, 0), scale),
        run: run((x, y) => (y === 0n ? divisionByZero() : checkDecimal(divideRounded(x * factor, y)))),
      };
    }
    case '%':
      return {
        result: decimal(Math.min(wholeLeft, wholeRight) + scale, scale),
        run: run((x, y) => (y === 0n ? divisionByZero() : (x * a) % (y * b))),
      };
  }
}
