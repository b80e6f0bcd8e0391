/** What a document turned out to hold: items stored, rejected and set aside, its container and its damage. */

import { MAX_REJECTED_TEXT, type Rejected } from '../batch.js';
import type { RecordSink } from './encoder.js';

export interface SplitResult {
  /** Container form, for the ledger. */
  shape: string;
  /** Items that claimed to be records. */
  records: number;
  rejected: number;
  /** Empty, or why the document as a whole holds nothing for us. */
  skipped: string;
  /** True for a document without records in which the words of CloudTrail records stand all the same. */
  isLike: boolean;
  /** True where such a document is JSON: then it is a form that is not read, not a text about records. */
  isJson: boolean;
  /** Empty, or what is wrong with a document that does hold records. */
  damage: string;
  /** True where a record was rejected for its length. */
  overLimit: boolean;
}

/** The form of a lone object, as long as no second one follows. */
export const SINGLE = 'single object';

/** Items that are no records are listed one by one up to here when records stand beside them, then only counted. */
const MAX_FOREIGN_LISTED = 1000;
/** Items set aside are kept in memory up to this many bytes. */
const MAX_FOREIGN_BYTES = 8 << 20;

export interface Tally {
  /** The place of the next item. */
  ordinal(): number;
  /** Gives the next item its place. */
  nextOrdinal(): number;
  noteShape(name: string): void;
  noteEnvelope(name: string): void;
  /** Notes what is wrong with the document; the first counts. */
  noteDamage(damage: string): void;
  /** Notes a digest file, or the signature of one. */
  noteDigest(shape: 'digest' | 'digest signatures'): void;
  /** The document holds an array `Records`. */
  noteContainer(): void;
  noteOverLimit(): void;
  /** The document is text, and none of the forms that are read. */
  noteText(reason: string, head: Uint8Array): void;
  stored(): void;
  reject(offset: number, raw: Uint8Array, bytes: number, reason: string): void;
  /** Keeps an item that is no record until it is known whether records stand beside it. */
  setAside(offset: number, raw: Uint8Array, reason: string): void;
  /** Adds what a document inside this one held. */
  include(inner: SplitResult): void;
  /** True as long as no item was met. */
  isUntouched(): boolean;
  /** True as long as nothing says that this is a log. */
  isEmpty(): boolean;
  /** True where items that are no records would be rejected: records stand beside them. */
  hasRecords(): boolean;
  result(): SplitResult;
}

