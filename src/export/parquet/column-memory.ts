/**
 * The memory of WebAssembly in which the columns of a row group are made: the rows' texts and the arrays that say where
 * they are stand in it, so that its functions (`scripts/wasm/columns.ts`) see them. Whatever stands elsewhere is left to
 * JavaScript, which does the same.
 */

import type { ColumnFunctions } from '../../store/file/row-functions.js';

export interface ColumnMemory {
  run: ColumnFunctions;
  /** All of it. */
  bytes: Buffer;
  /** Where arrays may stand while a column is made. */
  scratch: { from: number; to: number };
  /** Where tables may stand for numbers of at most `most` texts: twice as many slots, their hashes, their first places. */
  numbers: { most: number; slots: number; hashes: number; firsts: number };
  /** Where arrays may stand that all columns of a row group use. */
  kept: { next: number; to: number };
  /** Where nothing stands that a row group needs. */
  free: number;
}

/** That of the row group at hand. */
let memory: ColumnMemory | undefined;

export function useMemory(of: ColumnMemory | undefined): void {
  memory = of;
}
export const memoryInUse = (): ColumnMemory | undefined => memory;

/** An array that stays for all columns of a row group, with anything in it. */
export function keptNumbers(length: number, of: ColumnMemory | undefined): Int32Array<ArrayBuffer> {
  if (!of || of.kept.next + length * 4 > of.kept.to) return new Int32Array(length);
  const array = new Int32Array(of.bytes.buffer as ArrayBuffer, of.kept.next, length);
  of.kept.next += length * 4;
  return array;
}

/** The memory where all of these stand in it. */
export function memoryOf(...all: readonly ArrayBufferView[]): ColumnMemory | undefined {
  if (!memory) return undefined;
  const { buffer } = memory.bytes;
  for (const one of all) if (one.buffer !== buffer) return undefined;
  return memory;
}
