/** Values as SQL, and marks for what a statement gets last. */

import { literal } from '../../filter/sql-text.js';
import type { Type } from '../types.js';
import { encode, type Value } from '../values.js';

/** Stand around what is put in when a statement is whole; no literal of a statement holds them. */
export const OPEN = '\ue000';
export const CLOSE = '\ue001';
const UNSAFE = new RegExp(`[\\0${OPEN}${CLOSE}]`);

/** SQL of a value. */
export function valueSql(value: Value, type: Type): string {
  const stored = encode(value, type);
  if (stored === null) return 'NULL';
  if (typeof stored === 'number')
    return Number.isFinite(stored) ? realSql(stored) : stored > 0 ? '9e999' : '-9e999';
  if (typeof stored === 'bigint') return stored < 0n ? `(${stored})` : String(stored);
  // A statement ends at a NUL.
  if (typeof stored === 'string' && UNSAFE.test(stored))
    return `CAST(${literal(Buffer.from(stored))} AS TEXT)`;
  return literal(stored);
}

function realSql(value: number): string {
  const text = String(value);
  const real = /[.e]/.test(text) ? text : `${text}.0`;
  return value < 0 ? `(${real})` : real;
}
