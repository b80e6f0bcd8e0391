/**
 * Splits a document into items, whatever its container: `{"Records":[…]}`, an array, JSON lines, concatenated
 * JSON, lookup-events and CloudWatch Logs output. Bytes may come in pieces; no more than one record is held back.
 * A broken item costs itself alone: reading goes on at the next thing that is a record.
 */

import { MAX_REJECTED_TEXT, type Rejected } from '../batch.js';
import { FIELDS } from '../fields.js';
import { CONTAINERS, fromText, insightsMessage, judge, type Verdict } from './items.js';
import { Fault, lastScan, newMembers, scanMembers, scanValue, skipSpace, slotOf } from './json-scan.js';
import { ITEM_NAMES, type RecordEncoder, text } from './record.js';

export interface SplitOptions {
  /** Number of the file within its task. */
  file: number;
  encoder: RecordEncoder;
  /** A record longer than this many bytes is rejected. */
  maxRecordBytes: number;
  /** Ordinal of the first item; above 0 for a document inside a document, which may hold no further ones. */
  firstOrdinal?: number;
}

export interface SplitResult {
  /** Container form, for the ledger. */
  shape: string;
  /** Items that claimed to be records. */
  records: number;
  rejected: number;
  /** Empty, or why the document as a whole holds nothing for us. */
  skipped: string;
  /** Empty, or what is wrong with a document that does hold records. */
  damage: string;
  /** True where a record was rejected for its length. */
  overLimit: boolean;
}

export interface Splitter {
  /**
   * Takes the next bytes. `paused`: full batches wait; take them, then push nothing to go on. `enough`: no further
   * bytes are needed, the document ended or is something else.
   */
  push(bytes: Uint8Array, last: boolean): 'more' | 'paused' | 'enough';
  result(): SplitResult;
}

/** Items that are no records are listed one by one up to here when records stand beside them, then only counted. */
const MAX_FOREIGN_LISTED = 1000;
/** Failed attempts to find the next record may cost this many times the bytes at hand. */
const RESYNC_BUDGET = 8;
/** Full batches after which reading pauses: some 40 MB. */
const MOST_WAITING = 8;
/** A document that has given nothing after this many bytes of text is no log. */
const GIVE_UP = 4 << 20;
/** Items set aside are kept in memory up to this many bytes. */
const MAX_FOREIGN_BYTES = 8 << 20;
const COMMA = 0x2c;
const COLON = 0x3a;
const BRACKET = 0x5b;
const LINE_FEED = 0x0a;
const NOT_JSON = 'not JSON';
const EMPTY = new Uint8Array(0);
const SINGLE = 'single object';

type Mode = 'top' | 'object' | 'array' | 'lost';
type Progress = 'more' | 'done' | 'next' | 'paused';

