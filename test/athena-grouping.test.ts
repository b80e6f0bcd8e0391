/** What is grouped by computed values is kept in a map while there are few groups: the answers are those of sorting. */

import { beforeAll, describe, expect, it } from 'vitest';
import { type Db, openForQueries } from '../src/query/open.js';
import { createSqlSession } from '../src/query/sql/run.js';
import { groupsOf } from '../src/query/sql/tally.js';
import { sqlRows } from './sql-rows.js';
import { folder, ingestInto, put, record } from './support.js';

const HOSTS = ['a.example', 'b.example', 'B.example', 'a.example ', '', null, '\u{1f600}', '\uffff'];
const AGENTS = ['aws-cli/2.1', 'aws-cli/1.9', 'Mozilla/5.0', undefined, '12', 'x\0y'];

/** Events whose values repeat in every combination, some of them null. */
const events = Array.from({ length: 400 }, (_, i) =>
  record({
    eventTime: `2026-02-0${1 + (i % 3)}T0${i % 7}:00:00Z`,
    eventName: i % 5 === 0 ? 'PutObject' : 'GetObject',
    userAgent: AGENTS[i % AGENTS.length],
    sourceIPAddress: ['10.0.0.1', '10.1.0.7', 's3.amazonaws.com', '2001:db8::1'][(i >> 1) % 4],
    requestParameters: i % 11 === 0 ? null : { host: HOSTS[i % HOSTS.length], n: (i % 9) - 4, key: `k${i}` },
    errorCode: i % 4 === 0 ? 'AccessDenied' : undefined,
  }),
);

let index: Db;
beforeAll(() => {
  const root = folder();
  put(root, '1.json', JSON.stringify({ Records: events }));
  index = openForQueries(ingestInto([root]).db);
});

const rows = (statement: string): unknown[] => sqlRows(index, statement);
const sorted = (list: unknown[]): string[] =>
  list
    .map(row => JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? `${value}n` : value)))
    .sort();

const explained = (statement: string): string => createSqlSession(index).explain(statement).join('\n');

const HOST = "json_extract_scalar(requestparameters, '$.host')";
const NUMBER = "CAST(json_extract_scalar(requestparameters, '$.n') AS bigint)";
/** The same instant in two zones is one group. */
const ZONED = `at_timezone(from_iso8601_timestamp(eventtime), if(${NUMBER} > 0, 'UTC', 'Europe/Berlin'))`;

/** What no index, map or list of rows helps: a table beside another. */
const joined = (statement: string): string =>
  statement.replace(' FROM t ', ' FROM t CROSS JOIN (VALUES 1) AS one (x) ');

