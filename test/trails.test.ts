import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Db } from '../src/query/open.js';
import { built, folder, ingestInto, put, REAL_DATA, record, type TestRecord, trail } from './support.js';

const { openForQueries } = (await built('query/open.js')) as typeof import('../src/query/open.js');
const { readTrails, trailStories } = (await built(
  'query/coverage/trails.js',
)) as typeof import('../src/query/coverage/trails.js');
const { loggingOff } = (await built(
  'query/coverage/logging.js',
)) as typeof import('../src/query/coverage/logging.js');
const { recorded } = (await built(
  'query/coverage/recorded.js',
)) as typeof import('../src/query/coverage/recorded.js');
const { extentOf, records, selectorsOf } = (await built(
  'query/coverage/selectors.js',
)) as typeof import('../src/query/coverage/selectors.js');

const ACCOUNT = '111122223333';
const NOW = new Date('2024-04-01T00:00:00Z');
const arnOf = (name: string, region = 'us-east-1'): string =>
  `arn:aws:cloudtrail:${region}:${ACCOUNT}:trail/${name}`;

/** The time so many minutes after midnight of 1 March 2024. */
const at = (minute: number): string =>
  new Date(Date.UTC(2024, 2, 1, 0, minute)).toISOString().replace('.000', '');

/** A call to CloudTrail at that minute. */
const call = (
  eventName: string,
  minute: number,
  requestParameters: unknown,
  more: TestRecord = {},
): TestRecord =>
  record({
    eventTime: at(minute),
    eventSource: 'cloudtrail.amazonaws.com',
    eventName,
    requestParameters,
    readOnly: false,
    managementEvent: true,
    eventCategory: 'Management',
    ...more,
  });

/** The two calls that the console and the command line make for a new trail. */
const newTrail = (name: string, minute: number, settings: TestRecord = {}, region = 'us-east-1') => [
  call(
    'CreateTrail',
    minute,
    { name, s3BucketName: 'logs', ...settings },
    {
      awsRegion: region,
      responseElements: {
        name,
        s3BucketName: 'logs',
        includeGlobalServiceEvents: true,
        isMultiRegionTrail: false,
        trailARN: arnOf(name, region),
        logFileValidationEnabled: settings.enableLogFileValidation ?? false,
        isOrganizationTrail: false,
        ...settings,
      },
    },
  ),
  call('StartLogging', minute, { name: arnOf(name, region) }, { awsRegion: region }),
];

/** An index of these records, made by the real command. */
function indexOf(list: readonly TestRecord[]): Db {
  const { db, code, stderr } = ingestInto([put(folder(), 'log.json', trail(list))]);
  expect(code, stderr).toBe(0);
  return openForQueries(db);
}

