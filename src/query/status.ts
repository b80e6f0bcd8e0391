/** What the index holds, and what could not be read: the ledger, counted. */

import type { Verdict } from '../cloudtrail/digest.js';
import type { Db } from '../store/open.js';
import { UNREADABLE } from '../store/times.js';
import { type AccessStatus, accessStatus } from './access-status.js';
import { findColumn } from './columns/column.js';
import { count as countBy } from './columns/counter.js';
import { countedOf } from './columns/counts.js';
import { groupingsBy } from './columns/grouping.js';
import { compareText } from './columns/order.js';
import { chosen, select } from './columns/selection.js';
import { type Incomplete, incomplete } from './incomplete.js';
import { PASSED_OVER_SQL, type PassedOver, passedOver } from './passed-over.js';
import { type Rows, runSql } from './sqlite.js';

export interface Status {
  /** Files as they were last read. */
  files: { total: number; indexed: number; damaged: number; skipped: number; failed: number };
  /** Files by state and reason, most frequent first. */
  reasons: Array<{ state: string; reason: string; files: number }>;
  /** Records of these files, events and lines of access logs: total = stored + duplicate + rejected. The index has stored + removed. */
  records: {
    total: number;
    stored: number;
    duplicate: number;
    rejected: number;
    conflicting: number;
    /** Stored ones of files whose gzip checksum does not hold: they may not be what CloudTrail wrote. */
    suspect: number;
    /** Events that their file held once and holds no longer: it was cut, damaged or replaced. */
    removed: number;
    /** Records that were rejected from earlier versions of files that cannot be read now. */
    rejectedBefore: number;
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
  /** S3 server access logs: all lines, and those of each bucket. */
  accessLogs: AccessStatus;
  /** What digests say of files with records, and of their events; empty where there are no digests. */
  evidence: Array<{ verdict: Verdict; files: number; events: number }>;
  /** Parts of the indexes for text and columns that ingests found damaged or of an older form; they are built again. */
  repaired: number;
  /** Paths that the last ingest passed over: folders without permission, things that are no files, … */
  passedOver: PassedOver[];
  /** The last run; `finished` is empty where it was stopped or killed. */
  run: { started: string; finished: string | null; inputs: string } | undefined;
  /** The ingest that has not brought everything yet; null where all did. */
  incomplete: Incomplete | null;
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
      FROM file WHERE NOT is_replaced`,
    )
    .get() as Status['files'];
  const counts = db
    .prepare(
      `SELECT coalesce(sum(records), 0) AS total, coalesce(sum(stored), 0) AS stored,
        coalesce(sum(duplicate), 0) AS duplicate, coalesce(sum(rejected), 0) AS rejected,
        coalesce(sum(stored) FILTER (WHERE is_suspect), 0) AS suspect
      FROM file WHERE NOT is_replaced`,
    )
    .get() as Omit<Status['records'], 'conflicting' | 'untimed' | 'removed' | 'rejectedBefore'>;
  const before = db
    .prepare(
      `SELECT coalesce(sum(stored), 0) AS removed, coalesce(sum(rejected), 0) AS rejectedBefore
      FROM file WHERE is_replaced`,
    )
    .get() as Pick<Status['records'], 'removed' | 'rejectedBefore'>;
  const conflicting = db.prepare('SELECT count(*) FROM event WHERE is_conflicting').pluck().get() as number;
  return {
    files,
    reasons: db
      .prepare(
        `SELECT CASE WHEN damage IS NULL THEN state ELSE 'damaged' END AS state, coalesce(damage, reason, shape, '') AS reason,
          count(*) AS files
        FROM file WHERE NOT is_replaced GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 50`,
      )
      .all() as Status['reasons'],
    records: { ...counts, ...before, conflicting, untimed: untimedEvents(db) },
    places: placesOf(db),
    sources: db
      .prepare(
        `SELECT k.eventsource, sum(t.events) AS events
        FROM (SELECT kind_id, count(*) AS events FROM event GROUP BY kind_id) AS t JOIN kind AS k ON k.id = t.kind_id
        GROUP BY 1 ORDER BY 2 DESC, 1`,
      )
      .all() as Status['sources'],
    accessLogs: accessStatus(db),
    evidence: evidenceOf(db),
    repaired: db
      .prepare(
        "SELECT coalesce(sum(json_extract(summary, '$.repaired')), 0) FROM run WHERE json_valid(summary)",
      )
      .pluck()
      .get() as number,
    passedOver: passedOver(db),
    run: db
      .prepare('SELECT started, finished, inputs FROM run ORDER BY id DESC LIMIT 1')
      .get() as Status['run'],
    incomplete: incomplete(db) ?? null,
  };
}

/** Files and their events by what digests say of them. */
function evidenceOf(db: Db): Status['evidence'] {
  if (db.prepare('SELECT 1 FROM digest LIMIT 1').get() === undefined) return [];
  return db
    .prepare(
      `SELECT coalesce(v.verdict, 'none') AS verdict, count(*) AS files, sum(f.stored) AS events
      FROM file AS f LEFT JOIN evidence AS v ON v.file_id = f.id
      WHERE f.records > 0 GROUP BY 1 ORDER BY 3 DESC, 1`,
    )
    .all() as Status['evidence'];
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

/** What the ledger lists: every one of them, with its reason. */
const LISTS = {
  failed: `SELECT CASE WHEN damage IS NULL THEN state ELSE 'damaged' END AS state, coalesce(damage, reason) AS reason, path
FROM file WHERE NOT is_replaced AND (state <> 'indexed' OR damage IS NOT NULL)
UNION ALL SELECT 'passed over', reason, path FROM (${PASSED_OVER_SQL}) ORDER BY 1, 3`,
  rejected: `SELECT f.path, r.ordinal, r.offset, r.reason, r.count, r.raw_bytes, r.raw
FROM rejected AS r JOIN file AS f ON f.id = r.file_id ORDER BY f.path, r.id`,
  removed: `SELECT e.eventid AS eventID, e.eventtime AS eventTime, k.eventname AS eventName, f.path
FROM file AS f JOIN event AS e ON e.file_id = f.id JOIN kind AS k ON k.id = e.kind_id
WHERE f.is_replaced ORDER BY f.path, f.id, e.ordinal, e.id`,
};

/**
 * One of the ledger's lists, row by row.
 * - `failed`: files that were skipped, failed or are damaged, and paths that the last ingest passed over
 * - `rejected`: records that could not be stored, with their text
 * - `removed`: events that their file once held and no longer holds
 */
export function ledgerList(db: Db, list: keyof typeof LISTS): Rows {
  return runSql(db, { text: LISTS[list], params: [] });
}
