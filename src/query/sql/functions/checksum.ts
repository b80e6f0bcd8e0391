/** The aggregate `checksum`: Trino's, as far as the hash of a type is xxHash64 of its eight bytes or of its bytes. */

import { xxhash64 } from '../bytes/hashes.js';
import type { Value } from '../values.js';
import { type AggregateFunction, type Aggregation, aggregate } from './registry.js';

/** What a null adds, and what a hash is multiplied by: the first prime of xxHash64. */
const PRIME = 0x9e3779b185ebca87n;

const ofWhole = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
};

/** -0 is 0, and there is one NaN. */
function ofDouble(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  if (Number.isNaN(value)) bytes.writeBigUInt64LE(0x7ff8000000000000n);
  else bytes.writeDoubleLE(value === 0 ? 0 : value);
  return bytes;
}

/** The bytes of a value whose hash counts, by the type of the argument. */
const BYTES: Readonly<Record<string, (value: Value) => Buffer>> = {
  bigint: value => ofWhole(value as bigint),
  boolean: value => ofWhole(value ? 1n : 0n),
  double: value => ofDouble(value as number),
  varchar: value => Buffer.from(value as string),
  varbinary: value => value as Buffer,
};

const checksum = (bytesOf: (value: Value) => Buffer): Aggregation<bigint | null> => ({
  start: () => null,
  step(sum, value: Value) {
    const hash = value === null ? 1n : xxhash64(bytesOf(value)).readBigUInt64BE();
    return BigInt.asUintN(64, (sum ?? 0n) + hash * PRIME);
  },
  result(sum) {
    if (sum === null) return null;
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(sum);
    return bytes;
  },
});

export const CHECKSUMS: readonly AggregateFunction[] = Object.entries(BYTES).map(([type, bytesOf]) =>
  aggregate(
    `checksum(${type}) -> varbinary`,
    'A sum over the values that does not depend on their order.',
    () => checksum(bytesOf),
    'all',
  ),
);
