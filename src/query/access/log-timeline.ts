/** How many lines of access logs there were when, or events and lines together. */

import type { Db } from '../../store/open.js';
import { resolveFilters } from '../columns/spelling.js';
import { timesOf } from '../columns/time-test.js';
import { conditions } from '../filter/condition.js';
import { checkSource } from '../log-source.js';
import { inSnapshot } from '../snapshot.js';
import {
  stepsFrom,
  stepWidth,
  type Timed,
  type Timeline,
  type TimelineOptions,
  timedBy,
  timedEvents,
} from '../timeline.js';
import { findCommonColumn, findLineColumn } from './line-columns.js';
import { lineConditions } from './line-filters.js';
import { lineGroupings } from './line-groupings.js';
import { chosenLines, lineFailures } from './line-selection.js';
import { mergedCounts } from './merged-counts.js';

/**
 * Counts lines by time, or lines and events: a request that both recorded is two of them.
 * @param options `source` is not cloudtrail: that is `timeline`
 * @throws UsageError `NOT_IN_LINES`, `NOT_IN_EVENTS`, and those of `timeline`
 */
export function logTimeline(
  db: Db,
  { source, by, every, ...given }: TimelineOptions,
  now: Date,
): Timeline & { lines: number } {
  checkSource({ source, ...given });
  const shared = source === 'all' && by !== undefined ? findCommonColumn(by) : undefined;
  const column = shared?.line ?? (by === undefined ? undefined : findLineColumn(by));
  const wanted = every === undefined ? undefined : stepWidth(every);
  const ofLines = lineConditions(given, now);
  if (source === 'all') conditions(given, now);
  return inSnapshot(db, () => {
    const found = [...chosenLines(db, ofLines, timesOf(given, now))];
    const lines = found.reduce((sum, { places }) => sum + places.length, 0);
    const timedLines = timedBy(found, lineFailures(db), column ? lineGroupings(db, [column]) : []);
    const { filters, spellings } =
      source === 'all' ? resolveFilters(db, given) : { filters: given, spellings: ofLines.spellings };
    const timed =
      source === 'all' ? together(timedEvents(db, filters, now, shared?.event), timedLines) : timedLines;
    const steps = stepsFrom(timed, { from: given.from, to: given.to, every, wanted }, now);
    return { by: (shared ?? column)?.name, ...steps, lines, spellings };
  });
}

/** Both, with each value of a step once. */
function together(a: Timed, b: Timed): Timed {
  const spans = [a.span, b.span].filter(span => span !== undefined);
  return {
    span:
      spans.length === 0
        ? undefined
        : {
            first: Math.min(...spans.map(({ first }) => first)),
            last: Math.max(...spans.map(({ last }) => last)),
          },
    groups(origin, width) {
      const { codes, groupOf } = mergedCounts([...a.groups(origin, width), ...b.groups(origin, width)]);
      return Array.from(codes, groupOf);
    },
  };
}
