import { beforeAll, describe, expect, it } from 'vitest';
import { S3_SEARCHES } from '../src/query/s3-searches.js';
import {
  folder,
  ingestInto,
  offtrail,
  put,
  record,
  SAMPLES,
  sampleRecords,
  type TestRecord,
  trail,
} from './support.js';

/** Events that searches are for and the sample logs lack. */
const MORE: readonly TestRecord[] = [
  record({
    eventID: 'of-a-batch',
    eventTime: '2019-07-05T12:00:00Z',
    eventName: 'DeleteObject',
    eventCategory: 'Data',
    requestParameters: { bucketName: 'my-bucket', key: 'logs/1.csv', Host: 'my-bucket.s3.amazonaws.com' },
    additionalEventData: { 'x-amz-id-2': 'batch', bytesTransferredOut: 0 },
  }),
];

let db: string;
beforeAll(() => {
  db = ingestInto([SAMPLES, put(folder(), 'more.json', trail([...MORE]))]).db;
});

interface Identity {
  type?: string;
  arn?: string;
  accountId?: string;
  principalId?: string;
  accessKeyId?: string;
}
const identity = (r: TestRecord): Identity => (r.userIdentity ?? {}) as Identity;
const request = (r: TestRecord): Record<string, unknown> =>
  (r.requestParameters ?? {}) as Record<string, unknown>;
const extra = (r: TestRecord): Record<string, unknown> =>
  (r.additionalEventData ?? {}) as Record<string, unknown>;
const isAnonymous = (r: TestRecord): boolean =>
  /^anonymous/i.test(identity(r).accountId ?? '') && !identity(r).arn;
const inS3 = (r: TestRecord): boolean => r.eventSource === 's3.amazonaws.com';
const objectRow = (r: TestRecord): TestRecord => ({
  eventTime: r.eventTime,
  eventName: r.eventName,
  eventSource: r.eventSource,
  sourceIpAddress: r.sourceIPAddress,
  userAgent: r.userAgent,
  bucketName: request(r).bucketName ?? null,
  object: request(r).key ?? null,
  userArn: identity(r).arn ?? null,
});
const withError = (r: TestRecord): TestRecord => ({ ...objectRow(r), errorCode: r.errorCode ?? null });

const all = [...sampleRecords(), ...MORE];
const someKey = identity(all.find(r => inS3(r) && identity(r).accessKeyId)!).accessKeyId!;

/** What each search must find, computed from the records themselves. */
const EXPECTED: Record<string, { args?: string[]; rows: () => TestRecord[] }> = {
  'put-object': { rows: () => all.filter(r => r.eventName === 'PutObject').map(objectRow) },
  'get-object': { rows: () => all.filter(r => r.eventName === 'GetObject').map(objectRow) },
  'delete-object': { rows: () => all.filter(r => r.eventName === 'DeleteObject').map(objectRow) },
  'head-object': { rows: () => all.filter(r => r.eventName === 'HeadObject').map(objectRow) },
  'object-access': { rows: () => all.filter(r => inS3(r) && r.eventCategory === 'Data').map(withError) },
  anonymous: {
    rows: () =>
      all.filter(isAnonymous).map(r => ({
        ...objectRow(r),
        principalId: identity(r).principalId,
        accountId: identity(r).accountId,
        errorCode: r.errorCode ?? null,
      })),
  },
  sigv2: {
    rows: () =>
      all
        .filter(r => extra(r).SignatureVersion === 'SigV2')
        .map(r => ({
          eventTime: r.eventTime,
          S3_Action: r.eventName,
          Request_Parameters: r.requestParameters,
          AWS_Region: r.awsRegion,
          Source_IP: r.sourceIPAddress,
          User_Agent: r.userAgent,
        })),
  },
  'sigv2-requesters': {
    rows: () => {
      const counts = new Map<string, number>();
      for (const r of all.filter(one => extra(one).SignatureVersion === 'SigV2')) {
        counts.set(identity(r).arn!, (counts.get(identity(r).arn!) ?? 0) + 1);
      }
      return [...counts].map(([userArn, RequestCount]) => ({ userArn, RequestCount }));
    },
  },
  'access-key': {
    args: [someKey],
    rows: () => all.filter(r => inS3(r) && identity(r).accessKeyId === someKey).map(withError),
  },
};

