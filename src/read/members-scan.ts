/**
 * The members of the objects of a document, found by WebAssembly where there is any: it takes a third of the time of
 * `json-scan.ts`, which looks at whatever it does not take and says what is wrong with it.
 */

import { MEMBER, type Members, type MemberTable, roomFor } from './json-scan.js';
import { BYTES, MARGIN, RESULT, type ScanMemory, scanMemory, show } from './scan-memory.js';

const TABLE_NAMES = 2048;

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
  const scanner = scanMemory();
  if (!scanner) return 0;
  if (scanner.shown.deref() !== b || start < scanner.from || start >= scanner.to) show(scanner, b, start);
  const at = tableAt(scanner, table);
  let to = run(scanner, start, end, at, shift);
  if (to === 0 && scanner.result[RESULT.cut] !== 0 && scanner.to < end && start > scanner.from) {
    show(scanner, b, start);
    to = run(scanner, start, end, at, shift);
  }
  if (to === 0) return 0;
  take(scanner, out);
  return to;
}

function run(scanner: ScanMemory, start: number, end: number, table: number, shift: number): number {
  const {
    run: { members },
    from,
    to,
  } = scanner;
  const by = from - BYTES;
  scanner.scans++;
  const found = members(start - by, Math.min(end, to) - by, table, by + shift);
  return found === 0 ? 0 : found + by;
}

function take(s: ScanMemory, out: Members): void {
  const { result, list } = s;
  out.scan = s.scans;
  const count = result[RESULT.members]!;
  const numbers = count * MEMBER.width;
  out.count = count;
  out.loose = result[RESULT.loose] !== 0;
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

/** Where a table stands. */
export const tableAt = (s: ScanMemory, table: MemberTable): number =>
  s.tables.get(table) ?? putTable(s, table);

/** Writes a table where it is looked into; returns its place. */
function putTable(s: ScanMemory, table: MemberTable): number {
  const at = s.tablesEnd;
  const names = at + TABLE_NAMES;
  let text = names + table.size * 8;
  const length = table.names.reduce((sum, name) => sum + name.length, 0);
  if (text + length + MARGIN > BYTES) throw new Error('the tables of names are larger than their room');
  const { buffer } = s.run.memory;
  new Int16Array(buffer, at, table.slots.length).set(table.slots);
  const places = new Int32Array(buffer, names, table.size * 2);
  for (const [slot, name] of table.names.entries()) {
    places[slot * 2] = text;
    places[slot * 2 + 1] = name.length;
    s.bytes.set(name, text);
    text += name.length;
  }
  s.tablesEnd = (text + MARGIN + 3) & ~3;
  s.tables.set(table, at);
  return at;
}
