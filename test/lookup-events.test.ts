import { describe, expect, it } from 'vitest';
import { events } from '../src/query/events.js';
import { openForQueries } from '../src/store/open.js';
import {
  folder,
  ingestInto,
  offtrail,
  offtrailProcess,
  put,
  query,
  record,
  records,
  sampleIndex,
  type TestRecord,
  trail,
} from './support.js';

interface Answer {
  Events: TestRecord[];
  NextToken?: string;
}
function lookup(db: string, ...args: string[]): Answer {
  const ran = offtrail(['lookup-events', '--db', db, ...args]);
  if (ran.code !== 0) throw new Error(ran.stderr);
  return JSON.parse(ran.stdout) as Answer;
}
const attribute = (key: string, value: string): string[] => [
  '--lookup-attributes',
  `AttributeKey=${key},AttributeValue=${value}`,
];
const names = (answer: Answer): unknown[] => answer.Events.map(event => event.EventName);

const login = record({
  eventTime: '2024-03-02T10:00:00Z',
  eventSource: 'signin.amazonaws.com',
  eventName: 'ConsoleLogin',
  userIdentity: { type: 'Root', principalId: '111122223333', arn: 'arn:aws:iam::111122223333:root' },
  requestParameters: null,
  responseElements: { ConsoleLogin: 'Success' },
  readOnly: false,
  eventType: 'AwsConsoleSignIn',
  eventCategory: 'Management',
});
const create = record({
  eventTime: '2024-03-02T11:00:00Z',
  eventSource: 'iam.amazonaws.com',
  eventName: 'CreateAccessKey',
  userIdentity: {
    type: 'IAMUser',
    principalId: 'AIDA1',
    userName: 'a*b, c',
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  },
  requestParameters: { userName: 'eve' },
  responseElements: { accessKey: { accessKeyId: 'AKIAI44QH8DHBEXAMPLE', userName: 'eve' } },
  readOnly: false,
  eventCategory: 'Management',
});
const insight = record({ eventTime: '2024-03-02T12:00:00Z', eventName: undefined, eventCategory: 'Insight' });
const { db } = ingestInto([put(folder(), 'a.json', trail([login, create, insight, ...records(3)]))]);

