/** Bloom filters of Parquet files: what they know, as another program reads them. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { hashParquetValue, readBloomFilter, sbbfContains } from 'hyparquet/src/bloom.js';
import { compressors } from 'hyparquet-compressors';
import { expect, it } from 'vitest';
import { bloomModule } from '../scripts/make-wasm.js';
import { createRandom } from '../scripts/random.js';
import { addPlainly, addTexts, createFilter } from '../src/export/parquet/bloom.js';
import { folder, ingestInto, offtrail, put, ROOT, records, sampleIndex, trail } from './support.js';

const TEXT = { name: '', type: 'BYTE_ARRAY' } as const;
const hashOf = (text: string): bigint => hashParquetValue(text, TEXT)!;

/** What hyparquet reads: of each row group the values of a column, and its filter. */
async function groupsOf(
  path: string,
  column: string,
): Promise<Array<{ values: string[]; knows(value: string): boolean }>> {
  const bytes = readFileSync(path);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  const [root, ...below] = column.split('.');
  let rowStart = 0;
  const groups = [];
  for (const group of parquetMetadata(file).row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    const rows = await parquetReadObjects({ file, columns: [root!], rowStart, rowEnd, compressors });
    rowStart = rowEnd;
    const chunk = group.columns.find(of => of.meta_data!.path_in_schema.join('.') === column)!.meta_data!;
    const values = rows
      .map(row => below.reduce<unknown>((of, name) => (of as Record<string, unknown>)?.[name], row[root!]))
      .filter(value => typeof value === 'string');
    if (chunk.bloom_filter_offset === undefined) {
      expect(values).toEqual([]);
      continue;
    }
    const view = new DataView(file, Number(chunk.bloom_filter_offset), chunk.bloom_filter_length);
    const { blocks } = readBloomFilter({ view, offset: 0 })!;
    // Its length is that of the head and the blocks.
    expect(chunk.bloom_filter_length).toBeLessThan(blocks.byteLength + 32);
    groups.push({ values, knows: (value: string) => sbbfContains(blocks, hashOf(value)) });
  }
  return groups;
}

function exported(db: string, ...options: string[]): string {
  const path = join(folder(), 'all.parquet');
  expect(offtrail(['export', path, '--db', db, ...options]).code).toBe(0);
  return path;
}

it('know every id of their row group, and hardly one of another', async () => {
  const root = folder();
  const list = records(9_000).map((one, i) => ({ ...one, requestID: `R${i}` }));
  put(root, 'a.json', trail(list));
  const path = exported(ingestInto([root]).db);
  for (const column of ['eventid', 'requestid']) {
    const groups = await groupsOf(path, column);
    expect(groups.map(({ values }) => values.length)).toEqual([8192, 808]);
    for (const { values, knows } of groups) {
      expect(values.filter(value => !knows(value))).toEqual([]);
      const others = groups.flatMap(group => (group.values === values ? [] : group.values));
      expect(others.filter(knows).length).toBeLessThan(others.length * 0.03);
    }
  }
});

it.each([
  ['eventid', []],
  ['requestid', []],
  ['useridentity.accesskeyid', []],
  ['requestid', ['--source', 'access-logs']],
])('know every %s of the sample logs %j', async (column, options) => {
  const groups = await groupsOf(exported(sampleIndex(), ...options), column);
  expect(groups.length).toBeGreaterThan(0);
  for (const { values, knows } of groups) {
    expect(values.length).toBeGreaterThan(10);
    expect(values.filter(value => !knows(value))).toEqual([]);
  }
});

it('are those of the library, whatever the texts are', () => {
  const random = createRandom(9);
  for (const lengths of [[0], [1, 2, 3], [31, 32, 33], Array.from({ length: 200 }, (_, i) => i)]) {
    const texts = Buffer.concat(
      lengths.flatMap(length => {
        const size = Buffer.alloc(4);
        size.writeUInt32LE(length);
        return [size, Buffer.from(Uint8Array.from({ length }, () => random.below(256)))];
      }),
    );
    const [fast, plain] = [createFilter(lengths.length), createFilter(lengths.length)];
    addTexts(fast, texts);
    addPlainly(plain, texts);
    expect(fast).toEqual(plain);
    expect(fast.some(word => word !== 0)).toBe(true);
  }
});

it('are made by what their source says', async () => {
  expect(readFileSync(join(ROOT, 'src/export/parquet/bloom-wasm.ts'), 'utf8')).toBe(await bloomModule());
});
