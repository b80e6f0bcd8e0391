/** Which chunks of a block a search is to read, by their bits. */

import {
  type BlockReader,
  CHUNK_FIELDS,
  chunkAt,
  type coverage,
  type KnownBlock,
} from '../../store/text/block-reader.js';
import { type IdRange, rowCount } from '../../store/text/row-set.js';
import { type Chunk, sliceWords } from '../../store/text/signature.js';
import { noFlags } from './flags.js';

/** What the bits of a chunk must be for it to be read. */
export type Mask =
  | { bits: readonly number[] }
  /** Ids of events, in order: the chunks they are in. */
  | { events: readonly number[] }
  | { all: readonly Mask[] }
  | { any: readonly Mask[] };

/** Numbers of the chunks that a word of bits tells of. */
const WORD_FIELDS = 32 * CHUNK_FIELDS;

/** Lets every chunk through. */
export const EVERYTHING: Mask = { all: [] };

/** The chunks of a block that the mask lets through; undefined where the block is damaged. */
export function passing(reader: BlockReader, block: KnownBlock, mask: Mask): Chunk[] | undefined {
  const bits = bitsOf(reader, block, mask);
  if (!bits) return undefined;
  if (areNone(bits)) return [];
  const all = reader.chunks(block);
  if (!all) return undefined;
  const found: Chunk[] = [];
  for (let i = 0; i < block.count; i++) {
    if ((bits[i >> 5]! & (1 << (i & 31))) === 0) continue;
    const chunk = chunkAt(all, i);
    // Not every place of a block is taken.
    if (chunk.last >= chunk.first) found.push(chunk);
  }
  return found;
}

/**
 * How many ids are in chunks that the mask lets through, or such that no signature speaks of.
 * @param onUnknown called where there are some of these
 */
export function passingRows(
  { blocks, uncovered }: ReturnType<typeof coverage>,
  reader: BlockReader,
  mask: Mask,
  onUnknown: () => void,
): number {
  const unknown = [...uncovered];
  let rows = 0;
  for (const block of blocks) {
    const passed = passingOf(reader, block, mask);
    if (passed === undefined) unknown.push(block);
    else rows += passed;
  }
  if (unknown.length > 0) onUnknown();
  return rows + rowCount(unknown);
}

/** Undefined where the block is damaged. */
function passingOf(reader: BlockReader, block: KnownBlock, mask: Mask): number | undefined {
  const bits = bitsOf(reader, block, mask);
  if (bits && areNone(bits)) return 0;
  const chunks = bits && reader.chunks(block);
  if (!chunks) return undefined;
  let rows = 0;
  // What has no row ends before it begins: -1 and 0.
  for (let i = 0, at = 0; i < block.count; i++, at += CHUNK_FIELDS)
    if ((bits[i >> 5]! & (1 << (i & 31))) !== 0) rows += chunks[at + 1]! - chunks[at]! + 1;
  return rows;
}

/**
 * Says which rows of a range are in chunks that a mask lets through, or are such that no signature speaks of: a 1 for
 * each. What is of other ranges is not looked at.
 * @param onUnknown called where no signature speaks of some rows of the range
 */
export function rowsWithin(
  { blocks, uncovered }: ReturnType<typeof coverage>,
  reader: BlockReader,
  mask: Mask,
  onUnknown: () => void,
): (range: IdRange) => Uint8Array {
  /** Ranges follow one another: the block at hand is mostly that of the one before. */
  let atHand: { block: KnownBlock; chunks: Float64Array | undefined } | undefined;

  return ({ first, last }) => {
    const found = noFlags(last - first + 1);
    const mark = (from: number, to: number): void => {
      if (to >= first && from <= last) found.fill(1, Math.max(0, from - first), to - first + 1);
    };
    const markUnknown = (range: IdRange): void => {
      if (range.last < first || range.first > last) return;
      onUnknown();
      mark(range.first, range.last);
    };
    uncovered.forEach(markUnknown);
    for (const block of blocks) {
      if (block.last < first || block.first > last) continue;
      const bits = bitsOf(reader, block, mask);
      if (bits && areNone(bits)) continue;
      if (bits && atHand?.block !== block) atHand = { block, chunks: reader.chunks(block) };
      const chunks = bits && atHand!.chunks;
      if (chunks) markChunks(bits, chunks, { first, last }, mark);
      else markUnknown(block);
    }
    return found;
  };
}

