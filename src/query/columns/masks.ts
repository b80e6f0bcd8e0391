/** Which rows of a table pass a condition, as a 1 at the row's id. */

import type { Dimension } from '../../dimensions.js';
import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import type { DimensionCondition } from '../filter/condition.js';
import type { Sql } from '../filter/sql-text.js';

/** For every table the rows that events may point to, as a 1 at the row's id. */
export function dimensionMasks(db: Db, all: readonly DimensionCondition[]): Map<Dimension, Uint8Array> {
  const masks = new Map<Dimension, Uint8Array>();
  for (const { home, onHome, holdsForNone } of all) {
    const mask = rowMask(db, home, onHome);
    if (holdsForNone) mask[0] = 1;
    addMask(masks, home, mask);
  }
  return masks;
}

/** Leaves the rows that pass both what was there before and another mask. */
export function addMask<P>(masks: Map<P, Uint8Array>, pointer: P, mask: Uint8Array): void {
  const before = masks.get(pointer);
  masks.set(pointer, before ? before.map((bit, id) => bit & mask[id]!) : mask);
}

export function rowMask(db: Db, table: Dimension, { text, params }: Sql): Uint8Array {
  const ids = prepared(db, `SELECT id FROM ${table} WHERE ${text}`)
    .pluck()
    .all(...params) as number[];
  return maskOf(db, table, ids);
}

/** @param ids of rows of the table */
export function maskOf(db: Db, table: Dimension, ids: readonly number[]): Uint8Array {
  const last = prepared(db, `SELECT coalesce(max(id), 0) FROM ${table}`).pluck().get() as number;
  const mask = new Uint8Array(last + 1);
  for (const id of ids) mask[id] = 1;
  return mask;
}
