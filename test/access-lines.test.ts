/** Lines of S3 server access logs: real ones, documented ones, hostile ones, and random ones. */

import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fuzz } from '../scripts/fuzz-access-lines.js';
import { ACCESS_FIELDS, type AccessFieldName, FIELD_COUNTS, placeOf } from '../src/access-logs/fields.js';
import { createLine } from '../src/access-logs/layout.js';
import { parseLine } from '../src/access-logs/line.js';
import { secondsOf } from '../src/access-logs/time.js';
import { isoSecond } from '../src/cloudtrail/time.js';
import { BROKEN, CASES, DOCUMENTED, HEAD, TAIL } from './access-line-cases.js';
import { filesBelow, REAL_DATA } from './support.js';

type Fields = Partial<Record<AccessFieldName, string>>;

/** The fields of a line, by name. */
function read(text: string): Fields & { more?: string; fieldCount: number; isAmbiguous: boolean } {
  const bytes = Buffer.from(text);
  const line = createLine();
  if (!parseLine(bytes, 0, bytes.length, line)) throw new Error(`${line.problem}: ${text}`);
  const fields: Fields = {};
  for (const [place, { name }] of ACCESS_FIELDS.entries()) {
    const from = line.offsets[2 * place]!;
    if (from >= 0) fields[name] = bytes.toString('utf8', from, line.offsets[2 * place + 1]);
  }
  const more = line.moreStart < 0 ? {} : { more: bytes.toString('utf8', line.moreStart, line.moreEnd) };
  return { ...fields, ...more, fieldCount: line.fieldCount, isAmbiguous: line.isAmbiguous };
}

describe('a line', () => {
  it('gives the 27 fields of the line that AWS documents', () => {
    const fields = read(DOCUMENTED);
    const owner = DOCUMENTED.slice(0, 64);
    expect(fields).toEqual({
      bucketowner: owner,
      bucket_name: 'amzn-s3-demo-bucket1',
      requestdatetime: '06/Feb/2019:00:00:38 +0000',
      remoteip: '192.0.2.3',
      requester: owner,
      requestid: '3E57427F3EXAMPLE',
      operation: 'REST.GET.VERSIONING',
      key: '-',
      request_uri: 'GET /amzn-s3-demo-bucket1?versioning HTTP/1.1',
      httpstatus: '200',
      errorcode: '-',
      bytessent: '113',
      objectsize: '-',
      totaltime: '7',
      turnaroundtime: '-',
      referrer: '-',
      useragent: 'S3Console/0.4',
      versionid: '-',
      hostid: 's9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3/eTPFvsiP/XV/VLi31234=',
      sigv: 'SigV4',
      ciphersuite: 'ECDHE-RSA-AES128-GCM-SHA256',
      authtype: 'AuthHeader',
      endpoint: 'amzn-s3-demo-bucket1.s3.us-west-1.amazonaws.com',
      tlsversion: 'TLSV1.2',
      accesspointarn: 'arn:aws:s3:us-west-1:123456789012:accesspoint/example-AP',
      aclrequired: 'Yes',
      sourceregion: 'us-east-1',
      fieldCount: 27,
      isAmbiguous: false,
    });
    expect(FIELD_COUNTS).toEqual([18, 24, 25, 26, 27]);
  });

  it.each(CASES)('with %s is read as documented', (_about, rest, reading) => {
    const { isAmbiguous, ...fields } = read(HEAD + rest);
    const { isAmbiguous: _, ...expected } = reading;
    expect(fields).toMatchObject(expected);
    expect(isAmbiguous).toBe(reading.isAmbiguous === true);
    expect(fields).toMatchObject({
      bucket_name: 'my-bucket',
      operation: 'REST.GET.OBJECT',
      key: 'data/x.csv',
    });
  });

  it.each(BROKEN)('that is broken says why: %s', (text, problem) => {
    const bytes = Buffer.from(text);
    const line = createLine();
    expect(parseLine(bytes, 0, bytes.length, line)).toBe(false);
    expect(line.problem).toBe(problem);
    expect(line.problemAt).toBeGreaterThanOrEqual(0);
    expect(line.problemAt).toBeLessThanOrEqual(bytes.length);
    expect(line.offsets.every(offset => offset === -1)).toBe(true);
  });

  it('says at which byte it stopped to make sense', () => {
    const at = (text: string): number => {
      const line = createLine();
      parseLine(Buffer.from(text), 0, Buffer.byteLength(text), line);
      return line.problemAt;
    };
    expect(at(`${HEAD}GET`)).toBe(HEAD.length);
    expect(at(`${HEAD}- 200 - 1 1 1 1 x`)).toBe(HEAD.length + '- 200 - 1 1 1 1 '.length);
  });

  it('is read within a larger buffer, whatever stands around it and was read before', () => {
    const text = `x" "y" 200\n${DOCUMENTED}\r\n"-" "-" - - -`;
    const bytes = Buffer.from(text);
    const from = text.indexOf('\n') + 1;
    const line = createLine();
    parseLine(Buffer.from(HEAD + CASES[6]![1]), 0, HEAD.length + CASES[6]![1].length, line);
    expect(parseLine(bytes, from, text.lastIndexOf('\n'), line)).toBe(true);
    const place = placeOf('sourceregion');
    expect(bytes.toString('utf8', line.offsets[2 * place], line.offsets[2 * place + 1])).toBe('us-east-1');
    expect(line.fieldCount).toBe(27);
    expect(line.moreStart).toBe(-1);
  });

  it('keeps bytes that are not UTF-8', () => {
    const bytes = Buffer.from(
      `${HEAD}"GET /\xff HTTP/1.1" 200 - 1 1 1 1 "\xc3" "\xfe\xff" ${TAIL}`,
      'latin1',
    );
    const line = createLine();
    expect(parseLine(bytes, 0, bytes.length, line)).toBe(true);
    const place = placeOf('useragent');
    expect([...bytes.subarray(line.offsets[2 * place], line.offsets[2 * place + 1])]).toEqual([0xfe, 0xff]);
  });

  it('has at least fifty hostile forms here', () => {
    expect(CASES.length + BROKEN.length).toBeGreaterThan(70);
  });
});

