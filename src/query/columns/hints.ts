/** Where the index for text and a few indexes say that events may be which pass a condition on their rows. */

import type { Segment } from '../../store/columns/segments.js';
import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { textBits } from '../../store/text/signature.js';
import type { EventHint } from '../filter/filter.js';
import type { Sql } from '../filter/sql-text.js';
import { EVERYTHING, type Mask } from '../text/block-masks.js';
import { createCandidates } from '../text/candidates.js';
import { rowMask } from './masks.js';

/** Leaves the events of which one of the hints speaks. */
export function hintTest(
  db: Db,
  hints: readonly EventHint[],
): (segment: Segment, places: Uint32Array) => Uint32Array {
  const masks: Mask[] = hints.flatMap(({ text }) => (text === undefined ? [] : [{ bits: textBits(text) }]));
  const isAnywhere = masks.some(mask => 'bits' in mask && mask.bits.length === 0);
  const rowsWithin =
    masks.length === 0
      ? ({ first, last }: Segment) => new Uint8Array(last - first + 1)
      : createCandidates(db).rowsWithin(isAnywhere ? EVERYTHING : { any: masks });
  const kinds = hints.flatMap(hint => (hint.kinds ? [rowMask(db, 'kind', hint.kinds)] : []));
  const ofKind = kinds.reduce<Uint8Array | undefined>(
    (any, mask) => (any ? any.map((bit, id) => bit | mask[id]!) : mask),
    undefined,
  );
  const named = hints.flatMap(({ events }) => (events ? eventsWhere(db, events) : []));
  const enveloped = hints.some(hint => hint.hasEnvelope)
    ? prepared(db, 'SELECT id FROM detail WHERE envelope IS NOT NULL AND id BETWEEN ? AND ?')
    : undefined;

  return (segment, places) => {
    const { first, last } = segment;
    const isHinted = rowsWithin(segment);
    for (const id of named) if (id >= first && id <= last) isHinted[id - first] = 1;
    for (const id of (enveloped?.pluck().all(first, last) ?? []) as number[]) isHinted[id - first] = 1;
    const pointers = ofKind && segment.pointers('kind');
    const passed = new Uint32Array(places.length);
    let count = 0;
    for (let i = 0; i < places.length; i++) {
      const place = places[i]!;
      passed[count] = place;
      count += isHinted[place]! | (pointers ? ofKind[pointers[place]!]! : 0);
    }
    return passed.subarray(0, count);
  };
}

function eventsWhere(db: Db, { text, params }: Sql): number[] {
  return prepared(db, `SELECT id FROM event WHERE ${text}`)
    .pluck()
    .all(...params) as number[];
}
