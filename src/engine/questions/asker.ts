/** Puts statements to an engine: the one place where a question's text leaves for it, and where its values come back. */

import { UsageError } from '../../errors.js';
import { printableSql } from '../../query/filter/sql-text.js';
import type { Value } from '../../query/sqlite.js';
import type { Engine, EngineTable, EngineValue, RunOptions } from '../engine.js';

/** Asks one question. */
export interface Asker {
  table: EngineTable;
  /** What relative times count back from. */
  now: Date;
  /** Sentences about how the answer differs from that of an index; complete when the answer is. */
  notes: Set<string>;
  /** Rows as they arrive. Ending the loop early cancels the statement. */
  rows(statement: string): AsyncGenerator<EngineValue[]>;
  all(statement: string): Promise<EngineValue[][]>;
}

/** @param run how each statement runs: where it is cancelled, who is told how far it is */
export function createAsker(engine: Engine, now: Date, run: RunOptions = {}): Asker {
  async function* rows(statement: string): AsyncGenerator<EngineValue[]> {
    const result = await engine.run(portable(statement), run);
    yield* result.rows;
  }
  return {
    table: engine.table,
    now,
    notes: new Set(),
    rows,
    async all(statement) {
      const list: EngineValue[][] = [];
      for await (const row of rows(statement)) list.push(row);
      return list;
    },
  };
}

/**
 * The statement as it is sent: characters that a terminal, a log or a proxy would obey stand in it as calls of `chr`.
 * @throws UsageError `BAD_VALUE` on half a surrogate pair, which UTF-8 has no form for
 */
export function portable(statement: string): string {
  if (/\p{Surrogate}/u.test(statement))
    throw new UsageError(
      'BAD_VALUE',
      'a value has half a surrogate pair, which no engine can be sent',
      'look for the text before or after it',
    );
  return printableSql(statement, 'chr');
}

/** A value as an index gives it: booleans are 0 and 1 there, and what has parts is JSON text. */
export function cell(value: EngineValue): Value {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (typeof value === 'object' && value !== null) return JSON.stringify(value, exactNumber);
  return value;
}

const exactNumber = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? String(value) : value;

/** A value as text, or null. */
export function textCell(value: EngineValue | undefined): string | null {
  return value === null || value === undefined ? null : String(cell(value));
}

/** A number of rows or seconds; null where there is none. */
export function numberCell(value: EngineValue | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}
