/** The modes of the splitter: a value or a line at the top, the members of an object, the elements of an array. */

import {
  BRACE_CLOSE,
  BRACE_OPEN,
  BRACKET_CLOSE,
  BRACKET_OPEN,
  COLON,
  COMMA,
  LINE_FEED,
  QUOTE,
  SPACE,
} from '../bytes/ascii.js';
import { FIELDS } from '../cloudtrail/fields.js';
import { type Cursor, type Lost, openArray, type Step } from './cursor.js';
import { containerForm, firstKey, HEAD, STAMP } from './finder.js';
import { ITEM_NAMES } from './item-names.js';
import { judge } from './items.js';
import { Fault, lastScan, scanMembers, scanValue, skipSpace } from './json-scan.js';
import { lose, loseRest, tooLong } from './lost.js';
import { restOf } from './resync.js';
import { SINGLE, whatText } from './tally.js';
import { text } from './tokens.js';

/** Bytes of a text in which its first lines must end. */
const FIRST_LINES = 64 << 10;
/** Bytes in which what follows an array shows that it has ended. */
const AFTER_ARRAY = 4096;
/** A document of one array of records whose first byte or two were damaged. */
const DAMAGED_HEAD = /^[^"]{0,2}\s*"Records"\s*:\s*\[/;

/**
 * Reads the item at `i`.
 * @param back the mode in which it is met
 * @returns the place after it, or -1 where more bytes are needed or it was given up
 */
export type ReadItem = (c: Cursor, i: number, back: Lost['mode']) => number;

/** Reads a value or a line of text. */
export function top(c: Cursor, item: ReadItem): Step {
  const { b, end, isLast, tally } = c;
  while (c.at < end && (b[c.at]! <= SPACE || b[c.at] === COMMA)) c.at++;
  if (c.at >= end) return 'done';
  switch (b[c.at]!) {
    case BRACKET_OPEN:
      return topArray(c, item);
    case QUOTE:
      if (tally.isUntouched() && !isLast && end - c.at < HEAD) return 'more';
      return damagedHead(c) ?? loneItem(c, c.at, item);
    case BRACE_OPEN: {
      const slot = firstKey(b, c.at, end);
      if (slot === 'more' && !isLast) return 'more';
      if (typeof slot === 'number' && slot >= 0 && slot < FIELDS.length) return loneItem(c, c.at, item);
      c.objectStart = c.at;
      c.isContainer = false;
      c.at++;
      c.mode = 'object';
      return 'next';
    }
    default:
      return textLine(c, item);
  }
}

function topArray(c: Cursor, item: ReadItem): Step {
  const { b, end, isLast } = c;
  const first = skipSpace(b, c.at + 1, end);
  if (first >= end && !isLast) return 'more';
  // `[INFO] started` is a line of text.
  if (first < end && !/[[{"\]\d\-tfn]/.test(String.fromCharCode(b[first]!))) return textLine(c, item);
  c.at++;
  c.tally.noteShape('array');
  c.isInObject = false;
  c.isSeparated = true;
  c.mode = 'array';
  return 'next';
}

function loneItem(c: Cursor, i: number, item: ReadItem): Step {
  const to = item(c, i, 'top');
  if (to < 0) return afterNoItem(c);
  c.tally.noteShape(SINGLE);
  c.at = to;
  return 'next';
}

/** What to do where an item was not read: look for the next one where it was given up, else wait for more of it. */
const afterNoItem = (c: Cursor): Step => (c.mode === 'lost' ? 'next' : 'more');

/** A line of a CloudWatch Logs export: a time, a space, the message. Other text is read on only among items. */
function textLine(c: Cursor, item: ReadItem): Step {
  const { b, end, isLast, tally } = c;
  const newline = b.indexOf(LINE_FEED, c.at);
  const lineEnd = newline < 0 || newline > end ? end : newline;
  if (lineEnd === end && !isLast && end - c.at < 4096) return 'more';
  const stamp = STAMP.exec(text(b, c.at, Math.min(c.at + 64, end)));
  if (stamp) {
    tally.noteShape('CloudWatch Logs export');
    const to = item(c, c.at + stamp[0].length, 'top');
    if (to < 0) return afterNoItem(c);
    c.at = to;
    return 'next';
  }
  if (!tally.isUntouched()) {
    lose(c, c.at, 'text that is not JSON', 'top');
    return 'next';
  }
  if (!isLast && end - c.at < FIRST_LINES) return 'more';
  const opening = damagedHead(c);
  if (opening) return opening;
  if (beginsLines(c, lineEnd)) {
    lose(c, c.at, 'text that is not JSON', 'top');
    return 'next';
  }
  tally.noteText(whatText(b.subarray(c.at, end)), b.subarray(c.at, end));
  c.mode = 'over';
  return 'done';
}

/** Opens the array of records of a document whose first byte or two are damaged. */
function damagedHead(c: Cursor): Step | undefined {
  const { b, at, end, tally } = c;
  const opening = tally.isUntouched() && DAMAGED_HEAD.exec(text(b, at, Math.min(at + HEAD, end)));
  if (!opening) return undefined;
  tally.noteDamage('broken JSON at byte 0');
  c.objectStart = at;
  return openArray(c, 'Records', at + opening[0].length);
}

/**
 * Whether lines of JSON begin after a first line that is none, a comment or the rest of a cut one: a record and
 * nothing but objects after it. A text about records has other lines, too.
 */
function beginsLines({ b, end, finder }: Cursor, lineEnd: number): boolean {
  let i = lineEnd + 1;
  if (i >= end || b[i] !== BRACE_OPEN || !finder.isItem(b, i, end)) return false;
  for (let lines = 0; lines < 100; lines++) {
    const to = scanValue(b, i, end);
    // A broken or cut line is no other text.
    if (to < 0) return true;
    i = to;
    while (i < end && b[i]! <= SPACE) i++;
    if (i >= end) return true;
    if (b[i] !== BRACE_OPEN) return false;
  }
  return true;
}

/** Walks the members of an object until an array of items, or its end, says what it is. */
export function objectMembers(c: Cursor, item: ReadItem): Step {
  const { b, end, isLast } = c;
  for (;;) {
    c.at = skipSpace(b, c.at, end);
    if (c.at < end && b[c.at] === COMMA) c.at = skipSpace(b, c.at + 1, end);
    if (c.at >= end) break;
    if (b[c.at] === BRACE_CLOSE) {
      c.at++;
      c.mode = 'top';
      return c.isContainer ? 'next' : loneItem(c, c.objectStart, item);
    }
    const keyEnd = b[c.at] === QUOTE ? scanValue(b, c.at, end) : -1;
    if (keyEnd < 0 && b[c.at] === QUOTE && lastScan.fault === Fault.Truncated) break;
    const colon = keyEnd < 0 ? end : skipSpace(b, keyEnd, end);
    if (keyEnd < 0 || (colon < end && b[colon] !== COLON)) return loseObject(c);
    const start = skipSpace(b, colon + 1, end);
    if (start >= end) break;
    const form = b[start] === BRACKET_OPEN ? formOf(c, keyEnd, start) : undefined;
    if (form === 'more') return 'more';
    if (form) return openArray(c, form, start + 1);
    const to = scanValue(b, start, end);
    // A number at the border of what has come may go on in the next piece.
    if (to === end && !isLast) break;
    if (to < 0) {
      if (lastScan.fault === Fault.Truncated) break;
      return loseObject(c);
    }
    c.at = to;
  }
  const from = c.isContainer ? c.at : c.objectStart;
  if (isLast) loseRest(c, from, 'top');
  else if (end - from > c.options.maxRecordBytes) lose(c, from, tooLong(c), 'top', true);
  else return 'more';
  return 'next';
}

function loseObject(c: Cursor): Step {
  const isDeep = lastScan.fault === Fault.TooDeep;
  const reason = isDeep ? 'nested too deep' : 'broken JSON';
  lose(c, c.isContainer ? c.at : c.objectStart, reason, 'object', isDeep && !c.isContainer);
  return 'next';
}

/**
 * The form of the array at `start`, whose name ends at `keyEnd`: a container's, or an array of records under another
 * name.
 */
function formOf(c: Cursor, keyEnd: number, start: number): string | undefined {
  const { b, at: key, end, isLast, members, options } = c;
  const name = text(b, key + 1, keyEnd - 1);
  const known = containerForm(name);
  // A record with members of its own may have an array anywhere.
  if (known || skipSpace(b, c.objectStart + 1, end) !== key) return known;
  const first = skipSpace(b, start + 1, end);
  if (first >= end) return isLast ? undefined : 'more';
  if (b[first] !== BRACE_OPEN) return undefined;
  const to = scanMembers(b, first, end, ITEM_NAMES, members);
  if (to < 0) {
    const isCut = lastScan.fault === Fault.Truncated && !isLast && end - first <= options.maxRecordBytes;
    return isCut ? 'more' : undefined;
  }
  if (judge(b, first, to, members).kind !== 'record') return undefined;
  c.tally.noteDamage(`the array of records is called ${JSON.stringify(name.slice(0, 64))}, not "Records"`);
  return 'Records';
}

/** Reads the elements of an array of items, until full batches wait. */
export function arrayElements(c: Cursor, item: ReadItem): Step {
  const { b, end, isLast, tally, options } = c;
  for (;;) {
    c.at = skipSpace(b, c.at, end);
    if (c.at < end && b[c.at] === COMMA) {
      c.isSeparated = true;
      c.at = skipSpace(b, c.at + 1, end);
    }
    if (c.at >= end) {
      if (isLast) tally.noteDamage('the file ends inside its array of records');
      return 'done';
    }
    if (b[c.at] === BRACKET_CLOSE) {
      const isEnd = mayBeArrayEnd(c);
      if (isEnd === undefined) return 'more';
      if (!isEnd) return loseElement(c);
      c.at++;
      c.mode = c.isInObject ? 'object' : 'top';
      return 'next';
    }
    // Between whole records a comma may be missing; after anything else the item itself was cut short.
    if (!c.isSeparated && b[c.at] !== BRACE_OPEN) return loseElement(c);
    const to = item(c, c.at, 'array');
    if (to < 0) return afterNoItem(c);
    c.at = to;
    c.isSeparated = false;
    if (options.sink.isFull?.()) return 'next';
  }
}

/** Gives up on what is read next, which is the beginning of no element. */
function loseElement(c: Cursor): Step {
  lose(c, c.at, 'broken JSON', 'array').mayEnd = false;
  return 'next';
}

/** Whether the bracket that is read next may close the array of items; undefined where more bytes say it. */
function mayBeArrayEnd(c: Cursor): boolean | undefined {
  const { b, at, end, isLast } = c;
  const { verdict } = restOf(b, at, end, c);
  if (verdict === 'unknown' && !isLast && end - at < AFTER_ARRAY) return undefined;
  return verdict !== 'unsound';
}
