/** Texts as stretches of one buffer: what a column has, without a string for each value. */

import { MINUS, ZERO } from '../bytes/ascii.js';

/** A number of so many digits is exact. */
const EXACT_DIGITS = 15;

export interface Slices {
  bytes: Buffer;
  /** Where each text begins. */
  starts: Int32Array;
  /** Where it ends; -1 for NULL. */
  ends: Int32Array;
}

/** A text as a string; null for NULL. */
export function sliceText({ bytes, starts, ends }: Slices, at: number): string | null {
  return ends[at]! < 0 ? null : bytes.toString('utf8', starts[at], ends[at]);
}

/** Texts in a buffer of their own. */
export function slicesOf(texts: ReadonlyArray<string | null>): Slices {
  const parts = texts.map(text => (text === null ? undefined : Buffer.from(text)));
  const slices: Slices = {
    bytes: Buffer.concat(parts.filter(part => part !== undefined)),
    starts: new Int32Array(texts.length),
    ends: new Int32Array(texts.length).fill(-1),
  };
  let at = 0;
  for (const [i, part] of parts.entries()) {
    if (part === undefined) continue;
    slices.starts[i] = at;
    at += part.length;
    slices.ends[i] = at;
  }
  return slices;
}

/** What digits say: a number where one is exact, which is several times as fast. */
export function sliceNumber(values: Slices, at: number): number | bigint {
  const { bytes, starts, ends } = values;
  const start = starts[at]!;
  const end = ends[at]!;
  if (end - start > EXACT_DIGITS || bytes[start] === MINUS) return BigInt(sliceText(values, at)!);
  let value = 0;
  for (let i = start; i < end; i++) value = value * 10 + bytes[i]! - ZERO;
  return value;
}
