/** Records that the WebAssembly sees become the rows that they become without: values, hashes and what repeats. */

import { readFileSync } from 'node:fs';
import { constants, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../scripts/random.js';
import { type Batch, DIMENSION_AT, ROW, TEXTS, textAt } from '../src/batch.js';
import { createDictionary, type Dictionary, MAX_BYTES, MAX_ENTRIES } from '../src/bytes/dictionary.js';
import { FIELDS } from '../src/cloudtrail/fields.js';
import { type ByDimension, byDimension, DIMENSIONS } from '../src/dimensions.js';
import { createCursor, release } from '../src/read/cursor.js';
import { createRecordEncoder } from '../src/read/encoder.js';
import { ITEM_NAMES } from '../src/read/item-names.js';
import { type Members, scanMembers } from '../src/read/json-scan.js';
import { scanMemory } from '../src/read/scan-memory.js';
import { createShownDictionary } from '../src/read/shown-dictionary.js';
import { MADE } from '../src/read/shown-record.js';
import { createSplitter } from '../src/read/splitter.js';
import { filesBelow, record, SAMPLES } from './support.js';

const memory = scanMemory()!;
const random = createRandom(20261127);
const pick = <T>(of: readonly T[]): T => of[random.below(of.length)]!;

/** Reads documents one after another, and gives rows with their values in the place of numbers. */
function createReader(dictionaries: ByDimension<Dictionary>): (document: Buffer, size?: number) => unknown[] {
  const known = byDimension((): string[] => []);
  const rowsOf = (batch: Batch): unknown[] => {
    for (const of of batch.restarted) known[of] = [];
    for (const of of DIMENSIONS) known[of].push(...batch.newValues[of]);
    return Array.from({ length: batch.rowCount }, (_, r) => {
      const at = (position: number): number => batch.rows[r * ROW.width + position]!;
      const text = (start: number, length: number): string | null =>
        start < 0 ? null : Buffer.from(batch.payload.subarray(start, start + length)).toString();
      return {
        numbers: [ROW.ordinal, ROW.irregular, ROW.idHigh, ROW.idLow, ROW.contentHigh, ROW.contentLow].map(at),
        record: text(at(ROW.start), at(ROW.length)),
        values: DIMENSIONS.map(of => [of, known[of][at(DIMENSION_AT[of])] ?? null]),
        texts: TEXTS.map(name => [name, text(at(textAt(name)), at(textAt(name) + 1))]),
      };
    });
  };
  return (document, size = document.length) => {
    const encoder = createRecordEncoder(77, dictionaries, 0, []);
    const splitter = createSplitter({ file: 0, sink: encoder, maxRecordBytes: 1 << 22 });
    for (let at = 0; at < document.length; at += size)
      splitter.push(document.subarray(at, at + size), at + size >= document.length);
    splitter.result();
    return encoder.take(true).flatMap(rowsOf);
  };
}

const plain = createReader(byDimension(() => createDictionary()));
const seen = createReader(byDimension(() => createShownDictionary(memory)));

/** How many rows the WebAssembly made while `work` was done, and what it left to JavaScript. */
function passing(work: () => void): Record<keyof typeof MADE, number> {
  const passed = { declined: 0, done: 0, irregular: 0 };
  const { run } = memory;
  const row: typeof run.row = (...given) => {
    const made = run.row(...given);
    for (const name of Object.keys(passed) as Array<keyof typeof MADE>)
      if (MADE[name] === made) passed[name]++;
    return made;
  };
  memory.run = { ...run, row };
  work();
  memory.run = run;
  return passed;
}

const TEXT_VALUES = [
  '',
  'x',
  'ana',
  'with "quotes"',
  'back\\slash',
  'ü€😀',
  'line\nbreak',
  'null',
  '[]',
  '{',
];
function anyValue(depth = 0): unknown {
  const kind = random.below(depth > 2 ? 6 : 8);
  if (kind === 0) return null;
  if (kind === 1) return pick([0, -1.5, 1e21, true, false]);
  if (kind < 6) return pick(TEXT_VALUES) + pick(TEXT_VALUES) + 'y'.repeat(pick([0, 0, 3, 17, 300]));
  const parts = Array.from({ length: random.below(4) }, () => anyValue(depth + 1));
  return kind === 6 ? parts : Object.fromEntries(parts.map((part, i) => [`m${i}`, part]));
}

/** A record as text, with names in any order, twice, unknown or escaped. */
function anyRecord(): string {
  const members = Object.entries(record()).filter(([name]) => random.below(8) > 0 || /^event/.test(name));
  for (let i = random.below(6); i > 0; i--) members.push([pick(FIELDS).name, anyValue()]);
  for (let i = random.below(6) - 3; i > 0; i--) members.push([pick(['other', 'x-y', 'é']), anyValue()]);
  if (random.below(3) === 0)
    members.push(['requestParameters', { bucketName: anyValue(3), key: anyValue(3), more: anyValue() }]);
  if (random.below(3) === 0)
    members.push([
      'additionalEventData',
      { SignatureVersion: anyValue(3), bytesTransferredOut: anyValue(3) },
    ]);
  if (random.below(4) === 0) members.sort(() => random.below(3) - 1);
  const names = new Set<string>();
  const texts = members.flatMap(([name, value]) => {
    if (names.has(name) && random.below(10) > 0) return [];
    names.add(name);
    const written =
      random.below(60) === 0
        ? `\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}`
        : name;
    const space = random.below(60) === 0 ? ' ' : '';
    return [`"${written}"${space}:${space}${JSON.stringify(value)}`];
  });
  return `{${texts.join(',')}}`;
}

describe('records that are seen', () => {
  it('have the values and hashes that they have without', () => {
    let rows = 0;
    const { done, irregular, declined } = passing(() => {
      for (let round = 0; round < 400; round++) {
        const document = Buffer.from(`{"Records":[${Array.from({ length: 10 }, anyRecord).join(',')}]}`);
        const wanted = plain(document);
        // In pieces, what is left of one stands before the next.
        expect(seen(document, pick([document.length, 1000, 77]))).toEqual(wanted);
        rows += wanted.length;
      }
    });
    expect(rows).toBeGreaterThan(3000);
    // Not at all with white space, escaped names or a name twice; declined with others than fields, escapes and so on.
    expect(done).toBeGreaterThan(rows / 8);
    expect(irregular).toBeGreaterThan(rows / 100);
    expect(declined).toBeGreaterThan(rows / 8);
  });

  it('may stand in other objects of their document', () => {
    const events = Array.from({ length: 50 }, (_, i) => ({
      'detail-type': 'AWS API Call via CloudTrail',
      source: 'aws.s3',
      detail: record({ userAgent: `agent ${i}` }),
      more: { eventName: 'not this' },
    }));
    const document = Buffer.from(events.map(event => JSON.stringify(event)).join('\n'));
    const wanted = plain(document);
    expect(wanted.length).toBe(50);
    expect(seen(document)).toEqual(wanted);
  });

  it('may be longer than what is seen at a time, and have long values', () => {
    const long = [10, 33_000, 200_000, 262_000, 300_000, 40_000, 5].flatMap(length => [
      record({ userAgent: 'a'.repeat(length) }),
      record({ requestParameters: { bucketName: 'b', key: 'k'.repeat(length) } }),
      record({ errorCode: 'e'.repeat(length), tlsDetails: { cipherSuite: 'c'.repeat(length) } }),
    ]);
    const document = Buffer.from(JSON.stringify({ Records: [...long, ...long] }));
    expect(seen(document)).toEqual(plain(document));
  });

  it('of the sample logs, too', () => {
    let rows = 0;
    for (const path of filesBelow(SAMPLES).filter(name => name.endsWith('.json.gz'))) {
      // A cut file ends in the middle.
      const document = gunzipSync(readFileSync(path), { finishFlush: constants.Z_SYNC_FLUSH });
      const wanted = plain(document);
      expect(seen(document)).toEqual(wanted);
      rows += wanted.length;
    }
    expect(rows).toBeGreaterThan(100);
  });
});

it('the members of a document with very many are let go of, those of others are used again', () => {
  const options = {
    file: 0,
    sink: createRecordEncoder(
      7,
      byDimension(() => createDictionary()),
      0,
      [],
    ),
  };
  const read = (document: string): Members => {
    const cursor = createCursor({ ...options, maxRecordBytes: 1 << 20 });
    const bytes = Buffer.from(document);
    scanMembers(bytes, 0, bytes.length, ITEM_NAMES, cursor.members);
    release(cursor);
    return cursor.members;
  };
  const few = read('{"a":1}');
  expect(read('{"b":2}')).toBe(few);
  const many = read(`{${Array(3000).fill('"":0').join()}}`);
  expect(many.list.length).toBeGreaterThan(9000);
  expect(read('{"c":3}').list.length).toBeLessThan(2000);
});

describe('the dictionary of what is seen', () => {
  const numbered = (dictionary: Dictionary, values: readonly string[]): number[] =>
    values.map(value => {
      const bytes = Buffer.from(`--${value}-`);
      return dictionary.idOf(new DataView(bytes.buffer, bytes.byteOffset), 2, bytes.length - 1);
    });

  it('numbers values as the plain one does, however many there are', () => {
    const [one, other] = [createShownDictionary(memory), createDictionary()];
    for (let batch = 0; batch < 40; batch++) {
      const values = Array.from(
        { length: 3000 },
        () => `${'v'.repeat(random.below(40))}${random.below(60_000)}`,
      );
      expect(numbered(one, values)).toEqual(numbered(other, values));
      expect(one.byteLength()).toBe(other.byteLength());
      expect(one.takeNew()).toEqual(other.takeNew());
    }
  });

  it('begins again past its bounds', () => {
    const one = createShownDictionary(memory);
    const many = Array.from({ length: MAX_ENTRIES + 1 }, (_, i) => String(i));
    numbered(one, many);
    expect(one.takeNew()).toEqual({ values: many, restarted: false });
    expect(numbered(one, ['a', '5', 'a'])).toEqual([0, 1, 0]);
    expect(one.takeNew()).toEqual({ values: ['a', '5'], restarted: true });
    const large = Array.from({ length: 1 + MAX_BYTES / 30_000 }, (_, i) => String(i).padEnd(30_000, 'z'));
    expect(numbered(one, large)).toEqual(large.map((_, i) => i + 2));
    expect(numbered(one, large).at(-1)).toBe(large.length + 1);
    one.takeNew();
    expect(numbered(one, ['a'])).toEqual([0]);
  });

  it('takes a long value for a new one each time, and keeps nothing of it', () => {
    const one = createShownDictionary(memory);
    const long = 'l'.repeat(1 << 20);
    const before = memory.run.memory.buffer.byteLength;
    expect(numbered(one, [long, 'a', long, 'a'])).toEqual([0, 1, 2, 1]);
    expect(one.textOf(2)).toBe(long);
    expect(one.takeNew().values).toEqual([long, 'a', long]);
    expect(memory.run.memory.buffer.byteLength).toBe(before);
    // Its numbers stay its own when the table is made wider.
    numbered(
      one,
      Array.from({ length: 20_000 }, (_, i) => `w${i}`),
    );
    expect(numbered(one, ['a', 'w0', 'w19999'])).toEqual([1, 3, 20_002]);
  });
});
