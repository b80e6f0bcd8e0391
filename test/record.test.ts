import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parserStream } from 'stream-json';
import { describe, expect, it } from 'vitest';
import { Fault, lastScan, scanValue } from '../src/read/json-scan.js';
import { openForQueries } from '../src/store/open.js';
import { createRebuilder } from '../src/store/rebuild.js';
import { readDocument } from './reading.js';
import {
  filesBelow,
  folder,
  ingestInto,
  offtrail,
  put,
  query,
  REAL_DATA,
  record,
  SAMPLES,
  trail,
} from './support.js';

interface Token {
  name: string;
  value?: string;
}

/** The records of a document as an independent parser sees them: tokens, numbers as written. */
function tokensOf(json: string): Promise<Token[]> {
  return new Promise((done, fail) => {
    const tokens: Token[] = [];
    const stream = parserStream({ streamValues: false, packValues: true, jsonStreaming: true });
    stream.on('data', token => tokens.push(token as unknown as Token));
    stream.on('end', () => done(tokens));
    stream.on('error', fail);
    stream.end(json);
  });
}

/** Rebuilds every record of `files` from the index and compares it with its file, token by token. */
async function expectRoundTrip(inputs: string[]): Promise<number> {
  const { db } = ingestInto(inputs);
  const index = openForQueries(db);
  const rebuild = createRebuilder(index);
  const rows = index
    .prepare(
      'SELECT e.id, f.path, e.ordinal FROM event AS e JOIN file AS f ON f.id = e.file_id ORDER BY f.path, e.ordinal',
    )
    .all() as Array<{ id: number; path: string; ordinal: number }>;
  const byPath = new Map<string, typeof rows>();
  for (const row of rows) byPath.set(row.path, [...(byPath.get(row.path) ?? []), row]);
  for (const [path, events] of byPath) {
    const bytes = readFileSync(path);
    const text = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8');
    const document = JSON.parse(text) as { Records?: unknown[] } | unknown[];
    const list = (Array.isArray(document) ? document : document.Records) as unknown[];
    for (const { id, ordinal } of events) {
      const rebuilt = rebuild(id);
      expect(JSON.stringify(JSON.parse(rebuilt))).toBe(JSON.stringify(list[ordinal]));
    }
    const rebuilt = events.map(({ id }) => rebuild(id)).join('\n');
    if (events.length === list.length) {
      const opening = Array.isArray(document) ? 1 : 3;
      const whole = (await tokensOf(text)).slice(opening, Array.isArray(document) ? -1 : -2);
      expect(await tokensOf(rebuilt)).toEqual(whole);
    }
  }
  index.close();
  return rows.length;
}

describe('a stored record is the record that was read', () => {
  it('in the sample tree: every token in its order', async () => {
    const whole = filesBelow(SAMPLES).filter(
      p => p.endsWith('.gz') && !p.includes('Digest') && !p.includes('us-west-2'),
    );
    expect(await expectRoundTrip(whole)).toBeGreaterThan(140);
  });

  it.skipIf(!existsSync(REAL_DATA))('in real logs (skipped where they are not there)', async () => {
    const inputs = [
      'invictus-aws-dataset/CloudTrail',
      'stratus-red-team/docs/detonation-logs',
      'umccr/AWSLogs',
    ];
    expect(await expectRoundTrip(inputs.map(path => join(REAL_DATA, path)))).toBe(2900 + 310 + 185);
  });

  it('with its numbers, escapes, unknown fields, repeated names and odd types', () => {
    const odd = String.raw`{"eventVersion":"1.10","eventName":"Odd","eventID":"odd-1","big":12345678901234567890,"tiny":9.82222E-5,"userAgent":"\u003cscript\u003e","errorMessage":"a \"quoted\" \\ word","eventTime":1709251200,"sourceIPAddress":null,"readOnly":true,"apiVersion":1.10,"requestParameters":{"key":"\u00e9\ud83d\ude00","n":1e400},"resources":[],"requestParameters":{"key":"twice"},"tlsDetails":{"tlsVersion":"TLSv1.2"},"vpcEndpointId":"vpce-1","":{"empty":"name"},"__proto__":{"x":1}}`;
    const root = folder();
    put(root, 'odd.json', `{"Records":[${odd}]}`);
    const { db, code } = ingestInto([root]);
    expect(code).toBe(0);
    const index = openForQueries(db);
    expect(createRebuilder(index)(1)).toBe(odd);
    index.close();
    expect(
      query(
        db,
        'SELECT useragent, errormessage, eventtime, sourceipaddress, readonly, apiversion, objectkey FROM cloudtrail_logs',
      ),
    ).toEqual([
      {
        useragent: '<script>',
        errormessage: 'a "quoted" \\ word',
        eventtime: '1709251200',
        sourceipaddress: null,
        readonly: 'true',
        apiversion: '1.10',
        objectkey: 'twice',
      },
    ]);
  });

  it.each([1 << 30, 2 << 20])('however long it is, in pieces as in one, with a limit of %d bytes', limit => {
    const long = (bytes: number) =>
      record({ requestParameters: { list: Array(Math.ceil(bytes / 10)).fill('a,{}]"x') } });
    const list = [record(), long(3 << 20), record(), long(9 << 20), record(), long(1 << 20), record()];
    const document = Buffer.from(trail(list));
    for (const bytes of [document, document.subarray(0, 11 << 20), Buffer.concat([document, document])]) {
      const whole = readDocument(bytes, undefined, limit);
      expect(whole.found.length).toBeGreaterThan(1);
      for (const size of [1 << 18, 700_001]) {
        const { found, rejected, result } = readDocument(bytes, size, limit);
        expect(found).toEqual(whole.found);
        // A record whose end is not there when it gets too long counts as damage of the document.
        expect({ ...result, damage: '' }).toEqual({ ...whole.result, damage: '' });
        const seen = rejected.map(({ raw, ...rest }) => ({ ...rest, raw: raw.length }));
        expect(seen).toEqual(whole.rejected.map(({ raw, ...rest }) => ({ ...rest, raw: raw.length })));
      }
    }
  });

  it('with its first name written with escapes, whatever follows', () => {
    const long = 'x'.repeat(200);
    const odd = String.raw`{"event\u0056ersion":"1.08","eventName":"A","eventTime":"2024-01-01T00:00:00Z","userAgent":"${long}","requestParameters":{"bucketName":"b","key":"${long}"},"eventID":"1"}`;
    const { found, rejected } = readDocument(Buffer.from(`{"Records":[${odd},${odd}]}`));
    expect(found).toEqual([odd, odd]);
    expect(rejected).toEqual([]);
  });

  it('keeps a field this version does not know, and its place', () => {
    const root = folder();
    put(root, 'a.json', trail([{ quantum: { on: true }, ...record({ futureField: [1, { b: null }] }) }]));
    const { db } = ingestInto([root]);
    expect(query(db, "SELECT additional_fields || '' AS text FROM cloudtrail_logs")).toEqual([
      { text: '{"quantum":{"on":true},"futureField":[1,{"b":null}]}' },
    ]);
  });

  it('JSON columns hold the JSON as it was written, without white space', () => {
    const root = folder();
    put(
      root,
      'a.json',
      '{"Records": [ {"eventVersion":"1.0", "eventName":"X", "requestParameters": { "b" : [ 1.0 , "\\u003c" ], "a": {} } } ]}',
    );
    const { db } = ingestInto([root]);
    expect(query(db, "SELECT requestparameters || '' AS p FROM cloudtrail_logs")).toEqual([
      { p: '{"b":[1.0,"\\u003c"],"a":{}}' },
    ]);
  });
});

