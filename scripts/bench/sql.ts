/** Athena's dialect on a large index: beside the searches and counts that answer the same, and beside DuckDB. */

import { createSqlSession, findS3Search, openForQueries, s3Rows, s3Statement, top } from './built.js';
import type { Peer } from './duckdb.js';
import { best, ms, ratio } from './measure.js';
import { row } from './report.js';

type Index = ReturnType<typeof openForQueries>;

/** Milliseconds until all rows of a statement were taken, and their number. */
function timeOf(index: Index, statement: string): { ms: number; rows: number } {
  let rows = 0;
  const time = best(5, () => {
    const began = performance.now();
    rows = 0;
    for (const answer of createSqlSession(index).run(statement))
      if (answer.kind === 'rows') for (const _ of answer.result.rows) rows++;
    return performance.now() - began;
  });
  return { ms: time, rows };
}

/** Statements as people paste them. */
export async function athenaSql(db: string, peer: Peer): Promise<void> {
  const index = openForQueries(db);
  guideQueries(index);
  parsing(index);
  counting(index);
  for (const [work, statement, theirs, limit] of SCANS) {
    const ours = timeOf(index, statement);
    const other = await peer.query(theirs ?? statement);
    if (other.rows !== ours.rows) throw new Error(`${work}: ${ours.rows} rows here, ${other.rows} in DuckDB`);
    row(
      `sql: ${work}`,
      ms(ours.ms),
      ms(other.ms),
      ratio(ours.ms, other.ms),
      limit === undefined ? '' : `≤ ${limit} ms, ≤ 1.5 ×`,
      limit === undefined ? undefined : ours.ms <= limit && ours.ms <= 1.5 * other.ms,
    );
  }
  index.close();
}

/** The S3 guide's queries, pasted, beside the searches that answer the same. */
function guideQueries(index: Index): void {
  for (const name of ['put-object', 'get-object', 'anonymous', 'sigv2-requesters']) {
    const options = { from: '2026-02-10', to: '2026-02-11' };
    const [canned, now] = [findS3Search(name), new Date()];
    let rows = 0;
    const search = best(5, () => {
      const began = performance.now();
      rows = [...s3Rows(index, canned, options, now).rows].length;
      return performance.now() - began;
    });
    const pasted = timeOf(index, s3Statement(canned, options, now).athena());
    if (pasted.rows !== rows) throw new Error(`${name}: ${pasted.rows} rows pasted, ${rows} searched`);
    row(
      `sql: the statement of s3 ${name} pasted, a day: ${rows.toLocaleString('en-US')} rows`,
      ms(pasted.ms),
      `${ms(search)} (the search)`,
      ratio(pasted.ms, search),
      '≤ 1.2 ×',
      pasted.ms <= 1.2 * search,
    );
  }
}

/** What a statement costs before SQLite has it. */
function parsing(index: Index): void {
  const aDay = { from: '2026-02-10', to: '2026-02-11' };
  const statement = s3Statement(findS3Search('put-object'), aDay, new Date()).athena();
  const session = createSqlSession(index);
  const many = 200;
  const time = best(3, () => {
    const began = performance.now();
    for (let i = 0; i < many; i++) session.explain(statement);
    return (performance.now() - began) / many;
  });
  row('sql: parse, bind and plan one statement', `${time.toFixed(2)} ms`, '', '', '≤ 2 ms', time <= 2);
}

/** GROUP BY beside `top`, which counts in the same columns. */
function counting(index: Index): void {
  for (const [columns, keys] of [
    [['eventName'], 'eventname'],
    [['eventName', 'arn'], 'eventname, useridentity.arn'],
  ] as const) {
    const counted = timeOf(index, `SELECT ${keys}, count(*) FROM t GROUP BY ${keys}`);
    const own = best(5, () => {
      const began = performance.now();
      top(index, { columns: [...columns], limit: counted.rows }, new Date());
      return performance.now() - began;
    });
    row(
      `sql: count by ${keys}: ${counted.rows.toLocaleString('en-US')} groups`,
      ms(counted.ms),
      `${ms(own)} (top)`,
      ratio(counted.ms, own),
      '≤ 1 ×',
      counted.ms <= own,
    );
  }
}

/** What no index answers; DuckDB's own form where it lacks a function of Athena's. */
const SCANS: ReadonlyArray<
  [work: string, statement: string, duckdb: string | undefined, limit: number | undefined]
> = [
  [
    'json_extract_scalar on every event',
    "SELECT count(*) AS n FROM cloudtrail_logs WHERE json_extract_scalar(requestParameters, '$.instanceType') = 'm5.large'",
    undefined,
    2000,
  ],
  [
    'LIKE with a text that no event has',
    "SELECT count(*) AS n FROM cloudtrail_logs WHERE requestParameters LIKE '%i-0badc0ffee%'",
    undefined,
    2000,
  ],
  [
    'a request id that no event has',
    "SELECT eventName FROM cloudtrail_logs WHERE requestID = 'ZZ79A59DF900B949E5'",
    undefined,
    2000,
  ],
  [
    'count by json_extract_scalar',
    "SELECT json_extract_scalar(requestParameters, '$.Host') AS host, count(*) AS n FROM cloudtrail_logs GROUP BY 1 ORDER BY 2 DESC LIMIT 5",
    undefined,
    undefined,
  ],
  [
    'count by hour of from_iso8601_timestamp(eventtime)',
    "SELECT date_trunc('hour', from_iso8601_timestamp(eventTime)) AS hour, count(*) AS n FROM cloudtrail_logs GROUP BY 1",
    "SELECT date_trunc('hour', CAST(eventTime AS TIMESTAMPTZ)) AS hour, count(*) AS n FROM cloudtrail_logs GROUP BY 1",
    undefined,
  ],
  [
    'count by the program of a user agent, by a regular expression',
    "SELECT regexp_extract(userAgent, '^[^/]+') AS program, count(*) AS n FROM cloudtrail_logs GROUP BY 1",
    undefined,
    undefined,
  ],
];
