/** Rows of an answer as they come from an engine, in the form that an index gives them. */

import type { Spelling } from '../../query/columns/spelling.js';
import type { Value } from '../../query/sqlite.js';
import type { EngineValue } from '../engine.js';
import { cell } from './asker.js';

export interface EngineRows {
  columns: string[];
  /** Which of them hold JSON text. */
  nested: boolean[];
  /** To be read once; they come as the engine gives them. */
  rows: AsyncIterable<Value[]>;
  /** What became of addresses of buckets and objects. */
  spellings: readonly Spelling[];
}

/** The rows with each value as an index has it. */
export async function* cellsOf(rows: AsyncIterable<EngineValue[]>): AsyncGenerator<Value[]> {
  for await (const row of rows) yield row.map(cell);
}
