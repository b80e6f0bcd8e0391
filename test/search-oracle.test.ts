/** `offtrail search` beside independent searches of the same logs: every occurrence is found, and nothing else. */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { differences, drawNeedles, sampleLines } from '../scripts/oracle.js';
import { createRandom } from '../scripts/random.js';
import { openIndex, type SearchOptions } from '../src/index.js';
import { several } from './failing.js';
import { damage, found, sorted } from './searching.js';
import {
  filesBelow,
  folder,
  ingestInto,
  put,
  REAL_DATA,
  record,
  records,
  SAMPLES,
  sampleIndex,
  type TestRecord,
} from './support.js';

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
    const db = sampleIndex();
    damage(db, 'DROP TABLE text_block');
    const r = createRandom(6);
    expect(differences(db, SAMPLES, drawNeedles(r, sampleLines(r, SAMPLES), 100))).toEqual([]);
  });

  it('counted as they are listed, though most of what is in many events is not read', () => {
    // Records that are kept whole: what they point to does not say what stands in them, or where.
    const whole = records(40).map((one, i) =>
      JSON.stringify({ ...one, userAgent: `agent/${i % 3} "x" \u00e9`, eventName: 'PutObject' }).replace(
        '"eventName":"PutObject"',
        i % 2 === 0
          ? '"eventName":"GetObject","eventName":"PutObject"'
          : '"eventName":"PutObject","eventName":"GetObject"',
      ),
    );
    // Members of a channel, which are neighbours in the index alone.
    const channels = records(60).map(one => ({
      vpcEndpointId: 'vpce-1',
      ...one,
      tlsDetails: { tlsVersion: 'x' },
    }));
    // The ids of later rows come first.
    const list: TestRecord[] = [...records(200), ...several(30), ...channels].reverse();
    const plain = list.map(one => JSON.stringify(one));
    const log = `{"Records":[${[...plain, ...whole].join(',')}]}`;
    const { db } = ingestInto([SAMPLES, put(folder(), 'log.json', log)]);
    const texts = [
      'GetObject',
      '"eventName":"GetObject"',
      '"eventName":"G',
      'aws',
      's3.amazonaws.com',
      'a',
      'e"',
    ];
    const { eventSource, awsRegion } = record();
    const neighbours = [
      `"eventSource":"${String(eventSource)}","eventName":"PutObject"`,
      `"eventName":"PutObject","awsRegion":"${String(awsRegion)}"`,
      '"vpcEndpointId":"vpce-1","tlsDetails"',
    ];
    const others = [
      'us-east-1',
      'Get.*ct',
      '"x"',
      'agent/1',
      'nowhere-at-all',
      'my-bucket',
      ',"',
      'AKIA',
      '111122223333',
    ];
    const ways: Array<Omit<SearchOptions, 'text'>> = [
      {},
      { word: true },
      { regex: true },
      { caseSensitive: true },
      { not: 'us-east-1' },
      { not: ['"eventName":"GetObject"', 'agent/1'] },
      { from: '2024-03-01', to: '2024-03-04T05:00' },
      { eventName: 'GetObject' },
      { bucket: 'b*' },
      { eventId: list.slice(0, 3).map(one => one.eventID as string) },
    ];
    const index = openIndex(db);
    let many = 0;
    for (const way of ways)
      for (const text of [
        ...texts,
        ...others,
        ...neighbours,
        ['aws', 'GetObject'],
        ['agent/1', '"eventName":"G'],
      ])
        for (const any of Array.isArray(text) ? [true, false] : [false]) {
          const found = index.search({ text, any, ...way });
          const listed = [...found].length;
          expect(found.count(), JSON.stringify([text, any, way])).toBe(listed);
          if (listed > 100) many++;
        }
    expect(many).toBeGreaterThan(40);
    index.close();
  });

  const jq = spawnSync('jq', ['--version']).status === 0;
  it.skipIf(!jq)('as jq and grep find it (skipped without jq)', () => {
    const db = sampleIndex();
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
