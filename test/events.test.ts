import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { isGroup } from '../src/commands/verb.js';
import { VERBS } from '../src/commands/verbs.js';
import { CONSOLE_COLUMNS } from '../src/query/event-row.js';
import { events } from '../src/query/events.js';
import { conditions } from '../src/query/filter/condition.js';
import { FILTERS, type Filters } from '../src/query/filter/filter.js';
import { type Db, openForQueries } from '../src/store/open.js';
import {
  folder,
  ingestInto,
  offtrail,
  put,
  query,
  REAL_DATA,
  record,
  SAMPLES,
  sampleIndex,
  trail,
} from './support.js';

let db: string;
let index: Db;
beforeAll(() => {
  const real = [
    'invictus-aws-dataset/CloudTrail',
    'stratus-red-team/docs',
    'umccr',
    'otrf-jsonl',
    'plaso-lookup-events',
  ];
  const inputs = [SAMPLES, ...real.map(path => join(REAL_DATA, path)).filter(existsSync)];
  db = ingestInto([...inputs, put(folder(), 'odd.json', trail([...ODD, ...FOUND]))]).db;
  index = openForQueries(db);
});

/** Times, identities and addresses that are not as they should be. */
const ODD = [
  ...[
    '2024-03-01T00:00:00.250Z',
    '2024-03-01T02:00:00+02:00',
    'yesterday',
    '1969-12-31T23:59:59Z',
    '2200-01-01T00:00:00Z',
  ],
  ...['2024-02-30T00:00:00Z', '2024-03-01T00:00:60Z', 'ééééééééééééééé\n,"\u0001ab', undefined],
].map(eventTime =>
  record({
    eventTime,
    userIdentity: undefined,
    sourceIPAddress: undefined,
    userAgent: undefined,
    errorMessage: 'Failed',
  }),
);

/** What the filters below find, whatever else is there. */
const FOUND = [
  record({
    eventSource: 'iam.amazonaws.com',
    eventName: 'CreateUser',
    requestParameters: { userName: 'eve' },
    responseElements: { user: { userName: 'eve', userId: 'AIDAEVE' } },
    readOnly: false,
    eventCategory: 'Management',
  }),
  record({
    eventSource: 's3.amazonaws.com',
    eventName: 'CreateBucket',
    requestParameters: { bucketName: 'new-bucket' },
    readOnly: false,
    eventCategory: 'Management',
  }),
  record({ sourceIPAddress: '85.1.2.3', errorCode: 'NoSuchKey', readOnly: true }),
  record({ sourceIPAddress: '2001:db8::7', requestParameters: { key: 'private/x' } }),
];

const newest = (ids: number[]): number[] => ids.sort((a, b) => b - a);

/** The events that the columns of the index give, against those that SQL on the rows gives. */
function bothWays(filters: Filters): { byColumns: number[]; byRows: number[] } {
  const now = new Date('2026-01-01T00:00:00Z');
  const byColumns = [...events(index, filters, now, id => id)];
  const all = conditions(filters, now).map(c => c.onView);
  const where = all.map(c => c.text).join(' AND ') || '1';
  const byRows = index
    .prepare(`SELECT event_rowid FROM cloudtrail_logs WHERE ${where}`)
    .pluck()
    .all(...all.flatMap(c => c.params)) as number[];
  return { byColumns: newest(byColumns), byRows: newest(byRows) };
}

/** Values that occur, for each filter: the most frequent, and rare ones. */
const VALUES: Partial<Record<keyof Filters, string>> = {
  eventName: 'eventname',
  service: 'eventsource',
  user: 'username',
  requester: 'useridentity_arn',
  accessKey: 'useridentity_accesskeyid',
  identityType: 'useridentity_type',
  ip: 'sourceipaddress',
  userAgent: 'useragent',
  bucket: 'bucketname',
  key: 'objectkey',
  account: 'recipientaccountid',
  region: 'awsregion',
  category: 'eventcategory',
  eventType: 'eventtype',
  readOnly: 'readonly',
  errorCode: 'errorcode',
  eventId: 'eventid',
  requestId: 'requestid',
  evidence: 'evidence',
};
const someValues = (column: string): string[] =>
  index
    .prepare(
      `SELECT value FROM (SELECT ${column} AS value, count(*) AS n FROM cloudtrail_logs GROUP BY 1)
      WHERE value IS NOT NULL AND value NOT GLOB '*.0[0-9]*' ORDER BY n % 7, n DESC LIMIT 4`,
    )
    .pluck()
    .all() as string[];