describe('random lines', () => {
  it('give back every field, or are marked as ambiguous', () => {
    const { lines, exact, ambiguous, wrong } = fuzz({ lines: 20_000, seed: 14 });
    expect(wrong).toEqual([]);
    expect(exact + ambiguous).toBe(lines);
    expect(exact).toBeGreaterThan(lines / 3);
  });
});

/** How often `parseLine` looks at a byte of a line. */
function looks(text: string): number {
  let count = 0;
  const bytes = new Proxy(Buffer.from(text), {
    get(target, name) {
      count++;
      return Reflect.get(target, name);
    },
  });
  parseLine(bytes, 0, text.length, createLine());
  return count;
}

describe('time', () => {
  const pieces = [
    '"',
    ' ',
    '" ',
    '"" ',
    '" "',
    '" - - - - - - ',
    '" 200 - 1 1 1 1 "',
    '" 200 - 1 1 1 1 - - ',
  ];
  const starts = [
    '"GET ',
    '- - - - - - - "',
    '"GET / HTTP/1.1" 200 - 1 1 1 1 "',
    '"GET / HTTP/1.1" 200 - 1 1 1 1 "-" "',
  ];
  it.each(pieces.flatMap(piece => starts.map(start => [piece, start] as const)))(
    'is linear in a line of %j after %j',
    (piece, start) => {
      const line = (size: number): string => `${HEAD}${start}${piece.repeat(size / piece.length)}" ${TAIL}`;
      for (const size of [2_000, 20_000]) expect(looks(line(size)) / line(size).length).toBeLessThan(24);
    },
  );
});

/** The regular expression of AWS's own Athena table for access logs, as it documents it in 2026. */
const ATHENA =
  /^([^ ]*) ([^ ]*) \[(.*?)\] ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ("[^"]*"|-) (-|[0-9]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ("[^"]*"|-) ([^ ]*)(?: ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*))?.*$/;

/** The columns that differ between that expression and ours: `null` where it matches nothing at all. */
function lostInAthena(text: string): string[] | null {
  const columns = ATHENA.exec(text);
  if (columns === null) return null;
  const fields = read(text);
  return ACCESS_FIELDS.filter(({ name, form }, place) => {
    const column = columns[place + 1];
    const value = form === 'quoted' ? column?.replace(/^"(.*)"$/, '$1') : column;
    return value !== fields[name];
  }).map(({ name }) => name);
}

