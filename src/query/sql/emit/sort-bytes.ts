/** Lists and structs as bytes whose order is that of the values: SQLite keeps them as JSON, which has another. */

import type { Type } from '../types.js';
import { encode, type Value } from '../values.js';

const END = Buffer.of(0);
const PRESENT = Buffer.of(1);
const NULL = Buffer.of(2);
const SIGN = 1n << 63n;

/** Bytes of a value, neither null nor a map. */
export function sortBytes(value: Value, type: Type): Buffer {
  switch (type.kind) {
    case 'array':
      return Buffer.concat([...(value as readonly Value[]).map(of => part(of, type.element)), END]);
    case 'row':
      return Buffer.concat((value as readonly Value[]).map((of, i) => part(of, type.fields[i]!.type)));
    case 'real':
    case 'double':
      return doubleBytes(value as number);
    default: {
      const stored = encode(value, type);
      if (typeof stored === 'bigint') return wholeBytes(stored);
      // A zero ends it, so one within is written as two bytes.
      const bytes = Buffer.isBuffer(stored) ? stored : Buffer.from(String(stored));
      return Buffer.concat([
        Buffer.from(bytes.toString('latin1').replaceAll('\0', '\0\u00ff'), 'latin1'),
        END,
        END,
      ]);
    }
  }
}

const part = (value: Value, type: Type): Buffer =>
  value === null ? NULL : Buffer.concat([PRESENT, sortBytes(value, type)]);

function wholeBytes(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, value) ^ SIGN);
  return bytes;
}

function doubleBytes(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value + 0);
  // Negative numbers turn around, positive ones come after them.
  const bits = bytes.readBigUInt64BE();
  bytes.writeBigUInt64BE(bits & SIGN ? ~bits & ((1n << 64n) - 1n) : bits | SIGN);
  return bytes;
}
