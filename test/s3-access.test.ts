/** The canned searches of access logs find what the lines hold, and what their Athena statements find. */

import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeAccessLogs } from '../scripts/access-logs.js';
import { ACCESS_FIELDS, type AccessFieldName } from '../src/access-logs/fields.js';
import { keyOf } from '../src/access-logs/meaning.js';
import { openIndex, s3AccessSearchNames } from '../src/index.js';
import { ACCESS_FILTERS } from '../src/query/access/filters.js';
import { ACCESS_SEARCHES, findAccessSearch } from '../src/query/access/searches.js';
import { accessStatement } from '../src/query/access/statement.js';
import { filesBelow, folder, ingestInto, offtrail, put, record, sampleIndex, trail } from './support.js';

type Line = Partial<Record<AccessFieldName, string | null>>;
type JsonRow = Record<string, unknown>;

const OWNER = 'a'.repeat(64);
const ANA = 'arn:aws:iam::111122223333:user/dev/ana';
const SESSION = 'arn:aws:sts::444455556666:assumed-role/deploy/i-1';

/** A line of its own, in which what matters to a test is given. */
function line(more: Line = {}, fields = 27): string {
  const row: Line = {
    bucketowner: OWNER,
    bucket_name: 'photos',
    requestdatetime: '[05/Feb/2026:10:00:00 +0000]',
    remoteip: '203.0.113.7',
    requester: ANA,
    requestid: '3E57427F3EXAMPLE',
    operation: 'REST.GET.OBJECT',
    key: 'cats/tom.jpg',
    request_uri: '"GET /cats/tom.jpg HTTP/1.1"',
    httpstatus: '200',
    bytessent: '10',
    objectsize: '10',
    totaltime: '5',
    turnaroundtime: '4',
    referrer: '"-"',
    useragent: '"curl/8"',
    hostid: 'host=',
    sigv: 'SigV4',
    ciphersuite: 'TLS_AES_128_GCM_SHA256',
    authtype: 'AuthHeader',
    endpoint: 'photos.s3.amazonaws.com',
    tlsversion: 'TLSv1.3',
    ...more,
  };
  return ACCESS_FIELDS.slice(0, fields)
    .map(({ name }) => row[name] ?? '-')
    .join(' ');
}

/** Lines that the generator does not write. */
const ODD = [
  line(),
  line({ key: 'cats/a%252Bb%2520c.jpg', operation: 'REST.PUT.OBJECT', requester: SESSION }),
  line({ key: 'cats/a%2Bb%20c.jpg', operation: 'BATCH.DELETE.OBJECT', httpstatus: '204' }),
  line({ key: '100%2525/x', remoteip: '2001:db8::7' }),
  // No UTF-8: the key stays as it is.
  line({ key: '%25E0/%E0' }),
  line({ key: 'cats/[x]*.jpg', remoteip: '2001:db8:1::7', operation: 'REST.HEAD.OBJECT' }),
  line({ operation: 'REST.GET.ACL', key: '-' }),
  line({ operation: 'REST.GET.ACL', requester: '-', httpstatus: '403', errorcode: 'AccessDenied' }),
  line({ requester: '-', sigv: '-', authtype: '-', tlsversion: '-', ciphersuite: '-' }),
  line({ tlsversion: 'TLSV1.2' }),
  line({ tlsversion: 'TLSv1.1', httpstatus: '304' }),
  // What is too old to say how it came in was not by plain HTTP.
  line({ key: 'old.txt' }, 18),
  line({ key: 'older.txt', requester: OWNER }, 24),
  line({ operation: 'S3.TRANSITION_SIA.OBJECT', requester: 'AmazonS3', request_uri: '-', remoteip: '-' }),
  line({ operation: 'S3.COMPUTE.OBJECT.CHECKSUM', requester: '-', request_uri: '-', remoteip: '-' }),
];

let db: string;
let lines: Line[];
beforeAll(() => {
  const root = folder();
  makeAccessLogs(root, { files: 24, linesPerFile: 60, days: 4, buckets: 4, requesters: 20 });
  put(root, 'odd/2026-02-05-11-00-00-0123456789ABCDEF', `${ODD.join('\n')}\n`);
  db = ingestInto([root]).db;
  lines = filesBelow(root).flatMap(path => readFileSync(path, 'utf8').trim().split('\n').map(fieldsOf));
});

