/** Lines in order, page by page: after the place of the last one, never by counting from the start. */

import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import type { Order } from '../columns/order.js';
import { type Pages, type Position, UNTIMED } from '../columns/page.js';
import type { Sql } from '../filter/sql-text.js';
import type { LineColumn } from './line-columns.js';

export interface LineOrder {
  order: Order;
  /** A column to sort by before the time. */
  by?: { column: LineColumn; descending: boolean } | undefined;
}

/**
 * Pages of lines.
 * @param where the condition on `access_log AS l`
 * @param joins tables behind `s3_access_logs`, for a column to sort by
 */
export function createLinePages(
  db: Db,
  { where, joins, order, by }: LineOrder & { where: Sql; joins: string },
): Pages {
  return by ? sortedPages(db, { where, joins, order, by }) : timePages(db, where, order);
}

const direction = (descending: boolean): 'DESC' | 'ASC' => (descending ? 'DESC' : 'ASC');

/** By time: lines with a time through an index on it, the others apart. */
function timePages(db: Db, where: Sql, order: Order): Pages {
  const isNewest = order === 'newest';
  const to = direction(isNewest);
  const sign = isNewest ? '<' : '>';
  const timed = (isFirst: boolean): string => `SELECT l.id, l.time FROM access_log AS l
    WHERE l.time IS NOT NULL AND ${where.text}${isFirst ? '' : ` AND (l.time, l.id) ${sign} (?, ?)`}
    ORDER BY l.time ${to}, l.id ${to} LIMIT ?`;
  const untimed = (isFirst: boolean): string => `SELECT l.id, ${UNTIMED} FROM access_log AS l
    WHERE l.time IS NULL AND ${where.text}${isFirst ? '' : ` AND l.id ${sign} ?`}
    ORDER BY l.id ${to} LIMIT ?`;
  const read = (sql: string, values: readonly unknown[]): Position[] =>
    (
      prepared(db, sql)
        .raw(true)
        .all(...where.params, ...values) as Array<[number, number]>
    ).map(([id, time]) => ({ id, time }));

  return {
    next(limit, after) {
      const isPast = after?.time === UNTIMED;
      const found: Position[] = [];
      for (const isTimed of isNewest ? [true, false] : [false, true]) {
        // Those without a time are the last of the newest, and the first of the oldest.
        if (after && isTimed && isPast && isNewest) continue;
        if (after && !isTimed && !isPast && !isNewest) continue;
        const isInside = after !== undefined && isPast !== isTimed;
        const left = limit - found.length;
        if (left <= 0) break;
        found.push(
          ...read(isTimed ? timed(!isInside) : untimed(!isInside), [
            ...(isInside ? (isTimed ? [after.time, after.id] : [after.id]) : []),
            left,
          ]),
        );
      }
      return found;
    },
  };
}

/** By a column, then by time, then by row. A text that is NULL comes before all others. */
function sortedPages(
  db: Db,
  {
    where,
    joins,
    order,
    by: { column, descending },
  }: Required<LineOrder> & {
    by: NonNullable<LineOrder['by']>;
    where: Sql;
    joins: string;
  },
): Pages {
  const value = `(${column.expression})`;
  const time = `coalesce(l.time, ${UNTIMED})`;
  const [by, to] = [direction(descending), direction(order === 'newest')];
  const later = `(${time}, l.id) ${order === 'newest' ? '<' : '>'} (@time, @id)`;
  const beyond = descending
    ? `${value} < @value OR (@value IS NOT NULL AND ${value} IS NULL)`
    : `${value} > @value OR (@value IS NULL AND ${value} IS NOT NULL)`;
  const sql = (isFirst: boolean): string => `SELECT l.id, ${time}, ${value} FROM ${joins}
    WHERE ${named(where).text}${isFirst ? '' : ` AND (${beyond} OR (${value} IS @value AND ${later}))`}
    ORDER BY ${value} ${by}, ${time} ${to}, l.id ${to} LIMIT @limit`;
  const typed = (text: string | null | undefined): string | number | null =>
    text === null || text === undefined ? null : column.isNumber ? Number(text) : text;

  return {
    next: (limit, after) =>
      (
        prepared(db, sql(after === undefined))
          .raw(true)
          .all({
            ...named(where).params,
            limit,
            ...(after ? { time: after.time, id: after.id, value: typed(after.value) } : {}),
          }) as Array<[number, number, string | number | null]>
      ).map(([id, time, value]) => ({ id, time, value: value === null ? null : String(value) })),
  };
}

/** The same condition with its values under names, beside which there are others. */
function named({ text, params }: Sql): { text: string; params: Record<string, unknown> } {
  let next = 0;
  return {
    text: text.replaceAll(/'(?:[^']|'')*'|\?/g, token => (token === '?' ? `@w${next++}` : token)),
    params: Object.fromEntries(params.map((value, i) => [`w${i}`, value])),
  };
}
