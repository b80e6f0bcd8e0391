import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, it } from 'vitest';
import { findColumn } from '../src/query/columns/column.js';
import { FILTERS, type Filters } from '../src/query/filter/filter.js';
import {
  folder,
  ingestInto,
  offtrail,
  put,
  query,
  record,
  records,
  sampleIndex,
  type TestRecord,
  trail,
} from './support.js';

type Row = Record<string, unknown>;
const top = (db: string, ...args: string[]): Row[] => first(100_000, db, ...args);
function first(limit: number, db: string, ...args: string[]): Row[] {
  const ran = offtrail(['top', '--db', db, '--format', 'json', '--limit', `${limit}`, ...args]);
  if (ran.code !== 0) throw new Error(ran.stderr);
  return JSON.parse(ran.stdout) as Row[];
}
const sorted = (rows: Row[]): string[] => rows.map(row => JSON.stringify(Object.values(row))).sort();

/** What SQL counts on the rows. */
function counted(db: string, columns: readonly string[], where = '1'): string[] {
  const rows = query(
    db,
    `SELECT ${columns.map(c => `CAST(${c} AS TEXT) AS ${c}`).join(', ')}, count(*) AS events,
      sum(errorcode IS NOT NULL OR errormessage IS NOT NULL) AS errors,
      round(100.0 * sum(errorcode IS NOT NULL OR errormessage IS NOT NULL) / count(*), 1) AS percent,
      min(eventtime) AS first, max(eventtime) AS last
    FROM cloudtrail_logs WHERE ${where} GROUP BY ${columns.map((_, i) => i + 1).join(', ')}`,
  );
  return sorted(rows);
}

let db: string;
beforeAll(() => {
  db = sampleIndex();
});

it('every filter on one column is a column to count by', () => {
  const others: Array<keyof Filters> = [
    'from',
    'to',
    'requester',
    'resourceType',
    'resourceName',
    'errorsOnly',
  ];
  const names = FILTERS.map(({ name }) => name).filter(name => !others.includes(name));
  for (const name of names) expect(findColumn(name).name, name).toBeTypeOf('string');
});

