import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  folder,
  ingestInto,
  offtrail,
  put,
  query,
  record,
  records,
  statusOf,
  trail,
  trailGz,
} from './support.js';

const json = JSON.stringify;
const utf16le = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
const three = records(3);
const [one] = three;
const inLookup = (r: object): object => ({
  EventId: 'x',
  Username: 'ana',
  Resources: [],
  CloudTrailEvent: json(r),
});
const envelope = (r: object): object => ({
  version: '0',
  id: 'e',
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.s3',
  detail: r,
});
const subscription = {
  messageType: 'DATA_MESSAGE',
  owner: '1',
  logGroup: 'g',
  logStream: 's',
  subscriptionFilters: [],
  logEvents: three.map((r, i) => ({ id: String(i), timestamp: i, message: json(r) })),
};

/** File name, bytes, records that must be stored, shape in the ledger. */
const SHAPES: Array<[title: string, name: string, bytes: string | Buffer, stored: number, shape: string]> = [
  ['a trail file', 'a.json.gz', trailGz(three), 3, 'Records'],
  ['an un-gzipped trail file', 'a.json', trail(three), 3, 'Records'],
  ['a trail file printed with indentation', 'a.json', json({ Records: three }, null, 4), 3, 'Records'],
  ['a file named .gz that is not compressed', 'a.json.gz', trail(three), 3, 'Records'],
  ['a compressed file with no such name', 'a.json', trailGz(three), 3, 'Records'],
  ['a file that was compressed twice', 'a.json.gz', gzipSync(trailGz(three)), 3, 'Records'],
  ['several gzip members', 'a.gz', Buffer.concat([trailGz([one!]), trailGz(three.slice(1))]), 3, 'Records'],
  ['a byte order mark', 'a.json', `\ufeff${trail(three)}`, 3, 'Records'],
  ['UTF-16 from a PowerShell redirect', 'a.json', utf16le(trail(three)), 3, 'Records'],
  ['UTF-16 without a mark', 'a.json', Buffer.from(trail(three), 'utf16le'), 3, 'Records'],
  ['a top-level array', 'a.json', json(three), 3, 'array'],
  ['a single record', 'a.json', json(one), 1, 'single object'],
  ['JSON lines', 'a.jsonl', three.map(r => json(r)).join('\n'), 3, 'JSON lines'],
  ['concatenated, indented JSON', 'a.json', three.map(r => json(r, null, 2)).join('\n'), 3, 'JSON lines'],
  [
    'JSON lines whose first field is unknown',
    'a.jsonl',
    three.map(r => json({ '@ts': 1, ...r })).join('\n'),
    3,
    'JSON lines',
  ],
  [
    'lookup-events output',
    'a.json',
    json({ NextToken: 't', Events: three.map(inLookup) }, null, 4),
    3,
    'lookup-events',
  ],
  [
    'lookup-events objects, one a line',
    'a.jsonl',
    three.map(r => json(inLookup(r))).join('\n'),
    3,
    'lookup-events, JSON lines',
  ],
  ['the CloudTrailEvent strings alone', 'a.json', json(three.map(r => json(r))), 3, 'JSON text, array'],
  ['an EventBridge envelope', 'a.json', json(envelope(one!), null, 2), 1, 'EventBridge, single object'],
  ['an array of EventBridge envelopes', 'a.json', json(three.map(envelope)), 3, 'EventBridge, array'],
  [
    'a CloudWatch Logs subscription',
    'a.json',
    json(subscription),
    3,
    'CloudWatch Logs, CloudWatch Logs subscription',
  ],
  [
    'Firehose objects without a line feed between them',
    'a.gz',
    gzipSync(
      json(subscription) +
        json({ ...subscription, logEvents: [{ id: '9', timestamp: 1, message: json(record()) }] }),
    ),
    4,
    'CloudWatch Logs, CloudWatch Logs subscription',
  ],
  [
    'the payload a Lambda function gets',
    'a.json',
    json({ awslogs: { data: gzipSync(json(subscription)).toString('base64') } }),
    3,
    'CloudWatch Logs subscription, single object',
  ],
  [
    'filter-log-events output',
    'a.json',
    json({
      events: three.map(r => ({ logStreamName: 's', timestamp: 1, message: json(r), eventId: '1' })),
      searchedLogStreams: [],
    }),
    3,
    'CloudWatch Logs, CloudWatch Logs events',
  ],
  [
    'a CloudWatch Logs export',
    'a.gz',
    gzipSync(three.map(r => `2024-03-01T00:00:00.000Z ${json(r)}\n`).join('')),
    3,
    'CloudWatch Logs export',
  ],
  [
    'Logs Insights results',
    'a.json',
    json({
      results: three.map(r => [
        { field: '@timestamp', value: 'x' },
        { field: '@message', value: json(r) },
      ]),
      status: 'Complete',
    }),
    3,
    'JSON text, CloudWatch Logs Insights',
  ],
  [
    'an Elastic document',
    'a.jsonl',
    json({ event: { original: json(one) }, host: {} }),
    1,
    'Elastic document, single object',
  ],
];