export function createSplitter({ file, encoder, maxRecordBytes, firstOrdinal }: SplitOptions): Splitter {
  const members = newMembers(ITEM_NAMES);
  let pending: Uint8Array = EMPTY;
  /** Offset of `pending[0]` in the document. */
  let base = 0;
  /** Offset in the bytes at hand of what is read next. */
  let at = 0;
  let mode: Mode = 'top';
  /** In mode `object`: where the object begins, and whether it turned out to be a container. */
  let objectStart = 0;
  let isContainer = false;
  let arrayInObject = false;
  /** In mode `lost`: the mode to go on with, and the piece given up so far. */
  let resume: Mode = 'top';
  let lost: { offset: number; head: Buffer; bytes: number; reason: string } | undefined;
  let ordinal = firstOrdinal ?? 0;
  let rejected = 0;
  let stored = 0;
  let container = '';
  let envelope = '';
  let damage = '';
  let sawContainer = false;
  let digest = false;
  let overLimit = false;
  let foreignCount = 0;
  let foreignReason = '';
  let foreignBytes = 0;
  const foreign: Rejected[] = [];

  function noteShape(name: string): void {
    if (!container) container = name;
    // A second value at the top makes lines, or concatenated JSON, of what looked like a lone object.
    else if (container === SINGLE && name === SINGLE) container = 'JSON lines';
  }

  function reject(offset: number, raw: Uint8Array, bytes: number, reason: string): void {
    encoder.reject({ file, ordinal: ordinal++, offset, reason, raw: cut(raw), bytes, count: 1 });
    rejected++;
  }

  function setAside(offset: number, raw: Uint8Array, reason: string): void {
    if (!foreignReason) foreignReason = reason;
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
  }

  function take(verdict: Verdict, offset: number, raw: Uint8Array): void {
    switch (verdict.kind) {
      case 'record':
        envelope ||= verdict.shape;
        encoder.add(
          verdict.bytes,
          verdict.start,
          verdict.end,
          verdict.members,
          !verdict.loose,
          { file, ordinal: ordinal++ },
          verdict.envelope,
        );
        stored++;
        return;
      case 'document': {
        envelope ||= verdict.shape;
        if (firstOrdinal !== undefined) {
          setAside(offset, raw, 'document inside a document inside a document');
          return;
        }
        const nested = createSplitter({ file, encoder, maxRecordBytes, firstOrdinal: ordinal });
        nested.push(verdict.bytes, true);
        const found = nested.result();
        ordinal += found.records;
        stored += found.records - found.rejected;
        rejected += found.rejected;
        if (found.skipped) setAside(offset, raw, found.skipped);
        return;
      }
      case 'digest':
        digest = true;
        return;
      case 'foreign':
        setAside(offset, raw, verdict.reason);
    }
  }

  /** Gives up on what begins at `i` and looks for the next record. */
  function lose(b: Uint8Array, i: number, reason: string, back: Mode, from = i + 1): void {
    lost = { offset: base + i, head: Buffer.alloc(0), bytes: 0, reason };
    if (!damage) damage = `${reason} at byte ${base + i}`;
    resume = back;
    mode = 'lost';
    // What stands before the fault is inside the lost item: a record in there is an attacker's text, not an event.
    at = Math.min(Math.max(from, i + 1), b.length);
    drop(b, i, at);
  }

  /** Adds bytes to the piece given up. */
  function drop(b: Uint8Array, from: number, to: number): void {
    if (!lost) return;
    const room = MAX_REJECTED_TEXT - lost.head.length;
    if (room > 0) lost.head = Buffer.concat([lost.head, b.subarray(from, Math.min(to, from + room))]);
    lost.bytes += to - from;
  }

  function closeLost(): void {
    if (!lost) return;
    const piece = lost;
    lost = undefined;
    // Between the last whole record and the end of a cut or broken file there may be punctuation only.
    if (!/[^\s,\]}]/.test(piece.head.toString('latin1'))) return;
    const looksLikeRecord = piece.head.includes('eventVersion') || piece.head.includes('eventName');
    if (looksLikeRecord || sawContainer || stored > 0)
      reject(piece.offset, piece.head, piece.bytes, piece.reason);
    else setAside(piece.offset, piece.head, whatText(piece.head));
  }

  /** Reads the item at `i`; returns the offset behind it, or -1 when more bytes are needed or it was given up. */
  function item(b: Uint8Array, i: number, end: number, last: boolean, back: Mode): number {
    const c = b[i];
    let to: number;
    if (c === 0x7b) {
      to = scanMembers(b, i, end, ITEM_NAMES, members);
      if (to >= 0) {
        if (to - i > maxRecordBytes) reject(base + i, b.subarray(i, to), to - i, tooLong());
        else take(judge(b, i, to, members, lastScan.loose), base + i, b.subarray(i, to));
        return to;
      }
    } else {
      to = scanValue(b, i, end);
      if (to === end && !last) return -1;
      if (to >= 0) {
        const raw = b.subarray(i, to);
        const embedded =
          c === 0x5b
            ? insightsMessage(b, i, to)
            : c === 0x22
              ? (JSON.parse(text(b, i, to)) as string)
              : undefined;
        const found = embedded === undefined ? undefined : fromText(embedded, 'JSON text');
        take(
          found ?? { kind: 'foreign', reason: 'JSON without the fields of a CloudTrail record' },
          base + i,
          raw,
        );
        return to;
      }
    }
    const { fault, stringStart } = lastScan;
    const faultAt = fault === Fault.Invalid ? Math.min(lastScan.at, stringStart) : lastScan.at;
    if (fault === Fault.Truncated) {
      if (end - i > maxRecordBytes) lose(b, i, tooLong(), back, faultAt);
      else if (last) lose(b, i, 'the file ends inside this record', back, faultAt);
    } else {
      lose(b, i, fault === Fault.TooDeep ? 'nested too deep' : 'broken JSON', back, faultAt);
    }
    return -1;
  }

  const tooLong = (): string => {
    overLimit = true;
    return `longer than the limit of ${maxRecordBytes} bytes for one record`;
  };

  function top(b: Uint8Array, end: number, last: boolean): Progress {
    while (at < end && (b[at]! <= 0x20 || b[at] === 0x2c)) at++;
    if (at >= end) return 'done';
    const c = b[at]!;
    if (c === 0x5b) {
      at++;
      noteShape('array');
      arrayInObject = false;
      mode = 'array';
      return 'next';
    }
    if (c === 0x22) {
      const to = item(b, at, end, last, 'top');
      if (to < 0) return mode === 'lost' ? 'next' : 'more';
      noteShape(SINGLE);
      at = to;
      return 'next';
    }
    if (c === 0x7b) {
      const slot = firstKey(b, at, end);
      if (slot === 'more' && !last) return 'more';
      if (typeof slot === 'number' && slot >= 0 && slot < FIELDS.length) {
        const to = item(b, at, end, last, 'top');
        if (to < 0) return mode === 'lost' ? 'next' : 'more';
        noteShape(SINGLE);
        at = to;
        return 'next';
      }
      objectStart = at;
      isContainer = false;
      at++;
      mode = 'object';
      return 'next';
    }
    return textLine(b, end, last);
  }

  /** A line of a CloudWatch Logs export: a time, a blank, the message. Anything else is not for us. */
  function textLine(b: Uint8Array, end: number, last: boolean): Progress {
    const newline = b.indexOf(0x0a, at);
    const lineEnd = newline < 0 || newline > end ? end : newline;
    if (lineEnd === end && !last && end - at < 4096) return 'more';
    const head = text(b, at, Math.min(at + 64, lineEnd));
    const stamp = /^\d{4}-\d\d-\d\dT[\d:.]+Z?[ \t]+(?=\{)/.exec(head);
    if (stamp) {
      noteShape('CloudWatch Logs export');
      const to = item(b, at + stamp[0].length, end, last, 'top');
      if (to < 0) return mode === 'lost' ? 'next' : 'more';
      at = to;
      return 'next';
    }
    lose(b, at, 'text that is not JSON', 'top');
    return 'next';
  }

  /** Walks the members of an object until an array of items, or its end, says what it is. */
  function objectMembers(b: Uint8Array, end: number, last: boolean): Progress {
    for (;;) {
      at = skipSpace(b, at, end);
      if (at < end && b[at] === 0x2c) at = skipSpace(b, at + 1, end);
      if (at >= end) break;
      if (b[at] === 0x7d) {
        at++;
        mode = 'top';
        if (isContainer) return 'next';
        const to = item(b, objectStart, end, last, 'top');
        if (to >= 0) {
          noteShape(SINGLE);
          at = to;
        }
        return to >= 0 || (mode as Mode) === 'lost' ? 'next' : 'more';
      }
      const keyEnd = b[at] === 0x22 ? scanValue(b, at, end) : -1;
      if (keyEnd < 0) {
        if (b[at] === 0x22 && lastScan.fault === Fault.Truncated) break;
        lose(b, isContainer ? at : objectStart, 'broken JSON', 'top', at);
        return 'next';
      }
      const colon = skipSpace(b, keyEnd, end);
      const start = colon < end && b[colon] === 0x3a ? skipSpace(b, colon + 1, end) : colon;
      if (start >= end) break;
      const form = b[start] === 0x5b ? containerForm(text(b, at + 1, keyEnd - 1)) : undefined;
      if (form && b[colon] === 0x3a) {
        at = start + 1;
        isContainer = true;
        sawContainer ||= form === 'Records';
        noteShape(form);
        arrayInObject = true;
        mode = 'array';
        return 'next';
      }
      const to = b[colon] === 0x3a ? scanValue(b, start, end) : -1;
      // A number at the border of what has come may go on in the next piece.
      if (to === end && !last) break;
      if (to < 0) {
        if (b[colon] === 0x3a && lastScan.fault === Fault.Truncated) break;
        lose(b, isContainer ? at : objectStart, 'broken JSON', 'top', at);
        return 'next';
      }
      at = to;
    }
    const from = isContainer ? at : objectStart;
    if (last) lose(b, from, 'the file ends inside this record', 'top');
    else if (end - from > maxRecordBytes) lose(b, from, tooLong(), 'top');
    else return 'more';
    return 'next';
  }

  function arrayElements(b: Uint8Array, end: number, last: boolean): Progress {
    for (;;) {
      at = skipSpace(b, at, end);
      if (at < end && b[at] === 0x2c) at = skipSpace(b, at + 1, end);
      if (at >= end) {
        if (last && !damage) damage = 'the file ends inside its array of records';
        return 'done';
      }
      if (b[at] === 0x5d) {
        at++;
        mode = arrayInObject ? 'object' : 'top';
        return 'next';
      }
      const to = item(b, at, end, last, 'array');
      if (to < 0) return mode === 'lost' ? 'next' : 'more';
      at = to;
      if (encoder.waiting() > MOST_WAITING) return 'next';
    }
  }

  /** Looks for the next thing that reads as a whole record, in an envelope or not. */
  function findRecord(b: Uint8Array, end: number, last: boolean): Progress {
    let budget = RESYNC_BUDGET * (end - at) + (1 << 20);
    const waitAt = (open: number): Progress => {
      drop(b, at, open);
      at = open;
      return 'more';
    };
    for (let open = b.indexOf(0x7b, at); open >= 0 && open < end; open = b.indexOf(0x7b, open + 1)) {
      const slot = firstKey(b, open, end);
      if (slot === 'more') {
        if (!last) return waitAt(open);
        continue;
      }
      // A member's value is no item; what follows a comma, a bracket or a line feed may be one whatever its first key.
      const before = previous(b, open, at);
      if (before === COLON || budget <= 0) continue;
      if (slot < 0 && before !== COMMA && before !== BRACKET && before !== LINE_FEED) continue;
      const to = scanMembers(b, open, end, ITEM_NAMES, members);
      budget -= (to < 0 ? lastScan.at : to) - open;
      if (to < 0) {
        if (lastScan.fault === Fault.Truncated && !last && end - open <= maxRecordBytes) return waitAt(open);
        continue;
      }
      const { kind } = judge(b, open, to, members, lastScan.loose);
      if (kind !== 'record' && kind !== 'document') continue;
      drop(b, at, open);
      closeLost();
      at = open;
      mode = resume;
      return 'next';
    }
    drop(b, at, end);
    at = end;
    return 'done';
  }

  return {
    push(bytes, last) {
      const b = pending.length === 0 ? bytes : bytes.length === 0 ? pending : Buffer.concat([pending, bytes]);
      const end = b.length;
      let progress: Progress = 'next';
      while (progress === 'next') {
        if (firstOrdinal === undefined && encoder.waiting() > MOST_WAITING) {
          progress = 'paused';
          break;
        }
        if (mode === 'top') progress = top(b, end, last);
        else if (mode === 'object') progress = objectMembers(b, end, last);
        else if (mode === 'array') progress = arrayElements(b, end, last);
        else progress = findRecord(b, end, last);
      }
      const nothingYet = stored === 0 && rejected === 0 && !sawContainer;
      const hopeless = nothingYet && lost !== undefined && lost.bytes > GIVE_UP;
      if (progress !== 'paused' && (last || hopeless)) {
        closeLost();
        return 'enough';
      }
      const keep = mode === 'object' && !isContainer ? objectStart : at;
      pending = b.subarray(keep);
      base += keep;
      at -= keep;
      objectStart -= keep;
      return progress === 'paused' ? 'paused' : 'more';
    },
    result() {
      const mixed = stored > 0 || rejected > 0;
      if (mixed) {
        for (const one of foreign) encoder.reject(one);
        const rest = foreignCount - foreign.length;
        if (rest > 0) {
          const reason = `not a CloudTrail record: ${rest} further items`;
          encoder.reject({ file, ordinal, offset: -1, reason, raw: '', bytes: 0, count: rest });
        }
        rejected += foreignCount;
      }
      const emptyTrailFile = sawContainer && foreignCount === 0 && !digest;
      const skipped = mixed || emptyTrailFile ? '' : whySkipped();
      const shape = digest
        ? 'digest'
        : envelope && envelope !== container
          ? `${envelope}, ${container}`
          : container;
      return {
        shape,
        records: stored + rejected,
        rejected,
        skipped,
        damage: skipped ? '' : damage,
        overLimit,
      };
    },
  };

  function whySkipped(): string {
    if (digest) return 'digest file, kept for integrity validation';
    return foreignReason || (damage ? NOT_JSON : 'holds no records');
  }
}

