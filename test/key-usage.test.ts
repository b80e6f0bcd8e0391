/**
 * Who uses an access key, from CloudTrail and S3 access logs: an EC2 instance’s `aws s3 cp` used a forgotten user’s key,
 * CloudTrail does not record objects of its bucket, and others did much the same at the same time.
 */

import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { lineOf, makeAccessLogs } from '../scripts/access-logs.js';
import { type AccessRow, accessTime } from '../scripts/access-requests.js';
import {
  folder,
  ingestInto,
  offtrail,
  put,
  query,
  type Ran,
  ROOT,
  record,
  type TestRecord,
  trail,
} from './support.js';

const { openIndex } = (await import(join(ROOT, 'dist/index.js'))) as typeof import('../src/index.js');
type Usage = NonNullable<ReturnType<ReturnType<typeof openIndex>['keyUsage']>>;

const KEY = 'AKIAFORGOTTEN0000001';
const SECOND = 'AKIAFORGOTTEN0000002';
const USER = 'arn:aws:iam::111122223333:user/jobs/forgotten';
const BACKUP = 'arn:aws:iam::111122223333:user/backup';
const ANA = 'arn:aws:iam::111122223333:user/ana';
const INSTANCE = 'i-0abc1234def567890';
const SESSION = `arn:aws:sts::111122223333:assumed-role/app/${INSTANCE}`;
const ADDRESS = '198.51.100.24';
const AGENT = 'aws-cli/1.16.300 Python/2.7.16 Linux/4.14.146-93.123.amzn1.x86_64 command/s3.cp';
const ROLE = 'arn:aws:iam::111122223333:role/path/app';
const MINUTE = Date.UTC(2026, 0, 10, 3, 12) / 1000;

let requests = 0;
/** A line of the bucket of the story, some seconds after the minute of the last use. */
function line(second: number, more: AccessRow = {}): string {
  requests++;
  return lineOf({
    bucketowner: '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be',
    bucket_name: 'reports-prod',
    requestdatetime: accessTime(MINUTE + second),
    remoteip: ADDRESS,
    requester: USER,
    requestid: `5707E000000${String(requests).padStart(5, '0')}`,
    operation: 'REST.GET.OBJECT',
    key: 'daily/report.csv',
    request_uri: 'GET /daily/report.csv HTTP/1.1',
    httpstatus: '200',
    bytessent: '4096',
    objectsize: '4096',
    totaltime: '30',
    turnaroundtime: '20',
    referrer: '-',
    useragent: AGENT,
    hostid: 'host=',
    sigv: 'SigV4',
    ciphersuite: 'TLS_AES_128_GCM_SHA256',
    authtype: 'AuthHeader',
    endpoint: 'reports-prod.s3.us-west-2.amazonaws.com',
    tlsversion: 'TLSv1.2',
    ...more,
  });
}

/** The CloudTrail event of a request. */
function event(second: number, accessKeyId: string, arn: string, more: TestRecord = {}): TestRecord {
  const userName = arn.slice(arn.lastIndexOf('/') + 1);
  return record({
    userIdentity: { type: 'IAMUser', arn, accountId: '111122223333', userName, accessKeyId },
    eventTime: new Date((MINUTE + second) * 1000).toISOString().replace('.000', ''),
    awsRegion: 'us-west-2',
    sourceIPAddress: ADDRESS,
    requestParameters: { bucketName: 'reports-prod', key: 'daily/report.csv' },
    additionalEventData: { bytesTransferredIn: 0, bytesTransferredOut: 4096 },
    ...more,
  });
}

const created = (accessKeyId: string, userName: string, day: string): TestRecord =>
  record({
    userIdentity: {
      type: 'IAMUser',
      arn: 'arn:aws:iam::111122223333:user/admin',
      accountId: '111122223333',
      userName: 'admin',
    },
    eventTime: `${day}T09:00:00Z`,
    eventSource: 'iam.amazonaws.com',
    eventName: 'CreateAccessKey',
    eventCategory: 'Management',
    requestParameters: { userName },
    responseElements: { accessKey: { accessKeyId, userName, status: 'Active' } },
  });

