/** SQL of SQLite's own aggregates, marked until it is known what the rows are that they add up: events or more. */

import { CLOSE, OPEN } from '../emit/literal.js';

const OPENINGS = {
  count: 'count(',
  min: 'min(',
  max: 'max(',
  sum: 'sum(',
  'count distinct': 'count(DISTINCT ',
  'sum distinct': 'sum(DISTINCT ',
} as const;

/** One aggregate. */
export interface Aggregated {
  kind: keyof typeof OPENINGS;
  /** SQL of what is aggregated; `*` in `count(*)`. */
  value: string;
  /** SQL of the condition behind FILTER; empty where there is none. */
  filter: string;
}

const [KIND, VALUE, END] = ['(', '|', ')'] as const;
const MARKED = new RegExp(
  `${OPEN}\\${KIND}([a-z ]+)${CLOSE}(.*?)${OPEN}\\${VALUE}${CLOSE}(.*?)${OPEN}\\${END}${CLOSE}`,
  'gs',
);

/** The aggregate as it stands in SQL that nobody has written out yet. */
export const markedAggregate = ({ kind, value, filter }: Aggregated): string =>
  `${OPEN}${KIND}${kind}${CLOSE}${value}${OPEN}${VALUE}${CLOSE}${filter}${OPEN}${END}${CLOSE}`;

/** The SQL with each of its aggregates as `write` has it. */
export const withAggregates = (sql: string, write: (aggregate: Aggregated) => string): string =>
  sql.replaceAll(MARKED, (_, kind: Aggregated['kind'], value: string, filter: string) =>
    write({ kind, value, filter }),
  );

/** SQL of FILTER. */
export const filterSql = (condition: string): string =>
  condition === '' ? '' : ` FILTER (WHERE ${condition})`;

/** An aggregate over rows that are events. */
export const aggregateOf = ({ kind, value, filter }: Aggregated): string =>
  `${OPENINGS[kind]}${value})${filterSql(filter)}`;
