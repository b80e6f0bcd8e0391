/** The request metrics: beside an independent computation, and what the command says and prints. */

import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeAccessLogs } from '../scripts/access-logs.js';
import { type EventIndex, type Metrics, type MetricsOptions, openIndex } from '../src/index.js';
import { METRICS } from '../src/query/metrics/definitions.js';
import { eachColumns } from '../src/query/metrics/line-numbers.js';
import {
  filesBelow,
  folder,
  ingestInto,
  offtrail,
  put,
  query,
  type Ran,
  record,
  type TestRecord,
  trail,
} from './support.js';

/** An index of generated access logs and of the data events of half of their requests. */
const lines = folder();
const events = folder();
let db: string;
let bucket: string;
let peer: Awaited<ReturnType<DuckDBInstance['connect']>>;
const FROM = '2026-01-03';
const TO = '2026-01-17';
const FROM_SECOND = Date.parse(`${FROM}T00:00:00Z`) / 1000;
const TO_SECOND = Date.parse(`${TO}T00:00:00Z`) / 1000;

/** The positional fields of a line; generated lines have no quotes within texts. */
const LINE =
  '^(\\S+) (\\S+) \\[([^\\]]+)\\] (\\S+) (\\S+) (\\S+) (\\S+) (\\S+) ("[^"]*"|-) (\\S+) (\\S+) (\\S+) (\\S+) (\\S+) (\\S+) ';
const FIELDS = [
  ...['owner', 'bucket', 'at', 'ip', 'requester', 'requestid', 'operation', 'key', 'uri'],
  ...['status', 'error', 'sent', 'size', 'total', 'turn'],
];

beforeAll(async () => {
  makeAccessLogs(lines, {
    ...{ files: 60, linesPerFile: 120, days: 30, buckets: 3, seed: 5 },
    events: { folder: events, share: 0.5 },
  });
  db = ingestInto([lines, events]).db;
  bucket = query(db, 'SELECT bucket_name AS b FROM access_bucket ORDER BY id')[0]!.b as string;
  peer = await (await DuckDBInstance.create(':memory:')).connect();
  const names = `[${FIELDS.map(name => `'${name}'`).join(', ')}]`;
  await peer.run(`CREATE TABLE lines AS SELECT f.*,
      epoch(strptime(f.at, '%d/%b/%Y:%H:%M:%S +0000'))::BIGINT AS second
    FROM (SELECT regexp_extract(line, '${LINE}', ${names}) AS f
      FROM read_csv('${lines}/*', columns = {'line': 'VARCHAR'}, delim = '\\x01', quote = '', escape = '', header = false, auto_detect = false))`);
  await peer.run(`CREATE TABLE calls AS SELECT *,
      CASE WHEN operation IN ('REST.GET.OBJECT', 'WEBSITE.GET.OBJECT', 'REST.GET.ACL', 'REST.COPY.OBJECT_GET') THEN 'Get'
        WHEN operation IN ('REST.PUT.OBJECT', 'REST.PUT.PART', 'REST.COPY.OBJECT') THEN 'Put'
        WHEN operation IN ('REST.DELETE.OBJECT', 'REST.POST.MULTI_OBJECT_DELETE') THEN 'Delete'
        WHEN operation LIKE 'REST.HEAD.%' THEN 'Head'
        WHEN operation IN ('REST.POST.UPLOADS', 'REST.POST.UPLOAD') THEN 'Post'
        WHEN operation = 'REST.GET.BUCKET' THEN 'List' ELSE 'other' END AS class,
      try_cast(sent AS DOUBLE) AS down,
      CASE WHEN operation IN ('REST.PUT.OBJECT', 'REST.PUT.PART') AND status LIKE '2%' THEN try_cast(size AS DOUBLE) END AS up,
      try_cast(turn AS DOUBLE) AS first_byte, try_cast(total AS DOUBLE) AS whole
    FROM lines WHERE operation NOT LIKE 'S3.%' AND operation NOT LIKE 'BATCH.%'`);
  await peer.run(`CREATE TABLE events AS SELECT unnest(Records, max_depth := 2) FROM read_json('${filesBelow(events)[0]!.split('/AWSLogs')[0]}/**/*.json.gz',
      maximum_object_size = 100000000, columns = {Records: 'STRUCT(eventTime VARCHAR, eventName VARCHAR, errorCode VARCHAR, requestID VARCHAR,
        requestParameters STRUCT(bucketName VARCHAR, "key" VARCHAR), additionalEventData STRUCT(bytesTransferredIn DOUBLE, bytesTransferredOut DOUBLE))[]'})`);
});

