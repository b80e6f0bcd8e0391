/**
 * The members of the objects of a document, found by WebAssembly where there is any: it takes a third of the time of
 * `json-scan.ts`, which looks at whatever it does not take and says what is wrong with it.
 */

import { loadWasm, type WasmMemory } from '../bytes/wasm.js';
import { lazily } from '../lazy.js';
import { MEMBER, type Members, type MemberTable, roomFor } from './json-scan.js';
import { MEMBERS_WASM } from './members-wasm.js';

/** Functions of `scripts/wasm/members.ts`. */
interface Scan {
  memory: WasmMemory;
  members(start: number, end: number, table: number, shift: number): number;
}

/** Where in its memory what is: see there. */
const LIST = 64;
const MOST_MEMBERS = 1024;
const TABLES = LIST + MOST_MEMBERS * MEMBER.width * 4;
const TABLE_NAMES = 2048;
const BYTES = 1 << 16;
/** Bytes of a document that it sees at a time: a longer object is left to the other scanner. */
const WINDOW = 1 << 18;
/** Bytes behind an end that may be read. */
const MARGIN = 64;

interface Scanner {
  run: Scan['members'];
  result: Int32Array;
  list: Int32Array;
  memory: Uint8Array;
  /** The document that is seen, from `from` to `to`. */
  shown: WeakRef<Uint8Array>;
  from: number;
  to: number;
  tables: Map<MemberTable, number>;
  /** Where the next table may stand. */
  free: number;
}

const loaded = lazily((): Scanner | undefined => {
  const scan = loadWasm<Scan>(MEMBERS_WASM, BYTES + WINDOW + MARGIN);
  if (!scan) return undefined;
  const { buffer } = scan.memory;
  return {
    run: scan.members,
    result: new Int32Array(buffer, 0, 3),
    list: new Int32Array(buffer, LIST, MOST_MEMBERS * MEMBER.width),
    memory: new Uint8Array(buffer),
    shown: new WeakRef(new Uint8Array()),
    from: 0,
    to: 0,
    tables: new Map(),
    free: TABLES,
  };
});

/**
 * Notes the members of the object that begins at `start`, as `scanMembers` does.
 * @param b a document, whose bytes do not change
 * @param shift what is added to the places that are noted
 * @returns the offset behind it, or 0 where `scanMembers` must look at it
 */
export function findMembers(
  b: Uint8Array,
  start: number,
  end: number,
  table: MemberTable,
  out: Members,
  shift = 0,
): number {
  const scanner = loaded();
  if (!scanner) return 0;
  if (scanner.shown.deref() !== b || start < scanner.from || start >= scanner.to) show(scanner, b, start);
  const at = scanner.tables.get(table) ?? putTable(scanner, table);
  let to = run(scanner, start, end, at, shift);
  if (to === 0 && scanner.result[1] !== 0 && scanner.to < end && start > scanner.from) {
    show(scanner, b, start);
    to = run(scanner, start, end, at, shift);
  }
  if (to === 0) return 0;
  take(scanner, out);
  return to;
}

function show(s: Scanner, b: Uint8Array, from: number): void {
  s.shown = new WeakRef(b);
  s.from = from;
  s.to = Math.min(from + WINDOW, b.length);
  s.memory.set(b.subarray(from, s.to), BYTES);
}

function run({ run: members, from, to }: Scanner, start: number, end: number, table: number, shift: number) {
  const by = from - BYTES;
  const found = members(start - by, Math.min(end, to) - by, table, by + shift);
  return found === 0 ? 0 : found + by;
}

function take({ result, list }: Scanner, out: Members): void {
  const count = result[2]!;
  const numbers = count * MEMBER.width;
  out.count = count;
  out.loose = result[0] !== 0;
  out.escaped = false;
  out.repeated = false;
  const { bySlot } = out;
  bySlot.fill(-1);
  roomFor(out, numbers);
  const to = out.list;
  for (let at = 0; at < numbers; at += MEMBER.width) {
    const slot = list[at]!;
    to[at] = slot;
    to[at + 1] = list[at + 1]!;
    to[at + 2] = list[at + 2]!;
    to[at + 3] = list[at + 3]!;
    to[at + 4] = list[at + 4]!;
    if (slot < 0) continue;
    if (bySlot[slot]! >= 0) out.repeated = true;
    bySlot[slot] = at;
  }
}

/** Writes a table where it is looked into; returns its place. */
function putTable(s: Scanner, table: MemberTable): number {
  const at = s.free;
  const names = at + TABLE_NAMES;
  let text = names + table.size * 8;
  const length = table.names.reduce((sum, name) => sum + name.length, 0);
  if (text + length + MARGIN > BYTES) throw new Error('the tables of names are larger than their room');
  const { buffer } = s.memory;
  new Int16Array(buffer, at, table.slots.length).set(table.slots);
  const places = new Int32Array(buffer, names, table.size * 2);
  for (const [slot, name] of table.names.entries()) {
    places[slot * 2] = text;
    places[slot * 2 + 1] = name.length;
    s.memory.set(name, text);
    text += name.length;
  }
  s.free = (text + MARGIN + 3) & ~3;
  s.tables.set(table, at);
  return at;
}
