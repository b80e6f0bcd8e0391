/** `s3_requests` and the tables it is read from: the same rows whatever came when, and whether they are up to date or not. */

import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, it } from 'vitest';
import { lineOf, makeAccessLogs } from '../scripts/access-logs.js';
import { type AccessRow, accessTime } from '../scripts/access-requests.js';
import { openIndex } from '../src/index.js';
import {
  count,
  filesBelow,
  folder,
  ingestInto,
  offtrail,
  put,
  query,
  record,
  type TestRecord,
  trail,
} from './support.js';

const TABLES = ['request_event', 'request_event_alone', 'request_line', 'request_state'];

/** Every row but for the row ids, which follow the order of ingest. */
function requestsOf(db: string): string[] {
  return query(db, 'SELECT * FROM s3_requests')
    .map(({ event_rowid: _, access_rowid: __, ...row }) => JSON.stringify(row))
    .sort();
}

/** The same with tables that are not up to date, as after a run that was killed. */
function requestsWithoutTables(db: string): string[] {
  const copy = join(folder(), 'stale.db');
  copyFileSync(db, copy);
  const index = new Database(copy);
  index.exec('DELETE FROM request_state');
  index.close();
  return requestsOf(copy);
}

const isCurrent = (db: string): boolean =>
  count(db, 'SELECT count(*) FROM request_state WHERE last_line = (SELECT max(id) FROM access_log)') === 1;

const START = Date.UTC(2024, 2, 1) / 1000;
let lines = 0;
function line(requestid: string | undefined, more: AccessRow = {}): string {
  lines++;
  return lineOf({
    bucketowner: 'owner',
    bucket_name: 'my-bucket',
    requestdatetime: accessTime(START + lines),
    requester: 'arn:aws:iam::111122223333:user/ana',
    requestid,
    operation: 'REST.GET.OBJECT',
    key: `data/${lines}.csv`,
    request_uri: 'GET /data.csv HTTP/1.1',
    httpstatus: '200',
    useragent: 'cli',
    ...more,
  });
}
const event = (requestID: string | undefined, more: TestRecord = {}): TestRecord =>
  record({ requestID, ...more });

/** Requests of every shape, in pieces that can come in any order. */
const PIECES: ReadonlyArray<readonly [name: string, text: () => string]> = [
  ['events-1.json', () => trail([event('BOTH1'), event('EVENT1'), event(undefined), event('')])],
  ['lines-1', () => line('BOTH1') + line('LINE1') + line(undefined)],
  [
    'events-2.json',
    () =>
      trail([
        // Children of a batch before the batch; one event delivered to another account, without its caller's ARN.
        event('BATCH1', { eventName: 'DeleteObject' }),
        event('BATCH1', { eventName: 'DeleteObjects' }),
        event('SHARED', { userIdentity: { type: 'AWSAccount', accountId: '444455556666' } }),
        // Another service may use the same id: it is no request to S3.
        event('LINE2', { eventSource: 'kms.amazonaws.com', eventName: 'Decrypt' }),
      ]),
  ],
  [
    'lines-2',
    () =>
      line('BATCH1', { operation: 'BATCH.DELETE.OBJECT' }) +
      line('BATCH1', { operation: 'REST.POST.MULTI_OBJECT_DELETE', key: undefined }) +
      line('COPY1', { operation: 'REST.COPY.OBJECT_GET' }) +
      line('LINE2'),
  ],
  [
    'events-3.json',
    () =>
      trail([
        event('SHARED'),
        event('COPY1', { eventName: 'CopyObject' }),
        event('BATCH1', { eventName: 'DeleteObject' }),
      ]),
  ],
  [
    'lines-3',
    () =>
      line('COPY1', { operation: 'REST.COPY.OBJECT' }) + line('BATCH1', { operation: 'BATCH.DELETE.OBJECT' }),
  ],
];

let tree: string;
beforeAll(() => {
  tree = folder();
  for (const [name, text] of PIECES) put(tree, name, text());
});

const ALL = PIECES.map((_, i) => i);

