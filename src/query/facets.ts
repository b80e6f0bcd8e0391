/** The most frequent values of several columns, each counted for itself, in one pass over the events. */

import { grouped } from '../grouped.js';
import type { Db } from '../store/open.js';
import { type EventColumn, findColumn, named } from './columns/column.js';
import { countEach, createCounter, errorKinds, type Group } from './columns/counter.js';
import { groupingsBy } from './columns/grouping.js';
import { compareText } from './columns/order.js';
import { chosen, select } from './columns/selection.js';
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
  /** Number of those that failed. */
  errors: number;
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
    const isError = errorKinds(db);
    const counted = countedTogether(columns).map(together => ({
      together,
      counter: createCounter(isError, groupingsBy(db, together)),
    }));
    let events = 0;
    const all = chosen(select(db, filters, now));
    countEach(all, [
      ...counted.map(({ counter }) => counter),
      {
        add: ({ places }) => {
          events += places.length;
        },
      },
    ]);
    const found = new Map<EventColumn, Facet>();
    for (const { together, counter } of counted) {
      const groups = counter.groups();
      for (const [at, column] of together.entries())
        found.set(column, facetOf(column.name, groups, at, most));
    }
    return { facets: columns.map(column => found.get(column)!), events, spellings };
  });
}

/** Columns of one table, whose rows are few, are counted at once: what one of them has is added up afterwards. */
function countedTogether(columns: readonly EventColumn[]): EventColumn[][] {
  const ofTables = columns.filter(({ home }) => home !== 'event');
  return [
    ...grouped(ofTables, ({ home }) => home).values(),
    ...columns.filter(({ home }) => home === 'event').map(column => [column]),
  ];
}

function facetOf(column: string, groups: readonly Group[], at: number, most: number): Facet {
  const values = new Map<string | null, FacetValue>();
  for (const group of groups) {
    const value = group.values[at] ?? null;
    const sum = values.get(value) ?? { value, events: 0, errors: 0 };
    sum.events += group.events;
    sum.errors += group.errors;
    values.set(value, sum);
  }
  const first = createSmallest<FacetValue>(
    most,
    (a, b) => b.events - a.events || compareText(a.value, b.value),
  );
  for (const value of values.values()) first.add(value);
  return { column, rows: first.sorted(), values: values.size };
}