const ids = {
  true: '5707EAAAAAAAAAA1',
  elsewhere: '5707EAAAAAAAAAA2',
  ana: '5707EAAAAAAAAAA3',
  backup: '5707EAAAAAAAAAA4',
  second: '5707EAAAAAAAAAA5',
  session: '5707EAAAAAAAAAA6',
  later: '5707EAAAAAAAAAA7',
  both: '5707EBBBBBBBBBB1',
  eventOnly: '5707EBBBBBBBBBB2',
  ofRole: '5707EBBBBBBBBBB3',
};
let db: string;
const run = (...args: string[]): Ran => offtrail([...args, '--db', db]);
const usageOf = (...args: string[]): Usage =>
  JSON.parse(run('key-usage', ...args, '--format', 'json').stdout) as Usage;
const LAST_USED = ['--last-used', '2026-01-10T03:12:00Z', '--service', 's3', '--region', 'us-west-2'];

beforeAll(() => {
  const logs = folder();
  const access = folder();
  // Others, busy all the while.
  makeAccessLogs(access, {
    files: 24,
    linesPerFile: 60,
    days: 30,
    seed: 7,
    events: { folder: logs, share: 0.5 },
  });
  put(
    access,
    'story/2026-01-10-04-00-00-0123456789ABCDEF',
    [
      // The same user in another region: stored before the right one.
      line(15, {
        requestid: ids.elsewhere,
        bucket_name: 'reports-eu',
        endpoint: 'reports-eu.s3.eu-west-1.amazonaws.com',
        remoteip: '203.0.113.78',
      }),
      // Another user of the same bucket, nearer to the minute.
      line(5, { requestid: ids.ana, requester: ANA, remoteip: '203.0.113.9', useragent: 'Boto3/1.26' }),
      // The same address, with the key of another user.
      line(10, { requestid: ids.backup, requester: BACKUP }),
      // The same user, with its other key: only CloudTrail tells.
      line(12, { requestid: ids.second }),
      // The role of the same instance, from the same address.
      line(18, { requestid: ids.session, requester: SESSION, useragent: 'aws-sdk-java/1.11' }),
      line(20, { requestid: ids.true }),
      // The same user half an hour later.
      line(1800, { requestid: ids.later, remoteip: '203.0.113.77' }),
      line(40, { requestid: undefined, requester: undefined, remoteip: '203.0.113.5' }),
      line(7200, { requestid: ids.both, requester: ANA, httpstatus: '403', errorcode: 'AccessDenied' }),
    ].join(''),
  );
  put(
    logs,
    'trail.json',
    trail([
      created(KEY, 'forgotten', '2024-03-01'),
      created(SECOND, 'forgotten', '2025-06-01'),
      event(10, 'AKIABACKUP0000000001', BACKUP, { requestID: ids.backup }),
      event(13, SECOND, USER, { requestID: ids.second }),
      // What the two sides of a request say differently.
      event(7201, 'AKIAANA0000000000001', BACKUP, {
        requestID: ids.both,
        additionalEventData: { bytesTransferredIn: 0, bytesTransferredOut: 5000 },
      }),
      event(9000, 'AKIAANA0000000000001', ANA, { requestID: ids.eventOnly }),
      // A session of the role in a bucket without access logs.
      record({
        userIdentity: {
          type: 'AssumedRole',
          arn: SESSION,
          accountId: '111122223333',
          accessKeyId: 'ASIAAPP0000000000001',
          sessionContext: { sessionIssuer: { type: 'Role', arn: ROLE, userName: 'app' } },
        },
        eventTime: '2026-01-10T06:00:00Z',
        requestID: ids.ofRole,
      }),
    ]),
  );
  db = ingestInto([logs, access]).db;
});

