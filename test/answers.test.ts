/** What stands beside an answer: how values were read, why it is empty, in which order it is. */

import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { isGroup } from '../src/commands/verb.js';
import { VERBS } from '../src/commands/verbs.js';
import { openIndex } from '../src/index.js';
import { folder, ingestInto, offtrail, put, type Ran, record, type TestRecord, trail } from './support.js';

const DAY = '2024-03-02';
const at = (second: number): string => `${DAY}T00:00:${String(second).padStart(2, '0')}Z`;
const call = (second: number, eventName: string, more: TestRecord = {}): TestRecord =>
  record({
    eventTime: at(second),
    eventName,
    eventSource: 'iam.amazonaws.com',
    eventCategory: 'Management',
    requestParameters: null,
    ...more,
  });
const root = { type: 'Root', arn: 'arn:aws:iam::111122223333:root', accountId: '111122223333' };
const signIn = (second: number, more: TestRecord = {}): TestRecord =>
  call(second, 'ConsoleLogin', {
    userIdentity: root,
    eventSource: 'signin.amazonaws.com',
    eventType: 'AwsConsoleSignIn',
    readOnly: false,
    ...more,
  });

const SESSION = 'arn:aws:sts::111122223333:assumed-role/deploy/nightly';
const issued = (second: number, accessKeyId: string, more: TestRecord = {}): TestRecord =>
  call(second, 'AssumeRole', {
    eventSource: 'sts.amazonaws.com',
    readOnly: true,
    requestParameters: { roleArn: 'arn:aws:iam::111122223333:role/deploy', roleSessionName: 'nightly' },
    responseElements: { credentials: { accessKeyId }, assumedRoleUser: { arn: SESSION } },
    ...more,
  });
const busy = {
  type: 'AssumedRole',
  principalId: 'AROAX:busy',
  arn: 'arn:aws:sts::111122223333:assumed-role/app/busy',
  accountId: '111122223333',
  accessKeyId: 'ASIABUSYBUSYBUSYBUSY',
  sessionContext: { sessionIssuer: { type: 'Role', userName: 'app' } },
};
/** Twelve reading calls, ever more frequent, and then the two that matter. */
const busyCalls = [
  ...Array.from({ length: 12 }, (_, i) =>
    Array.from({ length: 14 - i }, () => call(20, `List${i}`, { userIdentity: busy, readOnly: true })),
  ).flat(),
  call(21, 'PutUserPolicy', { userIdentity: busy, readOnly: false }),
  call(21, 'CreateAccessKey', { userIdentity: busy, readOnly: false }),
];

let db: string;
const run = (...args: string[]): Ran => offtrail([...args, '--db', db]);
const rows = (...args: string[]): Array<Record<string, unknown>> =>
  JSON.parse(run(...args, '--format', 'json').stdout) as Array<Record<string, unknown>>;

beforeAll(() => {
  const object = (second: number, eventName: string, key: string, more: TestRecord = {}): TestRecord =>
    record({
      eventTime: at(second),
      eventName,
      requestParameters: { bucketName: 'with-data', key },
      ...more,
    });
  const logs = folder();
  const files = {
    'b.json': [
      signIn(1),
      signIn(3, { errorMessage: 'Failed authentication' }),
      signIn(4, { errorMessage: 'Failed authentication' }),
      signIn(9),
      ...busyCalls,
    ],
    'a.json': [
      object(5, 'GetObject', 'in/one', { errorCode: 'AccessDenied' }),
      // As records before version 1.07 have it: no category.
      object(7, 'PutObject', 'in/two', { eventCategory: undefined }),
      object(7, 'GetObject', 'out'),
      call(7, 'GetBucketAcl', {
        eventSource: 's3.amazonaws.com',
        requestParameters: { bucketName: 'without-data' },
      }),
      issued(6, 'ASIANEVERUSED0000001'),
      ...Array.from({ length: 4 }, (_, i) => issued(10 + i, 'ASIAREDACTED00000001')),
    ],
  };
  for (const [name, list] of Object.entries(files)) put(logs, name, trail(list));
  db = ingestInto([logs]).db;
});

