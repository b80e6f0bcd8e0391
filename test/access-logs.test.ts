import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { makeAccessLogs } from '../scripts/access-logs.js';
import { openForQueries } from '../src/store/open.js';
import { LINE_AREA, LINE_TEXT, readRows } from '../src/store/text/rows.js';
import { timeNumber } from '../src/store/times.js';
import { folder, ingestInto, offtrail, put, query, REAL_DATA, record, trail } from './support.js';

const OWNER = '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be';

/** A line of 27 fields; each has a request id of its own. */
let next = 0;
function line(
  fields: Partial<Record<'time' | 'requester' | 'key' | 'uri' | 'agent' | 'sent' | 'end', string>> = {},
): string {
  next++;
  const {
    time = '06/Feb/2019:00:00:38 +0000',
    requester = 'arn:aws:iam::111122223333:user/ana',
    key = `data/${next}.csv`,
  } = fields;
  const { uri = `"GET /${key} HTTP/1.1"`, agent = '"curl/8.5.0"', sent = '113', end = '' } = fields;
  const id = next.toString(16).toUpperCase().padStart(16, '0');
  return `${OWNER} my-bucket [${time}] 192.0.2.3 ${requester} ${id} REST.GET.OBJECT ${key} ${uri} 200 - ${sent} 3462992 70 10 "-" ${agent} - s9lzHYrFp76ZVxRcpX9= SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader my-bucket.s3.us-west-1.amazonaws.com TLSv1.2 - Yes us-east-1${end}`;
}

const linesOf = (db: string): string[] =>
  query(db, 'SELECT line FROM s3_access_logs ORDER BY file_path, file_ordinal').map(row => String(row.line));

