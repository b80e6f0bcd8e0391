/**
 * Conditions that rows of dimensions decide where no index of SQLite's does: what is computed, and what no index leads
 * from. They are asked once for each row, before anything else of an event is read, and not again for each event.
 */

import type { Dimension } from '../../../dimensions.js';
import { compile } from '../emit/compile.js';
import { type Emitter, isRandom, mayHold, native } from '../emit/emit.js';
import { CLOSE, OPEN } from '../emit/literal.js';
import type { PointedBy } from '../emit/own-table.js';
import { type Bound, partsOf } from './bound.js';
import { termsOf } from './conjunction.js';
import { dimensionOf, hasIndex, isOfColumns, rowsWhere } from './found.js';

const END = `${OPEN}/${CLOSE}`;
const DECIDED = new RegExp(`${OPEN}\\*(\\w+)${CLOSE}(.*?)${END}`, 'gs');

interface Pointed {
  pointed: PointedBy[];
  /** The SQL of a computed condition, marked where rows of a dimension decide it. */
  written(sql: string, term: Bound): string;
}

/** @param alias of the table that the conditions are on; undefined where there are several */
export function pointedBy(
  conditions: readonly Bound[],
  alias: string | undefined,
  emitter: Emitter,
): Pointed {
  const terms = new Map<Dimension, Bound[]>();
  for (const term of alias === undefined ? [] : conditions.flatMap(termsOf)) {
    if (!isOfColumns(term) || isRandom(term)) continue;
    const dimension = dimensionOf(leavesOf(term).join(), alias!);
    if (dimension === undefined || (native(term) !== undefined && hasIndex(dimension))) continue;
    terms.set(dimension, [...(terms.get(dimension) ?? []), term]);
  }
  const nameOf = (dimension: Dimension): string =>
    `${emitter.prefix}p${emitter.narrowings.length}${dimension}`;
  return {
    pointed: Array.from(terms, ([dimension, of]) => pointedAt(nameOf(dimension), dimension, of, emitter)),
    written(sql, term) {
      const found = [...terms].find(([, of]) => of.includes(term));
      return found ? `${OPEN}*${nameOf(found[0])}${CLOSE}${sql}${END}` : sql;
    },
  };
}

/** The statement without the conditions that the dimensions of these names have decided. */
export const withDecided = (sql: string, decided: ReadonlySet<string>): string =>
  sql.replaceAll(DECIDED, (_, name: string, condition: string) => (decided.has(name) ? '1' : condition));

function pointedAt(name: string, dimension: Dimension, terms: readonly Bound[], emitter: Emitter): PointedBy {
  const doubts = { count: 0 };
  const tests = terms.map(term => native(term) ?? mayHold(term, emitter, doubts));
  const ofNull = terms.map(holdsOfNull);
  return {
    name,
    dimension,
    rows: rowsWhere(dimension, tests),
    isOfNull: ofNull.every(holds => holds !== false),
    isSureOfNull: ofNull.every(holds => holds !== undefined),
    hasIndex: hasIndex(dimension),
    doubts,
  };
}

const leavesOf = (bound: Bound): string[] =>
  bound.kind === 'leaf' ? [bound.sql] : partsOf(bound).flatMap(leavesOf);

/** Whether a condition holds for an event that points to no row; undefined where it fails. */
export function holdsOfNull(bound: Bound): boolean | undefined {
  const leaves: string[] = [];
  const holds = compile(bound, leaves);
  try {
    return holds(leaves.map(() => null)) === true;
  } catch {
    return undefined;
  }
}