describe('offtrail top', () => {
  it.each([
    ...['eventname', 'eventsource', 'awsregion', 'errorcode', 'readonly', 'sourceipaddress', 'useragent'],
    ...['useridentity_arn', 'useridentity_accesskeyid', 'username', 'useridentity_type', 'bucketname'],
    ...[
      'is_anonymous',
      'tlsdetails_tlsversion',
      'objectkey',
      'requestid',
      'file_path',
      'day',
      'errormessage',
    ],
  ])('counts by %s as SQL does', column => {
    expect(sorted(top(db, column))).toEqual(counted(db, [column]));
  });

  it.each([
    [['bucketname', 'username', 'eventname']],
    [['eventname', 'eventsource', 'useridentity_type', 'useridentity_arn']],
    [['objectkey', 'eventname', 'sourceipaddress']],
  ])('counts by %s together', columns => {
    expect(sorted(top(db, ...columns))).toEqual(counted(db, columns));
  });

  it('tells values apart whatever characters they have', () => {
    const keys = ['a\u0000', 'a\u0000b', '\u0000', '', '=', '\u00007=x', 'a', 'a', 'ä'.repeat(9), '\u0000'];
    const events = keys.map(key => record({ requestParameters: { bucketName: 'b', key } }));
    const own = ingestInto([put(folder(), 'a.json', trail([...events, ...records(3)]))]).db;
    const expected = query(own, 'SELECT objectkey, count(*) FROM cloudtrail_logs GROUP BY 1');
    expect(expected).toHaveLength(11);
    expect(sorted(top(own, 'objectkey').map(({ objectkey, events }) => ({ objectkey, events })))).toEqual(
      sorted(expected),
    );
  });

  it('lists values of as many events by their code units', () => {
    // An emoji stands before U+E000 there, and behind it among bytes; a shorter value stands before what it begins.
    const keys = ['', 'a', 'a/b', 'ab', 'é', '中', '😀', '😁', '\ue000', '\ufffd'];
    const events = keys.toReversed().map(key => record({ requestParameters: { bucketName: 'b', key } }));
    const own = ingestInto([put(folder(), 'a.json', trail(events))]).db;
    const shown = (rows: Row[]): unknown[] => rows.map(({ objectkey }) => objectkey);
    expect(shown(first(5, own, 'objectkey'))).toEqual(keys.slice(0, 5));
    expect(shown(top(own, 'objectkey'))).toEqual(keys);
  });

  it('tells a value that is one NUL from none', () => {
    const agents = ['\u0000', undefined, undefined, ''];
    const own = ingestInto([
      put(folder(), 'a.json', trail(agents.map(userAgent => record({ userAgent })))),
    ]).db;
    expect(sorted(top(own, 'userAgent'))).toEqual(counted(own, ['useragent']));
    expect(top(own, 'userAgent')).toHaveLength(3);
  });

  it('cannot count by lists of resources, which is said', () => {
    for (const name of ['resources', 'resourceName', 'resource_type']) {
      const ran = offtrail(['top', name, '--db', db]);
      expect(ran.code).toBe(2);
      expect(ran.stderr).toContain('has a list of resources');
    }
  });

  it('counts thousands of values, alone and together, and gives the same first ones with a limit', () => {
    const events = Array.from({ length: 9000 }, (_, i) =>
      record({
        requestID: `r${i % 4500}`,
        requestParameters: { bucketName: `b${i % 3}`, key: `k${(i * i) % 5001}` },
        ...(i % 11 === 0 ? { errorCode: 'AccessDenied' } : {}),
      }),
    );
    const own = ingestInto([put(folder(), 'a.json', trail(events))]).db;
    for (const columns of [
      ['objectkey'],
      ['objectkey', 'requestid'],
      ['requestid', 'bucketname', 'objectkey'],
    ])
      expect(sorted(top(own, ...columns))).toEqual(counted(own, columns));
    for (const sort of ['events', 'errors', 'first', 'last']) {
      const args = ['key', '--sort', sort, '--key', 'k1*', '--key', 'k2*'];
      expect(first(7, own, ...args)).toEqual(top(own, ...args).slice(0, 7));
    }
  });

  it('takes the filters, and the names that people use', () => {
    const where = "eventsource = 's3.amazonaws.com' AND eventname LIKE '%Object' AND username IS NOT NULL";
    expect(
      sorted(
        top(db, 'bucket,user', 'Event name', '--service', 's3', '--event-name', '*Object', '--user', '*'),
      ),
    ).toEqual(counted(db, ['bucketname', 'username', 'eventname'], where));
  });

  it('gives the most frequent first, or the most errors, or what was seen first or last', () => {
    const values = (sort: string, column: string): unknown[] =>
      top(db, 'sourceipaddress', '--sort', sort).map(row => row[column]);
    const numbers = (list: unknown[]): number[] => list as number[];
    expect(numbers(values('events', 'events'))).toEqual(
      numbers(values('events', 'events')).sort((a, b) => b - a),
    );
    expect(numbers(values('errors', 'errors'))).toEqual(
      numbers(values('errors', 'errors')).sort((a, b) => b - a),
    );
    expect(values('first', 'firstSeen')).toEqual(values('first', 'firstSeen').sort());
    expect(values('last', 'lastSeen')).toEqual(values('last', 'lastSeen').sort().reverse());
  });

  it('says how much more there is, and that a column is unknown', () => {
    expect(offtrail(['top', 'eventname', '--db', db, '--limit', '1']).stderr).toMatch(
      /^1 of \d+ rows, of 158 events/,
    );
    expect(offtrail(['top', 'evenname', '--db', db]).stderr).toContain('did you mean eventname?');
    expect(offtrail(['top', '--db', db]).code).toBe(2);
  });
});

