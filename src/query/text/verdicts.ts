/**
 * What is known of events without reading them: an event that points to a row with the text matches; one that does not,
 * and whose own values cannot hold it, does not. A text in half of all events is mostly in what they point to.
 */

import type { Segment } from '../../store/columns/segments.js';
import { TEXT_DIMENSIONS } from '../../store/text/rows.js';
import { WHOLE_BITS } from '../../store/text/signature.js';
import { type BoundForm, CHANNEL, type QueryOf } from './bound.js';
import type { Candidates } from './candidates.js';
import { both, either, noFlags, not } from './flags.js';

/** Of the events of a segment, by their place: 1 or 0. */
export interface Verdicts {
  /** 1 for those that match. */
  certain: Uint8Array;
  /** 1 for those that may match, the certain ones included. */
  possible: Uint8Array;
}
export type Verdict = (segment: Segment) => Verdicts;

/** Verdicts on a query; undefined where too little is known. */
export function verdictOf(candidates: Candidates, query: QueryOf<BoundForm[]>): Verdict | undefined {
  const ofPattern = (pattern: readonly BoundForm[]) =>
    allKnown(pattern.map(form => verdictOfForm(candidates, form)));
  const wanted = allKnown(query.wanted.map(ofPattern));
  const unwanted = allKnown(query.unwanted.map(ofPattern));
  if (!wanted || !unwanted) return undefined;
  return segment => {
    const length = segment.last - segment.first + 1;
    const of = (pattern: Verdict[]): Verdicts =>
      some(
        pattern.map(form => form(segment)),
        length,
      );
    const isWanted = (query.any && wanted.length > 0 ? some : every)(wanted.map(of), length);
    return every([isWanted, ...unwanted.map(of).map(opposite)], length);
  };
}

function allKnown<T>(list: ReadonlyArray<T | undefined>): T[] | undefined {
  const known = list.filter(one => one !== undefined);
  return known.length === list.length ? known : undefined;
}

function verdictOfForm(candidates: Candidates, { form, pieces, isInRow }: BoundForm): Verdict | undefined {
  const rows = allKnown(pieces.map(piece => allKnown(piece.rows)));
  if (!rows) return undefined;
  const isOwn = pieces.map(({ ownRows }) => ownRows());
  /** Rows that hold the whole form. */
  const ofWhole = (sets: ReadonlyArray<ReadonlySet<number>> = []): Array<Iterable<number>> => {
    if (form.isWhole) return [...sets];
    return form.isLiteral
      ? sets.map((set, i) => (i === CHANNEL ? [] : [...set].filter(id => isInRow(i, id))))
      : [];
  };
  const isCertain = pointing(rowMasks(ofWhole(rows[0])));
  // A form that is one piece is where that is.
  const isPointing = form.isWhole ? [] : rows.map(sets => pointing(rowMasks(sets)));
  // Of a record that is kept whole, what it points to does not say what stands where.
  const isWhole = form.isWhole ? undefined : candidates.rowsWithin({ bits: WHOLE_BITS });
  return segment => {
    const certain = isCertain(segment);
    const parts = isOwn.map((own, i) => either(isPointing[i]?.(segment) ?? certain, own(segment)));
    const [part = noFlags(certain.length).fill(1), ...others] = parts;
    return {
      certain: isWhole ? both(certain, not(isWhole(segment))) : certain,
      possible: others.reduce(both, part),
    };
  };
}

/** Says something of each event of a segment. */
type Test = (segment: Segment) => Uint8Array;

/** Rows of each text dimension, in their order: 1 at the ids of those that hold something. */
type RowMasks = readonly Uint8Array[];

/** @param sets ids of rows, in the order of the text dimensions */
function rowMasks(sets: ReadonlyArray<Iterable<number>>): RowMasks {
  return sets.map(set => {
    const ids = [...set];
    const mask = new Uint8Array(ids.reduce((most, id) => Math.max(most, id), 0) + 1);
    for (const id of ids) mask[id] = 1;
    return mask;
  });
}

function pointing(masks: RowMasks): Test {
  return segment => {
    const found = noFlags(segment.last - segment.first + 1);
    for (const [i, mask] of masks.entries()) {
      if (mask.length === 1) continue;
      const pointers = segment.pointers(TEXT_DIMENSIONS[i]!);
      for (let place = 0; place < found.length; place++) {
        const row = pointers[place]!;
        // To look behind the end of an array takes several times as long.
        if (row < mask.length) found[place]! |= mask[row]!;
      }
    }
    return found;
  };
}

/** Verdicts on several things at once. */
function every(all: readonly Verdicts[], length: number): Verdicts {
  return combined(all, length, 1, both);
}

function some(all: readonly Verdicts[], length: number): Verdicts {
  return combined(all, length, 0, either);
}

function combined(
  all: readonly Verdicts[],
  length: number,
  neutral: number,
  join: (a: Uint8Array, b: Uint8Array) => Uint8Array,
): Verdicts {
  const [first, ...others] = all;
  if (!first) return { certain: noFlags(length).fill(neutral), possible: noFlags(length).fill(neutral) };
  return others.reduce(
    (sum, one) => ({ certain: join(sum.certain, one.certain), possible: join(sum.possible, one.possible) }),
    first,
  );
}

/** The verdicts on what is not so. */
function opposite({ certain, possible }: Verdicts): Verdicts {
  return { certain: not(possible), possible: not(certain) };
}
