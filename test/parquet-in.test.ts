import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { pathHints } from '../src/cloudtrail/path-hints.js';
import { athenaParquet, readFile, writeParquet } from './parquet-files.js';
import { handMade, page, struct, texts, thrift } from './parquet-hostile.js';
import { folder, ingestInto, offtrail, put, query, ROOT, record, records, trail } from './support.js';

const parsed = (text: string | undefined): Record<string, unknown> =>
  JSON.parse(text ?? 'null') as Record<string, unknown>;

describe('a table with the columns of Athena', () => {
  it('gives its rows as records, with CloudTrail’s spelling, Athena’s order and JSON as it was written', async () => {
    const one = record({
      userIdentity: {
        type: 'AssumedRole',
        arn: 'arn:aws:sts::111122223333:assumed-role/r/s',
        sessionContext: {
          attributes: { mfaAuthenticated: 'false' },
          sessionIssuer: { arn: 'arn:aws:iam::111122223333:role/r' },
        },
      },
      requestParameters: { bucketName: 'b', key: 'ü "quoted" \u2028', n: 1.5 },
      resources: [{ ARN: 'arn:aws:s3:::b', accountId: '111122223333', type: 'AWS::S3::Bucket' }],
      readOnly: true,
    });
    const { found, result } = await readFile(await athenaParquet([one]));
    expect(result).toMatchObject({
      state: 'indexed',
      damage: '',
      shape: 'Parquet, table of events',
      records: 1,
      rejected: 0,
    });
    // Exactly what the table says: `"responseElements":null` is NULL there, which is not to be told from absence.
    const { responseElements: _, ...told } = one;
    expect(parsed(found[0])).toEqual(told);
    expect(Object.keys(parsed(found[0])).slice(0, 4)).toEqual([
      'eventVersion',
      'userIdentity',
      'eventTime',
      'eventSource',
    ]);
    expect(found[0]).toContain(`"requestParameters":${JSON.stringify(one.requestParameters)},`);
  });

  it('may have structs as JSON text, times as timestamps, names in any case, and columns of its own', async () => {
    const identity = '{"type":"IAMUser",  "userName":"ana"}';
    const path = await writeParquet(
      `SELECT 'ConsoleLogin' AS "EventName", '${identity}' AS "UserIdentity", TIMESTAMP '2024-03-01 10:00:00.25' AS eventTime,
        'e-1' AS "eventID", '[{"ARN":"arn:x"}]' AS resources, true AS readonly, 7 AS shard, '2024' AS "year"`,
      join(folder(), 'x.parquet'),
    );
    const { found } = await readFile(path);
    expect(found).toEqual([
      '{"userIdentity":{"type":"IAMUser","userName":"ana"},"eventTime":"2024-03-01T10:00:00.25Z","eventName":"ConsoleLogin",' +
        '"eventID":"e-1","resources":[{"ARN":"arn:x"}],"readOnly":true,"shard":7}',
    ]);
  });

  it('keeps a JSON column that is cut off as a text, in which no member is to be found', async () => {
    const path = await writeParquet(
      `SELECT 'A' AS eventname, 'e-1' AS eventid, '{"a":1},"eventName":"B' AS requestparameters,
        '{"cut' AS responseelements, 'null' AS additionaleventdata`,
      join(folder(), 'x.parquet'),
    );
    const { found } = await readFile(path);
    expect(parsed(found[0])).toEqual({
      eventName: 'A',
      requestParameters: '{"a":1},"eventName":"B',
      responseElements: '{"cut',
      additionalEventData: null,
      eventID: 'e-1',
    });
  });

  it('without an id or a version is a table of events all the same; a row without any name of an event is rejected', async () => {
    const path = await writeParquet(
      `SELECT * FROM (VALUES ('GetObject', 's3.amazonaws.com'), (NULL, 's3.amazonaws.com')) AS t(eventname, eventsource)`,
      join(folder(), 'x.parquet'),
    );
    const { found, rejected, result } = await readFile(path);
    expect(found).toHaveLength(1);
    expect(rejected.map(({ reason }) => reason)).toEqual([
      'not a CloudTrail record: row of a table without the name or the type of an event',
    ]);
    expect(result).toMatchObject({ records: 2, rejected: 1 });
  });

  it.each(['uncompressed', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4_raw'])(
    'is read where its pages are %s',
    async codec => {
      const list = records(60);
      for (const more of ['', ', PARQUET_VERSION v2']) {
        const { found, result } = await readFile(await athenaParquet(list, `, COMPRESSION ${codec}${more}`));
        expect(result.damage).toBe('');
        expect(found.map(one => parsed(one).eventID)).toEqual(list.map(one => one.eventID));
        expect(parsed(found[59]).requestParameters).toEqual(list[59]!.requestParameters);
      }
    },
  );
});

describe('files of pyarrow in every encoding', () => {
  const expected = JSON.parse(
    readFileSync(join(ROOT, 'test', 'parquet', 'expected.json'), 'utf8'),
  ) as unknown[];
  it.each(['plain', 'dictionary', 'delta', 'split', 'int96'])(
    'are read as they were written: %s',
    async name => {
      const { found, result } = await readFile(join(ROOT, 'test', 'parquet', `${name}.parquet`));
      expect(result).toMatchObject({ state: 'indexed', damage: '' });
      expect(found.map(parsed)).toEqual(expected);
    },
  );
});

describe('ingest', () => {
  it('reads a tree of partitions, whose folders say account, region and date', () => {
    expect(
      pathHints('/lake/account=111122223333/region=us-east-1/year=2024/month=03/day=01/part-0.parquet'),
    ).toEqual({
      account: '111122223333',
      region: 'us-east-1',
      year: '2024',
      month: '03',
      day: '01',
    });
    expect(
      pathHints('/aws/CLOUD_TRAIL_MGMT/2.0/region=us-east-1/accountId=111122223333/eventDay=20240301/x'),
    ).toMatchObject({
      account: '111122223333',
      year: '2024',
      day: '01',
    });
    expect(pathHints('/x/region=../account=1/year=2024/x')).toMatchObject({
      account: null,
      region: null,
      year: '2024',
    });
  });

  it('counts a Parquet file and its log file as one: the same event is stored once where the table holds it whole', async () => {
    const list = records(3).map(({ responseElements: _, ...one }) => one);
    const { db } = ingestInto([await athenaParquet(list), put(folder(), 'log.json', trail(list))]);
    expect(query(db, 'SELECT count(*) AS n FROM cloudtrail_logs')).toEqual([{ n: 3 }]);
    expect(query(db, 'SELECT duplicate, state FROM file ORDER BY id')).toMatchObject([
      { state: 'indexed' },
      { state: 'indexed' },
    ]);
    expect(query(db, 'SELECT sum(duplicate) AS n FROM file')).toEqual([{ n: 3 }]);
    const [{ eventid }] = query(db, 'SELECT eventid FROM cloudtrail_logs LIMIT 1') as [{ eventid: string }];
    expect(offtrail(['show', eventid, '--db', db]).code).toBe(0);
    expect(offtrail(['status', '--files', '--verify', '--db', db]).stdout).not.toMatch(
      /is not the file|cannot be read/,
    );
  });

  it('fails what is cut off, skips what holds something else and says what, and takes no path from a file', async () => {
    const whole = readFileSync(await athenaParquet(records(5)));
    const root = folder();
    put(root, 'a-cut.parquet', whole.subarray(0, whole.length - 100));
    put(root, 'b-short.parquet', whole.subarray(0, 6));
    await writeParquet(`SELECT 1 AS id, 'x' AS "name\u001b[31m"`, join(root, 'c-other.parquet'));
    put(root, 'd.parquet.gz', gzipSync(whole));
    const { db, code, stderr, stdout } = ingestInto([root]);
    expect(code).toBe(1);
    expect(stderr + stdout).not.toContain('\u001b[31m');
    expect(query(db, 'SELECT state, reason, stored FROM file ORDER BY path')).toEqual([
      { state: 'failed', reason: 'Parquet file that is cut off: it does not end with a footer', stored: 0 },
      { state: 'failed', reason: 'Parquet file that is cut off: too short for a footer', stored: 0 },
      {
        state: 'skipped',
        reason: 'Parquet without the columns of CloudTrail events: it has "id", "name\\u001b[31m"',
        stored: 0,
      },
      { state: 'indexed', reason: null, stored: 5 },
    ]);
  });

  it('reads the other row groups where one is damaged, marks their events as suspect and says which rows are lost', async () => {
    const path = await athenaParquet(records(6000), ', COMPRESSION uncompressed, ROW_GROUP_SIZE 2048');
    const bytes = readFileSync(path);
    const at = bytes.indexOf('data/', 200_000);
    // The length before a text of the second row group.
    bytes[bytes.lastIndexOf('{"bucketName', at) - 2]! ^= 0x40;
    const { found, rejected, result } = await readFile(put(folder(), 'x.parquet', bytes));
    expect(found.length).toBeGreaterThan(3900);
    expect(found.length).toBeLessThan(6000);
    expect(result).toMatchObject({ state: 'indexed', isSuspect: true });
    expect(result.damage).toMatch(/^row group 2 of \d, from row \d+ of \d+: column "requestparameters": /);
    expect(rejected.map(({ reason }) => reason)).toEqual([`rows that cannot be read: ${result.damage}`]);
  });
});

describe('a hostile file', () => {
  const read = (bytes: Buffer, limits = {}): ReturnType<typeof readFile> =>
    readFile(put(folder(), 'x.parquet', bytes), limits);

  it('that is put together by hand is read where it is sound', async () => {
    const { found, result } = await read(handMade());
    expect(result.damage).toBe('');
    expect(found).toEqual(['{"eventSource":"a","eventName":"a"}', '{"eventSource":"b","eventName":"b"}']);
  });

  const deep = Array.from({ length: 5000 }, () => struct([4, 'x'], [5, 1]));
  const rle = (header: number[], value: number[]): Buffer => Buffer.from([1, ...header, ...value]);
  it.each<[string, Buffer, RegExp]>([
    ['claims 2^40 rows', handMade({ rows: 2n ** 40n, values: 2 }), /it ends after 2 of 1099511627776 rows/],
    ['claims 2^62 rows', handMade({ rows: 2n ** 62n }), /is not a count/],
    ['claims a negative number of rows', handMade({ rows: -5 }), /is not a count/],
    ['claims more values than it has', handMade({ values: 2n ** 40n }), /2 of the 1099511627776 values/],
    [
      'has pages of 2^31 values',
      handMade({ pages: page({ values: 2n ** 31n }), values: 2n ** 31n, rows: 2n ** 31n }),
      /fewer values/,
    ],
    [
      'has a page that inflates to 10 GB',
      handMade({ codec: 1, pages: page({ inflated: 10n ** 10n }) }),
      /more than 268435456 bytes/,
    ],
    ['has a page of negative length', handMade({ pages: page({ size: -20 }) }), /is not a count/],
    [
      'has a text of 4 GB',
      handMade({ pages: page({ body: Buffer.from('ffffffff61', 'hex') }) }),
      /fewer values/,
    ],
    ['has columns before the file', handMade({ place: [-4, 100] }), /is not a count/],
    ['has columns beyond the file', handMade({ place: [4, 10n ** 9n] }), /beyond the file/],
    [
      'has a schema 5,000 deep',
      handMade({ schema: [struct([4, 'root'], [5, 1]), ...deep] }),
      /nested deeper/,
    ],
    [
      'has a schema of 2^31 children',
      handMade({ schema: [struct([4, 'root'], [5, 2 ** 31])] }),
      /ends too early/,
    ],
    [
      'has a number without an end in its footer',
      handMade({ footer: Buffer.concat([Buffer.from([0x16]), Buffer.alloc(1 << 20, 0xff)]) }),
      /more than 64 bits/,
    ],
    [
      'has a list of 2^31 elements in its footer',
      handMade({ footer: Buffer.from('29fcffffffff07', 'hex') }),
      /longer than what holds it/,
    ],
    ['has a footer of nested structs alone', handMade({ footer: Buffer.alloc(1 << 20, 0x1c) }), /too deep/],
    [
      'has a dictionary number of nothing',
      handMade({ pages: page({ encoding: 8, body: rle([4], [9]) }) }),
      /dictionary that is not there/,
    ],
    ['has values of an unknown encoding', handMade({ pages: page({ encoding: 77 }) }), /not read \(77\)/],
    ['has pages of an unknown codec', handMade({ codec: 3 }), /LZO, which is not read/],
    [
      'has an LZ4 page whose match never ends',
      handMade({
        codec: 7,
        pages: page({
          body: Buffer.concat([Buffer.from('1f610100', 'hex'), Buffer.alloc(1 << 20, 0xff)]),
          inflated: 12,
        }),
      }),
      /goes beyond it/,
    ],
    [
      'has a Zstandard page of repeated bytes',
      handMade({
        codec: 6,
        pages: page({
          body: Buffer.concat([
            Buffer.from('28b52ffd0070', 'hex'),
            Buffer.alloc(4000, Buffer.from('02001061', 'hex')),
          ]),
          inflated: 12,
        }),
      }),
      /inflate/,
    ],
    [
      'has differences in blocks of 0',
      handMade({ pages: page({ encoding: 6, body: Buffer.from('000402020000', 'hex') }) }),
      /impossible size/,
    ],
    [
      'has columns in another file',
      handMade({
        footer: thrift(
          struct(
            [1, 1],
            [2, [struct([4, 'root'], [5, 1]), struct([1, 6], [3, 0], [4, 'eventname'])]],
            [3, 0],
            [4, [struct([1, [struct([1, '/etc/passwd'])]], [3, 0])]],
          ),
        ),
      }),
      /stand in other files/,
    ],
    ['is encrypted', Buffer.concat([handMade().subarray(0, -4), Buffer.from('PARE')]), /encrypted/],
  ])('that %s fails with its reason', async (_, bytes, reason) => {
    const start = process.cpuUsage();
    const { found, result } = await read(bytes);
    const { user, system } = process.cpuUsage(start);
    expect(`${result.reason} ${result.damage}`).toMatch(reason);
    // What came before the damage is kept, and never more than there is.
    expect(found.length).toBeLessThanOrEqual(2);
    expect((user + system) / 1e6).toBeLessThan(5);
  });

  it('whose two billion rows take no bytes ends at the limit of a file, or where none is an event', async () => {
    const body = Buffer.concat([Buffer.from([6, 0, 0, 0]), Buffer.from([0xfe, 0xff, 0xff, 0xff, 0x0f, 0])]);
    const schema = [
      struct([4, 'root'], [5, 2]),
      ...['eventname', 'eventsource'].map(name => struct([1, 6], [3, 1], [4, name], [6, 0])),
    ];
    const nulls = handMade({ rows: 2n ** 31n - 1n, pages: page({ values: 2n ** 31n - 1n, body }), schema });
    const { found, result } = await read(nulls);
    expect(found).toEqual([]);
    expect(result.state).toBe('skipped');
    const dictionary = Buffer.concat([
      thrift(struct([1, 2], [2, 5], [3, 5], [7, struct([1, 1], [2, 0])])),
      texts('a'),
    ]);
    const same = handMade({
      rows: 2n ** 31n - 1n,
      pages: Buffer.concat([
        dictionary,
        page({ values: 2n ** 31n - 1n, encoding: 8, body: Buffer.from([0]) }),
      ]),
    });
    const limited = await read(same, { maxFileBytes: 1 << 20 });
    expect(limited.found).toHaveLength((1 << 20) / 256);
    expect(limited.result.damage).toBe('inflates to more than the limit of 1048576 bytes');
  });

  it('with a flipped bit anywhere never throws, never hangs, and makes no event of nothing', async () => {
    const list = records(30);
    const files = await Promise.all(
      ['uncompressed', 'snappy', 'zstd'].map(codec =>
        athenaParquet(list, `, COMPRESSION ${codec}`).then(path => readFileSync(path)),
      ),
    );
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 1103515245 + 12345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * below);
    };
    const names = new Set(Object.keys(list[0]!));
    const root = folder();
    let failed = 0;
    for (let i = 0; i < 48; i++) {
      const bytes = Buffer.from(files[i % files.length]!);
      const footer = bytes.readUInt32LE(bytes.length - 8) + 8;
      bytes[i % 2 ? random(bytes.length) : bytes.length - 1 - random(footer)]! ^= 1 << random(8);
      const { found, result } = await readFile(put(root, 'x.parquet', bytes));
      if (result.state === 'failed') failed++;
      expect(['indexed', 'failed']).toContain(result.state);
      expect(found.length).toBeLessThanOrEqual(list.length);
      expect(found.flatMap(one => Object.keys(parsed(one))).filter(name => !names.has(name))).toEqual([]);
    }
    expect(failed).toBeGreaterThan(5);
  });
});