describe('what the logs tell of a trail', () => {
  it('its calls make one story, by name or by ARN, with what is known after each', () => {
    const db = indexOf([
      ...newTrail('audit', 0, { isMultiRegionTrail: true, enableLogFileValidation: true }),
      call(
        'UpdateTrail',
        10,
        { name: 'audit', enableLogFileValidation: false },
        {
          responseElements: {
            trailARN: arnOf('audit'),
            s3BucketName: 'logs',
            logFileValidationEnabled: false,
          },
        },
      ),
      call('UpdateTrail', 20, { name: arnOf('audit'), s3KeyPrefix: 'p', kmsKeyId: 'alias/k' }),
      call('PutInsightSelectors', 30, {
        trailName: 'audit',
        insightSelectors: [{ insightType: 'ApiCallRateInsight' }],
      }),
      call('StopLogging', 40, { name: 'audit' }),
    ]);
    const { stories, untimed, unnamed } = readTrails(db);
    expect({ untimed, unnamed }).toEqual({ untimed: 0, unnamed: 0 });
    expect(stories).toMatchObject([
      { account: ACCOUNT, homeRegion: 'us-east-1', name: 'audit', arn: arnOf('audit') },
    ]);
    const states = stories[0]!.changes.map(({ eventName, time, state }) => [time, eventName, state]);
    expect(states).toMatchObject([
      [at(0), 'CreateTrail', { exists: true, isLogging: false, isMultiRegion: true, validatesFiles: true }],
      [at(0), 'StartLogging', { isLogging: true, bucket: 'logs', prefix: '', kmsKey: '' }],
      [at(10), 'UpdateTrail', { isLogging: true, validatesFiles: false, isMultiRegion: true }],
      [at(20), 'UpdateTrail', { prefix: 'p', kmsKey: 'alias/k', insightTypes: [] }],
      [at(30), 'PutInsightSelectors', { insightTypes: ['ApiCallRateInsight'] }],
      [at(40), 'StopLogging', { isLogging: false, prefix: 'p', isOrganization: false }],
    ]);
    expect(stories[0]!.changes.at(-1)).toMatchObject({
      who: 'arn:aws:iam::111122223333:user/ana',
      sourceIPAddress: '203.0.113.7',
    });
  });

  it('what no event says is not known, and nothing is made up for a trail that was there before the logs', () => {
    const [story] = trailStories(indexOf([call('StartLogging', 0, { name: 'old' })]));
    expect(story).toMatchObject({ name: 'old', arn: null, homeRegion: 'us-east-1' });
    expect(story!.changes[0]!.state).toEqual({
      exists: true,
      isLogging: true,
      isMultiRegion: null,
      isOrganization: null,
      validatesFiles: null,
      includesGlobalEvents: null,
      bucket: null,
      prefix: null,
      kmsKey: null,
      selectors: null,
      insightTypes: null,
    });
  });

  it('calls that failed and calls that read change nothing', () => {
    const db = indexOf([
      call('StopLogging', 0, { name: 'audit' }, { errorCode: 'TrailNotFoundException', errorMessage: 'no' }),
      call('DescribeTrails', 1, { trailNameList: ['audit'] }),
      call('StopLogging', 2, { name: 'audit' }, { eventSource: 'evil.amazonaws.com' }),
    ]);
    expect(trailStories(db)).toEqual([]);
  });

  it('one name in two accounts or two regions is two trails', () => {
    const db = indexOf([
      call('StopLogging', 0, { name: 'audit' }),
      call('StopLogging', 1, { name: 'audit' }, { awsRegion: 'eu-west-1' }),
      call('StopLogging', 2, { name: 'audit' }, { recipientAccountId: '222233334444' }),
      call('StopLogging', 3, { name: arnOf('audit', 'eu-west-1') }, { recipientAccountId: '222233334444' }),
    ]);
    expect(
      trailStories(db).map(({ account, homeRegion, changes }) => [account, homeRegion, changes.length]),
    ).toEqual([
      [ACCOUNT, 'us-east-1', 1],
      [ACCOUNT, 'eu-west-1', 2],
      ['222233334444', 'us-east-1', 1],
    ]);
  });

  it('events without a readable time, or without a trail, are counted', () => {
    const { stories, untimed, unnamed } = readTrails(
      indexOf([
        call('StopLogging', 0, { name: 'audit' }, { eventTime: 'yesterday' }),
        call('StopLogging', 0, null),
        call('DeleteTrail', 0, { name: ['audit'] }),
        call('StartLogging', 0, { name: 'audit' }, { eventTime: '2024-03-01T02:00:00.5+01:00' }),
      ]),
    );
    expect({ untimed, unnamed }).toEqual({ untimed: 1, unnamed: 2 });
    expect(stories[0]!.changes.map(({ time }) => time)).toEqual([at(60)]);
  });
});

const S3 = 'AWS::S3::Object';
const basic = (more: TestRecord = {}) => ({
  insightTypes: null,
  selectors: selectorsOf({
    eventSelectors: [
      {
        readWriteType: 'WriteOnly',
        includeManagementEvents: true,
        excludeManagementEventSources: ['kms.amazonaws.com'],
        dataResources: [
          { type: S3, values: ['arn:aws:s3:::secret/private/'] },
          { type: 'AWS::Lambda::Function', values: ['arn:aws:lambda:us-east-1:111122223333:function:hello'] },
          { type: 'AWS::DynamoDB::Table', values: ['arn:aws:dynamodb'] },
        ],
        ...more,
      },
    ],
  }),
});
const advanced = (...fieldSelectors: TestRecord[]) => ({
  insightTypes: null,
  selectors: selectorsOf({ advancedEventSelectors: [{ name: 'one', fieldSelectors }] }),
});

