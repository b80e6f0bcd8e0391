import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { SplitResult } from '../src/read/tally.js';
import { readDocument } from './reading.js';
import {
  count,
  folder,
  ingestInto,
  offtrail,
  put,
  query,
  record,
  records,
  sampleIndex,
  trail,
} from './support.js';

const json = JSON.stringify;
const R = (i: number, more: object = {}): string =>
  json({ eventVersion: '1.08', eventName: 'X', eventID: `e${i}`, ...more });
const FAKE = {
  eventVersion: '1.08',
  userIdentity: { type: 'Root' },
  eventName: 'FAKE',
  eventID: 'fake',
  eventType: 'AwsConsoleSignIn',
};
/** What callers send: objects that read as records, in every place of nested JSON. */
const HOSTILE = {
  requestParameters: {
    tags: ['x', FAKE],
    list: [{ a: 1 }, FAKE, FAKE],
    only: [FAKE],
    text: ['},{', ']},{', ',', json(FAKE)],
  },
  resources: [{ ARN: 'x' }, { ARN: 'y' }],
};

/** The eventNames of a document, read in pieces of `size` bytes. */
function namesOf(document: string | Buffer, size?: number): { names: string[]; result: SplitResult } {
  const { found, result } = readDocument(Buffer.from(document), size);
  return { names: found.map(text => (JSON.parse(text) as { eventName: string }).eventName), result };
}

const hostile = (i: number): object => JSON.parse(R(i, HOSTILE)) as object;
/** Every container of docs/formats.md that holds several records, with five hostile ones. */
const CONTAINERS: Array<[string, (list: object[]) => string]> = [
  ['Records', list => json({ Records: list })],
  ['indented Records', list => json({ Records: list }, null, 2)],
  ['an array', list => json(list)],
  ['JSON lines', list => list.map(r => json(r)).join('\n')],
  ['indented objects', list => list.map(r => json(r, null, 2)).join('\n')],
  [
    'EventBridge lines',
    list => list.map(r => json({ version: '0', 'detail-type': 'x', detail: r })).join('\n'),
  ],
  ['an array of JSON text', list => json(list.map(r => json(r)))],
  ['lookup-events', list => json({ Events: list.map(r => ({ EventId: 'x', CloudTrailEvent: json(r) })) })],
  [
    'Insights rows',
    list => json({ results: list.map(r => [{ field: '@message', value: json(r) }]), status: 'Complete' }),
  ],
];