it('who: failures without an errorCode have the times of the failures, not of the successes', () => {
  const page = JSON.parse(
    run('who', 'root', '--event-name', 'ConsoleLogin', '--format', 'json').stdout,
  ) as Record<string, unknown>;
  expect(page).toMatchObject({ events: 4, errors: 2, first: at(1), last: at(9) });
  expect(page.errorCodes).toMatchObject([{ events: 2, errors: 2, first: at(3), last: at(4) }]);
});

it('who: calls that write come before those that read, whatever their number', () => {
  const { stdout } = run('who', 'busy', '--limit', '3');
  const section = stdout.slice(stdout.indexOf('\ncalls'), stdout.indexOf('\nregions'));
  expect(section).toMatch(/^\ncalls, writes first, 3 of 14\n/);
  for (const name of ['PutUserPolicy', 'CreateAccessKey', 'List0']) expect(section).toContain(name);
});

describe('sessions', () => {
  interface Answer {
    foundAs: string;
    sessions: Array<Record<string, unknown> & { calls: Array<{ eventName: string }> }>;
  }
  const answer = (name: string): Answer =>
    JSON.parse(run('sessions', name, '--format', 'json').stdout) as Answer;

  it('has the calls that write first and the rare ones next; says how many more there are; has all in JSON', () => {
    const some = run('sessions', 'busy').stdout;
    expect(some).toContain('iam CreateAccessKey 1, iam PutUserPolicy 1, iam List11 3, iam List10 4');
    expect(some).toContain('and 4 more calls, 50 events: --limit all');
    expect(some).not.toContain('List0 14');
    const all = run('sessions', 'busy', '--limit', 'all').stdout;
    expect(all).toContain('List0 14');
    expect(all).not.toContain('more calls');
    const names = answer('busy').sessions[0]!.calls.map(({ eventName }) => eventName);
    expect(names).toHaveLength(14);
    expect(names.slice(0, 2).sort()).toEqual(['CreateAccessKey', 'PutUserPolicy']);
  });

  it('finds one that was issued and never used by its ARN and by its name', () => {
    for (const [name, foundAs] of [
      [SESSION, 'ARN'],
      ['nightly', 'user name'],
    ] as const) {
      const { foundAs: found, sessions } = answer(name);
      expect(found).toBe(foundAs);
      expect(sessions.map(one => one.accessKeyId)).toContain('ASIANEVERUSED0000001');
    }
  });

  it('takes calls for one only where they share a sharedEventID', () => {
    const { stdout } = run('sessions', 'ASIAREDACTED00000001');
    expect(stdout).not.toContain('also recorded in account');
    expect(stdout.match(/other calls/g)).toHaveLength(1);
    expect(stdout).toContain('3 other calls also gave this key');
    expect(answer('ASIAREDACTED00000001').sessions[0]).toMatchObject({
      alsoIn: [],
      otherIssues: [{}, {}, {}],
    });
  });
});