/** Slot of the first member's name of the object at `i`; -1 for a name that is not ours; `more` where bytes are missing. */
function firstKey(b: Uint8Array, i: number, end: number): number | 'more' {
  let k = skipSpace(b, i + 1, end);
  if (k >= end) return 'more';
  if (b[k] !== 0x22) return -1;
  const from = ++k;
  while (k < end && b[k] !== 0x22 && k - from < 64) k++;
  if (k >= end) return 'more';
  return slotOf(ITEM_NAMES, b, from, k);
}

function containerForm(name: string): string | undefined {
  return Object.hasOwn(CONTAINERS, name) ? CONTAINERS[name as keyof typeof CONTAINERS] : undefined;
}

/** The byte before `i` that is no blank, but with line feeds counted; a comma where nothing stands before. */
function previous(b: Uint8Array, i: number, from: number): number {
  let k = i - 1;
  while (k >= from && (b[k] === 0x20 || b[k] === 0x09 || b[k] === 0x0d)) k--;
  if (k < from) return COMMA;
  if (b[k] !== LINE_FEED) return b[k]!;
  while (k >= from && b[k]! <= 0x20) k--;
  return k >= from && b[k] === COLON ? COLON : LINE_FEED;
}

/** What a text that is no JSON is. */
function whatText(head: Buffer): string {
  return head.toString('latin1', 0, 64).startsWith('version https://git-lfs')
    ? 'Git LFS pointer, not the file itself'
    : NOT_JSON;
}

function cut(raw: Uint8Array): string {
  return Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.length, MAX_REJECTED_TEXT)).toString('utf8');
}