async function ask(sql: string): Promise<Array<Array<number | string | null>>> {
  const rows = (await peer.runAndReadAll(sql)).getRows();
  return rows.map(row => row.map(value => (typeof value === 'bigint' ? Number(value) : value))) as Array<
    Array<number | string | null>
  >;
}

function withIndex<T>(use: (index: EventIndex) => T, path = db): T {
  const index = openIndex(path);
  try {
    return use(index);
  } finally {
    index.close();
  }
}

const STATISTICS = ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount'];
const PERCENTILES = ['p0', 'p1', 'p50', 'p90', 'p99', 'p99.9', 'p100'];
/** The value of each metric of a row of `calls`. */
const VALUES: Readonly<Record<string, string>> = {
  AllRequests: '1',
  ...Object.fromEntries(
    ['Get', 'Put', 'Delete', 'Head', 'Post', 'Select', 'List'].map(name => [
      `${name}Requests`,
      `CASE WHEN class = '${name}' THEN 1 END`,
    ]),
  ),
  SelectBytesReturned: `CASE WHEN class = 'Select' THEN down END`,
  BytesDownloaded: 'down',
  BytesUploaded: 'up',
  '4xxErrors': "CASE WHEN status LIKE '4%' THEN 1 ELSE 0 END",
  '5xxErrors': "CASE WHEN status LIKE '5%' THEN 1 ELSE 0 END",
  FirstByteLatency: 'first_byte',
  TotalRequestLatency: 'whole',
};

/** Every statistic of a metric by step, as DuckDB has it. */
async function expected(name: string, width: number, table = 'calls') {
  const value = VALUES[name]!;
  const sql = `SELECT CAST(floor((second - ${FROM_SECOND}) / ${width}) AS INTEGER) AS step, sum(v), avg(v), min(v), max(v), count(v),
      ${PERCENTILES.map(p => `quantile_disc(v, ${Number(p.slice(1)) / 100})`).join(', ')}
    FROM (SELECT second, CAST(${value} AS DOUBLE) AS v FROM ${table}
      WHERE bucket = '${bucket}' AND second >= ${FROM_SECOND} AND second < ${TO_SECOND})
    WHERE v IS NOT NULL GROUP BY 1 ORDER BY 1`;
  return ask(sql);
}

/** The same of an answer. */
function answered({ metrics, times }: Metrics, name: string, statistics: readonly string[]) {
  const metric = metrics.find(one => one.name === name)!;
  return times.flatMap((_, step) =>
    metric.samples[step]! > 0 ? [[step, ...statistics.map(s => metric.values[s]![step]!)]] : [],
  );
}

