/** `--source`: events, search, top and timeline answer from access logs, and from both sources together. */

import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, it } from 'vitest';
import { lineOf, makeAccessLogs } from '../scripts/access-logs.js';
import { type EventIndex, openIndex } from '../src/index.js';
import { FILTERS, type Filters } from '../src/query/filter/filter.js';
import { folder, ingestInto, offtrail, put, query } from './support.js';

const ANA = 'arn:aws:iam::111122223333:user/dev/ana';
const SESSION = 'arn:aws:sts::444455556666:assumed-role/deploy/i-1';
const ROW = {
  bucketowner: 'a'.repeat(64),
  bucket_name: 'photos',
  requestdatetime: '05/Jan/2026:10:00:00 +0000',
  remoteip: '203.0.113.7',
  requester: ANA,
  requestid: '3E57427F3EXAMPLE',
  operation: 'REST.GET.OBJECT',
  key: 'cats/tom.jpg',
  request_uri: 'GET /cats/tom.jpg HTTP/1.1',
  httpstatus: '200',
  bytessent: '10',
  objectsize: '10',
  totaltime: '5',
  turnaroundtime: '4',
  useragent: 'curl/8',
  hostid: 'host=',
};
/** Lines that the generator does not write. */
const ODD = [
  lineOf(ROW),
  lineOf({
    ...ROW,
    requester: SESSION,
    key: 'caf%25C3%25A9%2520a.jpg',
    httpstatus: '403',
    errorcode: 'AccessDenied',
  }),
  lineOf({ ...ROW, requester: undefined, useragent: 'Mozilla "x" \\q \\u0041 \\', referrer: 'a b "c' }),
  lineOf({ ...ROW, useragent: 'control \u0001 and \u0003 bytes' }),
  lineOf({ ...ROW, requestdatetime: '99/Foo/2026:10:00:00 +0000', requestid: 'UNTIMED1' }),
  lineOf({ ...ROW, requestdatetime: '31/Feb/2026:10:00:00 +0000', requestid: 'UNTIMED2' }),
  lineOf({ ...ROW, requestdatetime: '05/Jan/2026:12:00:00 +0200', requestid: 'OFFSET' }),
  lineOf({ ...ROW, requester: 'arn:aws:iam::111122223333:root', key: '100%2525/x' }, 18),
];
const LATIN = Buffer.from(lineOf({ ...ROW, useragent: 'ol\u00e9', requestid: 'LATIN1' }), 'latin1');

let db: string;
let index: EventIndex;
beforeAll(() => {
  const root = folder();
  makeAccessLogs(join(root, 'lines'), {
    ...{ files: 12, linesPerFile: 80, days: 6, buckets: 3, requesters: 12 },
    events: { folder: join(root, 'events'), share: 0.5 },
  });
  const odd = Buffer.concat([Buffer.from(ODD.join('')), LATIN]);
  put(root, 'odd/2026-01-05-11-00-00-0123456789ABCDEF', odd);
  db = ingestInto([root]).db;
  index = openIndex(db);
});

const LINES = { source: 'access-logs' } as const;
const ALL = { source: 'all' } as const;
const run = (...args: string[]) => offtrail([...args, '--db', db]);
/** Keys of the lines that pass a condition on the view, the newest first. */
const linesWhere = (where: string, order = 'DESC'): number[] =>
  query(
    db,
    `SELECT access_rowid AS id FROM s3_access_logs WHERE ${where} ORDER BY eventtime ${order}, access_rowid ${order}`,
  ).map(({ id }) => id as number);
const ids = (options: object): number[] =>
  [...index.events({ ...LINES, columns: ['access_rowid'], ...options })].map(
    row => row.access_rowid as number,
  );

