/** Files that are hostile or damaged, and text of attackers in them. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
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
  statusOf,
  trail,
  trailGz,
} from './support.js';

const json = JSON.stringify;
const R = (i: number, more: object = {}): string =>
  json({ eventVersion: '1.08', eventName: 'X', eventID: `e${i}`, ...more });

/** What comes of a document in pieces of `size` bytes. */
function split(document: Buffer, size: number): unknown {
  const { found, rejected, result } = readDocument(document, size);
  return { found, rejected: rejected.map(({ raw, reason }) => ({ raw, reason })), result };
}

describe('a document in pieces gives what it gives whole', () => {
  const documents: Array<[string, string]> = [
    ['Records', trail(records(4))],
    ['numbers before the records', `{"count":1234567890,"when":12.5e3,"Records":[${R(1)},${R(2)}]}`],
    [
      'log events with timestamps',
      [1, 2, 3].map(i => json({ timestamp: 1700000000000 + i, message: R(i) })).join('\n'),
    ],
    ['indented lines', [1, 2, 3].map(i => json(JSON.parse(R(i)), null, 2)).join('\n')],
    ['a broken record', `{"Records":[${R(1)},${R(2).slice(0, -1)},${R(3)}]}`],
    ['a cut record', `{"Records":[${R(1)},${R(2)},${R(3).slice(0, 30)}`],
    ['junk first', `# exported\n${R(1)}\n${R(2)}`],
    ['bare numbers among records', `[${R(1)},12345,${R(2)}]`],
    [
      'lookup-events',
      json({ Events: [1, 2].map(i => ({ EventId: `${i}`, CloudTrailEvent: R(i) })), NextToken: 'x' }),
    ],
  ];
  it.each(documents)('%s', (_, document) => {
    const bytes = Buffer.from(document);
    const whole = split(bytes, bytes.length);
    for (let size = 1; size < 60; size++) expect([size, split(bytes, size)]).toEqual([size, whole]);
  });
});

describe('junk and broken items cost only themselves', () => {
  const lookup = (i: number): string => json({ EventId: `e${i}`, Username: 'u', CloudTrailEvent: R(i) });
  const logEvent = (i: number): string => json({ timestamp: 1, message: R(i) });
  const bridge = (i: number): string =>
    json({
      version: '0',
      id: `${i}`,
      'detail-type': 'AWS API Call via CloudTrail',
      detail: JSON.parse(R(i)),
    });
  const unknownFirst = (i: number): string => json({ '@timestamp': i, ...JSON.parse(R(i)) });
  const ten = (item: (i: number) => string, separator: string): string =>
    Array.from({ length: 10 }, (_, i) => (i === 1 ? item(i).slice(0, -2) : item(i))).join(separator);

  const CASES: Array<[string, string, stored: number]> = [
    ['a broken line before the records', `{"a": tru}\n${R(1)}\n${R(2)}`, 2],
    ['a comment line before the records', `# exported\n${R(1)}`, 1],
    ['a log line before the records', `[INFO] started\n${R(1)}\n${R(2)}`, 2],
    ['lookup-events', `{"Events":[${ten(lookup, ',')}]}`, 9],
    ['log events, one a line', ten(logEvent, '\n'), 9],
    ['filter-log-events', `{"events":[${ten(logEvent, ',')}]}`, 9],
    ['EventBridge envelopes', ten(bridge, '\n'), 9],
    ['records that begin with an unknown field', ten(unknownFirst, '\n'), 9],
    [
      'records as JSON strings, one a line',
      [R(1), '"cut', R(2)].map(r => (r.startsWith('"') ? r : json(r))).join('\n'),
      1,
    ],
  ];
  it.each(CASES)('%s', (_, document, stored) => {
    const { db, code } = ingestInto([put(folder(), 'a.json', document)]);
    const { records: counted } = statusOf(db);
    expect(counted.stored).toBeGreaterThanOrEqual(stored);
    expect(counted.rejected).toBe(1);
    expect(code).toBe(1);
  });

  it('EventBridge envelopes are kept behind a broken one', () => {
    const { db } = ingestInto([put(folder(), 'a.json', ten(bridge, '\n'))]);
    expect(count(db, 'SELECT count(envelope) FROM cloudtrail_logs')).toBe(9);
  });

  it('documents inside an array, and a document behind a cut one', () => {
    const inside = put(folder(), 'a.json', `[{"Records":[${R(1)}]},{"Records":[${R(2)},${R(3)}]}]`);
    expect(statusOf(ingestInto([inside]).db).records).toMatchObject({ total: 3, stored: 3 });
    const behind = put(folder(), 'a.json', `{"Records":[${R(1)}\n{"Records":[${R(2)}]}`);
    expect(statusOf(ingestInto([behind]).db).records).toMatchObject({ stored: 2 });
  });

  it('two records in one message both count', () => {
    const path = put(
      folder(),
      'a.json',
      json({ Events: [{ EventId: '1', CloudTrailEvent: `${R(1)} ${R(2)}` }] }),
    );
    expect(statusOf(ingestInto([path]).db).records).toMatchObject({ total: 2, stored: 2 });
  });

  it.each(['{"Records":[', '{"Records":[]', `{"Records":[${R(1)}`])('%s is a damaged file', document => {
    const { db, code } = ingestInto([put(folder(), 'a.json', document)]);
    expect(code).toBe(1);
    expect(statusOf(db).files).toMatchObject({ indexed: 1, damaged: 1 });
  });
});