describe('text that a caller sent never becomes an event of its own', () => {
  const fake = json(FAKE);
  const nested = (depth: number, what: string): string => '['.repeat(depth) + what + ']'.repeat(depth);
  const broken = (value: string, before: string): string =>
    R(2, { requestParameters: { a: 'VALUE', items: ['x', 'FAKE'] } })
      .replace('"VALUE"', value)
      .replace(',"FAKE"', `${before}${fake}`);
  const VALUES: Array<[string, string]> = [
    ['600 levels of arrays', nested(600, '1')],
    ['a raw control character', '"a\u0002b"'],
    ['a raw line feed', '"a\nb"'],
    ['NaN', 'NaN'],
    ['an unknown escape', String.raw`"a\xb"`],
    ['a string longer than the limit', json('y'.repeat(1 << 21))],
  ];

  it.each(VALUES)('in a record that is lost for %s', (_, value) => {
    for (const before of [',', ',\n', ', [']) {
      const lost = broken(value, before).replace(/, \[(\{.*?\}{1,2})\]/, ', [$1]]');
      for (const document of [
        `{"Records":[${R(1)},${lost},${R(3)}]}`,
        `{"Records":[${R(1)},${lost},${R(3)}]}`.replaceAll('},{', '},\n{'),
        `[${R(1)},${lost},${R(3)}]`,
        `${R(1)}\n{"version":"0","detail-type":"x","detail":${lost}}\n${R(3)}`,
      ]) {
        const { names } = namesOf(document);
        expect(names).toEqual(['X', 'X']);
        expect(namesOf(document, 4099).names).toEqual(['X', 'X']);
      }
    }
  });

  it('at the border of two pieces of a long file', () => {
    // The value of a member begins with the second piece.
    const head = `{"Records":[${R(1)},`;
    const lost = R(2, { bad: 'VALUE', x: FAKE }).replace('"VALUE"', 'NaN');
    const at = head.length + lost.indexOf('"x":') + 4;
    for (const size of [at - 1, at, at + 1])
      expect(namesOf(`${head}${lost},${R(3)}]}`, size).names).toEqual(['X', 'X']);
  });

  it('in files over 16 MB, which pass in pieces', () => {
    const root = folder();
    const long = record({
      eventName: 'Long',
      requestParameters: { a: 'z'.repeat(17 << 20), items: ['x', FAKE] },
    });
    const bad = json(record({ requestParameters: { a: 'VALUE', items: ['x', FAKE] } })).replace(
      '"VALUE"',
      'NaN',
    );
    put(root, 'long.json', `{"Records":[${json(record())},${json(long)},${bad},${json(record())}]}`);
    put(root, 'lines.json', [record(), long, record()].map(r => json(r)).join('\n'));
    const { db, code } = ingestInto([root]);
    expect(code).toBe(1);
    expect(query(db, 'SELECT eventname, count(*) AS n FROM cloudtrail_logs GROUP BY 1')).toEqual([
      { eventname: 'GetObject', n: 4 },
    ]);
    expect(count(db, 'SELECT sum(rejected) FROM file')).toBe(3);
  });

  /** Bytes that break JSON where they stand. */
  const BYTES = '"{}[],\n\\'.split('').map(c => c.charCodeAt(0));
  it.each(CONTAINERS)('whatever one byte is broken in %s, which costs its record alone', (_, build) => {
    const whole = Buffer.from(build([1, 2, 3, 4, 5].map(hostile)));
    let state = 20261125;
    const random = (below: number): number => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      return state % below;
    };
    // The first bytes say which container it is.
    for (let run = 0; run < 400; run++) {
      const at = 40 + random(whole.length - 40);
      const byte = BYTES[random(BYTES.length)]!;
      const kinds = [
        (): Buffer => Buffer.concat([whole.subarray(0, at), Buffer.from([byte]), whole.subarray(at + 1)]),
        (): Buffer => Buffer.concat([whole.subarray(0, at), whole.subarray(at + 1)]),
        (): Buffer => Buffer.concat([whole.subarray(0, at), Buffer.from([byte]), whole.subarray(at)]),
      ];
      const document = kinds[random(3)]!();
      const { names } = namesOf(document, run % 4 === 0 ? 97 : document.length);
      const what = document.subarray(Math.max(0, at - 40), at + 40).toString();
      expect([what, names.includes('FAKE')]).toEqual([what, false]);
      expect([what, names.length >= 4]).toEqual([what, true]);
    }
  });
});

