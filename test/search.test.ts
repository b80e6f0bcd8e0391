import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { differences, drawNeedles, sampleLines } from '../scripts/oracle.js';
import { createRandom } from '../scripts/random.js';
import { literals } from '../src/query/text/pattern.js';
import { fold, jsonViews } from '../src/views.js';
import {
  CLI,
  count,
  filesBelow,
  folder,
  ingestInto,
  offtrail,
  put,
  query,
  type Ran,
  REAL_DATA,
  record,
  records,
  SAMPLES,
  type TestRecord,
  trail,
  trailGz,
} from './support.js';

/** An index of these records. */
function indexOf(list: readonly TestRecord[]): string {
  const { db, code, stderr } = ingestInto([put(folder(), 'log.json', trail(list))]);
  expect(stderr).toContain('0 rejected');
  expect(code).toBe(0);
  return db;
}

const search = (db: string, ...args: string[]): Ran => offtrail(['search', '--db', db, ...args]);

/** The eventIDs of a search, newest first. */
function found(db: string, ...args: string[]): string[] {
  const ran = search(db, '--json', ...args);
  const notes = /^(stopped at --limit|no event has|no events found;|(no )?object-level events) .*\n/gm;
  expect(ran.stderr.replaceAll(notes, '')).toBe('');
  return ran.stdout
    .split('\n')
    .filter(Boolean)
    .map(line => (JSON.parse(line) as { eventID: string }).eventID);
}

const idsOf = (list: readonly TestRecord[]): string[] => list.map(one => one.eventID as string);
const sorted = (ids: readonly string[]): string[] => [...ids].sort();

