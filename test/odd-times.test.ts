import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventIndex } from '../src/index.js';
import { inline } from '../src/query/filter/sql-text.js';
import { findS3Search } from '../src/query/s3-searches.js';
import { s3Statement } from '../src/query/s3-statement.js';
import { readableSeconds } from '../src/store/times.js';
import { folder, ingestInto, offtrail, put, query, ROOT, record, type TestRecord, trail } from './support.js';

/** An eventTime as it is written, and the second it is; undefined for what is no time. In order of time. */
const TIMES: Array<[name: string, written: unknown, second: string | undefined]> = [
  ['junk', 'zzz not a time', undefined],
  ['nonsense', '9999-99-99T99:99:99Z', undefined],
  ['february', '2024-02-30T00:00:00Z', undefined],
  ['dated', '2024-03-02, around noon', undefined],
  ['number', 1_709_337_600, undefined],
  ['tokyo', '2024-03-02T08:30:00+09:00', '2024-03-01T23:30:00Z'],
  ['west', '2024-03-01T20:00:00-0800', '2024-03-02T04:00:00Z'],
  ['plain', '2024-03-02T10:00:00Z', '2024-03-02T10:00:00Z'],
  ['fraction', '2024-03-02T10:00:00.750Z', '2024-03-02T10:00:00Z'],
  ['blank', '2024-03-02 11:00:00', '2024-03-02T11:00:00Z'],
  ['lower', '2024-03-02t12:00:00z', '2024-03-02T12:00:00Z'],
  ['zoneless', '2024-03-02T13:00:00', '2024-03-02T13:00:00Z'],
  ['late', '2024-03-03T00:00:00Z', '2024-03-03T00:00:00Z'],
];
const READABLE = TIMES.filter(([, , second]) => second !== undefined);
const NAMES = TIMES.map(([name]) => name);

/** Neither in order nor in the order of their text. */
const SHUFFLED = [...TIMES].sort(([a], [b]) => (a < b ? -1 : 1));
const recordOf = ([eventID, eventTime]: (typeof TIMES)[number]): TestRecord =>
  record({
    eventID,
    eventTime,
    eventName: 'PutObject',
    requestParameters: { bucketName: 'b', key: eventID },
  });

let db = '';
let index: EventIndex;
beforeAll(async () => {
  db = ingestInto([put(folder(), 'a.json', trail(SHUFFLED.map(recordOf)))]).db;
  const { openIndex } = (await import(join(ROOT, 'dist/index.js'))) as typeof import('../src/index.js');
  index = openIndex(db);
});
afterAll(() => index.close());

interface Range {
  from?: string;
  to?: string;
}
/** Names of the events that each command finds. The first ones have an order. */
const FINDERS: Record<string, (range: Range) => unknown[]> = {
  events: range => [...index.events({ ...range, columns: ['eventID'] })].map(row => row.eventID),
  s3: range => [...index.s3('put-object', range)].map(row => row.object),
  search: range => [...index.search({ ...range, text: 'PutObject' })].map(row => row.eventID),
  'search in a column': range =>
    [...index.search({ ...range, text: 'PutObject', field: 'eventname' })].map(row => row.eventID),
  'search among few': range =>
    [...index.search({ ...range, text: 'PutObject', bucket: 'b' })].map(row => row.eventID),
  'lookup-events': ({ from, to }) =>
    [
      ...index.lookupEvents({
        ...(from === undefined ? {} : { startTime: from }),
        ...(to === undefined ? {} : { endTime: to }),
      }),
    ].map(event => event.EventId),
  top: range => index.top({ ...range, columns: ['eventID'] }).rows.map(row => row.values[0]),
  timeline: range =>
    index.timeline({ ...range, by: 'eventID' }).steps.flatMap(step => step.values.map(({ value }) => value)),
};
const ORDERED = ['events', 's3', 'search', 'search in a column', 'search among few', 'lookup-events'];