describe('a container form is recognised by its content', () => {
  it.each(SHAPES)('%s', (_, name, bytes, stored, shape) => {
    const root = folder();
    put(root, name, bytes);
    const { db, code, stderr } = ingestInto([root]);
    expect(stderr).toMatch(
      new RegExp(`^${stored} records? read = ${stored} stored \\+ 0 duplicate \\+ 0 rejected$`, 'm'),
    );
    expect(code).toBe(0);
    expect(query(db, 'SELECT shape, state FROM file')).toEqual([{ shape, state: 'indexed' }]);
    expect(query(db, 'SELECT eventid FROM event ORDER BY ordinal LIMIT 1')).toEqual([
      { eventid: (one as { eventID: string }).eventID },
    ]);
  });

  it('keeps what an envelope says around its record', () => {
    const root = folder();
    put(root, 'a.json', json({ Events: [inLookup(one!)] }));
    const { db } = ingestInto([root]);
    const statement = 'SELECT envelope FROM cloudtrail_logs';
    const { stdout } = offtrail(['sql', '--dialect', 'sqlite', statement, '--db', db, '--format', 'json']);
    const [row] = JSON.parse(stdout) as Array<Record<string, unknown>>;
    expect(row!.envelope).toEqual({
      EventId: 'x',
      Username: 'ana',
      Resources: [],
      CloudTrailEvent: null,
    });
  });
});

describe('records of other families are stored', () => {
  it('an Insight record without eventName, source or identity', () => {
    const root = folder();
    const insight = {
      eventVersion: '1.08',
      eventTime: '2024-01-01T00:00:00Z',
      eventID: 'i1',
      eventType: 'AwsCloudTrailInsight',
      eventCategory: 'Insight',
      insightDetails: { state: 'Start', average: 9.82222e-5 },
    };
    put(root, 'a.json', `{"Records":[${json(insight).replace('0.0000982222', '9.82222E-5')}]}`);
    const { db } = ingestInto([root]);
    expect(
      query(db, "SELECT eventname, eventcategory, insightdetails || '' AS details FROM cloudtrail_logs"),
    ).toEqual([
      { eventname: null, eventcategory: 'Insight', details: '{"state":"Start","average":9.82222E-5}' },
    ]);
  });

  it('an Aggregated record, under its own spelling of id and time', () => {
    const root = folder();
    put(
      root,
      'a.json',
      json({
        Records: [
          {
            eventVersion: '1.0',
            accountId: '111122223333',
            eventId: 'agg1',
            eventCategory: 'Aggregated',
            eventType: 'AwsAggregatedEvent',
            awsRegion: 'us-west-2',
            timeWindow: { windowStart: '2025-10-30 23:45:00' },
            summary: {},
          },
        ],
      }),
    );
    const { db } = ingestInto([root]);
    expect(query(db, 'SELECT eventid, eventtime, eventcategory FROM cloudtrail_logs')).toEqual([
      { eventid: 'agg1', eventtime: '2025-10-30T23:45:00Z', eventcategory: 'Aggregated' },
    ]);
  });
});

