/** Numbers distinct byte strings in the order they are first seen: the local half of a dimension. */

import { hash32 } from './hash.js';

/** Past either bound a dictionary starts again, so that hostile variety cannot fill the memory. */
export const MAX_ENTRIES = 1 << 17;
export const MAX_BYTES = 24 << 20;

/** Whether a dictionary starts again, of so many entries and bytes of them. */
export const isFull = (entries: number, bytes: number): boolean => entries > MAX_ENTRIES || bytes > MAX_BYTES;

/** Below this length a loop is quicker than a call. */
const SHORT = 64;

const SEED = (Math.random() * 2 ** 32) | 0;

export interface Dictionary {
  /** Number of the bytes `[from, to)`; a new one when they were not seen since the last restart. */
  idOf(view: DataView, from: number, to: number): number;
  /** Bytes of all values. They must stay below 2 GiB. */
  byteLength(): number;
  /** The bytes with this number, as text. */
  textOf(id: number): string;
  /** The values first seen since the last call, and whether numbering started again before them. */
  takeNew(): { values: string[]; restarted: boolean };
}

export interface OrderedDictionary extends Dictionary {
  /** Which of two numbers has the text that comes first, by code units: below 0 the first, 0 where they are the same. */
  compare(a: number, b: number): number;
}

const LEAD_OF_E000 = 0xee;

/** Which of two texts in UTF-8 comes first, by code units: below 0 the first, 0 where they are the same. */
export function compareBytes(
  a: Uint8Array,
  fromA: number,
  toA: number,
  b: Uint8Array,
  fromB: number,
  toB: number,
): number {
  let [i, k] = [fromA, fromB];
  while (i < toA && k < toB && a[i] === b[k]) {
    i++;
    k++;
  }
  if (i === toA || k === toB) return toA - i - (toB - k);
  // Bytes are in the order of code points, which only from U+E000 on is not that of code units.
  if (a[i]! < LEAD_OF_E000 && b[k]! < LEAD_OF_E000) return a[i]! - b[k]!;
  const [textA, textB] = [utf8(a, fromA, toA), utf8(b, fromB, toB)];
  return textA < textB ? -1 : textA > textB ? 1 : 0;
}

const utf8 = ({ buffer, byteOffset }: Uint8Array, from: number, to: number): string =>
  Buffer.from(buffer, byteOffset).toString('utf8', from, to);

/** Long: its functions share the table, which a look-up must reach without an object between. */
export function createDictionary(): OrderedDictionary {
  let slots = new Int32Array(1 << 12);
  let hashes = new Int32Array(1 << 11);
  let starts = new Int32Array((1 << 11) + 1);
  let arena = Buffer.alloc(1 << 16);
  let arenaView = new DataView(arena.buffer, arena.byteOffset);
  let count = 0;
  /** Values from this one on have not been taken. */
  let untaken = 0;
  let restarted = false;

  function grow(): void {
    slots = new Int32Array(slots.length * 2);
    const mask = slots.length - 1;
    for (let id = 0; id < count; id++) {
      let at = hashes[id]! & mask;
      while (slots[at] !== 0) at = (at + 1) & mask;
      slots[at] = id + 1;
    }
    const widerHashes = new Int32Array(slots.length / 2);
    widerHashes.set(hashes);
    hashes = widerHashes;
    const widerStarts = new Int32Array(slots.length / 2 + 1);
    widerStarts.set(starts);
    starts = widerStarts;
  }

  function add(view: DataView, from: number, to: number, hash: number): number {
    const start = starts[count]!;
    const end = start + to - from;
    if (end > arena.length) {
      const wider = Buffer.alloc(Math.max(end, arena.length * 2));
      wider.set(arena.subarray(0, start));
      arena = wider;
      arenaView = new DataView(arena.buffer, arena.byteOffset);
    }
    if (to - from < SHORT) for (let i = from, at = start; i < to; i++, at++) arena[at] = view.getUint8(i);
    else arena.set(new Uint8Array(view.buffer, view.byteOffset + from, to - from), start);
    hashes[count] = hash;
    starts[count + 1] = end;
    return count++;
  }

  function isEntry(entry: number, view: DataView, from: number, to: number): boolean {
    let at = starts[entry]!;
    if (starts[entry + 1]! - at !== to - from) return false;
    let i = from;
    for (; i + 4 <= to; i += 4, at += 4) if (arenaView.getInt32(at) !== view.getInt32(i)) return false;
    for (; i < to; i++, at++) if (arenaView.getUint8(at) !== view.getUint8(i)) return false;
    return true;
  }

  const textOf = (id: number): string => arena.toString('utf8', starts[id], starts[id + 1]);

  return {
    idOf(view, from, to) {
      const hash = hash32(view, from, to, SEED);
      const mask = slots.length - 1;
      let at = hash & mask;
      for (let entry = slots[at]!; entry !== 0; entry = slots[at]!) {
        if (hashes[entry - 1] === hash && isEntry(entry - 1, view, from, to)) return entry - 1;
        at = (at + 1) & mask;
      }
      slots[at] = count + 1;
      const id = add(view, from, to, hash);
      if (count >= slots.length / 2) grow();
      return id;
    },
    byteLength: () => starts[count]!,
    textOf,
    compare: (a, b) => compareBytes(arena, starts[a]!, starts[a + 1]!, arena, starts[b]!, starts[b + 1]!),
    takeNew() {
      const values = Array.from({ length: count - untaken }, (_, i) => textOf(untaken + i));
      const taken = { values, restarted };
      untaken = count;
      restarted = false;
      // Only between batches may the numbering start again.
      if (isFull(count, starts[count]!)) {
        slots.fill(0);
        if (arena.length > 2 * MAX_BYTES) {
          arena = Buffer.alloc(1 << 16);
          arenaView = new DataView(arena.buffer, arena.byteOffset);
        }
        count = 0;
        untaken = 0;
        restarted = true;
      }
      return taken;
    },
  };
}
