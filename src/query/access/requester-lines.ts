/** The access log lines of some requesters, counted by what they have in common. */

import type { AccessDimension } from '../../access-logs/rows.js';
import type { Db } from '../../store/open.js';
import { S3_SOURCES } from '../../store/requests-view.js';
import { prepared } from '../../store/statements.js';
import { type Counter, countEach, createCounter } from '../columns/counter.js';
import { countedOf } from '../columns/counts.js';
import type { Sql } from '../filter/sql-text.js';
import { findLineColumn } from './line-columns.js';
import { lineGroupings } from './line-groupings.js';
import { chosenLines, lineFailures } from './line-selection.js';

/** Lines with one value. */
export interface LineCount {
  /** The value; null where lines have none. */
  value: string | null;
  /** Number of lines. */
  lines: number;
  /** Those with a status of 400 or more. */
  errors: number;
  /** Time of the first one; null where none has a time. */
  first: string | null;
  /** Time of the last one. */
  last: string | null;
}

/** What is counted by, and the columns of it. */
const SECTIONS = {
  requesters: 'requester',
  buckets: 'bucket_name',
  operations: 'operation',
  addresses: 'remoteip',
  agents: 'useragent',
} as const;
export type LineSection = keyof typeof SECTIONS;

/** The lines of some requesters. */
export interface RequesterLines extends Omit<LineCount, 'value'>, Record<LineSection, LineCount[]> {}

/** @param requesterIds rows of access_requester */
export function requesterLines(db: Db, requesterIds: readonly number[]): RequesterLines {
  const ofThem: Sql = {
    text: 'l.requester_id IN (SELECT value FROM json_each(?))',
    params: [JSON.stringify(requesterIds)],
  };
  const failures = lineFailures(db);
  const counterBy = (...columns: string[]): Counter<AccessDimension> =>
    createCounter(failures, lineGroupings(db, columns.map(findLineColumn)));
  const all = counterBy();
  const sections = Object.entries(SECTIONS).map(([section, column]) => [section, counterBy(column)] as const);
  const counters = sections.map(([, counter]) => counter);
  countEach(chosenLines(db, { conditions: [ofThem], untimed: [ofThem] }, {}), [all, ...counters]);
  const { lines, errors, first, last } = countsOf(all)[0] ?? NONE;
  const counts = sections.map(([section, counter]) => [section, countsOf(counter)]);
  return {
    ...{ lines, errors, first, last },
    ...(Object.fromEntries(counts) as Record<LineSection, LineCount[]>),
  };
}

const NONE: Omit<LineCount, 'value'> = { lines: 0, errors: 0, first: null, last: null };

/** The most frequent first. */
function countsOf(counter: Counter<AccessDimension>): LineCount[] {
  return counter
    .groups()
    .map(countedOf)
    .map(({ values: [value = null], events, ...rest }) => ({ value, lines: events, ...rest }))
    .sort((a, b) => b.lines - a.lines || (String(a.value) < String(b.value) ? -1 : 1));
}

/** Lines whose request CloudTrail has as well, by the access key that it names there. */
export interface LinesOfKey {
  /** The access key. */
  accessKeyId: string;
  /** Number of lines. */
  lines: number;
}

/** For some access keys: how many lines are certain to be theirs, because CloudTrail has the same request. */
export function linesOfKeys(db: Db, keys: readonly string[]): LinesOfKey[] {
  return prepared(
    db,
    `SELECT i.accesskeyid AS accessKeyId, count(DISTINCT l.id) AS lines
    FROM identity AS i JOIN event AS e ON e.identity_id = i.id
      JOIN kind AS k ON k.id = e.kind_id JOIN detail AS d ON d.id = e.id
      JOIN access_log AS l ON l.requestid = d.requestid
    WHERE i.accesskeyid IN (SELECT value FROM json_each(?)) AND k.eventsource IN ${S3_SOURCES}
    GROUP BY 1 ORDER BY 2 DESC, 1`,
  ).all(JSON.stringify(keys)) as LinesOfKey[];
}
