/** The most frequent values of several columns, each counted for itself, in one pass over the events. */

import type { Dimension } from '../dimensions.js';
import { grouped } from '../grouped.js';
import type { Db } from '../store/open.js';
import { prepared } from '../store/statements.js';
import { type EventColumn, findColumn, named } from './columns/column.js';
import { groupingsBy, type Values } from './columns/grouping.js';
import { compareText } from './columns/order.js';
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
    const found = new Map(
      tallies.flatMap(tally => {
        const groups = tally.groups();
        return tally.columns.map((column, at) => [column, facetOf(column, groups, at, most)] as const);
      }),
    );
    return { facets: columns.map(column => found.get(column)!), events, spellings };
  });
}

/** Events that agree in the columns that are counted together. */
interface Group {
  values: Values;
  events: number;
}

/** Counts events by columns that are counted together. */
interface Tally {
  columns: readonly EventColumn[];
  add(chosen: Chosen): void;
  /** The groups, of which several may have the same values. */
  groups(): Group[];
}

/** Columns of one table are counted by its rows, which are few; what one of them has is added up afterwards. */
function talliesOf(db: Db, columns: readonly EventColumn[]): Tally[] {
  return [...grouped(columns, ({ home }) => home)].flatMap(([home, together]) =>
    home === 'event' ? together.map(column => tallyByValues(db, column)) : [tallyByRows(db, home, together)],
  );
}

function tallyByRows(db: Db, table: Dimension, columns: readonly EventColumn[]): Tally {
  const end = prepared(db, `SELECT coalesce(max(id), 0) FROM ${table}`).pluck().get() as number;
  const events = new Uint32Array(end + 1);
  const expressions = columns.map(({ expression }) => `CAST(${expression} AS TEXT)`).join(', ');
  return {
    columns,
    add({ segment, places }) {
      const pointers = segment.pointers(table);
      for (let i = 0; i < places.length; i++) events[pointers[places[i]!]!]!++;
    },
    groups() {
      const ids: number[] = [];
      for (let id = 1; id <= end; id++) if (events[id]! > 0) ids.push(id);
      const rows = prepared(
        db,
        `SELECT id, ${expressions} FROM ${table} WHERE id IN (SELECT value FROM json_each(?))`,
      )
        .raw(true)
        .all(JSON.stringify(ids)) as Array<[number, ...Values]>;
      const groups: Group[] = rows.map(([id, ...values]) => ({ values, events: events[id]! }));
      // Events that point to no row.
      if (events[0]! > 0) groups.push({ values: columns.map(({ ofNone }) => ofNone), events: events[0]! });
      return groups;
    },
  };
}

function tallyByValues(db: Db, column: EventColumn): Tally {
  const grouping = groupingsBy(db, [column])[0]!;
  const events = new Map<number, number>();
  return {
    columns: [column],
    add(one) {
      for (const code of grouping.codes(one)) events.set(code, (events.get(code) ?? 0) + 1);
    },
    groups: () => [...events].map(([code, count]) => ({ values: grouping.valuesOf(code), events: count })),
  };
}

function facetOf({ name }: EventColumn, groups: readonly Group[], at: number, most: number): Facet {
  const sums = new Map<string | null, number>();
  for (const { values, events } of groups) {
    const value = values[at] ?? null;
    sums.set(value, (sums.get(value) ?? 0) + events);
  }
  const first = createSmallest<FacetValue>(
    most,
    (a, b) => b.events - a.events || compareText(a.value, b.value),
  );
  for (const [value, events] of sums) first.add({ value, events });
  return { column: name, rows: first.sorted(), values: sums.size };
}
