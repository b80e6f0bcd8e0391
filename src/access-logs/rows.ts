/**
 * Lines of access logs on their way from a reading thread to the writer: the bytes of each in the batch's buffer, and one
 * row of numbers that says where its fields stand there.
 */

import type { AccessFieldName } from './fields.js';

/** What repeats in lines and is stored once per distinct value, in tables named access_…. */
export const ACCESS_DIMENSIONS = ['bucket', 'requester', 'address', 'agent', 'call', 'channel'] as const;
export type AccessDimension = (typeof ACCESS_DIMENSIONS)[number];
export type ByAccessDimension<T> = Record<AccessDimension, T>;

/** @param make what a dimension has */
export function byAccessDimension<T>(make: (dimension: AccessDimension) => T): ByAccessDimension<T> {
  return Object.fromEntries(ACCESS_DIMENSIONS.map(of => [of, make(of)])) as ByAccessDimension<T>;
}

/** The fields that a row of access_log keeps itself, in its order. */
export const ACCESS_TEXTS = [
  ...(['key', 'requestid', 'request_uri', 'bytessent', 'objectsize', 'totaltime', 'turnaroundtime'] as const),
  ...(['referrer', 'versionid', 'hostid'] as const),
] as const satisfies readonly AccessFieldName[];

/** Positions in a row. A dimension is a number local to its worker, -1 for none; a text offset of -1 means NULL. */
export const ACCESS_ROW = {
  /** Which file of the task. */
  file: 0,
  /** Place of the line in its file, from 0. */
  ordinal: 1,
  /** The line in the payload. */
  start: 2,
  length: 3,
  /** Halves of the hash of the line. */
  hashHigh: 4,
  hashLow: 5,
  /** 1 where the line is not what its columns give, so that its bytes must be kept. */
  irregular: 6,
  isAmbiguous: 7,
  /** As in access_log.form. */
  form: 8,
  /** Seconds since 1970, in two halves of 2^20; `NO_TIME` in the first where it cannot be read. */
  timeHigh: 9,
  timeLow: 10,
  dimensions: 11,
  texts: 11 + ACCESS_DIMENSIONS.length,
  /** Fields that the program does not know. */
  more: 11 + ACCESS_DIMENSIONS.length + ACCESS_TEXTS.length * 2,
  /** The decoded key, where that is another text. */
  decodedKey: 13 + ACCESS_DIMENSIONS.length + ACCESS_TEXTS.length * 2,
  width: 15 + ACCESS_DIMENSIONS.length + ACCESS_TEXTS.length * 2,
} as const;

export const NO_TIME = -1;
/** What `timeHigh` counts. */
export const TIME_UNIT = 2 ** 20;

/** Bits of access_log.form above the number of fields. */
export const FORM = { bareUri: 32, bareReferrer: 64, bareAgent: 128 } as const;

/** Lines of a batch. */
export interface AccessBatch {
  rows: Int32Array<ArrayBuffer>;
  rowCount: number;
  newValues: ByAccessDimension<string[]>;
  /** Dimensions whose local numbers start again at 0 with this batch. */
  restarted: AccessDimension[];
}
