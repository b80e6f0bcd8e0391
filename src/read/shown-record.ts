/** What is made of a record whose bytes the WebAssembly sees, where they are. Places are those in its memory. */

import { wide } from '../bytes/hash.js';
import { FIELDS } from '../cloudtrail/fields.js';
import { lazily } from '../lazy.js';
import { BYTES, keepRoom, RESULT, type ScanMemory, scanMemory, WRITTEN } from './scan-memory.js';

/** As in `scripts/wasm/record.ts`. */
const OF_KIND = 1;
const OF_CHANNEL = 2;

/** What `kindShown` writes and finds. */
export interface ShownKind {
  /** Where it ends; it begins at `WRITTEN`. */
  end: number;
  /** Members that are part of the channel, and that are no field. */
  channelMembers: number;
  unknownMembers: number;
  /** Whether one of its values is an object or a list. */
  isNested: boolean;
}

/** Where the byte at `from` of a document is; 0 where not all up to `to` is seen. */
export function shownAt(s: ScanMemory, b: Uint8Array, from: number, to: number): number {
  return s.shown.deref() === b && from >= s.from && to <= s.to ? BYTES + from - s.from : 0;
}

/** `hash64`, which leaves its halves in `wide`. */
export function hashShown({ run, result }: ScanMemory, from: number, to: number, seed: number): void {
  run.hash(from, to, seed, seed);
  wide.high = result[RESULT.high]!;
  wide.low = result[RESULT.low]!;
}

/** Where the homes of fields are written, a byte each. */
const homesIn = lazily((): number => {
  const s = scanMemory()!;
  const at = keepRoom(s, FIELDS.length);
  for (const [slot, { home }] of FIELDS.entries())
    s.bytes[at + slot] = home === 'kind' ? OF_KIND : home === 'channel' ? OF_CHANNEL : 0;
  return at;
});

/**
 * Writes the kind of the record whose members were found last.
 * @param by what lies between the places of its members and those in memory
 */
export function kindShown(s: ScanMemory, by: number, out: ShownKind): void {
  out.end = s.run.kind(homesIn(), FIELDS.length, by, WRITTEN);
  const { result } = s;
  out.channelMembers = result[RESULT.channel]!;
  out.unknownMembers = result[RESULT.unknown]!;
  out.isNested = result[RESULT.nested] !== 0;
}
