/** Functions that cut, search and change text. */

import { invalidArgument } from '../errors.js';
import { remember } from '../remember.js';
import { charactersOf, countTo, isFlat, lengthOf, sliceOf } from '../text/code-points.js';
import { type SqlFunction, scalar } from './registry.js';

const MOST_LENGTH = 2_147_483_647n;
const LAST_POINT = 0x10ffffn;

/** A bigint as a number that no text is longer than. */
const clamp = (value: bigint): number =>
  Number(value > MOST_LENGTH ? MOST_LENGTH : value < -MOST_LENGTH ? -MOST_LENGTH : value);

/** Where a cut begins, counted from 0; undefined where it lies outside. */
function cutStart(start: bigint, length: () => number): number | undefined {
  if (start === 0n) return undefined;
  if (start > 0n) return clamp(start) - 1;
  const at = length() + clamp(start);
  return at < 0 ? undefined : at;
}

/** `substr`: 1 is the first character, -1 the last; nothing where it starts outside. */
function substring(text: string, start: bigint, length?: bigint): string {
  if (length !== undefined && length <= 0n) return '';
  const from = cutStart(start, () => lengthOf(text));
  if (from === undefined) return '';
  return sliceOf(text, from, length === undefined ? undefined : from + clamp(length));
}

/** What Java's `\s` of Trino's trim is: Unicode's white space without what does not break. */
const BLANK = '[\\t-\\r\\x1c-\\x20\\u1680\\u2000-\\u2006\\u2008-\\u200a\\u2028\\u2029\\u205f\\u3000]';
const BLANK_START = new RegExp(`^${BLANK}+`);
const IS_BLANK = new RegExp(BLANK);

const trimStart = (text: string): string => text.replace(BLANK_START, '');

/** Goes backward by itself: a pattern at the end would try every run of blanks. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && IS_BLANK.test(text[end - 1]!)) end--;
  return text.slice(0, end);
}

const charactersIn = remember((text: string) => new Set(charactersOf(text)));

function trimOf(text: string, trimmed: string, { start, end }: { start: boolean; end: boolean }): string {
  const set = charactersIn(trimmed);
  const characters = charactersOf(text);
  let from = 0;
  let to = characters.length;
  if (start) while (from < to && set.has(characters[from]!)) from++;
  if (end) while (to > from && set.has(characters[to - 1]!)) to--;
  return characters.slice(from, to).join('');
}

function strpos(text: string, part: string): bigint {
  const at = text.indexOf(part);
  return at < 0 ? 0n : BigInt(countTo(text, at) + 1);
}

/** Where the n-th of a part begins; negative: from the end. Places may overlap. */
function nthPosition(text: string, part: string, n: bigint): bigint {
  if (n === 0n) invalidArgument("'instance' must be a positive or negative number.");
  if (part === '') return 1n;
  let left = n > 0n ? n : -n;
  let at = n > 0n ? text.indexOf(part) : text.lastIndexOf(part);
  while (at >= 0 && left > 1n) {
    left -= 1n;
    if (n > 0n) at = text.indexOf(part, at + 1);
    else at = at === 0 ? -1 : text.lastIndexOf(part, at - 1);
  }
  return at < 0 ? 0n : BigInt(countTo(text, at) + 1);
}

function replace(text: string, part: string, by: string): string {
  if (part !== '') return text.includes(part) ? text.split(part).join(by) : text;
  return by + charactersOf(text).join(by) + (text === '' ? '' : by);
}

/** The most characters that a text is padded to; beyond it a row would not fit in memory. */
const MOST_PADDED = 10_000_000;

/** What a text is filled up with; undefined where it is cut to `length` instead. */
export function padding(length: number, target: bigint, fill: string | Buffer): number | undefined {
  if (target < 0n || target > MOST_LENGTH)
    invalidArgument(`Target length must be in the range [0..${MOST_LENGTH}]`);
  if (fill.length === 0)
    invalidArgument(`Padding ${typeof fill === 'string' ? 'string' : 'bytes'} must not be empty`);
  if (target > MOST_PADDED) invalidArgument(`Target length must not exceed ${MOST_PADDED}`);
  return Number(target) <= length ? undefined : Number(target) - length;
}

function filling(text: string, target: bigint, fill: string): string | undefined {
  const missing = padding(lengthOf(text), target, fill);
  if (missing === undefined) return undefined;
  return sliceOf(fill.repeat(Math.ceil(missing / lengthOf(fill))), 0, missing);
}

function lpad(text: string, target: bigint, fill: string): string {
  const missing = filling(text, target, fill);
  return missing === undefined ? sliceOf(text, 0, Number(target)) : missing + text;
}

function rpad(text: string, target: bigint, fill: string): string {
  const missing = filling(text, target, fill);
  return missing === undefined ? sliceOf(text, 0, Number(target)) : text + missing;
}

const translation = remember((key: string) => {
  const [from, to] = JSON.parse(key) as [string, string];
  const targets = charactersOf(to);
  const map = new Map<string, string>();
  for (const [i, character] of charactersOf(from).entries())
    if (!map.has(character)) map.set(character, targets[i] ?? '');
  return map;
});

function translate(text: string, from: string, to: string): string {
  const map = translation(JSON.stringify([from, to]));
  let translated = '';
  for (const character of text) translated += map.get(character) ?? character;
  return translated;
}