/** Marks the rows of a range that are in chunks whose bit is set. */
function markChunks(
  bits: Int32Array,
  chunks: Float64Array,
  { first, last }: IdRange,
  mark: (first: number, last: number) => void,
): void {
  // Chunks are in order, and the first place of a word is always taken.
  const begin = lowerBound(bits.length, w => chunks[w * WORD_FIELDS]! > first) - 1;
  for (let w = Math.max(begin, 0); w < bits.length && chunks[w * WORD_FIELDS]! <= last; w++) {
    for (let left = bits[w]!; left !== 0; left &= left - 1) {
      const at = (w * 32 + 31 - Math.clz32(left & -left)) * CHUNK_FIELDS;
      // Not every other place is.
      if (chunks[at + 1]! >= chunks[at]!) mark(chunks[at]!, chunks[at + 1]!);
    }
  }
}

const areNone = (bits: Int32Array): boolean => bits.every(word => word === 0);

/** What a mask is on blocks, by their ids: what is counted first is often read then. */
const evaluated = new WeakMap<BlockReader, Map<Mask, Map<number, Int32Array | undefined>>>();

/** One bit a chunk; undefined where the block is damaged. */
function bitsOf(reader: BlockReader, block: KnownBlock, mask: Mask): Int32Array | undefined {
  const masks = evaluated.get(reader) ?? new Map<Mask, Map<number, Int32Array | undefined>>();
  const blocks = masks.get(mask) ?? new Map<number, Int32Array | undefined>();
  evaluated.set(reader, masks);
  masks.set(mask, blocks);
  // Of rows that are gone there are no slices.
  if (!blocks.has(block.id))
    blocks.set(block.id, block.count === 0 ? new Int32Array() : evaluate(reader, block, mask));
  return blocks.get(block.id);
}

function evaluate(reader: BlockReader, block: KnownBlock, mask: Mask): Int32Array | undefined {
  const words = sliceWords(block.count);
  if ('any' in mask) {
    const sum = new Int32Array(words);
    for (const part of mask.any) {
      const bits = evaluate(reader, block, part);
      if (!bits) return undefined;
      for (let i = 0; i < words; i++) sum[i]! |= bits[i]!;
    }
    return sum;
  }
  if ('events' in mask) return containing(reader, block, mask.events);
  const left = new Int32Array(words).fill(-1);
  const parts = 'all' in mask ? mask.all : mask.bits;
  for (const part of parts) {
    const bits = typeof part === 'number' ? reader.slice(block, part) : evaluate(reader, block, part);
    if (!bits) return undefined;
    let any = 0;
    for (let i = 0; i < words; i++) any |= left[i]! &= bits[i]!;
    if (any === 0) break;
  }
  return left;
}

/** The chunks that hold one of these events. */
function containing(
  reader: BlockReader,
  block: KnownBlock,
  events: readonly number[],
): Int32Array | undefined {
  const found = new Int32Array(sliceWords(block.count));
  let next = lowerBound(events.length, i => events[i]! >= block.first);
  if (next === events.length || events[next]! > block.last) return found;
  const chunks = reader.chunks(block);
  if (!chunks) return undefined;
  for (let i = 0; i < block.count && next < events.length; i++) {
    const { last } = chunkAt(chunks, i);
    if (events[next]! > last) continue;
    found[i >> 5]! |= 1 << (i & 31);
    while (next < events.length && events[next]! <= last) next++;
  }
  return found;
}

/** The first of `count` places for which `holds`, where it holds from some place on. */
export function lowerBound(count: number, holds: (place: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
