/** Lines of access logs are counted in columns of the index: as SQL counts their rows, whatever became of the columns. */

import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, it } from 'vitest';
import { lineOf, makeAccessLogs } from '../scripts/access-logs.js';
import type { AccessRow } from '../scripts/access-requests.js';
import { type EventIndex, openIndex } from '../src/index.js';
import type { Filters } from '../src/query/filter/filter.js';
import { count, folder, ingestInto, offtrail, put, query } from './support.js';

const ANA = 'arn:aws:iam::111122223333:user/ana';
let requests = 0;
const line = (more: Partial<AccessRow> = {}): string =>
  lineOf({
    bucketowner: 'a'.repeat(64),
    bucket_name: 'photos',
    requestdatetime: '05/Jan/2026:10:00:00 +0000',
    remoteip: '203.0.113.7',
    requester: ANA,
    requestid: `R${requests++}`,
    operation: 'REST.GET.OBJECT',
    key: 'data/tom.jpg',
    request_uri: 'GET /data/tom.jpg HTTP/1.1',
    httpstatus: '200',
    bytessent: '10',
    useragent: 'curl/8',
    hostid: 'host=',
    ...more,
  });
const times = [
  '99/Foo/2026:10:00:00 +0000',
  '31/Dec/1969:23:59:59 +0000',
  '01/Jan/1970:00:00:00 +0000',
  '07/Feb/2106:06:28:14 +0000',
  '07/Feb/2106:06:28:15 +0000',
  '01/Jan/9999:00:00:00 +0000',
];
/** Lines that the generator does not write. */
const ODD = [
  ...times.map(requestdatetime => line({ requestdatetime })),
  line({ requester: undefined, httpstatus: '403', errorcode: 'AccessDenied' }),
  line({ requester: undefined, operation: 'S3.EXPIRE.OBJECT', httpstatus: undefined }),
  line({ remoteip: undefined, useragent: undefined, bytessent: '007', key: undefined }),
  lineOf({ bucket_name: 'old', requestdatetime: '05/Jan/2026:10:00:00 +0000', operation: 'SOAP.X' }, 18),
];

/** Of more lines than a segment has, and of a few. */
let db: string;
let few: { root: string; db: string };
function ingested(files: number, linesPerFile: number): { root: string; db: string } {
  const root = folder();
  makeAccessLogs(join(root, 'lines'), { files, linesPerFile, days: 6, buckets: 3, requesters: 12 });
  put(root, 'odd/2026-01-05-11-00-00-0123456789ABCDEF', ODD.join(''));
  return { root, db: ingestInto([root]).db };
}
beforeAll(() => {
  ({ db } = ingested(34, 250));
  few = ingested(4, 40);
});

function copy(statements = ''): string {
  const own = join(folder(), 'own.db');
  copyFileSync(few.db, own);
  const writing = new Database(own);
  writing.exec(statements);
  writing.close();
  return own;
}

const FAILED = "httpstatus GLOB '[45]*'";
const LINES = { source: 'access-logs' } as const;
const texts = (rows: readonly object[]): string[] =>
  rows.map(row => JSON.stringify(Object.values(row))).sort();

/** Counts by columns through the index, and through SQL on the view. */
function expectSame(
  index: EventIndex,
  path: string,
  [columns, filters, where]: readonly [
    columns: string[],
    filters: Filters & { status?: string },
    where: string,
  ],
): void {
  const found = index.top({ ...LINES, columns, ...filters });
  const rows = query(
    path,
    `SELECT ${columns.map(column => `CAST(${column} AS TEXT) AS ${column}`).join(', ')}, count(*), total(${FAILED}),
      min(eventtime), max(eventtime)
    FROM s3_access_logs WHERE ${where} GROUP BY ${columns.map((_, i) => i + 1).join(', ')}`,
  );
  const shown = found.rows.map(({ values, events, errors, first, last }) => [
    ...values,
    ...[events, errors, first, last],
  ]);
  expect(texts(shown), JSON.stringify([columns, filters])).toEqual(texts(rows));
  expect(found.lines).toBe(count(path, `SELECT count(*) FROM s3_access_logs WHERE ${where}`));
}