describe('the metrics of access logs', () => {
  for (const [every, width] of [
    ['1m', 60],
    ['1h', 3600],
    ['1d', 86_400],
  ] as const)
    it(`equal what DuckDB computes of the same lines, percentiles included, in steps of ${every}`, async () => {
      const answer = withIndex(index =>
        index.metrics({
          ...{ bucket, from: FROM, to: TO, every, source: 'access-logs' },
          statistics: [...STATISTICS, ...PERCENTILES],
        }),
      );
      let compared = 0;
      for (const { name, statistics } of METRICS) {
        if (name === 'SelectBytesScanned') continue;
        const all = await expected(name, width);
        const has = [...STATISTICS, ...PERCENTILES].map(s =>
          statistics === 'sum' ? s === 'Sum' : statistics === 'all' || !s.startsWith('p'),
        );
        const wanted = all.map(([step, ...values]) => [step, ...values.filter((_, i) => has[i])]);
        const names = [...STATISTICS, ...PERCENTILES].filter((_, i) => has[i]);
        const actual = answered(answer, name, names);
        expect(actual.length, name).toBe(wanted.length);
        for (const [i, row] of actual.entries())
          for (const [j, value] of row.entries())
            expect(value, `${name} ${names[j - 1]}`).toBeCloseTo(Number(wanted[i]![j]), 6);
        compared += actual.length;
      }
      expect(compared).toBeGreaterThan(100);
    });

  it('have totals over all the time that are those of all requests, not of steps', async () => {
    const answer = withIndex(index =>
      index.metrics({
        bucket,
        from: FROM,
        to: TO,
        every: '1h',
        source: 'access-logs',
        statistics: ['Average', 'p99', 'p50'],
      }),
    );
    const wide = TO_SECOND - FROM_SECOND;
    for (const metric of answer.metrics.filter(({ mark }) => mark !== 'not recorded')) {
      const [row] = await expected(metric.name, wide);
      const names = [...STATISTICS, ...PERCENTILES];
      for (const [name, value] of Object.entries(metric.total))
        if (row) expect(value, `${metric.name} ${name}`).toBeCloseTo(Number(row[1 + names.indexOf(name)]), 6);
        else expect(value).toBeNull();
    }
    // CloudWatch has no such statistic of a count.
    expect(answer.metrics.map(({ name }) => name)).not.toContain('GetRequests');
  });

  it('are of keys with a prefix', async () => {
    const [[count]] = (await ask(
      `SELECT count(*) FROM calls WHERE bucket = '${bucket}' AND key LIKE 'data/%'`,
    )) as [[number]];
    const of = (options: MetricsOptions): number =>
      withIndex(index => index.metrics({ source: 'access-logs', ...options }).requests);
    expect(of({ bucket, prefix: 'data/' })).toBe(count);
    expect(of({ bucket: `s3://${bucket}/data/` })).toBe(count);
    expect(of({ bucket: `arn:aws:s3:::${bucket}/data/*` })).toBe(count);
    expect(count).toBeGreaterThan(50);
  });
});

describe('lines are read', () => {
  it.each([
    ['all at a time', 1 << 20],
    ['in halves of a time that has too many', 50],
    ['one by one in a second that has too many', 0],
  ])('%s, each once', (_, most) => {
    const index = new Database(db, { readonly: true });
    const columns = ['l.id', 'l.time', 'l.bytessent', 'l.turnaroundtime'];
    const rows: number[][] = [];
    const where = { text: 'l.id <> ?', params: [7] };
    const piece = { columns, buckets: [1, 2, 99], where, start: FROM_SECOND, end: TO_SECOND };
    const use = (numbers: readonly Float64Array[], count: number): void => {
      expect(count).toBeLessThanOrEqual(Math.max(1, most));
      for (let i = 0; i < count; i++) rows.push(numbers.map(column => column[i]!));
    };
    eachColumns(index, piece, use, most);
    const plain = index
      .prepare(
        `SELECT ${columns.join(', ')} FROM access_log AS l
          WHERE l.bucket_id IN (1, 2) AND l.id <> 7 AND l.time >= ? AND l.time < ? ORDER BY l.id`,
      )
      .raw()
      .all(FROM_SECOND, TO_SECOND) as Array<Array<number | null>>;
    index.close();
    expect(plain.length).toBeGreaterThan(1500);
    expect(rows.sort((a, b) => a[0]! - b[0]!)).toEqual(
      plain.map(row => row.map(value => value ?? Number.NaN)),
    );
  });

  it('whatever numbers a line has: more digits than a number keeps are not other numbers', () => {
    const own = join(folder(), 'own.db');
    copyFileSync(db, own);
    const index = new Database(own);
    index.exec('UPDATE access_log SET bytessent = 100000000000000000000000, totaltime = -5 WHERE id = 3');
    const found: number[] = [];
    const piece = { columns: ['l.bytessent', 'l.totaltime'], buckets: [1, 2, 3], start: 0, end: 2 ** 40 };
    eachColumns(index, { ...piece, where: { text: 'l.id = 3', params: [] } }, ([sent, total]) =>
      found.push(sent![0]!, total![0]!),
    );
    index.close();
    expect(found).toEqual([1e23, -5]);
  });

  it('from the index that has their numbers', () => {
    const plan = query(
      db,
      `EXPLAIN QUERY PLAN SELECT json_group_array(l.totaltime), json_group_array(l.id) FROM access_log AS l
        WHERE l.bucket_id = 1 AND l.time >= 5 AND l.time < 9`,
    );
    expect(plan[0]!.detail).toContain('USING COVERING INDEX access_bucket_numbers');
  });
});

