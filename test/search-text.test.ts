/** What a text is found in: records as they are written, decoded strings, any Unicode form and case. */

import { describe, expect, it } from 'vitest';
import { fold, jsonViews } from '../src/views.js';
import { found, foundHere, idsOf, indexOf, search, sorted } from './searching.js';
import { folder, ingestInto, offtrail, put, record, records, type TestRecord, trail } from './support.js';

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
    expect(search(db, 'veryUnusualNames', '--quiet')).toEqual({ code: 1, stdout: '', stderr: '' });
  });

  it('is found across the bounds of fields, as pasted from a record or from indented JSON', () => {
    const one = record({ sourceIPAddress: '198.51.100.9', errorCode: 'AccessDenied', futureField: 1 });
    const db = indexOf([...records(10), one, ...records(10)]);
    const line = JSON.stringify(one);
    for (let at = 0; at < line.length - 40; at += 7) {
      const text = line.slice(at, at + 40);
      expect(foundHere(db, text), text).toContain(one.eventID);
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
      expect(foundHere(db, text), text).toContain(policy.eventID);
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
