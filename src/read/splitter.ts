/**
 * Splits a document into items, whatever its container: `{"Records":[…]}`, an array, JSON lines, concatenated
 * JSON, lookup-events and CloudWatch Logs output. Bytes may come in pieces; no more than one record is held back.
 * A broken item costs itself alone: reading goes on where its container goes on (`resync.ts`).
 *
 * Longer than other files, and one closure: its modes share the bytes at hand and the place in them.
 */

import { MAX_REJECTED_TEXT } from '../batch.js';
import { FIELDS } from '../cloudtrail/fields.js';
import { containerForm, createFinder, firstKey, HEAD, STAMP, verdictOf } from './finder.js';
import { judge, MAX_NESTING, type Verdict } from './items.js';
import { Fault, lastScan, newMembers, scanMembers, scanValue, skipSpace } from './json-scan.js';
import { ITEM_NAMES, type RecordEncoder, text } from './record.js';
import { createDepth, createPassing, type Depth, LOOK_AHEAD, type Passing, restOf } from './resync.js';
import { createTally, isLikeRecords, SINGLE, type SplitResult, whatText } from './tally.js';

export interface SplitOptions {
  /** Number of the file within its task. */
  file: number;
  encoder: RecordEncoder;
  /** A record longer than this many bytes is rejected. */
  maxRecordBytes: number;
  /** Ordinal of the first item. Default 0. */
  firstOrdinal?: number;
  /** Documents around this one. Default 0. */
  nesting?: number;
}

export interface Splitter {
  /**
   * Takes the next bytes. `paused`: full batches wait; take them, then push nothing to go on. `enough`: no further
   * bytes are needed, the document ended or is something else.
   */
  push(bytes: Uint8Array, last: boolean): 'more' | 'paused' | 'enough';
  result(): SplitResult;
}

