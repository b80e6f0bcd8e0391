/** Where reading can go on after a broken item: what stands at a place, and whether its container goes on there. */

import { lazily } from '../lazy.js';
import { ITEM_NAMES } from './item-names.js';
import { CONTAINERS, fromText, insightsMessage, judge, type Verdict } from './items.js';
import {
  lastScan,
  type Members,
  newMembers,
  scanMembers,
  scanValue,
  skipSpace,
  slotOf,
} from './json-scan.js';
import {
  createDepth,
  createPassing,
  type Depth,
  elementMayEndAt,
  lineMayEndAt,
  type Rest,
  restOf,
} from './resync.js';
import { text } from './tokens.js';

const LINE_FEED = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;

/** Failed attempts to go on after broken items may cost this many times the bytes of the document. */
const BUDGET = 8;
const LEAST_BUDGET = 16 << 20;
/** Bytes in which a broken item's own end is looked for: few records are longer. */
const OWN_END = 64 << 10;
/** Bytes in which the name of the array of records and its bracket stand. */
export const HEAD = 64;
/** What a time before the message of a CloudWatch Logs export looks like. */
export const STAMP = /^\d{4}-\d\d-\d\dT[\d:.]+Z?[ \t]+(?=\{)/;

/** The array that a broken item is an element of. */
export interface Around {
  /** True where the document ends with the bytes at hand. */
  isLast: boolean;
  /** True where the array is a member of an object. */
  isInObject: boolean;
}

export interface Finder {
  /** Lets so many more bytes of the document be looked at. */
  allow(bytes: number): void;
  /** Where the broken item at `i` ends, if its brackets and quotes still pair and its container goes on there. */
  endOfElement(b: Uint8Array, i: number, end: number, around: Around): number | undefined;
  endOfLine(b: Uint8Array, i: number, end: number): number | undefined;
  /** The array of items in the broken object at `i`: its name, and where its elements begin. */
  arrayIn(
    b: Uint8Array,
    i: number,
    end: number,
    isLast: boolean,
  ): { form: string; start: number } | undefined;
  /** Whether an item stands at the beginning of a line, or directly after an object. */
  isLine(b: Uint8Array, i: number, end: number): boolean;
  /**
   * Whether an element of the array that a broken item was in begins at `i`.
   * @param depth since the beginning of the broken item
   * @param isBlind true where that says nothing
   */
  isElement(b: Uint8Array, i: number, end: number, around: Around, depth: Depth, isBlind: boolean): boolean;
  /** Whether a whole item that is a record, or holds some, stands at `i`. */
  isItem(b: Uint8Array, i: number, end: number): boolean;
}

/** Long: its functions share one budget and the members that were scanned. */
export function createFinder(): Finder {
  const members = lazily(() => newMembers(ITEM_NAMES));
  /** Bytes that may still be read in vain. */
  let budget = LEAST_BUDGET;

  function restAfter(b: Uint8Array, i: number, end: number, around: Around): Rest['verdict'] {
    const { verdict, at } = restOf(b, i, end, around);
    budget -= at - i;
    return verdict;
  }

  function isItem(b: Uint8Array, i: number, end: number): boolean {
    const isObject = b[i] === OPEN_OBJECT;
    const to = isObject ? scanMembers(b, i, end, ITEM_NAMES, members()) : scanValue(b, i, end);
    budget -= (to < 0 ? lastScan.at : to) - i;
    if (to < 0) return false;
    const { kind } = verdictOf(b, i, to, members());
    return kind === 'record' || kind === 'document';
  }

  /** The end of the item at `i`, whose brackets and quotes are all that is believed. */
  function passed(b: Uint8Array, i: number, end: number): number {
    if (budget <= 0) return -1;
    const limit = Math.min(end, i + OWN_END);
    const to = createPassing().read(b, i, limit);
    budget -= (to < 0 ? limit : to) - i;
    return to;
  }

  /** The first record of an array whose beginning is all that is broken. */
  function firstElement(b: Uint8Array, from: number, end: number, isLast: boolean): number | undefined {
    for (let i = b.indexOf(OPEN_ARRAY, from); i >= 0 && i < from + HEAD; i = b.indexOf(OPEN_ARRAY, i + 1)) {
      const first = skipSpace(b, i + 1, end);
      if (b[first] !== OPEN_OBJECT || !isItem(b, first, end)) continue;
      const to = scanValue(b, first, end);
      if (restAfter(b, to, end, { isLast, isInObject: true }) === 'sound') return first;
    }
    return undefined;
  }

  return {
    allow(bytes) {
      budget += BUDGET * bytes;
    },
    endOfElement(b, i, end, around) {
      const to = passed(b, i, end);
      if (to < 0) return undefined;
      const rest = restAfter(b, to, end, around);
      return rest === 'sound' || (rest === 'unknown' && elementMayEndAt(b, to, end)) ? to : undefined;
    },
    endOfLine(b, i, end) {
      const to = passed(b, i, end);
      return to >= 0 && lineMayEndAt(b, to, end) ? to : undefined;
    },
    arrayIn(b, i, end, isLast) {
      if (budget <= 0) return undefined;
      const known = containerIn(b, i, Math.min(end, i + OWN_END));
      if (known) return known;
      const start = firstElement(b, i, end, isLast);
      return start === undefined ? undefined : { form: 'Records', start };
    },
    isLine(b, i, end) {
      if (budget <= 0) return false;
      const c = b[i]!;
      const isLine = i > 0 && b[i - 1] === LINE_FEED;
      if (!isLine && !(c === OPEN_OBJECT && i > 0 && b[i - 1] === CLOSE_OBJECT)) return false;
      const stamp = isLine ? STAMP.exec(text(b, i, Math.min(i + 64, end))) : null;
      const from = i + (stamp?.[0].length ?? 0);
      if (!stamp && c !== OPEN_OBJECT && c !== QUOTE) return false;
      return isItem(b, from, end) && lineMayEndAt(b, scanValue(b, from, end), end);
    },
    isElement(b, i, end, around, depth, isBlind) {
      const c = b[i]!;
      if (c !== OPEN_OBJECT && c !== OPEN_ARRAY && c !== QUOTE) return false;
      const before = depth.before();
      const isAfter = before === COMMA || before === OPEN_ARRAY;
      if (before === COLON || (c !== OPEN_OBJECT && !isAfter) || budget <= 0) return false;
      const key = c === OPEN_OBJECT ? firstKey(b, i, end) : 0;
      if (key === 'more' || (key < 0 && !isAfter) || !isItem(b, i, end)) return false;
      const rest = restAfter(b, scanValue(b, i, end), end, around);
      if (rest !== 'unknown') return rest === 'sound';
      return !isBlind && before === COMMA && depth.at(b, i, end) <= 1;
    },
    isItem,
  };
}

/** What the item in `b[i, to)` is; the members of an object have been scanned into `members`. */
export function verdictOf(b: Uint8Array, i: number, to: number, members: Members): Verdict {
  if (b[i] === OPEN_OBJECT) return judge(b, i, to, members);
  const embedded =
    b[i] === OPEN_ARRAY
      ? insightsMessage(b, i, to)
      : b[i] === QUOTE
        ? (JSON.parse(text(b, i, to)) as string)
        : undefined;
  const found = embedded === undefined ? undefined : fromText(embedded, 'JSON text');
  return found ?? { kind: 'foreign', reason: 'JSON without the fields of a CloudTrail record' };
}

/** The array of items among the members of the broken object at `from`. */
function containerIn(b: Uint8Array, from: number, end: number): { form: string; start: number } | undefined {
  const depth = createDepth();
  for (let i = from; i < end; i++) {
    if (b[i] === QUOTE && !depth.isInString() && depth.at(b, i, end) === 1) {
      const keyEnd = scanValue(b, i, end);
      const form = keyEnd < 0 ? undefined : containerForm(text(b, i + 1, keyEnd - 1));
      // The colon may be what is broken.
      const start = form ? skipSpace(b, skipSpace(b, keyEnd, end) + 1, end) : end;
      if (form && b[start] === OPEN_ARRAY) return { form, start: start + 1 };
    }
    depth.step(b, i, end);
    if (i > from && depth.at(b, i + 1, end) === 0) return undefined;
  }
  return undefined;
}

/** Slot of the first member's name of the object at `i`; -1 for a name that is not ours; `more` where bytes are missing. */
export function firstKey(b: Uint8Array, i: number, end: number): number | 'more' {
  let k = skipSpace(b, i + 1, end);
  if (k >= end) return 'more';
  if (b[k] !== QUOTE) return -1;
  const from = ++k;
  while (k < end && b[k] !== QUOTE && k - from < 64) k++;
  if (k >= end) return 'more';
  return slotOf(ITEM_NAMES, b, from, k);
}

/** The form of the array with this name in an object; undefined where it is no container. */
export function containerForm(name: string): string | undefined {
  return Object.hasOwn(CONTAINERS, name) ? CONTAINERS[name as keyof typeof CONTAINERS] : undefined;
}
