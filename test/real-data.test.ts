import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ingestInto, query, REAL_DATA, statusOf } from './support.js';

interface Expected {
  path: string;
  files: number;
  records: number;
  /** Distinct eventIDs. */
  ids: number;
  /** Indexed files. */
  indexed: number;
  errors?: number;
  s3?: number;
  conflicting?: number;
  untimed?: number;
}

// Counted with jq, independently of this project; LICENSE files beside the data are skipped as "not JSON".
const EXPECTED: Expected[] = [
  {
    path: 'invictus-aws-dataset/CloudTrail',
    files: 55,
    indexed: 55,
    records: 2900,
    ids: 2900,
    errors: 300,
    s3: 271,
  },
  { path: 'stratus-red-team/docs/detonation-logs', files: 35, indexed: 35, records: 310, ids: 310 },
  { path: 'umccr/AWSLogs', files: 5, indexed: 5, records: 185, ids: 184, conflicting: 2 },
  {
    path: 'eventbridge-cloud-custodian/*.json',
    files: 37,
    indexed: 24,
    records: 24,
    ids: 21,
    conflicting: 4,
    untimed: 1,
  },
  { path: 'otrf-jsonl/*.json', files: 1, indexed: 1, records: 103, ids: 103, untimed: 103 },
  { path: 'plaso-lookup-events/*.jsonl', files: 1, indexed: 1, records: 6, ids: 6 },
];

describe.skipIf(!existsSync(REAL_DATA))('real logs (skipped where they are not there)', () => {
  it.each(EXPECTED)('$path', ({ path, files, indexed, records, ids, errors, s3, conflicting, untimed }) => {
    const { db, code } = ingestInto([join(REAL_DATA, path)]);
    expect(code).toBe(0);
    const status = statusOf(db);
    expect(status.files).toEqual({ total: files, indexed, damaged: 0, skipped: files - indexed, failed: 0 });
    expect(status.records).toEqual({
      total: records,
      stored: records,
      duplicate: 0,
      rejected: 0,
      conflicting: conflicting ?? 0,
      untimed: untimed ?? 0,
      suspect: 0,
      removed: 0,
      rejectedBefore: 0,
    });
    const [row] = query(
      db,
      "SELECT count(*) AS n, count(DISTINCT eventid) AS ids, count(errorcode) AS errors, sum(eventsource = 's3.amazonaws.com') AS s3 FROM cloudtrail_logs",
    );
    expect(row).toMatchObject({ n: records, ids, ...(errors ? { errors } : {}), ...(s3 ? { s3 } : {}) });
  });

  it('a missing eventTime stays null', () => {
    const { db } = ingestInto([join(REAL_DATA, 'otrf-jsonl/*.json')]);
    expect(query(db, 'SELECT count(*) AS n, count(eventtime) AS times FROM cloudtrail_logs')).toEqual([
      { n: 103, times: 0 },
    ]);
  });

  it('the record’s account wins over the file name’s', () => {
    const { db } = ingestInto([join(REAL_DATA, 'invictus-aws-dataset/CloudTrail')]);
    expect(query(db, 'SELECT DISTINCT recipientaccountid, account FROM cloudtrail_logs')).toEqual([
      { recipientaccountid: '123837392027', account: '218007301253' },
    ]);
  });
});
