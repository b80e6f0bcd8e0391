/** Conditions on partition columns, as far as the paths of files decide them: other files need not be looked into. */

import { PARTITIONS } from '../../../store/view.js';
import { joined, native } from '../emit/emit.js';
import { type Bound, isConstant, partsOf } from './bound.js';
import { termsOf } from './conjunction.js';

const OF_FILE: ReadonlyMap<string, string> = new Map(
  PARTITIONS.map(({ column, ofFile }) => [column, ofFile]),
);

/** A column by itself, its days in ISO form, or as a number: null where the column is. */
const COLUMN = /^(?:replace\(|CAST\()?(\w+)\."(\w+)"(?:, '\/', '-'\)| AS INTEGER\))?$/;
const COLUMNS = /'(?:[^']|'')*'|\b\w+\."(\w+)"/g;

/**
 * SQL on `file AS f` that is false where no event of the file holds the conditions, and null where its path does not say.
 * @param alias of the table that the conditions are on
 * @returns undefined where no condition is on partition columns alone
 */
export function filesThatMayHold(conditions: readonly Bound[], alias: string): string | undefined {
  const terms = conditions
    .flatMap(termsOf)
    .filter(term => isOfPartitions(term, alias))
    .flatMap(term => native(term) ?? []);
  if (terms.length === 0) return undefined;
  return joined(terms, ' AND ').replaceAll(COLUMNS, (text, column?: string) =>
    column === undefined ? text : `(${OF_FILE.get(column)})`,
  );
}

/** Whether a condition compares partition columns with constants, so that a null in it makes it null or changes nothing. */
function isOfPartitions(bound: Bound, alias: string): boolean {
  switch (bound.kind) {
    case 'and':
    case 'or':
      return bound.terms.every(term => isOfPartitions(term, alias));
    case 'not':
      return isOfPartitions(bound.value, alias);
    case 'compare':
      return bound.op !== 'same' && areValues(partsOf(bound), alias);
    case 'in':
    case 'like':
      return areValues(partsOf(bound), alias);
    default:
      return false;
  }
}

function areValues(bounds: readonly Bound[], alias: string): boolean {
  const columns = bounds.filter(bound => !isConstant(bound));
  return columns.length > 0 && columns.every(bound => isColumn(bound, alias));
}

function isColumn(bound: Bound, alias: string): boolean {
  if (bound.kind !== 'leaf') return false;
  const [, of, column = ''] = COLUMN.exec(bound.sql) ?? [];
  return of === alias && OF_FILE.has(column);
}