describe('the JSON', () => {
  it('is byte for byte that of the AWS CLI', () => {
    const { stdout } = offtrailProcess(
      ['lookup-events', '--db', db, ...attribute('EventName', 'CreateAccessKey')],
      {
        env: { TZ: 'America/Los_Angeles' },
      },
    );
    expect(stdout).toBe(`{
    "Events": [
        {
            "EventId": "${create.eventID as string}",
            "EventName": "CreateAccessKey",
            "ReadOnly": "false",
            "AccessKeyId": "AKIAIOSFODNN7EXAMPLE",
            "EventTime": "2024-03-02T03:00:00-08:00",
            "EventSource": "iam.amazonaws.com",
            "Username": "a*b, c",
            "Resources": [
                {
                    "ResourceType": "AWS::IAM::User",
                    "ResourceName": "eve"
                },
                {
                    "ResourceType": "AWS::IAM::AccessKey",
                    "ResourceName": "AKIAI44QH8DHBEXAMPLE"
                }
            ],
            "CloudTrailEvent": ${JSON.stringify(JSON.stringify(create))}
        }
    ]
}
`);
  });

  it('leaves out what an event does not have', () => {
    const [event] = lookup(db, ...attribute('EventName', 'ConsoleLogin')).Events;
    expect(Object.keys(event!)).toEqual([
      ...[
        'EventId',
        'EventName',
        'ReadOnly',
        'EventTime',
        'EventSource',
        'Username',
        'Resources',
        'CloudTrailEvent',
      ],
    ]);
    expect(event).toMatchObject({ Username: 'root', ReadOnly: 'false', Resources: [] });
  });

  it('of nothing is an empty list', () => {
    const ran = offtrail(['lookup-events', '--db', db, ...attribute('EventId', 'none')]);
    expect(ran).toMatchObject({ code: 0, stdout: '{\n    "Events": []\n}\n' });
    expect(ran.stderr).toMatch(/^no events found; the index has 6, from [^\n]*\n$/);
  });

  it('can be ingested: the records are the same', () => {
    const before = sampleIndex();
    const { stdout } = offtrail(['lookup-events', '--db', before, '--event-category', 'all']);
    const after = ingestInto([put(folder(), 'lookup.json', stdout)]).db;
    const ids = 'SELECT eventid, eventtime, requestparameters FROM cloudtrail_logs ORDER BY 1, 2, 3';
    expect(query(after, ids)).toEqual(query(before, ids));
  });

  it('is safe on a terminal, and the other forms are', () => {
    const hostile = record({
      userAgent: 'a\u001b]0;x\u0007',
      eventName: 'Bad\u202eName\t\n',
      userIdentity: { type: 'IAMUser', userName: '\u001b[2J' },
    });
    const index = ingestInto([put(folder(), 'a.json', trail([hostile]))]).db;
    const queries = ['Events', 'Events[0].Username', 'Events[].EventName', 'Events[0].CloudTrailEvent'];
    for (const output of ['json', 'text', 'table']) {
      for (const more of [[], ...queries.map(one => ['--query', one])]) {
        const { stdout, code } = offtrail(['lookup-events', '--db', index, '--output', output, ...more]);
        expect(code).toBe(0);
        expect(stdout).toMatch(/BadName|2J|Bad/);
        expect(['\u001b', '\u0007', '\u202e'].filter(c => stdout.includes(c))).toEqual([]);
      }
    }
    const text = ['--output', 'text', '--query', 'Events[].CloudTrailEvent'];
    expect(JSON.parse(offtrail(['lookup-events', '--db', index, ...text]).stdout)).toEqual(hostile);
    expect(lookup(index).Events[0]!.EventName).toBe(hostile.eventName);
  });

  it('as text has a line for each event and resource, its values in the order of their names', () => {
    const args = ['lookup-events', '--db', db, '--output', 'text', ...attribute('ResourceName', 'eve')];
    const lines = offtrailProcess(args, { env: { TZ: 'UTC' } }).stdout.split('\n');
    expect(lines[0]!.split('\t')).toEqual([
      'EVENTS',
      'AKIAIOSFODNN7EXAMPLE',
      JSON.stringify(create),
      create.eventID,
      'CreateAccessKey',
      'iam.amazonaws.com',
      '2024-03-02T11:00:00+00:00',
      'false',
      'a*b, c',
    ]);
    expect(lines.slice(1)).toEqual([
      'RESOURCES\teve\tAWS::IAM::User',
      'RESOURCES\tAKIAI44QH8DHBEXAMPLE\tAWS::IAM::AccessKey',
      '',
    ]);
  });
});