describe('every occurrence is found, and nothing else', () => {
  const trees = [
    { name: 'the sample tree', path: SAMPLES, needles: 300 },
    { name: 'real logs', path: join(REAL_DATA, 'invictus-aws-dataset/CloudTrail'), needles: 150 },
    { name: 'real attack logs', path: join(REAL_DATA, 'stratus-red-team'), needles: 150 },
  ];
  it.each(trees.filter(({ path }) => existsSync(path)))('$name: texts drawn from it', ({ path, needles }) => {
    const { db } = ingestInto([path]);
    const r = createRandom(5);
    expect(differences(db, path, drawNeedles(r, sampleLines(r, path), needles))).toEqual([]);
  });

  it('without the index for text, too', () => {
    const { db } = ingestInto([SAMPLES]);
    damage(db, 'DROP TABLE text_block');
    const r = createRandom(6);
    expect(differences(db, SAMPLES, drawNeedles(r, sampleLines(r, SAMPLES), 100))).toEqual([]);
  });

  const jq = spawnSync('jq', ['--version']).status === 0;
  it.skipIf(!jq)('as jq and grep find it (skipped without jq)', () => {
    const { db } = ingestInto([SAMPLES]);
    const r = createRandom(7);
    const lines: string[] = [];
    for (const path of filesBelow(SAMPLES).filter(p => p.endsWith('.gz'))) {
      try {
        const input = gunzipSync(readFileSync(path));
        const ran = spawnSync('jq', ['-c', '.Records[]?'], { input, encoding: 'utf8' });
        if (ran.status === 0) lines.push(...ran.stdout.split('\n').filter(Boolean));
      } catch {
        // The damaged file.
      }
    }
    const file = put(folder(), 'records.jsonl', `${lines.join('\n')}\n`);
    const idsIn = (text: string): string[] =>
      text
        .split('\n')
        .filter(Boolean)
        .map(line => (JSON.parse(line) as { eventID: string }).eventID);
    // jq reads nothing of the damaged file.
    const read = new Set(idsIn(lines.join('\n')));
    for (const needle of drawNeedles(r, lines, 60).filter(text => !/["\\]/.test(text))) {
      const grep = spawnSync('grep', ['-iF', '-e', needle, file], { encoding: 'utf8' });
      const ours = found(db, '--', needle).filter(id => read.has(id));
      expect(sorted([...new Set(ours)]), needle).toEqual(sorted([...new Set(idsIn(grep.stdout))]));
    }
  });
});

describe('text', () => {
  it('is found decoded and as it is written', () => {
    const raw = trail([record()]).replace(
      '"userAgent":"[aws-cli/2.15]"',
      '"userAgent":"\\u003cscript\\u003e a\\/b"',
    );
    const nested = record({
      requestParameters: { policyDocument: '{"Action":"s3:*",\n"Resource":"\\u003cx>"}' },
    });
    const root = folder();
    put(root, '1.json', raw);
    put(root, '2.json', trail([nested]));
    const { db } = ingestInto([root]);
    for (const text of ['<script>', '\\u003cSCRIPT', '<script> a/b', 'a\\/b', '"userAgent":"<script']) {
      expect(found(db, text), text).toHaveLength(1);
    }
    for (const text of [
      '{"Action":"s3:*",',
      '{\\"Action\\":\\"s3:*\\"',
      '"s3:*",\n"Resource"',
      '\\\\u003cx',
    ]) {
      expect(found(db, text), text).toEqual(idsOf([nested]));
    }
    expect(found(db, 'u003dx')).toEqual([]);
  });

  it('is found in names, at any depth, in fields this version does not know, and in none', () => {
    const odd = record({ futureField: { deep: [{ veryUnusualName: 17 }] }, another: 'Zażółć' });
    const db = indexOf([odd, ...records(20)]);
    for (const text of [
      'veryUnusualName',
      'futureField',
      '"veryUnusualName":17',
      'zażółć',
      '"another":"za',
    ]) {
      expect(found(db, text), text).toEqual(idsOf([odd]));
    }
    expect(found(db, 'responseElements":null')).toHaveLength(21);
    expect(search(db, 'veryUnusualNames')).toEqual({ code: 1, stdout: '', stderr: '' });
  });

  it('is found across the bounds of fields, as pasted from a record or from indented JSON', () => {
    const one = record({ sourceIPAddress: '198.51.100.9', errorCode: 'AccessDenied', futureField: 1 });
    const db = indexOf([...records(10), one, ...records(10)]);
    const line = JSON.stringify(one);
    for (let at = 0; at < line.length - 40; at += 7) {
      const text = line.slice(at, at + 40);
      expect(found(db, '--', text), text).toContain(one.eventID);
    }
    expect(found(db, line)).toEqual(idsOf([one]));
    expect(found(db, JSON.stringify(one, null, 2))).toEqual(idsOf([one]));
    expect(found(db, '"sourceIPAddress": "198.51.100.9"')).toEqual(idsOf([one]));
    expect(found(db, '"errorCode" : "AccessDenied",\n    "')).toEqual(idsOf([one]));
    // Values that only meet in the index are not next to each other in the record.
    expect(found(db, '[]')).toEqual([]);
  });

  it('is not found where only the index has it', () => {
    const tls = { tlsVersion: 'TLSv1.3', clientProvidedHostHeader: 's3.amazonaws.com' };
    const { eventVersion, ...rest } = record({ requestParameters: { a: 1 }, responseElements: { b: 2 } });
    const db = indexOf([
      { ...rest, future: 'one', tlsDetails: tls, other: { x: 'two' }, eventVersion, vpcEndpointId: 'vpce-1' },
    ]);
    for (const text of [
      '{"tlsDetails":',
      '{"future":',
      '"one","other"',
      '}\n{',
      '1}\n{"b',
      'com"},"vpce',
      'two"}}',
    ])
      expect(found(db, text), text).toEqual([]);
    for (const text of [
      '"one","tlsDetails":{"tls',
      'amazonaws.com"},"other":{"x":"two"},"eventVersion"',
      'vpce-1"}',
    ])
      expect(found(db, text), text).toHaveLength(1);
  });

  it('is found as pasted from indented JSON, whatever strings are in it', () => {
    const policy = record({
      requestParameters: {
        policy: '{ "Version": "2012-10-17",  "x": [ 1 ] }',
        list: [1, 2, true, null],
        n: -1.5e3,
      },
      errorMessage: 'one of, [ a ] : "b"',
    });
    const db = indexOf([...records(3), policy]);
    const lines = JSON.stringify(policy, null, 2).split('\n');
    for (let at = 1; at + 4 < lines.length; at++) {
      const text = lines
        .slice(at, at + 4)
        .join('\n')
        .trim();
      expect(found(db, '--', text), text).toContain(policy.eventID);
    }
    const tail = lines.slice(-30).join('\n').slice(7);
    expect(found(db, '--', tail)).toEqual(idsOf([policy]));
    expect(search(db, '" ', '--count').stdout).toBe('0\n');
    // Blanks in a string count, and so do those of a text that is no JSON.
    expect(found(db, '"one of,[ a ]')).toEqual([]);
    expect(found(db, 'oneof')).toEqual([]);
    expect(found(db, '"awsRegion" "us-east-1"')).toEqual([]);
  });

  it('is found in Aggregated records, as they are written', () => {
    const aggregated = (id: string, start: string): TestRecord => ({
      eventVersion: '1.0',
      eventCategory: 'Aggregated',
      accountId: '111122223333',
      timeWindow: { windowStart: start, windowEnd: start },
      eventId: id,
      summaryEventName: 'GetObject',
    });
    const list = [
      aggregated('odd\\q\u0001"\n', '2024-01-01 00:00:00'),
      aggregated('plain', '2024-01-02T00:00:00Z'),
    ];
    const db = indexOf([...list, ...records(5)]);
    expect(found(db, 'summaryEventName')).toEqual(['plain', 'odd\\q\u0001"\n']);
    expect(search(db, '2024-01-01 00:00:00', '--count').stdout).toBe('1\n');
    expect(search(db, '2024-01-01T00:00:00Z', '--count').stdout).toBe('0\n');
    expect(search(db, '2024-01-01T00:00:00Z', '--field', 'eventtime', '--count').stdout).toBe('1\n');
    expect(offtrail(['reindex', '--db', db]).code).toBe(0);
  });

  it('keeps its order where times are odd', () => {
    const odd = [
      record({ eventTime: '2024-03-01T10:00:00Z' }),
      record({ eventTime: '2024-03-01T10:00:00.5Z' }),
      record({ eventTime: 'March 1, 2024\n"10 am"' }),
      record({ eventTime: '2024-03-02T00:00:00Z' }),
      { ...record(), eventTime: undefined },
    ];
    const db = indexOf(odd);
    // Those without a time that can be read are last, the later row first.
    const newest = [3, 1, 0, 4, 2].map(i => odd[i]!.eventID);
    expect(found(db, 'my-bucket')).toEqual(newest);
    expect(found(db, 'my-bucket', '--order', 'oldest')).toEqual(newest.reverse());
    expect(found(db, 'my-bucket', '--from', '2024-03-01T12:00Z', '--to', '2024-03-03')).toEqual([
      odd[3]!.eventID,
    ]);
  });

  it('matches in any Unicode form and case', () => {
    const composed = record({ userAgent: 'Caf\u00e9 \u00c5NGSTR\u00d6M' });
    const apart = record({ userAgent: 'Cafe\u0301' });
    const greek = record({ userAgent: '\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2' });
    const db = indexOf([composed, apart, greek]);
    for (const text of ['caf\u00e9', 'CAFE\u0301'])
      expect(sorted(found(db, text))).toEqual(sorted(idsOf([composed, apart])));
    expect(found(db, '\u00e5ngstr\u00f6m')).toEqual(idsOf([composed]));
    expect(found(db, '\u03c3\u03af\u03c3\u03c5\u03c6\u03bf\u03c3')).toEqual(idsOf([greek]));
    expect(found(db, 'cafe')).toEqual(idsOf([apart]));
    expect(found(db, 'cafe\u0301 .ngstr', '--regex')).toEqual(idsOf([composed]));
    expect(found(db, 'caf\u00e9', '--regex', '--word')).toHaveLength(2);
  });

  it('is found in records that cannot be put together from columns', () => {
    const [one, two] = [record(), record()];
    const raw = trail([one, two])
      .replace('"eventName":"GetObject"', '"eventName":"Shadowed","event\\u004eame":"GetObject"')
      .replace('"awsRegion":"us-east-1"', '"awsRegion":["odd"]');
    const { db } = ingestInto([put(folder(), 'log.json', raw)]);
    expect(found(db, 'shadowed')).toEqual(idsOf([one]));
    expect(found(db, '["odd"]')).toEqual(idsOf([one]));
    expect(found(db, 'event\\u004eame')).toEqual(idsOf([one]));
    expect(found(db, 'getobject')).toHaveLength(2);
  });

  it('folds every character to one of its length, as Unicode folds it', () => {
    for (let code = 0; code < 0x20000; code++) {
      if (code >= 0xd800 && code < 0xe000) continue;
      const c = String.fromCodePoint(code);
      const folded = fold(c);
      if (folded.length !== c.length || fold(folded) !== folded) throw new Error(`U+${code.toString(16)}`);
      // What a regular expression takes for the same letter must fold to the same letter.
      const others = [c.toLowerCase(), c.toUpperCase()].filter(o => o !== c && [...o].length === 1);
      for (const other of others) {
        if (new RegExp(`^${other.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`, 'iu').test(c))
          expect(fold(other), `U+${code.toString(16)}`).toBe(folded);
      }
    }
  });

  it('has its escapes undone one by one', () => {
    expect(jsonViews('{"a":"b"}')).toEqual(['{"a":"b"}']);
    expect(jsonViews('{"a\\"":"\\\\","b":"\\u0041\\/"}')).toEqual([
      '{"a\\"":"\\\\","b":"\\u0041\\/"}',
      '{"a\\"":"\\\\","b":"A/"}',
      'a"',
      '\\',
      'A/',
    ]);
  });
});

describe('what is asked for', () => {
  const list = [
    record({ eventTime: '2024-03-01T10:00:00Z', userAgent: 'alpha beta', errorCode: 'AccessDenied' }),
    record({ eventTime: '2024-03-01T12:00:00Z', userAgent: 'alphabet' }),
    record({ eventTime: '2024-03-01T11:00:00Z', userAgent: 'Alpha', awsRegion: 'eu-west-1' }),
    record({ eventTime: '2024-03-01T11:00:00Z', userAgent: 'gamma', eventName: 'alphaOperation' }),
  ];
  const [a, b, c, d] = idsOf(list) as [string, string, string, string];
  const db = indexOf(list);

  it('comes newest first, or oldest first, and stops at the limit', () => {
    expect(found(db, 'alpha')).toEqual([b, d, c, a]);
    expect(found(db, 'alpha', '--order', 'oldest')).toEqual([a, c, d, b]);
    const limited = search(db, 'alpha', '--json', '--limit', '2');
    expect(limited.stdout.trim().split('\n')).toHaveLength(2);
    expect(limited.stderr).toContain('stopped at --limit 2');
    expect(search(db, 'alpha', '--count').stdout).toBe('4\n');
    expect(search(db, 'alpha', '--count', '--limit', '3').stdout).toBe('3\n');
  });

  it('is all of several texts, or any, and not others', () => {
    expect(found(db, 'alpha', 'accessdenied')).toEqual([a]);
    expect(found(db, 'beta', 'gamma', '--any')).toEqual([d, a]);
    expect(found(db, 'alpha', '--not', 'alphabet')).toEqual([d, c, a]);
    expect(found(db, 'alpha', '--not', 'alphabet', '--not', 'gamma')).toEqual([c, a]);
  });

  it('is a word, or a text in its very case', () => {
    expect(found(db, 'alpha', '--word')).toEqual([c, a]);
    expect(found(db, 'Alpha', '--case-sensitive')).toEqual([c]);
    expect(found(db, 'Alpha', '--case-sensitive', '--word')).toEqual([c]);
    expect(found(db, 'alph', '--word')).toEqual([]);
  });

  it('is a regular expression', () => {
    expect(found(db, 'alpha ?bet', '--regex')).toEqual([b, a]);
    expect(found(db, 'ALPHA\\b', '--regex')).toEqual([c, a]);
    expect(found(db, 'ALPHA', '--regex', '--case-sensitive')).toEqual([]);
    expect(found(db, '"userAgent":"(gamma|alpha)"', '--regex')).toEqual([d, c]);
    expect(found(db, 'alpha', '--regex', '--word')).toEqual([c, a]);
    expect(found(db, '^\\{"eventVersion"', '--regex')).toHaveLength(4);
    expect(search(db, 'a)|(b', '--regex', '--word').code).toBe(2);
    expect(found(db, 'nothing\\Q.\\E|gamma', '--regex')).toEqual([d]);
    const bad = search(db, 'a(?=b)', '--regex');
    expect(bad.code).toBe(2);
    expect(bad.stderr).toContain('is no regular expression');
  });

  it('is in one column', () => {
    expect(found(db, 'alpha', '--field', 'userAgent')).toEqual([b, c, a]);
    expect(found(db, '^alpha$', '--regex', '--field', 'useragent')).toEqual([c]);
    expect(found(db, 'alpha', '--field', 'eventname')).toEqual([d]);
    expect(found(db, 'log.json', '--field', 'file_path')).toHaveLength(4);
    expect(found(db, '2024/03/01', '--field', 'timestamp')).toHaveLength(4);
    expect(found(db, '"bucketName":"my', '--field', 'requestparameters')).toHaveLength(4);
    expect(search(db, 'x', '--field', 'useragnt').stderr).toContain('did you mean useragent?');
  });

  it('passes every filter of the other searches', () => {
    expect(found(db, 'alpha', '--errors-only')).toEqual([a]);
    expect(found(db, 'alpha', '--region', 'eu-west-1')).toEqual([c]);
    expect(found(db, 'alpha', '--from', '2024-03-01T10:30Z', '--to', '2024-03-01T11:30Z')).toEqual([d, c]);
    expect(found(db, 'alpha', '--bucket', 'my-bucket', '--ip', '203.0.113.0/24')).toHaveLength(4);
    expect(found(db, 'alpha', '--bucket', 'other')).toEqual([]);
    expect(search(db, 'alpha', '--from', 'nonsense').code).toBe(2);
  });

  it('is shown with time, event, who, from where and the match in its surroundings', () => {
    const { stdout, code } = search(db, 'alphabet');
    expect(code).toBe(0);
    const [head, match] = stdout.split('\n');
    expect(head).toBe(
      `2024-03-01T12:00:00Z  s3 GetObject  arn:aws:iam::111122223333:user/ana  203.0.113.7  us-east-1  ${b}`,
    );
    expect(match).toMatch(/^ {4}….*"userAgent":"alphabet",.*…$/);
    expect(search(db, 'alphabet', '--field', 'useragent').stdout).toContain('\n    useragent: alphabet\n');
  });

  it('is shown whole, as JSON, or as the files it came from', () => {
    expect(JSON.parse(search(db, 'alphabet', '--full').stdout)).toEqual(list[1]);
    const lines = search(db, 'alpha', '--full', '--json').stdout.trim().split('\n');
    expect(lines.map(line => JSON.parse(line) as unknown)).toEqual([list[1], list[3], list[2], list[0]]);
    expect(search(db, 'alpha', '--files').stdout).toMatch(/^\S+log\.json\n$/);
    const [one] = search(db, 'ALPHABET', '--json').stdout.split('\n');
    expect(JSON.parse(one!)).toMatchObject({ eventID: b, eventName: 'GetObject', match: 'alphabet' });
  });

  it('that cannot be written is an error', () => {
    const command = `"${process.execPath}" "${CLI}" search my-bucket --db "${db}" > /dev/full`;
    const ran = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain('ENOSPC');
  });

  it('cannot be nothing', () => {
    expect(search(db, '').code).toBe(2);
    expect(search(db).code).toBe(2);
    expect(offtrail(['search', 'x', '--db', join(folder(), 'none.db')]).code).toBe(2);
  });
});

describe('text of attackers', () => {
  it('does not reach the terminal unescaped', () => {
    const db = indexOf([record({ userAgent: 'evil \u001b[31mred\u202e \u0007bell' })]);
    for (const args of [[], ['--full'], ['--json'], ['--full', '--json'], ['--field', 'useragent']]) {
      const { stdout } = search(db, 'evil', ...args);
      expect(stdout.length).toBeGreaterThan(0);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    }
  });

  it('and of patterns cannot hang a search', () => {
    const db = indexOf([record({ userAgent: `${'a'.repeat(50_000)}!` })]);
    const began = performance.now();
    expect(search(db, '(a+)+$', '--regex', '--field', 'useragent').code).toBe(1);
    expect(search(db, '(a|aa)+c!', '--regex').code).toBe(1);
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  it('in records too long to be read together is found in each', () => {
    const long = (needle: string): TestRecord =>
      record({ requestParameters: { blob: 'x'.repeat(9 << 20), needle } });
    const list = Array.from({ length: 9 }, (_, i) => long(`needle-${i}-`));
    const db = indexOf(list);
    expect(found(db, 'needle-7-')).toEqual([list[7]!.eventID]);
    expect(search(db, 'xxxxxxxx', '--count').stdout).toBe('9\n');
  });

  it('in a long record does not hide its neighbours', () => {
    const r = createRandom(9);
    const long = record({ requestParameters: { blob: r.base64(400_000), needle: 'deep needle' } });
    const db = indexOf([...records(300), long, ...records(300)]);
    expect(found(db, 'deep needle')).toEqual(idsOf([long]));
    expect(found(db, 'no such needle')).toEqual([]);
    expect(search(db, '"my-bucket"', '--count').stdout).toBe('600\n');
  });
});

/** Runs a statement on the index behind offtrail's back. */
function damage(db: string, sql: string): void {
  const ran = spawnSync(
    process.execPath,
    ['-e', `new (require('better-sqlite3'))(${JSON.stringify(db)}).exec(${JSON.stringify(sql)})`],
    { encoding: 'utf8' },
  );
  expect(ran.stderr).toBe('');
}

describe('the index for text', () => {
  const root = folder();
  const list = records(400);
  list[200]!.userAgent = 'the needle';
  put(root, 'a.json', trail(list));

  it.each([
    ['loses a bit', 'UPDATE text_slices SET slices = zeroblob(length(slices)) WHERE id % 3 = 1'],
    ['loses rows', 'DELETE FROM text_slices WHERE id % 2 = 0'],
    ['loses a block', "DELETE FROM text_block WHERE area = 'event'"],
    ['has its rows exchanged', 'UPDATE text_slices SET slices = (SELECT slices FROM text_slices LIMIT 1)'],
    ['claims to have no chunks', 'UPDATE text_block SET chunk_count = 0'],
    [
      'claims what it does not cover',
      `DELETE FROM text_slices WHERE id / 8192 IN (SELECT id FROM text_block WHERE area = 'event');
      UPDATE text_block SET last_id = 1000000, chunk_count = 0 WHERE area = 'event'`,
    ],
    ['has the block of another area', "UPDATE text_block SET area = 'event' WHERE area = 'agent'"],
    ['has a row nobody wrote', "INSERT INTO text_block VALUES (9223372036854775807, 'foo', 1, 1, 0, 0, x'')"],
    [
      'has a block twice',
      'INSERT INTO text_block SELECT id + 100, area, first_id, last_id, chunk_count, seal, chunks FROM text_block',
    ],
    ['covers ids beyond all numbers', 'UPDATE text_block SET last_id = last_id + 4294967296'],
    ['has no numbers', "UPDATE text_block SET first_id = 'abc'"],
    ['has another form', 'DROP TABLE text_block; CREATE TABLE text_block (x)'],
    ['is not there', 'DROP TABLE text_block; DROP TABLE text_slices'],
  ])('that %s costs time, not an answer, and the next ingest mends it', (_, sql) => {
    const { db } = ingestInto([root]);
    damage(db, sql);
    const broken = search(db, 'the needle', '--count');
    expect(broken.stdout).toBe('1\n');
    expect(search(db, 'my-bucket', '--count').stdout).toBe('400\n');
    expect(offtrail(['ingest', root, '--db', db]).code).toBe(0);
    const mended = search(db, 'the needle', '--count');
    expect(mended).toEqual({ code: 0, stdout: '1\n', stderr: '' });
    expect(count(db, "SELECT count(*) FROM text_block WHERE area = 'event'")).toBe(1);
  });

  it('that is damaged is named, and reindex builds it anew', () => {
    const { db } = ingestInto([root]);
    damage(db, "DELETE FROM text_block WHERE area = 'event'");
    expect(search(db, 'the needle').stderr).toContain('offtrail reindex');
    const before = query(db, 'SELECT * FROM cloudtrail_logs');
    expect(offtrail(['reindex', '--db', db]).code).toBe(0);
    expect(search(db, 'the needle', '--count')).toEqual({ code: 0, stdout: '1\n', stderr: '' });
    expect(query(db, 'SELECT * FROM cloudtrail_logs')).toEqual(before);
    expect(count(db, "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'event\\_%' ESCAPE '\\'")).toBe(10);
    expect(offtrail(['reindex', '--db', join(folder(), 'none.db')]).code).toBe(2);
  });

  it('keeps up with many small ingests, in few blocks', () => {
    const tree = folder();
    const db = join(folder(), 'grown.db');
    const all: TestRecord[] = [];
    for (let day = 0; day < 12; day++) {
      const more = records(30);
      more[7]!.userAgent = `agent-of-day-${day}-x`;
      all.push(...more);
      put(tree, `${day}.json.gz`, trailGz(more));
      expect(offtrail(['ingest', tree, '--db', db]).code).toBe(0);
      expect(search(db, `agent-of-day-${day}-x`, '--count')).toEqual({ code: 0, stdout: '1\n', stderr: '' });
    }
    for (let day = 0; day < 12; day++)
      expect(found(db, `agent-of-day-${day}-x`)).toEqual([all[day * 30 + 7]!.eventID]);
    expect(count(db, "SELECT count(*) FROM text_block WHERE area = 'event'")).toBeLessThan(6);
  });

  it('holds in a tree that threads read, over the bounds of its parts', () => {
    const root = folder();
    for (let file = 0; file < 6; file++) {
      const list = Array.from({ length: 10_000 }, (_, i) =>
        record({
          userAgent: `agent ${(file * 10_000 + i) % 7}`,
          requestParameters: { n: `n-${file * 10_000 + i}-` },
        }),
      );
      put(root, `${file}.json.gz`, trailGz(list));
    }
    const { db } = ingestInto([root]);
    expect(count(db, "SELECT sum(last_id - first_id + 1) FROM text_block WHERE area = 'event'")).toBe(60_000);
    for (const n of [0, 1, 49_150, 49_151, 49_152, 49_153, 59_999])
      expect(search(db, `n-${n}-`, '--count'), String(n)).toEqual({ code: 0, stdout: '1\n', stderr: '' });
    expect(search(db, 'agent 3', '--count').stdout).toBe('8571\n');
    expect(search(db, 'n-60000-', '--count').stdout).toBe('0\n');
    const rows = found(db, 'agent 5', '--limit', '300', '--order', 'oldest');
    const wanted = query(
      db,
      "SELECT eventid FROM cloudtrail_logs WHERE useragent = 'agent 5' ORDER BY eventtime, event_rowid LIMIT 300",
    );
    expect(rows).toEqual(wanted.map(row => row.eventid));
  });

  it('forgets what a changed file no longer says, also where ids are given again', () => {
    const tree = folder();
    const [first, last] = [records(50), records(50)];
    last[3]!.userAgent = 'old text';
    put(tree, 'a.json', trail(first));
    const { db } = ingestInto([tree]);
    put(tree, 'b.json', trail(last));
    offtrail(['ingest', tree, '--db', db]);
    expect(found(db, 'old text')).toHaveLength(1);
    writeFileSync(join(tree, 'b.json'), trail([]));
    offtrail(['ingest', tree, '--db', db]);
    expect(found(db, 'old text')).toHaveLength(1);
    offtrail(['ingest', tree, '--db', db, '--replace']);
    expect(found(db, 'old text')).toEqual([]);
    const fresh = Array.from({ length: 50 }, (_, i) => record({ userAgent: `fresh agent ${i}` }));
    put(tree, 'c.json', trail(fresh));
    offtrail(['ingest', tree, '--db', db]);
    expect(found(db, 'fresh agent 33')).toEqual([fresh[33]!.eventID]);
  });
});

describe('what an expression must contain', () => {
  it.each([
    ['abcdef', ['abcdef']],
    ['abc.*def', ['abc', 'def']],
    ['abcd?ef', ['abc', 'ef']],
    ['abc+d', ['abc', 'd']],
    ['ab{2,3}c', ['a', 'c']],
    ['one|two', []],
    ['(one|two)three[x|y]four', ['three', 'four']],
    ['a\\.b\\d+c', ['a.b', 'c']],
    ['\\x{1F600}x\\pLy\\p{Greek}z\\x41q', ['x', 'y', 'z', 'q']],
    ['[]a]bc[^]]d[[:alpha:]]e', ['bc', 'd', 'e']],
    ['(?i)abc', ['abc']],
    ['(a(b)c)d\\(e', ['d(e']],
    ['^ab\\bcd$', ['ab', 'cd']],
    ['ab\\Q.\\E|cd', []],
    ['"a":"b"', ['"a":', '"b"']],
  ])('%s', (pattern, expected) => {
    expect(literals(pattern)).toEqual(expected);
  });
});

describe('the library', () => {
  it('searches while other rows of the index are being read, and in turns', async () => {
    const { openIndex } = await import('../src/index.js');
    const list = records(40).map((one, i) => ({
      ...one,
      userAgent: i % 2 === 0 ? 'agent-even' : 'agent-odd',
    }));
    const index = openIndex(indexOf(list));
    let rows = 0;
    for (const row of index.s3('get-object')) {
      rows++;
      if (rows % 10 === 0) expect(index.search({ text: String(row.object) }).count()).toBe(1);
    }
    expect(rows).toBe(40);
    const even = index.search({ text: ['agent-even'] });
    const pairs: string[] = [];
    for (const one of even) {
      for (const other of index.search({ text: 'agent-odd', limit: 1 }))
        pairs.push(`${one.match} ${other.match}`);
    }
    expect(pairs).toEqual(Array.from({ length: 20 }, () => 'agent-even agent-odd'));
    expect(even.isCovered()).toBe(true);
    expect(() => index.search({ text: [] })).toThrow('there is no text');
    expect(() => index.search({ text: 'x', limit: -1 })).toThrow('whole number');
    expect(() => index.search({ text: 'x', from: 'nonsense' })).toThrow('cannot read the time');
    index.close();
  });
});
