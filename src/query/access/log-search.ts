/** Finds any text in events and in lines, merged by time. */

import type { Db } from '../../store/open.js';
import { conditions } from '../filter/condition.js';
import { normalized } from '../filter/filter.js';
import { checkedLimit } from '../limit.js';
import type { LogSource } from '../log-source.js';
import { search } from '../search.js';
import {
  askedOf,
  type FoundHit,
  positionOf,
  type Search,
  type SearchOptions,
  type Start,
  startOf,
} from '../search-run.js';
import { beginReading } from '../snapshot.js';
import { makeToken } from '../token.js';
import { findCommonColumn } from './line-columns.js';
import { lineSearch } from './line-search.js';
import { placeIn } from './merged-pages.js';

/**
 * Searches lines, or lines and events.
 * @param options `source` is not cloudtrail: that is `search`
 * @throws UsageError `NOT_IN_LINES`, `NOT_IN_EVENTS`, and those of `search`
 */
export function logSearch(db: Db, options: SearchOptions, began: Date): Search {
  return options.source === 'all' ? searchOfAll(db, options, began) : lineSearch(db, options, began);
}

function searchOfAll(db: Db, options: SearchOptions, began: Date): Search {
  const { field, order = 'newest', limit, token, source, status: _, ...given } = options;
  const most = checkedLimit(limit);
  const column = field === undefined ? undefined : findCommonColumn(field);
  conditions(given, began);
  const question = { ...askedOf(options), source, filters: normalized(given) };
  const start = startOf(db, question, { token, began });
  const { after } = start;
  const startIn = (one: LogSource): Start => ({
    now: start.now,
    ...(after ? { after: placeIn(one, after) } : {}),
  });
  const events = search(
    db,
    { ...given, order, ...(column ? { field: column.event.column } : {}) },
    began,
    startIn('cloudtrail'),
  );
  const lines = lineSearch(
    db,
    { ...given, order, ...(column ? { field: column.line.name } : {}) },
    began,
    startIn('access-logs'),
  );
  const of = (one: LogSource = 'cloudtrail'): Search => (one === 'cloudtrail' ? events : lines);
  let next: string | undefined;
  return {
    *hits() {
      next = undefined;
      let left = most;
      if (left <= 0) return;
      const end = beginReading(db);
      try {
        for (const hit of merged(events.hits(), lines.hits(), order === 'newest')) {
          yield hit;
          if (--left > 0) continue;
          const { source = 'cloudtrail' } = hit;
          next = makeToken(db, question, { now: start.now, after: { ...positionOf(hit), value: source } });
          return;
        }
      } finally {
        end();
      }
    },
    count: () => Math.min(most, events.count() + lines.count()),
    nextToken: () => next,
    isCovered: () => events.isCovered() && lines.isCovered(),
    column: column?.name,
    spellings: events.spellings,
    match: (id, one) => of(one).match(id),
    locate: text => lines.locate(text),
  };
}

/** Hits of both by time; of the same time, an event is the newer one. */
function* merged(
  events: Iterable<FoundHit>,
  lines: Iterable<FoundHit>,
  isNewest: boolean,
): Generator<FoundHit> {
  const [ofEvents, ofLines] = [events[Symbol.iterator](), lines[Symbol.iterator]()];
  try {
    let [event, line] = [ofEvents.next(), ofLines.next()];
    while (!event.done || !line.done) {
      const isEvent = line.done || (!event.done && event.value.time >= line.value.time === isNewest);
      if (isEvent && !event.done) {
        yield { ...event.value, source: 'cloudtrail' };
        event = ofEvents.next();
      } else if (!line.done) {
        yield { ...line.value, source: 'access-logs' };
        line = ofLines.next();
      }
    }
  } finally {
    ofEvents.return?.();
    ofLines.return?.();
  }
}