const sorted = (rows: TestRecord[]): string[] => rows.map(row => JSON.stringify(row)).sort();

function search(name: string, args: readonly string[] = []): TestRecord[] {
  const ran = offtrail(['s3', name, ...args, '--db', db, '--format', 'json']);
  expect(ran.code).toBe(0);
  return JSON.parse(ran.stdout) as TestRecord[];
}

describe('every canned search finds exactly what the records hold', () => {
  it.each(S3_SEARCHES.map(s => s.name))('%s', name => {
    expect(Object.keys(EXPECTED), 'searches that EXPECTED has').toContain(name);
    const { args, rows } = EXPECTED[name]!;
    const expected = rows();
    expect(expected.length).toBeGreaterThan(0);
    expect(sorted(search(name, args))).toEqual(sorted(expected));
  });

  it('anonymous finds all three forms and marks the refused request', () => {
    const found = search('anonymous');
    expect(found.map(row => `${row.accountId as string}/${row.principalId as string}`).sort()).toEqual([
      'ANONYMOUS_PRINCIPAL/',
      'ANONYMOUS_PRINCIPAL/ANONYMOUS_PRINCIPAL',
      'anonymous/',
      'anonymous/',
    ]);
    expect(found.filter(row => row.errorCode === 'AccessDenied').map(row => row.object)).toEqual([
      'private/salaries.xlsx',
    ]);
  });
});

