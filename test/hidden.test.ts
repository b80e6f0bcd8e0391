/** What is said beside an answer: what could have hidden events, in two lines at most. */

import { beforeAll, describe, expect, it } from 'vitest';
import { A, at, B, putTree } from './coverage-logs.js';
import {
  folder,
  ingestInto,
  offtrail,
  put,
  type Ran,
  ROOT,
  record,
  type TestRecord,
  trail,
} from './support.js';

const { openIndex } = (await import(`${ROOT}/dist/index.js`)) as typeof import('../src/index.js');

const MISSING = `not downloaded: 1 log file with events from ${at(6, 10)} to ${at(6, 20)} that digests list is not in the index (offtrail coverage --holes)`;
const OFF = `logging off: trail audit did not log from ${at(6, 10)} to ${at(8, 5)}: StopLogging by arn:aws:iam::${B}:user/mallory from 198.51.100.9 (offtrail coverage --holes)`;
const STOPS = `download incomplete: ${A} eu-west-1: its digests stop at ${at(5)}, 7 hours before those of other places (offtrail coverage --holes)`;
const KNOWN =
  /^(not downloaded|logging off|not recorded|download incomplete|(no )?object-level events|that time lies|the index has|no \w+ events are|nothing (before|after))/;

let db: string;
const run = (...args: string[]): Ran => offtrail([...args, '--db', db]);
/** The statements among what was said. */
const said = (...args: string[]): string[] =>
  run(...args)
    .stderr.split('\n')
    .filter(line => KNOWN.test(line));

beforeAll(() => {
  const root = folder();
  putTree(root);
  db = ingestInto([root]).db;
});

describe('where nothing was found', () => {
  it.each([
    [['events'], '--event-name', 'NoSuchCall'],
    [['top', 'user'], '--event-name', 'NoSuchCall'],
    [['timeline'], '--event-name', 'NoSuchCall'],
    [['search', 'nowhere'], '--event-name', 'GetObject'],
    [['s3', 'put-object'], '--event-name', 'PutObject'],
    [['who', 'ana'], '--event-name', 'NoSuchCall'],
  ])('%j says holes that are certain', (command, ...filters) => {
    expect(said(...command, ...filters)).toEqual([MISSING, OFF]);
    expect(run(...command, ...filters, '--quiet').stderr).toBe('');
  });

  it.each([
    ['lookup-events', '--lookup-attributes', 'AttributeKey=EventName,AttributeValue=NoSuchCall'],
    ['sessions', 'nobody-at-all'],
    ['show', 'ffffffff-0000'],
    ['who', 'nobody-at-all'],
    ['sql', "SELECT eventname FROM cloudtrail_logs WHERE eventname = 'NoSuchCall'"],
    ['sql', '--dialect', 'sqlite', "SELECT 1 FROM cloudtrail_logs WHERE eventname = 'NoSuchCall'"],
  ])('%s does too: %s %s', (...args) => {
    expect(said(...args)).toEqual([MISSING, OFF]);
  });

  it('holes of other times, accounts and regions do not count', () => {
    const none = (...filters: string[]): string[] => said('events', '--event-name', 'NoSuchCall', ...filters);
    expect(none('--account', A)).toEqual([MISSING, STOPS]);
    expect(none('--account', B)).toEqual([OFF]);
    expect(none('--region', 'eu-west-1')).toEqual([STOPS]);
    expect(none('--from', at(6, 21), '--to', at(8))).toEqual([OFF, STOPS]);
    expect(none('--from', at(8, 6))).toEqual([STOPS]);
    expect(none('--to', at(6, 9))).toEqual([STOPS]);
    expect(none('--to', at(4))).toEqual([]);
    expect(none('--region', '!eu-west-1', '--to', at(6))).toEqual([]);
    const lookup = [
      'lookup-events',
      '--lookup-attributes',
      'AttributeKey=EventName,AttributeValue=NoSuchCall',
    ];
    expect(said(...lookup, '--start-time', at(8, 6))).toEqual([STOPS]);
  });

  it('says that the time, the account or the region is not among these logs, before anything else', () => {
    expect(said('events', '--to', '2024-02-01')).toEqual([
      `that time lies before all events of the index: the first is of ${at(0, 20)}`,
    ]);
    expect(said('events', '--from', '2024-04-01')[0]).toBe(
      `that time lies after all events of the index: the last is of ${at(11, 25)}`,
    );
    expect(said('events', '--account', '999999999999')[0]).toBe(
      `the index has no event of account 999999999999; its accounts are ${A}, ${B}`,
    );
    expect(said('events', '--region', 'ap-south-1')[0]).toBe(
      'the index has no event of region ap-south-1; its regions are eu-west-1, us-east-1',
    );
    expect(said('events', '--region', 'eu-west-1', '--account', B)[0]).toBe(
      `the index has no event of account ${B} in region eu-west-1; of that account it has us-east-1`,
    );
    expect(
      said('events', '--event-name', 'NoSuchCall', '--region', 'eu-west-1', '--from', '2024-02-01'),
    ).toEqual([STOPS, `nothing before ${at(0, 20)} is in the index, though it was asked for`]);
  });

  it('says that a category is not recorded, or that data events are not', () => {
    const plain = ingestInto([
      put(
        folder(),
        'a.json',
        trail([
          record({ eventName: 'ListUsers', eventCategory: 'Management', eventSource: 'iam.amazonaws.com' }),
        ]),
      ),
    ]).db;
    const of = (...args: string[]): string[] =>
      offtrail([...args, '--db', plain])
        .stderr.split('\n')
        .filter(line => KNOWN.test(line));
    expect(of('events', '--category', 'insight')).toEqual([
      'no Insight events are in these logs: a trail records them only where they are switched on',
    ]);
    expect(of('sql', 'SELECT eventname FROM t WHERE 1 = 0')).toEqual([
      expect.stringMatching(/^the index has events from/),
    ]);
    expect(of('sql', "SELECT eventname FROM t WHERE eventname = 'GetObject'")).toEqual([
      expect.stringMatching(/^no object-level events are in these logs/),
      expect.stringMatching(/^the index has events from 2024-03-01T\S+ to 2024-03-01T\S+$/),
    ]);
    // Two of three buckets: no more than two lines.
    expect(of('events', '--bucket', 'a', '--bucket', 'b', '--bucket', 'c')).toHaveLength(2);
  });
});