describe('events --source access-logs', () => {
  it('lists every line, the newest first, and one without a time last', () => {
    expect(ids({})).toEqual(linesWhere('1'));
    expect(ids({ order: 'oldest' })).toEqual(linesWhere('1', 'ASC'));
    expect(linesWhere('eventtime IS NULL')).toHaveLength(2);
  });

  it.each([
    {},
    { order: 'oldest' },
    { sort: 'bytessent:desc' },
    { sort: 'errorcode', order: 'oldest' },
    { bucket: '!photos' },
  ])('comes in pages that together are all: %j', options => {
    const pages: number[] = [];
    let token: string | undefined;
    do {
      const page = index
        .events({ ...LINES, columns: ['access_rowid'], limit: 97, token, ...(options as Filters) })
        .page();
      pages.push(...page.rows.map(row => row.access_rowid as number));
      token = page.nextToken;
    } while (token !== undefined);
    expect(pages).toEqual(ids(options));
    expect(new Set(pages).size).toBe(
      linesWhere('bucket' in options ? "bucket_name <> 'photos'" : '1').length,
    );
  });

  it('is sorted by a column, its smallest values first, then by time', () => {
    const rows = query(
      db,
      'SELECT access_rowid AS id FROM s3_access_logs ORDER BY bytessent DESC, eventtime DESC, access_rowid DESC',
    );
    expect(ids({ sort: 'bytessent:desc' })).toEqual(rows.map(({ id }) => id));
  });

  it.each<[Record<string, unknown>, string]>([
    [
      { from: '2026-01-02', to: '2026-01-03T12:00Z' },
      "eventtime BETWEEN '2026-01-02T00:00:00Z' AND '2026-01-03T12:00:00Z'",
    ],
    [{ bucket: 's3://photos/cats/tom.jpg' }, "bucket_name = 'photos' AND objectkey = 'cats/tom.jpg'"],
    [{ key: 'cats/' }, "objectkey LIKE 'cats/%'"],
    [{ key: 'café a.jpg' }, "requester LIKE '%assumed-role/deploy/i-1' AND bucket_name = 'photos'"],
    [{ ip: '203.0.113.0/24' }, "remoteip LIKE '203.0.113.%'"],
    [{ user: 'ana' }, `requester = '${ANA}'`],
    [{ user: 'i-1' }, `requester = '${SESSION}'`],
    [{ user: 'root' }, "requester LIKE '%:root'"],
    [{ user: 'arn:aws:iam::444455556666:role/deploy' }, `requester = '${SESSION}'`],
    [{ user: 'arn:aws:iam::*:user/dev/*' }, `requester = '${ANA}'`],
    [{ user: '!ana' }, `requester IS NOT '${ANA}'`],
    [{ requester: 'anonymous' }, 'is_anonymous'],
    [{ requester: ANA }, `requester = '${ANA}'`],
    [{ account: '444455556666' }, "requester LIKE '%444455556666%'"],
    [{ eventName: 'getobject' }, "eventname = 'GetObject'"],
    [
      { eventName: ['REST.PUT.*', 'DeleteObject'] },
      "operation LIKE 'REST.PUT.%' OR eventname = 'DeleteObject'",
    ],
    [{ service: 's3' }, '1'],
    [{ service: 'ec2' }, '0'],
    [{ service: '!s3' }, '0'],
    [{ userAgent: 'curl/*' }, "useragent LIKE 'curl/%'"],
    [{ errorCode: 'AccessDenied' }, "errorcode = 'AccessDenied'"],
    [{ errorCode: '!AccessDenied' }, "errorcode IS NOT 'AccessDenied'"],
    [{ errorsOnly: true }, "httpstatus LIKE '4%' OR httpstatus LIKE '5%'"],
    [{ errorsOnly: false }, '1'],
    [{ requestId: 'UNTIMED1' }, "requestid = 'UNTIMED1'"],
    [{ status: '4xx' }, "httpstatus LIKE '4%'"],
    [{ status: ['404', 500] }, "httpstatus IN ('404', '500')"],
    [{ status: '!200' }, "httpstatus IS NOT '200'"],
    [
      { bucket: 'photos', errorsOnly: true, user: 'i-1' },
      `bucket_name = 'photos' AND requester = '${SESSION}' AND httpstatus = '403'`,
    ],
  ])('answers %j', (filters, where) => {
    expect(ids(filters)).toEqual(linesWhere(where));
  });

  it('refuses each filter that a line cannot answer, and says which', () => {
    const values: Record<string, string> = { readOnly: 'true', evidence: 'proven' };
    const refused = FILTERS.map(({ name }) => name).filter(name => {
      const ask = () =>
        index.events({ ...LINES, [name]: values[name] ?? (name === 'errorsOnly' ? true : '203.0.113.7') });
      try {
        ask();
        return false;
      } catch (error) {
        if ((error as { code?: string }).code === 'BAD_TIME') return false;
        expect(error).toMatchObject({ code: 'NOT_IN_LINES' });
        expect((error as Error).message).toContain(`\`${name}\`: `);
        expect(() => index.top({ ...ALL, columns: ['ip'], [name]: values[name] ?? 'x' })).toThrow(
          `\`${name}\``,
        );
        return true;
      }
    });
    expect(refused.sort()).toEqual(
      [
        'accessKey',
        'identityType',
        'resourceType',
        'resourceName',
        'region',
        'category',
        'eventType',
        'readOnly',
        'eventId',
        'evidence',
      ].sort(),
    );
    const { code, stderr } = run('timeline', '--source', 'all', '--region', 'us-east-1');
    expect(code).toBe(2);
    expect(stderr).toContain(
      'lines of access logs cannot answer --region: no field of a line says the region of the call\n',
    );
  });

  it('prints the chosen columns by any of their names, in every format', () => {
    const ran = run(
      'events',
      '--source',
      'access-logs',
      '--request-id',
      'OFFSET',
      '--format',
      'jsonl',
      '--columns',
      'eventTime,user,IP,Bucket,key,status',
    );
    expect(JSON.parse(ran.stdout)).toEqual({
      ...{ eventtime: '2026-01-05T10:00:00Z', username: 'ana', remoteip: '203.0.113.7' },
      ...{ bucket_name: 'photos', key: 'cats/tom.jpg', httpstatus: '200' },
    });
    expect(run('events', '--source', 'access-logs', '--columns', 'colour').stderr).toContain(
      'have no column "colour"',
    );
    expect(run('events', '--source', 'access-logs', '--format', 'console-csv').code).toBe(2);
    const none = run('events', '--source', 'access-logs', '--bucket', 'nowhere');
    expect(none.stderr).toMatch(/^no lines found; the index has [\d,]+ lines of 4 buckets/);
  });
});

