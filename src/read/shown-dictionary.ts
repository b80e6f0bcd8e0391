/**
 * A dictionary (`bytes/dictionary.ts`) in the memory of the WebAssembly that finds members: the bytes of a record are there
 * already, and are looked up in a third of the time.
 */

import { type Dictionary, isFull } from '../bytes/dictionary.js';
import { keepRoom, type ScanMemory, WRITTEN } from './scan-memory.js';

/** Its head: see `scripts/wasm/dictionary.ts`. */
const HEAD = { slots: 0, mask: 1, hashes: 2, starts: 3, bytes: 4, room: 5, count: 6, most: 7, seed: 8 };
const HEAD_NUMBERS = 10;
const FIRST_SLOTS = 1 << 12;
const FIRST_BYTES = 1 << 18;
/** Room that is not used takes no memory: each widening makes much of it, since what was before is not given back. */
const WIDENING = 4;
/** A longer value is not kept there, and is new each time. */
const LONG = 1 << 15;

export interface ShownDictionary extends Dictionary {
  memory: ScanMemory;
  /** Where its head stands. */
  head: number;
  /** As `idOf`, of bytes in that memory. */
  idOfShown(from: number, to: number): number;
}

/**
 * Makes one. Its room is never given back: one set for a thread.
 *
 * Long: its functions share the head.
 */
export function createShownDictionary(memory: ScanMemory): ShownDictionary {
  const head = keepRoom(memory, HEAD_NUMBERS * 4);
  const { run } = memory;
  /** Values that are not there, by their numbers. */
  const long = new Map<number, string>();
  let longBytes = 0;
  /** Values from this one on have not been taken. */
  let untaken = 0;
  let restarted = false;

  const numbers = (at: number, length: number): Uint32Array => new Uint32Array(run.memory.buffer, at, length);
  const get = (of: number): number => numbers(head, HEAD_NUMBERS)[of]!;
  const set = (of: number, value: number): void => {
    numbers(head, HEAD_NUMBERS)[of] = value;
  };
  const startOf = (id: number): number => numbers(get(HEAD.starts), id + 1)[id]!;
  const bytesUsed = (): number => startOf(get(HEAD.count));

  function makeTables(slots: number): void {
    const most = slots / 2;
    const at = keepRoom(memory, (slots + most + most + 1) * 4);
    set(HEAD.slots, at);
    set(HEAD.mask, slots - 1);
    set(HEAD.hashes, at + slots * 4);
    set(HEAD.starts, at + (slots + most) * 4);
    set(HEAD.most, most);
  }

  function widenTables(): void {
    const [count, hashes, starts] = [get(HEAD.count), get(HEAD.hashes), get(HEAD.starts)];
    makeTables((get(HEAD.mask) + 1) * WIDENING);
    const mask = get(HEAD.mask);
    const known = numbers(get(HEAD.hashes), count);
    known.set(numbers(hashes, count));
    numbers(get(HEAD.starts), count + 1).set(numbers(starts, count + 1));
    const slots = numbers(get(HEAD.slots), mask + 1);
    for (let id = 0; id < count; id++) {
      if (long.has(id)) continue;
      let at = known[id]! & mask;
      while (slots[at] !== 0) at = (at + 1) & mask;
      slots[at] = id + 1;
    }
  }

  function makeBytes(room: number): void {
    const before = get(HEAD.bytes);
    const used = before === 0 ? 0 : bytesUsed();
    const at = keepRoom(memory, room);
    if (used > 0) memory.bytes.copyWithin(at, before, before + used);
    set(HEAD.bytes, at);
    set(HEAD.room, room);
  }

  /** Makes room for one more entry. */
  function widen(length: number): void {
    if (get(HEAD.count) >= get(HEAD.most)) widenTables();
    const need = bytesUsed() + length;
    if (need > get(HEAD.room)) makeBytes(Math.max(need, get(HEAD.room) * WIDENING));
  }

  /** An entry without bytes there, which is not found again. */
  function addLong(value: Buffer): number {
    if (get(HEAD.count) >= get(HEAD.most)) widenTables();
    const id = get(HEAD.count);
    const starts = numbers(get(HEAD.starts), id + 2);
    starts[id + 1] = starts[id]!;
    set(HEAD.count, id + 1);
    long.set(id, value.toString());
    longBytes += value.length;
    return id;
  }

  const stretch = (from: number, to: number): Buffer => Buffer.from(run.memory.buffer, from, to - from);

  function textOf(id: number): string {
    const bytes = get(HEAD.bytes);
    return long.get(id) ?? stretch(bytes + startOf(id), bytes + startOf(id + 1)).toString();
  }

  function idOfShown(from: number, to: number): number {
    if (to - from > LONG) return addLong(stretch(from, to));
    const id = run.idOf(head, from, to);
    if (id >= 0) return id;
    widen(to - from);
    return run.idOf(head, from, to);
  }

  makeTables(FIRST_SLOTS);
  makeBytes(FIRST_BYTES);
  for (const half of [0, 1]) set(HEAD.seed + half, Math.floor(Math.random() * 2 ** 32));

  return {
    memory,
    head,
    idOfShown,
    idOf(view, from, to) {
      const value = Buffer.from(view.buffer as ArrayBuffer, view.byteOffset + from, to - from);
      if (to - from > LONG) return addLong(value);
      memory.bytes.set(value, WRITTEN);
      return idOfShown(WRITTEN, WRITTEN + to - from);
    },
    byteLength: () => bytesUsed() + longBytes,
    textOf,
    takeNew() {
      const count = get(HEAD.count);
      const values = Array.from({ length: count - untaken }, (_, i) => textOf(untaken + i));
      const taken = { values, restarted };
      untaken = count;
      restarted = false;
      // Only between batches may the numbering start again.
      if (isFull(count, bytesUsed() + longBytes)) {
        numbers(get(HEAD.slots), get(HEAD.mask) + 1).fill(0);
        set(HEAD.count, 0);
        long.clear();
        longBytes = 0;
        untaken = 0;
        restarted = true;
      }
      return taken;
    },
  };
}