describe('the metrics of both sources', () => {
  it('count each request once, by its request id, and take bodies from events', async () => {
    const [[inLines]] = (await ask(`SELECT count(*) FROM calls WHERE bucket = '${bucket}'`)) as [[number]];
    const [[inEvents]] = (await ask(
      `SELECT count(*) FROM events WHERE requestParameters.bucketName = '${bucket}'`,
    )) as [[number]];
    const [[uploaded]] = (await ask(
      `SELECT sum(coalesce(e.additionalEventData.bytesTransferredIn, c.up)) FROM calls AS c
       LEFT JOIN events AS e ON e.requestID = c.requestid AND c.operation <> 'REST.COPY.OBJECT_GET' AND e.requestParameters.bucketName = c.bucket
       WHERE c.bucket = '${bucket}'`,
    )) as [[number]];
    const answer = withIndex(index => index.metrics({ bucket }));
    expect(answer).toMatchObject({ source: 'both', requests: inLines, eventsAlone: 0 });
    expect(inEvents).toBeGreaterThan(100);
    const total = (name: string) => answer.metrics.find(one => one.name === name)!.total.Sum;
    expect(total('BytesUploaded')).toBe(uploaded);
    expect(total('AllRequests')).toBe(inLines);
  });

  it('are approximate where an event has no line, with the number of those', () => {
    const half = folder();
    for (const [i, path] of filesBelow(lines).entries())
      if (i % 2 === 0)
        put(
          half,
          `${i}`,
          query(db, `SELECT line FROM s3_access_logs WHERE file_path = '${path}' ORDER BY file_ordinal`)
            .map(row => `${row.line as string}\n`)
            .join(''),
        );
    const { db: other } = ingestInto([half, events]);
    const answer = withIndex(index => index.metrics({ bucket }), other);
    const alone = query(
      other,
      `SELECT count(DISTINCT requestid) AS n FROM cloudtrail_logs WHERE bucketname = '${bucket}' AND requestid NOT IN
        (SELECT requestid FROM s3_access_logs WHERE bucket_name = '${bucket}' AND metric IS NOT NULL AND operation NOT LIKE '%_GET' AND requestid IS NOT NULL)`,
    )[0]!.n as number;
    expect(alone).toBeGreaterThan(10);
    expect(answer.eventsAlone).toBe(alone);
    const all = answer.metrics.find(({ name }) => name === 'AllRequests')!;
    expect(all.mark).toBe('approximate');
    expect(all.reason).toContain(`${alone} of `);
  });
});