describe('a question to CloudTrail', () => {
  it.each([
    ['events', '--limit', '20', '--format', 'csv'],
    ['top', 'eventName', 'ip'],
    ['timeline', '--by', 'eventName', '--format', 'csv'],
    ['search', 'GetObject', '--limit', '5'],
  ])('is what it was: %s', (...args) => {
    const [plain, said] = [run(...args), run(...args, '--source', 'cloudtrail')];
    expect(plain.code).toBe(0);
    expect(said.stdout).toBe(plain.stdout);
  });

  it('is not asked for a status', () => {
    const { code, stderr } = run('events', '--status', '403');
    expect(code).toBe(2);
    expect(stderr).toContain('events of CloudTrail cannot answer --status');
    expect(() => index.search({ ...ALL, text: 'x', status: '403' })).toThrow('`status`');
  });
});

describe('top and timeline', () => {
  it.each<[string[], string]>([
    [['operation', 'status'], 'operation, httpstatus'],
    [['ip'], 'remoteip'],
    [['requester_kind'], 'requester_kind'],
    [['useragent', 'is_anonymous'], 'useragent, is_anonymous'],
    [['objectkey'], 'objectkey'],
    [['httpmethod', 'tlsversion'], 'httpmethod, tlsversion'],
  ])('count lines by %j', (columns, sql) => {
    const expected = query(
      db,
      `SELECT ${sql}, count(*) AS n, sum(coalesce(httpstatus GLOB '[45]*', 0)) AS e, min(eventtime) AS a, max(eventtime) AS z
      FROM s3_access_logs GROUP BY ${sql}`,
    ).map(row => JSON.stringify(Object.values(row).map(value => (value === null ? null : String(value)))));
    const { rows, lines, events } = index.top({ ...LINES, columns });
    const found = rows.map(({ values, events: n, errors, first, last }) =>
      JSON.stringify(
        [...values, n, errors, first, last].map(value => (value === null ? null : String(value))),
      ),
    );
    expect(found.sort()).toEqual(expected.sort());
    expect([lines, events]).toEqual([linesWhere('1').length, linesWhere('1').length]);
  });

  it('count lines by time', () => {
    const expected = query(
      db,
      `SELECT substr(eventtime, 1, 10) || 'T00:00:00Z' AS time, httpstatus AS value, count(*) AS events
      FROM s3_access_logs WHERE bucket_name <> 'photos' GROUP BY 1, 2`,
    );
    const { steps } = index.timeline({ ...LINES, every: '1d', by: 'status', bucket: '!photos' });
    const found = steps.flatMap(({ time, values }) =>
      values.map(({ value, events }) => ({ time, value, events })),
    );
    const sorted = (rows: object[]): string[] => rows.map(row => JSON.stringify(row)).sort();
    expect(sorted(found)).toEqual(sorted(expected));
    expect(index.timeline({ ...LINES, requestId: ['UNTIMED1', 'OFFSET'] })).toMatchObject({
      untimed: 1,
      lines: 2,
    });
  });

  it('add both up, each request as the records it is, and say so', () => {
    const of = (source: 'cloudtrail' | 'access-logs' | 'all') =>
      new Map(
        index.top({ source, columns: ['eventName'] }).rows.map(({ values, events }) => [values[0], events]),
      );
    const [events, lines, all] = [of('cloudtrail'), of('access-logs'), of('all')];
    for (const [name, count] of all) expect(count).toBe((events.get(name) ?? 0) + (lines.get(name) ?? 0));
    const { stderr } = run('top', 'eventName', '--source', 'all');
    expect(stderr).toMatch(
      /[\d,]+ records\n[\d,]+ events and [\d,]+ lines: a request that both recorded counts as the two records it is\n/,
    );
    const day = (source: 'cloudtrail' | 'access-logs' | 'all') =>
      index.timeline({ source, every: '1d' }).steps.reduce((sum, step) => sum + step.events, 0);
    expect(day('all')).toBe(day('cloudtrail') + day('access-logs'));
  });

  it('refuse a column that one of both does not have', () => {
    expect(() => index.top({ ...ALL, columns: ['awsRegion'] })).toThrow(
      'lines of access logs have no column',
    );
    expect(() => index.timeline({ ...ALL, by: 'httpstatus' })).toThrow('events of CloudTrail have no column');
  });
});