describe('key-usage of a forgotten key that an instance used', () => {
  it('has the right row first, then that of another region, and rules the false leads out with reasons', () => {
    const { lastUsed } = usageOf(KEY, ...LAST_USED, '--limit', 'all');
    const story = lastUsed!.candidates.filter(({ requestId }) => requestId?.startsWith('5707E'));
    expect(story.map(({ requestId, fit }) => [requestId, fit])).toEqual([
      [ids.true, 'fits'],
      [ids.elsewhere, 'fits'],
      [ids.ana, 'ruled out'],
      [ids.backup, 'ruled out'],
      [ids.second, 'ruled out'],
      [ids.session, 'ruled out'],
    ]);
    expect(lastUsed!.candidates[0]).toMatchObject({
      requestId: ids.true,
      address: ADDRESS,
      userAgent: AGENT,
      bucket: 'reports-prod',
      region: 'us-west-2',
      secondsApart: 0,
      accessKeyId: null,
    });
    const reasons = Object.fromEntries(story.map(one => [one.requestId, one.reasons.join('; ')]));
    expect(reasons[ids.true]).toContain('has 1 more key');
    expect(reasons[ids.elsewhere]).toContain('in eu-west-1, not us-west-2');
    expect(reasons[ids.ana]).toBe('another requester');
    expect(reasons[ids.backup]).toContain('another key, AKIABACKUP0000000001');
    expect(reasons[ids.second]).toContain(`another key, ${SECOND}`);
    expect(reasons[ids.session]).toBe('another requester');
    // What no access log has and CloudTrail has with another key is none of the answer.
    expect(lastUsed!.candidates.some(one => one.seen === 'CloudTrail')).toBe(false);
  });

  it('says whose key it is, without an event by it', () => {
    const { owners, keys, cloudTrail, issues, accessLog } = usageOf(KEY);
    expect(cloudTrail).toBeUndefined();
    expect(issues).toMatchObject([{ eventName: 'CreateAccessKey', eventTime: '2024-03-01T09:00:00Z' }]);
    // CreateAccessKey does not give the path of a user; the lines have it.
    expect(owners).toEqual([
      {
        arn: 'arn:aws:iam::111122223333:user/forgotten',
        sources: ['CreateAccessKey of 2024-03-01T09:00:00Z by arn:aws:iam::111122223333:user/admin'],
      },
    ]);
    expect(keys).toEqual(
      expect.arrayContaining([
        { accessKeyId: KEY, events: 0 },
        { accessKeyId: SECOND, events: 1 },
      ]),
    );
    expect(accessLog).toMatchObject({
      lines: 4,
      requesters: [{ value: USER, lines: 4 }],
      buckets: [
        { value: 'reports-prod', lines: 3 },
        { value: 'reports-eu', lines: 1 },
      ],
    });
  });

  it('tells which instance is behind the address: that of a role’s session there', () => {
    const { addresses } = usageOf(KEY, ...LAST_USED);
    expect(addresses[0]).toMatchObject({
      address: ADDRESS,
      neighbours: [{ arn: SESSION, instance: INSTANCE }, {}, {}],
    });
    expect(addresses[0]!.neighbours.map(({ arn }) => arn)).not.toContain(USER);
    expect(usageOf(KEY).addresses.map(({ address }) => address)).toContain(ADDRESS);
  });

  it('says what cannot be known, and why', () => {
    const said = usageOf(KEY, ...LAST_USED).unknown.join('\n');
    expect(said).toContain('which key made 3 of the 4 access log lines');
    expect(said).toContain('two keys of one user cannot be told apart');
    expect(said).toContain(SECOND);
    expect(said).toContain('requests to buckets without access logs');
    expect(said).toContain('a NAT gateway');
    const nobody = usageOf('AKIANOBODY0000000000', ...LAST_USED).unknown.join('\n');
    expect(nobody).toContain('GetAccessKeyLastUsed names the user of AKIANOBODY0000000000');
  });

  it('prints it for people, the best row first', () => {
    const { stdout, code } = run('key-usage', KEY, ...LAST_USED, '--limit', '2');
    expect(code).toBe(0);
    const [first, second] = [ids.true, ids.elsewhere].map(id => stdout.indexOf(id));
    expect(first).toBeGreaterThan(0);
    expect(second).toBeGreaterThan(first!);
    for (const text of [ADDRESS, AGENT, INSTANCE, 'CreateAccessKey', 'what cannot be known', 'more: --limit'])
      expect(stdout).toContain(text);
  });

  it('is certain of what CloudTrail has with the key, and of the requests of an ARN', () => {
    const second = usageOf(SECOND, ...LAST_USED);
    expect(second.lastUsed!.candidates[0]).toMatchObject({
      requestId: ids.second,
      fit: 'certain',
      seen: 'both',
      accessKeyId: SECOND,
    });
    expect(second.linesOfKeys).toEqual([{ accessKeyId: SECOND, lines: 1 }]);
    expect(second.cloudTrail).toMatchObject({
      events: 1,
      calls: [{ values: ['s3.amazonaws.com', 'GetObject'] }],
    });
    const user = usageOf(USER, ...LAST_USED);
    expect(user.foundAs).toBe('ARN');
    expect(user.lastUsed!.candidates.slice(0, 3).map(({ fit }) => fit)).toEqual([
      'certain',
      'certain',
      'certain',
    ]);
    const role = usageOf(ROLE, '--last-used', '2026-01-10T06:00Z');
    expect(role.lastUsed!.candidates[0]).toMatchObject({
      fit: 'certain',
      seen: 'CloudTrail',
      requestId: ids.ofRole,
      instance: INSTANCE,
    });
    expect(role.accessLog).toMatchObject({ lines: 1, requesters: [{ value: SESSION }] });
  });

  it('a long-term key that nothing names may be any user’s, and no session’s', () => {
    const candidates = usageOf('AKIANOBODY0000000000', ...LAST_USED, '--limit', 'all').lastUsed!.candidates;
    const fits = Object.fromEntries(candidates.map(({ requestId, fit }) => [requestId, fit]));
    expect(fits).toMatchObject({
      [ids.true]: 'possible',
      [ids.ana]: 'possible',
      [ids.backup]: 'ruled out',
      [ids.session]: 'ruled out',
    });
  });

  it('looks at S3 alone where IAM names S3, and at nothing of S3 where it names another service', () => {
    const created = ['arn:aws:iam::111122223333:user/admin', '--last-used', '2024-03-01T09:00Z'];
    expect(usageOf(...created, '--service', 's3').lastUsed!.candidates).toEqual([]);
    expect(usageOf(...created, '--service', 'iam').lastUsed!.candidates).toMatchObject([
      { fit: 'certain', eventName: 'CreateAccessKey', eventSource: 'iam.amazonaws.com' },
    ]);
    expect(usageOf(KEY, ...LAST_USED.slice(0, 2), '--service', 'ec2').lastUsed!.candidates).toEqual([]);
    const wider = usageOf(KEY, ...LAST_USED, '--within', '60').lastUsed!.candidates;
    // The right region comes before the nearest time.
    expect(wider.slice(0, 3).map(({ requestId, secondsApart }) => [requestId, secondsApart])).toEqual([
      [ids.true, 0],
      [ids.later, 1741],
      [ids.elsewhere, 0],
    ]);
  });

  it('exits with 1 and says what to do where the logs have nothing of a key, with 2 where a question cannot be read', () => {
    const nothing = run('key-usage', 'AKIANOBODY0000000000');
    expect(nothing).toMatchObject({ code: 1, stdout: '' });
    expect(nothing.stderr).toContain('aws iam get-access-key-last-used');
    expect(run('key-usage', KEY, '--service', 's3')).toMatchObject({ code: 2, stdout: '' });
    expect(run('key-usage', KEY, '--last-used', 'when?').code).toBe(2);
    expect(run('key-usage', KEY, ...LAST_USED, '--within', 'x').code).toBe(2);
    expect(run('key-usage', KEY, ...LAST_USED, '--within', '1441').code).toBe(2);
  });

  it('is a question of the library', () => {
    const index = openIndex(db);
    const usage = index.keyUsage(KEY, {
      lastUsed: '2026-01-10T03:12Z',
      service: 's3',
      region: 'us-west-2',
      limit: 1,
    });
    expect(usage?.lastUsed?.candidates).toMatchObject([{ address: ADDRESS }]);
    expect(index.keyUsage('AKIANOBODY0000000000')).toBeUndefined();
    expect(() => index.keyUsage(KEY, { lastused: 'x' } as object)).toThrow(/did you mean `lastUsed`/);
    expect(() => index.keyUsage(KEY, { limit: -1 })).toThrow(expect.objectContaining({ code: 'BAD_LIMIT' }));
    expect(index.request(ids.both)?.differences.map(({ of }) => of)).toEqual([
      'bytes',
      'status',
      'requester',
    ]);
    expect(index.request('NOSUCHREQUEST')).toBeUndefined();
    index.close();
  });
});

