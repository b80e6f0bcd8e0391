/** Which events can have the texts that conditions need: asked of the index for text before a statement runs. */

import type { Db } from '../../store/open.js';
import { rowCount } from '../../store/text/rows.js';
import { textBits } from '../../store/text/signature.js';
import { createCandidates, type Mask } from '../text/candidates.js';
import type { Needed } from './emit/own-table.js';

/** More events than this are better read in their order. */
const MOST = 20_000;
const MOST_BESIDE_EVENTS = 1 / 20;

/** @returns ids of the events, in order; undefined where they are not worth looking up one by one */
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
