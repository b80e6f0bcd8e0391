/** `offtrail export`: events and lines of access logs as files of their own, which hold all that was asked for. */

import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EventIndex, ExportOptions } from '../src/index.js';
import { createRecordReader, openForQueries } from '../src/query/open.js';
import {
  built,
  folder,
  offtrail,
  put,
  query,
  REAL_DATA,
  record,
  SAMPLES,
  sampleIndex,
  trail,
} from './support.js';

const { ingest, openIndex } = (await built('index.js')) as typeof import('../src/index.js');

/** Lines with bytes that are no text, and others that are hard. */
const ODD_LINE = Buffer.concat([
  Buffer.from(
    '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be my-bucket [06/Feb/2019:00:00:38 +0000] 192.0.2.3 - 3E57427F3EXAMPLE REST.GET.OBJECT k%2522ey "GET /my-bucket/key?x="y" HTTP/1.1" 200 - 113 - 7 - "-" "a "quoted" agent ',
  ),
  Buffer.from([0xff, 0xfe, 0x80]),
  Buffer.from('" -'),
]);

/** Records that a text form may spoil. */
const ODD = [
  record({ userAgent: '=HYPERLINK("http://evil")\u001b[31m', eventName: 'a,"b"\r\nc' }),
  record({ userAgent: '\u202e\u0007 \\ud800', requestParameters: { n: 'E400', key: '' } }),
  record({ eventTime: 'yesterday', errorMessage: '', resources: [], responseElements: {} }),
  record({ newField: { a: [1, 2.5, null] }, eventVersion: null, awsRegion: '../../etc' }),
];

/** A number that JavaScript cannot hold. */
const BIG = '123456789012345678901234567890';

let db: string;
let index: EventIndex;
beforeAll(async () => {
  const real = [
    'stratus-red-team/docs',
    'umccr',
    'otrf-jsonl',
    'plaso-lookup-events',
    's3-access-logs-dandi',
  ];
  const odd = folder();
  // A number that JavaScript cannot hold, and a lone surrogate: as text, not through JSON.stringify.
  put(
    odd,
    'odd.json',
    trail(ODD)
      .replace('2.5,null', BIG)
      .replace('"E400"', '1.10e400')
      .replace(String.raw`\\ud800`, String.raw`\ud800`),
  );
  put(odd, 'odd.log', Buffer.concat([ODD_LINE, Buffer.from('\n')]));
  db = join(folder(), 'all.db');
  const inputs = [SAMPLES, odd, ...real.map(path => join(REAL_DATA, path)).filter(existsSync)];
  await ingest({ inputs, db });
  expect(
    query(
      db,
      "SELECT count(*) AS n FROM rejected JOIN file ON file.id = file_id WHERE path LIKE '%odd.json'",
    ),
  ).toEqual([{ n: 0 }]);
  index = openIndex(db);
});

const target = (name: string): string => join(folder(), name);

/** Exports in this process, and says what the file holds. */
async function exported(name: string, options: ExportOptions = {}): Promise<string> {
  const to = target(name);
  await index.export(to, options);
  const bytes = readFileSync(to);
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
}

/** The records of an index as they are written, in no order. */
function recordsOf(path: string): string[] {
  const connection = openForQueries(path);
  const recordOf = createRecordReader(connection);
  const ids = connection.prepare('SELECT id FROM event').pluck().all() as number[];
  const all = ids.map(recordOf).sort();
  connection.close();
  return all;
}