describe('whether there are object-level events', () => {
  const NONE = 'no object-level events of without-data are in these logs: CloudTrail records';
  const SOME = `object-level events of with-data in these logs: 3, from ${at(5)} to ${at(7)}`;

  const emptyAnswers = [
    ['s3', 'delete-object'],
    ['events', '--event-name', 'DeleteObject'],
    ['top', 'key', '--event-name', 'DeleteObject'],
    ['timeline', '--event-name', 'DeleteObject'],
    ['search', 'DeleteObject'],
    ['who', 'ana', '--event-name', 'DeleteObject'],
    ['export', join(folder(), 'nothing.csv'), '--event-name', 'DeleteObject'],
  ];
  it('is asked of every command with filters', () => {
    const filtering = VERBS.filter(entry =>
      isGroup(entry) ? entry.verbs.some(verb => verb.hasFilters) : entry.hasFilters,
    ).map(({ name }) => name);
    expect(new Set(emptyAnswers.map(([verb]) => verb))).toEqual(new Set(filtering));
  });

  it.each(emptyAnswers)('is said beside an empty answer: %s %s', (...args) => {
    const without = run(...args, '--bucket', 'without-data');
    expect(without.stderr).toContain(NONE);
    expect(without.stderr).toContain('no events found; the index has');
    // There are some of the bucket, and what was asked for is not among them: nothing hid it.
    expect(run(...args, '--bucket', 'with-data').stderr).not.toContain('object-level events');
    expect(run(...args, '--bucket', 'with-data', '--from', at(8)).stderr).toContain(SOME);
    expect(run(...args, '--bucket', 'with-data', '--from', at(1), '--to', at(6)).stderr).toContain(SOME);
    for (const other of [
      ['--region', 'eu-west-1'],
      ['--account', '999999999999'],
      ['--to', '2020-01-01'],
    ])
      expect(run(...args, ...other).stderr).not.toContain('object-level events');
  });

  it.each([
    [['--event-name', 'DeleteObject']],
    [['--event-name', '*Object']],
    [['--category', 'Data', '--error-code', 'Nothing']],
    [['--service', 's3', '--error-code', 'Nothing']],
    [['--key', 'nowhere']],
  ])('is asked where the question is about objects: events %j', filters => {
    expect(run('events', ...filters, '--from', at(8)).stderr).toContain(
      'object-level events in these logs: 3',
    );
  });

  it.each([
    [['--event-name', 'CreateUser']],
    [['--event-name', 'PutBucketPolicy', '--bucket', 'without-data']],
    [['--category', 'Management', '--service', 's3', '--error-code', 'Nothing']],
    [['--user', 'nobody']],
  ])('is not asked where it is not: events %j', filters => {
    expect(run('events', ...filters, '--from', at(8)).stderr).not.toContain('object-level events');
  });

  it.each([
    ['s3', 'get-object'],
    ['events', '--limit', '1'],
    ['top', 'key'],
    ['timeline'],
    ['search', 'object', '--count'],
    ['who', 'ana'],
  ])('is said beside an answer about a bucket or a key: %s %s', (...args) => {
    expect(run(...args, '--bucket', 'with-data').stderr).toContain(SOME);
    expect(run(...args, '--key', 'out').stderr).toContain('object-level events in these logs: 3, from');
    expect(run(...args).stderr).not.toContain('object-level events');
  });

  it('is said by lookup-events on stderr alone, where it finds nothing', () => {
    const lookup = (name: string): Ran =>
      run('lookup-events', '--lookup-attributes', `AttributeKey=EventName,AttributeValue=${name}`);
    expect(lookup('getobject').stdout).toBe('{\n    "Events": []\n}\n');
    expect(lookup('getobject').stderr).toContain('no event has EventName getobject; did you mean GetObject?');
    expect(lookup('getobject').stderr).not.toContain('object-level events');
    const later = ['--start-time', at(8)];
    expect(
      run('lookup-events', '--lookup-attributes', 'AttributeKey=EventName,AttributeValue=getobject', ...later)
        .stderr,
    ).toContain('object-level events in these logs: 3');
    expect(lookup('GetObject').stderr).toBe('');
  });

  it('is data in the library', () => {
    const index = openIndex(db);
    expect(index.objectEvents('with-data')).toEqual({
      bucket: 'with-data',
      events: 3,
      first: at(5),
      last: at(7),
    });
    expect(index.objectEvents('without-data')).toMatchObject({ events: 0, first: null, last: null });
    expect(index.nothingFound({ bucket: 's3://without-data/' })).toMatchObject({
      first: at(1),
      objectEvents: [{ bucket: 'without-data', events: 0 }],
    });
    index.close();
  });
});