describe("AWS's expression for Athena", () => {
  it('and this reader agree on the documented line', () => {
    expect(lostInAthena(DOCUMENTED)).toEqual([]);
  });

  it('loses all that lines before 2025 have after the version id', () => {
    const at = (about: string): string => HEAD + CASES.find(([name]) => name === about)![1];
    expect(lostInAthena(at('26 fields'))).toEqual(
      ACCESS_FIELDS.slice(placeOf('hostid'), placeOf('sourceregion')).map(({ name }) => name),
    );
    expect(lostInAthena(at('24 fields'))).toEqual(
      ACCESS_FIELDS.slice(placeOf('hostid'), placeOf('accesspointarn')).map(({ name }) => name),
    );
    expect(lostInAthena(at('18 fields'))).toEqual([]);
  });

  it('loses the whole line, or shifts it, for these; this reader does not', () => {
    const lost = CASES.filter(([, rest]) => lostInAthena(HEAD + rest) === null).map(([about]) => about);
    expect(lost).toEqual(
      expect.arrayContaining(['a quoted word in it', 'spaces in the referer', 'quotes in the target']),
    );
    expect(lost.length).toBeGreaterThanOrEqual(20);
  });
});

const DANDI = join(REAL_DATA, 's3-access-logs-dandi', 'tests', 'test_reduction', 'examples');
if (!existsSync(DANDI)) console.warn(`skipped: real access logs, which are not in ${DANDI}`);

describe.skipIf(!existsSync(DANDI))('real lines', () => {
  const logs = existsSync(DANDI) ? filesBelow(DANDI).filter(path => path.endsWith('.log')) : [];
  const linesOf = (path: string): string[] => readFileSync(path, 'utf8').split('\n').filter(Boolean);

  it('are all read, without a doubt', () => {
    const lines = logs.flatMap(linesOf);
    expect(lines).toHaveLength(14);
    for (const line of lines)
      expect(read(line)).toMatchObject({ isAmbiguous: false, bucket_name: 'dandiarchive' });
    expect(lines.filter(line => read(line).fieldCount === 25)).toHaveLength(8);
    expect(lines.filter(line => read(line).fieldCount === 26)).toHaveLength(6);
  });

  it.each(logs.map(path => [basename(path), path] as const))('agree with another parser: %s', (_, path) => {
    const expected = readFileSync(
      path.replace('raw_logs', 'expected_output').replace(/\.log$/, '.tsv'),
      'utf8',
    );
    // It keeps GET requests for whole folders of data that succeeded (200 and 206), by key and address.
    const rows = linesOf(path)
      .map(read)
      .filter(({ operation, httpstatus }) => operation === 'REST.GET.OBJECT' && /^20[06]$/.test(httpstatus!))
      .map(({ requestdatetime = '', remoteip, key = '', bytessent }) => {
        const bytes = Buffer.from(requestdatetime);
        const time = isoSecond(secondsOf(bytes, 0, bytes.length)!).slice(0, 19);
        const folder = key.startsWith('zarr/') ? key.split('/').slice(0, 2).join('/') : key;
        return [time, remoteip, folder, bytessent].join('\t');
      });
    expect(['timestamp\tip_address\tobject_key\tbytes_sent', ...rows].join('\n')).toBe(expected.trim());
  });

  it('have the quotes and backslashes that attackers wrote', () => {
    const lines = logs.flatMap(linesOf).map(read);
    const attack = lines.find(({ requestid }) => requestid === 'MJH1XJ8DHPSZFND7')!;
    expect(attack).toMatchObject({
      httpstatus: '404',
      errorcode: 'NoSuchKey',
      bytessent: '272',
      turnaroundtime: '-',
    });
    expect(attack.request_uri).toMatch(/^GET \/\/\?s=index\/\\think.*explode\(".",".*\?> HTTP\/1\.1$/);
    expect(attack.referrer).toMatch(/^https:\/\/dandiarchive.*\$ch\[4\]\);\?>$/);
    expect(attack.useragent).toBe(
      'Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)',
    );
    const quoted = lines.find(({ requestid }) => requestid === '5PCGX9WKFQMJH6FB')!;
    expect(quoted.useragent).toMatch(/^"Mozilla\/5\.0 .* Safari\/537\.36$/);
    expect(quoted.objectsize).toBe('422868123111');
  });
});