/** Each filter that the columns tell, alone and with others, and some that only rows do. */
const FILTERS: ReadonlyArray<[Filters & { status?: string }, where: string]> = [
  [{ errorsOnly: true }, FAILED],
  [{ requester: '-' }, 'is_anonymous'],
  [{ requester: '!-' }, 'NOT is_anonymous'],
  [{ requester: ['anonymous', ANA] }, `(is_anonymous OR requester = '${ANA}')`],
  [{ requester: '!anonymous', status: '403' }, "NOT is_anonymous AND httpstatus = '403'"],
  [{ user: '!ana' }, "NOT coalesce(requester_name = 'ana' AND requester_kind = 'user', 0)"],
  [{ ip: '!203.0.113.0/24' }, "coalesce(remoteip, '') NOT GLOB '203.0.113.*'"],
  [{ userAgent: '!*' }, 'useragent IS NULL'],
  [{ service: 's3' }, '1'],
  [{ service: '!s3' }, '0'],
  [{ bucket: '!photos', eventName: 'REST.GET.*' }, "bucket_name <> 'photos' AND operation GLOB 'REST.GET.*'"],
  [
    { from: '2026-01-02', to: '2026-01-03T12:00Z' },
    "eventtime BETWEEN '2026-01-02T00:00:00Z' AND '2026-01-03T12:00:00Z'",
  ],
  [{ to: '2026-01-01T00:30Z' }, "eventtime <= '2026-01-01T00:30:00Z'"],
  [{ from: '2106-02-07T06:28:15Z' }, "eventtime >= '2106-02-07T06:28:15Z'"],
  [{ key: 'data/' }, "objectkey GLOB 'data/*'"],
  [
    { key: 'data/', errorsOnly: true, requester: '-' },
    `objectkey GLOB 'data/*' AND ${FAILED} AND is_anonymous`,
  ],
  [{ requestId: 'R0' }, "requestid = 'R0'"],
];
const COLUMNS = [
  ...['requester', 'remoteip', 'operation', 'httpstatus', 'useragent', 'is_anonymous', 'requester_kind'],
  ...[
    'is_presigned',
    'tlsversion',
    'bucket_name',
    'eventname',
    'objectkey',
    'bytessent',
    'httpmethod',
    'day',
  ],
  ...['file_path', 'is_removed', 'requestdatetime'],
];

function expectCounts(path: string): void {
  const index = openIndex(path);
  try {
    for (const [filters, where] of [...FILTERS.slice(0, 2), ...FILTERS.slice(-6)])
      expectSame(index, path, [['remoteip', 'is_anonymous'], filters, where]);
  } finally {
    index.close();
  }
}

/** Segments that say what the lines say, and how many there should be. */
const segments = (path: string): number => count(path, 'SELECT count(*) FROM access_column_segment');
const verified = (path: string): string => offtrail(['status', '--verify', '--db', path]).stderr;

describe('top', () => {
  it('counts lines by each column as SQL does', () => {
    const index = openIndex(few.db);
    for (const column of COLUMNS) expectSame(index, few.db, [[column], {}, '1']);
    index.close();
  });

  it('counts lines of several segments by columns together', () => {
    const index = openIndex(db);
    expect(segments(db)).toBe(2);
    for (const columns of [
      ['operation', 'httpstatus'],
      ['bucket_name', 'requester', 'is_anonymous'],
      ['objectkey', 'remoteip'],
    ])
      expectSame(index, db, [columns, {}, '1']);
    index.close();
  });

  it('passes the lines that filters mean', () => {
    const index = openIndex(db);
    for (const [filters, where] of FILTERS) expectSame(index, db, [['remoteip'], filters, where]);
    index.close();
  });
});

