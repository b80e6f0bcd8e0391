/** The options of `offtrail search`, what it prints, text of attackers, and searching through the library. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../scripts/random.js';
import { openIndex } from '../src/index.js';
import { found, idsOf, indexOf, search } from './searching.js';
import { CLI, folder, offtrail, record, records, type TestRecord } from './support.js';

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
    expect(bad.stderr).toContain('is not a valid regular expression');
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

describe('the library', () => {
  it('searches while other rows of the index are being read, and in turns', () => {
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