describe('offtrail timeline', () => {
  const timeline = (...args: string[]) => offtrail(['timeline', '--db', db, ...args]);

  it('counts every event in the step it belongs to, steps without events included', () => {
    const rows = JSON.parse(timeline('--every', '1h', '--format', 'json').stdout) as Row[];
    const byHour = new Map(
      query(db, 'SELECT substr(eventtime, 1, 13) AS hour, count(*) AS n FROM cloudtrail_logs GROUP BY 1').map(
        row => [row.hour, row.n],
      ),
    );
    for (const { time, events } of rows) expect(events).toBe(byHour.get((time as string).slice(0, 13)) ?? 0);
    expect(rows.reduce((sum, row) => sum + (row.events as number), 0)).toBe(158);
    const times = rows.map(row => Date.parse(row.time as string));
    expect(times.every((time, i) => i === 0 || time - times[i - 1]! === 3_600_000)).toBe(true);
  });

  it('splits by any column', () => {
    const rows = JSON.parse(
      timeline('--every', '1w', '--by', 'event name', '--format', 'json').stdout,
    ) as Row[];
    const sums = new Map<unknown, number>();
    for (const row of rows) sums.set(row.eventName, (sums.get(row.eventName) ?? 0) + (row.events as number));
    const sql = query(db, 'SELECT eventname, count(*) AS n FROM cloudtrail_logs GROUP BY 1');
    expect(sums).toEqual(new Map(sql.map(row => [row.eventname, row.n])));
    for (const row of rows) expect(new Date(row.time as string).getUTCDay()).toBe(1);
  });

  it('draws bars, the longest for the most events, and chooses the width of a step by the range', () => {
    const lines = timeline().stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^time +events +errors$/);
    expect(lines.length).toBeLessThanOrEqual(101);
    const bars = lines
      .slice(1)
      .map(line => ({ events: Number(line.split(/ +/)[1]), bar: line.split(/ +/)[3] ?? '' }));
    const most = bars.toSorted((a, b) => b.events - a.events)[0]!;
    expect(Math.max(...bars.map(({ bar }) => bar.length))).toBe(most.bar.length);
    expect(bars.every(({ events, bar }) => (events === 0) === (bar === ''))).toBe(true);
  });

  it('has no more than a hundred steps, wherever they begin', () => {
    const times = ['2024-03-01T00:00:04Z', '2024-03-01T00:08:23Z'];
    const steps = (list: string[]): Row[] => {
      const own = ingestInto([
        put(folder(), 'a.json', trail(list.map(eventTime => record({ eventTime })))),
      ]).db;
      return JSON.parse(offtrail(['timeline', '--db', own, '--format', 'json']).stdout) as Row[];
    };
    expect(steps(times)).toHaveLength(51);
    const long = steps(['1970-01-01T00:00:00Z', '2100-01-01T00:00:00Z']);
    expect(long.length).toBeLessThanOrEqual(100);
    expect(long.reduce((sum, row) => sum + (row.events as number), 0)).toBe(2);
  });

  it('refuses steps that are too many or no steps', () => {
    expect(timeline('--every', '0m').code).toBe(2);
    expect(timeline('--every', 'often').stderr).toContain('write 30s, 5m, 1h, 1d or 1w');
    expect(timeline('--every', '1s').stderr).toContain('take wider steps');
    expect(timeline('--event-name', 'None').stderr).toMatch(
      /^no event has --event-name None\nno events found; the index has 158, from 2019-/,
    );
  });

  it('says how many events have no time', () => {
    const own = ingestInto([
      put(folder(), 'a.json', trail([record({ eventTime: undefined }), ...records(2)])),
    ]).db;
    const ran = offtrail(['timeline', '--db', own]);
    expect(ran.stderr).toBe('1 events without a time are not in it\n');
  });
});

describe('the columns of the events', () => {
  const many = (file: number, count: number): TestRecord[] =>
    Array.from({ length: count }, (_, i) =>
      record({
        eventTime: `2024-01-01T0${file}:00:00Z`,
        eventName: `Call${file}`,
        sourceIPAddress: `10.0.${file}.${i % 200}`,
      }),
    );
  const same = (path: string): void => {
    for (const column of ['eventname', 'sourceipaddress'])
      expect(sorted(top(path, column))).toEqual(counted(path, [column]));
  };
  const segments = (path: string): unknown => query(path, 'SELECT count(*) AS n FROM column_segment')[0]!.n;

  it('span segments, and follow files that change, shrink, grow and come', () => {
    const root = folder();
    for (const file of [1, 2, 3, 4, 5]) put(root, `${file}.json`, trail(many(file, 5000)));
    const own = ingestInto([root]).db;
    expect(segments(own)).toBe(4);
    same(own);
    put(root, '2.json', trail(many(2, 10)));
    put(root, '5.json', trail(many(6, 6000)));
    // What the files no longer hold stays, until it is to go.
    expect(offtrail(['ingest', root, '--db', own]).code).toBe(1);
    same(own);
    expect(offtrail(['ingest', root, '--db', own, '--replace']).code).toBe(0);
    same(own);
    put(root, '7.json', trail(many(7, 1)));
    expect(offtrail(['ingest', root, '--db', own]).code).toBe(0);
    same(own);
    expect(
      query(own, 'SELECT count(*) AS n FROM event WHERE id > (SELECT max(last_id) FROM column_segment)'),
    ).toEqual([{ n: 0 }]);
  });

  it.each([
    ['UPDATE column_segment SET latest = latest + 1 WHERE id = 0', 'a changed row'],
    ['UPDATE column_values SET data = zeroblob(length(data)) WHERE id = 1', 'a damaged column'],
    ['DELETE FROM column_values WHERE id % 2 = 0', 'missing columns'],
    ['DELETE FROM column_segment', 'missing segments'],
    ['DROP TABLE column_segment; DROP TABLE column_values', 'missing tables'],
    ['DROP TABLE column_segment; CREATE TABLE column_segment (id TEXT)', 'a table of another form'],
  ])('that are damaged are not believed, and the next ingest mends them: %s', statement => {
    const root = folder();
    put(root, 'a.json', trail([...many(1, 60), record({ eventTime: 'odd' })]));
    const own = ingestInto([root]).db;
    const before = [sorted(top(own, 'eventname')), sorted(top(own, 'ip'))];
    const writing = new Database(own);
    writing.exec(statement);
    writing.close();
    expect([sorted(top(own, 'eventname')), sorted(top(own, 'ip'))]).toEqual(before);
    expect(offtrail(['ingest', root, '--db', own]).code).toBe(0);
    expect([sorted(top(own, 'eventname')), sorted(top(own, 'ip'))]).toEqual(before);
    expect(segments(own)).toBe(1);
    expect(query(own, 'SELECT count(*) AS n FROM column_values')).toEqual([{ n: 7 }]);
  });

  it('are built by reindex', () => {
    const own = sampleIndex();
    const writing = new Database(own);
    writing.exec('DELETE FROM column_values');
    writing.close();
    expect(offtrail(['reindex', '--db', own]).code).toBe(0);
    expect(query(own, 'SELECT count(*) AS n FROM column_values')).toEqual([{ n: 7 }]);
    same(own);
  });

  it('count events that no ingest has finished', () => {
    const own = ingestInto([put(folder(), 'a.json', trail(many(1, 50)))]).db;
    const writing = new Database(own);
    writing.exec(
      'INSERT INTO event (id, eventtime, kind_id, file_id, ordinal) SELECT 1000 + id, eventtime, kind_id, file_id, ordinal FROM event',
    );
    writing.close();
    expect(top(own, 'eventname')[0]!.events).toBe(100);
    same(own);
  });
});

