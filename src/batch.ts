/**
 * What a reader hands to the writer: many records as bytes in one buffer, and one row of numbers for each record
 * that says where its values stand. Numbers and one buffer cross a thread boundary without copying.
 */

import type { AccessBatch } from './access-logs/rows.js';
import type { Digest, DigestSignature } from './cloudtrail/digest.js';
import { type FieldAt, fieldsAt } from './cloudtrail/fields.js';
import { type ByDimension, byDimension, DIMENSIONS, type Dimension } from './dimensions.js';

/** Texts of a row that are no field of a record: made from its fields, or from what stood around it. */
const DERIVED_TEXTS = [
  ...(['objectKey', 'signatureVersion', 'bytesTransferredIn', 'bytesTransferredOut'] as const),
  ...(['additionalFields', 'envelope'] as const),
] as const;

/** A text value of a row: a field that `event` or `detail` keeps, or a derived one. */
export type Text = FieldAt<'event' | 'detail'> | (typeof DERIVED_TEXTS)[number];

/** The text values of a row, in row order; each is an offset and a length in the payload. */
export const TEXTS: readonly Text[] = [
  ...fieldsAt('event', 'detail').map(({ name }) => name),
  ...DERIVED_TEXTS,
];

/** Positions in a row. A dimension is a number local to its worker, -1 for none; a text offset of -1 means NULL. */
export const ROW = {
  /** Which file of the task. */
  file: 0,
  /** Place of the record in its file, from 0. */
  ordinal: 1,
  /** The whole record, minified, in the payload. */
  start: 2,
  length: 3,
  /** 1 where the record cannot be rebuilt from its columns and its text must be kept whole. */
  irregular: 4,
  /** Two 32-bit halves of the hash of (recipientAccountId, eventID), or of the content where there is no id. */
  idHigh: 5,
  idLow: 6,
  /** Two halves of the hash of the whole record. */
  contentHigh: 7,
  contentLow: 8,
  dimensions: 9,
  texts: 9 + DIMENSIONS.length,
  width: 9 + DIMENSIONS.length + TEXTS.length * 2,
} as const;

const TEXT_POSITIONS = new Map(TEXTS.map((name, i) => [name, ROW.texts + i * 2]));

/** Position in a row of a text value's offset; its length follows. */
export function textAt(name: Text): number {
  return TEXT_POSITIONS.get(name)!;
}

/** Position in a row of the number of a dimension's value. */
export const DIMENSION_AT: Readonly<ByDimension<number>> = byDimension(
  dimension => ROW.dimensions + DIMENSIONS.indexOf(dimension),
);

/** New values of the dimensions, in the order of their local numbers. */
export type NewValues = ByDimension<string[]>;

/** A record, or a piece of a file, that could not be stored. */
export interface Rejected {
  file: number;
  ordinal: number;
  /** Offset in the inflated bytes of the file, where known. */
  offset: number;
  reason: string;
  /** The text, cut at `MAX_REJECTED_TEXT` bytes. */
  raw: string;
  /** The length of the uncut text in bytes. */
  bytes: number;
  /** How many items this stands for: 1, or more where a file has too many to list. */
  count: number;
}

export const MAX_REJECTED_TEXT = 1 << 20;

/** How a file ended. The ledger's row comes from this. */
export interface FileResult {
  file: number;
  /** `unchanged` where only its hash was compared with the ledger's, and is the same. */
  state: 'indexed' | 'skipped' | 'failed' | 'unchanged';
  /** Why it was skipped or failed; empty when indexed. */
  reason: string;
  /** What is wrong with an indexed file: a cut gzip stream, broken JSON, a limit. Empty when sound. */
  damage: string;
  /** True where the gzip checksum does not hold: any byte may be another than the one that was written. */
  isSuspect: boolean;
  /** The limits, as JSON, where one of them cut something off; else empty. */
  limits: string;
  /** Container form, `Records`, `JSON lines`, `lookup-events`, …; `digest` and `digest signatures`. */
  shape: string;
  size: number;
  /** Modification time in nanoseconds since 1970, as decimal text: beyond a double's precision. */
  mtimeNs: string;
  /** SHA-256 of the inflated bytes in hex, or empty where they were not all read. */
  sha256: string;
  inflatedBytes: number;
  /** Items that claimed to be records: stored, duplicate and rejected together. */
  records: number;
  rejected: number;
}

export interface Batch {
  /** Number of the task these records belong to. */
  task: number;
  payload: Uint8Array<ArrayBuffer>;
  /** Bytes of the payload in use. */
  used: number;
  rows: Int32Array<ArrayBuffer>;
  rowCount: number;
  newValues: NewValues;
  /** Dimensions whose local numbers start again at 0 with this batch. */
  restarted: Dimension[];
  rejected: Rejected[];
  /** Lines of S3 server access logs, whose bytes are in the payload as well; undefined where there are none. */
  access: AccessBatch | undefined;
  /** Digest files, and signatures of some, with the file of the task that each is from. */
  digests: Array<Digest & { file: number }>;
  signatures: Array<DigestSignature & { file: number }>;
  /** The files whose records end in this batch. */
  finished: FileResult[];
  /** True for the last batch of the task. */
  last: boolean;
}

/** The rows of a batch, of events or of lines, and the bytes that they are about. */
export interface BatchRows {
  payload: Buffer;
  /** Bytes of the payload in use. */
  used: number;
  rows: Int32Array;
  rowCount: number;
}