describe('filters narrow a search', () => {
  const puts = all.filter(r => r.eventName === 'PutObject');
  const expectPuts = (args: string[], keep: (r: TestRecord) => boolean): void => {
    const expected = puts.filter(keep).map(objectRow);
    expect(expected.length).toBeGreaterThan(0);
    expect(expected.length).toBeLessThan(puts.length);
    expect(sorted(search('put-object', args))).toEqual(sorted(expected));
  };
  const time = (r: TestRecord): string => r.eventTime as string;
  const key = (r: TestRecord): string => String(request(r).key);

  it('--from and --to are inclusive, a date is its midnight', () => {
    expectPuts(
      ['--from', '2019-07-05', '--to', '2019-07-06'],
      r => time(r) >= '2019-07-05T00:00:00Z' && time(r) <= '2019-07-06T00:00:00Z',
    );
    expectPuts(
      ['--from', '2019-07-05T02:00:00Z', '--to', '2019-07-05T02:00:00Z'],
      r => time(r) === '2019-07-05T02:00:00Z',
    );
    expectPuts(
      ['--from', '2019-07-05 04:00+02:00', '--to', '2019-07-05T02:00'],
      r => time(r) === '2019-07-05T02:00:00Z',
    );
  });
  it('--bucket', () => expectPuts(['--bucket', 'finance'], r => request(r).bucketName === 'finance'));
  it('--key exact, below a prefix, by pattern, and with a literal star', () => {
    expectPuts(['--key', 'backups/2019-07/ledger-00.csv'], r => key(r) === 'backups/2019-07/ledger-00.csv');
    expectPuts(['--key', 'backups/'], r => key(r).startsWith('backups/'));
    expectPuts(['--key', '*.csv'], r => key(r).endsWith('.csv'));
    expectPuts(['--key', 'backups/2019-07/ledger-?0.csv'], r =>
      /^backups\/2019-07\/ledger-.0\.csv$/.test(key(r)),
    );
    expect(search('put-object', ['--key', '\\*.csv'])).toEqual([]);
  });
  it('--requester by ARN, access key and role name', () => {
    const some = puts.find(r => identity(r).type === 'AssumedRole')!;
    const role = (some.userIdentity as { sessionContext: { sessionIssuer: { userName: string } } })
      .sessionContext.sessionIssuer.userName;
    const roleOf = (r: TestRecord): string | undefined =>
      (r.userIdentity as { sessionContext?: { sessionIssuer: { userName: string } } }).sessionContext
        ?.sessionIssuer.userName;
    expectPuts(['--requester', identity(some).arn!], r => identity(r).arn === identity(some).arn);
    expectPuts(
      ['--requester', identity(some).accessKeyId!],
      r => identity(r).accessKeyId === identity(some).accessKeyId,
    );
    expectPuts(['--requester', role], r => roleOf(r) === role);
  });
  it('--ip by address and block', () => {
    const address = puts[3]!.sourceIPAddress as string;
    expectPuts(['--ip', address], r => r.sourceIPAddress === address);
    const half = (r: TestRecord): boolean => Number((r.sourceIPAddress as string).split('.')[1]) < 16;
    expectPuts(['--ip', '10.0.0.0/12'], half);
    expectPuts(['--ip', '::ffff:10.0.0.0/108'], half);
  });
  it('--account and --region', () => {
    expectPuts(['--account', '222233334444'], r => r.recipientAccountId === '222233334444');
    expectPuts(['--region', 'eu-west-1'], r => r.awsRegion === 'eu-west-1');
  });
  it('of several values any will do, and ! excludes', () => {
    const two = [key(puts[0]!), key(puts.at(-1)!)];
    expectPuts(['--key', two[0]!, '--key', two[1]!], r => two.includes(key(r)));
    expectPuts(['--region', '!us-east-1'], r => r.awsRegion !== 'us-east-1');
    expectPuts(['--key', `!${two[0]!}`, '--key', `!${two[1]!}`], r => !two.includes(key(r)));
    expectPuts(
      ['--key', 'backups/', '--key', '!*-00.csv'],
      r => key(r).startsWith('backups/') && !key(r).endsWith('-00.csv'),
    );
    expect(search('put-object', ['--bucket', '\\!finance'])).toEqual([]);
    // What has no error code is not excluded with one.
    expect(search('put-object', ['--error-code', '!AccessDenied'])).toHaveLength(puts.length);
  });
  it('--event-name, --service, --user-agent, --identity-type, --category, --read-only and --access-key', () => {
    const ids = (args: string[]): string[] =>
      offtrail(['search', 'eventVersion', '--json', '--db', db, ...args])
        .stdout.split('\n')
        .filter(Boolean)
        .map(line => (JSON.parse(line) as { eventID: string }).eventID);
    const expectAll = (args: string[], keep: (r: TestRecord) => boolean): void => {
      const expected = all.filter(keep).map(r => r.eventID as string);
      expect(expected.length, args.join(' ')).toBeGreaterThan(0);
      expect(expected.length, args.join(' ')).toBeLessThan(all.length);
      const known = new Set(all.map(r => r.eventID));
      expect(
        ids(args)
          .filter(id => known.has(id))
          .sort(),
        args.join(' '),
      ).toEqual(expected.sort());
    };
    expectAll(['--event-name', 'Delete*'], r => String(r.eventName).startsWith('Delete'));
    expectAll(['--service', 'kms', '--service', 'sts.amazonaws.com'], r =>
      /^(kms|sts)\./.test(String(r.eventSource)),
    );
    expectAll(['--user-agent', '*Boto3*'], r => String(r.userAgent).includes('Boto3'));
    expectAll(['--identity-type', 'AWSService'], r => identity(r).type === 'AWSService');
    expectAll(['--category', 'data'], r => r.eventCategory === 'Data');
    expectAll(['--read-only', 'TRUE'], r => r.readOnly === true || r.readOnly === 'true');
    const accessKeyId = identity(puts[0]!).accessKeyId!;
    expectAll(['--access-key', accessKeyId], r => identity(r).accessKeyId === accessKeyId);
  });
  it('--errors-only', () => {
    const failed = all.filter(r => inS3(r) && r.eventCategory === 'Data' && r.errorCode !== undefined);
    expect(failed.length).toBeGreaterThan(0);
    expect(
      search('object-access', ['--errors-only'])
        .map(row => row.errorCode)
        .sort(),
    ).toEqual(failed.map(r => r.errorCode).sort());
  });
  it('--all-services lifts the limit to S3', () => {
    const key = identity(all.find(r => !inS3(r) && identity(r).accessKeyId)!).accessKeyId!;
    const expected = all.filter(r => identity(r).accessKeyId === key);
    expect(search('access-key', [key, '--all-services'])).toHaveLength(expected.length);
    expect(search('access-key', [key]).length).toBeLessThan(expected.length);
  });
  it('--limit and --order', () => {
    const times = puts.map(time).sort();
    expect(search('put-object', ['--limit', '3', '--order', 'oldest']).map(time)).toEqual(times.slice(0, 3));
    expect(search('put-object', ['--limit', '3']).map(time)).toEqual(times.reverse().slice(0, 3));
  });
});

