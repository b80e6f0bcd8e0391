/** A connection remembers what it bound; whatever changes between two runs of a text, the answer is that of now. */

import { expect, it, vi } from 'vitest';
import { openForQueries } from '../src/query/open.js';
import { createSqlSession, type SqlOptions } from '../src/query/sql/run.js';
import { folder, ingestInto, offtrail, put, record } from './support.js';

const log = (...eventTimes: string[]): string =>
  JSON.stringify({
    Records: eventTimes.map((eventTime, i) =>
      record({ eventTime, requestParameters: { key: `part-${i}-${eventTime}`, bucketName: 'b' } }),
    ),
  });

function opened() {
  const root = folder();
  put(root, '1.json', log('2026-02-01T10:00:00Z', '2026-02-01T11:00:00Z'));
  const { db: path } = ingestInto([root]);
  const db = openForQueries(path);
  const rows = (text: string, options?: SqlOptions): unknown[] =>
    [...createSqlSession(db, options).run(text)].flatMap(answer =>
      answer.kind === 'rows' ? [...answer.result.rows] : [],
    );
  const add = (name: string, text: string): void => {
    put(root, name, text);
    expect(offtrail(['ingest', root, '--db', path]).code).toBe(0);
  };
  return { db, rows, add };
}

it('a statement that ran before is not prepared again', () => {
  const { db, rows } = opened();
  const statement = "SELECT eventtime FROM t WHERE eventname = 'GetObject' OR requestid = 'none' ORDER BY 1";
  const first = rows(statement);
  const prepare = vi.spyOn(db, 'prepare');
  expect(rows(statement)).toEqual(first);
  expect(first).toEqual([['2026-02-01T10:00:00Z'], ['2026-02-01T11:00:00Z']]);
  expect(prepare.mock.calls.filter(([sql]) => sql.includes('GetObject'))).toEqual([]);
});

it('a statement that ran before counts what came since, and reads times in another form', () => {
  const { rows, add } = opened();
  const statements = [
    'SELECT eventname, count(*) FROM t GROUP BY 1',
    "SELECT count(*) FROM t WHERE eventtime >= '2026-02-01T10:30:00Z' GROUP BY eventname",
    "SELECT eventtime FROM t WHERE json_extract_scalar(requestparameters, '$.key') LIKE 'part-1%' ORDER BY 1",
  ];
  expect(statements.map(of => rows(of))).toEqual([[['GetObject', 2n]], [[1n]], [['2026-02-01T11:00:00Z']]]);
  add('2.json', log('2026-02-02T10:00:00Z', '2026-02-02T12:00:00+02:00'));
  expect(statements.map(of => rows(of))).toEqual([
    [['GetObject', 4n]],
    [[3n]],
    [['2026-02-01T11:00:00Z'], ['2026-02-02T12:00:00+02:00']],
  ]);
});

it('a statement that ran before asks the clock of its own session', () => {
  const { rows } = opened();
  const [first, second] = ['2026-02-02T00:00:00Z', '2027-03-04T00:00:00Z'].map(now => ({
    now: new Date(now),
  }));
  for (const statement of [
    'SELECT CAST(current_date AS varchar), count(*) FROM t',
    // The day of a time is that of the clock, which is asked for each row.
    'SELECT CAST(CAST(CAST(substr(min(eventtime), 12, 8) AS time) AS timestamp) AS varchar), 2 FROM t',
  ]) {
    expect(String(rows(statement, first!)[0])).toMatch(/^2026-02-02/);
    expect(String(rows(statement, second!)[0])).toMatch(/^2027-03-04/);
  }
});

it('a statement that ran before means the tables and views of its own session', () => {
  const { db, rows } = opened();
  const statement = 'SELECT * FROM own LIMIT 1';
  const width = (rows(statement)[0] as unknown[]).length;
  const session = createSqlSession(db);
  for (const _ of session.run('CREATE VIEW own AS SELECT eventname AS n FROM t'));
  const [answer] = session.run(statement);
  expect(answer?.kind === 'rows' && answer.result.columns).toEqual(['n']);
  expect(rows(statement)[0]).toHaveLength(width);
});

it('two readers of one statement each get all rows, whose functions are those of the statement', () => {
  const { db, rows } = opened();
  const statement = "SELECT regexp_extract(eventtime, '\\d+:\\d+') FROM t ORDER BY eventtime";
  const expected = [['10:00'], ['11:00']];
  expect(rows(statement)).toEqual(expected);
  const other = "SELECT regexp_extract(eventname, '^[A-Z][a-z]+') FROM t LIMIT 1";
  const readers = [statement, other, statement].map(text => {
    const [answer] = createSqlSession(db).run(text);
    if (answer?.kind !== 'rows') throw new Error('rows expected');
    return answer.result.rows;
  });
  expect(readers.map(reader => [...reader])).toEqual([expected, [['Get']], expected]);
});

it('a statement reads one state of the index from what is asked before it to its last row, and keeps it no longer', () => {
  const { db, rows } = opened();
  const own = "SELECT eventid FROM t WHERE regexp_like(useragent, '.')";
  const [answer] = createSqlSession(db).run(own);
  expect(db.inTransaction).toBe(false);
  const read = answer!.kind === 'rows' ? answer!.result.rows : undefined;
  read!.next();
  expect(db.inTransaction).toBe(true);
  expect([...read!]).toHaveLength(1);
  expect(db.inTransaction).toBe(false);
  expect(() => rows('SELECT CAST(useragent AS bigint) FROM t')).toThrow('INVALID_CAST_ARGUMENT');
  const [left] = createSqlSession(db).run(own);
  for (const _ of left!.kind === 'rows' ? left!.result.rows : []) break;
  expect(db.inTransaction).toBe(false);
});
