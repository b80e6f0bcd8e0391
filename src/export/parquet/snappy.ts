/** Snappy's block format. */

import { snappyCompress } from 'hyparquet-writer/src/snappy.js';
import { ensureMemory, loadWasm, type WasmMemory } from '../../bytes/wasm.js';
import { lazily } from '../../lazy.js';
import { SNAPPY_WASM } from './snappy-wasm.js';

/** Functions of `scripts/wasm/snappy.ts`. */
interface Snappy {
  memory: WasmMemory;
  compress(length: number, output: number): number;
}

/** Where the bytes begin that are compressed; as in `scripts/wasm/snappy.ts`. */
const INPUT = 1 << 17;
/** Bytes behind an end that may be read or written over. */
const MARGIN = 64;

const loaded = lazily(() => loadWasm<Snappy>(SNAPPY_WASM, INPUT));

/**
 * Compresses bytes; the result is valid until the next call. In WebAssembly, where there is any: it is some times as fast
 * as the library.
 */
export function compress(bytes: Uint8Array): Uint8Array {
  const snappy = loaded();
  return snappy ? compressed(snappy, bytes) : snappyCompress(bytes);
}

function compressed({ memory, compress: run }: Snappy, bytes: Uint8Array): Uint8Array {
  const output = INPUT + bytes.length + MARGIN;
  // The most that it can make of bytes that do not repeat.
  const need = output + 32 + bytes.length + Math.ceil(bytes.length / 6) + MARGIN;
  ensureMemory(memory, need);
  const room = new Uint8Array(memory.buffer);
  room.set(bytes, INPUT);
  return room.subarray(output, output + run(bytes.length, output));
}