describe('offtrail show', () => {
  it('prints the record as JSON and its files on stderr', () => {
    const one = record({ big: 1 });
    const root = folder();
    const path = put(root, 'a.json', trail([record(), one]));
    const { db } = ingestInto([root]);
    const ran = offtrail(['show', one.eventID as string, '--db', db]);
    expect(JSON.parse(ran.stdout)).toEqual(one);
    expect(ran.stdout.split('\n')[1]).toBe('  "eventVersion": "1.08",');
    expect(ran.stderr).toBe(`from ${path}, record 2\n`);
  });

  it('--raw prints the exact bytes, and says so when the file has changed or gone', () => {
    const root = folder();
    const raw = '{ "eventVersion" : "1.08",\n  "eventName":"X", "eventID":"raw-1" }';
    const path = put(root, 'a.json', `{"Records":[ ${raw} ]}`);
    const { db } = ingestInto([root]);
    const show = () => offtrail(['show', 'raw-1', '--raw', '--db', db]);
    expect(show().stdout).toBe(`${raw}\n`);
    put(root, 'a.json', `{"Records":[ ${raw.replace('X', 'Y')} ]}`);
    expect(show()).toMatchObject({ code: 2, stdout: '' });
    expect(show().stderr).toContain(`${path} has changed since it was indexed`);
    put(root, 'a.json', '');
    expect(show().stderr).toContain('has changed since it was indexed');
  });

  it('an unknown id ends with 2', () => {
    const { db } = ingestInto([put(folder(), 'a.json', trail([record()]))]);
    expect(offtrail(['show', 'nope', '--db', db])).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('the scanner agrees with JSON.parse', () => {
  const seeds = [
    '{"a":[1,-0.5e+3,true,null,"x\\u0041\\n"],"b":{"c":"\u00e9"}}',
    '[[],{},"",0,-1,1e9]',
    '"\\ud83d"',
    '{"a":{"b":{"c":[]}}}',
  ];
  const bytes = '{}[]",:\\u0019eE+-.tfn aé\u0001';

  it('on thousands of mutated documents', () => {
    let state = 7;
    const random = (n: number): number => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) % n;
    };
    let valid = 0;
    for (let i = 0; i < 20_000; i++) {
      let text = seeds[random(seeds.length)]!;
      for (let k = random(3); k > 0; k--) {
        const at = random(text.length);
        const piece = random(3) === 0 ? '' : bytes[random(bytes.length)]!;
        text = text.slice(0, at) + piece + text.slice(at + random(2));
      }
      let parses = true;
      try {
        JSON.parse(text);
      } catch {
        parses = false;
      }
      const b = Buffer.from(text, 'utf8');
      let end = b.length;
      let start = 0;
      while (start < end && b[start]! === 0x20) start++;
      while (end > start && b[end - 1]! === 0x20) end--;
      const scanned = scanValue(b, start, b.length);
      expect([text, scanned === end && start < end]).toEqual([text, parses]);
      if (parses) {
        valid++;
        // Every proper beginning is cut off or shorter, never invalid: the rest may still come.
        if (end - start > 1 && scanValue(b, start, end - 1) < 0)
          expect([text, lastScan.fault]).toEqual([text, Fault.Truncated]);
      }
    }
    expect(valid).toBeGreaterThan(3000);
  });
});