describe('a value that no event has', () => {
  it('and that must not match leaves nothing out, which is said with its mark', () => {
    const { stderr } = run('events', '--limit', '1', '--event-name', '!Lookup*');
    expect(stderr).toContain('--event-name !Lookup* leaves nothing out: no event has Lookup*');
  });

  it.each([
    [['--event-name', 'getobject'], ['--event-name', 'GetObject'], 'using GetObject'],
    [['--event-name', 'PUT*'], ['--event-name', 'Put*'], 'using PutObject, PutUserPolicy'],
    [['--event-name', '!getobject'], ['--event-name', '!GetObject'], 'leaving out GetObject'],
    [['--service', 'S3'], ['--service', 's3'], 'using s3.amazonaws.com'],
    [['--error-code', 'accessdenied'], ['--error-code', 'AccessDenied'], 'using AccessDenied'],
    [['--identity-type', 'iamuser'], ['--identity-type', 'IAMUser'], 'using IAMUser'],
    [['--event-type', 'awsapicall'], ['--event-type', 'AwsApiCall'], 'using AwsApiCall'],
    [['--region', 'US-EAST-1'], ['--region', 'us-east-1'], 'using us-east-1'],
    [['--user', 'Busy'], ['--user', 'busy'], 'using busy'],
    [
      ['--access-key', busy.accessKeyId.toLowerCase()],
      ['--access-key', busy.accessKeyId],
      `using ${busy.accessKeyId}`,
    ],
    [['--category', 'data'], ['--category', 'Data'], undefined],
    [['--bucket', 's3://with-data'], ['--bucket', 'with-data'], 'using --bucket with-data'],
    [['--bucket', 'S3://With-Data/'], ['--bucket', 'with-data'], 'using with-data'],
    [['--bucket', 'arn:aws:s3:::with-data'], ['--bucket', 'with-data'], 'using --bucket with-data'],
    [['--bucket', '!s3://with-data'], ['--bucket', '!with-data'], 'using --bucket !with-data'],
    [
      ['--bucket', 's3://with-data/in/'],
      ['--bucket', 'with-data', '--key', 'in/'],
      'using --bucket with-data --key in/',
    ],
    [
      ['--bucket', 'arn:aws:s3:::with-data/in/*'],
      ['--bucket', 'with-data', '--key', 'in/*'],
      'using --bucket with-data --key in/*',
    ],
    [
      ['--key', 's3://with-data/out'],
      ['--bucket', 'with-data', '--key', 'out'],
      'using --bucket with-data --key out',
    ],
    [['--user', busy.arn], ['--user', 'busy'], undefined],
    [['--user', 'arn:aws:iam::111122223333:root'], ['--user', 'root'], undefined],
  ])('is taken for what it can only mean: %j', (given, meant, said) => {
    const [as, exact] = [given, meant].map(filters => run('events', '--format', 'csv', ...filters));
    expect(as!.stdout.split('\n').length).toBeGreaterThan(2);
    expect(as!.stdout).toBe(exact!.stdout);
    if (said) expect(as!.stderr).toContain(said);
    else expect(as!.stderr).not.toContain('using');
    expect(exact!.stderr).not.toContain('using');
  });

  it('means the same to every command and to the library', () => {
    const filters = ['--event-name', 'getobject', '--bucket', 's3://with-data/'];
    expect(rows('top', 'event-name', ...filters)).toMatchObject([{ eventName: 'GetObject', events: 2 }]);
    expect(rows('timeline', '--every', '1d', ...filters)).toMatchObject([{ events: 2 }]);
    expect(rows('s3', 'object-access', ...filters)).toHaveLength(2);
    expect(run('search', 'object', '--count', ...filters).stdout).toBe('2\n');
    expect(run('who', 'ANA', ...filters).stdout).toContain('\n2 events, 1 errors');
    const index = openIndex(db);
    const options = { eventName: 'getobject', bucket: 's3://with-data/' };
    const page = index.events(options);
    expect([...page]).toHaveLength(2);
    expect(page.spellings.map(({ given, used }) => [given, used])).toEqual([
      ['s3://with-data/', [{ filter: 'bucket', value: 'with-data' }]],
      ['getobject', [{ filter: 'eventName', value: 'GetObject' }]],
    ]);
    expect([...index.s3('get-object', options)]).toHaveLength(2);
    expect(index.search({ text: 'object', ...options }).count()).toBe(2);
    expect(index.top({ columns: ['eventName'], ...options }).spellings).toHaveLength(2);
    index.close();
  });

  it('is not taken for another where it is there, nor by lookup-events', () => {
    const both = ingestInto([
      put(
        folder(),
        'x.json',
        trail([record({ eventName: 'GetObject' }), record({ eventName: 'getobject' })]),
      ),
    ]).db;
    const top = (name: string): Ran =>
      offtrail(['top', 'event-name', '--event-name', name, '--db', both, '--format', 'json']);
    expect(JSON.parse(top('getobject').stdout)).toMatchObject([{ eventName: 'getobject', events: 1 }]);
    expect(JSON.parse(top('GETOBJECT').stdout)).toHaveLength(2);
    expect(top('GETOBJECT').stderr).toContain('using GetObject, getobject');
    const lookup = run(
      'lookup-events',
      '--lookup-attributes',
      `AttributeKey=Username,AttributeValue=${busy.arn}`,
    );
    expect(lookup.stdout).toBe('{\n    "Events": []\n}\n');
  });

  it('is followed by the nearest that there is', () => {
    expect(run('events', '--event-name', 'PutObjct').stderr).toContain(
      'no event has --event-name PutObjct; did you mean PutObject (1 events)?',
    );
    expect(run('top', 'user', '--service', 'imm').stderr).toContain('did you mean iam.amazonaws.com (');
    expect(run('events', '--user', 'nobody-like-this').stderr).not.toContain('did you mean');
    expect(run('who', 'bussy').stderr).toContain('did you mean busy?');
    expect(run('sessions', 'bussy').stderr).toContain('did you mean busy?');
    // An address is not near to another.
    expect(run('events', '--ip', '203.0.113.8').stderr).not.toContain('did you mean');
  });

  it('is refused where it names a key beside other keys', () => {
    const ran = run('events', '--bucket', 's3://with-data/in/', '--key', 'out');
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('write --bucket "with-data" --key "in/"');
    expect(run('events', '--bucket', '!s3://with-data/in/').code).toBe(2);
    expect(run('events', '--key', 's3://with-data/out', '--bucket', 'without-data').code).toBe(2);
  });

  it('stands as it is in a statement that is only shown', () => {
    const args = ['s3', 'get-object', '--user', 'BUSY', '--bucket', 's3://with-data/', '--print-sql'];
    const ran = offtrail([...args, '--db', 'no-such-index.db']);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain("'BUSY'");
    expect(ran.stdout).toContain("bucketname = 'with-data'");
  });
});

