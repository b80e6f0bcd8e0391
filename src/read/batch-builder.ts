/** The batch under construction: its buffer, its rows, and the full batches that wait to be taken. */

import {
  ACCESS_DIMENSIONS,
  ACCESS_ROW,
  type AccessBatch,
  type ByAccessDimension,
  byAccessDimension,
} from '../access-logs/rows.js';
import { type Batch, type FileResult, type Rejected, ROW } from '../batch.js';
import type { Dictionary } from '../bytes/dictionary.js';
import { type ByDimension, byDimension, DIMENSIONS } from '../dimensions.js';

/** Bytes of payload after which a batch is handed over; a longer record gets a batch of its own. */
export const PAYLOAD = 4 << 20;
const ROWS = 4096;
/** Below this length a loop is quicker than a call. */
const SHORT = 40;
/** What a signature of a digest takes, roughly. */
const SIGNATURE_BYTES = 1024;

/** Its fields are read and written by the encoder for every record: getters would cost more than the work. */
export interface BatchBuilder {
  batch: Batch;
  /** The payload of `batch`. */
  view: DataView;
  /** Bytes of the payload in use. */
  used: number;
  /** Makes room for a row and `bytes` more, in this batch or a new one. */
  reserve(bytes: number): void;
  /** The same for a line of an access log, beside the lines of this batch. */
  reserveLine(bytes: number): void;
  /** Appends the bytes `[from, to)`, all of them by default, to the payload; returns where they begin. */
  append(bytes: Uint8Array, from?: number, to?: number): number;
  /** The lines of this batch. */
  accessRows(): AccessBatch;
  reject(rejected: Rejected): void;
  /** @param bytes length of its text */
  addDigest(digest: Batch['digests'][number], bytes: number): void;
  addSignature(signature: Batch['signatures'][number]): void;
  finish(file: FileResult): void;
  /** Number of full batches that wait to be taken. */
  waiting(): number;
  /** Full batches so far; with `all`, the unfinished one too, marked as the task's last. */
  take(all: boolean): Batch[];
}

/**
 * Long: its functions share the batch under construction.
 * @param dictionaries whose new values each batch brings
 * @param task number of the task the batches belong to
 * @param spare buffers to use again
 * @param accessDictionaries the same for lines of access logs
 */
export function createBatchBuilder(
  dictionaries: ByDimension<Dictionary>,
  task: number,
  spare: ArrayBuffer[],
  accessDictionaries: ByAccessDimension<Dictionary>,
): BatchBuilder {
  const full: Batch[] = [];
  /** Bytes that the batch holds outside its payload. */
  let besideBytes = 0;

  function newBatch(capacity: number): Batch {
    const buffer =
      capacity <= PAYLOAD ? (spare.pop() ?? new ArrayBuffer(PAYLOAD)) : new ArrayBuffer(capacity);
    return {
      task,
      payload: new Uint8Array(buffer),
      used: 0,
      rows: new Int32Array(0),
      rowCount: 0,
      newValues: byDimension(() => []),
      restarted: [],
      rejected: [],
      access: undefined,
      digests: [],
      signatures: [],
      finished: [],
      last: false,
    };
  }

  function seal(): void {
    const { batch } = builder;
    for (const d of DIMENSIONS) {
      const { values, restarted } = dictionaries[d].takeNew();
      batch.newValues[d] = values;
      if (restarted) batch.restarted.push(d);
    }
    if (batch.access) takeAccessValues(batch.access, accessDictionaries);
    batch.used = builder.used;
    if (batch.used < PAYLOAD / 8) {
      // Many small records: the rows are full long before the buffer is.
      spare.push(batch.payload.buffer);
      batch.payload = batch.payload.slice(0, batch.used);
    } else if (batch.payload.length > PAYLOAD) {
      // The room that a long record was given for all that could come of it.
      batch.payload = batch.payload.slice(0, batch.used);
    }
    full.push(batch);
  }

  /** Hands over the batch at hand and begins another. */
  function startBatch(bytes: number): void {
    const { rowCount, rejected, access, digests, signatures, finished } = builder.batch;
    const lines = access?.rowCount ?? 0;
    if (rowCount + lines + rejected.length + digests.length + signatures.length + finished.length > 0) seal();
    besideBytes = 0;
    builder.used = 0;
    builder.batch = newBatch(bytes);
    builder.view = new DataView(builder.batch.payload.buffer);
  }

  function noteBeside(bytes: number): void {
    besideBytes += bytes;
    if (besideBytes > PAYLOAD) startBatch(PAYLOAD);
  }

  function reserveBytes(bytes: number): void {
    const { batch, used } = builder;
    if (batch.rowCount >= ROWS || used + bytes > batch.payload.length) startBatch(bytes);
  }

  const first = newBatch(PAYLOAD);
  const builder: BatchBuilder = {
    batch: first,
    view: new DataView(first.payload.buffer),
    used: 0,
    reserve(bytes) {
      reserveBytes(bytes);
      const { batch } = builder;
      // Where only lines come there is no room for records: it would be made and cleared for each batch.
      if (batch.rows.length === 0) batch.rows = new Int32Array(ROWS * ROW.width);
    },
    reserveLine(bytes) {
      if (builder.accessRows().rowCount >= ROWS) startBatch(bytes);
      else reserveBytes(bytes);
    },
    append(bytes, from = 0, to = bytes.length) {
      const at = builder.used;
      const { payload } = builder.batch;
      if (to - from < SHORT) for (let i = from; i < to; i++) payload[at + i - from] = bytes[i]!;
      else payload.set(to - from === bytes.length ? bytes : bytes.subarray(from, to), at);
      builder.used = at + to - from;
      return at;
    },
    accessRows() {
      builder.batch.access ??= {
        rows: new Int32Array(ROWS * ACCESS_ROW.width),
        rowCount: 0,
        newValues: byAccessDimension(() => []),
        restarted: [],
      };
      return builder.batch.access;
    },
    reject(rejected) {
      builder.batch.rejected.push(rejected);
      noteBeside(rejected.raw.length);
    },
    addDigest(digest, bytes) {
      builder.batch.digests.push(digest);
      noteBeside(bytes);
    },
    addSignature(signature) {
      builder.batch.signatures.push(signature);
      noteBeside(SIGNATURE_BYTES);
    },
    finish(file) {
      builder.batch.finished.push(file);
    },
    waiting: () => full.length,
    take(all) {
      if (all) {
        builder.batch.last = true;
        seal();
      }
      return full.splice(0);
    },
  };
  return builder;
}

/** Moves the values that lines of a batch had for the first time into it. */
function takeAccessValues(access: AccessBatch, dictionaries: ByAccessDimension<Dictionary>): void {
  for (const of of ACCESS_DIMENSIONS) {
    const { values, restarted } = dictionaries[of].takeNew();
    access.newValues[of] = values;
    if (restarted) access.restarted.push(of);
  }
}