describe('an attacker’s text', () => {
  it('inside a cut record never becomes an event of its own', () => {
    const forged = {
      eventVersion: '1.08',
      eventName: 'FORGED',
      eventID: 'forged',
      userIdentity: { arn: 'arn:aws:iam::1:user/boss' },
    };
    for (const parameters of [{ x: forged }, { x: [forged] }]) {
      const cut = `{"Records":[${R(1)},${R(2, { requestParameters: parameters }).slice(0, -1)},`;
      const { db } = ingestInto([put(folder(), 'a.json', cut)]);
      expect(query(db, 'SELECT eventname FROM cloudtrail_logs')).toEqual([{ eventname: 'X' }]);
      expect(statusOf(db).records.rejected).toBe(1);
    }
  });

  it('in escaped names is read like any name', () => {
    const odd = String.raw`{"eventVersion":"1.08","event\u004eame":"A","eventID":"1","user\u0041gent":"evil","recipientAccount\u0049d":"999"}`;
    const { db, code } = ingestInto([
      put(folder(), 'a.json', `{"Records":[${odd},${odd.replace('"A"', '"B"')}]}`),
    ]);
    expect(code).toBe(0);
    expect(
      query(
        db,
        'SELECT eventname, useragent, recipientaccountid, is_conflicting FROM cloudtrail_logs ORDER BY 1',
      ),
    ).toEqual([
      { eventname: 'A', useragent: 'evil', recipientaccountid: '999', is_conflicting: 1 },
      { eventname: 'B', useragent: 'evil', recipientaccountid: '999', is_conflicting: 1 },
    ]);
    expect(offtrail(['show', '1', '--db', db]).stdout).toContain(String.raw`"event\u004eame": "A"`);
  });

  it('with one id for thousands of records does not make the ingest endless', () => {
    const list = Array.from({ length: 3000 }, (_, i) => record({ eventID: 'same', requestID: `r${i}` }));
    const { db } = ingestInto([put(folder(), 'a.json', trail(list))]);
    expect(statusOf(db).records).toMatchObject({ total: 3000, stored: 3000 });
  });

  it('with blanks does not make a table endless', () => {
    const key = `k${' '.repeat(80_000)}k`;
    const { db } = ingestInto([
      put(folder(), 'a.json', trail([record({ requestParameters: { key } }), ...records(50)])),
    ]);
    const began = process.cpuUsage();
    const { stdout } = offtrail(['s3', 'get-object', '--db', db]);
    expect(stdout).toContain('aws-cli');
    // 11 s before; this is no measurement, only the difference between bounded and not.
    expect(process.cpuUsage(began).user).toBeLessThan(5e6);
  });

  it('in file names is escaped in every message', () => {
    const root = folder();
    put(root, 'a\nstored: FAKE.json', trail([record({ eventID: 'nl' })]));
    const { db } = ingestInto([root]);
    expect(offtrail(['show', 'nl', '--db', db]).stderr).toMatch(
      /^from .*a\\nstored: FAKE\.json, record 1\n$/,
    );
  });
});

describe('no file is passed over in silence', () => {
  it('whatever its name', () => {
    const root = folder();
    for (const name of [
      'a\nb.json',
      'a\rb.json',
      'a\u2028b.json',
      'a\\b.json',
      'sub\ndir/f.json',
      '[x].json',
      '*.json',
      '.hidden.json',
    ]) {
      put(root, name, trail(records(1)));
    }
    expect(ingestInto([root]).stderr).toContain('8 files = 8 indexed');
  });

  it('a dangling link under a glob is reported, the rest is read', () => {
    const root = folder();
    put(root, 'a.json', trail(records(1)));
    spawnSync('ln', ['-s', '/nowhere', join(root, 'b.json')]);
    const { code, stderr } = ingestInto([`${root}/*.json`]);
    expect(code).toBe(1);
    expect(stderr).toContain('1 file = 1 indexed');
    expect(stderr).toContain('a link to nothing');
  });
});

