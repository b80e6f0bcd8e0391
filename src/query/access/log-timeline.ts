/** How many lines of access logs there were when, or events and lines together. */

import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { resolveFilters } from '../columns/spelling.js';
import { conditions } from '../filter/condition.js';
import type { Sql } from '../filter/sql-text.js';
import { checkSource } from '../log-source.js';
import { inSnapshot } from '../snapshot.js';
import {
  stepsFrom,
  stepWidth,
  type Timed,
  type Timeline,
  type TimelineOptions,
  type TimeRange,
  timedEvents,
} from '../timeline.js';
import { findCommonColumn, findLineColumn } from './line-columns.js';
import { countLines, merged } from './line-counts.js';
import { lineConditions, whereOf } from './line-filters.js';

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
    const where = whereOf(ofLines.conditions);
    let lines = 0;
    const timedLines: Timed = {
      span: spanOf(db, where),
      groups(origin, width) {
        const groups = countLines(db, { where, columns: column ? [column] : [], steps: { origin, width } });
        lines = groups.reduce((sum, { events }) => sum + events, 0);
        return groups;
      },
    };
    const { filters, spellings } =
      source === 'all' ? resolveFilters(db, given) : { filters: given, spellings: ofLines.spellings };
    const timed =
      source === 'all' ? together(timedEvents(db, filters, now, shared?.event), timedLines) : timedLines;
    const steps = stepsFrom(timed, { from: given.from, to: given.to, every, wanted }, now);
    return { by: (shared ?? column)?.name, ...steps, lines, spellings };
  });
}

function spanOf(db: Db, where: Sql): TimeRange | undefined {
  const [first, last] = prepared(
    db,
    `SELECT min(l.time), max(l.time) FROM access_log AS l WHERE ${where.text}`,
  )
    .raw(true)
    .get(...where.params) as [number | null, number | null];
  return first === null || last === null ? undefined : { first, last };
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
    groups: (origin, width) => merged([...a.groups(origin, width), ...b.groups(origin, width)]),
  };
}
