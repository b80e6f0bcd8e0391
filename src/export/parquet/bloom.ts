/**
 * Bloom filters of Parquet ("Parquet Bloom Filter" of the format): what the filter of a row group does not know is not in
 * it, so that whoever looks for one id reads the row groups alone that may have it.
 */

import { hashParquetValue } from 'hyparquet/src/bloom.js';
import { createBloomFilter, sbbfInsert, writeBloomFilter } from 'hyparquet-writer/src/bloom.js';
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js';
import { ensureMemory, loadWasm, type WasmMemory } from '../../bytes/wasm.js';
import { lazily } from '../../lazy.js';
import { BLOOM_WASM } from './bloom-wasm.js';

/** Words, eight to a block. */
export type BloomFilter = Uint32Array;

/** Functions of `scripts/wasm/bloom.ts`. */
interface Bloom {
  memory: WasmMemory;
  add(length: number, blocks: number): void;
}

/** The part of absent values that a filter lets through. */
const FALSE_POSITIVES = 0.01;
/** Where values begin in memory, behind the filter; as in `scripts/wasm/bloom.ts`. */
const VALUES = 1 << 16;

const loaded = lazily(() => loadWasm<Bloom>(BLOOM_WASM, VALUES));

/** A filter for so many values. */
export const createFilter = (values: number): BloomFilter => createBloomFilter(values, FALSE_POSITIVES);

/**
 * Adds texts to a filter: in WebAssembly, where there is any, some hundred times as fast as the library.
 * @param texts as a page has them: the length of each before it in four bytes
 */
export function addTexts(filter: BloomFilter, texts: Uint8Array): void {
  const bloom = filter.byteLength <= VALUES ? loaded() : undefined;
  if (!bloom) {
    addPlainly(filter, texts);
    return;
  }
  const { memory } = bloom;
  ensureMemory(memory, VALUES + texts.length);
  new Uint32Array(memory.buffer).set(filter);
  new Uint8Array(memory.buffer).set(texts, VALUES);
  bloom.add(texts.length, filter.length / 8);
  filter.set(new Uint32Array(memory.buffer, 0, filter.length));
}

/** The same with the library. */
export function addPlainly(filter: BloomFilter, texts: Uint8Array): void {
  const view = new DataView(texts.buffer, texts.byteOffset, texts.length);
  for (let at = 0; at < texts.length; ) {
    const end = at + 4 + view.getUint32(at, true);
    sbbfInsert(filter, hashParquetValue(texts.subarray(at + 4, end), { name: '', type: 'BYTE_ARRAY' })!);
    at = end;
  }
}

/** A filter as it stands in a file. */
export function serializeFilter(filter: BloomFilter): Uint8Array {
  const writer = new ByteWriter(filter.byteLength + 32);
  writeBloomFilter(writer, filter);
  return writer.getBytes();
}
