/** Which events a statement need read: asked of the index for text and of the ledger before it runs. */

import type { Dimension } from '../../dimensions.js';
import { lastEvent } from '../../store/columns/segments.js';
import type { Db } from '../../store/open.js';
import { rowCount } from '../../store/text/row-set.js';
import { textBits } from '../../store/text/signature.js';
import type { Mask } from '../text/block-masks.js';
import { createCandidates } from '../text/candidates.js';
import type { FoundBy, Needed } from './emit/own-table.js';

/** More events than this are better read in their order. */
const MOST = 20_000;
const MOST_BESIDE_EVENTS = 1 / 20;

/** The share of events that is better found by their files than read in their order. */
const MOST_BY_FILES = 1 / 4;

/**
 * The share of events whose details are better read in their order than looked up as an index finds them. Those of kinds
 * are told before details are read; SQLite joins other dimensions behind these.
 */
const MOST_BY_KIND = 1 / 10;
const MOST_BY_OTHERS = 1 / 3;

/** Whether each of the dimensions leads to so many events that no index is worth taking. */
export function isCommon(db: Db, found: readonly FoundBy[]): boolean {
  const events = lastEvent(db);
  return (
    found.length > 0 &&
    found.every(({ dimension, rows }) => {
      const most = Math.floor(events * (dimension === 'kind' ? MOST_BY_KIND : MOST_BY_OTHERS));
      const some = `SELECT 1 FROM event WHERE ${dimension}_id IN (${rows}) LIMIT ${most + 1}`;
      return (db.prepare(`SELECT count(*) FROM (${some})`).pluck().get() as number) > most;
    })
  );
}

/** Rows of a dimension that are asked before a statement that may read few events. */
const MOST_ASKED = 2_000;

/** Whether a dimension is soon read. */
export const isShort = (db: Db, dimension: Dimension): boolean =>
  (db.prepare(`SELECT coalesce(max(id), 0) FROM ${dimension}`).pluck().get() as number) <= MOST_ASKED;

/** @param condition on `file AS f`; where it is null, a file counts */
export function isOfFewFiles(db: Db, condition: string): boolean {
  const [some, all] = db
    .prepare(`SELECT total(stored) FILTER (WHERE coalesce(${condition}, 1)), total(stored) FROM file AS f`)
    .raw()
    .get() as [number, number];
  return some <= all * MOST_BY_FILES;
}

/**
 * The events that can have the texts that conditions need.
 * @returns their ids, in order; undefined where they are not worth looking up one by one
 */
export function eventsWith(db: Db, needed: Needed): number[] | undefined {
  const candidates = createCandidates(db);
  const chunks = candidates.chunks(maskOf(needed));
  if (rowCount(chunks) > Math.min(MOST, Math.max(64, candidates.events * MOST_BESIDE_EVENTS)))
    return undefined;
  const ids = new Set<number>();
  for (const { first, last } of chunks) for (let id = first; id <= last; id++) ids.add(id);
  return [...ids].sort((a, b) => a - b);
}

function maskOf(needed: Needed): Mask {
  if ('all' in needed) return { all: needed.all.map(maskOf) };
  if ('any' in needed) return { any: needed.any.map(maskOf) };
  return { bits: textBits(needed.text) };
}
