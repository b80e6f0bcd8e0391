/**
 * Grouping by a map. SQLite sorts all rows to group them by what is computed; most statements have few groups. So one
 * function of ours takes the keys and the values of each row and keeps the groups, and the SELECT is then one of these.
 * Where there turn out to be too many of them, SQLite sorts as it would have done.
 */

import { unmarked } from '../emit/grain.js';
import { CLOSE, OPEN } from '../emit/literal.js';
import type { Tally, TallyKind } from '../emit/own-table.js';
import { type Aggregated, aggregateOf, withAggregates } from './aggregated.js';
import { type GroupKey, withKeys } from './group.js';

const [SCAN, GROUPED, SORTED, END] = ['<', '-', '+', '>'] as const;
const mark = (sign: string, name: string): string => `${OPEN}${sign}${name}${CLOSE}`;
const CHOICES = new RegExp(
  `${mark(SCAN, '(\\w+)')}(.*?)${mark(GROUPED, '\\1')}(.*?)${mark(`\\${SORTED}`, '\\1')}(.*?)${mark(END, '\\1')}`,
  'gs',
);

export interface Tallied {
  /** SQL of FROM and WHERE, whose one table has the alias. */
  rows: string;
  alias: string;
  keys: readonly GroupKey[];
  /** The SELECT of rows, its keys and aggregates marked. */
  select(rows: string): string;
  /** The SELECT as SQLite runs it alone. */
  sorted: string;
  /** A name for the groups. */
  name: string;
}

/** The SELECT in both ways, between which `withTallies` decides; undefined where it needs more of a row than groups have. */
export function tallied({
  rows,
  alias,
  keys,
  select,
  sorted,
  name,
}: Tallied): { sql: string; tally: Tally } | undefined {
  const values = keys.flatMap(({ sql }) => (sql === undefined ? [] : [sql]));
  if (values.length === 0) return undefined;
  const held: Array<{ kind: TallyKind; value: string }> = [];
  const column = (value: string): string => {
    const place = values.indexOf(value);
    return `${alias}."g${place >= 0 ? place : values.push(value) - 1}"`;
  };
  /** A group is one of those that SQLite adds up: equal values may have several forms. */
  const ofGroups = (aggregate: Aggregated): string => {
    const { kind, filter } = aggregate;
    const value = aggregate.value === '*' ? '1' : aggregate.value;
    const own = filter === '' ? value : `CASE WHEN ${filter} THEN ${value} END`;
    if (kind === 'count distinct' || kind === 'sum distinct')
      return aggregateOf({ kind, value: column(own), filter: '' });
    const place = held.findIndex(other => other.value === own && other.kind === kind);
    const of = `${alias}."a${place >= 0 ? place : held.push({ kind, value: own }) - 1}"`;
    return kind === 'count' ? `coalesce(sum(${of}), 0)` : aggregateOf({ kind, value: of, filter: '' });
  };
  const keyed = withKeys(unmarked(select(` FROM ${name} AS ${alias}`)), keys, ({ sql, valueSql }) =>
    sql === undefined ? valueSql : column(sql),
  );
  const grouped = withAggregates(keyed, ofGroups);
  if (new RegExp(`\\b${alias}\\.(?!"[ga]\\d+")`).test(grouped)) return undefined;
  const given = [...new Set([...values, ...held.map(({ value }) => value)])];
  const scan = unmarked(`SELECT count(${name}_row(${given.join(', ')}))${rows}`);
  return {
    sql: `${mark(SCAN, name)}${scan}${mark(GROUPED, name)}${grouped}${mark(SORTED, name)}${sorted}${mark(END, name)}`,
    tally: {
      name,
      keys: values.length,
      held: held.map(({ kind, value }) => ({ kind, place: given.indexOf(value) })),
    },
  };
}

/** Whether rows are such groups themselves: there are few, then. */
export const areTallied = (rows: string): boolean => rows.includes(`${OPEN}${SCAN}`);

/** The statement with its groups in one of both ways: `isTallied` counts the rows of a scan, and says whether it could. */
export const withTallies = (sql: string, isTallied: (name: string, scan: string) => boolean): string =>
  sql.replaceAll(CHOICES, (_, name: string, scan: string, grouped: string, sorted: string) =>
    isTallied(name, scan) ? grouped : sorted,
  );