/** Full batches after which reading pauses: some 40 MB. */
const MOST_WAITING = 8;
/** A document that has given nothing after this many bytes of text is no log. */
const GIVE_UP = 4 << 20;
/** Bytes of a text in which its first lines must end. */
const FIRST_LINES = 64 << 10;
const LINE_FEED = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const EMPTY = new Uint8Array(0);
/** Bytes in which what follows an array shows that it has ended. */
const AFTER_ARRAY = 4096;
/** A document of one array of records whose first byte or two were damaged. */
const DAMAGED_HEAD = /^[^"]{0,2}\s*"Records"\s*:\s*\[/;

type Mode = 'top' | 'object' | 'array' | 'lost' | 'over';
type Step = 'more' | 'done' | 'next' | 'paused';

/** A piece given up: where it began, what of it is kept, and how the next item is looked for. */
interface Lost {
  /** The mode it was met in. */
  mode: 'top' | 'object' | 'array';
  reason: string;
  /** Its offset in the document. */
  offset: number;
  head: Buffer;
  bytes: number;
  /** Place in the bytes at hand up to which its bytes were counted. */
  taken: number;
  /** Passes a piece that is too long or too deep and not broken; undefined for others. */
  regular: Passing | undefined;
  /** Whether a broken piece may have an end of its own; then that is looked for first. */
  mayEnd: boolean;
  depth: Depth;
  /** True where its depth is not known, so that only a container that reads on to its end says enough. */
  isBlind: boolean;
}

export function createSplitter({
  file,
  encoder,
  maxRecordBytes,
  firstOrdinal = 0,
  nesting = 0,
}: SplitOptions): Splitter {
  const members = newMembers(ITEM_NAMES);
  const finder = createFinder();
  const tally = createTally(file, encoder, firstOrdinal);
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
  /** In mode `array`: whether a comma, or the beginning, stands before what is next. */
  let isSeparated = true;
  let lost: Lost | undefined;

  function take(verdict: Verdict, offset: number, raw: Uint8Array): void {
    switch (verdict.kind) {
      case 'record':
        tally.noteEnvelope(verdict.shape);
        encoder.add(
          verdict.bytes,
          verdict.start,
          verdict.end,
          verdict.members,
          !verdict.loose,
          { file, ordinal: tally.nextOrdinal() },
          verdict.envelope,
        );
        tally.stored();
        return;
      case 'document':
        tally.noteEnvelope(verdict.shape);
        takeDocument(verdict.bytes, offset, raw);
        return;
      case 'digest':
        tally.noteDigest();
        return;
      case 'foreign':
        tally.setAside(offset, raw, verdict.reason);
    }
  }

  function takeDocument(bytes: Uint8Array, offset: number, raw: Uint8Array): void {
    if (nesting >= MAX_NESTING) {
      tally.setAside(offset, raw, 'documents nested too deep');
      return;
    }
    const firstOrdinal = tally.ordinal();
    const inner = createSplitter({ file, encoder, maxRecordBytes, firstOrdinal, nesting: nesting + 1 });
    inner.push(bytes, true);
    const found = inner.result();
    tally.include(found);
    if (found.skipped) tally.setAside(offset, raw, found.skipped);
  }

  /** Gives up on what begins at `i`, and looks for the place to go on. */
  function lose(b: Uint8Array, i: number, reason: string, back: Lost['mode'], isWellFormed = false): void {
    tally.noteDamage(`${reason} at byte ${base + i}`);
    const isNested = b[i] === OPEN_OBJECT || b[i] === OPEN_ARRAY || b[i] === QUOTE;
    lost = {
      mode: back,
      reason,
      offset: base + i,
      head: Buffer.alloc(0),
      bytes: 0,
      taken: i,
      regular: isWellFormed ? createPassing() : undefined,
      mayEnd: isNested,
      depth: createDepth(),
      isBlind: false,
    };
    mode = 'lost';
    at = i;
  }

  /** Adds bytes to the piece given up. */
  function drop(piece: Lost, b: Uint8Array, to: number): void {
    const room = MAX_REJECTED_TEXT - piece.head.length;
    if (room > 0 && to > piece.taken)
      piece.head = Buffer.concat([piece.head, b.subarray(piece.taken, Math.min(to, piece.taken + room))]);
    piece.bytes += to - piece.taken;
    piece.taken = to;
  }

  function closeLost(): void {
    if (!lost) return;
    const { head, bytes, offset, reason } = lost;
    lost = undefined;
    // Between the last whole record and the end of a cut or broken file there may be punctuation only.
    if (!/[^\s,\]}]/.test(head.toString('latin1'))) return;
    const looksLikeRecord = head.includes('eventVersion') || head.includes('eventName');
    if (looksLikeRecord || tally.hasRecords()) tally.reject(offset, head, bytes, reason);
    else tally.setAside(offset, head, whatText(head));
  }

  /** Goes on at `to`, in the mode the lost piece was met in or another one. */
  function resume(piece: Lost, b: Uint8Array, to: number, next: Mode): Step {
    drop(piece, b, to);
    closeLost();
    at = to;
    mode = next;
    return 'next';
  }

  /** Reads the item at `i`; returns the offset after it, or -1 when more bytes are needed or it was given up. */
  function item(b: Uint8Array, i: number, end: number, last: boolean, back: Lost['mode']): number {
    const isObject = b[i] === OPEN_OBJECT;
    const to = isObject ? scanMembers(b, i, end, ITEM_NAMES, members) : scanValue(b, i, end);
    if (to === end && !isObject && !last) return -1;
    if (to >= 0) {
      const isLong = to - i > maxRecordBytes;
      if (isLong) tally.reject(base + i, b.subarray(i, to), to - i, tooLong());
      else take(verdictOf(b, i, to, members), base + i, b.subarray(i, to));
      return to;
    }
    if (lastScan.fault === Fault.Truncated) {
      if (end - i > maxRecordBytes) lose(b, i, tooLong(), back, true);
      else if (last) loseRest(b, i, back);
    } else if (lastScan.fault === Fault.TooDeep) {
      lose(b, i, 'nested too deep', back, true);
    } else {
      lose(b, i, 'broken JSON', back);
    }
    return -1;
  }

  /** The document ends inside what begins at `i`. */
  function loseRest(b: Uint8Array, i: number, back: Lost['mode']): void {
    lose(b, i, 'the file ends inside this record', back);
    drop(lost!, b, b.length);
    at = b.length;
  }

  const tooLong = (): string => {
    tally.noteOverLimit();
    return `longer than the limit of ${maxRecordBytes} bytes for one record`;
  };

  function top(b: Uint8Array, end: number, last: boolean): Step {
    while (at < end && (b[at]! <= 0x20 || b[at] === COMMA)) at++;
    if (at >= end) return 'done';
    const c = b[at]!;
    if (c === OPEN_ARRAY) {
      const first = skipSpace(b, at + 1, end);
      if (first >= end && !last) return 'more';
      // `[INFO] started` is a line of text.
      if (first < end && !/[[{"\]\d\-tfn]/.test(String.fromCharCode(b[first]!)))
        return textLine(b, end, last);
      at++;
      tally.noteShape('array');
      arrayInObject = false;
      isSeparated = true;
      mode = 'array';
      return 'next';
    }
    if (c === QUOTE) {
      if (tally.isUntouched() && !last && end - at < HEAD) return 'more';
      return damagedHead(b, end) ?? loneItem(b, at, end, last);
    }
    if (c === OPEN_OBJECT) {
      const slot = firstKey(b, at, end);
      if (slot === 'more' && !last) return 'more';
      if (typeof slot === 'number' && slot >= 0 && slot < FIELDS.length) return loneItem(b, at, end, last);
      objectStart = at;
      isContainer = false;
      at++;
      mode = 'object';
      return 'next';
    }
    return textLine(b, end, last);
  }

  function loneItem(b: Uint8Array, i: number, end: number, last: boolean): Step {
    const to = item(b, i, end, last, 'top');
    if (to < 0) return mode === 'lost' ? 'next' : 'more';
    tally.noteShape(SINGLE);
    at = to;
    return 'next';
  }

  /** A line of a CloudWatch Logs export: a time, a blank, the message. Other text is read on only among items. */
  function textLine(b: Uint8Array, end: number, last: boolean): Step {
    const newline = b.indexOf(LINE_FEED, at);
    const lineEnd = newline < 0 || newline > end ? end : newline;
    if (lineEnd === end && !last && end - at < 4096) return 'more';
    const head = text(b, at, Math.min(at + 64, end));
    const stamp = STAMP.exec(head);
    if (stamp) {
      tally.noteShape('CloudWatch Logs export');
      const to = item(b, at + stamp[0].length, end, last, 'top');
      if (to < 0) return mode === 'lost' ? 'next' : 'more';
      at = to;
      return 'next';
    }
    if (!tally.isUntouched()) {
      lose(b, at, 'text that is not JSON', 'top');
      return 'next';
    }
    if (!last && end - at < FIRST_LINES) return 'more';
    const opening = damagedHead(b, end);
    if (opening) return opening;
    if (beginsLines(b, lineEnd, end)) {
      lose(b, at, 'text that is not JSON', 'top');
      return 'next';
    }
    tally.noteText(whatText(b.subarray(at, end)), b.subarray(at, end));
    mode = 'over';
    return 'done';
  }

  /** Opens the array of records of a document whose first byte or two are damaged. */
  function damagedHead(b: Uint8Array, end: number): Step | undefined {
    const opening = tally.isUntouched() && DAMAGED_HEAD.exec(text(b, at, Math.min(at + HEAD, end)));
    if (!opening) return undefined;
    tally.noteDamage('broken JSON at byte 0');
    objectStart = at;
    return openArray('Records', at + opening[0].length);
  }

  /**
   * Whether lines of JSON begin after a first line that is none, a comment or the rest of a cut one: a record and
   * nothing but objects after it. A text about records has other lines, too.
   */
  function beginsLines(b: Uint8Array, lineEnd: number, end: number): boolean {
    let i = lineEnd + 1;
    if (i >= end || b[i] !== OPEN_OBJECT || !finder.isItem(b, i, end)) return false;
    for (let lines = 0; lines < 100; lines++) {
      const to = scanValue(b, i, end);
      // A broken or cut line is no other text.
      if (to < 0) return true;
      i = to;
      while (i < end && b[i]! <= 0x20) i++;
      if (i >= end) return true;
      if (b[i] !== OPEN_OBJECT) return false;
    }
    return true;
  }

  /** Begins the array of items at `to`. */
  function openArray(form: string, to: number): Step {
    at = to;
    isContainer = true;
    if (form === 'Records') tally.noteContainer();
    tally.noteShape(form);
    arrayInObject = true;
    isSeparated = true;
    mode = 'array';
    return 'next';
  }

  /** Walks the members of an object until an array of items, or its end, says what it is. */
  function objectMembers(b: Uint8Array, end: number, last: boolean): Step {
    for (;;) {
      at = skipSpace(b, at, end);
      if (at < end && b[at] === COMMA) at = skipSpace(b, at + 1, end);
      if (at >= end) break;
      if (b[at] === CLOSE_OBJECT) {
        at++;
        mode = 'top';
        return isContainer ? 'next' : loneItem(b, objectStart, end, last);
      }
      const keyEnd = b[at] === QUOTE ? scanValue(b, at, end) : -1;
      if (keyEnd < 0 && b[at] === QUOTE && lastScan.fault === Fault.Truncated) break;
      const colon = keyEnd < 0 ? end : skipSpace(b, keyEnd, end);
      if (keyEnd < 0 || (colon < end && b[colon] !== COLON)) return loseObject(b);
      const start = skipSpace(b, colon + 1, end);
      if (start >= end) break;
      const form = b[start] === OPEN_ARRAY ? formOf(b, at, keyEnd, start, end, last) : undefined;
      if (form === 'more') return 'more';
      if (form) return openArray(form, start + 1);
      const to = scanValue(b, start, end);
      // A number at the border of what has come may go on in the next piece.
      if (to === end && !last) break;
      if (to < 0) {
        if (lastScan.fault === Fault.Truncated) break;
        return loseObject(b);
      }
      at = to;
    }
    const from = isContainer ? at : objectStart;
    if (last) loseRest(b, from, 'top');
    else if (end - from > maxRecordBytes) lose(b, from, tooLong(), 'top', true);
    else return 'more';
    return 'next';
  }

  function loseObject(b: Uint8Array): Step {
    const isDeep = lastScan.fault === Fault.TooDeep;
    const reason = isDeep ? 'nested too deep' : 'broken JSON';
    lose(b, isContainer ? at : objectStart, reason, 'object', isDeep && !isContainer);
    return 'next';
  }

  /** The form of the array at `start`, whose name is `b[key, keyEnd)`: a container's, or an array of records under another name. */
  function formOf(
    b: Uint8Array,
    key: number,
    keyEnd: number,
    start: number,
    end: number,
    last: boolean,
  ): string | undefined {
    const name = text(b, key + 1, keyEnd - 1);
    const known = containerForm(name);
    // A record with members of its own may have an array anywhere.
    if (known || skipSpace(b, objectStart + 1, end) !== key) return known;
    const first = skipSpace(b, start + 1, end);
    if (first >= end) return last ? undefined : 'more';
    if (b[first] !== OPEN_OBJECT) return undefined;
    const to = scanMembers(b, first, end, ITEM_NAMES, members);
    if (to < 0)
      return lastScan.fault === Fault.Truncated && !last && end - first <= maxRecordBytes
        ? 'more'
        : undefined;
    if (judge(b, first, to, members, false).kind !== 'record') return undefined;
    tally.noteDamage(`the array of records is called ${JSON.stringify(name.slice(0, 64))}, not "Records"`);
    return 'Records';
  }

  function arrayElements(b: Uint8Array, end: number, last: boolean): Step {
    for (;;) {
      at = skipSpace(b, at, end);
      if (at < end && b[at] === COMMA) {
        isSeparated = true;
        at = skipSpace(b, at + 1, end);
      }
      if (at >= end) {
        if (last) tally.noteDamage('the file ends inside its array of records');
        return 'done';
      }
      if (b[at] === CLOSE_ARRAY) {
        const isEnd = mayBeArrayEnd(b, at, end, last);
        if (isEnd === undefined) return 'more';
        if (!isEnd) return loseElement(b, at);
        at++;
        mode = arrayInObject ? 'object' : 'top';
        return 'next';
      }
      // Between whole records a comma may be missing; after anything else the item itself was cut short.
      if (!isSeparated && b[at] !== OPEN_OBJECT) return loseElement(b, at);
      const to = item(b, at, end, last, 'array');
      if (to < 0) return mode === 'lost' ? 'next' : 'more';
      at = to;
      isSeparated = false;
      if (encoder.waiting() > MOST_WAITING) return 'next';
    }
  }

  /** Gives up on what stands at `i`, which is the beginning of no element. */
  function loseElement(b: Uint8Array, i: number): Step {
    lose(b, i, 'broken JSON', 'array');
    lost!.mayEnd = false;
    return 'next';
  }

  /** Whether the bracket at `i` may close the array of items; undefined where more bytes say it. */
  function mayBeArrayEnd(b: Uint8Array, i: number, end: number, isLast: boolean): boolean | undefined {
    const { verdict } = restOf(b, i, end, { isLast, isInObject: arrayInObject });
    if (verdict === 'unknown' && !isLast && end - i < AFTER_ARRAY) return undefined;
    return verdict !== 'unsound';
  }

  /** Looks for the place to go on after the lost piece. */
  function resync(b: Uint8Array, end: number, last: boolean): Step {
    const piece = lost!;
    if (at >= end) return last ? 'done' : 'more';
    if (piece.regular) {
      const to = piece.regular.read(b, at, end);
      isSeparated = false;
      if (to >= 0) return resume(piece, b, to, afterItem(piece));
      if (to === -1) {
        at = end;
        drop(piece, b, end);
        return last ? 'done' : 'more';
      }
      // It is broken further on, at a depth nobody knows.
      piece.regular = undefined;
      piece.isBlind = true;
    }
    // Every decision sees what follows, so that it is the same in whatever pieces the document comes.
    if (!last && end - at < LOOK_AHEAD) return 'more';
    if (piece.mayEnd) {
      piece.mayEnd = false;
      const to = !piece.isBlind ? ownEnd(piece, b, end, last) : undefined;
      isSeparated = piece.mode !== 'array';
      if (to !== undefined) return resume(piece, b, to, mode === 'array' ? 'array' : afterItem(piece));
    }
    return nextSibling(piece, b, end, last);
  }

  const afterItem = (piece: Lost): Mode => (piece.mode === 'array' ? 'array' : 'top');

  /** The end of a broken item; or the array of items in a broken object, which is then opened. */
  function ownEnd(piece: Lost, b: Uint8Array, end: number, isLast: boolean): number | undefined {
    if (piece.mode === 'array') return finder.endOfElement(b, at, end, { isLast, isInObject: arrayInObject });
    const array = piece.mode === 'object' && !isContainer ? finder.arrayIn(b, at, end, isLast) : undefined;
    if (!array) return finder.endOfLine(b, at, end);
    openArray(array.form, array.start);
    return array.start;
  }

  /** Looks for the next item after a piece whose end cannot be told. */
  function nextSibling(piece: Lost, b: Uint8Array, end: number, last: boolean): Step {
    for (; at < end; at++) {
      if (!last && end - at < LOOK_AHEAD) {
        drop(piece, b, at);
        return 'more';
      }
      // The piece's own beginning is no sibling.
      const isLater = base + at > piece.offset;
      const isLone = piece.mode === 'object' && !isContainer;
      if (isLater && (piece.mode === 'top' || isLone) && finder.isLine(b, at, end))
        return resume(piece, b, at, 'top');
      if (isLater && piece.mode !== 'top' && !isLone && isElement(piece, b, end, last)) {
        isSeparated = true;
        return resume(piece, b, at, 'array');
      }
      piece.depth.step(b, at, end);
    }
    drop(piece, b, end);
    return 'done';
  }

  function isElement(piece: Lost, b: Uint8Array, end: number, isLast: boolean): boolean {
    const around = { isLast, isInObject: arrayInObject };
    return finder.isElement(b, at, end, around, piece.depth, piece.isBlind || piece.mode !== 'array');
  }

  return {
    push(bytes, last) {
      const b = pending.length === 0 ? bytes : bytes.length === 0 ? pending : Buffer.concat([pending, bytes]);
      const end = b.length;
      finder.allow(bytes.length);
      let progress: Step = 'next';
      while (progress === 'next') {
        if (nesting === 0 && encoder.waiting() > MOST_WAITING) {
          progress = 'paused';
          break;
        }
        if (mode === 'top') progress = top(b, end, last);
        else if (mode === 'object') progress = objectMembers(b, end, last);
        else if (mode === 'array') progress = arrayElements(b, end, last);
        else if (mode === 'lost') progress = resync(b, end, last);
        else progress = 'done';
      }
      if (progress !== 'paused' && (last || mode === 'over' || isHopeless())) {
        closeLost();
        return 'enough';
      }
      // One byte more: whether a line begins is seen in the byte before it.
      const keep = mode === 'object' && !isContainer ? objectStart : lost ? Math.max(0, at - 1) : at;
      pending = b.subarray(keep);
      base += keep;
      at -= keep;
      objectStart -= keep;
      if (lost) lost.taken -= keep;
      return progress === 'paused' ? 'paused' : 'more';
    },
    result: tally.result,
  };

  function isHopeless(): boolean {
    return tally.isEmpty() && lost !== undefined && lost.bytes > GIVE_UP && !isLikeRecords(lost.head);
  }
}
