/** Conditions on dimensions by which an index finds events: of what many events point to, it is better not taken. */

import type { Dimension } from '../../../dimensions.js';
import { EVENT_INDEX_OF } from '../../../store/text/rows.js';
import { ALIAS, expressionOf } from '../../../store/view.js';
import { joined, native } from '../emit/emit.js';
import type { FoundBy } from '../emit/own-table.js';
import { type Bound, partsOf } from './bound.js';
import { termsOf } from './conjunction.js';
import { isFound } from './finish.js';
import { sourcesOf } from './weigh.js';

const COLUMNS = /'(?:[^']|'')*'|\b(\w+)\."(\w+)"/g;

/** Whether conditions leave it to an index which events are read: those that SQLite compares by itself. */
export const areFound = (conditions: readonly Bound[]): boolean =>
  conditions.flatMap(termsOf).some(term => isFound(native(term) ?? ''));

/**
 * The dimensions by which conditions find events.
 * @param alias of the table that the conditions are on
 * @returns none where something else finds them as well, as a time does
 */
export function foundBy(conditions: readonly Bound[], alias: string): FoundBy[] {
  const terms = new Map<Dimension, string[]>();
  for (const term of conditions.flatMap(termsOf)) {
    const sql = native(term);
    if (sql === undefined || !isFound(sql)) continue;
    const dimension = isOfColumns(term) ? soleDimension(sql, alias) : undefined;
    if (dimension === undefined) return [];
    terms.set(dimension, [...(terms.get(dimension) ?? []), sql]);
  }
  return Array.from(terms, ([dimension, of]) => ({ dimension, rows: rowsWhere(dimension, of) }));
}

/** SQL of the ids of the rows of a dimension for which conditions on columns of the view hold. */
export function rowsWhere(dimension: Dimension, conditions: readonly string[]): string {
  const short = aliasOf(dimension);
  const where = joined(conditions, ' AND ').replaceAll(COLUMNS, (text, _table, column?: string) =>
    column === undefined ? text : expressionOf(column)!,
  );
  return `SELECT ${short}.id FROM ${dimension} AS ${short} WHERE ${where}`;
}

const aliasOf = (dimension: Dimension): string => (dimension === 'bucket' ? 'b' : ALIAS[dimension]);

/** Whether a condition compares columns with constants, and with no other table or query. */
export const isOfColumns = (bound: Bound): boolean =>
  bound.kind === 'leaf' ? /^\w+\."\w+"$/.test(bound.sql) : partsOf(bound).every(isOfColumns);

/** The dimension that all columns in a condition come from, where an index leads from it to events. */
function soleDimension(sql: string, alias: string): Dimension | undefined {
  const dimension = dimensionOf(sql, alias);
  return dimension !== undefined && dimension !== 'bucket' && hasIndex(dimension) ? dimension : undefined;
}

export const hasIndex = (dimension: Dimension): boolean =>
  dimension === 'bucket' || EVENT_INDEX_OF[dimension] !== undefined;

/** The dimension that all columns in SQL come from. */
export function dimensionOf(sql: string, alias: string): Dimension | undefined {
  const dimensions = new Set<Dimension | undefined>();
  for (const [, table, column] of sql.matchAll(COLUMNS)) {
    if (column === undefined) continue;
    const sources = table === alias ? sourcesOf(column) : undefined;
    for (const of of sources ?? [undefined]) dimensions.add(of);
  }
  const [sole] = dimensions;
  return dimensions.size === 1 ? sole : undefined;
}
