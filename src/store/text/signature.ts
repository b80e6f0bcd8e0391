/**
 * Signatures: which sequences of three bytes a chunk of neighbouring rows contains, and which of four hexadecimal
 * digits, as one bit array a chunk. A text can be in a chunk only where the bits of all its sequences are set.
 * Four digits, because ids are full of them: any three are in almost every chunk.
 */

import { fold, jsonViews } from '../../views.js';
import { BITS, FOUR_MULTIPLIER, HEX, LOWER, MULTIPLIER, SHIFT, type Signature } from './grams.js';
import { EVENT_INDEX_OF, type RowHead, readHead, rowEnd, TEXT_DIMENSIONS } from './rows.js';

const WORDS = BITS / 32;
/** A chunk ends when so many of its bits are set, or when it gets too long to be read for nothing. */
const FULL = BITS * 0.34;
const CHUNK_ROWS = 256;
const CHUNK_BYTES = 1 << 18;
/** Chunks, or a few more, whose signatures are turned at a time: all chunks' first bits, all chunks' second bits, … */
const PART_CHUNKS = 4000;
/** A row that a record points to sets so many bits: one alone would let a third of all chunks through. */
const MEMBER_BITS = 6;

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

/**
 * Long: its functions share the chunk at hand.
 * @param signature an empty one, for this builder until a block was taken and nothing more is added
 * @param viewsOf the texts in which a row is searched
 */
export function createBlockBuilder(
  signature: Signature,
  viewsOf: (text: string) => string[] = jsonViews,
): BlockBuilder {
  let signatures = new Int32Array(WORDS * 512);
  let chunks: Chunk[] = [];
  let chunk: Chunk | undefined;
  /** Of the chunk at hand, as `signature` is. */
  let rows = 0;
  let bytes = 0;

  function begin(id: number): Chunk {
    const made = { first: id, last: id, earliest: Infinity, latest: -Infinity };
    chunks.push(made);
    rows = 0;
    bytes = 0;
    return made;
  }

  function end(): void {
    if (!chunk) return;
    chunk = undefined;
    if (chunks.length * WORDS > signatures.length) {
      const wider = new Int32Array(signatures.length * 2);
      wider.set(signatures);
      signatures = wider;
    }
    signature.take(signatures, (chunks.length - 1) * WORDS);
  }

  const head: RowHead = { id: 0, pointers: undefined, isWhole: false, time: Number.NaN };

  /** Adds what the head of a row says; returns where its text begins. */
  function addHead(b: Buffer, start: number): number {
    const text = readHead(b, start, head);
    chunk ??= begin(head.id);
    chunk.last = head.id;
    const { pointers } = head;
    if (!pointers) return text;
    if (head.isWhole) for (const bit of WHOLE_BITS) signature.setBit(bit);
    for (let dimension = 0; dimension < pointers.length; dimension++) {
      const id = pointers[dimension]!;
      if (id === 0 || !HAS_BITS[dimension]) continue;
      for (let k = 0; k < MEMBER_BITS; k++) signature.setBit(memberBit(dimension, id, k));
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
    if (signature.addText(b, start, end)) {
      for (const view of viewsOf(b.toString('utf8', start, end)))
        for (const bit of textBits(view)) signature.setBit(bit);
    }
    return end;
  }

  return {
    add(b) {
      for (let at = 0; at < b.length; ) {
        const rowsEnd = addText(b, addHead(b, at));
        rows++;
        bytes += rowsEnd - at;
        if (signature.count() >= FULL || rows >= CHUNK_ROWS || bytes >= CHUNK_BYTES) end();
        at = rowsEnd + 1;
      }
    },
    isFull: () => chunks.length >= PART_CHUNKS,
    take() {
      end();
      const fields = Float64Array.from(chunks.flatMap(c => [c.first, c.last, c.earliest, c.latest]));
      const block = { chunks: fields, ...transposed(signatures, chunks.length) };
      chunks = [];
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