describe('events --source all', () => {
  it.each(['newest', 'oldest'] as const)(
    'is every event and every line, the %s first, in any pages',
    order => {
      const columns = ['eventTime', 'event_rowid', 'access_rowid', 'status'];
      const whole = [...index.events({ ...ALL, columns, order })];
      expect(whole.filter(row => row.source === 'access-logs')).toHaveLength(linesWhere('1').length);
      expect(whole.filter(row => row.source === 'cloudtrail')).toHaveLength(
        query(db, 'SELECT 1 FROM cloudtrail_logs').length,
      );
      const times = whole.flatMap(({ eventTime }) => (typeof eventTime === 'string' ? [eventTime] : []));
      expect(times).toEqual(order === 'newest' ? times.toSorted().reverse() : times.toSorted());
      const pages: unknown[] = [];
      let token: string | undefined;
      do {
        const page = index.events({ ...ALL, columns, order, limit: 41, token }).page();
        pages.push(...page.rows);
        token = page.nextToken;
      } while (token !== undefined);
      expect(pages).toEqual(whole);
    },
  );

  it('filters both, and is in order of time alone', () => {
    const rows = [...index.events({ ...ALL, columns: ['bucket'], eventName: 'PutObject' })];
    expect(rows).toHaveLength(
      query(db, "SELECT 1 FROM s3_access_logs WHERE eventname = 'PutObject'").length +
        query(db, "SELECT 1 FROM cloudtrail_logs WHERE eventname = 'PutObject'").length,
    );
    expect(Object.keys(rows[0]!)).toEqual(['source', 'bucketname']);
    expect(() => index.events({ ...ALL, sort: 'bucket' })).toThrow('`sort` is for one source');
  });
});

/** Lines as they are searched: their text, and their decoded key. */
const textsOfLines = (path: string): Array<{ id: number; texts: string[] }> =>
  query(path, 'SELECT access_rowid AS id, line, objectkey FROM s3_access_logs ORDER BY 1').map(row => ({
    id: row.id as number,
    texts: [row.line, row.objectkey].filter(text => typeof text === 'string').map(text => text.toLowerCase()),
  }));