function chr(point: bigint): string {
  if (point < 0n || point > LAST_POINT || (point >= 0xd800n && point <= 0xdfffn))
    invalidArgument(`Not a valid Unicode code point: ${point}`);
  return String.fromCodePoint(Number(point));
}

function codepoint(text: string): bigint {
  if (lengthOf(text) !== 1) invalidArgument('Input string must be a single character string');
  return BigInt(text.codePointAt(0)!);
}

function normalize(text: string, form: string): string {
  const upper = form.toUpperCase();
  if (!['NFD', 'NFC', 'NFKD', 'NFKC'].includes(upper))
    invalidArgument('Normalization form must be one of [NFD, NFC, NFKD, NFKC]');
  return text.normalize(upper);
}

/** One character by one, as Java's `Character.toUpperCase`: `ß` stays. */
function changeCase(text: string, change: (part: string) => string): string {
  if (/^[\0-\x7f]*$/.test(text)) return change(text);
  let changed = '';
  for (const character of text) {
    const other = change(character);
    changed += lengthOf(other) === 1 ? other : character === '\u0130' ? 'i' : character;
  }
  return changed;
}

const lower = (text: string): string => changeCase(text, part => part.toLowerCase());
const upper = (text: string): string => changeCase(text, part => part.toUpperCase());

function concat(...texts: string[]): string {
  if (texts.length < 2) invalidArgument('There must be two or more concatenation arguments');
  return texts.join('');
}

const reverse = (text: string): string =>
  isFlat(text) && text.length < 2 ? text : charactersOf(text).reverse().join('');

const BOTH = { start: true, end: true };
const START = { start: true, end: false };
const END = { start: false, end: true };

export const STRINGS: readonly SqlFunction[] = [
  scalar('length(varchar) -> bigint', 'Number of characters.', (text: string) => BigInt(lengthOf(text))),
  scalar('lower(varchar) -> varchar', 'The text in lower case.', lower),
  scalar('upper(varchar) -> varchar', 'The text in upper case.', upper),
  scalar('trim(varchar) -> varchar', 'The text without white space at both ends.', (text: string) =>
    trimEnd(trimStart(text)),
  ),
  scalar(
    'trim(varchar, varchar) -> varchar',
    'The text without any of the characters at both ends.',
    (text, set) => trimOf(text, set, BOTH),
  ),
  scalar('ltrim(varchar) -> varchar', 'The text without white space at its start.', trimStart),
  scalar(
    'ltrim(varchar, varchar) -> varchar',
    'The text without any of the characters at its start.',
    (text, set) => trimOf(text, set, START),
  ),
  scalar('rtrim(varchar) -> varchar', 'The text without white space at its end.', trimEnd),
  scalar(
    'rtrim(varchar, varchar) -> varchar',
    'The text without any of the characters at its end.',
    (text, set) => trimOf(text, set, END),
  ),
  ...['substr', 'substring'].flatMap(name => [
    scalar(
      `${name}(varchar, bigint) -> varchar`,
      'The text from a position on; 1 is the first character, -1 the last.',
      (text: string, start: bigint) => substring(text, start),
    ),
    scalar(
      `${name}(varchar, bigint, bigint) -> varchar`,
      'As many characters as said from a position on; 1 is the first character, -1 the last.',
      substring,
    ),
  ]),
  scalar(
    'strpos(varchar, varchar) -> bigint',
    'Position of the first place of the second text in the first, or 0.',
    strpos,
  ),
  scalar(
    'strpos(varchar, varchar, bigint) -> bigint',
    'Position of the n-th place of the second text in the first, or 0; a negative n counts from the end.',
    nthPosition,
  ),
  scalar(
    'starts_with(varchar, varchar) -> boolean',
    'Whether the first text starts with the second.',
    (text: string, start: string) => text.startsWith(start),
  ),
  scalar(
    'replace(varchar, varchar) -> varchar',
    'The first text without any place of the second.',
    (text, part) => replace(text, part, ''),
  ),
  scalar(
    'replace(varchar, varchar, varchar) -> varchar',
    'The first text with the third in every place of the second.',
    replace,
  ),
  scalar('concat(varchar...) -> varchar', 'The texts, one after the other.', concat),
  scalar(
    'lpad(varchar, bigint, varchar) -> varchar',
    'The text filled up at its start, or cut, to a length.',
    lpad,
  ),
  scalar(
    'rpad(varchar, bigint, varchar) -> varchar',
    'The text filled up at its end, or cut, to a length.',
    rpad,
  ),
  scalar('reverse(varchar) -> varchar', 'The characters in reverse order.', reverse),
  scalar(
    'translate(varchar, varchar, varchar) -> varchar',
    'The text with each character of the second text replaced by the one at the same place of the third, or left out.',
    translate,
  ),
  scalar('chr(bigint) -> varchar', 'The character of a Unicode code point.', chr),
  scalar('codepoint(varchar) -> integer', 'The Unicode code point of a single character.', codepoint),
  scalar('normalize(varchar) -> varchar', 'The text in Unicode normalization form NFC.', (text: string) =>
    text.normalize('NFC'),
  ),
  scalar(
    'normalize(varchar, varchar) -> varchar',
    'The text in a Unicode normalization form: NFC, NFD, NFKC or NFKD.',
    normalize,
  ),
];