describe('a file that is no log gives no events', () => {
  const one = json(FAKE);
  const TEXTS: Array<[string, string, string]> = [
    ['Markdown', 'notes.md', `# Incident\n\nThe record was:\n\n\`\`\`json\n${one}\n\`\`\`\n`],
    [
      'Markdown in which a record is indented',
      'notes.md',
      `# Incident\n\n${json(FAKE, null, 2)}\n\nand so on\n`,
    ],
    ['source code', 'test.ts', `export const records = [\n${one},\n${one}\n];\n`],
    ['a line of text with a user agent', 'access.log', `203.0.113.7 - - "GET /" 200 "${one}"\n`],
    ['a log with a record in its lines', 'app.log', `12:00 info started\n12:01 info got ${one}\n`],
    ['CSV', 'x.csv', `a,b\n1,${one}\n`],
  ];
  it.each(TEXTS)('%s', (_, name, text) => {
    const { db, code } = ingestInto([put(folder(), name, text)]);
    expect(code).toBe(0);
    expect(query(db, 'SELECT state, reason, stored FROM file')).toEqual([
      { state: 'skipped', reason: 'not JSON; it only contains the words of CloudTrail records', stored: 0 },
    ]);
  });

  it('another index of offtrail', () => {
    const root = folder();
    const other = readFileSync(sampleIndex());
    put(root, 'backup.db', other);
    const { db, code } = ingestInto([root]);
    expect(code).toBe(0);
    expect(query(db, 'SELECT state, reason, stored FROM file')).toEqual([
      {
        state: 'skipped',
        reason: 'SQLite database; it only contains the words of CloudTrail records',
        stored: 0,
      },
    ]);
  });

  it('an S3 server access log is no log of CloudTrail, and is called what it is', () => {
    const line = `${'7'.repeat(64)} my-bucket [06/Feb/2019:00:00:38 +0000] 192.0.2.3 - 3E57427F3EXAMPLE REST.GET.OBJECT - "GET / HTTP/1.1" 200 - 113 - 7 - "-" "S3Console/0.4" -\n`;
    const { db } = ingestInto([put(folder(), '2019-02-06-00-00-38-ABC', line)]);
    expect(query(db, 'SELECT state, shape, stored FROM file')).toEqual([
      { state: 'indexed', shape: 'S3 server access log', stored: 1 },
    ]);
    expect(query(db, 'SELECT count(*) AS n FROM cloudtrail_logs')).toEqual([{ n: 0 }]);
  });

  it('an empty argument is not the current folder', () => {
    const root = folder();
    put(root, 'a.json', trail(records(1)));
    const ran = offtrail(['ingest', '', '--db', join(root, 'x.db')], { cwd: root });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('there is no file or folder ""');
  });
});

describe('what bears a trail file’s name or its records is read, or fails', () => {
  const NAME = '111122223333_CloudTrail_us-east-1_20240301T0000Z_AbCdEfGhIjKlMnOp.json';
  const gz = gzipSync(trail(records(2)));
  const flipped = Buffer.from(gz);
  flipped[1]! ^= 4;
  const text = trail(records(2));
  const FAILED: Array<[string, string, string | Buffer]> = [
    ['a flipped bit in the magic bytes', `${NAME}.gz`, flipped],
    ['an empty trail file', NAME, ''],
    ['text under the name of a trail file', NAME, 'oops'],
    ['records in a form nobody knows', 'a.json', json({ x: { y: { z: JSON.parse(text) as object } } })],
    ['a broken first byte', 'a.json', `~${json(records(3))}`],
  ];
  it.each(FAILED)('%s fails with exit 1', (_, name, bytes) => {
    const { db, code } = ingestInto([put(folder(), name, bytes)]);
    expect(query(db, 'SELECT state, stored FROM file')).toEqual([{ state: 'failed', stored: 0 }]);
    expect(code).toBe(1);
  });

  const list = records(2);
  const one = list[0]!;
  const bridge = json({ version: '0', 'detail-type': 'AWS API Call via CloudTrail', detail: one });
  const sns = json({ Type: 'Notification', MessageId: '1', Message: bridge });
  const utf32 = (text: string, isLittleEndian: boolean): Buffer => {
    const bytes = Buffer.alloc(text.length * 4);
    for (let i = 0; i < text.length; i++)
      if (isLittleEndian) bytes.writeUInt32LE(text.charCodeAt(i), i * 4);
      else bytes.writeUInt32BE(text.charCodeAt(i), i * 4);
    return bytes;
  };
  const READ: Array<[string, string | Buffer, stored: number]> = [
    ['records in lower case', json({ records: list }), 2],
    ['one record where a list belongs', json({ Records: one }), 1],
    ['Records inside data', json({ data: { Records: list } }), 2],
    [
      'an Elasticsearch response',
      json({ took: 1, hits: { total: 2, hits: list.map(r => ({ _index: 'x', _id: '1', _source: r })) } }),
      2,
    ],
    [
      'Elasticsearch documents with the original',
      json({ hits: { hits: list.map(r => ({ _source: { event: { original: json(r) } } })) } }),
      2,
    ],
    ['a Splunk export', list.map(r => json({ preview: false, result: { _raw: json(r) } })).join('\n'), 2],
    ['Splunk results', json({ results: list.map(r => ({ _raw: json(r) })) }), 2],
    ['an SNS notification', sns, 1],
    ['an SQS message around SNS around EventBridge', json({ Messages: [{ MessageId: '1', Body: sns }] }), 1],
    ['an SQS event of a Lambda function', json({ Records: [{ messageId: '1', body: bridge }] }), 1],
    [
      'an SNS event of a Lambda function',
      json({ Records: [{ EventSource: 'aws:sns', Sns: { Message: bridge } }] }),
      1,
    ],
    ['UTF-32 with a mark', utf32(`\ufeff${text}`, true), 2],
    ['UTF-32, the other way round, without one', utf32(text, false), 2],
  ];
  it.each(READ)('%s is read', (_, bytes, stored) => {
    const { db, code } = ingestInto([put(folder(), 'a.json', bytes)]);
    expect(query(db, 'SELECT state, stored, damage FROM file')).toEqual([
      { state: 'indexed', stored, damage: null },
    ]);
    expect(code).toBe(0);
  });

  const DAMAGED: Array<[string, string]> = [
    ['a changed letter in Records', text.replace('Records', 'Recorzs')],
    ['a broken letter in Records', text.replace('Records', 'Rec\\rzs').replace('\\r', '\\x')],
    ['a lost brace at the beginning', text.slice(1)],
    ['a lost colon', text.replace('"Records":', '"Records"~')],
  ];
  it.each(DAMAGED)('%s costs no record and is said', (_, document) => {
    const { db, code } = ingestInto([put(folder(), 'a.json', document)]);
    expect(query(db, 'SELECT state, stored, damage IS NULL AS sound FROM file')).toEqual([
      { state: 'indexed', stored: 2, sound: 0 },
    ]);
    expect(code).toBe(1);
  });
});