describe('beside an answer that has something', () => {
  it.each([
    [['events', '--limit', '1']],
    [['top', 'user']],
    [['timeline']],
    [['search', 'GetObject', '--count', '--account', '!nobody']],
    [['s3', 'get-object']],
    [['who', 'ana']],
    [['lookup-events', '--max-items', '1']],
  ])('holes that are certain are said: %j', args => {
    expect(said(...args)).toEqual([MISSING, OFF]);
    expect(run(...args, '--quiet').stderr).toBe('');
  });

  it('nothing is said where its time and place have none', () => {
    const filters = ['--region', 'eu-west-1', '--from', '2024-01-01', '--to', at(4)];
    expect(said('events', ...filters)).toEqual([]);
    expect(said('top', 'user', ...filters)).toEqual([]);
    expect(said('sql', 'SELECT eventname FROM t')).toEqual([]);
  });
});

describe('a download that stops early', () => {
  it.each([
    ['timeline', '--region', 'eu-west-1', '--from', at(3)],
    ['events', '--region', 'eu-west-1', '--to', at(7)],
    ['top', 'user', '--from', at(7)],
    ['events', '--account', A, '--from', at(8)],
  ])('is said beside an answer whose time goes beyond it: %s %j', (...args) => {
    expect(said(...args)).toContain(STOPS);
  });

  it('is said where the map has steps that are longer', () => {
    const root = folder();
    putTree(root);
    put(root, 'old.json', trail([record({ eventTime: '2020-01-01T00:00:00Z' })]));
    const { stderr } = offtrail([
      ...['events', '--region', 'eu-west-1', '--from', at(6)],
      ...['--db', ingestInto([root]).db],
    ]);
    expect(stderr).toContain(STOPS);
  });

  it('is not said where the question names neither time nor place, nor of other places', () => {
    expect(said('timeline')).not.toContain(STOPS);
    expect(said('timeline', '--region', 'us-east-1')).not.toContain(STOPS);
    expect(said('timeline', '--account', B)).not.toContain(STOPS);
  });
});

