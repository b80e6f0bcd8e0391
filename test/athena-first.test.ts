/** The first events in the order of time are found in the columns of the index; they are those that reading all gives. */

import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../scripts/random.js';
import { type Db, openForQueries } from '../src/query/open.js';
import { createSqlSession } from '../src/query/sql/run.js';
import { sqlRows } from './sql-rows.js';
import { folder, ingestInto, put, record, type TestRecord, trail } from './support.js';

const random = createRandom(20261127);
const pick = <T>(of: readonly T[]): T => of[random.below(of.length)]!;

/** Events of a few seconds, so that many are of one. */
const anyRecord = (): TestRecord =>
  record({
    eventTime: `2024-03-0${1 + random.below(3)}T10:00:0${random.below(6)}Z`,
    eventName: pick(['GetObject', 'GetObject', 'PutObject', 'ConsoleLogin']),
    errorCode: pick([undefined, undefined, 'AccessDenied']),
    sourceIPAddress: pick([undefined, '192.0.2.1', '192.0.2.2', 's3.amazonaws.com']),
    userIdentity: pick([
      undefined,
      { type: 'Root' },
      { type: 'IAMUser', userName: 'u', accessKeyId: 'AKIAX' },
    ]),
    userAgent: pick([undefined, 'agent/1', 'agent/2']),
    requestParameters: pick([undefined, { bucketName: 'one', key: 'k' }, { bucketName: 'two' }]),
  } as TestRecord);

const CONDITIONS = [
  "eventname = 'PutObject'",
  "eventname IN ('PutObject', 'ConsoleLogin')",
  "eventname LIKE '%Object' AND errorcode = 'AccessDenied'",
  "useridentity.type = 'Root'",
  "useridentity.type <> 'Root'",
  'useridentity.type IS NULL',
  "sourceipaddress = '192.0.2.1' AND eventname = 'GetObject'",
  "NOT sourceipaddress = '192.0.2.1'",
  "useragent = 'agent/1'",
  "coalesce(useragent, 'none') = 'none'",
  "eventname = 'PutObject' OR useridentity.type = 'Root'",
  "eventname = 'PutObject' AND requestparameters LIKE '%two%'",
  "eventname = 'nothing'",
];
const TIMES = [
  '',
  " AND eventtime >= '2024-03-02'",
  " AND eventtime < '2024-03-02T10:00:03Z' AND eventtime >= '2024-03-01T10:00:02Z'",
  " AND eventtime BETWEEN '2024-03-02T10:00:01Z' AND '2024-03-02T10:00:01Z'",
  " AND eventtime > '2025-01-01' AND eventtime < '2024-01-01'",
];
const ORDERS = ['eventtime', 'eventtime DESC', 'eventtime DESC NULLS FIRST', 'eventtime ASC NULLS FIRST'];
const ENDS = [
  'LIMIT 1',
  'LIMIT 7',
  'OFFSET 3 LIMIT 5',
  'LIMIT 0',
  'LIMIT 900',
  'LIMIT 200000',
  '',
  'FETCH FIRST 4 ROWS WITH TIES',
];

function indexOf(list: readonly TestRecord[]): Db {
  const root = folder();
  for (let at = 0; at < list.length; at += 100) put(root, `${at}.json`, trail(list.slice(at, at + 100)));
  return openForQueries(ingestInto([root]).db);
}

const planOf = (index: Db, statement: string): string =>
  createSqlSession(index).explain(statement).join('\n');

describe('a SELECT that is sorted by time', () => {
  let index: Db;
  beforeAll(() => {
    index = indexOf(Array.from({ length: 800 }, anyRecord));
  });

  it.each(CONDITIONS)('leaves what it leaves where every event is read: %s', condition => {
    for (const times of TIMES)
      for (const order of ORDERS) {
        const end = pick(ENDS);
        const select = (where: string): unknown[] =>
          sqlRows(
            index,
            `SELECT eventid, eventtime, awsregion FROM cloudtrail_logs WHERE ${where} ORDER BY ${order}, eventid ${end}`,
          );
        const where = `(${condition})${times}`;
        expect(select(where), `${where} ${order} ${end}`).toEqual(select(`(${where}) OR requestid = 'none'`));
      }
  });

  it('reads these events alone, where columns tell which they are', () => {
    const of = (where: string, end: string, what = 'eventid'): string =>
      planOf(index, `SELECT ${what} FROM cloudtrail_logs WHERE ${where} ${end}`);
    const byTime = 'ORDER BY eventtime DESC LIMIT 5';
    for (const where of ["eventname = 'PutObject'", "useragent = 'agent/1' AND eventtime > '2024-03-02'"])
      expect(of(where, byTime)).toContain('SEARCH e USING INTEGER PRIMARY KEY');
    for (const end of [
      'ORDER BY eventtime DESC',
      'ORDER BY eventtime LIMIT 5000',
      'ORDER BY eventtime LIMIT 500000',
    ])
      expect(of("eventname = 'PutObject'", end)).toContain('SEARCH e USING INTEGER PRIMARY KEY');
    for (const [where, end, what] of [
      ["eventname = 'PutObject'", 'ORDER BY eventid LIMIT 5'],
      ["eventname = 'PutObject'", byTime, 'eventid, count(*) OVER ()'],
      ["eventname = 'PutObject' AND requestid <> 'x'", byTime],
      ["eventname = 'PutObject' OR requestid = 'x'", byTime],
    ] as const)
      expect(of(where, end, what)).not.toContain('e.id IN');
  });

  it('counts, over the window of a later key, the events that it does not leave', () => {
    const select = (where: string): unknown[] =>
      sqlRows(
        index,
        `SELECT eventid FROM cloudtrail_logs WHERE ${where}
        ORDER BY eventtime, count(*) OVER (PARTITION BY useragent, errorcode) DESC, eventid LIMIT 3`,
      );
    expect(select("eventname = 'PutObject'")).toEqual(
      select("eventname = 'PutObject' OR requestid = 'none'"),
    );
  });

  it('counts, over its window, the events that it does not leave', () => {
    const [first] = sqlRows(
      index,
      "SELECT count(*) OVER () FROM cloudtrail_logs WHERE eventname = 'PutObject' ORDER BY eventtime LIMIT 1",
    );
    expect(first).toEqual(
      sqlRows(index, "SELECT count(*) FROM cloudtrail_logs WHERE eventname = 'PutObject'")[0],
    );
  });
});

it('where a time has another form, its text says where it stands', () => {
  const list = Array.from({ length: 300 }, anyRecord);
  list[7] = record({ eventName: 'PutObject', eventTime: '2024-03-03T11:00:00+23:00' });
  list[8] = record({ eventName: 'PutObject', eventTime: undefined });
  const index = indexOf(list);
  for (const order of ORDERS) {
    const select = (where: string): unknown[] =>
      sqlRows(
        index,
        `SELECT eventid, eventtime FROM cloudtrail_logs WHERE ${where} ORDER BY ${order}, eventid LIMIT 5`,
      );
    expect(select("eventname = 'PutObject'")).toEqual(
      select("eventname = 'PutObject' OR requestid = 'none'"),
    );
  }
});