describe('OCSF of Security Lake', () => {
  /** What the converter makes of a call, with the shape of Security Lake's columns (OCSF 1.1.0). */
  const OCSF = `{
    metadata: {product: {name: 'CloudTrail', vendor_name: 'AWS', version: '1.08', feature: {name: 'Management'}},
      uid: 'e-1', event_code: 'AwsApiCall', version: '1.1.0'},
    api: {operation: 'PutUserPolicy', service: {name: 'iam.amazonaws.com'}, version: NULL::VARCHAR,
      request: {uid: 'r-1', data: '{"userName":"ana",  "n":1.50}'}, response: {error: 'AccessDenied', message: 'no', data: 'null'}},
    actor: {user: {type: 'IAMUser', name: 'ana', uid: 'arn:aws:iam::111122223333:user/ana', uid_alt: 'AIDAX',
      credential_uid: 'AKIAX', account: {uid: '111122223333'}},
      session: {is_mfa: true, issuer: NULL::VARCHAR, created_time_dt: TIMESTAMP '2024-03-01 09:00:00'}, idp: {name: 'who'}},
    cloud: {provider: 'AWS', region: 'us-east-1', account: {uid: '999999999999'}},
    src_endpoint: {ip: '203.0.113.7', uid: NULL::VARCHAR}, http_request: {user_agent: 'aws-cli'},
    resources: [{uid: 'arn:aws:iam::111122223333:user/ana', account: {uid: '111122223333'}, type: 'AWS::IAM::User'}],
    "time": 1709287200000, class_uid: 6003, status: 'Failure',
    unmapped: MAP {'recipientAccountId': '111122223333', 'readOnly': 'false', 'tlsDetails.tlsVersion': 'TLSv1.3',
      'userIdentity.sessionContext.sessionIssuer.type': 'Role', 'requestParameters.a.b': 'c'}}`;
  const write = (event: string): Promise<string> =>
    writeParquet(`SELECT unnest(${event})`, join(folder(), 'x.parquet'), ', COMPRESSION zstd');

  it('gives what the mapping documents back to CloudTrail’s fields, keeps the rest, and makes nothing up', async () => {
    const { found, result } = await readFile(await write(OCSF));
    expect(result).toMatchObject({ state: 'indexed', shape: 'Parquet, OCSF', damage: '' });
    expect(parsed(found[0])).toEqual({
      eventVersion: '1.08',
      userIdentity: {
        type: 'IAMUser',
        accountId: '111122223333',
        accessKeyId: 'AKIAX',
        userName: 'ana',
        principalId: 'AIDAX',
        arn: 'arn:aws:iam::111122223333:user/ana',
        sessionContext: {
          attributes: { mfaAuthenticated: 'true', creationDate: '2024-03-01T09:00:00Z' },
          sessionIssuer: { type: 'Role' },
        },
      },
      eventTime: '2024-03-01T10:00:00Z',
      eventSource: 'iam.amazonaws.com',
      eventName: 'PutUserPolicy',
      awsRegion: 'us-east-1',
      sourceIPAddress: '203.0.113.7',
      userAgent: 'aws-cli',
      errorCode: 'AccessDenied',
      errorMessage: 'no',
      requestParameters: { userName: 'ana', n: 1.5 },
      responseElements: null,
      requestID: 'r-1',
      eventID: 'e-1',
      resources: [
        { ARN: 'arn:aws:iam::111122223333:user/ana', accountId: '111122223333', type: 'AWS::IAM::User' },
      ],
      eventType: 'AwsApiCall',
      readOnly: false,
      recipientAccountId: '111122223333',
      eventCategory: 'Management',
      tlsDetails: { tlsVersion: 'TLSv1.3' },
      ocsf: {
        metadata: { product: { name: 'CloudTrail', vendor_name: 'AWS' }, version: '1.1.0' },
        // Two fields of CloudTrail become this one, so it is neither.
        actor: { idp: { name: 'who' } },
        // Of this version it is not said which account it is.
        cloud: { provider: 'AWS', account: { uid: '999999999999' } },
        class_uid: 6003,
        status: 'Failure',
        unmapped: { 'requestParameters.a.b': 'c' },
      },
    });
    expect(found[0]).toContain('"requestParameters":{"userName":"ana","n":1.50}');
  });

  it('of another product is skipped, and of the older version the principal and the ARN are where they were then', async () => {
    const other = await readFile(await write(OCSF.replace("name: 'CloudTrail'", "name: 'Amazon VPC'")));
    expect(other.result).toMatchObject({
      state: 'skipped',
      reason: 'OCSF event of Amazon VPC, not of CloudTrail',
    });
    const older = OCSF.replace(
      "uid: 'arn:aws:iam::111122223333:user/ana', uid_alt: 'AIDAX'",
      "uuid: 'arn:aws:iam::111122223333:user/ana', uid: 'AIDAX'",
    )
      .replace("account: {uid: '111122223333'}},", "account_uid: '111122223333'},")
      .replace("uid: 'r-1'", `uid: ''''''`);
    const { found } = await readFile(await write(older));
    expect(parsed(found[0]).userIdentity).toMatchObject({
      principalId: 'AIDAX',
      arn: 'arn:aws:iam::111122223333:user/ana',
      accountId: '111122223333',
    });
    // What the converter writes where there is no request id is no request id.
    expect(parsed(found[0])).not.toHaveProperty('requestID');
  });
});

it('a JSON column of a record longer than the limit is rejected, and what is not UTF-8 is said', async () => {
  const big = await athenaParquet([record({ requestParameters: { x: 'y'.repeat(5000) } }), record()]);
  const { found, result, rejected } = await readFile(big, { maxRecordBytes: 3000 });
  expect(found).toHaveLength(1);
  expect(rejected[0]!.reason).toBe('longer than the limit of 3000 bytes for one record');
  expect(result.limits).toContain('3000');
  const bytes = readFileSync(await athenaParquet(records(1), ', COMPRESSION uncompressed'));
  for (let at = bytes.indexOf('my-bucket'); at >= 0; at = bytes.indexOf('my-bucket', at)) bytes[at] = 0xff;
  const broken = await readFile(put(folder(), 'x.parquet', bytes));
  expect(broken.result.damage).toBe('bytes that are not UTF-8 were replaced by U+FFFD');
});