describe('groups of computed values', () => {
  it.each([
    [`${HOST} AS k, count(*) AS n`, '', 'GROUP BY 1'],
    [`lower(${HOST}) AS k, eventname, count(*), min(eventtime), max(eventtime)`, '', 'GROUP BY 1, 2'],
    [`${HOST} AS k, min(${HOST}), max(requestid), sum(${NUMBER}), count(${NUMBER})`, '', 'GROUP BY 1'],
    [
      `${NUMBER} AS k, count(DISTINCT ${HOST}), count(DISTINCT eventname) FILTER (WHERE errorcode IS NULL)`,
      '',
      'GROUP BY 1',
    ],
    [
      `${HOST} AS k, count(*) FILTER (WHERE errorcode IS NOT NULL), sum(${NUMBER}) FILTER (WHERE ${NUMBER} > 0)`,
      '',
      'GROUP BY 1',
    ],
    [`length(${HOST}) * 2 AS k, bool_or(errorcode IS NULL), count_if(${NUMBER} > 1)`, '', 'GROUP BY 1'],
    [`CAST(${NUMBER} AS double) * 0 AS k, count(*)`, '', 'GROUP BY 1'],
    [`sha256(to_utf8(${HOST})) AS k, max(to_utf8(${HOST}))`, '', 'GROUP BY 1'],
    [`count(requestid), count(*)`, '', `GROUP BY ${ZONED}`],
    [`${HOST} AS k, sum(count(*)) OVER (ORDER BY ${HOST} NULLS FIRST)`, '', 'GROUP BY 1'],
    [
      `count(*), 'k2' AS k`,
      `WHERE ${NUMBER} > 0`,
      `GROUP BY ${HOST} HAVING max(${NUMBER}) > 2 OR ${HOST} IS NULL`,
    ],
    [`${HOST} AS k, count(*)`, `WHERE requestid IS NULL`, 'GROUP BY 1'],
  ])('are those of a sorted table: %s', (values, where, tail) => {
    const statement = `SELECT ${values} FROM t ${where} ${tail}`;
    expect(explained(statement)).toContain('kept in memory');
    expect(explained(joined(statement))).not.toContain('kept in memory');
    const found = rows(statement);
    expect(found.length).toBeGreaterThan(where.includes('IS NULL') ? -1 : 1);
    expect(sorted(found)).toEqual(sorted(rows(joined(statement))));
  });

  it('of a query of WITH, or beside one, are those of a sorted table', () => {
    const statement = `SELECT ${HOST} AS k, count(*) AS n FROM t WHERE eventname IN (SELECT eventname FROM w) GROUP BY 1`;
    const names = 'WITH w AS (SELECT eventname FROM t WHERE errorcode IS NOT NULL GROUP BY 1), v AS';
    const whole = (of: string): string => `${names} (${of}) SELECT k, n FROM v WHERE n > 3`;
    expect(rows(whole(statement)).length).toBeGreaterThan(3);
    expect(sorted(rows(whole(statement)))).toEqual(sorted(rows(whole(joined(statement)))));
  });

  it('are sorted where they are many, their sum is too great or their texts are long', () => {
    const numbers = (to: number): string =>
      `FROM (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${to}) SELECT i FROM n)`;
    const groups = (key: string, value: string, from: string): unknown =>
      groupsOf(
        index,
        { name: 'kept', keys: 1, held: [{ kind: 'sum', place: 1 }] },
        `SELECT count(kept_row(${key}, ${value})) ${from}`,
      );
    expect(groups('i % 3', 'i', numbers(30_000))).toEqual([
      [1n, 149995000n],
      [2n, 150005000n],
      [0n, 150015000n],
    ]);
    expect(groups('i', '1', numbers(30_000))).toBeUndefined();
    // Two texts that are no UTF-8, and one in JavaScript.
    expect(groups("CAST(iif(i % 2, x'61ff', x'61fe') AS text)", '1', numbers(30))).toBeUndefined();
    expect(groups('i % 3', '9000000000000000000', numbers(30))).toBeUndefined();
    expect(groups('i || hex(zeroblob(1000000))', '1', numbers(30))).toBeUndefined();
    expect(() =>
      rows(`SELECT ${HOST}, sum(9223372036854775807 - length(eventname)) FROM t GROUP BY 1`),
    ).toThrow('bigint addition overflow');
  });
});

describe('conditions on what events point to', () => {
  it.each([
    "regexp_like(useragent, '^aws')",
    "NOT regexp_like(useragent, '^aws')",
    "NOT coalesce(regexp_like(useragent, '^aws'), FALSE)",
    "useragent LIKE '%/%' AND lower(useragent) LIKE '%aws%'",
    "contains('10.0.0.0/8', TRY_CAST(sourceipaddress AS ipaddress))",
    'TRY_CAST(sourceipaddress AS ipaddress) IS NULL AND useragent IS NULL',
    "lower(eventname) = 'putobject' AND length(useragent) > 3",
    "regexp_like(useragent, '^\\d+$') AND CAST(useragent AS bigint) = 12",
    "length(useragent) = 3 OR lower(useragent) = 'mozilla/5.0'",
  ])('hold for the same events when they are asked of each: %s', condition => {
    const statement = `SELECT requestparameters FROM t WHERE ${condition}`;
    expect(explained(statement)).toMatch(/_id IN \(SELECT id FROM ot\d+_p/);
    expect(explained(joined(statement))).not.toContain('SELECT id FROM ot');
    expect(sorted(rows(statement))).toEqual(sorted(rows(joined(statement))));
    expect(rows(statement).length).toBeGreaterThan(0);
  });

  it('are not asked again of each event, unless one of the rows made them fail', () => {
    expect(explained("SELECT requestid FROM t WHERE regexp_like(useragent, '^aws')")).toContain('WHERE 1');
    const failing = 'SELECT requestid FROM t WHERE CAST(useragent AS bigint) = 12';
    expect(explained(failing)).not.toContain('WHERE 1');
    expect(() => rows(failing)).toThrow('INVALID_CAST_ARGUMENT');
  });
});
