/** The scan of members in WebAssembly: it finds what the plain scanner finds, or leaves the object to it. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { membersModule } from '../scripts/make-wasm.js';
import { createRandom } from '../scripts/random.js';
import { MEMBER, type Members, memberTable, newMembers, scanMembers } from '../src/read/json-scan.js';
import { findMembers } from '../src/read/members-scan.js';
import { ROOT } from './support.js';

const NAMES = ['eventName', 'eventVersion', 'a', '', 'requestParameters', 'eventNam€', 'id'];
const TABLE = memberTable(NAMES);
const [found, scanned] = [newMembers(TABLE), newMembers(TABLE)];
const random = createRandom(20261126);
const pick = <T>(of: readonly T[]): T => of[random.below(of.length)]!;

const seen = ({ count, list, bySlot, repeated, escaped, loose }: Members) => ({
  members: Array.from(list.subarray(0, count * MEMBER.width)),
  bySlot: Array.from(bySlot),
  repeated,
  escaped,
  loose,
});

it('is what its source says', async () => {
  expect(readFileSync(join(ROOT, 'src/read/members-wasm.ts'), 'utf8')).toBe(await membersModule());
}, 60_000);

const space = (): string => (random.below(6) === 0 ? pick([' ', '\n', '\t ', '\r\n']) : '');
const STRINGS = [
  '',
  'x',
  'AWS::S3::Object',
  '\\"',
  '\\\\',
  '\\u00e9 and more of it',
  'ü€😀',
  '{[,:]}',
  '\\n\\t\\/\\b',
];
const PLAIN = ['0', '-1.5e+10', '12345678901234567890', 'true', 'false', 'null', '1E5', '-0'];

function value(depth: number): string {
  const kind = random.below(depth > 4 ? 2 : 4);
  if (kind === 0) return pick(PLAIN);
  if (kind === 1) return `"${pick(STRINGS)}${'y'.repeat(random.below(40))}${pick(STRINGS)}"`;
  const parts = Array.from({ length: random.below(4) }, () => value(depth + 1));
  return kind === 2 ? `[${space()}${parts.join(`${space()},${space()}`)}${space()}]` : object(parts);
}

const object = (values: readonly string[]): string =>
  `{${space()}${values
    .map(
      each =>
        `"${random.below(40) === 0 ? '\\u0061' : pick([...NAMES, 'other', 'y'.repeat(random.below(30))])}"${space()}:${space()}${each}`,
    )
    .join(`${space()},${space()}`)}${space()}}`;

it('finds the members of whole objects, wherever they stand in their document', () => {
  let left = 0;
  for (let round = 0; round < 3000; round++) {
    const texts = Array.from({ length: 3 }, () =>
      object(Array.from({ length: random.below(12) }, () => value(1))),
    );
    const b = Buffer.from(texts.join('\n'));
    for (let i = 0, at = 0; i < texts.length; i++, at += 1) {
      const end = at + Buffer.byteLength(texts[i]!);
      JSON.parse(texts[i]!);
      const to = findMembers(b, at, b.length, TABLE, found);
      expect(scanMembers(b, at, b.length, TABLE, scanned)).toBe(end);
      if (to === 0) left++;
      else expect([to, seen(found)]).toEqual([end, seen(scanned)]);
      // Names with escapes alone are left.
      expect(to === 0).toBe(scanned.escaped);
      at = end;
    }
  }
  expect(left).toBeGreaterThan(100);
});

it('finds nothing in broken and cut ones that the plain scanner does not find', () => {
  let broken = 0;
  for (let round = 0; round < 10_000; round++) {
    const b = Buffer.from(object(Array.from({ length: random.below(8) }, () => value(1))));
    if (random.below(2) === 0)
      b[random.below(b.length)] = pick([0, 9, 0x22, 0x5c, 0x2c, 0x7b, 0x7d, 0x5b, 0x30, 0x2e, 0xff]);
    const end = random.below(2) === 0 ? b.length : random.below(b.length + 1);
    const to = findMembers(b, 0, end, TABLE, found);
    const other = scanMembers(b, 0, end, TABLE, scanned);
    if (other < 0) broken++;
    if (to !== 0) expect([to, seen(found)]).toEqual([other, seen(scanned)]);
  }
  expect(broken).toBeGreaterThan(3000);
});

it('goes on where its window ends, and leaves what is longer', () => {
  const record = (length: number): string => `{"id":"${'z'.repeat(length)}","eventName":7}`;
  const lengths = [10, 200_000, 100_000, 300_000, 5, 262_121, 262_122, 1];
  const b = Buffer.from(lengths.map(record).join(','));
  const results: number[] = [];
  for (let i = 0, at = 0; i < lengths.length; i++) {
    const end = at + record(lengths[i]!).length;
    const to = findMembers(b, at, b.length, TABLE, found, 1000);
    if (to !== 0) {
      expect(to).toBe(end);
      scanMembers(b, at, b.length, TABLE, scanned);
      expect(found.list[1]).toBe(scanned.list[1]! + 1000);
    }
    results.push(to === 0 ? 0 : 1);
    at = end + 1;
  }
  expect(results).toEqual([1, 1, 1, 0, 1, 1, 0, 1]);
});

it('sees the document at hand, not the one before', () => {
  const texts = ['{"a":1,"id":2}', '{"id":1,"a":2}'].map(text => Buffer.from(text));
  for (const b of [...texts, ...texts]) {
    expect(findMembers(b, 0, b.length, TABLE, found)).toBe(b.length);
    scanMembers(b, 0, b.length, TABLE, scanned);
    expect(seen(found)).toEqual(seen(scanned));
  }
});

it('looks into objects as deep as the plain scanner does', () => {
  for (const depth of [498, 499, 500, 501]) {
    const b = Buffer.from(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`);
    const other = scanMembers(b, 0, b.length, TABLE, scanned);
    expect(findMembers(b, 0, b.length, TABLE, found)).toBe(Math.max(0, other));
  }
});
