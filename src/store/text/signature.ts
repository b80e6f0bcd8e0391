/**
 * Signatures: which sequences of three bytes a chunk of neighbouring rows contains, and which of four hexadecimal
 * digits, as one bit array a chunk. A text can be in a chunk only where the bits of all its sequences are set.
 * Four digits, because ids are full of them: any three are in almost every chunk.
 */

import { fold, jsonViews } from '../../views.js';
import { EVENT_INDEX_OF, type RowHead, readHead, rowEnd, TEXT_DIMENSIONS } from './rows.js';

/** Bits of a signature. With the limit below: some 77 bytes for a record, and few chunks let a stray needle through. */
const BITS = 1 << 13;
const SHIFT = 32 - 13;
const WORDS = BITS / 32;
/** A chunk ends when so many of its bits are set, or when it gets too long to be read for nothing. */
const FULL = BITS * 0.34;
const CHUNK_ROWS = 256;
const CHUNK_BYTES = 1 << 18;
/** Chunks, or a few more, whose signatures are turned at a time: all chunks' first bits, all chunks' second bits, … */
const PART_CHUNKS = 4000;
/** A row that a record points to sets so many bits: one alone would let a third of all chunks through. */
const MEMBER_BITS = 6;

const MULTIPLIER = 0x9e3779b1;
const FOUR_MULTIPLIER = 0x85ebca6b;
const MORE_VIEWS = 1 << 8;
const HEX = 1 << 9;
/** Each byte in lower case, with marks for hexadecimal digits and for what gives a text further views. */
const LOWER = Uint16Array.from({ length: 256 }, (_, c) => {
  const lower = c >= 0x41 && c <= 0x5a ? c + 32 : c;
  if (c === 0x5c || c >= 0x80) return lower | MORE_VIEWS;
  return (lower >= 0x30 && lower <= 0x39) || (lower >= 0x61 && lower <= 0x66) ? lower | HEX : lower;
});

/** The bits of the sequences of a text; none where it is shorter than one. */
export function textBits(text: string): number[] {
  const bytes = Buffer.from(fold(text));
  const bits = new Set<number>();
  for (let i = 2; i < bytes.length; i++) {
    const gram = (bytes[i - 2]! << 16) | (bytes[i - 1]! << 8) | bytes[i]!;
    bits.add(Math.imul(gram, MULTIPLIER) >>> SHIFT);
    if (i > 2 && bytes.subarray(i - 3, i + 1).every(c => (LOWER[c]! & HEX) !== 0))
      bits.add(Math.imul(bytes.readInt32BE(i - 3), FOUR_MULTIPLIER) >>> SHIFT);
  }
  return [...bits];
}

/** Events are found by the other dimensions through an index of their own. */
const HAS_BITS = TEXT_DIMENSIONS.map(table => EVENT_INDEX_OF[table] === undefined);

/** The bits that say that a chunk has a record pointing to row `id` of the dimension with this number. */
export function memberBits(dimension: number, id: number): number[] {
  return Array.from({ length: MEMBER_BITS }, (_, k) => memberBit(dimension, id, k));
}

/** The bits that say that a chunk has a record that is kept whole. */
export const WHOLE_BITS: readonly number[] = memberBits(TEXT_DIMENSIONS.length, 0);

function memberBit(dimension: number, id: number, k: number): number {
  let h = Math.imul(id ^ Math.imul(dimension * MEMBER_BITS + k + 1, 0x85ebca6b), 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), MULTIPLIER);
  return (h ^ (h >>> 13)) >>> SHIFT;
}

/**
 * Sets the bits of the sequences of `b[start, end)` in the signature at `base`. This loop sees every byte of every
 * record, so it also tells whether the text has further views.
 * @returns twice the number of bits that were not set before, plus 1 where the text has escapes or is not ASCII
 */
function setGrams(b: Uint8Array, start: number, end: number, words: Int32Array, base: number): number {
  let fresh = 0;
  let four = 0x01010101;
  let seen = 0;
  /** Hexadecimal digits in a row. */
  let digits = 0;
  for (let at = start; at < end; at++) {
    const c = LOWER[b[at]!]!;
    seen |= c;
    four = (four << 8) | (c & 0xff);
    const bit = Math.imul(four & 0xffffff, MULTIPLIER) >>> SHIFT;
    const word = base + (bit >> 5);
    const before = words[word]!;
    // Without a branch: whether a bit is new cannot be foreseen.
    fresh += 1 - ((before >>> (bit & 31)) & 1);
    words[word] = before | (1 << (bit & 31));
    digits = (c & HEX) !== 0 ? digits + 1 : 0;
    if (digits >= 4) {
      const bit = Math.imul(four, FOUR_MULTIPLIER) >>> SHIFT;
      const word = base + (bit >> 5);
      const before = words[word]!;
      fresh += 1 - ((before >>> (bit & 31)) & 1);
      words[word] = before | (1 << (bit & 31));
    }
  }
  return fresh * 2 + ((seen & MORE_VIEWS) !== 0 ? 1 : 0);
}

/** A chunk of neighbouring rows: its first and last id, and between which times they lie (±Infinity: anything). */
export interface Chunk {
  first: number;
  last: number;
  earliest: number;
  latest: number;
}