/** A data event of a bucket at a second. */
const event = (second: number, eventName: string, more: TestRecord = {}): TestRecord =>
  record({
    eventTime: `2024-05-01T00:0${Math.floor(second / 60)}:${String(second % 60).padStart(2, '0')}Z`,
    eventName,
    requestParameters: { bucketName: 'only-events', key: 'in/a' },
    requestID: `R${second}`,
    additionalEventData: { bytesTransferredIn: 0, bytesTransferredOut: 0 },
    ...more,
  });

describe('the metrics of CloudTrail alone', () => {
  const child = (errorCode?: string) =>
    event(70, 'DeleteObject', { requestID: 'BATCH', ...(errorCode ? { errorCode } : {}) });
  const { db: index } = ingestInto([
    put(
      folder(),
      'a.json',
      trail([
        event(1, 'GetObject', { additionalEventData: { bytesTransferredIn: 0, bytesTransferredOut: 100 } }),
        event(2, 'GetObject', { errorCode: 'AccessDenied', errorMessage: 'no' }),
        event(3, 'HeadObject', { errorCode: 'NotModified' }),
        event(4, 'PutObject', {
          errorCode: 'SlowDown',
          additionalEventData: {
            bytesTransferredIn: 7.0,
            bytesTransferredOut: 300,
            turnAroundTime: 12,
            startTime: 1000,
            endTime: 1040,
          },
        }),
        event(5, 'GetBucketAcl', {
          eventCategory: 'Management',
          requestParameters: { bucketName: 'only-events' },
        }),
        event(6, 'NewCall', { additionalEventData: { turnAroundTime: 'soon', bytesTransferredOut: -5 } }),
        child('AccessDenied'),
        child(),
        event(70, 'DeleteObjects', {
          requestID: 'BATCH',
          requestParameters: { bucketName: 'only-events', delete: '' },
        }),
        child(),
        // The copy of the same call that another account received.
        event(1, 'GetObject', { recipientAccountId: '999988887777' }),
      ]),
    ),
  ]);
  const answer = withIndex(i => i.metrics({ bucket: 'only-events', every: '1m' }), index);
  const of = (name: string) => answer.metrics.find(one => one.name === name)!;

  it('count each request once: keys of a batch and copies for another account are none of their own', () => {
    expect(answer).toMatchObject({ source: 'cloudtrail', requests: 6, width: 60 });
    expect(answer.times).toEqual(['2024-05-01T00:00:00Z', '2024-05-01T00:01:00Z']);
    const sums = answer.metrics.map(({ name, total }) => [name, total.Sum]);
    expect(Object.fromEntries(sums)).toMatchObject({
      ...{
        AllRequests: 6,
        GetRequests: 2,
        HeadRequests: 1,
        PutRequests: 1,
        DeleteRequests: 1,
        PostRequests: 0,
      },
      ...{ BytesDownloaded: 400, BytesUploaded: 7, '4xxErrors': 1, '5xxErrors': 1 },
    });
    expect([...of('4xxErrors').values.Average!]).toEqual([1 / 5, 0]);
  });

  it('say what they miss', () => {
    expect(of('AllRequests')).toMatchObject({
      mark: 'approximate',
      reason: expect.stringMatching(/fail authentication.*counted once/) as string,
    });
    expect(of('DeleteRequests').reason).toContain('DeleteObjects are counted once');
    expect(of('SelectBytesScanned')).toMatchObject({ mark: 'not recorded', statistics: [], total: {} });
    expect(of('FirstByteLatency')).toMatchObject({
      mark: 'approximate',
      reason: 'turnAroundTime of additionalEventData, which 1 of 6 events have',
      total: { Average: 12 },
    });
    expect(of('TotalRequestLatency').total).toMatchObject({ Sum: 40, SampleCount: 1 });
    const none = withIndex(i => i.metrics({ bucket: 'only-events', to: '2024-05-01T00:00:03Z' }), index);
    expect(none.metrics.find(({ name }) => name === 'FirstByteLatency')!.mark).toBe('not recorded');
    expect(none.requests).toBe(2);
  });

  it('refuses an alarm that cannot be decided, so that silence is not taken for health', () => {
    const alarm = (...more: string[]): Ran => offtrail(['metrics', '--db', index, ...more]);
    expect(
      alarm('--bucket', 'only-events', '--to', '2024-05-01T00:00:03Z', '--alarm', 'FirstByteLatency > 5'),
    ).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('cannot be decided: FirstByteLatency is not recorded') as string,
    });
    expect(alarm('--bucket', 'misspelt', '--alarm', 'AllRequests < 1')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there are no requests of "misspelt"') as string,
    });
  });
});