describe('values that only rows have, of thousands of events', () => {
  const keys = ['', 'a', 'a\0b', 'schlüssel', '\u{1f600}', 'k'.repeat(900)];
  let own: string;
  beforeAll(() => {
    const event = (i: number): TestRecord =>
      record({
        eventTime:
          i % 9 === 0 ? '1969-12-31T23:59:59Z' : `2024-01-01T00:00:${String(i % 60).padStart(2, '0')}Z`,
        eventName: i % 50 === 0 ? 'Rare' : 'Common',
        requestID: `R${i % 11}`,
        ...(i % 7 === 0 ? { errorCode: 'AccessDenied' } : {}),
        requestParameters:
          i % 3 === 0
            ? { bucketName: 'b' }
            : { bucketName: 'b', key: i % 2 ? `own/${i}` : keys[i % keys.length] },
      });
    const root = folder();
    put(root, 'a.json', trail(Array.from({ length: 14_000 }, (_, i) => event(i))));
    own = ingestInto([root]).db;
  });

  it.each(['objectkey', 'requestid'])('%s is counted as SQL does, of all events and of some', column => {
    expect(sorted(top(own, column))).toEqual(counted(own, [column]));
    expect(sorted(top(own, column, '--event-name', 'Rare'))).toEqual(
      counted(own, [column], "eventname = 'Rare'"),
    );
  });

  it('no value comes before an empty one where both are as frequent', () => {
    const key = (more: object): TestRecord => record({ requestParameters: { bucketName: 'b', ...more } });
    const two = ingestInto([
      put(folder(), 'a.json', trail([key({ key: '' }), key({}), key({ key: '' }), key({})])),
    ]);
    expect(top(two.db, 'objectkey').map(({ objectkey }) => objectkey)).toEqual([null, '']);
  });

  it('each event is counted once where some rows have to be read by SQLite', () => {
    const writing = new Database(own);
    // No text: what reads pages leaves the rest of the segment to SQLite.
    writing.exec("UPDATE event SET objectkey = CAST('in bytes' AS BLOB) WHERE id % 5000 = 0");
    writing.close();
    expect(sorted(top(own, 'objectkey'))).toEqual(counted(own, ['objectkey']));
  });

  it('an event of which the columns alone know has no value, and is counted as for any other column', () => {
    const writer = new Database(own);
    writer.exec('DELETE FROM event WHERE id IN (77, 9000)');
    writer.close();
    const events = (column: string): number =>
      top(own, column).reduce((sum, row) => sum + (row.events as number), 0);
    expect(events('objectkey')).toBe(14_000);
    expect(events('eventname')).toBe(14_000);
  });
});

it('the commands of the history run where nothing was ingested', () => {
  const empty = join(folder(), 'empty.db');
  const made = ingestInto([put(folder(), 'x.json', '{"Records":[]}')]).db;
  for (const args of [['events'], ['lookup-events'], ['timeline'], ['top', 'eventname']])
    expect(offtrail([...args, '--db', made]).code, args[0]).toBe(0);
  expect(offtrail(['who', 'ana', '--db', made]).code).toBe(1);
  expect(offtrail(['sessions', 'ana', '--db', made]).code).toBe(2);
  expect(offtrail(['events', '--db', empty]).code).toBe(2);
});