describe('show of a request', () => {
  it('has the lines below the record, with the differences that matter', () => {
    const [{ eventid }] = query(
      db,
      `SELECT eventid FROM cloudtrail_logs WHERE requestid = '${ids.both}'`,
    ) as [{ eventid: string }];
    for (const id of [eventid, ids.both]) {
      const { stdout, stderr, code } = run('show', id);
      expect(code).toBe(0);
      expect(stdout.indexOf(`REST.GET.OBJECT daily/report.csv`)).toBeGreaterThan(
        stdout.indexOf(`"${ids.both}"`),
      );
      expect(stderr).toContain('0123456789ABCDEF, line 9');
      expect(stderr).toContain('they differ in bytes: 4096 sent in the access log, 5000 out in CloudTrail');
      expect(stderr).toContain(
        'they differ in status: 403 AccessDenied in the access log, no error in CloudTrail',
      );
      expect(stderr).toContain(`they differ in requester: ${ANA} in the access log, ${BACKUP} in CloudTrail`);
    }
    expect(run('show', eventid, '--raw').stdout.trim().split('\n')).toHaveLength(1);
  });

  it('has the line alone where access logs alone have the request, as JSON too', () => {
    const { stdout, stderr, code } = run('show', ids.true);
    expect(code).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(stdout).toContain(`${USER} ${ids.true} REST.GET.OBJECT`);
    expect(stderr).not.toContain('differ');
    const [row] = JSON.parse(run('show', ids.true, '--format', 'json').stdout) as Array<
      Record<string, unknown>
    >;
    expect(row).toMatchObject({ record: null, access_log: [{ ordinal: 5 }], differences: [] });
    const only = run('show', ids.eventOnly);
    expect(JSON.parse(only.stdout)).toMatchObject({ requestID: ids.eventOnly });
    expect(run('show', 'NOSUCHREQUEST0000').code).toBe(2);
  });
});