describe('CloudTrail’s own form', () => {
  it('holds each record byte for byte, on one line, and is ingested again as the same events', async () => {
    const text = await exported('all.json.gz');
    expect(/^\{"Records":\[\{[^\n]*\]\}$/.test(text)).toBe(true);
    const records = recordsOf(db);
    expect(records.length).toBeGreaterThan(160);
    expect(text.length).toBe(records.join(',').length + '{"Records":[]}'.length);
    expect(records.filter(one => !text.includes(one))).toEqual([]);
    expect([BIG, String.raw`\ud800`, '1.10e400'].filter(one => !text.includes(one))).toEqual([]);

    const again = join(folder(), 'again.db');
    const { stored, rejected, duplicate } = await ingest({
      inputs: [put(folder(), 'x.json', text)],
      db: again,
    });
    expect({ stored, rejected, duplicate }).toEqual({ stored: records.length, rejected: 0, duplicate: 0 });
    expect(recordsOf(again)).toEqual(records);
  });

  it('is in order of time, oldest first unless asked otherwise', async () => {
    const timesOf = async (options: ExportOptions): Promise<string[]> => {
      const { Records } = JSON.parse(await exported('t.json', options)) as {
        Records: Array<{ eventTime: string }>;
      };
      return Records.map(({ eventTime }) => eventTime);
    };
    const oldest = await timesOf({ user: 'chen.0' });
    expect(oldest.length).toBeGreaterThan(3);
    expect(oldest).toEqual([...oldest].sort());
    expect(await timesOf({ user: 'chen.0', order: 'newest' })).toEqual([...oldest].reverse());
  });

  it('counts records that stood in something else', async () => {
    const { withoutEnvelope } = await index.export(target('e.json'));
    expect(withoutEnvelope).toBe(
      query(db, 'SELECT count(*) AS n FROM cloudtrail_logs WHERE envelope IS NOT NULL')[0]!.n,
    );
  });
});

describe('lines of access logs', () => {
  it('are the bytes that were there, also those that are no text', async () => {
    const to = target('lines.log');
    const { rows } = await index.export(to, { source: 'access-logs' });
    const bytes = readFileSync(to);
    expect(bytes.includes(Buffer.concat([ODD_LINE, Buffer.from('\n')]))).toBe(true);
    expect(bytes.toString('latin1').trimEnd().split('\n')).toHaveLength(rows);
    const again = join(folder(), 'lines.db');
    await ingest({ inputs: [to], db: again });
    const lines = (path: string) =>
      query(path, 'SELECT hex(line) AS line FROM s3_access_logs ORDER BY 1').map(({ line }) => line);
    expect(lines(again)).toEqual(lines(db));
  });

  it('take their own filters, and have their own columns', async () => {
    const text = await exported('l.jsonl', {
      source: 'access-logs',
      status: '4xx',
      columns: ['operation', 'httpstatus'],
    });
    const rows = text
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as Record<string, string>);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(Object.keys(row)).toEqual(['operation', 'httpstatus']);
    expect(rows.every(({ httpstatus }) => httpstatus!.startsWith('4'))).toBe(true);
  });
});

describe('JSON lines', () => {
  it('have every column of the view but the keys of the index, JSON nested as it was written', async () => {
    const text = await exported('a.jsonl');
    const columns = query(db, "SELECT name FROM pragma_table_info('cloudtrail_logs')")
      .map(({ name }) => name as string)
      .filter(name => !/_rowid$|^(kind|identity|address|agent|file)_id$/.test(name));
    const lines = text.trimEnd().split('\n');
    for (const line of lines) expect(Object.keys(JSON.parse(line) as object)).toEqual(columns);
    expect(lines).toHaveLength(recordsOf(db).length);
    expect(text.includes(BIG)).toBe(true);
    const odd = lines.map(line => JSON.parse(line) as Record<string, unknown>);
    expect(odd.find(row => row.errormessage === '')).toMatchObject({ resources: [], responseelements: {} });
    expect(odd.find(row => String(row.useragent).startsWith('=HYPERLINK'))!.useragent).toBe(
      ODD[0]!.userAgent,
    );
  });

  it('have the columns that are named, by their own name before any other', async () => {
    const text = await exported('c.jsonl', {
      eventName: 'a,"b"\r\nc',
      columns: ['Account', 'service', 'event name'],
    });
    expect(JSON.parse(text)).toEqual({
      account: '111122223333',
      eventsource: 's3.amazonaws.com',
      eventname: 'a,"b"\r\nc',
    });
  });
});

describe('CSV', () => {
  it('guards against formulas, quotes every value, and tells an empty text from a NULL', async () => {
    const [header, ...rows] = (
      await exported('a.csv', { eventName: 'a,"b"\r\nc', columns: ['useragent', 'errormessage'] })
    ).split('\r\n');
    expect(header).toBe('"useragent","errormessage"');
    expect(rows[0]).toBe('"\'=HYPERLINK(""http://evil"")\u001b[31m",');
    const all = await exported('b.csv', {
      search: 'yesterday',
      field: 'eventtime',
      columns: ['errorMessage', 'errorCode'],
    });
    expect(all).toBe('"errormessage","errorcode"\r\n"",\r\n');
  });
});