it('search without a hit says so, and leaves stdout empty', () => {
  const quiet = run('search', 'nowhere-to-be-found', '--quiet');
  expect(quiet).toEqual({ code: 1, stdout: '', stderr: '' });
  const ran = run('search', 'nowhere-to-be-found');
  expect([ran.code, ran.stdout]).toEqual([1, '']);
  expect(ran.stderr).toContain('no events found; the index has');
});

it('events of the same second are in the order of their files and places, and the newest first exactly the reverse', () => {
  const filters = ['--bucket', 'with-data', '--bucket', 'without-data'];
  const ids = (order: string): string[][] => [
    rows('events', '--columns', 'eventID', '--order', order, ...filters).map(row => String(row.eventID)),
    run('search', 'bucketName', '--json', '--order', order, ...filters)
      .stdout.trim()
      .split('\n')
      .map(line => (JSON.parse(line) as { eventID: string }).eventID),
  ];
  const [oldest, inSearch] = ids('oldest');
  const [newest, inSearchNewest] = ids('newest');
  const stored = rows(
    'sql',
    '--dialect',
    'sqlite',
    'SELECT eventid FROM cloudtrail_logs WHERE bucketname IS NOT NULL ORDER BY eventtime, file_path, file_ordinal',
  ).map(row => String(row.eventid));
  expect(oldest).toEqual(stored);
  expect(inSearch).toEqual(stored);
  expect(newest).toEqual(stored.toReversed());
  expect(inSearchNewest).toEqual(newest);
  const objects = (order: string): unknown[] =>
    rows('s3', 'object-access', '--order', order).map(row => row.object);
  expect(objects('oldest')).toEqual(['in/one', 'in/two', 'out']);
  expect(objects('newest')).toEqual(['out', 'in/two', 'in/one']);
});