describe('whether selectors record an event', () => {
  it('basic selectors choose by reading and writing, service, type and ARN', () => {
    const data = (resourceType: string, resourceArn: string, readOnly = false) =>
      records(basic(), { category: 'Data', resourceType, resourceArn, readOnly });
    const management = (eventSource: string, readOnly = false) =>
      records(basic(), { category: 'Management', eventSource, readOnly });
    expect(management('iam.amazonaws.com')).toBe('yes');
    expect(management('iam.amazonaws.com', true)).toBe('no');
    expect(management('kms.amazonaws.com')).toBe('no');
    expect(data(S3, 'arn:aws:s3:::secret/private/a.txt')).toBe('yes');
    expect(data(S3, 'arn:aws:s3:::secret/private/a.txt', true)).toBe('no');
    expect(data(S3, 'arn:aws:s3:::secret/public.txt')).toBe('no');
    const hello = 'arn:aws:lambda:us-east-1:111122223333:function:hello';
    expect(data('AWS::Lambda::Function', hello)).toBe('yes');
    // The ARN of a function is exact (API Reference, DataResource).
    expect(data('AWS::Lambda::Function', `${hello}world`)).toBe('no');
    expect(data('AWS::DynamoDB::Table', 'arn:aws:dynamodb:us-east-1:111122223333:table/t')).toBe('yes');
    expect(data('AWS::SNS::Topic', 'arn:aws:sns:us-east-1:111122223333:t')).toBe('no');
    expect(records(basic(), { category: 'NetworkActivity' })).toBe('no');
  });

  it('what a question leaves open is unknown where it decides', () => {
    const question = { category: 'Data', resourceType: S3, readOnly: false } as const;
    expect(records(basic(), question)).toBe('unknown');
    expect(extentOf(basic(), question)).toBe('some');
    expect(records(basic(), { category: 'Management' })).toBe('unknown');
    expect(records({ selectors: null, insightTypes: null }, question)).toBe('unknown');
  });

  it('a resource without values is none', () => {
    const selectors = basic({ dataResources: [{ type: S3, values: [] }] });
    expect(records(selectors, { category: 'Data', resourceType: S3 })).toBe('no');
  });

  it('advanced selectors: one of the conditions that select, none of those that deselect', () => {
    const recording = advanced(
      { field: 'eventCategory', equals: ['Data'] },
      { field: 'resources.type', equals: [S3] },
      {
        field: 'resources.ARN',
        startsWith: ['arn:aws:s3:::one/', 'arn:aws:s3:::two/'],
        endsWith: ['.key'],
        notStartsWith: ['arn:aws:s3:::one/tmp/'],
        notEquals: [],
      },
      { field: 'eventName', notEquals: ['DeleteObject'] },
    );
    const ask = (key: string, eventName = 'GetObject') =>
      records(recording, {
        category: 'Data',
        resourceType: S3,
        resourceArn: `arn:aws:s3:::${key}`,
        eventName,
      });
    expect(ask('one/a')).toBe('yes');
    expect(ask('two/tmp/a')).toBe('yes');
    expect(ask('three/a')).toBe('no');
    expect(ask('three/a.key')).toBe('yes');
    expect(ask('one/tmp/a.key')).toBe('no');
    expect(ask('one/a', 'DeleteObject')).toBe('no');
    expect(records(recording, { category: 'Management' })).toBe('no');
  });

  it('conditions on what a question cannot say leave it unknown', () => {
    const recording = advanced(
      { field: 'eventCategory', equals: ['NetworkActivity'] },
      { field: 'eventSource', equals: ['s3.amazonaws.com'] },
      { field: 'errorCode', equals: ['VpceAccessDenied'] },
    );
    const ask = (eventSource: string) => records(recording, { category: 'NetworkActivity', eventSource });
    expect(ask('s3.amazonaws.com')).toBe('unknown');
    expect(ask('ec2.amazonaws.com')).toBe('no');
  });

  it('Insights events are those of the insight selectors', () => {
    const ask = (insightTypes: string[] | null) =>
      records({ selectors: null, insightTypes }, { category: 'Insight' });
    expect([ask(['ApiErrorRateInsight']), ask([]), ask(null)]).toEqual(['yes', 'no', 'unknown']);
  });

  it.each<[string, unknown]>([
    ['a text for the list', { eventSelectors: 'All' }],
    ['both forms', { eventSelectors: [{}], advancedEventSelectors: [{ fieldSelectors: [] }] }],
    ['no selector', { eventSelectors: [] }],
    ['numbers for selectors', { advancedEventSelectors: [1, null] }],
    ['parameters that were left out', { omitted: true }],
    ['prototypes', JSON.parse('{"__proto__": {"eventSelectors": [{}]}}')],
  ])('%s say nothing', (_, parameters) => {
    expect(selectorsOf(parameters as Record<string, unknown>)).toBeNull();
  });

  it.each<[string, unknown]>([
    ['a number for reading and writing', { readWriteType: 1 }],
    ['a list for a truth', { includeManagementEvents: [] }],
    ['an object for resources', { dataResources: {} }],
    ['numbers among values', { dataResources: [{ type: S3, values: [1] }] }],
  ])('with %s nothing is sure', (_, selector) => {
    const selectors = selectorsOf({ eventSelectors: [selector] });
    expect(records({ selectors, insightTypes: null }, { category: 'Data', resourceType: S3 })).toBe(
      'unknown',
    );
    expect(records({ selectors, insightTypes: null }, { category: 'Management', readOnly: true })).toBe(
      'unknown',
    );
  });
});