describe('offtrail metrics', () => {
  const run = (...args: string[]): Ran => offtrail(['metrics', '--db', db, '--bucket', bucket, ...args]);
  const json = (...args: string[]): unknown => JSON.parse(run(...args).stdout);

  it('prints a line for each metric, with its mark and why', () => {
    const { code, stdout, stderr } = run('--from', FROM, '--to', TO, '--every', '1d');
    expect(code).toBe(0);
    const rows = stdout.trimEnd().split('\n');
    expect(rows).toHaveLength(17);
    expect(rows[1]).toMatch(/^AllRequests +[▁-█ ]+ \d+ +Count +exact +a line a request/);
    expect(rows.find(row => row.startsWith('SelectBytesScanned'))).toMatch(/not recorded +no field/);
    expect(stderr).toMatch(
      new RegExp(`^[\\d,]+ requests of ${bucket} from both sources; 14 steps of 1 day\n$`),
    );
  });

  it('prints rows of steps as csv and jsonl, and everything as json', () => {
    const args = [
      '--metric',
      'AllRequests,4xxerrors',
      '--every',
      '1d',
      '--statistic',
      'Sum',
      '--statistic',
      'average',
    ];
    const rows = run(...args, '--format', 'csv')
      .stdout.trimEnd()
      .split('\r\n');
    expect(rows[0]).toBe('time,metric,Sum,Average,unit,mark');
    const first = withIndex(index => index.metrics({ bucket, every: '1d', metrics: ['AllRequests'] }));
    expect(rows[1]).toBe(`${first.times[0]},AllRequests,${first.metrics[0]!.values.Sum![0]},,Count,exact`);
    expect(
      run(...args, '--format', 'csv', '--limit', '3')
        .stdout.trimEnd()
        .split('\r\n'),
    ).toHaveLength(4);
    const whole = json(...args, '--format', 'json') as {
      metrics: Array<{ name: string; points: object[]; total: object }>;
    };
    expect(whole.metrics.map(({ name }) => name)).toEqual(['AllRequests', '4xxErrors']);
    expect(whole.metrics[1]!.points[0]).toEqual({
      time: first.times[0],
      Sum: expect.any(Number) as number,
      Average: expect.any(Number) as number,
    });
    expect(whole.metrics[0]!.total).toEqual({ Sum: first.metrics[0]!.total.Sum });
  });

  it('prints what the AWS CLI prints: statistics of one metric, data of several', () => {
    const one = json(
      '--metric',
      'FirstByteLatency',
      '--statistic',
      'Average,p99',
      '--every',
      '1d',
      '--format',
      'cloudwatch',
    ) as { Label: string; Datapoints: Array<Record<string, unknown>> };
    const answer = withIndex(index =>
      index.metrics({ bucket, every: '1d', metrics: ['FirstByteLatency'], statistics: ['Average', 'p99'] }),
    );
    const { values, samples } = answer.metrics[0]!;
    const steps = [...samples.keys()].filter(step => samples[step]! > 0);
    expect(one.Label).toBe('FirstByteLatency');
    expect(one.Datapoints).toEqual(
      steps.map(step => ({
        Timestamp: answer.times[step]!.replace('Z', '+00:00'),
        Average: values.Average![step],
        Unit: 'Milliseconds',
        ExtendedStatistics: { p99: values.p99![step] },
      })),
    );
    const several = json(
      '--metric',
      'AllRequests,5xxErrors',
      '--statistic',
      'Sum',
      '--every',
      '1d',
      '--format',
      'cloudwatch',
    ) as {
      MetricDataResults: Array<{ Label: string; Timestamps: string[]; Values: number[] }>;
      Messages: [];
    };
    expect(several.MetricDataResults.map(({ Label }) => Label)).toEqual(['AllRequests', '5xxErrors']);
    const [all] = several.MetricDataResults;
    expect(all).toMatchObject({ Id: 'm_allrequests_sum', StatusCode: 'Complete' });
    // Newest first, as CloudWatch gives them.
    expect([...all!.Timestamps].sort().reverse()).toEqual(all!.Timestamps);
    expect(all!.Values.reduce((sum, value) => sum + value, 0)).toBe(
      withIndex(index => index.metrics({ bucket })).requests,
    );
  });

  it('exits 1 where an alarm holds and lists when, 0 where none does', async () => {
    const days = await ask(
      `SELECT strftime(to_timestamp(second), '%Y-%m-%dT00:00:00Z'), avg(CASE WHEN status LIKE '4%' THEN 1 ELSE 0 END) FROM calls WHERE bucket = '${bucket}' GROUP BY 1 HAVING avg(CASE WHEN status LIKE '4%' THEN 1 ELSE 0 END) > 0.05 ORDER BY 1`,
    );
    const held = run('--alarm', '4xxErrors > 5%', '--every', '1d', '--format', 'json');
    expect(held.code).toBe(1);
    const rows = JSON.parse(held.stdout) as Array<Record<string, unknown>>;
    expect(days.length).toBeGreaterThan(0);
    expect(rows.map(({ time, value }) => [time, value])).toEqual(days);
    expect(rows[0]!.alarm).toBe('4xxErrors > 5%');
    const silent = run('--alarm', 'FirstByteLatency p99 > 500');
    expect(silent).toMatchObject({ code: 0, stderr: 'no alarm holds in any step\n' });
    // A step without requests has the sum 0, and no rate.
    const empty = run(
      '--alarm',
      'AllRequests < 1',
      '--alarm',
      '4xxErrors < 5%',
      '--from',
      '2020-01-01',
      '--to',
      '2020-01-01T02:00',
      '--every',
      '1h',
      '--format',
      'json',
    );
    expect(empty.code).toBe(1);
    expect(JSON.parse(empty.stdout)).toEqual(
      ['00', '01'].map(hour => ({
        alarm: 'AllRequests < 1',
        time: `2020-01-01T${hour}:00:00Z`,
        value: 0,
        samples: 0,
      })),
    );
  });

  it.each([
    [['--metric', 'AllRequest'], 'did you mean AllRequests'],
    [['--metric', 'AllRequests', '--statistic', 'p99'], 'CloudWatch has no p99 of AllRequests'],
    [['--statistic', 'median'], 'there is no statistic "median"'],
    [['--alarm', 'AllRequests > 5%'], 'is no rate'],
    [['--alarm', '4xxErrors p99 > 5'], 'CloudWatch has no p99 of 4xxErrors'],
    [['--alarm', '4xxErrors'], 'cannot read the alarm'],
    [['--from', '2024-01-02', '--to', '2024-01-02'], 'nothing lies between'],
    [['--every', '1s', '--from', '1999-01-01'], 'steps of 1s would be'],
  ])('refuses %j', (args, message) => {
    expect(run(...args)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(message) as string,
    });
  });

  it('says where there is nothing of a bucket', () => {
    const nothing = offtrail(['metrics', '--db', db, '--bucket', 'misspelt', '--format', 'csv']);
    expect(nothing.code).toBe(0);
    expect(nothing.stderr).toContain('no requests of misspelt in access logs or data events');
  });
});
