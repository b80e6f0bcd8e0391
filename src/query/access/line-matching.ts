/** Decides which of a few lines match a search: by the values they have of their own and what they point to, or read whole. */

import { LINE_SQL } from '../../store/access-view.js';
import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { inParts, type RowSet } from '../../store/text/row-set.js';
import { LINE_TEXT, MOST_ROWS, rowsAtOnce } from '../../store/text/rows.js';
import { comparableTime } from '../../store/times.js';
import { plainViews, viewOf } from '../../views.js';
import type { Sql } from '../filter/sql-text.js';
import type { BoundForm, Query, QueryOf } from '../text/bound.js';
import { LINES } from '../text/corpus.js';
import { type Matching, type SearchHit, satisfies } from '../text/matching.js';
import type { LineColumn } from './line-columns.js';
import { LINE_JOINS } from './statement.js';

/** The time of a line as times.ts reads it. */
export const TIME_TEXT = "coalesce('@' || l.time, '@')";

/** What is searched of a line: one of its columns, or the line as it was written and its decoded key. */
export const textsOfLine = (column: LineColumn | undefined): string[] =>
  column ? [`CAST(${column.expression} AS TEXT)`] : [LINE_SQL, 'l.decoded_key'];

/** Reads lines, or one of their columns, and tells which match. */
export function textMatching(db: Db, query: Query, where: Sql, column: LineColumn | undefined): Matching {
  const texts = textsOfLine(column);
  const select = `SELECT l.id, ${TIME_TEXT}, ${texts.join(', ')} FROM ${LINE_JOINS}`;
  const inRange = `${select} WHERE l.id BETWEEN ? AND ? AND ${where.text}`;
  const inList = `${select} WHERE l.id IN (SELECT value FROM json_each(?)) AND ${where.text}`;
  return set => {
    const hits: SearchHit[] = [];
    for (const part of inParts(set, rowsAtOnce(db, MOST_ROWS))) {
      const isRange = 'first' in part;
      const rows = prepared(db, isRange ? inRange : inList)
        .raw(true)
        .all(...(isRange ? [part.first, part.last] : [JSON.stringify(part)]), ...where.params) as Array<
        [number, string, ...Array<string | null>]
      >;
      for (const [id, time, ...values] of rows) {
        const views = values.flatMap(text => (text === null ? [] : plainViews(text))).map(viewOf);
        if (satisfies(query, pattern => pattern.some(form => views.some(view => form.find(view)))))
          hits.push({ id, time: comparableTime(time) });
      }
    }
    return hits;
  };
}

/**
 * The same of whole lines, without putting a line together where its values tell. A text without what stands between
 * fields lies in one value of its own, or in a row it points to; of any other its pieces do.
 */
export function lineMatching(
  db: Db,
  query: Query,
  bound: QueryOf<readonly BoundForm[]>,
  where: Sql,
): Matching {
  const all = [...bound.wanted, ...bound.unwanted].flat();
  const isDecided = all.every(({ form }) => form.isWhole);
  // Without pieces every line would be read twice.
  if (bound.wanted.flat().some(({ pieces }) => pieces.length === 0))
    return textMatching(db, query, where, undefined);
  const read = textMatching(db, query, ALL, undefined);
  const asked = isDecided ? bound : { ...bound, unwanted: [] };
  return set => {
    const hits: SearchHit[] = [];
    for (const { id, time, pointers, own } of ownValues(db, set, where)) {
      const views = plainViews(own).map(viewOf);
      const holds = ({ pieces }: BoundForm): boolean =>
        pieces.every(
          piece =>
            (piece.isInRows && pointers.some((row, i) => row > 0 && piece.isInRow(i, row))) ||
            piece.holds(views),
        );
      if (satisfies(asked, pattern => pattern.some(holds))) hits.push({ id, time: comparableTime(time) });
    }
    return isDecided || hits.length === 0 ? hits : read(hits.map(({ id }) => id));
  };
}

const ALL: Sql = { text: '1', params: [] };

/** A line in parts. */
interface OwnValues {
  id: number;
  time: string;
  /** The rows that it points to, in the order of the dimensions, 0 for none. */
  pointers: number[];
  /** The values that it has of its own, a line each, or the whole line. */
  own: string;
}

function* ownValues(db: Db, set: RowSet, where: Sql): Generator<OwnValues> {
  const pointers = LINES.dimensions.map(({ column }) => `coalesce(l.${column}, 0)`);
  const select = `SELECT l.id, ${TIME_TEXT}, ${LINE_TEXT}, ${pointers.join(', ')} FROM access_log AS l NOT INDEXED`;
  for (const part of inParts(set, rowsAtOnce(db, MOST_ROWS))) {
    const isRange = 'first' in part;
    const rows = prepared(
      db,
      `${select} WHERE l.id ${isRange ? 'BETWEEN ? AND ?' : 'IN (SELECT value FROM json_each(?))'} AND ${where.text}`,
    )
      .raw(true)
      .all(...(isRange ? [part.first, part.last] : [JSON.stringify(part)]), ...where.params) as Array<
      [number, string, string, ...number[]]
    >;
    for (const [id, time, own, ...pointers] of rows) yield { id, time, own, pointers };
  }
}