describe('Parquet', () => {
  it('is one file with the columns that are named, and a folder that is added to', async () => {
    const to = target('a.parquet');
    const { rows, files } = await index.export(to, { user: 'chen.0', columns: ['eventtime', 'account'] });
    expect(rows).toBeGreaterThan(3);
    expect(readFileSync(to).subarray(0, 4).toString()).toBe('PAR1');
    expect(files[0]!.sha256).toBe(createHash('sha256').update(readFileSync(to)).digest('hex'));
    const lake = `${target('lake')}/`;
    const first = await index.export(lake, { user: 'chen.0' });
    const second = await index.export(lake, { service: 's3' });
    expect(first).toMatchObject({ form: 'lake', rows, added: rows, kept: 0 });
    expect(second.kept).toBeGreaterThan(0);
    expect(second.added + second.kept).toBe(second.rows);
    expect(second.files.reduce((sum, file) => sum + file.rows, 0)).toBe(first.added + second.added);
    const readme = readFileSync(join(lake, '_README.md'), 'utf8');
    expect(readme).toContain('user "chen.0"');
    expect(readme).toContain('service "s3"');
    for (const { path, sha256, bytes } of second.files) {
      const written = readFileSync(join(lake, path));
      expect(written.length).toBe(bytes);
      expect(createHash('sha256').update(written).digest('hex')).toBe(sha256);
    }
  });

  it('is not made of nothing, nor with columns that are not there', async () => {
    const lake = target('lake');
    expect(await index.export(lake, { user: 'nobody' })).toMatchObject({ rows: 0, added: 0, files: [] });
    expect(existsSync(lake)).toBe(false);
    const failed = index.export(target('b.parquet'), { columns: ['nonsense'], user: 'nobody' });
    await expect(failed).rejects.toThrow('nonsense');
  });
});

describe('what is selected', () => {
  it('is what search finds, with all its options', async () => {
    const count = async (options: ExportOptions): Promise<number> =>
      (await index.export(target('s.jsonl'), options)).rows;
    const found = (options: Parameters<EventIndex['search']>[0]): number => index.search(options).count();
    expect(await count({ search: 'GetObject' })).toBe(found({ text: 'GetObject' }));
    const more = { not: 'my-bucket', word: true, caseSensitive: true } as const;
    expect(await count({ search: ['GetObject', 'AccessDenied'], any: true, ...more })).toBe(
      found({ text: ['GetObject', 'AccessDenied'], any: true, ...more }),
    );
    expect(await count({ search: 'Get(Object|Item)', regex: true, errorsOnly: true })).toBe(
      found({ text: 'Get(Object|Item)', regex: true, errorsOnly: true }),
    );
    expect(await count({ search: '192.0.2.3', source: 'access-logs' })).toBe(
      found({ text: '192.0.2.3', source: 'access-logs' }),
    );
    expect(await count({ search: 'GetObject', limit: 2 })).toBe(2);
  });

  it('is told as the progress goes, with how many there will be where that is known', async () => {
    const seen: Array<{ rows: number; total: number | undefined }> = [];
    const { rows, files } = await index.export(target('p.jsonl'), {
      user: 'chen.0',
      onProgress: ({ rows: so, total }) => seen.push({ rows: so, total }),
    });
    expect(seen.at(-1)).toEqual({ rows, total: rows });
    expect(files).toHaveLength(1);
  });

  it('is written nowhere where there is nothing', async () => {
    const to = target('nothing.csv');
    expect(await index.export(to, { user: 'nobody' })).toMatchObject({ rows: 0, files: [] });
    expect(existsSync(to)).toBe(false);
  });
});