describe('one row for each request', () => {
  it('as the two sides say, the event and the line that stand for it first', () => {
    const { db } = ingestInto([tree]);
    expect(isCurrent(db)).toBe(true);
    const rows = query(
      db,
      `SELECT requestid AS id, seen, eventname, operation, events, log_lines AS n, useridentity_arn IS NOT NULL AS arn
        FROM s3_requests ORDER BY requestid IS NULL, requestid, seen`,
    );
    const both = { seen: 'both', arn: 1 };
    expect(rows).toEqual([
      {
        id: 'BATCH1',
        ...both,
        eventname: 'DeleteObjects',
        operation: 'REST.POST.MULTI_OBJECT_DELETE',
        events: 3,
        n: 3,
      },
      { id: 'BOTH1', ...both, eventname: 'GetObject', operation: 'REST.GET.OBJECT', events: 1, n: 1 },
      { id: 'COPY1', ...both, eventname: 'CopyObject', operation: 'REST.COPY.OBJECT', events: 1, n: 2 },
      { id: 'EVENT1', seen: 'CloudTrail', eventname: 'GetObject', operation: null, events: 1, n: 0, arn: 1 },
      ...['LINE1', 'LINE2'].map(id => ({
        ...{ id, seen: 'access log', eventname: 'GetObject' },
        operation: 'REST.GET.OBJECT',
        events: 0,
        n: 1,
        arn: 0,
      })),
      { id: 'SHARED', seen: 'CloudTrail', eventname: 'GetObject', operation: null, events: 2, n: 0, arn: 1 },
      ...[1, 2].map(() => ({
        id: null,
        seen: 'CloudTrail',
        eventname: 'GetObject',
        operation: null,
        events: 1,
        n: 0,
        arn: 1,
      })),
      {
        id: null,
        seen: 'access log',
        eventname: 'GetObject',
        operation: 'REST.GET.OBJECT',
        events: 0,
        n: 1,
        arn: 0,
      },
    ]);
  });

  it.each([
    ['all at once', [ALL]],
    ['one by one', ALL.map(i => [i])],
    ['backwards', ALL.map(i => [i]).reverse()],
    [
      'events, then lines',
      [
        [0, 2, 4],
        [1, 3, 5],
      ],
    ],
    [
      'lines, then events',
      [
        [1, 3, 5],
        [0, 2, 4],
      ],
    ],
  ])('the same %s, with tables that are up to date and without', (_, runs) => {
    const whole = ingestInto([tree]).db;
    const db = join(folder(), 'pieces.db');
    for (const pieces of runs) {
      offtrail(['ingest', ...pieces.map(i => join(tree, PIECES[i]![0])), '--db', db]);
      expect(requestsWithoutTables(db)).toEqual(requestsOf(db));
    }
    expect(isCurrent(db)).toBe(true);
    expect(requestsOf(db)).toEqual(requestsOf(whole));
    expect(offtrail(['status', '--verify', '--db', db]).code).toBe(0);
  });

  it('of generated logs, delivered in four runs', () => {
    const root = folder();
    makeAccessLogs(join(root, 'lines'), {
      files: 40,
      linesPerFile: 40,
      buckets: 3,
      seed: 9,
      events: { folder: join(root, 'events'), share: 0.5 },
    });
    const files = filesBelow(root);
    const db = join(folder(), 'runs.db');
    for (let run = 0; run < 4; run++)
      offtrail(['ingest', ...files.filter((_, i) => i % 4 === run), '--db', db]);
    expect(requestsOf(db)).toEqual(requestsWithoutTables(db));
    expect(requestsOf(db)).toEqual(requestsOf(ingestInto([root]).db));
  });
});

describe('the tables', () => {
  it('stay empty without access logs', () => {
    const { db } = ingestInto([join(tree, 'events-1.json'), join(tree, 'events-2.json')]);
    for (const table of TABLES) expect(count(db, `SELECT count(*) FROM ${table}`)).toBe(0);
    expect(requestsOf(db)).toHaveLength(6);
  });

  it('are made again where a file was replaced and its records deleted', () => {
    const root = folder();
    const events = put(root, 'events.json', trail([event('A1'), event('A2')]));
    const access = put(root, 'lines', line('A1') + line('A2') + line('A2'));
    const { db } = ingestInto([root]);
    expect(query(db, 'SELECT requestid, events, log_lines AS n FROM s3_requests ORDER BY 1')).toEqual([
      { requestid: 'A1', events: 1, n: 1 },
      { requestid: 'A2', events: 1, n: 2 },
    ]);
    rmSync(events);
    put(root, 'events.json', trail([event('A3')]));
    put(root, 'lines', line('A2'));
    offtrail(['ingest', root, '--db', db, '--replace']);
    expect(access).toContain('lines');
    expect(isCurrent(db)).toBe(true);
    expect(query(db, 'SELECT requestid, seen, log_lines AS n FROM s3_requests ORDER BY 1')).toEqual([
      { requestid: 'A2', seen: 'access log', n: 1 },
      { requestid: 'A3', seen: 'CloudTrail', n: 0 },
    ]);
  });

  it('answer a search for a request id through an index', () => {
    const { db } = ingestInto([tree]);
    const plan = query(db, "EXPLAIN QUERY PLAN SELECT * FROM s3_requests WHERE requestid = 'COPY1'");
    expect(plan.map(({ detail }) => detail)).toContain('SEARCH l USING INDEX access_requestid (requestid=?)');
    expect(query(db, "SELECT operation FROM s3_requests WHERE requestid = 'COPY1'")).toEqual([
      { operation: 'REST.COPY.OBJECT' },
    ]);
  });

  it('that are wrong are found by status --verify, and reindex makes them again', () => {
    const { db } = ingestInto([tree]);
    const index = new Database(db);
    index.exec("UPDATE request_event SET events = 7 WHERE requestid = 'BOTH1'");
    index.close();
    const { code, stdout } = offtrail(['status', '--verify', '--db', db]);
    expect([code, stdout]).toEqual([expect.any(Number), expect.stringContaining('request_event')]);
    offtrail(['reindex', '--db', db]);
    expect(offtrail(['status', '--verify', '--db', db]).stdout).not.toContain('request_event');
    expect(requestsOf(db)).toEqual(requestsWithoutTables(db));
  });

  it('are not in an index of version 7, which answers, and gets them with the next ingest', () => {
    const { db } = ingestInto([tree]);
    const rows = requestsOf(db);
    const index = new Database(db);
    for (const table of TABLES) index.exec(`DROP TABLE ${table}`);
    index.exec(
      'DROP INDEX access_bucket_numbers; CREATE INDEX access_bucket_time ON access_log (bucket_id, time)',
    );
    index.pragma('user_version = 7');
    index.close();
    const older = openIndex(db);
    const { events, lines } = older.request('BATCH1')!;
    expect([events.length, lines.length]).toEqual([3, 3]);
    older.close();
    offtrail(['ingest', tree, '--db', db]);
    expect(isCurrent(db)).toBe(true);
    expect(requestsOf(db)).toEqual(rows);
    expect(offtrail(['status', '--verify', '--db', db]).code).toBe(0);
  });
});
