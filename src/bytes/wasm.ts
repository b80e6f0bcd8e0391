/** WebAssembly that was built from `scripts/wasm/`, where there is any. */

/** What of it is used here; the types of Node do not have it. */
const { WebAssembly } = globalThis as unknown as {
  WebAssembly?: {
    Module: new (bytes: Uint8Array) => object;
    Instance: new (module: object) => { exports: unknown };
  };
};

export interface WasmMemory {
  buffer: ArrayBuffer;
  grow(pages: number): number;
}

const PAGE = 1 << 16;

/**
 * What a module exports, of a new instance.
 * @param base64 the module
 * @param bytes that its memory has at least
 * @returns undefined where there is no WebAssembly, or no room for the addresses that it reserves
 */
export function loadWasm<T extends { memory: WasmMemory }>(base64: string, bytes: number): T | undefined {
  if (!WebAssembly) return undefined;
  try {
    const module = new WebAssembly.Module(Buffer.from(base64, 'base64'));
    const exports = new WebAssembly.Instance(module).exports as T;
    ensureMemory(exports.memory, bytes);
    return exports;
  } catch (error) {
    // Of all that could go wrong with these constant bytes it is memory: it reserves more addresses than some limits allow.
    if (!(error instanceof RangeError)) throw error;
    return undefined;
  }
}

/** Grows a memory to at least so many bytes; views of it from before are empty then. */
export function ensureMemory(memory: WasmMemory, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
}