describe('when a trail did not log', () => {
  it('from StopLogging to StartLogging, with who did it and from where', () => {
    const db = indexOf([
      ...newTrail('audit', 0, { isMultiRegionTrail: true }),
      call('StopLogging', 60, { name: 'audit' }, { sourceIPAddress: '198.51.100.9' }),
      call('StopLogging', 70, { name: 'audit' }),
      call('StartLogging', 90, { name: arnOf('audit') }),
    ]);
    expect(loggingOff(db, { now: NOW })).toMatchObject([
      {
        account: ACCOUNT,
        region: null,
        exceptRegion: null,
        isMultiRegion: true,
        trail: 'audit',
        from: at(60),
        to: at(90),
        seconds: 1800,
        stopped: { eventName: 'StopLogging', sourceIPAddress: '198.51.100.9' },
        started: { eventName: 'StartLogging' },
        coveredBy: [],
      },
    ]);
  });

  it('a trail that was deleted logs again from its StartLogging, not from its CreateTrail', () => {
    const [create, start] = newTrail('audit', 30);
    const db = indexOf([
      call('StopLogging', 0, { name: 'audit' }),
      call('DeleteTrail', 10, { name: 'audit' }),
      { ...create!, eventTime: at(20) },
      start!,
    ]);
    expect(loggingOff(db, { now: NOW })).toMatchObject([
      {
        region: 'us-east-1',
        isMultiRegion: null,
        from: at(0),
        to: at(30),
        stopped: { eventName: 'StopLogging' },
        deleted: { eventName: 'DeleteTrail' },
        recreated: { eventName: 'CreateTrail' },
        started: { eventName: 'StartLogging' },
      },
    ]);
  });

  it('a new trail is none that was stopped, and one that is made again was deleted unseen', () => {
    expect(loggingOff(indexOf(newTrail('audit', 0)), { now: NOW })).toEqual([]);
    const [create] = newTrail('audit', 30);
    const db = indexOf([...newTrail('audit', 0), create!]);
    expect(loggingOff(db, { now: NOW })).toMatchObject([
      { from: at(30), to: null, stopped: { eventName: 'CreateTrail' }, recreated: null },
    ]);
  });

  it('a trail that was deleted and made again within a second did not stop for good', () => {
    const db = indexOf([
      ...newTrail('audit', 0),
      ...newTrail('audit', 30),
      call('DeleteTrail', 30, { name: 'audit' }),
    ]);
    expect(loggingOff(db, { now: NOW })).toMatchObject([{ from: at(30), to: at(30), seconds: 0 }]);
    const last = indexOf([call('DeleteTrail', 0, { name: 'x' }), ...newTrail('x', 0)]);
    expect(trailStories(last)[0]!.changes.at(-1)!.eventName).toBe('DeleteTrail');
  });

  it('a trail of all regions that becomes one of its own region leaves the others', () => {
    const db = indexOf([
      ...newTrail('audit', 0, { isMultiRegionTrail: true }),
      call('UpdateTrail', 10, { name: 'audit', isMultiRegionTrail: false }),
      call('UpdateTrail', 40, { name: 'audit', isMultiRegionTrail: true }),
    ]);
    expect(loggingOff(db, { now: NOW })).toMatchObject([
      { region: null, exceptRegion: 'us-east-1', from: at(10), to: at(40), seconds: 1800 },
    ]);
  });

  it('other trails of the account and the region that log meanwhile are named', () => {
    const db = indexOf([
      ...newTrail('main', 0),
      ...newTrail('wide', 5, { isMultiRegionTrail: true }),
      ...newTrail('far', 6, {}, 'eu-west-1'),
      call('StopLogging', 10, { name: 'main' }),
      call('PutEventSelectors', 15, {
        trailName: 'wide',
        eventSelectors: [{ readWriteType: 'All', includeManagementEvents: false }],
      }),
      call('StopLogging', 20, { name: 'wide' }),
      call('StartLogging', 30, { name: 'main' }),
      call('StartLogging', 40, { name: 'wide' }),
    ]);
    const [main, wide] = loggingOff(db, { now: NOW });
    expect(main!.coveredBy).toEqual([
      {
        trail: 'wide',
        homeRegion: 'us-east-1',
        arn: arnOf('wide'),
        region: null,
        from: at(10),
        to: at(15),
        management: 'all',
      },
      {
        trail: 'wide',
        homeRegion: 'us-east-1',
        arn: arnOf('wide'),
        region: null,
        from: at(15),
        to: at(20),
        management: 'none',
      },
    ]);
    // Of all regions, each of the others logs its own.
    expect(wide!.coveredBy.map(({ trail: name, region, from, to }) => [name, region, from, to])).toEqual([
      ['main', 'us-east-1', at(30), at(40)],
      ['far', 'eu-west-1', at(20), at(40)],
    ]);
  });
});

