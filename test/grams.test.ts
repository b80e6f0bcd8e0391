/** The loop in WebAssembly that makes signatures. */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { gramsModule } from '../scripts/make-wasm.js';
import { createRandom } from '../scripts/random.js';
import {
  BITS,
  createSignature,
  FOUR_MULTIPLIER,
  HEX,
  LOWER,
  MULTIPLIER,
  plainSignature,
  SHIFT,
} from '../src/store/text/grams.js';
import { folder, offtrail, put, query, ROOT, records, trail } from './support.js';

it('is what its source says', async () => {
  expect(readFileSync(join(ROOT, 'src/store/text/grams-wasm.ts'), 'utf8')).toBe(await gramsModule());
}, 60_000);

it('is not needed: an ingest without it makes the same index', () => {
  const root = put(folder(), 'log.json', trail(records(50)));
  const [db, other] = [join(folder(), 'one.db'), join(folder(), 'other.db')];
  offtrail(['ingest', root, '--db', db]);
  const cli = join(ROOT, 'dist', 'bin', 'offtrail.js');
  const ran = spawnSync(process.execPath, ['--jitless', cli, 'ingest', root, '--db', other], {
    encoding: 'utf8',
  });
  expect([ran.status, ran.stderr]).toEqual([0, expect.stringContaining('50 stored')]);
  const slices = 'SELECT hex(slices) FROM text_slices ORDER BY id';
  const bare = (path: string): unknown[] =>
    query(path, slices).map(row => String(Object.values(row)[0]).slice(0, -8));
  expect(bare(other)).toEqual(bare(db));
});

/** The bits of texts, in the plainest way. */
function bitsOf(texts: readonly Uint8Array[]): { bits: Set<number>; haveViews: boolean[] } {
  const bits = new Set<number>();
  const haveViews = texts.map(text => {
    // Before a text stand bytes that no JSON has.
    const lower = [1, 1, 1, ...Array.from(text, byte => LOWER[byte]! & 0xff)];
    const isHex = [false, false, false, ...Array.from(text, byte => (LOWER[byte]! & HEX) !== 0)];
    for (let i = 3; i < lower.length; i++) {
      const [a, b, c, d] = lower.slice(i - 3, i + 1) as [number, number, number, number];
      bits.add(Math.imul((b << 16) | (c << 8) | d, MULTIPLIER) >>> SHIFT);
      if (isHex.slice(i - 3, i + 1).every(Boolean))
        bits.add(Math.imul((a << 24) | (b << 16) | (c << 8) | d, FOUR_MULTIPLIER) >>> SHIFT);
    }
    return text.some(byte => byte === 0x5c || byte >= 0x80);
  });
  return { bits, haveViews };
}

it.each([
  ['in WebAssembly', createSignature],
  ['without', plainSignature],
])(
  'sets the bits that the plain rule sets, of texts of any bytes, anywhere in any buffer, %s',
  (_, create) => {
    const r = createRandom(11);
    const signature = create();
    const words = new Int32Array(BITS / 32 + 2);
    const alphabets = ['0123456789abcdefABCDEF', 'abcXYZ{}":,- 0', '\u0000\\é€😀ÿ"', 'f'];
    for (let round = 0; round < 120; round++) {
      const texts = Array.from({ length: 1 + r.below(4) }, () => {
        const letters = [...alphabets[r.below(alphabets.length)]!];
        // Some are longer than what is looked at at a time.
        const length = round % 60 === 7 ? (1 << 20) + r.below(9) : r.below(60);
        return Buffer.from(Array.from({ length }, () => letters[r.below(letters.length)]).join(''));
      });
      const buffer = Buffer.concat(texts.flatMap(text => [text, Buffer.from([1])]));
      const { bits, haveViews } = bitsOf(texts);
      let at = 0;
      for (const [i, text] of texts.entries()) {
        expect(signature.addText(buffer, at, at + text.length)).toBe(haveViews[i]);
        at += text.length + 1;
      }
      const more = r.below(BITS);
      signature.setBit(more);
      bits.add(more);
      expect(signature.count()).toBe(bits.size);
      signature.take(words, 1);
      const set: number[] = [];
      for (let bit = 0; bit < BITS; bit++)
        if ((words[1 + (bit >> 5)]! & (1 << (bit & 31))) !== 0) set.push(bit);
      expect(set).toEqual([...bits].sort((a, b) => a - b));
      expect([words[0], words.at(-1), signature.count()]).toEqual([0, 0, 0]);
    }
  },
);
