/**
 * Paths of `json_extract` and its like, `$.a["b c"][0]`, and the values at them: text is walked over up to the place,
 * and no further.
 */

import { invalidArgument } from '../errors.js';
import {
  END,
  type FindMember,
  findElement,
  firstElement,
  isOpen,
  memberFinder,
  NOWHERE,
  nextElement,
  skipScalar,
  skipSpace,
  skipString,
  skipValue,
  stringAt,
} from '../json/scan.js';
import { jsonNumber, jsonString } from '../json/write.js';
import { remember } from '../remember.js';

interface Step {
  /** Finds the member of the name. */
  find: FindMember;
  /** The name as a place in a list; negative where it is none. */
  index: number;
}

const LARGEST_INDEX = 2_147_483_647;
/** `.name`, `[name]` or `["name"]`. */
const STEP = /\.([\p{L}\p{Nd}_:]+)|\[([\p{L}\p{Nd}_]+)\]|\["([^"\\]*(?:\\["\\][^"\\]*)*)"\]/uy;

function compile(path: string): readonly Step[] {
  const bad = (): never => invalidArgument(`Invalid JSON path: '${path}'`);
  if (!path.startsWith('$')) bad();
  const steps: Step[] = [];
  for (let at = 1; at < path.length; at = STEP.lastIndex) {
    STEP.lastIndex = at;
    const match = STEP.exec(path);
    if (!match) return bad();
    const name = match[1] ?? match[2] ?? match[3]!.replace(/\\(.)/gs, '$1');
    steps.push({ find: memberFinder(name), index: indexOf(name) });
  }
  return steps;
}

function indexOf(name: string): number {
  if (!/^[+-]?[0-9]+$/.test(name)) return -1;
  const index = Number(name);
  return index <= LARGEST_INDEX ? index : -1;
}

const stepsOf = remember(compile);

/** Where the value at the path begins; NOWHERE where there is none, or no JSON up to there. */
function place(text: string, steps: readonly Step[]): number {
  let at = skipSpace(text, 0);
  for (const { find, index } of steps) {
    const c = text[at];
    if (c === '{') at = find(text, at);
    else if (c === '[') at = findElement(text, at, index);
    else return NOWHERE;
    if (at < 0) return NOWHERE;
  }
  return at;
}

/** The end of the scalar at `at`; a number that is the whole text must end in white space. */
function scalarEnd(text: string, at: number, isRoot: boolean): number {
  const end = skipScalar(text, at);
  if (end < 0 || !isRoot || text[at] === '"' || end === text.length) return end;
  return /[ \n\r\t]/.test(text[end]!) ? end : NOWHERE;
}

/**
 * The scalar at a path, as text; null where there is none, null, an object or a list.
 * @throws SqlError `INVALID_FUNCTION_ARGUMENT` for a path that is none
 */
export function extractScalar(text: string, path: string): string | null {
  const steps = stepsOf(path);
  const at = place(text, steps);
  if (at < 0 || isOpen(text, at)) return null;
  const end = scalarEnd(text, at, steps.length === 0);
  if (end < 0) return null;
  if (text[at] === '"') return stringAt(text, at, end);
  return text[at] === 'n' ? null : text.slice(at, end);
}

/**
 * The value at a path as JSON without spaces, members in their order; null where there is none.
 * @throws SqlError `INVALID_FUNCTION_ARGUMENT` for a path that is none
 */
export function extractJson(text: string, path: string): string | null {
  const steps = stepsOf(path);
  const at = place(text, steps);
  if (at < 0) return null;
  const end = isOpen(text, at) ? skipValue(text, at) : scalarEnd(text, at, steps.length === 0);
  return end < 0 ? null : compact(text, at, end);
}

/** A piece of JSON, of which every token is written as Trino writes it. */
function compact(text: string, start: number, end: number): string {
  let out = '';
  for (let at = start; at < end; ) {
    const c = text[at]!;
    if (c === '"') {
      const after = skipString(text, at);
      const raw = text.slice(at, after);
      out += raw.includes('\\') ? jsonString(stringAt(text, at, after)) : raw;
      at = after;
    } else if (c === '-' || (c >= '0' && c <= '9')) {
      const after = skipScalar(text, at);
      out += jsonNumber(text.slice(at, after));
      at = after;
    } else {
      if (c > ' ') out += c;
      at++;
    }
  }
  return out;
}

/**
 * How many members or elements are at the path: 0 for a scalar, null where there is nothing.
 * @throws SqlError `INVALID_FUNCTION_ARGUMENT` for a path that is none
 */
export function sizeAt(text: string, path: string): bigint | null {
  const steps = stepsOf(path);
  const at = place(text, steps);
  if (at < 0) return null;
  if (!isOpen(text, at)) return scalarEnd(text, at, steps.length === 0) < 0 ? null : 0n;
  if (text[at] === '[') return countElements(text, at);
  return skipValue(text, at) < 0 ? null : countMembers(text, at);
}

/** How many elements the list that begins at `i` has; null where it is not JSON. */
export function countElements(text: string, i: number): bigint | null {
  let count = 0n;
  let at = firstElement(text, i);
  for (; at >= 0; at = nextElement(text, skipValue(text, at))) count++;
  return at === END ? count : null;
}

function countMembers(text: string, i: number): bigint {
  let count = 0n;
  for (let at = skipSpace(text, i + 1); text[at] !== '}'; ) {
    count++;
    const value = skipSpace(text, skipSpace(text, skipString(text, at)) + 1);
    at = skipSpace(text, skipValue(text, value));
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return count;
}
