/** Requests as columns of numbers: what the metrics are computed from, whatever source they were seen in. */

import type { MetricClass } from '../../access-logs/operations.js';

/** The classes by their number in `Requests.classes`. */
export const CLASSES: readonly MetricClass[] = [
  'other',
  'Get',
  'Put',
  'Delete',
  'Head',
  'Post',
  'Select',
  'List',
];

/** What is measured of a request; NaN is a value that its source does not have. */
export interface Values {
  /** Bytes of the response’s body; NaN where it has none. */
  sent: number;
  /** Bytes of the request’s body; NaN where it has none. */
  received: number;
  /** Milliseconds from the last byte of the request to the first of the response. */
  firstByte: number;
  /** Milliseconds from the first byte of the request to the last of the response. */
  total: number;
}

/** A request. */
export interface Request extends Values {
  /** Number of its step. */
  step: number;
  /** Number of its class in `CLASSES`. */
  class: number;
  /** The hundreds of its status; 0 where it is not known. */
  hundreds: number;
}

/** Requests column by column. */
export interface Requests {
  count: number;
  steps: Int32Array;
  classes: Uint8Array;
  hundreds: Uint8Array;
  sent: Float64Array;
  received: Float64Array;
  firstByte: Float64Array;
  total: Float64Array;
}

const FIRST_ROOM = 4096;

export function createRequests(): Requests {
  return {
    count: 0,
    steps: new Int32Array(FIRST_ROOM),
    classes: new Uint8Array(FIRST_ROOM),
    hundreds: new Uint8Array(FIRST_ROOM),
    sent: new Float64Array(FIRST_ROOM),
    received: new Float64Array(FIRST_ROOM),
    firstByte: new Float64Array(FIRST_ROOM),
    total: new Float64Array(FIRST_ROOM),
  };
}

/** Adds a request. @returns its number */
export function addRequest(requests: Requests, request: Request): number {
  const i = requests.count;
  reserve(requests, 1);
  requests.steps[i] = request.step;
  requests.classes[i] = request.class;
  requests.hundreds[i] = request.hundreds;
  requests.sent[i] = request.sent;
  requests.received[i] = request.received;
  requests.firstByte[i] = request.firstByte;
  requests.total[i] = request.total;
  requests.count++;
  return i;
}

/** Makes room for some more. */
export function reserve(requests: Requests, more: number): void {
  const needed = requests.count + more;
  if (needed <= requests.steps.length) return;
  const size = Math.max(needed, requests.steps.length * 2);
  const larger = <T extends Int32Array | Uint8Array | Float64Array>(column: T): T => {
    const copy = new (column.constructor as new (length: number) => T)(size);
    copy.set(column);
    return copy;
  };
  requests.steps = larger(requests.steps);
  requests.classes = larger(requests.classes);
  requests.hundreds = larger(requests.hundreds);
  requests.sent = larger(requests.sent);
  requests.received = larger(requests.received);
  requests.firstByte = larger(requests.firstByte);
  requests.total = larger(requests.total);
}

/** A number of a source that writes what it likes; NaN where it is none, or below 0. */
export const amount = (value: unknown): number =>
  typeof value === 'number' && value >= 0 && value !== Number.POSITIVE_INFINITY ? value : Number.NaN;
