/**
 * Grouping without reading events: what events point to, and how many point to the same, is in the columns of the index.
 * Where a SELECT groups one table and asks only for what stands in dimensions, and of times for no more than their minute,
 * hour or day, it reads those few rows, each with its number of events, and counts add these up.
 */

import { isoSecond } from '../../../cloudtrail/time.js';
import { DIMENSIONS, type Dimension } from '../../../dimensions.js';
import { ALIAS, viewColumns } from '../../../store/view.js';
import { finestGrain, unmarked } from '../emit/grain.js';
import { CLOSE, OPEN } from '../emit/literal.js';
import type { OwnTable } from '../emit/own-table.js';
import { aggregateOf, filterSql, withAggregates } from './aggregated.js';
import type { Bound } from './bound.js';
import { termsOf } from './conjunction.js';
import { columnsUsed, soleTable } from './finish.js';

/** The SQL with its counts and times as they are where a row is an event. */
export const ofEvents = (sql: string): string => withAggregates(unmarked(sql), aggregateOf);

/** The same where a row stands for as many events as it says: counts become sums. */
const ofWeights = (sql: string, alias: string): string =>
  withAggregates(unmarked(sql), aggregate => {
    const { kind, value, filter } = aggregate;
    if (kind !== 'count') return aggregateOf(aggregate);
    const weight = value === '*' ? `${alias}."n"` : `CASE WHEN ${value} IS NOT NULL THEN ${alias}."n" END`;
    return `coalesce(sum(${weight})${filterSql(filter)}, 0)`;
  });

/** Columns of the view that come from dimensions alone, and from which. */
const SOURCES: ReadonlyMap<string, readonly Dimension[]> = new Map(
  viewColumns().flatMap(({ column, expression }) => {
    const aliases = [...expression.matchAll(/\b([a-z])\./g)].map(match => match[1]!);
    const of = aliases.map(alias =>
      alias === 'b' ? 'bucket' : DIMENSIONS.find(name => name !== 'bucket' && ALIAS[name] === alias),
    );
    return aliases.length > 0 && of.every(name => name !== undefined)
      ? [[column, of as Dimension[]] as const]
      : [];
  }),
);

/** The dimensions that a column of the view comes from; undefined where it needs more. */
export const sourcesOf = (column: string): readonly Dimension[] | undefined => SOURCES.get(column);

export interface Weighable {
  /** SQL behind FROM. */
  from: string;
  where: Bound | undefined;
  /** The SELECT with another FROM and other conditions in it. */
  compose(from: string, conditions: readonly Bound[]): string;
  /** A name for the table. */
  name: string;
}

/** Seconds. */
const SHORTEST_GRAIN = 60;

/**
 * The SELECT on rows of dimensions and times that are cut; undefined where it needs more than they have.
 * Times of events are compared with constants alone, and only where all have CloudTrail's own form.
 */
export function weighed({
  from,
  where,
  compose,
  name,
}: Weighable): { sql: string; table: OwnTable } | undefined {
  const alias = soleTable(from);
  if (alias === undefined) return undefined;
  const table = { name, first: 0, last: Number.MAX_SAFE_INTEGER };
  const rest: Bound[] = [];
  for (const term of where ? termsOf(where) : []) {
    const range = timeRange(term, alias);
    if (!range) rest.push(term);
    else {
      table.first = Math.max(table.first, range.first);
      table.last = Math.min(table.last, range.last);
    }
  }
  const sql = compose(`${OPEN}${alias}=${name}${CLOSE} AS ${alias}`, rest);
  if (/\bOVER \(/.test(sql) && !/\bGROUP BY\b/.test(sql)) return undefined;
  const columns = columnsUsed(sql, alias);
  const grain = columns.has('eventtime') ? finestGrain(sql, alias) : undefined;
  // Of shorter times there are about as many as events.
  if (grain !== undefined && grain < SHORTEST_GRAIN) return undefined;
  const dimensions = new Set<Dimension>();
  for (const column of columns) {
    if (column === 'eventtime') continue;
    const sources = sourcesOf(column);
    if (!sources) return undefined;
    for (const dimension of sources) dimensions.add(dimension);
  }
  return {
    sql: ofWeights(sql, alias),
    table: { ...table, grain, dimensions: DIMENSIONS.filter(of => dimensions.has(of)) },
  };
}

const EXACT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const DAY = /^\d{4}-\d\d-\d\d$/;

/** The seconds that a comparison of eventtime with a constant leaves, where texts compare as times do. */
export function timeRange(term: Bound, alias: string): { first: number; last: number } | undefined {
  if (term.kind !== 'compare' || term.left.kind !== 'leaf' || term.left.sql !== `${alias}."eventtime"`)
    return undefined;
  const text = term.right.kind === 'constant' ? term.right.value : undefined;
  if (typeof text !== 'string' || !(EXACT.test(text) || DAY.test(text))) return undefined;
  const seconds = Date.parse(text) / 1000;
  // JavaScript reads 30 February as 1 March, and hour 24 as the next day.
  if (!Number.isInteger(seconds) || !isoSecond(seconds).startsWith(text.slice(0, 19))) return undefined;
  // No time is equal to a day, and those of the day come after it.
  const [before, after] = EXACT.test(text) ? [seconds - 1, seconds + 1] : [seconds - 1, seconds];
  const [low, high] = [0, Number.MAX_SAFE_INTEGER];
  switch (term.op) {
    case '<':
      return { first: low, last: before };
    case '<=':
      return { first: low, last: EXACT.test(text) ? seconds : before };
    case '>':
      return { first: after, last: high };
    case '>=':
      return { first: seconds, last: high };
    case '=':
      return EXACT.test(text) ? { first: seconds, last: seconds } : { first: 1, last: 0 };
    default:
      return undefined;
  }
}