describe('what is recorded in an account', () => {
  const selectors = [
    {
      readWriteType: 'All',
      includeManagementEvents: true,
      dataResources: [{ type: S3, values: ['arn:aws:s3:::my-bucket/'] }],
    },
  ];

  it('a new trail records management events and no others, until its selectors say so', () => {
    const object = record({ eventTime: '2024-03-01T01:15:00.5+01:00', readOnly: true });
    const db = indexOf([
      ...newTrail('audit', 0),
      call('PutEventSelectors', 10, { trailName: 'audit', eventSelectors: selectors }),
      object,
      call('StopLogging', 20, { name: 'audit' }),
    ]);
    const [account] = recorded(db);
    expect(account!.stretches).toMatchObject([
      {
        from: at(0),
        to: at(10),
        managementRead: { answer: 'yes', regions: ['us-east-1'], event: { eventName: 'CreateTrail' } },
        data: { answer: 'no', event: { eventName: 'CreateTrail' } },
        insights: { answer: 'no' },
      },
      {
        from: at(10),
        to: at(20),
        managementWrite: { answer: 'yes', event: { eventName: 'PutEventSelectors' } },
        data: { answer: 'yes', isPartial: true, events: 1, event: { eventName: 'PutEventSelectors' } },
        networkActivity: { answer: 'no' },
        resources: [
          {
            category: 'Data',
            resourceType: S3,
            conditions: [{ field: 'resources.ARN', startsWith: ['arn:aws:s3:::my-bucket/'] }],
            answer: 'yes',
            region: 'us-east-1',
          },
        ],
      },
      {
        from: at(20),
        to: null,
        managementRead: { answer: 'no', event: { eventName: 'StopLogging' } },
        resources: [],
      },
    ]);
    expect(account!.present.filter(({ category }) => category === 'Data')).toEqual([
      {
        account: ACCOUNT,
        category: 'Data',
        eventSource: 's3.amazonaws.com',
        resourceType: S3,
        readOnly: 'true',
        events: 1,
        first: at(15),
        last: at(15),
      },
    ]);
  });

  it('of a trail that was there before nothing is known until a call says it', () => {
    const [account] = recorded(
      indexOf([
        call('PutEventSelectors', 0, { trailName: 'old', eventSelectors: selectors }),
        call('StartLogging', 10, { name: 'old' }),
      ]),
    );
    expect(account!.stretches).toMatchObject([
      {
        data: { answer: 'unknown', event: null },
        networkActivity: { answer: 'no' },
        resources: [{ answer: 'unknown' }],
      },
      { data: { answer: 'yes' }, insights: { answer: 'unknown' }, resources: [{ answer: 'yes' }] },
    ]);
  });

  it('events that are there contradict a no, and make an unknown a yes', () => {
    const write = record({
      eventTime: at(30),
      eventSource: 'iam.amazonaws.com',
      eventName: 'CreateUser',
      eventCategory: 'Management',
      readOnly: false,
    });
    const change = (name: string): TestRecord => call(name, 20, { name: 'audit' });
    const stretchAfter = (list: TestRecord[]) => recorded(indexOf([...list, write]))[0]!.stretches.at(-1)!;
    expect(stretchAfter([change('StopLogging')]).managementWrite).toMatchObject({
      answer: 'unknown',
      events: 1,
    });
    expect(stretchAfter([change('StopLogging')]).managementRead).toMatchObject({ answer: 'no', events: 0 });
    expect(stretchAfter([change('StartLogging')]).managementWrite).toMatchObject({
      answer: 'yes',
      events: 1,
    });
  });

  it('what data events are about is what their records say', () => {
    const resources = [{ accountId: ACCOUNT, type: 'AWS::Bedrock::Guardrail', ARN: 'arn:aws:bedrock:::g' }];
    const [account] = recorded(
      indexOf([
        record({ eventSource: 'bedrock.amazonaws.com', eventName: 'ApplyGuardrail', resources }),
        record({ eventSource: 'other.amazonaws.com', eventName: 'Do', resources: [7, { type: {} }] }),
        record({ resources: [{ type: 'AWS::S3::Bucket' }, { type: S3 }] }),
      ]),
    );
    expect(account!.stretches).toEqual([]);
    expect(account!.present.map(({ eventSource, resourceType }) => [eventSource, resourceType])).toEqual([
      ['bedrock.amazonaws.com', 'AWS::Bedrock::Guardrail'],
      ['other.amazonaws.com', null],
      ['s3.amazonaws.com', S3],
    ]);
  });

  it('an account with very many changes tells of a thousand stretches and counts the changes after them', () => {
    const calls = Array.from({ length: 1100 }, (_, i) =>
      call(i % 2 ? 'StartLogging' : 'StopLogging', i, { name: 'flapping' }),
    );
    const db = indexOf(calls);
    const [account] = recorded(db);
    expect([account!.stretches.length, account!.changesLeftOut]).toEqual([1000, 100]);
    expect(account!.stretches.at(-1)).toMatchObject({ from: at(999), to: at(1000) });
    expect(loggingOff(db, { now: NOW })).toHaveLength(550);
  });
});