describe('--query', () => {
  const queried = (query: string, ...args: string[]): string =>
    offtrailProcess(['lookup-events', '--db', db, '--query', query, ...args], { env: { TZ: 'UTC' } }).stdout;
  const both = attribute('ReadOnly', 'false');

  it('prints what the JMESPath expression makes of the answer', () => {
    expect(queried('Events[].EventName', ...both)).toBe('[\n    "CreateAccessKey",\n    "ConsoleLogin"\n]\n');
    expect(JSON.parse(queried('Events[?EventName==`ConsoleLogin`].{u:Username,n:EventName}'))).toEqual([
      { u: 'root', n: 'ConsoleLogin' },
    ]);
    expect(
      JSON.parse(queried('Events[].CloudTrailEvent', ...attribute('EventName', 'ConsoleLogin'))),
    ).toEqual([JSON.stringify(login)]);
    expect(queried('NoSuch')).toBe('null\n');
    expect(JSON.parse(queried('length(NextToken)', '--max-items', '1'))).toBeGreaterThan(10);
  });

  it('as text sees one response at a time, and the token as one of its own', () => {
    expect(queried('Events[].EventName', ...both, '--output', 'text')).toBe(
      'CreateAccessKey\tConsoleLogin\n',
    );
    expect(queried('Events[].EventName', ...both, '--output', 'text', '--page-size', '1')).toBe(
      'CreateAccessKey\nConsoleLogin\n',
    );
    expect(queried('Events[].[EventName,Username]', ...both, '--output', 'text', '--max-items', '1')).toBe(
      'CreateAccessKey\ta*b, c\nNone\n',
    );
    expect(queried('length(Events)', '--output', 'text', ...attribute('EventId', 'none'))).toBe('0\n');
    const page = offtrail(['lookup-events', '--db', db, '--output', 'text', '--max-results', '1']).stdout;
    expect(page).toMatch(/^[\w-]{10,}\nEVENTS\t[^\n]*\nRESOURCES\teve\t/);
  });

  it('as a table has a column for each member', () => {
    const table = queried('Events[].{Name:EventName,Who:Username}', ...both, '--output', 'table');
    expect(table).toBe('Name             Who\nCreateAccessKey  a*b, c\nConsoleLogin     root\n');
    expect(queried('Events[].[EventName]', ...both, '--output', 'table')).toBe(
      '1\nCreateAccessKey\nConsoleLogin\n',
    );
  });

  it('that cannot be read, or not on this answer, ends with 2', () => {
    for (const bad of ['Events[', 'length(NoSuch)', '']) {
      const ran = offtrail(['lookup-events', '--db', db, '--query', bad]);
      expect(ran).toMatchObject({ code: 2, stdout: '' });
      expect(ran.stderr).toContain(`Bad value for --query ${bad}: `);
    }
  });
});

it('arguments of the AWS CLI that are about calling a service change nothing', () => {
  const all =
    '--profile p --endpoint-url http://x --no-verify-ssl --no-sign-request --debug --no-cli-pager --color off';
  const more =
    '--ca-bundle x --cli-read-timeout 0 --cli-connect-timeout 0 --cli-binary-format base64 --no-cli-auto-prompt';
  const plain = offtrail(['lookup-events', '--db', db]);
  expect(offtrail(['lookup-events', '--db', db, ...all.split(' '), ...more.split(' ')])).toEqual(plain);
});

describe('attributes', () => {
  it.each([
    ['EventId', create.eventID as string],
    ['EventName', 'CreateAccessKey'],
    ['Username', '"a*b, c"'],
    ['Username', 'a*b\\, c'],
    ['ResourceType', 'AWS::IAM::AccessKey'],
    ['ResourceName', 'AKIAI44QH8DHBEXAMPLE'],
    ['EventSource', 'iam.amazonaws.com'],
    ['AccessKeyId', 'AKIAIOSFODNN7EXAMPLE'],
  ])('%s=%s finds the event', (key, value) => {
    expect(names(lookup(db, ...attribute(key, value)))).toEqual(['CreateAccessKey']);
  });

  it('are exact: no wildcards, no exclusion, no other case', () => {
    for (const value of ['Create*', '!ConsoleLogin', 'createaccesskey', 'CreateAccessKe?'])
      expect(lookup(db, ...attribute('EventName', value)).Events).toEqual([]);
    expect(lookup(db, ...attribute('ResourceType', 'No::Such::Type')).Events).toEqual([]);
  });

  it('must all hold, and of several values of one key any', () => {
    const both = [...attribute('ReadOnly', 'false'), ...attribute('EventSource', 'signin.amazonaws.com')];
    expect(names(lookup(db, ...both))).toEqual(['ConsoleLogin']);
    const any = [
      ...attribute('EventName', 'ConsoleLogin'),
      'AttributeKey=EventName,AttributeValue=CreateAccessKey',
    ];
    expect(names(lookup(db, ...any))).toEqual(['CreateAccessKey', 'ConsoleLogin']);
  });

  it('of the region, too, are meant as they are written', () => {
    expect(lookup(db, '--region', '!us-east-1').Events).toEqual([]);
    expect(lookup(db, '--region', 'us-east-1', '--event-category', 'all').Events).toHaveLength(6);
  });

  it('may be JSON', () => {
    const json = JSON.stringify([{ AttributeKey: 'EventName', AttributeValue: 'ConsoleLogin' }]);
    expect(names(lookup(db, '--lookup-attributes', json))).toEqual(['ConsoleLogin']);
  });

  it('times are inclusive, and every form of the User Guide is read', () => {
    const at = Date.parse('2024-03-02T11:00:00Z') / 1000;
    for (const [from, to] of [
      ['2024-03-02T11:00:00Z', '2024-03-02T11:00:00Z'],
      [`${at}`, `${at}.0`],
      ['03-02-2024, 11:00 AM', '03/02/2024, 11:00'],
      ['03-02-2024,11:00AM', '2024-03-02, 11:00 AM'],
      ['2024-03-02 12:00+01:00', '2024/03/02 11:00'],
    ]) {
      expect(names(lookup(db, '--start-time', from!, '--end-time', to!)), from).toEqual(['CreateAccessKey']);
    }
    expect(lookup(db, '--end-time', '03-02-2024').Events).toHaveLength(3);
  });

  it('a category narrows; Insights events come only when they are asked for', () => {
    expect(names(lookup(db, '--event-category', 'management'))).toEqual(['CreateAccessKey', 'ConsoleLogin']);
    expect(lookup(db, '--event-category', 'insight').Events).toHaveLength(1);
    expect(lookup(db).Events).toHaveLength(5);
    expect(lookup(db, '--event-category', 'all').Events).toHaveLength(6);
  });
});

