/** Rows and hashes of records whose bytes the WebAssembly sees. Places are those in its memory. */

import { DIMENSION_AT, ROW, textAt } from '../batch.js';
import type { Dictionary } from '../bytes/dictionary.js';
import { wide } from '../bytes/hash.js';
import { FIELDS, fieldIndex } from '../cloudtrail/fields.js';
import type { ByDimension } from '../dimensions.js';
import { memberTable } from './json-scan.js';
import { tableAt } from './members-scan.js';
import { BYTES, keepRoom, RESULT, ROW_MADE, type ScanMemory, WRITTEN } from './scan-memory.js';
import type { ShownDictionary } from './shown-dictionary.js';

/** What a record is made with where the WebAssembly sees it. */
export interface Shown {
  memory: ScanMemory;
  dictionaries: ByDimension<ShownDictionary>;
  /** Where the plan of rows stands. */
  plan: number;
}

/** Undefined where the dictionaries are not in the memory of the WebAssembly. */
export function createShown(dictionaries: ByDimension<Dictionary | ShownDictionary>): Shown | undefined {
  if (!('memory' in dictionaries.kind)) return undefined;
  const { memory } = dictionaries.kind;
  const shown = dictionaries as ByDimension<ShownDictionary>;
  let plan = plans.get(shown);
  if (plan === undefined) {
    plan = putPlan(memory, shown);
    plans.set(shown, plan);
  }
  return { memory, dictionaries: shown, plan };
}

/** Where the plan of a set of dictionaries stands: one set for a thread. */
const plans = new WeakMap<ByDimension<ShownDictionary>, number>();

/** Writes down what a row is made by: see `scripts/wasm/row.ts`. */
function putPlan(s: ScanMemory, dictionaries: ByDimension<ShownDictionary>): number {
  const ofFields = FIELDS.map(({ name, home }) =>
    home === 'event' || home === 'detail' ? textAt(name) : -1,
  );
  const positions = keepRoom(s, ofFields.length * 4);
  new Int32Array(s.run.memory.buffer, positions, ofFields.length).set(ofFields);
  const numbers = [
    ...[s.homes, FIELDS.length, ROW_MADE, ROW.width * 4, WRITTEN, positions],
    ...[tableAt(s, REQUEST_NAMES), tableAt(s, EXTRA_NAMES)],
    ...(['requestParameters', 'additionalEventData', 'recipientAccountId'] as const).map(fieldIndex),
    ...[textAt('eventID'), ROW.contentHigh, ROW.idHigh, textAt('objectKey'), ...EXTRA_TEXTS],
    ...(['kind', 'identity', 'address', 'agent', 'channel', 'bucket'] as const).flatMap(dimension => [
      dictionaries[dimension].head,
      DIMENSION_AT[dimension],
    ]),
  ];
  const plan = keepRoom(s, numbers.length * 4);
  new Int32Array(s.run.memory.buffer, plan, numbers.length).set(numbers);
  return plan;
}

/** Members of requestParameters that are columns, and of additionalEventData, with their positions in a row. */
export const REQUEST_NAMES = memberTable(['bucketName', 'key']);
export const EXTRA_NAMES = memberTable(['SignatureVersion', 'bytesTransferredIn', 'bytesTransferredOut']);
export const EXTRA_TEXTS = [
  textAt('signatureVersion'),
  textAt('bytesTransferredIn'),
  textAt('bytesTransferredOut'),
];

/** What became of a record. */
export const MADE = { declined: 0, done: 1, irregular: 2 };

/**
 * Makes the row of a record whose members were found last, where nothing in it is unusual; it stands in `memory.row`.
 * @param by what lies between the places of its members and those in memory
 * @param seenBy the same of places in the payload
 */
export function rowShown(
  { memory, plan }: Shown,
  { start, end, by, seenBy, seed }: Record<'start' | 'end' | 'by' | 'seenBy' | 'seed', number>,
): number {
  const made = memory.run.row(plan, start, end, by, seenBy, seed);
  // The list may be that of other members now.
  memory.scans++;
  return made;
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
