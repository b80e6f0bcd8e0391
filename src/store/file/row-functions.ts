/** Functions of `scripts/wasm/rows.ts` and `scripts/wasm/columns.ts`, which are one module. Places are those in its memory. */

import type { WasmMemory } from '../../bytes/wasm.js';

/** What reads rows. */
export interface RowFunctions {
  memory: WasmMemory;
  setColumns(first: number, second: number): void;
  seek(page: number, id: number): number;
  recordStart(): number;
  recordLength(): number;
  take(table: number): number;
  takeAt(table: number, record: number, length: number): number;
  writeText(at: number, id: number, pointers: number, values: number): number;
  writeColumns(
    row: number,
    columns: number,
    stride: number,
    at: number,
    numbers: number,
    texts: number,
  ): number;
  mayHold(from: number, to: number): number;
  setPages(first: number, second: number): void;
  scan(
    first: number,
    last: number,
    at: number,
    pointers: number,
    values: number,
    isSelective: number,
  ): number;
  stoppedAt(): number;
  readColumn(first: number, last: number, value: number, starts: number, ends: number): number;
}

/** What makes columns of a Parquet file. */
export interface ColumnFunctions {
  setNumbers(slots: number, hashes: number, firsts: number, seed: number): void;
  appendTexts(starts: number, ends: number, count: number, at: number): number;
  numberTexts(starts: number, ends: number, count: number, step: number, ids: number, mask: number): number;
  appendHybrid(at: number, values: number, shift: number, from: number, to: number, width: number): number;
  present(from: number, to: number, rows: number, definitions: number, starts: number, ends: number): number;
  spread(at: number, rows: number, definition: number, id: number, definitions: number, ids: number): number;
  rangeOf(starts: number, ends: number, count: number): bigint;
  fillFlat(starts: number, ends: number, row: number, rows: number, list: number): number;
}
