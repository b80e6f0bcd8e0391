/** The most frequent values of several columns, each counted for itself, in one pass over the events. */

import type { Dimension } from '../dimensions.js';
import { grouped } from '../grouped.js';
import type { Db } from '../store/open.js';
import type { Values } from './columns/codes.js';
import { type EventColumn, findColumn, named } from './columns/column.js';
import { groupingsBy, valuesIn } from './columns/grouping.js';
import { compareText } from './columns/order.js';
import { rowGrouping } from './columns/row-grouping.js';
import { type Chosen, chosen, select } from './columns/selection.js';
import { createSmallest } from './columns/smallest.js';
import { resolveFilters, type Spelling } from './columns/spelling.js';
import type { Filters } from './filter/filter.js';
import { checkedLimit } from './limit.js';
import { inSnapshot } from './snapshot.js';

export interface FacetsOptions extends Filters {
  /** Names of columns; events are counted by each of them alone. */
  columns: readonly string[];
  /** Maximum number of values of each column. Default: all. */
  limit?: number | undefined;
}

export interface FacetValue {
  /** null where an event has none. */
  value: string | null;
  /** Number of events. */
  events: number;
}

export interface Facet {
  /** Name of the column. */
  column: string;
  /** The values, those of the most events first. */
  rows: FacetValue[];
  /** Number of values, those beyond the limit included. */
  values: number;
}

export interface Facets {
  /** In the order of the columns. */
  facets: Facet[];
  /** Number of events. */
  events: number;
  /** What became of values of filters that no event has as they were given. */
  spellings: Spelling[];
}

/**
 * Counts the events by each of the columns.
 * @throws UsageError `BAD_LIMIT`, `NO_COLUMN`, `NO_SUCH_COLUMN`, `BAD_TIME`, `BAD_ADDRESS`, `BAD_VALUE`, `EMPTY_RANGE`
 */
export function facets(db: Db, { columns: names, limit, ...given }: FacetsOptions, now: Date): Facets {
  const most = checkedLimit(limit);
  const columns = named(names).map(findColumn);
  return inSnapshot(db, () => {
    const { filters, spellings } = resolveFilters(db, given);
    const tallies = talliesOf(db, columns);
    let events = 0;
    for (const one of chosen(select(db, filters, now))) {
      events += one.places.length;
      for (const tally of tallies) tally.add(one);
      one.segment.release();
    }
    const found = new Map(tallies.flatMap(tally => tally.counted()));
    return { facets: columns.map(column => facetOf(column, found.get(column)!, most)), events, spellings };
  });
}

/** How many events have each value of a column, by the value's number. */
interface Counted {
  events: ReadonlyMap<number, number>;
  valuesOf(code: number): Values;
}

/** Counts events by columns that are counted together. */
interface Tally {
  add(chosen: Chosen): void;
  counted(): Array<[EventColumn, Counted]>;
}

/** Columns of one table are counted by its rows, which are few; what one of them has is added up afterwards. */
function talliesOf(db: Db, columns: readonly EventColumn[]): Tally[] {
  return [...grouped(columns, ({ home }) => home)].flatMap(([home, together]) =>
    home === 'event' ? together.map(column => tallyByValues(db, column)) : [tallyByRows(db, home, together)],
  );
}

function tallyByRows(db: Db, table: Dimension, columns: readonly EventColumn[]): Tally {
  const groupings = columns.map(column => [column, rowGrouping(db, valuesIn(table, [column]))] as const);
  const events = new Uint32Array(groupings[0]![1].rows);
  return {
    add({ segment, places }) {
      const pointers = segment.pointers(table);
      for (let i = 0; i < places.length; i++) events[pointers[places[i]!]!]!++;
    },
    counted() {
      const rows = new Uint32Array(events.length);
      let count = 0;
      for (let row = 0; row < events.length; row++) if (events[row]! > 0) rows[count++] = row;
      const seen = rows.subarray(0, count);
      return groupings.map(([column, { codesOf, valuesOf }]) => {
        const sums = new Map<number, number>();
        for (const [i, code] of codesOf(seen).entries())
          sums.set(code, (sums.get(code) ?? 0) + events[seen[i]!]!);
        return [column, { events: sums, valuesOf }];
      });
    },
  };
}

function tallyByValues(db: Db, column: EventColumn): Tally {
  const { codes, valuesOf } = groupingsBy(db, [column])[0]!;
  const events = new Map<number, number>();
  return {
    add(one) {
      for (const code of codes(one)) events.set(code, (events.get(code) ?? 0) + 1);
    },
    counted: () => [[column, { events, valuesOf }]],
  };
}

function facetOf({ name }: EventColumn, { events, valuesOf }: Counted, most: number): Facet {
  const first = createSmallest<FacetValue>(
    most,
    (a, b) => b.events - a.events || compareText(a.value, b.value),
  );
  for (const [code, count] of events) first.add({ value: valuesOf(code)[0] ?? null, events: count });
  return { column: name, rows: first.sorted(), values: events.size };
}
