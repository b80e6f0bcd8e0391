/** The most frequent values of columns of access logs, or of events and lines together. */

import type { Db } from '../../store/open.js';
import { named } from '../columns/column.js';
import { count, countEach, createCounter } from '../columns/counter.js';
import { groupingsBy } from '../columns/grouping.js';
import { chosen, select } from '../columns/selection.js';
import { resolveFilters } from '../columns/spelling.js';
import { timesOf } from '../columns/time-test.js';
import { conditions } from '../filter/condition.js';
import { checkedLimit } from '../limit.js';
import { checkSource } from '../log-source.js';
import { inSnapshot } from '../snapshot.js';
import { ranked, type Top, type TopOptions } from '../top.js';
import { findCommonColumn, findLineColumn } from './line-columns.js';
import { lineConditions } from './line-filters.js';
import { lineGroupings } from './line-groupings.js';
import { chosenLines, lineFailures } from './line-selection.js';
import { mergedCounts } from './merged-counts.js';

/**
 * Counts lines by the columns, or lines and events: a request that both recorded is two of them.
 * @param options `source` is not cloudtrail: that is `top`
 * @throws UsageError `NOT_IN_LINES`, `NOT_IN_EVENTS`, and those of `top`
 */
export function logTop(
  db: Db,
  { source, columns: names, sort = 'events', limit, ...given }: TopOptions,
  now: Date,
): Top & { lines: number } {
  checkSource({ source, ...given });
  const most = checkedLimit(limit);
  const shared = source === 'all' ? named(names).map(findCommonColumn) : undefined;
  const columns = shared?.map(({ line }) => line) ?? named(names).map(findLineColumn);
  const ofLines = lineConditions(given, now);
  if (shared) conditions(given, now);
  return inSnapshot(db, () => {
    const counter = createCounter(lineFailures(db), lineGroupings(db, columns));
    countEach(chosenLines(db, ofLines, timesOf(given, now)), [counter]);
    const counts = counter.counts();
    let lines = 0;
    for (const code of counts.codes) lines += counts.events[code]!;
    const shown = (shared ?? columns).map(({ name }) => name);
    if (!shared)
      return { columns: shown, ...ranked(counts, sort, most), lines, spellings: ofLines.spellings };
    const { filters, spellings } = resolveFilters(db, given);
    const groupings = groupingsBy(
      db,
      shared.map(({ event }) => event),
    );
    const events = count(db, chosen(select(db, filters, now)), groupings).groups();
    return {
      columns: shown,
      ...ranked(mergedCounts([...events, ...counter.groups()]), sort, most),
      lines,
      spellings,
    };
  });
}