describe('s3_requests', () => {
  it('has one row a request, with where it was seen', () => {
    const rows = query(
      db,
      `SELECT requestid, seen, is_bytes_different AS bytes, is_status_different AS status,
        is_requester_different AS requester, accesskeyid
      FROM s3_requests WHERE requestid IN ('${ids.both}', '${ids.eventOnly}', '${ids.true}') ORDER BY requestid`,
    );
    expect(rows).toEqual([
      {
        requestid: ids.true,
        seen: 'access log',
        bytes: null,
        status: null,
        requester: null,
        accesskeyid: null,
      },
      {
        requestid: ids.both,
        seen: 'both',
        bytes: 1,
        status: 1,
        requester: 1,
        accesskeyid: 'AKIAANA0000000000001',
      },
      {
        requestid: ids.eventOnly,
        seen: 'CloudTrail',
        bytes: null,
        status: null,
        requester: null,
        accesskeyid: 'AKIAANA0000000000001',
      },
    ]);
    const [{ twice }] = query(
      db,
      'SELECT count(*) - count(DISTINCT requestid) AS twice FROM s3_requests WHERE requestid IS NOT NULL',
    ) as [{ twice: number }];
    expect(twice).toBe(0);
    // Every line and every event of S3 is in it once.
    expect(query(db, 'SELECT sum(log_lines) AS lines, sum(events) AS events FROM s3_requests')).toEqual(
      query(
        db,
        `SELECT (SELECT count(*) FROM access_log) AS lines,
          (SELECT count(*) FROM cloudtrail_logs WHERE eventsource LIKE 's3%') AS events`,
      ),
    );
  });

  it('the two sides of generated requests do not differ, and a copy and a batch are one request', () => {
    const rows = query(
      db,
      `SELECT operation, log_lines > 1 AS several, sum(is_bytes_different) AS bytes, sum(is_status_different) AS status,
        sum(is_requester_different) AS requester, count(*) AS n
      FROM s3_requests WHERE seen = 'both' AND requestid NOT LIKE '5707E%' GROUP BY 1, 2`,
    );
    expect(rows.length).toBeGreaterThan(8);
    for (const row of rows) expect(row).toMatchObject({ bytes: expect.toSatisfy(n => !n) as number });
    for (const row of rows) expect([row.status ?? 0, row.requester ?? 0]).toEqual([0, 0]);
    const several = rows.filter(row => row.several === 1).map(row => row.operation);
    expect(several).toEqual(expect.arrayContaining(['REST.COPY.OBJECT', 'REST.POST.MULTI_OBJECT_DELETE']));
  });

  it('the fast way to a bucket and a window gives the rows of the view', async () => {
    const [{ requestsIn, requestOf }, { openForQueries }] = (await Promise.all([
      import(join(ROOT, 'dist/query/access/requests.js')),
      import(join(ROOT, 'dist/query/open.js')),
    ])) as [typeof import('../src/query/access/requests.js'), typeof import('../src/query/open.js')];
    const index = openForQueries(db);
    const inWindow = (bucket: string, from: number, to: number): unknown[] =>
      query(
        db,
        `SELECT * FROM s3_requests WHERE bucket_name = '${bucket}'
          AND unixepoch(coalesce(requesttime, eventtime)) BETWEEN ${from} AND ${to}
        ORDER BY coalesce(requesttime, eventtime), access_rowid IS NULL, access_rowid`,
      );
    const story = { bucket: 'reports-prod', from: MINUTE, to: MINUTE + 9000 };
    expect(requestsIn(index, story)).toEqual(inWindow(story.bucket, story.from, story.to));
    expect(inWindow(story.bucket, story.from, story.to)).toHaveLength(9);
    expect(requestsIn(index, { ...story, to: story.from + 10 })).toHaveLength(2);
    const busiest = query(
      db,
      `SELECT bucket_name AS name FROM s3_requests WHERE seen = 'both' GROUP BY 1 ORDER BY count(*) DESC LIMIT 1`,
    )[0]!.name as string;
    const month = { bucket: busiest, from: Date.UTC(2026, 0, 1) / 1000, to: Date.UTC(2026, 1, 1) / 1000 };
    const sorted = (rows: readonly unknown[]): string[] => rows.map(row => JSON.stringify(row)).sort();
    expect(sorted(requestsIn(index, month))).toEqual(sorted(inWindow(busiest, month.from, month.to)));
    expect(requestOf(index, ids.both)).toEqual(
      query(db, `SELECT * FROM s3_requests WHERE requestid = '${ids.both}'`)[0],
    );
    index.close();
  });
});
