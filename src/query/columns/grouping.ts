/** What events are counted and sorted by: numbers for the values of columns. */

import type { Dimension } from '../../dimensions.js';
import type { Db } from '../../store/open.js';
import { expressionOf } from '../../store/view.js';
import type { Grouping } from './codes.js';
import type { EventColumn } from './column.js';
import { groupingByPointer, type RowValues, rowGrouping } from './row-grouping.js';
import { groupingByValues } from './row-values.js';
import { secondsOf } from './selection.js';

/** The groupings of columns: those that are in one table together are one. */
export const groupingsBy = (db: Db, columns: readonly EventColumn[]): Grouping[] =>
  groupingsOf(columns, {
    homeOf: ({ home }) => (home === 'event' ? undefined : home),
    together: (home, of) => groupingByPointer(home, rowGrouping(db, valuesIn(home, of))),
    alone: column => byOwnRows(db, column),
  });

/**
 * Makes one grouping of columns that stand side by side and are in one table.
 * @param how.homeOf the table; undefined for a column that is in none: a grouping of its own
 */
export function groupingsOf<C, P extends string>(
  columns: readonly C[],
  how: {
    homeOf(column: C): P | undefined;
    together(home: P, columns: readonly C[]): Grouping<P>;
    alone(column: C): Grouping<P>;
  },
): Array<Grouping<P>> {
  const homes = columns.map(how.homeOf);
  const groupings: Array<Grouping<P>> = [];
  for (let at = 0; at < columns.length; ) {
    const home = homes[at];
    let end = at + 1;
    while (home !== undefined && homes[end] === home) end++;
    groupings.push(home === undefined ? how.alone(columns[at]!) : how.together(home, columns.slice(at, end)));
    at = end;
  }
  return groupings;
}

/** Columns of a table that events point to. */
export const valuesIn = (table: Dimension, columns: readonly EventColumn[]): RowValues => ({
  table,
  expressions: columns.map(({ expression }) => expression),
  ofNone: columns.map(({ ofNone }) => ofNone),
});

/** Of a column that only events' rows have: out of pages, or in the narrow table of events where the view takes it from it. */
function byOwnRows(db: Db, { column }: EventColumn): Grouping {
  const [, alias, own] = /^([ed])\.(\w+)$/.exec(expressionOf(column)!) ?? [];
  const stored = own === undefined ? undefined : { table: alias === 'e' ? 'event' : 'detail', column: own };
  return groupingByValues(db, {
    name: column,
    stored,
    ...(alias === 'e'
      ? { id: 'id', select: `SELECT id, CAST(${own} AS TEXT) AS value FROM event` }
      : {
          id: 'event_rowid',
          select: `SELECT event_rowid, CAST("${column}" AS TEXT) AS value FROM cloudtrail_logs`,
        }),
  });
}

/** Time in steps of `width` seconds from `origin`; the value is the step's first second, or null without a time. */
export function groupingByTime<P extends string>(origin: number, width: number): Grouping<P> {
  return {
    codes({ segment, places }) {
      const times = segment.times();
      const hasOdd = segment.oddTimes.size > 0;
      return places.map(place => {
        const seconds = hasOdd ? secondsOf(segment, place) : times[place];
        return seconds === undefined ? 0 : Math.floor((seconds - origin) / width) + 1;
      });
    },
    valuesOf: code => [code === 0 ? null : String(origin + (code - 1) * width)],
  };
}