describe('a damaged gzip file', () => {
  const noisy = (i: number): Record<string, unknown> =>
    record({ pad: Array.from({ length: 40 }, (_, k) => Math.imul(i * 41 + k, 0x9e3779b1).toString(36)) });
  const list = Array.from({ length: 60 }, (_, i) => noisy(i));

  it('that is cut and inflates past 32 MB gives all that stands before the cut', () => {
    const blank = ' '.repeat(1000);
    const many = Array.from({ length: 30_000 }, (_, i) => json(record({ n: i })) + blank);
    const whole = gzipSync(`{"Records":[${many.join(',')}]}`, { level: 9 });
    expect(whole.length).toBeLessThan(16 << 20);
    const cut = whole.subarray(0, whole.length - 200);
    const { db, code } = ingestInto([put(folder(), 'cut.json.gz', cut)]);
    expect(code).toBe(1);
    const [file] = query(db, 'SELECT stored, rejected, damage, is_suspect FROM file');
    expect(file).toMatchObject({ damage: 'gzip stream is cut off', is_suspect: 1 });
    expect(file!.stored as number).toBeGreaterThan(29_500);
  });

  it('whose last member is corrupt and that inflates past 32 MB keeps the members before', () => {
    const blank = ' '.repeat(4000);
    const member = (m: number): Buffer =>
      gzipSync(Array.from({ length: 4000 }, (_, i) => `${json(record({ m, i }))}${blank}\n`).join(''), {
        level: 9,
      });
    const bytes = Buffer.concat([member(0), member(1), member(2)]);
    bytes.fill(0xff, bytes.length - 40, bytes.length - 20);
    const { db, code } = ingestInto([put(folder(), 'members.gz', bytes)]);
    expect(code).toBe(1);
    const [file] = query(db, 'SELECT stored, is_suspect FROM file');
    expect(file!.is_suspect).toBe(1);
    expect(file!.stored as number).toBeGreaterThan(11_500);
  });

  it('whose checksum alone is wrong marks every record, and does not cost the members after it', () => {
    const first = gzipSync(list.map(r => `${json(r)}\n`).join(''), { level: 0 });
    // A bit of a value: the JSON stays sound, the record is another one.
    first[first.indexOf('my-bucket')]! ^= 1;
    const root = folder();
    put(root, 'flipped.gz', Buffer.concat([first, gzipSync(`${json(record({ eventName: 'After' }))}\n`)]));
    const { db, code } = ingestInto([root]);
    expect(code).toBe(1);
    expect(count(db, "SELECT count(*) FROM cloudtrail_logs WHERE eventname = 'After'")).toBe(1);
    expect(count(db, 'SELECT count(*) FROM cloudtrail_logs WHERE NOT is_suspect')).toBe(0);
    const id = list[3]!.eventID as string;
    expect(offtrail(['show', id, '--db', db]).stderr).toContain('may not be what CloudTrail wrote');
    expect(offtrail(['search', id, '--db', db]).stdout).toMatch(/ suspect$/m);
    expect(offtrail(['search', id, '--json', '--db', db]).stdout).toContain('"marks":["suspect"]');
    expect(offtrail(['events', '--limit', '5', '--db', db]).stderr).toContain('5 of these are marked');
    expect(offtrail(['status', '--db', db]).stdout).toContain('61 stored records come from files');
  });

  it('of which any bit is flipped never gives an altered record without the mark', () => {
    const root = folder();
    const whole = gzipSync(trail(list.slice(0, 12) as Array<Record<string, unknown>>));
    for (let at = 10, i = 0; at < whole.length; at += Math.ceil(whole.length / 150), i++) {
      const bytes = Buffer.from(whole);
      bytes[at]! ^= 1 << (i % 8);
      put(root, `${i}.json.gz`, bytes);
    }
    const { db } = ingestInto([root]);
    const known = new Set(list.map(r => json(r)));
    const rows = query(
      db,
      `SELECT is_suspect, eventid, additional_fields, useragent, eventtime, requestparameters, sourceipaddress, eventname
      FROM cloudtrail_logs`,
    );
    expect(rows.length).toBeGreaterThan(0);
    const original = new Map(
      [...known].map(text => [(JSON.parse(text) as { eventID: string }).eventID, JSON.parse(text)]),
    );
    const altered = rows.filter(row => {
      const r = original.get(row.eventid as string) as Record<string, unknown> | undefined;
      return (
        !r ||
        row.additional_fields !== json({ pad: r.pad }) ||
        row.useragent !== r.userAgent ||
        row.eventtime !== r.eventTime ||
        row.eventname !== r.eventName ||
        row.requestparameters !== json(r.requestParameters) ||
        row.sourceipaddress !== r.sourceIPAddress
      );
    });
    expect(altered.filter(row => row.is_suspect !== 1)).toEqual([]);
    expect(altered.length).toBeGreaterThan(10);
  });
});

