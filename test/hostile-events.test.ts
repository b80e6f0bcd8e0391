import { closeSync, openSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { severalLines } from './failing.js';
import { folder, ingestInto, offtrail, put, query, record, type TestRecord, trail } from './support.js';

const build = (list: readonly TestRecord[]): string => ingestInto([put(folder(), 'a.json', trail(list))]).db;
const json = (db: string, ...args: string[]): Array<Record<string, unknown>> => {
  const ran = offtrail([...args, '--db', db, '--format', 'json']);
  if (ran.code !== 0) throw new Error(ran.stderr);
  return JSON.parse(ran.stdout) as Array<Record<string, unknown>>;
};

describe('an eventTime of an attacker’s', () => {
  const ODD = [
    '\n0123456789012345678',
    '\n\n1,2,3,4,5,6,7,8,9,\n',
    '2024-03-01T00:00:0\n,',
    ',,,,,,,,,,,,,,,,,,,,',
  ];

  it('with line ends and commas is one odd time, wherever its record stands', () => {
    for (const eventTime of ODD) {
      for (const list of [
        [record({ eventTime }), record(), record()],
        [record(), record(), record({ eventTime })],
      ]) {
        const db = build(list);
        expect(json(db, 'top', 'eventname')).toMatchObject([{ eventName: 'GetObject', events: 3 }]);
        expect(json(db, 'events', '--event-name', 'GetObject')).toHaveLength(3);
        expect(query(db, 'SELECT count(*) AS n FROM column_segment')).toEqual([{ n: 1 }]);
      }
    }
  });

  it('far in the future comes in its order, page by page', () => {
    const times = Array.from({ length: 9 }, (_, i) => `${2098 + 3 * i}-01-01T00:00:00Z`);
    const db = build(times.map(eventTime => record({ eventTime })));
    for (const order of ['oldest', 'newest']) {
      const got: unknown[] = [];
      let token: string[] = [];
      for (let page = 0; page < 9; page++) {
        const args = ['--columns', 'eventTime', '--order', order, '--limit', '2', ...token];
        const ran = offtrail(['events', '--db', db, '--format', 'json', ...args]);
        got.push(...(JSON.parse(ran.stdout) as Array<{ eventTime: string }>).map(row => row.eventTime));
        const next = /--starting-token (\S+),/.exec(ran.stderr)?.[1];
        if (!next) break;
        token = ['--starting-token', next];
      }
      expect(got).toEqual(order === 'oldest' ? times : times.toReversed());
    }
    expect(json(db, 'events', '--from', '2107-01-01', '--limit', '2')).toHaveLength(2);
  });
});

describe('a value of an attacker’s', () => {
  it('that is long does not make a table endless', () => {
    const db = build([record({ userAgent: 'a'.repeat(300_000) }), record()]);
    // Without a bound this takes minutes, and the test ends by its time limit.
    expect(offtrail(['events', '--db', db, '--columns', 'userAgent', 'eventTime']).code).toBe(0);
    expect(offtrail(['top', 'userAgent', '--db', db]).stdout).toContain('aws-cli');
  });

  it('does not hide behind a NUL from wildcards', () => {
    const db = build([record({ userAgent: 'plain\u0000evil-tool/1.0' }), record()]);
    expect(json(db, 'events', '--user-agent', '*evil-tool*')).toHaveLength(1);
    expect(json(db, 'events', '--user-agent', '!*evil-tool*')).toHaveLength(1);
    expect(json(db, 's3', 'get-object', '--user-agent', 'plain?evil*')).toHaveLength(1);
  });

  it('that is one NUL is an access key like any other', () => {
    const identity = { type: 'IAMUser', userName: 'x', accessKeyId: '\u0000' };
    const one = record({ userIdentity: identity });
    const db = build([one, record()]);
    const ran = offtrail(['sessions', one.eventID as string, '--db', db]);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain('* \\u{0}');
  });

  it('is no formula in CSV, even behind blanks', () => {
    const names = [' =1+1', '\n=1', '\ufeff@x', '\t+1', '=1', '-1', '  plain', 'a =1'];
    const db = build(names.map(userName => record({ userIdentity: { type: 'IAMUser', userName } })));
    for (const [format, ...columns] of [['csv', '--columns', 'username'], ['console-csv']]) {
      const { stdout } = offtrail(['events', '--db', db, '--format', format!, ...columns]);
      for (const name of names.slice(0, 6)) {
        // A line break and a tab can begin a cell of their own.
        const safe = `'${name.replace(/^[\n\t]/, "$&'")}`;
        expect(stdout).toContain(safe);
        expect(stdout.replaceAll(safe, '')).not.toContain(name === '=1' ? '\r\n=1' : `"${name}`);
      }
      expect(stdout).not.toContain("'  plain");
      expect(stdout).not.toContain("'a =1");
    }
  });

  it('in a service without a dot can be asked for', () => {
    const db = build([record({ eventSource: 'custom' }), record()]);
    expect(json(db, 'events', '--service', 'custom')).toHaveLength(1);
    expect(json(db, 'events', '--service', '!custom')).toHaveLength(1);
    expect(json(db, 'events', '--service', 's3')).toHaveLength(1);
  });
});

it('--query finds nothing that is not in the answer', () => {
  const db = build([record()]);
  for (const name of ['toString', 'constructor', 'hasOwnProperty', '__proto__']) {
    const args = ['lookup-events', '--db', db, '--query', `Events[0].${name}`, '--output'];
    expect(offtrail([...args, 'json'])).toEqual({ code: 0, stdout: 'null\n', stderr: '' });
    expect(offtrail([...args, 'text'])).toEqual({ code: 0, stdout: 'None\n', stderr: '' });
    expect(offtrail([...args, 'table'])).toEqual({ code: 0, stdout: '', stderr: '' });
  }
});

it.each([
  ...['column_segment', 'column_values', 'access_column_segment', 'access_column_values'],
  ...['text_block', 'text_slices'],
])('a damaged page of %s costs no answer', table => {
  const list = Array.from({ length: 40 }, (_, i) => record({ requestParameters: { key: `k${i}.txt` } }));
  const lines = put(folder(), '2026-01-05-11-00-00-0123456789ABCDEF', severalLines(3).join(''));
  const { db } = ingestInto([put(folder(), 'a.json', trail(list)), lines]);
  const answers = (): unknown[] => [
    json(db, 'top', 'eventname'),
    json(db, 'events', '--key', 'k7.*'),
    json(db, 'top', 'requester', '--source', 'access-logs'),
  ];
  const expected = answers();
  expect(expected[2]).not.toEqual([]);
  const own = new Database(db);
  const root = own.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(table) as number;
  const size = own.pragma('page_size', { simple: true }) as number;
  own.close();
  const file = openSync(db, 'r+');
  writeSync(file, Buffer.alloc(size), 0, size, (root - 1) * size);
  closeSync(file);
  expect(answers()).toEqual(expected);
  expect(offtrail(['search', 'k7.txt', '--count', '--db', db]).stdout).toBe('1\n');
});

it.each([
  [['events', '--errors-only=foo'], 'does not take a value'],
  [['events', '--event-name.foo=bar'], 'unknown option'],
  [['events', '--columns', ','], 'name at least one column'],
  [['events', '--columns'], 'columns'],
  [['top', 'eventname', '--limit', ''], 'must be a whole number'],
  [['who', 'x', '--limit', '1e3'], 'must be a whole number'],
  [['events', '--ip', '10.0.0.0/0x8'], '10.0.0.0/0x8'],
  [['lookup-events', '--lookup-attributes'], 'lookup-attributes'],
  [['lookup-events', '--max-items', 'abc'], "argument --max-items: invalid int value: 'abc'"],
  [['lookup-events', '--page-size', '0'], 'argument --page-size: 0 is less than 1'],
])('%s is refused', (args, message) => {
  const ran = offtrail([...args, '--db', build([record()])]);
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toContain(message);
});
