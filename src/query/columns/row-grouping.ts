/** Numbers for the values of rows of a table that events, or lines of access logs, point to. */

import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { createCodes, type Grouping, type Values } from './codes.js';

/** What the rows of a table are told apart by. */
export interface RowValues {
  /** The table, as in FROM. */
  table: string;
  /** On its columns. */
  expressions: readonly string[];
  /** The values of what points to no row of it. */
  ofNone: Values;
}

/** Numbers for the rows of a table. */
export interface RowGrouping extends Pick<Grouping, 'valuesOf'> {
  /** The number of each row, 0 standing for none. */
  codesOf(rows: Uint32Array): Uint32Array;
  /** Rows there may be: one more than the last id. */
  rows: number;
}

/** Stands for a row that has no number yet. */
const UNKNOWN = 0xffffffff;

/** Tables of no more rows are remembered: who asks the same index again has their values already. */
const FEW_ROWS = 1 << 17;
const remembered = new WeakMap<Db, Map<string, RowGrouping>>();

/** The rows of a table, which never change, are read when one is asked for. */
export function rowGrouping(db: Db, values: RowValues): RowGrouping {
  const { table, expressions } = values;
  const rows = (prepared(db, `SELECT coalesce(max(id), 0) FROM ${table}`).pluck().get() as number) + 1;
  const known = remembered.get(db) ?? new Map<string, RowGrouping>();
  remembered.set(db, known);
  const key = [table, ...expressions].join('\n');
  const before = known.get(key);
  if (before?.rows === rows) return before;
  const made = newRowGrouping(db, values, rows);
  if (rows <= FEW_ROWS) known.set(key, made);
  return made;
}

function newRowGrouping(db: Db, { table, expressions, ofNone }: RowValues, rows: number): RowGrouping {
  const { codeOf, valuesOf } = createCodes();
  const codeOfRow = new Uint32Array(rows).fill(UNKNOWN);
  codeOfRow[0] = codeOf(ofNone);
  const texts = expressions.map(expression => `CAST(${expression} AS TEXT)`).join(', ');
  const select = `SELECT id, ${texts} FROM ${table} WHERE id IN (SELECT value FROM json_each(?))`;
  function learn(ids: ReadonlySet<number>): void {
    const read = prepared(db, select)
      .raw(true)
      .all(JSON.stringify([...ids])) as Array<[number, ...Values]>;
    for (const [id, ...values] of read) codeOfRow[id] = codeOf(values);
  }
  return {
    rows,
    codesOf(asked) {
      const codes = new Uint32Array(asked.length);
      const unknown = new Set<number>();
      for (let i = 0; i < asked.length; i++) {
        codes[i] = codeOfRow[asked[i]!]!;
        if (codes[i] === UNKNOWN) unknown.add(asked[i]!);
      }
      if (unknown.size > 0) {
        learn(unknown);
        for (let i = 0; i < asked.length; i++) codes[i] = codeOfRow[asked[i]!]!;
      }
      return codes;
    },
    valuesOf,
  };
}

/** Groups by the rows that are pointed to. */
export function groupingByPointer<P extends string>(
  pointer: P,
  { codesOf, valuesOf }: RowGrouping,
): Grouping<P> {
  return {
    codes({ segment, places }) {
      const pointers = segment.pointers(pointer);
      const rows = new Uint32Array(places.length);
      for (let i = 0; i < places.length; i++) rows[i] = pointers[places[i]!]!;
      return codesOf(rows);
    },
    valuesOf,
  };
}