describe('wrong arguments', () => {
  const WRONG: Array<[string[], string]> = [
    [['s3', 'putobject'], 'did you mean put-object?'],
    [['s3', 'put-object', '--buckt', 'x'], 'did you mean --bucket?'],
    [['ingset', '.'], 'did you mean ingest?'],
    [['s3', 'put-object', '--from', 'whenever'], 'cannot read the time "whenever"'],
    [['s3', 'put-object', '--from', '2019-02-30'], 'cannot read the time "2019-02-30"'],
    [['s3', 'put-object', '--ip', '10.0.0.0/33'], 'is not an address, CIDR block or service name'],
    [['s3', 'put-object', '--from', '2020-01-02', '--to', '2020-01-01'], 'nothing lies between'],
    [['s3', 'put-object', '--limit', 'many'], '--limit must be a whole number'],
    [['s3', 'access-key'], 'access-key-id is missing: the access key, AKIA… or ASIA…'],
    [['s3', 'put-object', '--from', '2019-07-05', '--from', '2019-07-06'], '--from is given twice'],
    [['s3', 'put-object', '--read-only', 'maybe'], 'is neither true nor false'],
    [['s3'], 'search is missing: one of put-object, get-object'],
  ];
  it.each(WRONG)('%j ends with 2 and says what to do', (args, message) => {
    const ran = offtrail([...args], { env: { OFFTRAIL_DB: db } });
    expect(ran.stdout).toBe('');
    expect(ran.stderr).toContain(message);
    expect(ran.code).toBe(2);
  });

  it('a missing index names the ways to have one', () => {
    const ran = offtrail(['s3', 'sigv2', '--db', '/nowhere/x.db']);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('there is no index at /nowhere/x.db');
  });
});

describe('the statements behind a search', () => {
  it.each(S3_SEARCHES.map(s => s.name))('--print-sql of %s gives the same rows when it is run', name => {
    const args = [...(EXPECTED[name]?.args ?? []), '--to', '2019-07-06T12:00:00Z', '--ip', '0.0.0.0/0'];
    const printed = offtrail(['s3', name, ...args, '--print-sql', '--db', db]).stdout;
    const ran = offtrail([
      'sql',
      '--dialect',
      'sqlite',
      printed.replace(/;\n$/, ''),
      '--db',
      db,
      '--format',
      'json',
    ]);
    expect(ran.stderr).toBe('');
    expect(JSON.parse(ran.stdout)).toEqual(search(name, args));
    expect(search(name, args).length, 'rows until then').toBeGreaterThan(0);
  });

  it('--print-sql says where a function is offtrail’s own', () => {
    const ran = offtrail(['s3', 'put-object', '--resource-name', 'x', '--print-sql', '--db', db]);
    expect(ran.stderr).toContain('offtrail sql --dialect sqlite has it');
    expect(offtrail(['sql', '--dialect', 'sqlite', ran.stdout.replace(/;\n$/, ''), '--db', db]).code).toBe(0);
  });

  it('--print-athena writes the user’s values as literals', () => {
    const ran = offtrail([
      's3',
      'put-object',
      '--bucket',
      "o'brien",
      '--from',
      '2019-07-05',
      '--to',
      '2019-07-06',
      '--print-athena',
    ]);
    expect(ran.stdout).toBe(`SELECT
  eventTime,
  eventName,
  eventSource,
  sourceIpAddress,
  userAgent,
  json_extract_scalar(requestParameters, '$.bucketName') AS bucketName,
  json_extract_scalar(requestParameters, '$.key') AS object,
  userIdentity.arn AS userArn
FROM cloudtrail_logs
WHERE eventName = 'PutObject'
  AND eventTime >= '2019-07-05T00:00:00Z'
  AND eventTime <= '2019-07-06T00:00:00Z'
  AND json_extract_scalar(requestParameters, '$.bucketName') = 'o''brien'
ORDER BY eventTime DESC;
`);
  });
});
