/** The request metrics: beside an independent computation, and what the command says and prints. */

import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeAccessLogs } from '../scripts/access-logs.js';
import { type EventIndex, type Metrics, type MetricsOptions, openIndex } from '../src/index.js';
import { METRICS } from '../src/query/metrics/definitions.js';
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
        const has = [...STATISTICS, ...PERCENTILES].map(
          s => (statistics === 'sum' ? s === 'Sum' : statistics === 'all' || !s.startsWith('p')),
        );
        const wanted = all.map(([step, ...values]) => [step, ...values.filter((_, i) => has[i])]);
        const names = [...STATISTICS, ...PERCENTILES].filter((_, i) => has[i]);
        const actual = answered(answer, name, names);
        expect(actual.length, name).toBe(wanted.length);
        for (const [i, row] of actual.entries())
          for (const [j, value] of row.entries()) expect(value, `${name} ${names[j - 1]}`).toBeCloseTo(Number(wanted[i]![j]), 6);
        compared += actual.length;
      }
      expect(compared).toBeGreaterThan(100);
    });

  it('have totals over all the time that are those of all requests, not of steps', async () => {
    const answer = withIndex(index =>
      index.metrics({ bucket, from: FROM, to: TO, every: '1h', source: 'access-logs', statistics: ['Average', 'p99', 'p50'] }),
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
    const of = (options: MetricsOptions): number => withIndex(index => index.metrics({ source: 'access-logs', ...options }).requests);
    expect(of({ bucket, prefix: 'data/' })).toBe(count);
    expect(of({ bucket: `s3://${bucket}/data/` })).toBe(count);
    expect(of({ bucket: `arn:aws:s3:::${bucket}/data/*` })).toBe(count);
    expect(count).toBeGreaterThan(50);
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
      if (i % 2 === 0) put(half, `${i}`, query(db, `SELECT line FROM s3_access_logs WHERE file_path = '${path}' ORDER BY file_ordinal`).map(row => `${row.line as string}\n`).join(''));
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
