/** The signature of one chunk while it is made: which sequences of three bytes its texts hold, and of four digits. */

import { loadWasm, type WasmMemory } from '../../bytes/wasm.js';
import { GRAMS_WASM } from './grams-wasm.js';

/** Bits of a signature. With the limit of a chunk: some 77 bytes for a record, and few chunks let a stray needle through. */
export const BITS = 1 << 13;
export const SHIFT = 32 - 13;
export const MULTIPLIER = 0x9e3779b1;
export const FOUR_MULTIPLIER = 0x85ebca6b;
const MORE_VIEWS = 1 << 8;
export const HEX = 1 << 9;
/** Each byte in lower case, with marks for hexadecimal digits and for what gives a text further views. */
export const LOWER = Uint16Array.from({ length: 256 }, (_, c) => {
  const lower = c >= 0x41 && c <= 0x5a ? c + 32 : c;
  if (c === 0x5c || c >= 0x80) return lower | MORE_VIEWS;
  return (lower >= 0x30 && lower <= 0x39) || (lower >= 0x61 && lower <= 0x66) ? lower | HEX : lower;
});

export interface Signature {
  /**
   * Sets the bits of the sequences of a text, `b[start, end)`.
   * @returns true where the text has escapes or is not ASCII: it has further views
   */
  addText(b: Buffer, start: number, end: number): boolean;
  setBit(bit: number): void;
  /** Number of bits that are set. */
  count(): number;
  /** Puts the bits at `to[at]`, and clears them. */
  take(to: Int32Array, at: number): void;
}

/** Functions of `scripts/wasm/grams.ts`. */
interface Grams {
  memory: WasmMemory;
  begin(): void;
  add(start: number, end: number): number;
  set(bit: number): void;
  bits(): number;
  take(): void;
}

/** A signature without bits: in WebAssembly, which takes half the time, where there is any and the room for its addresses. */
export function createSignature(): Signature {
  const grams = loadWasm<Grams>(GRAMS_WASM, TEXT + WINDOW);
  return grams ? signatureOf(grams) : plainSignature();
}

/** The same in JavaScript. */
export function plainSignature(): Signature {
  const flags = new Uint8Array(BITS);
  let count = 0;
  const setBit = (bit: number): void => {
    count += 1 - flags[bit]!;
    flags[bit] = 1;
  };
  return {
    addText(b, start, end) {
      let four = 0x01010101;
      let digits = 0;
      let seen = 0;
      for (let at = start; at < end; at++) {
        const c = LOWER[b[at]!]!;
        seen |= c;
        four = (four << 8) | (c & 0xff);
        setBit(Math.imul(four & 0xffffff, MULTIPLIER) >>> SHIFT);
        digits = (c & HEX) !== 0 ? digits + 1 : 0;
        if (digits >= 4) setBit(Math.imul(four, FOUR_MULTIPLIER) >>> SHIFT);
      }
      return (seen & MORE_VIEWS) !== 0;
    },
    setBit,
    count: () => count,
    take(to, at) {
      to.fill(0, at, at + BITS / 32);
      for (let bit = 0; bit < BITS; bit++) to[at + (bit >> 5)]! |= flags[bit]! << (bit & 31);
      flags.fill(0);
      count = 0;
    },
  };
}

/** Where in its memory what is: see there. */
const FLAGS = 1024;
const PACKED = FLAGS + BITS;
const TEXT = PACKED + BITS / 8;
/** Bytes of text that it sees at a time. */
const WINDOW = 1 << 20;

function signatureOf(grams: Grams): Signature {
  const memory = new Uint8Array(grams.memory.buffer);
  memory.set(new Uint8Array(LOWER.buffer));
  const packed = new Int32Array(grams.memory.buffer, PACKED, BITS / 32);
  /** The bytes in the window: `shown[from, to)`. */
  let shown: Buffer | undefined;
  let from = 0;
  let to = 0;

  return {
    addText(b, start, end) {
      grams.begin();
      let hasViews = 0;
      for (let at = start; at < end; ) {
        if (b !== shown || at < from || at >= to) {
          [shown, from, to] = [b, at, Math.min(at + WINDOW, b.length)];
          memory.set(b.subarray(from, to), TEXT);
        }
        const until = Math.min(end, to);
        hasViews |= grams.add(TEXT + at - from, TEXT + until - from);
        at = until;
      }
      return hasViews !== 0;
    },
    setBit: bit => grams.set(bit),
    count: () => grams.bits(),
    take(into, at) {
      grams.take();
      into.set(packed, at);
    },
  };
}