describe('one broken byte does not cost intact neighbours', () => {
  const NEIGHBOURS: Array<[string, string]> = [
    ['in an array of JSON text', json([R(1), R(2), R(3)]).replace('e2', 'e\u00012')],
    ['in an array of JSON text whose quote is gone', json([R(1), R(2), R(3)]).replace('}","{', '},"{')],
    [
      'in rows of CloudWatch Logs Insights',
      json({ results: [1, 2, 3].map(i => [{ field: '@message', value: R(i) }]) }).replace(
        'e2',
        String.raw`e\x2`,
      ),
    ],
    [
      'in a name of a row',
      json({ results: [1, 2, 3].map(i => [{ field: '@message', value: R(i) }]) })
        .replace(/(.*"field)(".*"field".*)/, '$1$2')
        .replace('},{', '}{')
        .replace('}],[{"field"', '}],[{"field'),
    ],
    [
      'in CloudTrailEvent',
      json({ Events: [1, 2, 3].map(i => ({ EventId: `${i}`, CloudTrailEvent: R(i) })) }).replace(
        'e2',
        'e\u00002',
      ),
    ],
  ];
  it.each(NEIGHBOURS)('%s', (_, document) => {
    const { names, result } = namesOf(document);
    expect(names).toEqual(['X', 'X']);
    expect(result.rejected).toBe(1);
  });
});