/** Long: its functions share the counts of one document. */
export function createTally(file: number, sink: RecordSink, firstOrdinal: number): Tally {
  let ordinal = firstOrdinal;
  let stored = 0;
  let rejected = 0;
  let container = '';
  let envelope = '';
  let damage = '';
  let textReason = '';
  let isLike = false;
  let isJson = true;
  let sawContainer = false;
  let digest = '';
  let overLimit = false;
  let foreignCount = 0;
  let foreignReason = '';
  let foreignBytes = 0;
  const foreign: Rejected[] = [];

  function whySkipped(): string {
    return textReason || foreignReason || (damage ? NOT_JSON : 'holds no records');
  }

  function rejectForeign(): void {
    for (const one of foreign) sink.reject(one);
    const rest = foreignCount - foreign.length;
    if (rest > 0) {
      const reason = `not a CloudTrail record: ${rest} further items`;
      sink.reject({ file, ordinal, offset: -1, reason, raw: '', bytes: 0, count: rest });
    }
    rejected += foreignCount;
  }

  return {
    ordinal: () => ordinal,
    nextOrdinal: () => ordinal++,
    noteShape(name) {
      if (!container) container = name;
      // A second value at the top makes lines, or concatenated JSON, of what looked like a lone object.
      else if (container === SINGLE && name === SINGLE) container = 'JSON lines';
    },
    noteEnvelope(name) {
      envelope ||= name;
    },
    noteDamage(text) {
      damage ||= text;
    },
    noteDigest(shape) {
      digest ||= shape;
    },
    noteContainer() {
      sawContainer = true;
    },
    noteOverLimit() {
      overLimit = true;
    },
    noteText(reason, head) {
      textReason = reason;
      isLike ||= isLikeRecords(head);
      isJson = BROKEN_JSON.test(Buffer.from(head.subarray(0, 16)).toString('latin1'));
    },
    stored() {
      stored++;
    },
    reject(offset, raw, bytes, reason) {
      sink.reject({ file, ordinal: ordinal++, offset, reason, raw: cut(raw), bytes, count: 1 });
      rejected++;
    },
    setAside(offset, raw, reason) {
      foreignReason ||= reason;
      isLike ||= stored === 0 && isLikeRecords(raw);
      const kept = Math.min(raw.length, MAX_REJECTED_TEXT);
      if (foreign.length < MAX_FOREIGN_LISTED && foreignBytes + kept <= MAX_FOREIGN_BYTES) {
        foreignBytes += kept;
        foreign.push({
          file,
          ordinal,
          offset,
          reason: `not a CloudTrail record: ${reason}`,
          raw: cut(raw),
          bytes: raw.length,
          count: 1,
        });
      }
      foreignCount++;
      ordinal++;
    },
    include(inner) {
      ordinal += inner.records;
      stored += inner.records - inner.rejected;
      rejected += inner.rejected;
      damage ||= inner.damage;
      overLimit ||= inner.overLimit;
    },
    isUntouched: () => ordinal === firstOrdinal && container === '' && damage === '' && digest === '',
    isEmpty: () => stored === 0 && rejected === 0 && !sawContainer,
    hasRecords: () => stored > 0 || sawContainer,
    result() {
      const isMixed = stored > 0 || rejected > 0;
      if (isMixed) rejectForeign();
      const isEmptyTrailFile = sawContainer && foreignCount === 0;
      const skipped = isMixed || isEmptyTrailFile || digest !== '' ? '' : whySkipped();
      const shape = digest
        ? digest
        : envelope && envelope !== container
          ? `${envelope}, ${container}`
          : container;
      return {
        shape,
        records: stored + rejected,
        rejected,
        skipped,
        isLike,
        isJson: isJson && foreignReason !== NOT_JSON,
        damage: skipped ? '' : damage,
        overLimit,
      };
    },
  };
}

const NOT_JSON = 'not JSON';

/** Words that stand together in CloudTrail's records, and not in the notifications that look like them. */
const LIKE = [/eventVersion/, /eventName/, /event(?:ID|Id)\b/, /event(?:Time|Type)\b/];
/** Bytes in which the words are looked for. */
const LIKE_BYTES = 4 << 20;

/** True where a text has the words of a CloudTrail record, in whatever form. */
export function isLikeRecords(bytes: Uint8Array): boolean {
  const length = Math.min(bytes.length, LIKE_BYTES);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, length).toString('latin1');
  return LIKE.every(word => word.test(text));
}

/** What begins like JSON but for a byte or two. */
const BROKEN_JSON = /^.{0,2}[{["]/s;

/** An S3 server access log begins with the owner's canonical id, the bucket and a time in brackets (S3 User Guide, "Log format"). */
const ACCESS_LOG = /^[0-9a-f]{64} [^ ]+ \[\d\d\/[A-Z][a-z]{2}\/\d{4}:/;

/** What a text that is not JSON is. */
export function whatText(head: Uint8Array): string {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 256)).toString('latin1');
  if (text.startsWith('version https://git-lfs')) return 'Git LFS pointer, not the file itself';
  if (text.startsWith('SQLite format 3\0')) return 'SQLite database';
  if (ACCESS_LOG.test(text)) return 'S3 server access log';
  return /^\s*[{[]\s*["{[]/.test(text) ? 'JSON that is cut off or broken, without a whole record' : NOT_JSON;
}

function cut(raw: Uint8Array): string {
  return Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.length, MAX_REJECTED_TEXT)).toString('utf8');
}