const escaped = (value: string): string => value.replaceAll(/[\\*?]/g, '\\$&').replace(/^!/, '\\!');

describe('every filter gives the same events from the columns and from the rows', () => {
  it.each(Object.entries(VALUES))('%s', (name, column) => {
    const values = someValues(column).map(escaped);
    expect(values.length).toBeGreaterThan(0);
    const tries = [
      ...values.map(value => [value]),
      ...values.map(value => [`!${value}`]),
      values.slice(0, 2),
      [values[0]!, `!${values.at(-1)!}`],
    ];
    let found = 0;
    for (const one of tries) {
      const { byColumns, byRows } = bothWays({ [name]: one });
      expect(byColumns, one.join()).toEqual(byRows);
      found += byColumns.length;
    }
    expect(found).toBeGreaterThan(0);
  });

  it('resources: by type and by name, hinted at or not', () => {
    const [type, name] = [['AWS::IAM::User'], ['AWS::S3::Bucket']];
    for (const filters of [
      { resourceType: type },
      { resourceType: ['AWS::S3::Object', ...type] },
      { resourceType: ['!AWS::S3::Object'] },
      { resourceType: ['No::Such'] },
      { resourceName: ['no-such-name', 'eve'] },
      { resourceType: name, readOnly: 'false' },
    ] satisfies Filters[]) {
      const { byColumns, byRows } = bothWays(filters);
      expect(byColumns, JSON.stringify(filters)).toEqual(byRows);
      expect(byColumns.length > 0).toBe(filters.resourceType?.[0] !== 'No::Such');
    }
  });

  it('times, errors, wildcards, blocks of addresses, and several filters together', () => {
    for (const filters of [
      { from: '2024-03-01', to: '2024-03-02' },
      { from: '2019-07-05T22:16:00Z', to: '2019-07-05T22:17:00Z' },
      { from: '1960-01-01' },
      { to: '2300-01-01' },
      { to: '2024-03-01' },
      { errorsOnly: true },
      { eventName: ['*Object*', '!Get*'] },
      { userAgent: '*', errorCode: ['!AccessDenied'] },
      { ip: ['85.0.0.0/8', '2001:db8::/32', '!85.8.231.247'] },
      { from: '2019-07-05', errorsOnly: true, service: 's3', readOnly: 'true', identityType: ['!Root'] },
      { key: 'private/*', category: 'data' },
    ] satisfies Filters[]) {
      const { byColumns, byRows } = bothWays(filters);
      expect(byColumns, JSON.stringify(filters)).toEqual(byRows);
      expect(byColumns.length, JSON.stringify(filters)).toBeGreaterThan(0);
      expect(byColumns.length).toBeLessThan(bothWays({}).byRows.length);
    }
  });

  it('leaves no filter out of this test', () => {
    const tried = [...Object.keys(VALUES), 'from', 'to', 'resourceType', 'resourceName', 'errorsOnly'];
    expect(FILTERS.map(filter => filter.name).sort()).toEqual(tried.sort());
  });
});