/** The fields of a line, read without offtrail: those of these tests have no quotes within quotes. */
function fieldsOf(text: string): Line {
  const tokens = text.match(/\[[^\]]*\]|"[^"]*"|\S+/g)!;
  return Object.fromEntries(
    tokens.map((token, i) => {
      const value = token.replaceAll(/^["[]|["\]]$/g, '');
      return [ACCESS_FIELDS[i]!.name, value === '-' ? null : value];
    }),
  );
}

const iso = (written: string): string =>
  `${new Date(`${written.replace(':', ' ')}`).toISOString().slice(0, 19)}Z`;
const NUMBERS = new Set(['bytessent', 'objectsize', 'totaltime', 'turnaroundtime']);

/** A row of fields as the searches print it. */
function printed(row: JsonRow): JsonRow {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      if (name === 'requestdatetime') return ['eventtime', iso(String(value))];
      const bare = typeof value === 'string' ? value.replaceAll(/^"|"$/g, '') : value;
      if (bare === '-' || bare === null || bare === undefined)
        return [name === 'key' ? 'objectkey' : name, null];
      // A group has no operation: its keys are those of requests.
      if (name === 'key') return ['objectkey', keyOf(String(bare), String(row.operation ?? 'REST.'))];
      return [name, NUMBERS.has(name) ? Number(bare) : bare];
    }),
  );
}

const sorted = (rows: readonly JsonRow[]): string[] =>
  rows.map(row => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))).sort();

const run = (args: readonly string[]) => offtrail(['s3-access', ...args, '--db', db]);
function rowsOf(args: readonly string[]): JsonRow[] {
  const ran = run([...args, '--format', 'json']);
  expect(ran.code, ran.stderr).toBe(0);
  return JSON.parse(ran.stdout) as JsonRow[];
}
/** Rows of the statement for Athena, as the searches print them. */
function athenaRows(args: readonly string[]): JsonRow[] {
  const statement = run([...args, '--print-athena']).stdout;
  expect(statement).toMatch(/FROM s3_access_logs_db\.mybucket_logs\n/);
  const ran = offtrail(['sql', statement, '--db', db, '--format', 'json']);
  expect(ran.code, ran.stderr).toBe(0);
  return (JSON.parse(ran.stdout) as JsonRow[]).map(printed);
}

const isOwn = ({ operation }: Line): boolean => /^S3\./.test(operation!);
const keyIn = ({ key, operation }: Line): string => keyOf(key ?? '', operation!);
const groupsBy = (nameOf: (line: Line) => JsonRow): JsonRow[] => {
  const groups = new Map<
    string,
    JsonRow & { requests: number; bytessenttotal: number; bytesreceivedtotal: number }
  >();
  for (const one of lines.filter(({ operation }) => !/^(S3|BATCH)\./.test(operation!))) {
    const name = JSON.stringify(nameOf(one));
    const group = groups.get(name) ?? {
      ...nameOf(one),
      requests: 0,
      bytessenttotal: 0,
      bytesreceivedtotal: 0,
    };
    group.requests++;
    group.bytessenttotal += Number(one.bytessent ?? 0);
    const isUpload = /^REST\.(PUT\.OBJECT|PUT\.PART|POST\.OBJECT)$/.test(one.operation!);
    if (isUpload && one.httpstatus!.startsWith('2')) group.bytesreceivedtotal += Number(one.objectsize ?? 0);
    groups.set(name, group);
  }
  return [...groups.values()];
};

/** What each search must find, computed from the lines themselves. */
const EXPECTED: Record<
  string,
  { args?: string[]; keep?: (line: Line) => boolean; groups?: () => JsonRow[] }