describe('values are never invented', () => {
  it('numbers keep their text in text columns', () => {
    const odd =
      '{"eventVersion":1.10,"eventName":"X","eventID":"1","recipientAccountId":123456789012345678,"awsRegion":1e999,"userIdentity":{"accountId":123456789012345678901,"userName":1.0},"additionalEventData":{"bytesTransferredIn":"","bytesTransferredOut":42.0}}';
    const { db } = ingestInto([put(folder(), 'a.json', `{"Records":[${odd}]}`)]);
    expect(
      query(
        db,
        'SELECT eventversion, recipientaccountid, awsregion, useridentity_accountid, useridentity_username, bytestransferredin, bytestransferredout FROM cloudtrail_logs',
      ),
    ).toEqual([
      {
        eventversion: '1.10',
        recipientaccountid: '123456789012345678',
        awsregion: '1e999',
        useridentity_accountid: '123456789012345678901',
        useridentity_username: '1.0',
        bytestransferredin: '',
        bytestransferredout: 42,
      },
    ]);
  });

  it('records that differ in a long number or a repeated name are two records', () => {
    const same = (parameters: string): string =>
      `{"eventVersion":"1.08","eventName":"X","eventID":"1","requestParameters":${parameters}}`;
    const list = [
      '{"n":12345678901234567890}',
      '{"n":12345678901234567999}',
      '{"n":1,"n":12345678901234567890}',
    ].map(same);
    const { db } = ingestInto([put(folder(), 'a.json', `{"Records":[${list.join(',')}]}`)]);
    expect(statusOf(db).records).toMatchObject({ stored: 3, duplicate: 0, conflicting: 3 });
  });

  it('a repeated unknown name is shown as often as it was written', () => {
    const { db } = ingestInto([
      put(
        folder(),
        'a.json',
        `{"Records":[{"eventVersion":"1.08","eventName":"G","eventID":"1","foo":1,"foo":2}]}`,
      ),
    ]);
    expect(offtrail(['show', '1', '--db', db]).stdout).toContain('"foo": 1,\n  "foo": 2');
  });

  it('text in the index is sound UTF-8 even where a record holds half a character', () => {
    const { db } = ingestInto([
      put(
        folder(),
        'a.json',
        String.raw`{"Records":[{"eventVersion":"1.08","eventName":"\ud800n","eventID":"1","userIdentity":{"userName":"\ud800x"}}]}`,
      ),
    ]);
    expect(
      query(db, 'SELECT hex(eventname) AS a, hex(useridentity_username) AS b FROM cloudtrail_logs'),
    ).toEqual([{ a: 'EFBFBD6E', b: 'EFBFBD78' }]);
  });

  it('conflicts do not depend on the order of ingests', () => {
    const a = put(
      folder(),
      'a.json',
      '{"Records":[{"eventVersion":"1","eventName":"a","eventID":"A","recipientAccountId":null}]}',
    );
    const b = put(folder(), 'b.json', '{"Records":[{"eventVersion":"1","eventName":"b","eventID":"A"}]}');
    const once = ingestInto([a, b]);
    const twice = ingestInto([a]);
    offtrail(['ingest', b, '--db', twice.db]);
    for (const { db } of [once, twice])
      expect(statusOf(db).records).toMatchObject({ stored: 2, conflicting: 2 });
  });
});

describe('a limit that is raised', () => {
  it('reads the files again that it had cut', () => {
    const path = put(
      folder(),
      'a.json.gz',
      trailGz([record(), record({ requestParameters: { key: 'x'.repeat(2 << 20) } })]),
    );
    const { db, code } = ingestInto([path], ['--max-record-mb', '1']);
    expect(code).toBe(1);
    const again = offtrail(['ingest', path, '--db', db, '--max-record-mb', '8']);
    expect(again.stderr).toContain('1 file = 1 indexed + 0 unchanged');
    expect(again.code).toBe(0);
    expect(statusOf(db).records).toMatchObject({ total: 2, stored: 2, rejected: 0 });
  });
});

it('a very long string can be shown', () => {
  const { db } = ingestInto([
    put(
      folder(),
      'a.json',
      trail([record({ eventID: 'long', requestParameters: { key: 'y"\\'.repeat(3 << 20) } })]),
    ),
  ]);
  const ran = offtrail(['show', 'long', '--db', db]);
  expect(ran.code).toBe(0);
  expect(
    (JSON.parse(ran.stdout) as { requestParameters: { key: string } }).requestParameters.key,
  ).toHaveLength(9 << 20);
});
