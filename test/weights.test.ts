import { beforeAll, expect, it } from 'vitest';
import { type Db, openForQueries } from '../src/query/open.js';
import { createSqlSession } from '../src/query/sql/run.js';
import { folder, ingestInto, put, record, trail } from './support.js';
import { answer } from './trino.js';

let db: Db;
const two = (n: number): string => String(n).padStart(2, '0');
beforeAll(() => {
  const root = folder();
  const names = ['GetObject', 'PutObject', 'ListBuckets'];
  const records = Array.from({ length: 300 }, (_, i) =>
    record({
      eventName: names[i % 3]!,
      // One event has no time at all.
      eventTime: i === 123 ? null : `2024-03-0${1 + (i % 5)}T0${i % 10}:${two(i % 60)}:${two((i * 7) % 60)}Z`,
      sourceIPAddress: `10.0.0.${i % 7}`,
      userAgent: i % 11 === 0 ? null : `agent-${i % 4}/1`,
      errorCode: i % 5 === 0 ? 'AccessDenied' : undefined,
    }),
  );
  put(root, 'a.json', trail(records));
  db = openForQueries(ingestInto([root]).db);
});

/**
 * Each statement asks for dimensions alone, and so counts in the columns of the index. With `$event_rowid`, which only
 * events have, in a condition that is always true, it reads events.
 */
const STATEMENTS = [
  "SELECT eventname, (SELECT count(*) FROM t b WHERE a.eventtime >= '2024-03-03') FROM t a WHERE TRUE GROUP BY eventname, a.eventtime",
  "SELECT count(*) FROM t a WHERE EXISTS (SELECT DISTINCT eventname FROM t b WHERE a.eventtime < '2024-03-03')",
  "SELECT count(*) FROM t WHERE eventtime <= '2024-02-31'",
  "SELECT count(*) FROM t WHERE eventtime <= '2024-02-31T00:00:00Z' OR eventname = 'x'",
  "SELECT eventname, count(*) FROM t WHERE eventtime > '2024-03-01T24:00:00Z' GROUP BY 1",
  'SELECT eventname, count(*) FROM t WHERE TRUE GROUP BY 1',
  'SELECT count(*), count(errorcode), count_if(errorcode IS NULL), count(DISTINCT sourceipaddress) FROM t WHERE TRUE',
  'SELECT count(useragent) FILTER (WHERE errorcode IS NOT NULL), max(useragent), array_agg(DISTINCT eventname ORDER BY eventname) FROM t WHERE TRUE',
  "SELECT eventname, sourceipaddress, count(*) c FROM t WHERE useragent LIKE 'agent-1%' GROUP BY 1, 2 HAVING count(*) > 2",
  "SELECT eventname, count(*) FROM t WHERE eventtime >= '2024-03-02' AND eventtime < '2024-03-04T05:00:00Z' GROUP BY 1",
  "SELECT eventname, count(*) FROM t WHERE eventtime BETWEEN '2024-03-02T02:00:00Z' AND '2024-03-03' AND NOT eventname = 'GetObject' GROUP BY 1",
  "SELECT count(*) FROM t WHERE eventtime > '2024-03-04' AND eventtime <= '2024-03-05'",
  "SELECT count(*) FROM t WHERE eventtime = '2024-03-01T00:00:00Z'",
  "SELECT count(*) FROM t WHERE eventtime = '2024-03-01'",
  "SELECT regexp_extract(useragent, '^[^/]+') a, count(*), sum(count(*)) OVER () FROM t WHERE TRUE GROUP BY 1",
  'SELECT DISTINCT eventname, errorcode FROM t WHERE TRUE',
  'SELECT count(*) FROM (SELECT DISTINCT eventname, sourceipaddress FROM t WHERE TRUE)',
  'SELECT eventname, (SELECT count(*) FROM t u WHERE u.eventname = t.eventname) FROM t WHERE TRUE GROUP BY 1',
  'SELECT x.eventname, x.c FROM (SELECT eventname, count(*) c FROM t WHERE TRUE GROUP BY 1) x JOIN (SELECT eventname, count(*) d FROM t GROUP BY 1) y ON x.eventname = y.eventname AND x.c = y.d',
  "SELECT count(*) FROM t WHERE eventname = 'nothing'",
  'SELECT count(DISTINCT random()) > 1, count(*) FROM t WHERE TRUE',
  'SELECT count(*) FROM (SELECT DISTINCT eventname, random() FROM t WHERE TRUE)',
  'SELECT sum(1), avg(length(eventname)) FROM t WHERE TRUE',
  "SELECT date_trunc('hour', from_iso8601_timestamp(eventtime)) h, count(*) FROM t WHERE TRUE GROUP BY 1",
  "SELECT eventname, date_trunc('minute', CAST(from_iso8601_timestamp(eventtime) AS timestamp)) m, count(*) FROM t WHERE TRUE GROUP BY 1, 2",
  'SELECT substr(eventtime, 1, 13), count(*), count(eventtime) FROM t WHERE TRUE GROUP BY 1',
  'SELECT substr(eventtime, 12, 2), count(*) FROM t WHERE TRUE GROUP BY 1',
  'SELECT CAST(from_iso8601_timestamp(eventtime) AS date), hour(from_iso8601_timestamp(eventtime)), count(*) FROM t WHERE TRUE GROUP BY 1, 2',
  "SELECT date(date_parse(eventtime, '%Y-%m-%dT%H:%i:%sZ')), count(*) FROM t WHERE TRUE GROUP BY 1",
  "SELECT date_format(from_iso8601_timestamp(eventtime), '%Y-%m-%d %H:%i'), count(*) FROM t WHERE TRUE GROUP BY 1",
  "SELECT format_datetime(from_iso8601_timestamp(eventtime), 'EEEE H') f, count(*) FROM t WHERE TRUE GROUP BY 1",
  "SELECT DISTINCT year(from_iso8601_timestamp(eventtime)), errorcode FROM t WHERE eventtime LIKE '2024-03-02%'",
  "SELECT eventname, count(*) FROM t WHERE eventtime LIKE '2024-03-02T0%' OR minute(from_iso8601_timestamp(eventtime)) > 50 GROUP BY 1",
  "SELECT count(*), count(DISTINCT substr(eventtime, 1, 10)), max(date_trunc('day', from_iso8601_timestamp(eventtime))) FROM t WHERE eventtime >= '2024-03-02T01:30:00Z' AND eventtime < '2024-03-04'",
  "SELECT day_of_week(from_iso8601_timestamp(eventtime)) d, count(*) FROM t WHERE sourceipaddress <> '10.0.0.3' GROUP BY 1 HAVING count(*) > 2",
  // Of these the time is needed whole.
  "SELECT date_trunc('hour', from_iso8601_timestamp(eventtime)) h, max(eventtime), count(*) FROM t WHERE TRUE GROUP BY 1",
  "SELECT date_trunc('hour', from_iso8601_timestamp(eventtime) AT TIME ZONE 'Asia/Kolkata') h, count(*) FROM t WHERE TRUE GROUP BY 1",
  "SELECT date_format(from_iso8601_timestamp(eventtime), '%H:%s'), count(*) FROM t WHERE TRUE GROUP BY 1",
  'SELECT substr(eventtime, 1, 13) || substr(eventtime, 18, 2), count(*) FROM t WHERE TRUE GROUP BY 1',
  "SELECT date_trunc('hour', from_iso8601_timestamp(eventtime) + interval '30' minute) h, count(*) FROM t WHERE TRUE GROUP BY 1",
  "SELECT length(substr(eventtime, 1, 13)), count(*) FROM t WHERE eventtime LIKE '%:17Z' GROUP BY 1",
  'SELECT eventname, max_by(sourceipaddress, sourceipaddress), histogram(errorcode) FROM t WHERE TRUE GROUP BY 1',
];

