/** Functions over the bits of whole numbers. */

import { invalidArgument } from '../errors.js';
import type { Type } from '../types.js';
import { type Bindings, type Run, type SqlFunction, scalar, typed } from './registry.js';

const BITS: Partial<Record<Type['kind'], number>> = { tinyint: 8, smallint: 16, integer: 32, bigint: 64 };

const bitsOf = ({ args }: Bindings): number => BITS[args[0]!.kind] ?? 64;

/** Java takes the last six bits of a bigint's shift; of the other types a shift beyond their bits leaves none. */
const shiftOf = (shift: bigint, bits: number): number =>
  shift >= 64n || (shift < 0n && bits < 64) ? 64 : Number(BigInt.asUintN(6, shift));

function leftShift(bindings: Bindings): Run {
  const bits = bitsOf(bindings);
  return (value: bigint, shift: bigint) => BigInt.asIntN(bits, value << BigInt(shiftOf(shift, bits)));
}

function rightShift(bindings: Bindings): Run {
  const bits = bitsOf(bindings);
  return (value: bigint, shift: bigint) =>
    BigInt.asIntN(bits, BigInt.asUintN(bits, value) >> BigInt(shiftOf(shift, bits)));
}

function arithmeticShift(bindings: Bindings): Run {
  const bits = bitsOf(bindings);
  return (value: bigint, shift: bigint) => value >> BigInt(shiftOf(shift, bits));
}

function bitCount(value: bigint, bits: bigint): bigint {
  if (bits < 2n || bits > 64n)
    invalidArgument(`Bits specified in bit_count must be between 2 and 64, got ${bits}`);
  const width = Number(bits);
  if (BigInt.asIntN(width, value) !== value)
    invalidArgument(
      `Number must be representable with the bits specified. ${value} cannot be represented with ${bits} bits`,
    );
  let count = 0n;
  for (let left = BigInt.asUintN(width, value); left > 0n; left &= left - 1n) count++;
  return count;
}

export const BITWISE: readonly SqlFunction[] = [
  scalar('bit_count(bigint, bigint) -> bigint', 'How many of so many bits of a number are set.', bitCount),
  scalar(
    'bitwise_and(bigint, bigint) -> bigint',
    'The bits that both numbers have.',
    (a: bigint, b: bigint) => a & b,
  ),
  scalar(
    'bitwise_or(bigint, bigint) -> bigint',
    'The bits that either number has.',
    (a: bigint, b: bigint) => a | b,
  ),
  scalar(
    'bitwise_xor(bigint, bigint) -> bigint',
    'The bits that one of the numbers has.',
    (a: bigint, b: bigint) => a ^ b,
  ),
  scalar(
    'bitwise_not(bigint) -> bigint',
    'The bits that the number does not have.',
    (value: bigint) => ~value,
  ),
  typed('bitwise_left_shift(W, integer) -> W', 'The number with its bits moved left.', leftShift),
  typed(
    'bitwise_right_shift(W, integer) -> W',
    'The number with its bits moved right, filled up with zeros.',
    rightShift,
  ),
  typed(
    'bitwise_right_shift_arithmetic(W, integer) -> W',
    'The number with its bits moved right, its sign kept.',
    arithmeticShift,
  ),
];
