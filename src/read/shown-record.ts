/** Hashes and kinds of records whose bytes the WebAssembly sees. Places are those in its memory. */

import type { Dictionary } from '../bytes/dictionary.js';
import { wide } from '../bytes/hash.js';
import { FIELDS } from '../cloudtrail/fields.js';
import type { ByDimension } from '../dimensions.js';
import { BYTES, RESULT, type ScanMemory, WRITTEN } from './scan-memory.js';
import type { ShownDictionary } from './shown-dictionary.js';

/** What a record is made with where the WebAssembly sees it. */
export interface Shown {
  memory: ScanMemory;
  dictionaries: ByDimension<ShownDictionary>;
}

/** Undefined where the dictionaries are not in the memory of the WebAssembly. */
export function createShown(dictionaries: ByDimension<Dictionary | ShownDictionary>): Shown | undefined {
  if (!('memory' in dictionaries.kind)) return undefined;
  return {
    memory: dictionaries.kind.memory,
    dictionaries: dictionaries as ByDimension<ShownDictionary>,
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
 * Writes the kind of the record whose members were found last, and leaves in `RESULT` what it counts.
 * @param by what lies between the places of its members and those in memory
 * @returns where it ends; it begins at `WRITTEN`
 */
export const kindShown = ({ run, homes }: ScanMemory, by: number): number =>
  run.kind(homes, FIELDS.length, by, WRITTEN);
