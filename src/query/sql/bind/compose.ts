/** Puts a bound SELECT together. */

import type { PointedBy } from '../emit/own-table.js';
import { BOOLEAN, timestampTz } from '../types.js';
import { sortable } from '../values.js';
import type { Bound } from './bound.js';
import { conjunction } from './conjunction.js';
import { byEvents, columnsUsed, narrowedTo, needDetails, readWhole, soleTable } from './finish.js';
import { firstOf } from './first-by-time.js';
import { areFound, foundBy } from './found.js';
import { type Groups, groupSql, withKeys } from './group.js';
import { neededTexts } from './needed.js';
import { type Tail, tailSql } from './output.js';
import { filesThatMayHold } from './partitions.js';
import { pointedBy } from './pointed.js';
import type { Binding } from './scope.js';
import { extraColumns, outsideOrder, setsSql, tiesSql } from './select-sql.js';
import type { SortKey } from './sort-key.js';

/** The parts of a SELECT. */
export interface SelectParts {
  isDistinct: boolean;
  tail: Tail;
  keys: readonly SortKey[];
  /** SQL of the columns of the result, each with its name. */
  values: readonly string[];
  groups: Groups | undefined;
  /** Which of them are times with a zone. */
  zoned: readonly boolean[];
  /** SQL of HAVING. */
  having: string | undefined;
  binding: Binding;
}

const names = (values: readonly string[]): string => values.map((_, i) => `c${i}`).join(', ');

/**
 * The columns that values of one table need, where one of them is computed by a JavaScript function: with a LIMIT they are
 * sorted first, and only the rows that stay are computed, and may fail.
 */
function laterProjection(
  from: string,
  values: readonly string[],
): { alias: string; columns: string } | undefined {
  const alias = soleTable(from);
  const sql = values.join(', ');
  if (alias === undefined || !/\bot\d+_\d+\(/.test(sql) || /\bSELECT\b|\bOVER \(/.test(sql)) return undefined;
  const columns = columnsUsed(sql, alias);
  if (columns.size === 0) return undefined;
  return { alias, columns: Array.from(columns, column => `${alias}."${column}" AS "${column}"`).join(', ') };
}

/** What makes the SQL of a SELECT. */
export interface Composer {
  /** FROM and WHERE: the rows that it is made of. */
  rows(from: string, conditions: readonly Bound[]): string;
  /** The SELECT of such rows; its keys of GROUP BY stand for themselves, and its aggregates are marked. */
  select(rows: string, from: string): string;
}

export function composer(parts: SelectParts): Composer {
  const { isDistinct, tail, keys, values, zoned, groups, having, binding } = parts;
  const { emitter } = binding.context;
  const distinct = isDistinct ? 'DISTINCT ' : '';
  const group = groups && groups.keys.length > 0 ? ` GROUP BY ${groups.keys.map(groupSql).join(', ')}` : '';
  /** FROM with what says in which order its events are best read. */
  const isByTime = !groups && !isDistinct && keys[0]?.isTime === true;
  const inOrder = (from: string, conditions: readonly Bound[]): string => {
    if (isByTime) return byEvents(from);
    if (!areFound(conditions)) return readWhole(from);
    return groups || isDistinct ? from : byEvents(from);
  };
  /** FROM with what its conditions need to find in a record, and in which files. */
  const narrowed = (
    ordered: string,
    from: string,
    { conditions, pointed, rest }: { conditions: readonly Bound[]; pointed: PointedBy[]; rest: string },
  ): string => {
    const alias = soleTable(from);
    if (alias === undefined) return ordered;
    const needed = neededTexts({ kind: 'and', type: BOOLEAN, terms: [...conditions] });
    const files = filesThatMayHold(conditions, alias);
    // With a LIMIT alone, or where an index gives the order, few events are read.
    const readsAll = !isByTime && (groups !== undefined || isDistinct || keys.length > 0 || !tail.limit);
    const used = withKeys([...values, rest].join(), groups?.keys ?? []);
    const details = readsAll && needDetails(columnsUsed(used, alias));
    const found = details ? foundBy(conditions, alias) : [];
    const firstByTime = isByTime ? firstOf(parts, conditions, alias) : undefined;
    if (!needed && !files && !firstByTime && found.length === 0 && pointed.length === 0) return ordered;
    const name = `${emitter.prefix}n${emitter.narrowings.length}`;
    emitter.narrowings.push({ name, needed, files, found, pointed, isInOrder: !readsAll, firstByTime });
    return narrowedTo(ordered, name);
  };
  const rows: Composer['rows'] = (from, conditions) => {
    const alias = soleTable(from);
    const { pointed, written } = pointedBy(conditions, alias, emitter);
    const filter = conditions.length > 0 ? ` WHERE ${conjunction(conditions, emitter, written)}` : '';
    const rest = filter + group;
    const source =
      from && ` FROM ${narrowed(inOrder(from, conditions), from, { conditions, pointed, rest })}`;
    return source + filter;
  };
  const select: Composer['select'] = (rows, from) => {
    if (groups?.hasSets) return setsSql(values, keys, groups, { rows, having, distinct }, tail, binding);
    const rest = `${rows}${group}${having ? ` HAVING ${having}` : ''}`;
    const selected = (list: readonly string[]): string => `SELECT ${distinct}${list.join(', ')}${rest}`;
    if (tail.withTies && tail.limit)
      return tiesSql(selected([...values, ...extraColumns(keys)]), values, keys, tail, binding);
    // SQLite takes all rows for one, and HAVING, only where the result holds an aggregate; one row has no order.
    if ((having || groups?.isWhole) && group === '')
      return `SELECT ${names(values)} FROM (${selected([...values, 'count(*) AS n'])})${tailSql([], tail, binding)}`;
    const first = laterProjection(from, values);
    if (first !== undefined && keys.length > 0 && tail.limit && !groups && !isDistinct) {
      const order = keys.map(({ inside }) => inside);
      const sorted = `SELECT ${first.columns}${rest}${tailSql(order, tail, binding)}`;
      return `SELECT ${values.join(', ')} FROM (${sorted}) AS ${first.alias}`;
    }
    // The same time in two zones is one value: SQLite's DISTINCT would take it for two.
    if (isDistinct && zoned.some(Boolean)) {
      const groupBy = zoned.map((isZoned, i) => (isZoned ? sortable(timestampTz(), `c${i}`) : `c${i}`));
      const inner = `SELECT ${values.join(', ')}${rest}`;
      return `SELECT ${names(values)} FROM (${inner}) GROUP BY ${groupBy.join(', ')}${tailSql(outsideOrder(keys), tail, binding)}`;
    }
    return `${selected(values)}${tailSql(
      keys.map(({ inside }) => inside),
      tail,
      binding,
    )}`;
  };
  return { rows, select };
}
