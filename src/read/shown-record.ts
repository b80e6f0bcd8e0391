/** Hashes and kinds of records whose bytes the WebAssembly sees. Places are those in its memory. */

import type { Dictionary } from '../bytes/dictionary.js';
import { wide } from '../bytes/hash.js';
import { FIELDS } from '../cloudtrail/fields.js';
import type { ByDimension } from '../dimensions.js';
import { BYTES, RESULT, type ScanMemory, WRITTEN } from './scan-memory.js';
import type { ShownDictionary } from './shown-dictionary.js';

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

/** What a record is made with where the WebAssembly sees it. */
export interface Shown {
  memory: ScanMemory;
  dictionaries: ByDimension<ShownDictionary>;
  kind: ShownKind;
}

/** Undefined where the dictionaries are not in the memory of the WebAssembly. */
export function createShown(dictionaries: ByDimension<Dictionary | ShownDictionary>): Shown | undefined {
  if (!('memory' in dictionaries.kind)) return undefined;
  return {
    memory: dictionaries.kind.memory,
    dictionaries: dictionaries as ByDimension<ShownDictionary>,
    kind: { end: 0, channelMembers: 0, unknownMembers: 0, isNested: false },
  };
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

/**
 * Writes the kind of the record whose members were found last.
 * @param by what lies between the places of its members and those in memory
 */
export function kindShown(s: ScanMemory, by: number, out: ShownKind): void {
  out.end = s.run.kind(s.homes, FIELDS.length, by, WRITTEN);
  const { result } = s;
  out.channelMembers = result[RESULT.channel]!;
  out.unknownMembers = result[RESULT.unknown]!;
  out.isNested = result[RESULT.nested] !== 0;
}
