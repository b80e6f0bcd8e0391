/** A piece given up: what of it is kept, and where reading goes on after it (`resync.ts` says by which rules). */

import { MAX_REJECTED_TEXT } from '../batch.js';
import { BRACE_OPEN, BRACKET_OPEN, QUOTE } from '../bytes/ascii.js';
import { type Cursor, type Lost, type Mode, openArray, type Step } from './cursor.js';
import { createDepth, createPassing, LOOK_AHEAD } from './resync.js';
import { whatText } from './tally.js';

/**
 * Gives up on what begins at `i`, and looks for the place to go on.
 * @param back the mode it was met in
 * @param isWellFormed true for what is too long or too deep, and not broken
 */
export function lose(c: Cursor, i: number, reason: string, back: Lost['mode'], isWellFormed = false): Lost {
  const { b } = c;
  c.tally.noteDamage(`${reason} at byte ${c.base + i}`);
  c.lost = {
    mode: back,
    reason,
    offset: c.base + i,
    head: Buffer.alloc(0),
    bytes: 0,
    taken: i,
    regular: isWellFormed ? createPassing() : undefined,
    mayEnd: b[i] === BRACE_OPEN || b[i] === BRACKET_OPEN || b[i] === QUOTE,
    depth: createDepth(),
    isBlind: false,
  };
  c.mode = 'lost';
  c.at = i;
  return c.lost;
}

/** The document ends inside what begins at `i`. */
export function loseRest(c: Cursor, i: number, back: Lost['mode']): void {
  drop(c, lose(c, i, 'the file ends inside this record', back), c.b.length);
  c.at = c.b.length;
}

/** What a record that is too long is rejected for. */
export function tooLong({ tally, options }: Cursor): string {
  tally.noteOverLimit();
  return `longer than the limit of ${options.maxRecordBytes} bytes for one record`;
}

/** Adds bytes to the piece given up. */
function drop(c: Cursor, piece: Lost, to: number): void {
  const room = MAX_REJECTED_TEXT - piece.head.length;
  if (room > 0 && to > piece.taken)
    piece.head = Buffer.concat([piece.head, c.b.subarray(piece.taken, Math.min(to, piece.taken + room))]);
  piece.bytes += to - piece.taken;
  piece.taken = to;
}

/** Rejects the piece given up, or sets it aside where nothing says that it was a record. */
export function closeLost(c: Cursor): void {
  if (!c.lost) return;
  const { head, bytes, offset, reason } = c.lost;
  c.lost = undefined;
  // Between the last whole record and the end of a cut or broken file there may be punctuation only.
  if (!/[^\s,\]}]/.test(head.toString('latin1'))) return;
  const looksLikeRecord = head.includes('eventVersion') || head.includes('eventName');
  if (looksLikeRecord || c.tally.hasRecords()) c.tally.reject(offset, head, bytes, reason);
  else c.tally.setAside(offset, head, whatText(head));
}

/** Looks for the place to go on after the lost piece. */
export function resync(c: Cursor): Step {
  const piece = c.lost!;
  const { b, end, isLast } = c;
  if (c.at >= end) return isLast ? 'done' : 'more';
  if (piece.regular) {
    const to = piece.regular.read(b, c.at, end);
    c.isSeparated = false;
    if (to >= 0) return resume(c, piece, to, afterItem(piece));
    if (to === -1) {
      c.at = end;
      drop(c, piece, end);
      return isLast ? 'done' : 'more';
    }
    // It is broken further on, at a depth nobody knows.
    piece.regular = undefined;
    piece.isBlind = true;
  }
  // Every decision sees what follows, so that it is the same in whatever pieces the document comes.
  if (!isLast && end - c.at < LOOK_AHEAD) return 'more';
  if (piece.mayEnd) {
    piece.mayEnd = false;
    const to = !piece.isBlind ? ownEnd(c, piece) : undefined;
    c.isSeparated = piece.mode !== 'array';
    if (to !== undefined) return resume(c, piece, to, c.mode === 'array' ? 'array' : afterItem(piece));
  }
  return nextSibling(c, piece);
}

const afterItem = (piece: Lost): Mode => (piece.mode === 'array' ? 'array' : 'top');

/** Goes on at `to`, in the mode the lost piece was met in or another one. */
function resume(c: Cursor, piece: Lost, to: number, next: Mode): Step {
  drop(c, piece, to);
  closeLost(c);
  c.at = to;
  c.mode = next;
  return 'next';
}

/** The end of a broken item; or the array of items in a broken object, which is then opened. */
function ownEnd(c: Cursor, piece: Lost): number | undefined {
  const { b, at, end, isLast, finder } = c;
  if (piece.mode === 'array') return finder.endOfElement(b, at, end, c);
  const array = piece.mode === 'object' && !c.isContainer ? finder.arrayIn(b, at, end, isLast) : undefined;
  if (!array) return finder.endOfLine(b, at, end);
  openArray(c, array.form, array.start);
  return array.start;
}

/** Looks for the next item after a piece whose end cannot be told. */
function nextSibling(c: Cursor, piece: Lost): Step {
  const { b, end, isLast, finder } = c;
  const isLone = piece.mode === 'object' && !c.isContainer;
  const isAmongLines = piece.mode === 'top' || isLone;
  const isBlind = piece.isBlind || piece.mode !== 'array';
  for (; c.at < end; c.at++) {
    const { at } = c;
    if (!isLast && end - at < LOOK_AHEAD) {
      drop(c, piece, at);
      return 'more';
    }
    // The piece's own beginning is no sibling.
    const isLater = c.base + at > piece.offset;
    if (isLater && isAmongLines && finder.isLine(b, at, end)) return resume(c, piece, at, 'top');
    if (isLater && !isAmongLines && finder.isElement(b, at, end, c, piece.depth, isBlind)) {
      c.isSeparated = true;
      return resume(c, piece, at, 'array');
    }
    piece.depth.step(b, at, end);
  }
  drop(c, piece, end);
  return 'done';
}
