/** What the index holds, and what could not be read: the ledger, counted. */

import type { Db } from '../store/open.js';
import { UNREADABLE } from '../store/seconds.js';
import { findColumn } from './column.js';
import { countedOf, count as countBy } from './counter.js';
import { groupingsBy } from './grouping.js';
import { compareText } from './order.js';
import { chosen, select } from './selection.js';

export interface Status {
  files: { total: number; indexed: number; damaged: number; skipped: number; failed: number };
  /** Files by state and reason, most frequent first. */
  reasons: Array<{ state: string; reason: string; files: number }>;
  records: {
    total: number;
    stored: number;
    duplicate: number;
    rejected: number;
    conflicting: number;
    /** Stored ones without an eventTime that can be read: they are in no range of time. */
    untimed: number;
  };
  /** Accounts and regions with their first and last event. */
  places: Array<{
    account: string | null;
    region: string | null;
    events: number;
    first: string | null;
    last: string | null;
  }>;
  /** Events by source, the most frequent first. */
  sources: Array<{ eventsource: string | null; events: number }>;
  /** The last run; `finished` is empty where it was stopped or killed. */
  run: { started: string; finished: string | null; inputs: string } | undefined;
}

/** Counts the ledger. */
export function status(db: Db): Status {
  const files = db
    .prepare(
      `SELECT count(*) AS total,
        coalesce(sum(state = 'indexed'), 0) AS indexed,
        coalesce(sum(damage IS NOT NULL), 0) AS damaged,
        coalesce(sum(state = 'skipped'), 0) AS skipped,
        coalesce(sum(state = 'failed'), 0) AS failed
      FROM file`,
    )
    .get() as Status['files'];
  const counts = db
    .prepare(
      `SELECT coalesce(sum(records), 0) AS total, coalesce(sum(stored), 0) AS stored,
        coalesce(sum(duplicate), 0) AS duplicate, coalesce(sum(rejected), 0) AS rejected
      FROM file`,
    )
    .get() as Omit<Status['records'], 'conflicting' | 'untimed'>;
  const conflicting = db.prepare('SELECT count(*) FROM event WHERE is_conflicting').pluck().get() as number;
  return {
    files,
    reasons: db
      .prepare(
        `SELECT CASE WHEN damage IS NULL THEN state ELSE 'damaged' END AS state, coalesce(damage, reason, shape, '') AS reason,
          count(*) AS files
        FROM file GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 50`,
      )
      .all() as Status['reasons'],
    records: { ...counts, conflicting, untimed: untimedEvents(db) },
    places: placesOf(db),
    sources: db
      .prepare(
        `SELECT k.eventsource, sum(t.events) AS events
        FROM (SELECT kind_id, count(*) AS events FROM event GROUP BY kind_id) AS t JOIN kind AS k ON k.id = t.kind_id
        GROUP BY 1 ORDER BY 2 DESC, 1`,
      )
      .all() as Status['sources'],
    run: db
      .prepare('SELECT started, finished, inputs FROM run ORDER BY id DESC LIMIT 1')
      .get() as Status['run'],
  };
}

/** Accounts and regions with their first and last event, in whatever form its time is. */
function placesOf(db: Db): Status['places'] {
  const groupings = groupingsBy(db, [findColumn('recipientaccountid'), findColumn('awsregion')]);
  const counted = countBy(db, chosen(select(db, {}, new Date())), groupings)
    .groups()
    .map(countedOf);
  const places = counted.map(({ values: [account = null, region = null], events, first, last }) => ({
    account,
    region,
    events,
    first,
    last,
  }));
  return places.sort((a, b) => compareText(a.account, b.account) || compareText(a.region, b.region));
}

/** Number of events without an eventTime that can be read. */
export function untimedEvents(db: Db): number {
  const sql = `SELECT (SELECT count(*) FROM event WHERE eventtime IS NULL)
    + (SELECT count(*) FROM event WHERE odd_time = '${UNREADABLE}')`;
  return db.prepare(sql).pluck().get() as number;
}

/** Statements behind `offtrail status --failed` and `--rejected`: every one of them, with its reason. */
export const FAILED_FILES = `SELECT CASE WHEN damage IS NULL THEN state ELSE 'damaged' END AS state, coalesce(damage, reason) AS reason, path
FROM file WHERE state <> 'indexed' OR damage IS NOT NULL ORDER BY state, path`;

export const REJECTED_RECORDS = `SELECT f.path, r.ordinal, r.offset, r.reason, r.count, r.raw_bytes, r.raw
FROM rejected AS r JOIN file AS f ON f.id = r.file_id ORDER BY f.path, r.id`;