describe.skipIf(!existsSync(REAL_DATA))('real logs (skipped where they are not there)', () => {
  const realIndex = (path: string): Db => openForQueries(ingestInto([join(REAL_DATA, path)]).db);

  it('the attack in one account: two trails, their selectors put off and on, and their end', () => {
    const db = realIndex('invictus-aws-dataset/CloudTrail');
    const told = trailStories(db).map(({ name, changes }) => [
      name.slice('stratus-red-team-'.length),
      changes.map(({ time, eventName }) => `${time.slice(11, 19)} ${eventName}`),
    ]);
    expect(told).toEqual([
      [
        'ctes-trail-qyxyekjbtk',
        [
          '12:00:05 CreateTrail',
          '12:00:05 StartLogging',
          '12:00:08 PutEventSelectors',
          '12:07:49 PutEventSelectors',
          '12:08:04 DeleteTrail',
        ],
      ],
      ['ctlr-trail-zqfsvooxqj', ['12:00:31 CreateTrail', '12:00:32 StartLogging', '12:08:04 DeleteTrail']],
    ]);
    const off = trailStories(db)[0]!.changes[2]!;
    expect(records(off.state, { category: 'Management' })).toBe('no');
    expect(records(off.state, { category: 'Data', resourceType: S3 })).toBe('no');
    expect(off.who).toBe('arn:aws:iam::123837392027:user/bert-jan');
    expect(
      loggingOff(db, { now: NOW }).map(({ trail: name, from, to, region }) => [
        name.slice(17, 21),
        from,
        to,
        region,
      ]),
    ).toEqual([
      ['ctes', '2023-07-10T12:08:04Z', null, 'us-east-1'],
      ['ctlr', '2023-07-10T12:08:04Z', null, 'us-east-1'],
    ]);
    // 12:00:08 to 12:00:31: what is in the logs shows that another trail recorded it.
    expect(recorded(db)[0]!.stretches[1]).toMatchObject({
      managementRead: { answer: 'unknown', events: 16 },
      data: { answer: 'no', events: 0 },
    });
  });

  it('attack techniques: a trail stopped, one deleted, one that records nothing', () => {
    const db = realIndex('stratus-red-team');
    expect(
      loggingOff(db, { now: NOW }).map(({ account, stopped, to }) => [
        account,
        stopped.eventName,
        stopped.who,
        to,
      ]),
    ).toEqual([
      ['847129010505', 'DeleteTrail', 'arn:aws:iam::847129010505:user/christophe', null],
      ['143434273843', 'StopLogging', 'arn:aws:iam::143434273843:user/christophe', null],
    ]);
    const blind = trailStories(db).find(({ account }) => account === '958312252124')!;
    expect(blind.changes[0]!.state).toMatchObject({ isLogging: null, isMultiRegion: null, bucket: null });
    expect(extentOf(blind.changes[0]!.state, { category: 'Management' })).toBe('none');
  });
});