describe('pages', () => {
  it('by --max-items and --starting-token, or --max-results and --next-token, hold every event once', () => {
    const whole = lookup(db, '--event-category', 'all').Events;
    for (const [size, token] of [
      ['--max-items', '--starting-token'],
      ['--max-results', '--next-token'],
    ]) {
      const got: TestRecord[] = [];
      let next: string | undefined;
      do {
        const page = lookup(db, '--event-category', 'all', size!, '2', ...(next ? [token!, next] : []));
        expect(page.Events.length).toBe(2);
        got.push(...page.Events);
        next = page.NextToken;
      } while (next);
      expect(got).toEqual(whole);
    }
    expect(lookup(db, '--no-paginate').Events).toHaveLength(5);
  });

  it('yield every event exactly once while an ingest adds more, whatever the order and the size', () => {
    const root = folder();
    const first = Array.from({ length: 120 }, (_, i) =>
      // Few times, so that many events share one; some have none, some an odd one.
      record({
        eventTime: [`2024-01-0${1 + (i % 3)}T00:00:00Z`, '2024-01-02T00:00:00.5Z', undefined][
          i % 10 === 9 ? 1 + (i % 2) : 0
        ],
        eventName: `Call${i % 7}`,
      }),
    );
    put(root, 'a.json', trail(first));
    const index = ingestInto([root]).db;
    const ids = first.map(one => one.eventID as string).sort();
    let round = 0;
    for (const options of [
      { order: 'newest' as const },
      { order: 'oldest' as const },
      { order: 'newest' as const, sort: 'eventName' },
      { order: 'oldest' as const, sort: 'eventName:desc' },
    ]) {
      const got: string[] = [];
      let token: string | undefined;
      let page = 0;
      do {
        const connection = openForQueries(index);
        const filters = { ...options, limit: 13 + (page % 3), ...(token === undefined ? {} : { token }) };
        const of = connection.prepare('SELECT eventid FROM event WHERE id = ?').pluck();
        const found = events(connection, filters, new Date(), id => of.get(id) as string);
        got.push(...found);
        token = found.nextToken();
        connection.close();
        if (page++ < 3) {
          const more = Array.from({ length: 30 }, (_, i) =>
            record({ eventTime: `2024-01-0${1 + (i % 3)}T00:00:00Z`, eventName: `Call${i % 9}` }),
          );
          put(root, `more-${round}-${page}.json`, trail(more));
          expect(offtrail(['ingest', root, '--db', index]).code).toBe(0);
        }
      } while (token);
      expect(new Set(got).size, 'none twice').toBe(got.length);
      expect(got.filter(id => ids.includes(id)).sort()).toEqual(ids);
      round++;
    }
  });

  it('keep the meaning of relative times', () => {
    const recent = Array.from({ length: 4 }, (_, i) =>
      record({ eventTime: `${new Date(Date.now() - (i + 1) * 60_000).toISOString().slice(0, 19)}Z` }),
    );
    const index = ingestInto([put(folder(), 'a.json', trail(recent))]).db;
    const page = lookup(index, '--start-time', '1h', '--max-items', '3');
    const rest = lookup(index, '--start-time', '1h', '--max-items', '3', '--starting-token', page.NextToken!);
    expect(rest.Events).toHaveLength(1);
    expect(rest.NextToken).toBeUndefined();
  });
});