describe('beside an empty answer of SQL', () => {
  const EXTENT = `the index has events from ${at(0, 20)} to ${at(11, 25)}`;
  it.each([
    ["awsregion = 'eu-west-1'", [STOPS, EXTENT]],
    ["awsregion = 'us-east-1'", [MISSING, OFF]],
    [`recipientaccountid IN ('${B}')`, [OFF, EXTENT]],
    [`'${A}' = recipientaccountid AND awsregion = 'us-east-1'`, [MISSING, EXTENT]],
    // What does not limit the rows keeps no hole silent.
    ["(awsregion = 'eu-west-1' OR 1 = 1)", [MISSING, OFF]],
    ["awsregion <> 'us-east-1'", [MISSING, OFF]],
    ["awsregion = 'eu-' || 'west-1'", [MISSING, OFF]],
    [
      "awsregion = 'nowhere'",
      ['the index has no event of region nowhere; its regions are eu-west-1, us-east-1', MISSING],
    ],
  ])('holes of other accounts and regions than it names are not said: %s', (condition, expected) => {
    const where = `FROM cloudtrail_logs WHERE eventname = 'NoSuchCall' AND ${condition}`;
    const isPlace = condition.includes('nowhere');
    for (const dialect of ['athena', 'sqlite'])
      for (const columns of ['eventname', 'count(*)']) {
        const lines = said('sql', '--dialect', dialect, `SELECT ${columns} ${where}`);
        if (isPlace) expect(lines[0]).toBe(expected[0]);
        else expect(lines).toEqual(expected);
      }
  });

  it('a lone count of 0 is an empty answer, any other number is none', () => {
    expect(said('sql', 'SELECT count(*) FROM t')).toEqual([]);
    expect(said('sql', 'SELECT 0, 0')).toEqual([]);
    expect(said('sql', "SELECT count(*) FROM t WHERE eventname = 'NoSuchCall'")).toEqual([MISSING, OFF]);
  });
});

it('of several stops one is told, and how many more there are', () => {
  const root = folder();
  const stop = (eventTime: string, eventName = 'StopLogging') =>
    record({
      ...{ eventName, eventTime, eventSource: 'cloudtrail.amazonaws.com', eventCategory: 'Management' },
      requestParameters: { name: 'audit' },
    });
  const index = (hours: readonly number[]): string =>
    ingestInto([
      put(
        root,
        `${hours.length}.json`,
        trail(hours.flatMap(hour => [stop(at(hour)), stop(at(hour, 30), 'StartLogging')])),
      ),
    ]).db;
  const of = (hours: readonly number[]): string =>
    offtrail(['events', '--event-name', 'NoSuchCall', '--db', index(hours)]).stderr;
  expect(of([1])).not.toContain(', and ');
  expect(of([1, 2])).toContain('from 203.0.113.7, and once more (');
  expect(of([1, 2, 3])).toContain('from 203.0.113.7, and 2 times more (');
});