it('a timeline has every line in its step, and says how many have no time', () => {
  const index = openIndex(db);
  for (const [filters, where] of [[{}, '1'], ...FILTERS.slice(0, 3)] as typeof FILTERS) {
    const within = { ...filters, from: '2026-01-01', to: '2026-01-08' };
    const { steps } = index.timeline({ ...LINES, every: '1d', by: 'requester', ...within });
    const split = steps.flatMap(({ time, values }) =>
      values.map(({ value, events, errors }) => [time.slice(0, 10), value, events, errors]),
    );
    const rows = query(
      db,
      `SELECT substr(eventtime, 1, 10), requester, count(*), total(${FAILED}) FROM s3_access_logs
      WHERE ${where} AND eventtime BETWEEN '2026-01-01' AND '2026-01-08T00:00:00Z' GROUP BY 1, 2`,
    );
    expect(texts(split), where).toEqual(texts(rows));
  }
  const all = index.timeline({ ...LINES, every: '52w' });
  expect(all.untimed).toBe(count(db, 'SELECT count(*) FROM s3_access_logs WHERE eventtime IS NULL'));
  expect(all.steps.reduce((sum, { events }) => sum + events, 0)).toBe(
    count(db, 'SELECT count(eventtime) FROM s3_access_logs'),
  );
  index.close();
});

it.each([
  ['UPDATE access_column_segment SET latest = latest - 1 WHERE id = 0', 'a changed row'],
  ['UPDATE access_column_values SET data = zeroblob(length(data)) WHERE id = 1', 'a damaged column'],
  [
    'UPDATE access_column_values SET data = (SELECT data FROM access_column_values WHERE id = 1) WHERE id = 2',
    'one of another',
  ],
  ['DELETE FROM access_column_segment', 'missing segments'],
  ['DROP TABLE access_column_segment; DROP TABLE access_column_values', 'missing tables'],
])('columns that are damaged are not believed, and the next ingest mends them: %s', statement => {
  const own = copy(statement);
  expectCounts(own);
  expect(verified(own)).not.toContain('nothing was found');
  expect(offtrail(['ingest', few.root, '--db', own]).code).toBe(0);
  expect(verified(own)).toContain('nothing was found');
  expect([segments(own), count(own, 'SELECT count(*) FROM access_column_values')]).toEqual([1, 7]);
  expectCounts(own);
});

it('an index of the version before has no such columns: it answers, and the next ingest makes them', () => {
  const own = copy(`DROP TABLE access_column_segment; DROP TABLE access_column_values;
    DROP INDEX event_kind; DROP INDEX event_bucket; DROP INDEX event_eventid; PRAGMA user_version = 9`);
  expectCounts(own);
  expect(verified(own)).toContain('nothing was found');
  expect(count(own, "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'access_column%'")).toBe(0);
  expect(offtrail(['ingest', few.root, '--db', own]).code).toBe(0);
  expect(segments(own)).toBe(1);
  expectCounts(own);
});

it('reindex makes the columns of lines again', () => {
  const own = copy('DELETE FROM access_column_values');
  expect(offtrail(['reindex', '--db', own]).code).toBe(0);
  expect(verified(own)).toContain('nothing was found');
});

it('the columns follow files that grow, change and lose lines', () => {
  const tree = folder();
  const own = join(folder(), 'own.db');
  const file = (name: string, text: string): string =>
    put(tree, `2026-01-05-11-00-00-000000000000000${name}`, text);
  const ingest = (...more: string[]): void => {
    offtrail(['ingest', tree, '--db', own, ...more]);
    expect(verified(own)).toContain('nothing was found');
    expectCounts(own);
  };
  const some = (more: Partial<AccessRow>): string => Array.from({ length: 30 }, () => line(more)).join('');
  const first = some({});
  file('1', first);
  file('2', some({ requester: undefined, remoteip: '198.51.100.1' }));
  ingest();
  file('3', some({ httpstatus: '404' }));
  ingest();
  file('1', first.split('\n').slice(0, 3).join('\n'));
  file('3', some({ requester: undefined }));
  ingest();
  ingest('--replace');
  expect(count(own, 'SELECT count(*) FROM access_log')).toBe(3 + 30 + 30);
  file('4', some({ operation: 'REST.PUT.OBJECT' }));
  ingest();
});