describe('what cannot be answered is said in the words of the AWS CLI, with exit code 2', () => {
  const called = 'when calling the LookupEvents operation: ';
  it.each<[string[], string]>([
    [attribute('Nonsense', 'x'), `An error occurred (InvalidLookupAttributesException) ${called}`],
    [attribute('eventname', 'x'), `An error occurred (InvalidLookupAttributesException) ${called}`],
    [attribute('constructor', 'x'), `An error occurred (InvalidLookupAttributesException) ${called}`],
    [attribute('ReadOnly', 'True'), `An error occurred (InvalidLookupAttributesException) ${called}`],
    [attribute('EventName', ''), `An error occurred (InvalidLookupAttributesException) ${called}`],
    [
      ['--lookup-attributes', 'AttributeKey=EventName'],
      'Parameter validation failed:\nMissing required parameter in LookupAttributes[0]: "AttributeValue"',
    ],
    [
      ['--lookup-attributes', 'EventName'],
      "Error parsing parameter '--lookup-attributes': Expected: '=', received: 'EOF' for input:\nEventName\n         ^",
    ],
    [
      ['--start-time', 'foo'],
      "Parameter validation failed:\nInvalid type for parameter StartTime, value: foo, type: <class 'str'>, valid types: <class 'datetime.datetime'>, timestamp-string",
    ],
    [
      ['--end-time', '13-45-2024'],
      'Parameter validation failed:\nInvalid type for parameter EndTime, value: 13-45-2024',
    ],
    [
      ['--start-time', '2024-03-02', '--end-time', '2024-03-01'],
      `An error occurred (InvalidTimeRangeException) ${called}`,
    ],
    [
      ['--max-results', '0'],
      'Parameter validation failed:\nInvalid value for parameter MaxResults, value: 0, valid min value: 1',
    ],
    [['--max-results', '51'], `An error occurred (InvalidMaxResultsException) ${called}`],
    [['--event-category', 'x'], `An error occurred (InvalidEventCategoryException) ${called}`],
    [
      ['--lookup-attributes', '[null]'],
      'Parameter validation failed:\nInvalid type for parameter LookupAttributes[0], value: null',
    ],
    [
      ['--lookup-attributes', 'AttributeKey=EventName,AttributeKey=EventId,AttributeValue=x'],
      `Error parsing parameter '--lookup-attributes': Second instance of key "AttributeKey" encountered for input:`,
    ],
    [['--next-token', 'x'], `An error occurred (InvalidNextTokenException) ${called}`],
    [
      ['--no-paginate', '--max-items', '3'],
      'Cannot specify --no-paginate along with pagination arguments: --max-items',
    ],
  ])('%s', (args, message) => {
    const ran = offtrail(['lookup-events', '--db', db, ...args]);
    expect(ran.code).toBe(2);
    expect(ran.stdout).toBe('');
    expect(ran.stderr.trimStart().startsWith(message), ran.stderr).toBe(true);
  });

  it('a token of another index, or of other parameters', () => {
    const token = lookup(db, '--max-items', '1').NextToken!;
    const other = ingestInto([put(folder(), 'a.json', trail([login, create, ...records(3)]))]).db;
    const changed = [...attribute('ReadOnly', 'false'), '--starting-token', token];
    for (const ran of [
      offtrail(['lookup-events', '--db', other, '--starting-token', token]),
      offtrail(['lookup-events', '--db', db, ...changed]),
    ]) {
      expect(ran.code).toBe(2);
      expect(ran.stderr).toContain('InvalidNextTokenException');
    }
  });
});