/** Files that hold no CloudTrail record, and the reason the ledger gives. */
const FOREIGN: Array<[title: string, bytes: string | Buffer, reason: string]> = [
  [
    'S3 notifications, which also use Records',
    json({
      Records: [
        {
          eventVersion: '2.1',
          eventSource: 'aws:s3',
          eventName: 'ObjectCreated:Put',
          userIdentity: {},
          s3: {},
        },
      ],
    }),
    'S3 event notification',
  ],
  [
    'DynamoDB stream records, which have an eventID, too',
    json({
      Records: [
        { eventID: '1', eventVersion: '1.1', eventName: 'INSERT', eventSource: 'aws:dynamodb', dynamodb: {} },
      ],
    }),
    'JSON without the fields of a CloudTrail record; its `dynamodb` is what a DynamoDB stream record has',
  ],
  [
    'SQS messages',
    json({ Records: [{ messageId: '1', body: '{}' }] }),
    'JSON without the fields of a CloudTrail record; its `body` is what an SQS message has',
  ],
  [
    'Security Hub findings',
    json({ Findings: [{ Id: 1 }] }),
    'JSON without the fields of a CloudTrail record; its `Findings` is what a Security Hub export has',
  ],
  [
    'what head-object says of another object',
    json({ Metadata: { signature: 'ab' } }),
    'head-object output without the Key of a digest',
  ],
  [
    'a Git LFS pointer',
    'version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 3\n',
    'Git LFS pointer, not the file itself',
  ],
  ['a README', '# Logs\n\nThese are logs.\n', 'not JSON'],
  ['a README that begins with a link', '[link](https://example.com) to logs', 'not JSON'],
  [
    'a document that was cut',
    '{"awsAccountId":"1","digestStart',
    'JSON that is cut off or broken, without a whole record',
  ],
  ['an empty file', '', 'empty file'],
  ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 1, 2, 3]), 'not JSON'],
  [
    'an EventBridge event of another kind',
    json({ 'detail-type': 'Scheduled Event', detail: {} }),
    'EventBridge event that is not from CloudTrail',
  ],
];

describe('what is not CloudTrail is skipped with its reason', () => {
  it.each(FOREIGN)('%s', (_, bytes, reason) => {
    const root = folder();
    put(root, 'other.json', bytes);
    const { db, code } = ingestInto([root]);
    expect(code).toBe(0);
    expect(query(db, 'SELECT state, reason, records FROM file')).toEqual([
      { state: 'skipped', reason, records: 0 },
    ]);
  });

  it('but beside records it is rejected, one by one', () => {
    const root = folder();
    put(root, 'mixed.jsonl', [json(one), json({ hello: 'world' }), json(three[1])].join('\n'));
    const { db, code } = ingestInto([root]);
    expect(code).toBe(1);
    expect(statusOf(db).records).toMatchObject({ total: 3, stored: 2, rejected: 1 });
    expect(query(db, 'SELECT reason, raw FROM rejected')).toEqual([
      {
        reason: 'not a CloudTrail record: JSON without the fields of a CloudTrail record',
        raw: '{"hello":"world"}',
      },
    ]);
  });

  it('an empty Records array is a sound file with nothing in it', () => {
    const root = folder();
    put(root, 'empty.json', '{"Records": [\n]}');
    const { db, code } = ingestInto([root]);
    expect(code).toBe(0);
    expect(query(db, 'SELECT state, records FROM file')).toEqual([{ state: 'indexed', records: 0 }]);
  });
});

describe('partition columns', () => {
  const PATHS: Array<[path: string, account: string, region: string, timestamp: string]> = [
    [
      'AWSLogs/444455556666/CloudTrail/eu-west-1/2023/07/09/x.json',
      '444455556666',
      'eu-west-1',
      '2023/07/09',
    ],
    [
      'some/prefix/AWSLogs/o-abcdefghij/444455556666/CloudTrail/eu-west-1/2023/07/09/x.json',
      '444455556666',
      'eu-west-1',
      '2023/07/09',
    ],
    ['eu-west-1/2023/07/09/x.json', '111122223333', 'eu-west-1', '2023/07/09'],
    [
      '444455556666_CloudTrail_eu-west-1_20230709T0005Z_AbCdEfGhIjKlMnOp.json',
      '444455556666',
      'eu-west-1',
      '2023/07/09',
    ],
    ['flat.json', '111122223333', 'us-east-1', '2024/03/01'],
  ];
  it.each(PATHS)(
    'come from %s where it has them, else from the record',
    (path, account, region, timestamp) => {
      const root = folder();
      put(root, path, trail([record()]));
      const { db } = ingestInto([join(root)]);
      const [year, month, day] = timestamp.split('/');
      expect(
        query(
          db,
          'SELECT account, region, year, month, day, timestamp, awsregion, recipientaccountid FROM cloudtrail_logs',
        ),
      ).toEqual([
        {
          account,
          region,
          year,
          month,
          day,
          timestamp,
          awsregion: 'us-east-1',
          recipientaccountid: '111122223333',
        },
      ]);
    },
  );
});
