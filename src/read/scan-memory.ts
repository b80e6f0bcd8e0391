/**
 * The WebAssembly that reading uses (`scripts/wasm/members.ts`), one of a thread, and what is where in its memory: results,
 * tables of names, the stretch of a document that it sees, what is written there, and what is kept.
 */

import { ROW } from '../batch.js';
import { ensureMemory, loadWasm, type WasmMemory } from '../bytes/wasm.js';
import { FIELDS, type Field, type Home } from '../cloudtrail/fields.js';
import { lazily } from '../lazy.js';
import { MEMBER, type MemberTable } from './json-scan.js';
import { MEMBERS_WASM } from './members-wasm.js';

/** Its functions. Places are those in its memory. */
interface Functions {
  memory: WasmMemory;
  members(start: number, end: number, table: number, shift: number): number;
  hash(from: number, to: number, seedHigh: number, seedLow: number): void;
  row(plan: number, start: number, end: number, by: number, seenBy: number, seed: number): number;
  idOf(head: number, from: number, to: number): number;
}

/** Numbers at its beginning: see `scripts/wasm/memory.ts`. */
export const RESULT = { loose: 0, cut: 1, members: 2, high: 3, low: 4 };
const LIST = 64;
const MOST_MEMBERS = 1024;
const TABLES = LIST + MOST_MEMBERS * MEMBER.width * 4;
export const BYTES = 1 << 16;
/** Bytes of a document that it sees at a time: a longer object is left to JavaScript. */
const WINDOW = 1 << 18;
/** Bytes behind an end that may be read, or written over. */
export const MARGIN = 64;
/** Where bytes are written: a kind, which is at most four bytes longer than its record for each member, or others to look up. */
export const WRITTEN = BYTES + WINDOW + MARGIN;
/** The row of a record, as a batch has it. */
export const ROW_MADE = WRITTEN + WINDOW + MOST_MEMBERS * 4 + MARGIN;
const KEPT = ROW_MADE + ROW.width * 4;

export interface ScanMemory {
  run: Functions;
  result: Int32Array;
  list: Int32Array;
  bytes: Uint8Array;
  row: Int32Array;
  /** The document that is seen, from `from` to `to`. */
  shown: WeakRef<Uint8Array>;
  from: number;
  to: number;
  /** Counts what was looked for: the list of members is that of the last. */
  scans: number;
  tables: Map<MemberTable, number>;
  /** Where the next table may stand. */
  tablesEnd: number;
  keptEnd: number;
  /** Where the homes of fields stand, a byte each. */
  homes: number;
}

/** As in `scripts/wasm/record.ts` and `row.ts`. */
const HOMES: Readonly<Record<Exclude<Home, 'event' | 'detail'>, number>> = {
  kind: 1,
  channel: 2,
  identity: 3,
  address: 4,
  agent: 5,
};
const OWN_JSON = 6;
const OWN_TEXT = 7;

const homeOf = ({ home, json }: Field): number =>
  home === 'event' || home === 'detail' ? (json ? OWN_JSON : OWN_TEXT) : HOMES[home];

/** Undefined where there is no WebAssembly. */
export const scanMemory = lazily((): ScanMemory | undefined => {
  const run = loadWasm<Functions>(MEMBERS_WASM, KEPT);
  if (!run) return undefined;
  const made: ScanMemory = {
    run,
    ...viewsOf(run.memory),
    shown: new WeakRef(new Uint8Array()),
    from: 0,
    to: 0,
    scans: 0,
    tables: new Map(),
    tablesEnd: TABLES,
    keptEnd: KEPT,
    homes: KEPT,
  };
  made.homes = keepRoom(made, FIELDS.length);
  for (const [slot, field] of FIELDS.entries()) made.bytes[made.homes + slot] = homeOf(field);
  return made;
});

const viewsOf = ({ buffer }: WasmMemory): Pick<ScanMemory, 'result' | 'list' | 'bytes' | 'row'> => ({
  result: new Int32Array(buffer, 0, LIST / 4),
  list: new Int32Array(buffer, LIST, MOST_MEMBERS * MEMBER.width),
  bytes: new Uint8Array(buffer),
  row: new Int32Array(buffer, ROW_MADE, ROW.width),
});

/** Shows a document from a place on. */
export function show(s: ScanMemory, b: Uint8Array, from: number): void {
  s.shown = new WeakRef(b);
  s.from = from;
  s.to = Math.min(from + WINDOW, b.length);
  s.bytes.set(b.subarray(from, s.to), BYTES);
}

/** Makes room that stays; views of the memory from before are empty then. */
export function keepRoom(s: ScanMemory, bytes: number): number {
  const at = (s.keptEnd + 15) & ~15;
  ensureMemory(s.run.memory, at + bytes + MARGIN);
  s.keptEnd = at + bytes;
  Object.assign(s, viewsOf(s.run.memory));
  return at;
}