> = {
  'get-object': {
    keep: l => /\.GET\.OBJECT$|\.OBJECT_GET$/.test(l.operation!),
  },
  'put-object': { keep: l => /^REST\.(PUT|COPY)\.OBJECT$|^REST\.POST\.UPLOAD$/.test(l.operation!) },
  'delete-object': { keep: l => /DELETE\.OBJECT$/.test(l.operation!) },
  object: { args: ['cats/'], keep: l => keyIn(l).startsWith('cats/') },
  requester: { args: ['ana'], keep: l => /user\/.*\bana$/.test(l.requester ?? '') },
  anonymous: { keep: l => l.requester === null && !isOwn(l) },
  sigv2: { keep: l => l.sigv === 'SigV2' },
  'acl-required': { keep: l => l.aclrequired === 'Yes' },
  presigned: { keep: l => l.authtype === 'QueryString' },
  'plain-http': {
    keep: l =>
      l.request_uri !== null && l.tlsversion !== undefined && !/^TLSv1\.[23]$/i.test(l.tlsversion ?? ''),
  },
  errors: { keep: l => l.httpstatus?.startsWith('4') === true },
  'server-errors': { keep: l => l.httpstatus?.startsWith('5') === true },
  bytes: { groups: () => groupsBy(({ requester }) => ({ requester })) },
  slow: { args: ['--min-ms', '100'], keep: l => Number(l.totaltime ?? 0) >= 100 },
  lifecycle: { keep: l => isOwn(l) && !/CHECKSUM/.test(l.operation!) },
};

describe('every canned search of access logs', () => {
  it.each(ACCESS_SEARCHES.map(({ name }) => name))('finds exactly what the lines hold: %s', name => {
    expect(Object.keys(EXPECTED), 'searches that EXPECTED has').toContain(name);
    const { args = [], keep, groups } = EXPECTED[name]!;
    const rows = rowsOf([name, ...args]);
    const columns = Object.keys(rows[0]!);
    const expected =
      groups?.() ??
      lines
        .filter(keep!)
        .map(one => printed(one))
        .map(one => Object.fromEntries(columns.map(column => [column, one[column] ?? null])));
    expect(expected.length).toBeGreaterThan(0);
    expect(expected.length).toBeLessThan(lines.length);
    expect(sorted(rows)).toEqual(sorted(expected));
  });

  const FILTERED = [
    '--from',
    '2026-01-01',
    '--to',
    '2026-01-04',
    '--requester',
    '!444455556666',
    '--limit',
    'all',
  ];
  it.each(ACCESS_SEARCHES.map(({ name }) => name))('finds what its statement for Athena finds: %s', name => {
    const { args = [] } = EXPECTED[name]!;
    for (const more of [[], FILTERED])
      expect(sorted(athenaRows([name, ...args, ...more]))).toEqual(sorted(rowsOf([name, ...args, ...more])));
  });

  it('has the statement for SQLite, which other clients run', () => {
    for (const { name } of ACCESS_SEARCHES) {
      const args = [name, ...(EXPECTED[name]!.args ?? [])];
      const statement = run([...args, '--print-sql']).stdout;
      const ran = offtrail(['sql', '--dialect', 'sqlite', statement, '--db', db, '--format', 'json']);
      expect(JSON.parse(ran.stdout), name).toEqual(rowsOf(args));
    }
  });
});

describe('bytes and slow', () => {
  it('adds bytes up by requester, address or key, the most first', () => {
    const byAddress = rowsOf(['bytes', '--by', 'address']);
    expect(sorted(byAddress)).toEqual(sorted(groupsBy(({ remoteip }) => ({ remoteip: remoteip ?? null }))));
    const sent = byAddress.map(row => Number(row.bytessenttotal));
    expect(sent).toEqual([...sent].sort((a, b) => b - a));
    const byKey = rowsOf(['bytes', '--by', 'key', '--bucket', 'photos']);
    expect(sorted(byKey)).toEqual(
      sorted(
        groupsBy(one => ({
          bucket_name: one.bucket_name,
          objectkey: one.key === null ? null : keyIn(one),
        })).filter(row => row.bucket_name === 'photos'),
      ),
    );
    expect(sorted(athenaRows(['bytes', '--by', 'key', '--bucket', 'photos']))).toEqual(sorted(byKey));
  });

  it('has the slowest first', () => {
    const times = rowsOf(['slow', '--limit', '20']).map(row => Number(row.totaltime));
    expect(times).toEqual([...times].sort((a, b) => b - a));
    expect(times[0]).toBe(Math.max(...lines.map(one => Number(one.totaltime ?? 0))));
  });
});