describe('search --source access-logs', () => {
  /** Texts from everywhere in lines: within fields, across them, in another case, and some that are nowhere. */
  function someTexts(): string[] {
    const lines = query(db, 'SELECT line FROM s3_access_logs').map(({ line }) => String(line));
    const cut = lines.flatMap((line, i) => {
      const at = (i * 7919) % line.length;
      return i % 23 === 0 ? [line.slice(at, at + 2 + ((i * 31) % 40))] : [];
    });
    return [
      ...cut.filter(text => text !== ''),
      ...cut.slice(0, 9).map(text => text.toUpperCase()),
      ...[
        'REST.get.object',
        'café A.jpg',
        'CAF%25C3%25a9',
        'ol\ufffd',
        '\\u0041 \\" "',
        'a b "c',
        ' - - ',
        '"-"',
      ],
      ...[
        'control \u0001 and',
        '\u0003',
        '05/Jan/2026:10:00:00 +0000] 203',
        '12:00:00 +0200',
        '4',
        '200 - 10',
        '-',
        '- 10',
        '-" "',
        '" -',
      ],
      ...['100%/x', '100%2525', 'nowhere', 'GET  /cats', 'photos.cats', 'bytes\n', '"x" \\q'],
    ];
  }
  const found = (path: string, text: string): number[] => {
    const opened = openIndex(path);
    try {
      return [...opened.search({ ...LINES, text })].map(({ eventRowid }) => eventRowid).sort((a, b) => a - b);
    } finally {
      opened.close();
    }
  };

  it('finds just the lines in which a text stands, and counts them', () => {
    const lines = textsOfLines(db);
    for (const text of someTexts()) {
      const wanted = text.toLowerCase();
      const expected = lines
        .filter(({ texts }) => texts.some(one => one.includes(wanted)))
        .map(({ id }) => id);
      expect(found(db, text), JSON.stringify(text)).toEqual(expected);
      expect(index.search({ ...LINES, text }).count(), JSON.stringify(text)).toBe(expected.length);
    }
    expect(index.search({ ...LINES, text: 'x' }).isCovered()).toBe(true);
  });

  it('gives them newest first, in pages, with filters, columns, words, expressions and what must not occur', () => {
    const search = (options: object): number[] =>
      [...index.search({ ...LINES, text: 'get', ...options })].map(({ eventRowid }) => eventRowid);
    const all = linesWhere("line LIKE '%get%'");
    expect(search({})).toEqual(all);
    const pages: number[] = [];
    let token: string | undefined;
    do {
      const page = index.search({ ...LINES, text: 'get', limit: 50, token }).page();
      pages.push(...page.rows.map(({ eventRowid }) => eventRowid));
      token = page.nextToken;
    } while (token !== undefined);
    expect(pages).toEqual(all);
    expect(search({ bucket: 'photos', errorsOnly: true })).toEqual(
      linesWhere("line LIKE '%get%' AND bucket_name = 'photos' AND httpstatus GLOB '[45]*'"),
    );
    expect(search({ field: 'operation', caseSensitive: true, text: 'GET' })).toEqual(
      linesWhere("operation GLOB '*GET*'"),
    );
    expect(search({ field: 'eventname', text: 'getobject' })).toEqual(
      linesWhere("eventname LIKE '%getobject%'"),
    );
    expect(search({ not: ['curl', 'HTTP/1.1" 200'] })).toEqual(
      linesWhere("line LIKE '%get%' AND line NOT LIKE '%curl%' AND line NOT LIKE '%HTTP/1.1\" 200%'"),
    );
    expect(search({ text: ['photos', 'AccessDenied'], any: true })).toEqual(
      linesWhere("line LIKE '%photos%' OR line LIKE '%AccessDenied%'"),
    );
    expect(search({ text: '"GET /cats/\\w+\\.jpg HTTP', regex: true })).toEqual(
      linesWhere("line LIKE '%\"GET /cats/tom.jpg HTTP%'"),
    );
    expect(search({ text: 'tom', word: true, bucket: 'photos' })).toEqual(
      linesWhere("line LIKE '%tom.jpg%'"),
    );
  });

  const damages: Array<[name: string, sql: string]> = [
    ['is not there', 'DROP TABLE text_block; DROP TABLE text_slices'],
    [
      'has lost a bit',
      "UPDATE text_slices SET slices = zeroblob(length(slices)) WHERE id / 8192 IN (SELECT id FROM text_block WHERE area LIKE 'access%')",
    ],
    ['has lost its blocks of lines', "DELETE FROM text_block WHERE area LIKE 'access%'"],
    ['says it covers more', "UPDATE text_block SET last_id = last_id + 100 WHERE area = 'access_log'"],
  ];
  it.each(damages)('misses nothing where its index %s, says so, and the next ingest mends it', (_, sql) => {
    const copy = join(folder(), 'damaged.db');
    copyFileSync(db, copy);
    const damaged = new Database(copy);
    damaged.exec(sql);
    damaged.close();
    for (const text of ['REST.DELETE', 'AccessDenied', 'café', 'nowhere', 'UNTIMED1'])
      expect(found(copy, text), text).toEqual(found(db, text));
    const ran = offtrail(['search', 'UNTIMED1', '--source', 'access-logs', '--db', copy]);
    expect(ran.stderr).toContain('the index for text is not complete');
    offtrail(['ingest', folder(), '--db', copy]);
    const mended = openIndex(copy);
    expect(mended.search({ ...LINES, text: 'UNTIMED1' }).isCovered()).toBe(true);
    mended.close();
    expect(found(copy, 'AccessDenied')).toEqual(found(db, 'AccessDenied'));
  });

  it('covers lines that later ingests bring', () => {
    const root = folder();
    put(root, 'a', lineOf({ ...ROW, requestid: 'FIRST' }));
    const path = ingestInto([root]).db;
    expect(found(path, 'second')).toEqual([]);
    put(root, 'b', lineOf({ ...ROW, requestid: 'SECOND', useragent: 'new/1' }));
    offtrail(['ingest', root, '--db', path]);
    expect(found(path, 'second')).toEqual([2]);
    expect(found(path, 'new/1 ')).toEqual([]);
    expect(found(path, 'new/1"')).toEqual([2]);
    const opened = openIndex(path);
    expect(opened.search({ ...LINES, text: 'first' }).isCovered()).toBe(true);
    opened.close();
  });

  it('prints matches, lines, files and numbers, and exits as grep does', () => {
    const search = (...args: string[]) => run('search', '--source', 'access-logs', ...args);
    const text = search('UNTIMED1');
    expect(text.stdout).toMatch(
      /^- {2}s3 GetObject {2}arn:aws:iam::111122223333:user\/dev\/ana {2}203\.0\.113\.7 {2}access log\n {4}…/,
    );
    expect(search('UNTIMED1', '--full').stdout).toBe(ODD[4]);
    expect(JSON.parse(search('UNTIMED1', '--full', '--format', 'jsonl').stdout)).toEqual({
      line: ODD[4]!.trim(),
    });
    expect(JSON.parse(search('untimed1', '--format', 'jsonl').stdout)).toMatchObject({
      ...{ eventtime: null, operation: 'REST.GET.OBJECT', requestid: 'UNTIMED1', match: 'UNTIMED1' },
    });
    expect(search('UNTIMED', '--files').stdout).toMatch(/odd\/2026-01-05-11-00-00-0123456789ABCDEF\n$/);
    expect(search('UNTIMED', '--count').stdout).toBe('2\n');
    const none = search('nowhere in it');
    expect([none.code, none.stdout]).toEqual([1, '']);
    expect(none.stderr).toContain('no lines found; the index has');
  });

  it('does not let a line write to a terminal', () => {
    const { stdout } = run('search', 'control', '--source', 'access-logs', '--full');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the point of the test
    expect(stdout).not.toMatch(/[\u0001\u0003]/);
  });
});