export interface Block {
  /** Every chunk as four numbers: first, last, earliest, latest. */
  chunks: Float64Array<ArrayBuffer>;
  /** Bit b of all chunks at `[b * words, (b + 1) * words)`. */
  slices: Int32Array<ArrayBuffer>;
  /** 32-bit words of a slice. */
  words: number;
}

export const sliceWords = (chunks: number): number => Math.ceil(chunks / 32);
export const SLICES = BITS;

export interface BlockBuilder {
  /** Adds rows as `readRows` gives them. */
  add(rows: Buffer): void;
  isFull(): boolean;
  /** The block so far; the builder is empty after it. */
  take(): Block;
}

/** Long: its functions share the chunk at hand. */
export function createBlockBuilder(): BlockBuilder {
  let signatures = new Int32Array(WORDS * 512);
  let chunks: Chunk[] = [];
  let chunk: Chunk | undefined;
  /** Bits set in, rows of and bytes of the chunk at hand. */
  let set = 0;
  let rows = 0;
  let bytes = 0;

  function setBit(base: number, bit: number): void {
    const at = base + (bit >> 5);
    const mask = 1 << (bit & 31);
    if ((signatures[at]! & mask) !== 0) return;
    signatures[at]! |= mask;
    set++;
  }

  function begin(id: number): Chunk {
    const made = { first: id, last: id, earliest: Infinity, latest: -Infinity };
    chunks.push(made);
    if (chunks.length * WORDS > signatures.length) {
      const wider = new Int32Array(signatures.length * 2);
      wider.set(signatures);
      signatures = wider;
    }
    set = 0;
    rows = 0;
    bytes = 0;
    return made;
  }

  const head: RowHead = { id: 0, pointers: undefined, isWhole: false, time: Number.NaN };

  /** Adds what the head of a row says; returns where its text begins. */
  function addHead(b: Buffer, start: number): number {
    const text = readHead(b, start, head);
    chunk ??= begin(head.id);
    chunk.last = head.id;
    const { pointers } = head;
    if (!pointers) return text;
    const base = (chunks.length - 1) * WORDS;
    if (head.isWhole) for (const bit of WHOLE_BITS) setBit(base, bit);
    for (let dimension = 0; dimension < pointers.length; dimension++) {
      const id = pointers[dimension]!;
      if (id === 0 || !HAS_BITS[dimension]) continue;
      for (let k = 0; k < MEMBER_BITS; k++) setBit(base, memberBit(dimension, id, k));
    }
    addTime(head.time);
    return text;
  }

  function addTime(time: number): void {
    chunk!.earliest = Math.min(chunk!.earliest, Number.isNaN(time) ? -Infinity : time);
    chunk!.latest = Math.max(chunk!.latest, Number.isNaN(time) ? Infinity : time);
  }

  /** Sets the bits of the text at `b[start]`; returns the end of the row. */
  function addText(b: Buffer, start: number): number {
    const end = rowEnd(b, start);
    const base = (chunks.length - 1) * WORDS;
    const marked = setGrams(b, start, end, signatures, base);
    set += marked >> 1;
    if ((marked & 1) === 1) {
      for (const view of jsonViews(b.toString('utf8', start, end))) {
        for (const bit of textBits(view)) setBit(base, bit);
      }
    }
    return end;
  }

  return {
    add(b) {
      for (let at = 0; at < b.length; ) {
        const end = addText(b, addHead(b, at));
        rows++;
        bytes += end - at;
        if (set >= FULL || rows >= CHUNK_ROWS || bytes >= CHUNK_BYTES) chunk = undefined;
        at = end + 1;
      }
    },
    isFull: () => chunks.length >= PART_CHUNKS,
    take() {
      const fields = Float64Array.from(chunks.flatMap(c => [c.first, c.last, c.earliest, c.latest]));
      const block = { chunks: fields, ...transposed(signatures, chunks.length) };
      signatures.fill(0);
      chunks = [];
      chunk = undefined;
      return block;
    },
  };
}

/** Turns an array of signatures into an array of slices, 32 by 32 bits at a time. */
function transposed(signatures: Int32Array, count: number): Omit<Block, 'chunks'> {
  const words = sliceWords(count);
  const slices = new Int32Array(BITS * words);
  const tile = new Int32Array(32);
  for (let group = 0; group < words; group++) {
    const there = Math.min(32, count - group * 32);
    for (let word = 0; word < WORDS; word++) {
      tile.fill(0);
      for (let c = 0; c < there; c++) tile[c] = signatures[(group * 32 + c) * WORDS + word]!;
      transpose32(tile);
      for (let bit = 0; bit < 32; bit++) slices[(word * 32 + bit) * words + group] = tile[bit]!;
    }
  }
  return { slices, words };
}

/** Transposes 32 by 32 bits in place by exchanging ever smaller squares ("Hacker's Delight", 7-3). */
function transpose32(a: Int32Array): void {
  for (let j = 16, m = 0x0000ffff; j !== 0; j >>= 1, m ^= m << j) {
    for (let k = 0; k < 32; k = ((k | j) + 1) & ~j) {
      const t = ((a[k]! >>> j) ^ a[k | j]!) & m;
      a[k | j]! ^= t;
      a[k]! ^= t << j;
    }
  }
}