describe('filters of access logs', () => {
  /** Filters, and what must pass them. */
  const CASES: Array<[args: string[], keep: (line: Line) => boolean]> = [
    [['--from', '2026-02-05'], l => iso(l.requestdatetime!) >= '2026-02-05'],
    [['--to', '2026-01-02T00:00Z'], l => iso(l.requestdatetime!) <= '2026-01-02T00:00:00Z'],
    [['--bucket', 'photos'], l => l.bucket_name === 'photos'],
    [['--bucket', 's3://photos'], l => l.bucket_name === 'photos'],
    [['--bucket', 'arn:aws:s3:::photos'], l => l.bucket_name === 'photos'],
    [['--bucket', '!photos'], l => l.bucket_name !== 'photos'],
    [['--key', 's3://photos/cats/tom.jpg'], l => l.bucket_name === 'photos' && l.key === 'cats/tom.jpg'],
    [['--key', 'cats/'], l => keyIn(l).startsWith('cats/')],
    [['--key', 'cats/a+b c.jpg'], l => keyIn(l) === 'cats/a+b c.jpg'],
    [['--key', 'cats/a%252Bb%2520c.jpg'], l => l.key === 'cats/a%252Bb%2520c.jpg'],
    [['--key', 'cats/a?b?c.jpg'], l => keyIn(l) === 'cats/a+b c.jpg'],
    [['--key', 'cats/[x]\\*.jpg'], l => l.key === 'cats/[x]*.jpg'],
    [['--key', '*.jpg'], l => keyIn(l).endsWith('.jpg')],
    [['--key', '*'], l => l.key !== null],
    [['--key', '100%/*'], l => keyIn(l).startsWith('100%/')],
    [['--key', '%25E0/'], l => l.key === '%25E0/%E0'],
    [['--key', 'img/été/*'], l => keyIn(l).startsWith('img/été/')],
    [['--requester', ANA], l => l.requester === ANA],
    [['--requester', 'ana'], l => l.requester === ANA],
    [['--requester', 'deploy'], l => l.requester === SESSION],
    [['--requester', 'arn:aws:iam::444455556666:role/service/deploy'], l => l.requester === SESSION],
    [['--requester', '444455556666'], l => l.requester === SESSION],
    [['--requester', OWNER], l => l.requester === OWNER],
    [['--requester', '-'], l => l.requester === null && !isOwn(l)],
    [
      ['--requester', 'anonymous', '--requester', 'deploy'],
      l => (l.requester === null && !isOwn(l)) || l.requester === SESSION,
    ],
    [['--requester', '!anonymous'], l => l.requester !== null || isOwn(l)],
    [['--ip', '203.0.113.7'], l => l.remoteip === '203.0.113.7'],
    [['--ip', '203.0.112.0/23'], l => l.remoteip?.startsWith('203.0.113.') === true],
    [['--ip', '2001:db8::/48'], l => l.remoteip === '2001:db8::7'],
    [['--ip', '2001:0db8:0::7'], l => l.remoteip === '2001:db8::7'],
    [['--ip', '!203.0.113.7'], l => l.remoteip !== '203.0.113.7'],
    [['--operation', 'REST.GET.ACL'], l => l.operation === 'REST.GET.ACL'],
    [['--operation', 'GetBucketAcl'], l => l.operation === 'REST.GET.ACL' && l.key === null],
    [['--operation', 'getobjectacl'], l => l.operation === 'REST.GET.ACL' && l.key !== null],
    [['--operation', 'GetObject'], l => /^(REST|WEBSITE)\.GET\.OBJECT$/.test(l.operation!)],
    [['--operation', 'rest.head.*'], l => l.operation!.startsWith('REST.HEAD.')],
    [['--operation', '*acl'], l => l.operation === 'REST.GET.ACL'],
    [['--operation', 'No.Such'], () => false],
    [['--status', '403'], l => l.httpstatus === '403'],
    [['--status', '4xx'], l => l.httpstatus?.startsWith('4') === true],
    [['--status', '5*'], l => l.httpstatus?.startsWith('5') === true],
    [['--status', '!2xx'], l => l.httpstatus?.startsWith('2') !== true],
    [
      ['--bucket', 'photos', '--status', '403', '--operation', 'GetObjectAcl'],
      l => l.bucket_name === 'photos' && l.httpstatus === '403',
    ],
  ];

  it('are all in these tests', () => {
    expect(new Set(CASES.flatMap(([args]) => args.filter(arg => arg.startsWith('--'))))).toEqual(
      new Set(ACCESS_FILTERS.map(({ name }) => `--${name}`)),
    );
  });

  /** A search without conditions of its own, with the filters of a command line. */
  function found(args: readonly string[]): { rows: JsonRow[]; inAthena: JsonRow[] } {
    const options: Record<string, string | string[]> = {};
    for (let i = 0; i < args.length; i += 2) {
      const name = args[i]!.slice(2);
      const { condition } = ACCESS_FILTERS.find(filter => filter.name === name)!;
      options[name] = condition ? [options[name] ?? [], args[i + 1]!].flat() : args[i + 1]!;
    }
    const { athena } = accessStatement(findAccessSearch('slow'), options, new Date());
    const index = openIndex(db);
    const rows = [...index.s3Access('slow', options)];
    const inAthena = [...index.sql(athena())].map(printed);
    index.close();
    return { rows, inAthena: inAthena.map(row => JSON.parse(JSON.stringify(row, plainNumbers)) as JsonRow) };
  }
  const plainNumbers = (_: string, value: unknown): unknown =>
    typeof value === 'bigint' ? Number(value) : value;

  it.each(CASES)('mean the same to the index, to Athena, and to the lines: %j', (args, keep) => {
    const ids = (rows: readonly JsonRow[]): string[] =>
      sorted(rows.map(({ requestid, operation, objectkey }) => ({ requestid, operation, objectkey })));
    const { rows, inAthena } = found(args);
    const expected = lines.filter(one => one.totaltime !== null).filter(keep);
    expect(ids(rows)).toEqual(ids(expected.map(one => printed(one))));
    if (!args.includes('No.Such')) {
      expect(rows.length).toBeGreaterThan(0);
      expect(rows.length).toBeLessThan(lines.length);
    }
    expect(sorted(inAthena)).toEqual(sorted(rows));
  });

  it('are options of the command line, of which some may be given several times', () => {
    const args = ['--bucket', 's3://photos', '--status', '403', '--status', '2xx', '--requester=-'];
    const expected = lines.filter(
      l =>
        l.bucket_name === 'photos' && l.requester === null && /^(403|2..)$/.test(l.httpstatus!) && !isOwn(l),
    );
    expect(expected).toHaveLength(2);
    expect(rowsOf(['slow', ...args])).toHaveLength(2);
    expect(run(['slow', ...args]).stderr).toBe('--bucket s3://photos: using --bucket photos\n');
  });

  it('order lines by time, and those of a second by their places', () => {
    const places = (order: string): unknown[] => rowsOf(['anonymous', '--order', order]);
    const oldest = places('oldest') as Array<{ eventtime: string }>;
    expect(oldest.map(row => row.eventtime)).toEqual(oldest.map(row => row.eventtime).sort());
    expect(places('newest')).toEqual(oldest.toReversed());
    const few = run(['anonymous', '--limit', '2', '--format', 'json']);
    expect(JSON.parse(few.stdout)).toEqual(oldest.toReversed().slice(0, 2));
    expect(few.stderr).toBe('stopped at --limit 2; there may be more\n');
  });

  it.each([
    [['object'], '--key: a key, a prefix'],
    [['requester'], '--requester: an ARN'],
    [['errors', '--ip', 'somewhere'], 'is not an address or CIDR block'],
    [['errors', '--from', '2026-02-02', '--to', '2026-01-01'], 'nothing lies between'],
    [['errors', '--from', 'someday'], 'cannot read the time'],
    [['slow', '--min-ms', 'x'], '--min-ms must be a whole number'],
    [['bytes', '--order', 'oldest'], 'order'],
    [['errors', '--bucket', 's3://photos/cats/', '--key', 'x'], 'names a bucket and a key'],
  ])('are refused where they cannot be meant: %j', (args, message) => {
    const ran = run(args);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(message);
  });

  it('belong to searches that there are', () => {
    expect(offtrail(['s3-access', 'errorz']).stderr).toContain('unknown search errorz; did you mean errors?');
  });

  it('are never taken for SQL, nor obeyed by a terminal', () => {
    const evil = "x' OR 1=1 --\u001b[2J";
    for (const { name } of ACCESS_FILTERS.filter(({ condition }) => condition)) {
      if (name === 'ip') continue;
      expect(rowsOf(['errors', `--${name}`, evil])).toEqual([]);
      for (const print of ['--print-sql', '--print-athena'])
        expect(run(['errors', `--${name}`, evil, print]).stdout).not.toContain('\u001b');
    }
    expect(sorted(athenaRows(['errors', '--key', evil]))).toEqual([]);
  });
});

