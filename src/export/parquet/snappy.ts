/** Snappy's block format. */

import { snappyCompress } from 'hyparquet-writer/src/snappy.js';
import { SNAPPY_WASM } from './snappy-wasm.js';

/** Functions of `scripts/wasm/snappy.ts`. */
interface Snappy {
  memory: { buffer: ArrayBuffer; grow(pages: number): number };
  compress(length: number, output: number): number;
}

/** Where the bytes begin that are compressed; as in `scripts/wasm/snappy.ts`. */
const INPUT = 1 << 17;
/** Bytes behind an end that may be read or written over. */
const MARGIN = 64;
const WASM_PAGE = 1 << 16;

/** What of it is used here; the types of Node do not have it. */
const { WebAssembly } = globalThis as unknown as {
  WebAssembly?: {
    Module: new (bytes: Uint8Array) => object;
    Instance: new (module: object) => { exports: unknown };
  };
};

let snappy: Snappy | null | undefined;

/**
 * Compresses bytes; the result is valid until the next call. In WebAssembly, where there is any: it is some times as fast
 * as the library.
 */
export function compress(bytes: Uint8Array): Uint8Array {
  snappy ??= load();
  return snappy ? compressed(snappy, bytes) : snappyCompress(bytes);
}

function load(): Snappy | null {
  if (!WebAssembly) return null;
  try {
    const module = new WebAssembly.Module(Buffer.from(SNAPPY_WASM, 'base64'));
    return new WebAssembly.Instance(module).exports as Snappy;
  } catch (error) {
    // It reserves more addresses than some limits allow.
    if (!(error instanceof RangeError)) throw error;
    return null;
  }
}

function compressed({ memory, compress: run }: Snappy, bytes: Uint8Array): Uint8Array {
  const output = INPUT + bytes.length + MARGIN;
  // The most that it can make of bytes that do not repeat.
  const need = output + 32 + bytes.length + Math.ceil(bytes.length / 6) + MARGIN;
  const lacking = need - memory.buffer.byteLength;
  if (lacking > 0) memory.grow(Math.ceil(lacking / WASM_PAGE));
  const room = new Uint8Array(memory.buffer);
  room.set(bytes, INPUT);
  return room.subarray(output, output + run(bytes.length, output));
}