describe('offtrail events', () => {
  const events = (...args: string[]) => offtrail(['events', '--db', db, ...args]);
  const rows = (...args: string[]): Array<Record<string, unknown>> =>
    JSON.parse(events('--format', 'json', ...args).stdout) as Array<Record<string, unknown>>;

  it('shows what an investigator asks first, the newest event first', () => {
    const [first, second] = rows('--limit', '2', '--to', '2019-07-06');
    expect(Object.keys(first!)).toEqual([
      ...['eventTime', 'eventName', 'eventSource', 'username', 'sourceIPAddress', 'accessKeyId'],
      ...['errorCode', 'resourceName', 'eventID'],
    ]);
    expect((first!.eventTime as string) >= (second!.eventTime as string)).toBe(true);
  });

  it('takes any column under any of its names', () => {
    const [one] = rows(
      '--limit',
      '1',
      '--columns',
      'Source IP address',
      'event-id,AWS access key',
      '--columns',
      'tlsdetails_tlsversion',
      'resources',
    );
    expect(Object.keys(one!)).toEqual([
      ...['sourceIPAddress', 'eventID', 'useridentity_accesskeyid', 'tlsdetails_tlsversion', 'resources'],
    ]);
    const wrong = events('--columns', 'eventnam');
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('did you mean eventname?');
  });

  it('sorts by any column, events without a value first or last, then by time', () => {
    const sql = (direction: string): unknown[] =>
      query(
        db,
        `SELECT useragent, eventid FROM cloudtrail_logs WHERE eventsource = 's3.amazonaws.com' AND eventtime GLOB '20??-??-??T??:??:??Z'
        ORDER BY useragent ${direction}, eventtime DESC, event_rowid DESC`,
      );
    const sorted = (sort: string): unknown[] =>
      rows(
        '--service',
        's3',
        '--from',
        '2000-01-01',
        '--to',
        '2100-01-01',
        '--sort',
        sort,
        '--columns',
        'useragent,eventid,eventtime',
      )
        .filter(
          row =>
            /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(row.eventTime as string) &&
            row.eventTime !== '2024-02-30T00:00:00Z',
        )
        .map(row => ({ useragent: row.userAgent, eventid: row.eventID }));
    const odd = query(
      db,
      "SELECT eventid FROM cloudtrail_logs WHERE eventtime IN ('2024-02-30T00:00:00Z', '2024-03-01T00:00:60Z')",
    ).map(r => r.eventid);
    const even = (list: unknown[]): unknown[] =>
      list.filter(row => !odd.includes((row as { eventid: string }).eventid));
    expect(even(sorted('useragent'))).toEqual(even(sql('ASC')));
    expect(even(sorted('useragent:desc'))).toEqual(even(sql('DESC')));
  });

  it('goes on where a page ended', () => {
    const whole = rows('--columns', 'eventid', '--service', 's3', '--limit', 'all');
    const first = events('--columns', 'eventid', '--service', 's3', '--limit', '3', '--format', 'jsonl');
    const token = /--starting-token (\S+),/.exec(first.stderr)![1]!;
    const rest = rows('--columns', 'eventid', '--service', 's3', '--limit', 'all', '--starting-token', token);
    expect(rest).toEqual(whole.slice(3));
    expect(events('--service', 'iam', '--starting-token', token).code).toBe(2);
  });

  it('writes the CSV of the console with its header', () => {
    const { stdout } = events('--format', 'console-csv', '--limit', '5');
    expect(stdout.slice(0, stdout.indexOf('\r\n'))).toBe(
      'User name,AWS access key,Event time,Event source,Event name,AWS region,Source IP address,User agent,Error code,Resources,Request ID,Event ID,Read-only,Event type,Recipient Account Id,Event category',
    );
    expect(stdout.split('\r\n')).toHaveLength(7);
    expect(CONSOLE_COLUMNS).toHaveLength(16);
  });

  it('neutralises formulas in the CSV', () => {
    const hostile = record({ userIdentity: { type: 'IAMUser', userName: '=HYPERLINK("http://x")' } });
    const own = ingestInto([put(folder(), 'a.json', trail([hostile]))]).db;
    expect(offtrail(['events', '--db', own, '--format', 'console-csv']).stdout).toContain(
      `"'=HYPERLINK(""http://x"")"`,
    );
  });

  it('writes the JSON download of the console, which can be ingested again', () => {
    const before = sampleIndex();
    const { stdout } = offtrail(['events', '--db', before, '--format', 'console-json']);
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual(['Records']);
    const after = ingestInto([put(folder(), 'event_history.json', stdout)]).db;
    const whole =
      'SELECT eventid, requestparameters, useridentity, tlsdetails FROM cloudtrail_logs ORDER BY 1, 2';
    expect(query(after, whole)).toEqual(query(before, whole));
  });

  it('sorts numbers as numbers', () => {
    const sizes = [9, 100, 23, 1000, 5];
    const list = sizes.map(bytesTransferredOut => record({ additionalEventData: { bytesTransferredOut } }));
    const own = ingestInto([put(folder(), 'a.json', trail([...list, record()]))]).db;
    const args = ['--sort', 'bytestransferredout:desc', '--columns', 'bytestransferredout'];
    const sorted = JSON.parse(offtrail(['events', '--db', own, '--format', 'json', ...args]).stdout) as Array<
      Record<string, unknown>
    >;
    expect(sorted.map(row => row.bytestransferredout)).toEqual([1000, 100, 23, 9, 5, null]);
  });

  it('says what may have kept events out', () => {
    const old = record({ eventVersion: '1.05', eventCategory: undefined, eventTime: undefined });
    const own = ingestInto([put(folder(), 'a.json', trail([old, record()]))]).db;
    const said = (...args: string[]): string => offtrail(['events', '--db', own, ...args]).stderr;
    expect(said('--event-name', 'A,B')).toContain('a comma is part of a value');
    expect(said('--from', '2024-01-01', '--to', '2024-01-01')).toContain('a date is its midnight');
    expect(said('--from', '1h')).toContain('1 events have no eventTime');
    expect(said('--read-only', 'true')).toContain(
      "2 events do not say whether they only read: --read-only '!true'",
    );
    expect(said('--resource-name', 'x*')).toContain('offtrail search finds a text anywhere');
    expect(offtrail(['status', '--db', own]).stdout).toContain('1 stored records have no eventTime');
  });

  it('takes records before version 1.07 for data events by their call', () => {
    const old = { eventVersion: '1.05', eventCategory: undefined, managementEvent: undefined };
    const names: Array<[eventSource: string, eventName: string, more?: Record<string, unknown>]> = [
      ['s3.amazonaws.com', 'GetObject'],
      ['s3.amazonaws.com', 'CreateBucket'],
      ['lambda.amazonaws.com', 'Invoke'],
      ['dynamodb.amazonaws.com', 'CreateTable'],
      ['dynamodb.amazonaws.com', 'GetItem', { managementEvent: true }],
      ['kms.amazonaws.com', 'Sign', { managementEvent: false }],
      ['s3.amazonaws.com', 'PutObject', { eventCategory: 'Data' }],
    ];
    const list = names.map(([eventSource, eventName, more]) =>
      record({ ...old, eventSource, eventName, ...more }),
    );
    const own = ingestInto([put(folder(), 'a.json', trail(list))]).db;
    const found = (category: string): unknown[] => {
      const args = ['--category', category, '--columns', 'eventName', '--format', 'json'];
      const { stdout } = offtrail(['events', '--db', own, ...args]);
      return (JSON.parse(stdout) as Array<{ eventName: string }>).map(row => row.eventName).sort();
    };
    expect(found('Data')).toEqual(['GetObject', 'Invoke', 'PutObject', 'Sign']);
    expect(found('management')).toEqual(['CreateBucket', 'CreateTable', 'GetItem']);
    expect(found('!data')).toEqual(['CreateBucket', 'CreateTable', 'GetItem']);
  });

  it('has no columns in console-json', () => {
    expect(events('--format', 'console-json', '--columns', 'eventName').code).toBe(2);
  });

  it('says where there is nothing, and what a limit must be', () => {
    expect(events('--event-name', 'NoSuchCall').stderr).toMatch(
      /^no event has --event-name NoSuchCall\nno events found; the index has [\d,]+, from/,
    );
    expect(events('--limit', 'x').code).toBe(2);
    expect(rows('--limit', '0')).toEqual([]);
  });
});

describe('filters are one thing', () => {
  const filtering = VERBS.flatMap(entry =>
    isGroup(entry)
      ? entry.verbs.filter(verb => verb.hasFilters).map(verb => `${entry.name} ${verb.name}`)
      : entry.hasFilters
        ? [entry.name]
        : [],
  );

  it.each(filtering)('offtrail %s has them all', verb => {
    const { stdout } = offtrail([...verb.split(' '), '--help']);
    for (const { name } of FILTERS)
      expect(stdout).toContain(`--${name.replaceAll(/[A-Z]/g, c => `-${c.toLowerCase()}`)} `);
  });

  it('resources have no statement in Athena, which is said', () => {
    const ran = offtrail(['s3', 'put-object', '--resource-name', 'x', '--print-athena']);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('lookup-events alone');
    expect(
      offtrail(['s3', 'put-object', '--resource-type', 'AWS::S3::Bucket', '--db', db, '--limit', '1']).stdout,
    ).toContain('PutObject');
  });
});