describe('where nothing is found', () => {
  it('says in two lines what the index has', () => {
    const none = run(['errors', '--bucket', 'no-such-bucket']);
    expect(none.code).toBe(0);
    expect(none.stderr).toMatch(
      /^no lines found; the index has [\d,]+ lines of 5 buckets, from 2026-01-01T\S+ to 2026-02-05T10:00:00Z\n {2}buckets: .*photos.*\n$/,
    );
    expect(run(['errors', '--from', '2027-01-01']).stderr.split('\n')).toHaveLength(2);
    expect(run(['errors', '--bucket', 'no-such-bucket', '--quiet']).stderr).toBe('');
  });

  it('says that there are no access logs where there are none', () => {
    const ran = offtrail([
      's3-access',
      'errors',
      '--db',
      ingestInto([put(folder(), 'a.json', trail([record()]))]).db,
    ]);
    expect(ran.stderr).toBe(
      'the index has no S3 server access logs: offtrail ingest takes them with the rest\n',
    );
  });
});

describe('in the library', () => {
  it('searches are a method that takes the same options', () => {
    const index = openIndex(db);
    expect(s3AccessSearchNames).toEqual(ACCESS_SEARCHES.map(({ name }) => name));
    expect([...index.s3Access('object', { key: 'cats/', status: ['403', '204'] })]).toEqual(
      rowsOf(['object', 'cats/', '--status', '403', '--status', '204']),
    );
    expect([...index.s3Access('bytes', { by: 'address', limit: 3 })]).toEqual(
      rowsOf(['bytes', '--by', 'address', '--limit', '3']),
    );
    expect([...index.s3Access('slow', { minMs: 100, order: 'oldest' })]).toEqual(
      rowsOf(['slow', '--min-ms', '100', '--order', 'oldest']),
    );
    const refused: Array<[name: string, options: object, code: string]> = [
      ['nothing', {}, 'NO_SUCH_SEARCH'],
      ['object', {}, 'MISSING_ARGUMENT'],
      ['errors', { by: 'key' }, 'UNEXPECTED_ARGUMENT'],
      ['errors', { minMs: 5 }, 'UNEXPECTED_ARGUMENT'],
      ['slow', { minMs: '5; DROP' }, 'BAD_VALUE'],
      ['errors', { limit: -1 }, 'BAD_LIMIT'],
      ['errors', { bukcet: 'x' }, 'UNKNOWN_OPTION'],
      ['errors', { bucket: [] }, 'BAD_VALUE'],
      ['bytes', { by: '__proto__' }, 'BAD_VALUE'],
    ];
    for (const [name, options, code] of refused)
      expect(() => index.s3Access(name, options), name).toThrow(expect.objectContaining({ code }));
    index.close();
  });

  it('status has the lines of each bucket, and prints them', () => {
    const index = openIndex(db);
    const { accessLogs } = index.status();
    index.close();
    expect(accessLogs).toMatchObject({ lines: lines.length, last: '2026-02-05T10:00:00Z' });
    const photos = lines.filter(one => one.bucket_name === 'photos');
    expect(accessLogs.buckets.find(({ bucket }) => bucket === 'photos')).toEqual({
      bucket: 'photos',
      lines: photos.length,
      first: '2026-02-05T10:00:00Z',
      last: '2026-02-05T10:00:00Z',
    });
    expect(accessLogs.buckets.reduce((sum, bucket) => sum + bucket.lines, 0)).toBe(lines.length);
    expect(offtrail(['status', '--db', db]).stdout).toMatch(
      new RegExp(
        `bucket with access logs +lines +first line +last line[\\s\\S]*photos +${photos.length} +2026-02-05T10`,
      ),
    );
    expect(offtrail(['status', '--db', sampleIndex()]).stdout.includes('bucket with access logs')).toBe(
      openIndex(sampleIndex()).status().accessLogs.lines > 0,
    );
  });
});
