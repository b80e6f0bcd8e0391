/** The WebAssembly that takes rows out of pages, and what is where in its memory. */

import { ensureMemory, loadWasm } from '../../bytes/wasm.js';
import { lazily } from '../../lazy.js';
import { PAGE } from '../pages/table-pages.js';
import type { ColumnFunctions, RowFunctions } from './row-functions.js';
import { ROWS_WASM } from './rows-wasm.js';

/** Where in memory what is: see `scripts/wasm/rows.ts`. */
export const VALUE_BYTES = 8;
export const MOST_COLUMNS = 64;
export const WANTED = 2 * MOST_COLUMNS * VALUE_BYTES;
export const NEEDLES = WANTED + 2048;
export const SLOTS = WANTED + 4096;
/** Bytes of a text that are looked for. */
export const MOST_NEEDLE = 64;
/** Pages in memory. */
export const SLOT_COUNT = 512;
/** Pages that are read at a time at most: twice as many as before where they follow on. */
export const READ_AHEAD = 32;
/** A record of which a part stands on other pages is put together behind them. */
export const LONG_RECORDS = SLOTS + SLOT_COUNT * PAGE;
/** Longer ones are left to SQLite. */
export const MOST_BYTES = 1 << 20;
/** What is made of rows. */
export const OUTPUT = LONG_RECORDS + 2 * MOST_BYTES + PAGE;

/** A module and its memory, in which the pages of one reader are at a time. */
export interface RowMemory {
  run: RowFunctions & ColumnFunctions;
  bytes: Buffer;
  /** Whose pages they are. */
  owner: object | undefined;
}

/** Undefined where there is no WebAssembly. */
export function createRowMemory(): RowMemory | undefined {
  const run = loadWasm<RowFunctions & ColumnFunctions>(ROWS_WASM, OUTPUT);
  return run && { run, bytes: Buffer.from(run.memory.buffer), owner: undefined };
}

/** Makes room for so many bytes. */
export function ensureRoom(memory: RowMemory, end: number): void {
  if (end <= memory.bytes.length) return;
  ensureMemory(memory.run.memory, Math.max(end, OUTPUT + (memory.bytes.length - OUTPUT) * 2));
  memory.bytes = Buffer.from(memory.run.memory.buffer);
}

/** That of all readers of a thread that keep nothing in it: each takes gigabytes of addresses. */
export const sharedMemory = lazily(createRowMemory);