describe('management events that a trail left out', () => {
  const call = (eventTime: string, includeManagementEvents: boolean, more: TestRecord = {}): TestRecord =>
    record({
      ...{ eventName: 'PutEventSelectors', eventTime, eventSource: 'cloudtrail.amazonaws.com' },
      ...{ eventCategory: 'Management', readOnly: false, sourceIPAddress: '198.51.100.9' },
      requestParameters: {
        trailName: 'audit',
        eventSelectors: [{ readWriteType: 'All', includeManagementEvents, dataResources: [], ...more }],
      },
    });
  const list = (eventTime: string): TestRecord =>
    record({
      ...{ eventName: 'ListUsers', eventSource: 'iam.amazonaws.com', eventTime },
      ...{ eventCategory: 'Management', readOnly: true },
    });
  const LEFT_OUT = `not recorded: from ${at(3)} to ${at(5)} trail audit did not record management events: PutEventSelectors by arn:aws:iam::111122223333:user/ana from 198.51.100.9 (offtrail coverage --holes)`;
  const indexOf = (records: readonly TestRecord[]): string =>
    ingestInto([put(folder(), 'a.json', trail(records))]).db;
  const of = (index: string, ...args: string[]): string[] =>
    offtrail([...args, '--db', index])
      .stderr.split('\n')
      .filter(line => KNOWN.test(line));

  it('are said with who did it, beside answers and empty answers about them', () => {
    const index = indexOf([list(at(1)), call(at(3), false), call(at(5), true)]);
    for (const args of [
      ['--event-name', 'NoSuchCall'],
      [],
      ['--category', 'management'],
      ['--read-only', 'true'],
    ])
      expect(of(index, 'events', ...args)[0]).toBe(LEFT_OUT);
    for (const args of [
      ['--category', 'data'],
      ['--key', 'a'],
      ['--to', at(2)],
      ['--from', at(6)],
      ['--account', B],
    ])
      expect(of(index, 'events', ...args)).not.toContain(LEFT_OUT);
  });

  it('are those that only read, or those that write, where the selectors say so', () => {
    const index = indexOf([
      list(at(1)),
      call(at(3), true, { readWriteType: 'WriteOnly' }),
      call(at(5), true),
    ]);
    const [line] = of(index, 'events', '--event-name', 'NoSuchCall');
    expect(line).toContain('trail audit did not record management events that only read: PutEventSelectors');
    expect(of(index, 'events', '--event-name', 'NoSuchCall', '--read-only', 'false').join()).not.toContain(
      'not recorded',
    );
  });

  it('are possible where events of that time are here, and said beside empty answers alone', () => {
    const index = indexOf([list(at(1)), call(at(3), false), list(at(4)), call(at(5), true)]);
    expect(of(index, 'events')).toEqual([]);
    expect(of(index, 'events', '--event-name', 'NoSuchCall')[0]).toContain(
      'from 198.51.100.9; 1 such event of that time is here all the same',
    );
  });
});

describe('in the library', () => {
  it('is data beside pages and answers', () => {
    const index = openIndex(db);
    const empty = index.events({ eventName: 'NoSuchCall', account: A }).page();
    expect(empty.hidden).toMatchObject([
      { kind: 'not downloaded', count: 1, from: at(6, 10), to: at(6, 20), name: null },
      { kind: 'download incomplete', from: at(5), to: null },
    ]);
    expect(index.events({ limit: 1, region: 'eu-west-1', to: at(4) }).page().hidden).toEqual([]);
    expect(index.search({ text: 'nowhere', region: 'nowhere' }).page().hidden[0]).toMatchObject({
      kind: 'place',
      name: 'nowhere',
    });
    expect(index.lookupEvents({ startTime: '2025-01-01' }).page().hidden[0]).toMatchObject({
      kind: 'outside',
      to: at(11, 25),
    });
    expect(index.top({ columns: ['user'], account: B }).hidden).toMatchObject([
      { kind: 'logging off', name: 'audit' },
    ]);
    expect(index.timeline({ eventName: 'NoSuchCall' }).hidden).toHaveLength(2);
    expect(index.nothingFound({ from: '2025-01-01' }).hidden[0]).toMatchObject({ kind: 'outside' });
    index.close();
  });
});

it('names from logs reach no terminal as they are', () => {
  const root = folder();
  const evil = '\u001b]0;x\u0007evil\u202e';
  put(
    root,
    'a.json',
    trail([
      record({ recipientAccountId: evil, awsRegion: evil }),
      record({
        eventName: 'StopLogging',
        eventSource: 'cloudtrail.amazonaws.com',
        requestParameters: { name: evil },
        userIdentity: { type: 'IAMUser', userName: evil },
        sourceIPAddress: evil,
      }),
    ]),
  );
  const index = ingestInto([root]).db;
  for (const filters of [['--account', 'x'], ['--event-name', 'NoSuchCall'], []]) {
    const { stderr } = offtrail(['events', ...filters, '--db', index]);
    expect(stderr).toContain('evil');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be printed
    expect(stderr).not.toMatch(/[\u001b\u0007\u202e]/);
  }
});
