/** The access log lines of some requesters, counted by what they have in common. */

import type { Db } from '../../store/open.js';
import { S3_SOURCES } from '../../store/requests-view.js';
import { prepared } from '../../store/statements.js';
import { secondText } from '../columns/selection.js';

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

/** What is counted by. */
export const LINE_SECTIONS = ['requesters', 'buckets', 'operations', 'addresses', 'agents'] as const;
export type LineSection = (typeof LINE_SECTIONS)[number];

/** The lines of some requesters. */
export interface RequesterLines extends Omit<LineCount, 'value'>, Record<LineSection, LineCount[]> {}

interface Group {
  requesters: string | null;
  buckets: string | null;
  operations: string | null;
  addresses: string | null;
  agents: string | null;
  lines: number;
  errors: number;
  first: number | null;
  last: number | null;
}

const textOf = (seconds: number | null): string | null => (seconds === null ? null : secondText(seconds));

/** @param requesterIds rows of access_requester */
export function requesterLines(db: Db, requesterIds: readonly number[]): RequesterLines {
  // One pass over the lines: groups are few beside them.
  const groups = prepared(
    db,
    `SELECT r.requester AS requesters, b.bucket_name AS buckets, c.operation AS operations, a.remoteip AS addresses,
      u.useragent AS agents, g.lines, g.lines * (c.httpstatus GLOB '[45]??') AS errors, g.first, g.last
    FROM (
      SELECT requester_id, bucket_id, call_id, address_id, agent_id,
        count(*) AS lines, min(time) AS first, max(time) AS last
      FROM access_log WHERE requester_id IN (SELECT value FROM json_each(?))
      GROUP BY requester_id, bucket_id, call_id, address_id, agent_id
    ) AS g
      JOIN access_requester AS r ON r.id = g.requester_id
      JOIN access_bucket AS b ON b.id = g.bucket_id
      JOIN access_call AS c ON c.id = g.call_id
      LEFT JOIN access_address AS a ON a.id = g.address_id
      LEFT JOIN access_agent AS u ON u.id = g.agent_id`,
  ).all(JSON.stringify(requesterIds)) as Group[];
  const total = countsOf(groups, () => null)[0] ?? { lines: 0, errors: 0, first: null, last: null };
  const { lines, errors, first, last } = total;
  const sections = LINE_SECTIONS.map(section => [section, countsOf(groups, group => group[section])]);
  return {
    lines,
    errors,
    first,
    last,
    ...(Object.fromEntries(sections) as Record<LineSection, LineCount[]>),
  };
}

/** The most frequent first. */
function countsOf(groups: readonly Group[], sharedOf: (group: Group) => string | null): LineCount[] {
  const counts = new Map<string | null, Omit<Group, LineSection>>();
  for (const group of groups) {
    const value = sharedOf(group);
    const known = counts.get(value);
    const { lines, errors, first, last } = group;
    counts.set(value, {
      lines: lines + (known?.lines ?? 0),
      // NULL where a line has no status.
      errors: (errors ?? 0) + (known?.errors ?? 0),
      first: bound(Math.min, known?.first ?? null, first),
      last: bound(Math.max, known?.last ?? null, last),
    });
  }
  return [...counts]
    .map(([value, { lines, errors, first, last }]) => ({
      value,
      lines,
      errors,
      first: textOf(first),
      last: textOf(last),
    }))
    .sort((a, b) => b.lines - a.lines || (String(a.value) < String(b.value) ? -1 : 1));
}

function bound(pick: (a: number, b: number) => number, a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : pick(a, b);
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
