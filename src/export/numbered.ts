/** Rows by the number of what they share. */

import { GROUP_ROWS } from './groups.js';
import { type ColumnMemory, keptNumbers } from './parquet/column-memory.js';

export interface Numbered {
  /** The number of each row. */
  at: Int32Array;
  /** Of each number the row where it comes first. */
  firsts: number[];
}

/** Open addressing: the number of a key and one, 0 where there is none; and the key of each number. */
const slots = new Int32Array(GROUP_ROWS * 4);
const known = new Int32Array(GROUP_ROWS);
const SHIFT = Math.clz32(slots.length) + 1;

/**
 * Numbers keys of at most `GROUP_ROWS` rows, in the order in which they come.
 * @param memory where the numbers stand
 */
export function numbered(rows: number, keys: Int32Array, memory: ColumnMemory | undefined): Numbered {
  const at = keptNumbers(rows, memory);
  const firsts: number[] = [];
  slots.fill(0);
  for (let row = 0; row < rows; row++) {
    const key = keys[row]!;
    let slot = Math.imul(key, 0x9e3779b1) >>> SHIFT;
    while (slots[slot] !== 0 && known[slots[slot]! - 1] !== key) slot = (slot + 1) & (slots.length - 1);
    if (slots[slot] === 0) {
      known[firsts.length] = key;
      firsts.push(row);
      slots[slot] = firsts.length;
    }
    at[row] = slots[slot]! - 1;
  }
  return { at, firsts };
}
