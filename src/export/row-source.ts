/** What rows are read of, and where they are put. */

import { GROUP_ROWS } from './groups.js';

/** What is read of each row, as SQL. */
export interface RowSource {
  what: 'event' | 'line';
  /** The row's id, which `ids` name. */
  id: string;
  /** Numbers from 0 that are never NULL. */
  keys: readonly string[];
  /** Texts, or what SQLite makes a text of. */
  texts: readonly string[];
  /** Texts that few rows have; those without any cost nothing. */
  rare?: readonly string[];
  /** Which texts are bytes that need not be UTF-8, as indexes of `texts`. */
  binary?: readonly number[];
  /** Tables, without FROM. */
  from: string;
  /** Where the same values stand in two tables, whose rows have the same ids; undefined where they are in others, too. */
  stored?: { tables: readonly [string, string]; keys: readonly StoredValue[]; texts: readonly StoredValue[] };
}

/** A value in the first or the second table. */
export interface StoredValue {
  table: 0 | 1;
  column: string;
  /** The digits of whole numbers, and NULL for all else; default texts. */
  digits?: boolean;
}

/** Rows read at a time. */
export const ROWS_AT_ONCE = 512;

/** Where the columns and the texts of a group are, in bytes from `base` on. */
export interface Room {
  base: number;
  /** All of it; another one whenever it has grown. */
  bytes(): Buffer;
  ensure(end: number): void;
}

/** Bytes of a column. */
export const STRIDE = GROUP_ROWS * 4;

/** Columns of a group: numbers, and where each text begins and ends, -1 for NULL. */
export interface Columns {
  /** All that they stand in; another one whenever it has grown. */
  bytes(): Buffer;
  ensure(end: number): void;
  /** Those of numbers, then two for each text. */
  all(): readonly Int32Array[];
}