describe('names', () => {
  const refused = (to: string, options: ExportOptions = {}): Promise<string> =>
    index.export(to, options).then(
      () => 'written',
      (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
    );

  it('that say no form, or one that the source does not have, are refused with what to write', async () => {
    expect(await refused('a.xlsx')).toBe('BAD_VALUE: no form of export ends in .xlsx');
    expect(await refused('a.parquet.gz')).toContain('BAD_VALUE');
    expect(await refused('-')).toContain('not "-"');
    expect(await refused('')).toContain('not ""');
    expect(await refused('a.log')).toContain('which events are not');
    expect(await refused('a.json.gz', { source: 'access-logs' })).toContain('do not have');
    expect(await refused('a.json', { columns: ['eventname'] })).toContain('`columns`');
    expect(await refused('a.csv', { any: true })).toContain('`any` is about texts');
    expect(await refused('a.csv', { columns: ['nonsense'], user: 'nobody' })).toContain('NO_SUCH_COLUMN');
    expect(await refused('a.parquet', { order: 'newest' })).toContain('oldest first');
    expect(await refused('a.csv', { status: '4xx' })).toContain('NOT_IN_EVENTS');
    expect(await refused(join(folder(), 'no', 'a.csv'))).toContain('FILE_UNWRITABLE');
  });

  it('of files that are there are refused without `force`, and those of log files with it', async () => {
    const to = put(folder(), 'a.csv', 'mine');
    expect(await refused(to)).toContain('FILE_EXISTS');
    expect(readFileSync(to, 'utf8')).toBe('mine');
    expect(await refused(to, { force: true })).toBe('written');
    expect(readFileSync(to, 'utf8')).toContain('"eventversion"');
    const log = query(db, "SELECT path FROM file WHERE path LIKE '%odd.json'")[0]!.path as string;
    const before = readFileSync(log);
    expect(await refused(log, { force: true })).toContain('is one of the log files');
    expect(readFileSync(log)).toEqual(before);
  });

  it('of folders and links are not written through', async () => {
    const root = folder();
    mkdirSync(join(root, 'd.csv'));
    expect(await refused(join(root, 'd.csv'))).toContain('is a folder');
    const real = put(root, 'real.csv', 'mine');
    symlinkSync(real, join(root, 'link.csv'));
    expect(await refused(join(root, 'link.csv'))).toContain('FILE_EXISTS');
    expect(await refused(join(root, 'link.csv'), { force: true })).toBe('written');
    expect(readFileSync(real, 'utf8')).toBe('mine');
    expect(lstatSync(join(root, 'link.csv')).isFile()).toBe(true);
  });
});

it('the same events give the same file', async () => {
  const sums = await Promise.all(
    ['a.json.gz', 'a.csv', 'a.jsonl'].flatMap(name =>
      [0, 1].map(async () => {
        const { files } = await index.export(target(name));
        const [file] = files;
        expect(file!.sha256).toBe(createHash('sha256').update(readFileSync(file!.path)).digest('hex'));
        expect(file!.bytes).toBe(readFileSync(file!.path).length);
        return file!.sha256;
      }),
    ),
  );
  expect(new Set(sums).size).toBe(3);
});

describe('the command', () => {
  const samples = sampleIndex();
  const run = (...args: string[]) => offtrail(['export', ...args, '--db', samples]);

  it('says what it wrote, with its SHA-256, and what marks events have', () => {
    const to = target('a.json.gz');
    const { code, stdout, stderr } = run(to);
    expect(code).toBe(0);
    expect(stdout).toBe('');
    const sum = createHash('sha256').update(readFileSync(to)).digest('hex');
    expect(stderr).toContain(
      `${to}: 158 events, ${readFileSync(to).length.toLocaleString('en-US')} bytes, SHA-256 ${sum}`,
    );
    expect(stderr).toContain('3 of these are marked');
    expect(readdirSync(join(to, '..'))).toEqual(['a.json.gz']);
  });

  it('gives the report as data', () => {
    const { code, stdout } = run(target('b.jsonl'), '--search', 'salaries', '--format', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      form: 'jsonl',
      source: 'cloudtrail',
      rows: 1,
      interrupted: false,
    });
  });

  it('finds nothing with exit code 1, and says what could have hidden events', () => {
    const to = target('c.csv');
    const { code, stderr } = run(to, '--user', 'nobody');
    expect(code).toBe(1);
    expect(stderr).toContain('no event has --user nobody');
    expect(stderr).toContain('no events found; the index has 158');
    expect(existsSync(to)).toBe(false);
  });

  it('refuses in the words of the command line, with exit code 2', () => {
    const to = target('d.csv');
    writeFileSync(to, '');
    expect(run(to)).toMatchObject({
      code: 2,
      stderr: `offtrail: ${to} is there already\n  name another file, or replace it with --force\n`,
    });
    expect(run('x.txt').stderr).toContain('for a folder of this name write x.txt/');
  });
});
