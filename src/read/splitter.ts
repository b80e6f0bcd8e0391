/**
 * Splits a document into items, whatever its container: `{"Records":[…]}`, an array, JSON lines, concatenated
 * JSON, lookup-events and CloudWatch Logs output. Bytes may come in pieces; no more than one record is held back.
 * A broken item costs itself alone: reading goes on where its container goes on (`lost.ts`, `resync.ts`).
 */

import { BRACE_OPEN } from '../bytes/ascii.js';
import { parseDigest, parseSignature } from '../cloudtrail/digest.js';
import { type Cursor, createCursor, type Lost, release, type SplitOptions, type Step } from './cursor.js';
import { verdictOf } from './finder.js';
import { ITEM_NAMES } from './item-names.js';
import { MAX_NESTING, type Verdict } from './items.js';
import { Fault, lastScan, scanMembers, scanValue } from './json-scan.js';
import { closeLost, lose, loseRest, resync, tooLong } from './lost.js';
import { findMembers } from './members-scan.js';
import { arrayElements, objectMembers, top } from './modes.js';
import { isLikeRecords, type SplitResult } from './tally.js';
import { text } from './tokens.js';

export interface Splitter {
  /**
   * Takes the next bytes. `paused`: full batches wait; take them, then push nothing to go on. `enough`: no further
   * bytes are needed, the document ended or is something else.
   */
  push(bytes: Uint8Array, last: boolean): 'more' | 'paused' | 'enough';
  /** Ends it. */
  result(): SplitResult;
}

/** A document that has given nothing after this many bytes of text is not a log. */
const GIVE_UP = 4 << 20;

export function createSplitter(options: SplitOptions): Splitter {
  const c = createCursor(options);
  const { nesting, sink } = c.options;
  let isPaused = false;
  let result: SplitResult | undefined;
  return {
    push(bytes, last) {
      c.finder.allow(bytes.length);
      if (!gathered(c, bytes, last || isPaused)) return 'more';
      c.end = c.b.length;
      c.isLast = last;
      let step: Step | 'paused' = 'next';
      while (step === 'next') step = nesting === 0 && sink.isFull?.() ? 'paused' : go(c);
      isPaused = step === 'paused';
      if (!isPaused && (last || c.mode === 'over' || isHopeless(c))) {
        closeLost(c);
        return 'enough';
      }
      keep(c);
      return isPaused ? 'paused' : 'more';
    },
    result() {
      if (!result) release(c);
      result ??= c.tally.result();
      return result;
    },
  };
}

/** An item of more bytes is looked at again when there are twice as many: with every piece would take for ever. */
const LONG = 1 << 20;

/**
 * Adds a piece to the bytes at hand.
 * @param isEnough true where they are looked at however many they are
 * @returns false where a long item needs more of them before it is looked at again
 */
function gathered(c: Cursor, bytes: Uint8Array, isEnough: boolean): boolean {
  if (bytes.length > 0) c.pieces.push(bytes);
  const there = c.pieces.reduce((sum, piece) => sum + piece.length, c.b.length);
  const isLong = c.b.length >= LONG && !c.lost;
  if (isLong && !isEnough && there < c.b.length * 2) return false;
  if (c.b.length === 0 && c.pieces.length === 1) c.b = c.pieces[0]!;
  else if (c.pieces.length > 0) c.b = Buffer.concat([c.b, ...c.pieces]);
  c.pieces = [];
  return true;
}

/** Reads on in the mode at hand. */
function go(c: Cursor): Step {
  switch (c.mode) {
    case 'top':
      return top(c, item);
    case 'object':
      return objectMembers(c, item);
    case 'array':
      return arrayElements(c, item);
    case 'lost':
      return resync(c);
    case 'over':
      return 'done';
  }
}

/** Keeps the bytes that are needed again. */
function keep(c: Cursor): void {
  // One byte more: whether a line begins is seen in the byte before it.
  const from = c.mode === 'object' && !c.isContainer ? c.objectStart : c.lost ? Math.max(0, c.at - 1) : c.at;
  c.b = c.b.subarray(from);
  c.base += from;
  c.at -= from;
  c.objectStart -= from;
  if (c.lost) c.lost.taken -= from;
}

function isHopeless({ tally, lost }: Cursor): boolean {
  return tally.isEmpty() && lost !== undefined && lost.bytes > GIVE_UP && !isLikeRecords(lost.head);
}

/** Reads the item at `i`; returns the place after it, or -1 when more bytes are needed or it was given up. */
function item(c: Cursor, i: number, back: Lost['mode']): number {
  const { b, end, isLast, members, tally } = c;
  const { maxRecordBytes } = c.options;
  const isObject = b[i] === BRACE_OPEN;
  const to = isObject
    ? findMembers(b, i, end, ITEM_NAMES, members) || scanMembers(b, i, end, ITEM_NAMES, members)
    : scanValue(b, i, end);
  if (to === end && !isObject && !isLast) return -1;
  if (to >= 0) {
    const isLong = to - i > maxRecordBytes;
    if (isLong) tally.reject(c.base + i, b.subarray(i, to), to - i, tooLong(c));
    else take(c, verdictOf(b, i, to, members), c.base + i, b.subarray(i, to));
    return to;
  }
  if (lastScan.fault === Fault.Truncated) {
    if (end - i > maxRecordBytes) lose(c, i, tooLong(c), back, true);
    else if (isLast) loseRest(c, i, back);
  } else if (lastScan.fault === Fault.TooDeep) {
    lose(c, i, 'nested too deep', back, true);
  } else {
    lose(c, i, 'broken JSON', back);
  }
  return -1;
}

function take({ tally, options }: Cursor, verdict: Verdict, offset: number, raw: Uint8Array): void {
  switch (verdict.kind) {
    case 'record':
      tally.noteEnvelope(verdict.shape);
      options.sink.add(verdict, { file: options.file, ordinal: tally.nextOrdinal() }, verdict.envelope);
      tally.stored();
      return;
    case 'document': {
      tally.noteEnvelope(verdict.shape);
      if (options.nesting >= MAX_NESTING) {
        tally.setAside(offset, raw, 'documents nested too deep');
        return;
      }
      const inner = createSplitter({
        ...options,
        firstOrdinal: tally.ordinal(),
        nesting: options.nesting + 1,
      });
      inner.push(verdict.bytes, true);
      const found = inner.result();
      tally.include(found);
      if (found.skipped) tally.setAside(offset, raw, found.skipped);
      return;
    }
    case 'digest':
      options.sink.addDigest?.({ ...parseDigest(textOf(raw)), file: options.file }, raw.length);
      tally.noteDigest('digest');
      return;
    case 'signature': {
      const signature = parseSignature(textOf(raw), options.path);
      if (signature) {
        options.sink.addSignature?.({ ...signature, file: options.file });
        tally.noteDigest('digest signatures');
      } else {
        tally.setAside(offset, raw, 'head-object output without the Key of a digest');
      }
      return;
    }
    case 'foreign':
      tally.setAside(offset, raw, verdict.reason);
  }
}

const textOf = (raw: Uint8Array): string => text(raw, 0, raw.length);