describe('search --source all', () => {
  it('gives the events and the lines of a request together, in pages, and counts both', () => {
    const [row] = query(
      db,
      'SELECT requestid FROM s3_access_logs WHERE requestid IN (SELECT requestid FROM cloudtrail_logs) LIMIT 1',
    );
    const text = String(row!.requestid);
    const both = [...index.search({ ...ALL, text })];
    expect(both.map(({ source }) => source).sort()).toEqual(['access-logs', 'cloudtrail']);
    const whole = [...index.search({ ...ALL, text: 'PutObject', any: true, not: 'nowhere' })];
    const count = (source: 'cloudtrail' | 'access-logs' | 'all') =>
      index.search({ source, text: 'amazonaws' }).count();
    expect(count('all')).toBe(count('cloudtrail') + count('access-logs'));
    for (const order of ['newest', 'oldest'] as const) {
      const all = [...index.search({ ...ALL, text: 'amazonaws', order })];
      expect(all).toHaveLength(count('all'));
      const pages: unknown[] = [];
      let token: string | undefined;
      do {
        const page = index.search({ ...ALL, text: 'amazonaws', order, limit: 83, token }).page();
        pages.push(...page.rows);
        token = page.nextToken;
      } while (token !== undefined);
      expect(pages).toEqual(all);
    }
    expect(whole.every(({ source }) => source === 'cloudtrail')).toBe(true);
  });
});