it.each(STATEMENTS)('counts as reading the events does: %s', statement => {
  const byEvents = statement
    .replace(/WHERE /, 'WHERE "$event_rowid" > 0 AND ')
    .replaceAll(/FROM t u WHERE "\$event_rowid" > 0 AND/g, 'FROM t u WHERE');
  const [own, other] = [answer(db, statement), answer(db, byEvents)];
  const sorted = (rows: unknown[][] | undefined): string[] =>
    (rows ?? []).map(row => JSON.stringify(row)).sort();
  expect(own.error).toBeUndefined();
  expect(sorted(own.rows)).toEqual(sorted(other.rows));
});

it('reads no event where dimensions have the answer, and all where they do not', () => {
  const plan = (statement: string): string => createSqlSession(db).explain(statement).join('\n');
  expect(plan('SELECT eventname, count(*) FROM t GROUP BY 1')).not.toMatch(/\bFROM event\b/);
  for (const cut of [
    "date_trunc('hour', from_iso8601_timestamp(eventtime))",
    'CAST(from_iso8601_timestamp(eventtime) AS date)',
    'substr(eventtime, 1, 16)',
    "date_format(date_parse(eventtime, '%Y-%m-%dT%H:%i:%sZ'), '%Y week %v')",
  ])
    expect(plan(`SELECT ${cut}, count(*) FROM t GROUP BY 1`)).not.toMatch(/\bFROM event\b/);
  expect(plan('SELECT substr(eventtime, 1, 17), count(*) FROM t GROUP BY 1')).toMatch(/\bFROM event\b/);
  expect(plan('SELECT eventname, sum(1) FROM t GROUP BY 1')).toMatch(/\bFROM event\b/);
  expect(plan("SELECT count(*) FROM t WHERE eventtime > '2024' OR eventname = 'x'")).toMatch(
    /\bFROM event\b/,
  );
});

it('counts by any part of the time as reading the events does', () => {
  const moment = 'from_iso8601_timestamp(eventtime)';
  const units = 'millisecond second minute hour day week month quarter year'.split(' ');
  const fields =
    'year quarter month week day day_of_week day_of_year year_of_week hour minute second millisecond'.split(
      ' ',
    );
  const parts = [
    ...units.map(unit => `date_trunc('${unit}', ${moment})`),
    ...fields.map(field => `${field}(${moment})`),
    ...[...'aBbcdeFfHhIijklMmpRrSsTvWxYy%'].map(letter => `date_format(${moment}, '%${letter}')`),
    ...[...'CYxwedDEyMaKhHkmsSzZ'].map(letter => `format_datetime(${moment}, '${letter}')`),
    ...Array.from({ length: 20 }, (_, i) => `substr(eventtime, ${1 + (i % 3)}, ${i})`),
  ];
  let short = 0;
  for (const part of parts) {
    const rows = (where: string): unknown => {
      const statement = `SELECT ${part}, count(*) FROM t ${where} GROUP BY 1 ORDER BY 1, 2`;
      if (!/\bFROM event\b/.test(createSqlSession(db).explain(statement).join('\n'))) short++;
      return answer(db, statement);
    };
    expect(rows(''), part).toEqual(rows('WHERE "$event_rowid" > 0'));
  }
  expect(short).toBeGreaterThan(50);
});