describe('a time in another form', () => {
  it('is kept as it is written', () => {
    const rows = query(db, 'SELECT eventid, eventtime FROM cloudtrail_logs ORDER BY event_rowid');
    expect(rows).toEqual(SHUFFLED.map(([eventid, written]) => ({ eventid, eventtime: String(written) })));
  });

  it.each(Object.keys(FINDERS))('is found by %s for exactly the second it is shown in', command => {
    const find = FINDERS[command]!;
    for (const second of new Set(READABLE.map(one => one[2]!))) {
      const at = (one: Range): unknown[] => [...find(one)].sort();
      const where = (test: (other: string) => boolean): string[] =>
        READABLE.filter(([, , other]) => test(other!))
          .map(([name]) => name)
          .sort();
      expect(at({ from: second, to: second })).toEqual(where(other => other === second));
      expect(at({ from: second })).toEqual(where(other => other >= second));
      expect(at({ to: second })).toEqual(where(other => other <= second));
    }
  });

  it.each(ORDERED)('stands where it belongs in %s', command => {
    const newest = READABLE.map(([name]) => name).reverse();
    expect(FINDERS[command]!({ from: '2024-03-01' })).toEqual(newest);
    // What has no time comes last.
    expect(FINDERS[command]!({}).slice(0, newest.length)).toEqual(newest);
    expect(FINDERS[command]!({})).toHaveLength(NAMES.length);
  });

  it.each(['newest', 'oldest'] as const)('has its place in the pages of a search, %s first', order => {
    const all = [...index.search({ text: 'PutObject', order })].map(event => event.eventID);
    const paged: unknown[] = [];
    let token: string | undefined;
    do {
      const page = index.search({ text: 'PutObject', order, limit: 1, token }).page();
      paged.push(...page.rows.map(event => event.eventID));
      token = page.nextToken;
    } while (token !== undefined);
    expect(paged).toEqual(all);
    expect(paged).toHaveLength(NAMES.length);
  });

  it('is found by the printed statement and by the command lines, in order', () => {
    const range = ['--from', '2024-03-01T23:30:00Z', '--to', '2024-03-02T12:00:00Z'];
    const expected = ['lower', 'blank', 'fraction', 'plain', 'west', 'tokyo'];
    const printed = offtrail(['s3', 'put-object', ...range, '--print-sql']).stdout.replace(/;\n$/, '');
    expect(query(db, printed).map(row => row.object)).toEqual(expected);
    const commands = [
      ['events', '--columns', 'eventID', '--format', 'jsonl'],
      ['s3', 'put-object', '--format', 'jsonl'],
      ['search', 'PutObject', '--json'],
    ];
    for (const command of commands) {
      const lines = offtrail([...command, ...range, '--db', db])
        .stdout.trimEnd()
        .split('\n');
      const rows = lines.map(line => JSON.parse(line) as TestRecord);
      expect(rows.map(row => row.eventID ?? row.object)).toEqual(expected);
    }
  });

  it('is first and last where it is the first and last', () => {
    expect(index.status().places).toMatchObject([
      { events: NAMES.length, first: '2024-03-01T23:30:00Z', last: '2024-03-03T00:00:00Z' },
    ]);
    expect(index.status().records).toMatchObject({ untimed: TIMES.length - READABLE.length });
    const nothing = offtrail(['events', '--event-name', 'None', '--from', '2024-01-01', '--db', db]).stderr;
    expect(nothing).toContain('from 2024-03-01T23:30:00Z to 2024-03-03T00:00:00Z');
    expect(nothing).toContain('5 events have no eventTime that can be read');
    expect(index.who('ana')).toMatchObject({ first: '2024-03-01T23:30:00Z', last: '2024-03-03T00:00:00Z' });
  });

  it('is in the partition of its day, UTC, and junk in none', () => {
    const rows = query(db, 'SELECT eventid, year, month, day, "timestamp" FROM cloudtrail_logs');
    const days = new Map(
      rows.map(r => [r.eventid, r.year === null ? null : [r.year, r.month, r.day].join('/')]),
    );
    for (const { eventid, timestamp } of rows) expect(days.get(eventid)).toBe(timestamp);
    for (const [name, , second] of READABLE)
      expect(days.get(name)).toBe(second!.slice(0, 10).replaceAll('-', '/'));
    expect(days.get('dated')).toBe('2024/03/02');
    for (const name of ['junk', 'nonsense', 'february', 'number']) expect(days.get(name)).toBeNull();
  });
});

it('every form is read by one reader', () => {
  const noon = Date.parse('2024-02-29T12:00:00Z') / 1000;
  const forms = [
    '2024-02-29T12:00Z',
    '2024-02-29 12:00:00 +00',
    '2024-02-29T14:00:00.0+0200',
    '2024-02-29T12:00:00,5',
  ];
  expect(forms.map(readableSeconds)).toEqual([noon, noon, noon, noon + 0.5]);
  const none = [
    '',
    '2024-02-29',
    '2023-02-29T12:00:00Z',
    '2024-02-29T24:00:00Z',
    '2024-02-29T12:00:00+25:00',
  ];
  const more = [' 2024-02-29T12:00:00Z', '2024-02-29T12:00:00Zulu', '0000-01-01T00:00:00+01:00', '1e9'];
  expect([...none, ...more].map(readableSeconds)).toEqual(Array(9).fill(undefined));
});

it('an index without such times answers a range of time by its indexes on events', () => {
  const list = Array.from({ length: 3000 }, (_, i) =>
    record({ eventName: 'PutObject', requestParameters: { bucketName: `bucket-${i % 100}`, key: 'k' } }),
  );
  const own = ingestInto([put(folder(), 'a.json', trail(list))]).db;
  const filters = { from: '2024-03-01', to: '2024-03-02' };
  const planOf = (more: object, odd: boolean): string => {
    const search = findS3Search('put-object');
    const { sqlite } = s3Statement(search, { ...filters, ...more }, new Date(), { odd });
    return JSON.stringify(query(own, `EXPLAIN QUERY PLAN ${inline(sqlite)}`));
  };
  expect(planOf({ bucket: 'bucket-7' }, false)).toContain('event_bucket (bucket_id=?)');
  expect(planOf({}, false)).toContain('event_time (eventtime>? AND eventtime<?)');
  // Where there are such times, both indexes are used.
  expect(planOf({}, true)).toMatch(/MULTI-INDEX OR.*event_time .*event_odd_time/);
});