describe('access logs', () => {
  it('are stored line by line beside CloudTrail’s logs, whatever their names, and given back as they were', () => {
    const root = folder();
    const lines = [
      line(),
      line({ requester: '-', agent: '"a \\"quoted" agent"' }),
      line({ key: 'a%2520b', sent: '-' }),
    ];
    put(root, '2019-02-06-00-01-00-3E57427F33A59F07', `${lines.join('\n')}\n`);
    put(root, 'zipped.bin', gzipSync(`${line()}\n`));
    put(root, 'trail.json', trail([record()]));
    const { db, code, stderr } = ingestInto([root]);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('5 records read = 5 stored + 0 duplicate + 0 rejected');
    expect(linesOf(db).slice(0, 3)).toEqual(lines);
    expect(query(db, 'SELECT count(*) AS n FROM cloudtrail_logs')).toEqual([{ n: 1 }]);
    expect(
      query(
        db,
        'SELECT objectkey, bytessent, is_anonymous, eventname, eventtime FROM s3_access_logs LIMIT 3',
      ),
    ).toEqual([
      {
        objectkey: expect.stringContaining('data/') as string,
        bytessent: 113,
        is_anonymous: 0,
        eventname: 'GetObject',
        eventtime: '2019-02-06T00:00:38Z',
      },
      {
        objectkey: expect.stringContaining('data/') as string,
        bytessent: 113,
        is_anonymous: 1,
        eventname: 'GetObject',
        eventtime: '2019-02-06T00:00:38Z',
      },
      {
        objectkey: 'a b',
        bytessent: null,
        is_anonymous: 0,
        eventname: 'GetObject',
        eventtime: '2019-02-06T00:00:38Z',
      },
    ]);
  });

  it('are stored where a short file ends with an encoded key', () => {
    const { db, code } = ingestInto([put(folder(), 'short', `${line({ key: 'a%2520b' })}\n`)]);
    expect(code).toBe(0);
    expect(query(db, 'SELECT objectkey FROM s3_access_logs')).toEqual([{ objectkey: 'a b' }]);
  });

  it('keep the bytes of a line that its columns would not give back', () => {
    const root = folder();
    const odd = [
      line({ sent: '0113' }),
      line({ time: '06/Feb/2019:02:00:38 +0200' }),
      line({ time: '31/Feb/2019:00:00:38 +0000' }),
      line({ end: '\r' }),
      line({ end: ' ' }),
      line({ sent: '99999999999999999999' }),
    ];
    const latin1 = Buffer.concat([Buffer.from(line().replace('curl', 'c\u00ff')), Buffer.from('\n')]);
    const invalid = Buffer.from(line({ agent: '"c\u00ffurl"' }), 'latin1');
    put(root, 'log', Buffer.concat([Buffer.from(`\ufeff${odd.join('\n')}\n`), latin1, invalid]));
    const { db, code, stderr } = ingestInto([root]);
    expect(code, stderr).toBe(0);
    const kept = query(db, 'SELECT line, time FROM access_log ORDER BY ordinal');
    expect(kept.slice(0, 6).map(row => (row.line as Buffer).toString())).toEqual(odd);
    expect(kept[6]!.line).toBeNull();
    expect(kept[7]!.line).toEqual(invalid);
    expect(kept.map(row => row.time).slice(0, 3)).toEqual([1549411238, 1549411238, null]);
    expect(query(db, 'SELECT useragent FROM s3_access_logs WHERE file_ordinal = 7')[0]!.useragent).toBe(
      'c\ufffdurl',
    );
  });

  it('are indexed for text by the text that searches look at, with the time of each', () => {
    const root = folder();
    const written = [
      ...['01/Jan/1970:00:00:00', '29/Feb/2024:23:59:59', '01/Mar/2024:00:00:00', '31/Dec/9999:10:09:08'],
      ...['29/Feb/2024:12:34:56', '06/Feb/2019:00:00:38'],
    ];
    const lines = [...written.map(time => line({ time: `${time} +0000` })), line({ key: 'a%2520\u0001b' })];
    lines.push(line({ time: '31/Dec/2023:23:30:00 -0130' }), line({ time: '31/Foo/2024:00:00:00 +0000' }));
    put(root, 'log', `${lines.join('\n')}\n`);
    const { db: path } = ingestInto([root]);
    const db = openForQueries(path);
    const searched = db
      .prepare(`SELECT ${LINE_TEXT} AS text, eventtime FROM access_log AS l JOIN s3_access_logs ON access_rowid = l.id
        ORDER BY l.id`)
      .all() as Array<{ text: string; eventtime: string | null }>;
    const indexed = [...readRows(db, LINE_AREA, { first: 1, last: lines.length })].flatMap(rows =>
      rows.toString().split('\u0001'),
    );
    db.close();
    expect(indexed.map(row => row.slice(row.indexOf('\n') + 1))).toEqual(
      searched.map(({ text }) => text.replaceAll('\u0001', '\n')),
    );
    const times = indexed.map(row => Buffer.from(row.slice(row.indexOf('@'), row.indexOf('\n'))));
    expect(times.map(time => timeNumber(time, 0, time.length))).toEqual(
      searched.map(({ eventtime }) => (eventtime ? Number(eventtime.replaceAll(/\D/g, '')) : Number.NaN)),
    );
  });

  it('reject a line that does not parse, with its text and its place, and read on', () => {
    const root = folder();
    const first = line();
    put(root, 'log', `${first}\n${OWNER} my-bucket half a line\n\n${line()}`);
    const { db, code } = ingestInto([root]);
    expect(code).toBe(1);
    expect(query(db, 'SELECT ordinal, offset, reason, raw FROM rejected')).toEqual([
      {
        ordinal: 1,
        offset: first.length + 1,
        reason: expect.stringMatching(/^not a line of an S3 server access log: /) as string,
        raw: `${OWNER} my-bucket half a line`,
      },
    ]);
    expect(linesOf(db)).toHaveLength(2);
    expect(offtrail(['status', '--verify', '--db', db]).code).toBe(0);
  });

  it('store a line once that is delivered twice, and say where else it was', () => {
    const root = folder();
    const [twice, once] = [line(), line()];
    put(root, 'a', `${twice}\n${twice}\n`);
    put(root, 'b', `${once}\n${twice}\n`);
    const { db } = ingestInto([root]);
    expect(query(db, 'SELECT records, stored, duplicate FROM file ORDER BY path')).toEqual([
      { records: 2, stored: 1, duplicate: 1 },
      { records: 2, stored: 1, duplicate: 1 },
    ]);
    put(root, 'c', twice);
    offtrail(['ingest', root, '--db', db]);
    expect(query(db, 'SELECT count(*) AS n FROM access_duplicate')).toEqual([{ n: 3 }]);
    expect(offtrail(['status', '--verify', '--db', db]).code).toBe(0);
  });

  it('keep the lines of a file that was cut, marked, until it has them again', () => {
    const root = folder();
    const [stays, goes] = [line(), line()];
    const path = put(root, 'log', `${stays}\n${goes}\n`);
    const { db } = ingestInto([root]);
    const again = () => offtrail(['ingest', root, '--db', db, '--check']);
    const marked = () => query(db, 'SELECT line, is_removed FROM s3_access_logs ORDER BY access_rowid');
    writeFileSync(path, `${stays}\n`);
    expect(again().stderr).toContain('1 event is no longer in its file');
    expect(marked()).toEqual([
      { line: stays, is_removed: 0 },
      { line: goes, is_removed: 1 },
    ]);
    writeFileSync(path, `${goes}\n${stays}\n`);
    again();
    expect(marked().map(row => row.is_removed)).toEqual([0, 0]);
    writeFileSync(path, `${stays}\n`);
    offtrail(['ingest', root, '--db', db, '--check', '--replace']);
    expect(marked()).toEqual([{ line: stays, is_removed: 0 }]);
    expect(offtrail(['status', '--verify', '--db', db]).code).toBe(0);
  });

  it('are marked where the checksum of their file does not hold, and taken over by a sound copy', () => {
    const root = folder();
    const text = `${Array.from({ length: 40 }, () => line()).join('\n')}\n`;
    const gz = gzipSync(text);
    gz[gz.length - 8]! ^= 1;
    put(root, 'damaged.gz', gz);
    const { db } = ingestInto([root]);
    expect(query(db, 'SELECT is_suspect, count(*) AS n FROM s3_access_logs GROUP BY 1')).toEqual([
      { is_suspect: 1, n: 40 },
    ]);
    put(root, 'sound', text);
    offtrail(['ingest', root, '--db', db]);
    expect(query(db, 'SELECT is_suspect, count(*) AS n FROM s3_access_logs GROUP BY 1')).toEqual([
      { is_suspect: 0, n: 40 },
    ]);
  });

  it('that are loaded are those of an ingest that inserts, and both give every line back', () => {
    const root = folder();
    makeAccessLogs(root, { files: 12, linesPerFile: 200 });
    const { db } = ingestInto([root]);
    const expected = readdirSync(root)
      .sort()
      .flatMap(name => readFileSync(join(root, name), 'utf8').trimEnd().split('\n'));
    expect(linesOf(db)).toEqual(expected);
    // A tree of more than 32 MB is loaded.
    const large = folder();
    makeAccessLogs(large, { files: 12, linesPerFile: 5500, seed: 3 });
    const loaded = ingestInto([large]);
    const checked = offtrail(['status', '--verify', '--db', loaded.db]);
    expect(checked.code, checked.stdout).toBe(0);
    const sample = query(
      loaded.db,
      'SELECT file_path, file_ordinal, line FROM s3_access_logs WHERE access_rowid % 977 = 1',
    );
    expect(sample.length).toBeGreaterThan(50);
    for (const { file_path, file_ordinal, line: text } of sample)
      expect(readFileSync(String(file_path), 'utf8').split('\n')[Number(file_ordinal)]).toBe(text);
    rmSync(large, { recursive: true });
  });

  it.skipIf(!existsSync(REAL_DATA))(
    'of a real archive are all read (skipped where they are not there)',
    () => {
      const { db, code, stderr } = ingestInto([join(REAL_DATA, 's3-access-logs-dandi')]);
      expect(code, stderr).toBe(0);
      expect(
        query(
          db,
          'SELECT (SELECT sum(records) FROM file) AS n, sum(is_ambiguous) AS ambiguous FROM s3_access_logs',
        ),
      ).toEqual([{ n: 14, ambiguous: 0 }]);
    },
  );

  it('answer Athena’s queries as Athena’s table would', () => {
    const root = folder();
    put(root, 'log', [line(), line({ requester: '-' }), line({ agent: '-' })].join('\n'));
    const { db } = ingestInto([root]);
    const rows = (sql: string): unknown =>
      JSON.parse(offtrail(['sql', sql, '--db', db, '--format', 'json']).stdout);
    expect(rows("SELECT count(*) AS n FROM s3_access_logs_db.mybucket_logs WHERE requester = '-'")).toEqual([
      { n: 1 },
    ]);
    expect(rows('SELECT count(*) AS n FROM s3_access_logs_db.mybucket_logs WHERE requester IS NULL')).toEqual(
      [{ n: 1 }],
    );
    expect(rows('SELECT useragent FROM s3_access_logs_db.mybucket_logs ORDER BY requestid LIMIT 3')).toEqual([
      { useragent: '"curl/8.5.0"' },
      { useragent: '"curl/8.5.0"' },
      { useragent: '-' },
    ]);
    expect(
      rows(
        "CREATE EXTERNAL TABLE s3_access_logs_db.my_logs (bucketowner STRING, bucket STRING, requestdatetime STRING, remoteip STRING, requester STRING, requestid STRING, operation STRING, key STRING, requesturi_operation STRING, requesturi_key STRING, requesturi_httpprotoversion STRING, httpstatus STRING) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe' LOCATION 's3://b/p/'; SELECT bucket, requesturi_operation, requesturi_httpprotoversion, httpstatus FROM my_logs LIMIT 1",
      ),
    ).toEqual([
      {
        bucket: 'my-bucket',
        requesturi_operation: 'GET',
        requesturi_httpprotoversion: 'HTTP/1.1',
        httpstatus: '200',
      },
    ]);
  });
});
