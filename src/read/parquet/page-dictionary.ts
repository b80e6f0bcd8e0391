/** The values that the pages of a column refer to by their number. */

import type { Scalar } from '../../cloudtrail/row-value.js';
import { ParquetFault } from './fault.js';
import type { Raw } from './scalar.js';
import { type Node, PHYSICAL } from './schema.js';
import { plainValues } from './values.js';

export interface Dictionary {
  /** @throws ParquetFault where there is no value of this number */
  at(index: number): Scalar;
}

/** Writers stop at a megabyte or at a tenth of the rows. */
const MAX_VALUES = 4_000_000;

/** @param bytes its values, plain, `count` of them */
export function createDictionary(
  bytes: Uint8Array,
  count: number,
  leaf: Node,
  toScalar: (raw: Raw) => Scalar,
): Dictionary {
  if (leaf.type === PHYSICAL.boolean || count > MAX_VALUES)
    throw new ParquetFault(`a dictionary of ${count} values`);
  const scalars: Array<Scalar | undefined> = [];
  let rawAt: (index: number) => Raw;
  if (leaf.type === PHYSICAL.byteArray) {
    // Places, not texts: what no row refers to is never decoded.
    const starts = startsOf(bytes, count);
    rawAt = i => bytes.subarray(starts[i]! + 4, starts[i + 1]);
  } else {
    const next = plainValues(bytes, 0, leaf);
    const raws: Raw[] = [];
    for (let i = 0; i < count; i++) raws.push(next());
    rawAt = i => raws[i]!;
  }
  return {
    at(index) {
      if (index >= count) throw new ParquetFault('a value that is not in its dictionary');
      // A text that many rows share is decoded once.
      let scalar = scalars[index];
      if (scalar === undefined) {
        scalar = toScalar(rawAt(index));
        scalars[index] = scalar;
      }
      return scalar;
    },
  };
}

/** Where each text begins, and where the last ends. */
function startsOf(bytes: Uint8Array, count: number): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (count * 4 > bytes.length) throw new ParquetFault('a dictionary of fewer values than its head says');
  const starts = new Uint32Array(count + 1);
  let at = 0;
  for (let i = 0; i < count; i++) {
    starts[i] = at;
    if (bytes.length - at < 4) throw new ParquetFault('a dictionary of fewer values than its head says');
    at += 4 + view.getUint32(at, true);
    if (at > bytes.length) throw new ParquetFault('a dictionary of fewer values than its head says');
  }
  starts[count] = at;
  return starts;
}
