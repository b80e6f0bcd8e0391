/**
 * Walks over JSON text without building anything: where a value, a member or an element begins and ends. It takes and
 * refuses what Trino's JSON parser does, and no further than it looks. Nesting needs no recursion.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const SPACE = 0x20;

/** What stands for a place that does not exist, or text that is not JSON. */
export const NOWHERE = -1;

/** The first place from `i` on that is not white space; the text's length where there is none. */
export function skipSpace(text: string, i: number): number {
  for (let at = i; ; at++) {
    const c = text.charCodeAt(at);
    if (c !== SPACE && c !== 0x0a && c !== 0x0d && c !== 0x09) return at;
  }
}

/** Characters after which a pattern is faster than one character at a time. */
const SHORT = 16;
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what a text cannot hold.
const ORDINARY = /[^"\\\u0000-\u001f]*/y;

/** The place after the text that begins at the quote `i`; negative where it does not end or is bad. */
export function skipString(text: string, i: number): number {
  let long = i + SHORT;
  for (let at = i + 1; ; at++) {
    const c = text.charCodeAt(at);
    if (c === QUOTE) return at + 1;
    if (c === BACKSLASH) {
      at = skipEscape(text, at);
      if (at < 0) return NOWHERE;
    } else if (!(c >= SPACE)) return NOWHERE;
    else if (at > long) {
      ORDINARY.lastIndex = at;
      ORDINARY.test(text);
      at = ORDINARY.lastIndex - 1;
      long = at + SHORT;
    }
  }
}

const ESCAPED = '"\\/bfnrt';

/** The last place of the escape that begins at the backslash `i`. */
function skipEscape(text: string, i: number): number {
  const letter = text[i + 1];
  if (letter === undefined) return NOWHERE;
  if (letter !== 'u') return ESCAPED.includes(letter) ? i + 1 : NOWHERE;
  for (let k = i + 2; k < i + 6; k++) if (!isHex(text.charCodeAt(k))) return NOWHERE;
  return i + 5;
}

const isHex = (c: number): boolean => (c >= ZERO && c <= NINE) || ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x66);
const isDigit = (c: number): boolean => c >= ZERO && c <= NINE;

/** The place after the number that begins at `i`; negative where it is none. */
export function skipNumber(text: string, i: number): number {
  let at = text.charCodeAt(i) === MINUS ? i + 1 : i;
  if (!isDigit(text.charCodeAt(at))) return NOWHERE;
  if (text.charCodeAt(at) === ZERO && isDigit(text.charCodeAt(at + 1))) return NOWHERE;
  at = skipDigits(text, at);
  if (text[at] === '.') {
    if (!isDigit(text.charCodeAt(at + 1))) return NOWHERE;
    at = skipDigits(text, at + 1);
  }
  if (text[at] === 'e' || text[at] === 'E') {
    at += text[at + 1] === '+' || text[at + 1] === '-' ? 2 : 1;
    if (!isDigit(text.charCodeAt(at))) return NOWHERE;
    at = skipDigits(text, at);
  }
  return at;
}

function skipDigits(text: string, i: number): number {
  let at = i;
  while (isDigit(text.charCodeAt(at))) at++;
  return at;
}

const WORD_PART = /[\p{L}\p{N}_$]/u;

function skipWord(text: string, i: number): number {
  const word = text[i] === 't' ? 'true' : text[i] === 'f' ? 'false' : text[i] === 'n' ? 'null' : undefined;
  if (word === undefined || !text.startsWith(word, i)) return NOWHERE;
  const end = i + word.length;
  return end < text.length && WORD_PART.test(text[end]!) ? NOWHERE : end;
}

/** The place after the scalar that begins at `i`; negative where none does. */
export function skipScalar(text: string, i: number): number {
  const c = text.charCodeAt(i);
  if (c === QUOTE) return skipString(text, i);
  return c === MINUS || isDigit(c) ? skipNumber(text, i) : skipWord(text, i);
}

/** Whether an object or a list begins at the place. */
export const isOpen = (text: string, i: number): boolean => {
  const c = text.charCodeAt(i);
  return c === OPEN_OBJECT || c === OPEN_ARRAY;
};

/** The place of the value of a member whose name begins at `i`. */
function afterName(text: string, i: number): number {
  if (text.charCodeAt(i) !== QUOTE) return NOWHERE;
  const end = skipString(text, i);
  if (end < 0) return NOWHERE;
  const colon = skipSpace(text, end);
  return text.charCodeAt(colon) === COLON ? skipSpace(text, colon + 1) : NOWHERE;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what a text cannot hold.
const TEXT = /"[^"\\\u0000-\u001f]*"/.source;
const PLAIN = `(?:${TEXT}|true|false|null|-?(?:0|[1-9][0-9]*)),[ ]?`;
/** Plain scalars with the comma after each, many at once, which is faster than one by one. */
const MEMBER = `${TEXT}:[ ]?${PLAIN}`;
const PLAIN_MEMBERS = new RegExp(`(?:${MEMBER}){1,32}`, 'y');
const PLAIN_ELEMENTS = new RegExp(`(?:${PLAIN}){1,32}`, 'y');

/** The place after the plain members or elements that begin at `i`: where another one must begin. */
function skipPlain(text: string, i: number, isObject: boolean): number {
  const plain = isObject ? PLAIN_MEMBERS : PLAIN_ELEMENTS;
  let at = i;
  plain.lastIndex = at;
  while (plain.test(text)) at = plain.lastIndex;
  plain.lastIndex = 0;
  return skipSpace(text, at);
}

/** The place after the value that begins at `i`; negative where it is not JSON. */
export function skipValue(text: string, i: number): number {
  if (!isOpen(text, i)) return skipScalar(text, i);
  const open: boolean[] = [];
  let at = i;
  for (;;) {
    // A value begins here.
    const c = text.charCodeAt(at);
    if (c === OPEN_OBJECT || c === OPEN_ARRAY) {
      const isObject = c === OPEN_OBJECT;
      const next = skipSpace(text, at + 1);
      if (text.charCodeAt(next) !== (isObject ? CLOSE_OBJECT : CLOSE_ARRAY)) {
        open.push(isObject);
        at = skipPlain(text, next, isObject);
        if (isObject) at = afterName(text, at);
        if (at < 0) return NOWHERE;
        continue;
      }
      at = next + 1;
    } else {
      at = skipScalar(text, at);
      if (at < 0) return NOWHERE;
    }
    // And ended; so may those around it.
    for (;;) {
      if (open.length === 0) return at;
      const isObject = open[open.length - 1]!;
      at = skipSpace(text, at);
      const next = text.charCodeAt(at);
      if (next === COMMA) {
        at = skipPlain(text, skipSpace(text, at + 1), isObject);
        if (isObject) at = afterName(text, at);
        if (at < 0) return NOWHERE;
        break;
      }
      if (next !== (isObject ? CLOSE_OBJECT : CLOSE_ARRAY)) return NOWHERE;
      open.pop();
      at++;
    }
  }
}

/** Finds the value of a member, of the object that begins at `i`; negative where there is none. */
export type FindMember = (text: string, i: number) => number;

/** A name that stands in a text as it is, where no escape is. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what a text cannot hold.
const PLAIN_NAME = /^[^"\\\u0000-\u001f]*$/;

/** What finds the first member of the name: past plain ones of other names by a pattern, past others one by one. */
export function memberFinder(name: string): FindMember {
  const quoted = name.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  // A plain member has no name that needs an escape.
  const other = PLAIN_NAME.test(name) ? `(?!"${quoted}")${MEMBER}` : MEMBER;
  const others = new RegExp(`(?:${other}){0,32}`, 'y');
  return (text, i) => findMember(text, i, name, others);
}

function findMember(text: string, i: number, name: string, others: RegExp): number {
  let at = skipSpace(text, i + 1);
  if (text.charCodeAt(at) === CLOSE_OBJECT) return NOWHERE;
  others.lastIndex = at;
  others.test(text);
  at = skipSpace(text, others.lastIndex);
  for (;;) {
    if (text.charCodeAt(at) !== QUOTE) return NOWHERE;
    const end = skipString(text, at);
    if (end < 0) return NOWHERE;
    const colon = skipSpace(text, end);
    if (text.charCodeAt(colon) !== COLON) return NOWHERE;
    const value = skipSpace(text, colon + 1);
    if (isText(text, at, end, name)) return value;
    at = nextOf(text, skipValue(text, value), CLOSE_OBJECT);
    if (at < 0) return NOWHERE;
  }
}

/** Whether the text between two quotes is `name`. */
function isText(text: string, start: number, end: number, name: string): boolean {
  if (end - start - 2 === name.length && text.startsWith(name, start + 1) && !name.includes('\\'))
    return true;
  // Only an escape makes a longer text of a shorter one.
  if (end - start - 2 <= name.length) return false;
  const inside = text.slice(start + 1, end - 1);
  return inside.includes('\\') && unescaped(inside) === name;
}

/** Where what follows the comma after a value is; negative where the list ends there, or badly. */
function nextOf(text: string, after: number, close: number): number {
  if (after < 0) return NOWHERE;
  const at = skipSpace(text, after);
  const c = text.charCodeAt(at);
  if (c === COMMA) return skipSpace(text, at + 1);
  return c === close ? END : NOWHERE;
}

/** Where a list ends as it should. */
export const END = -2;

/** Where the first element of the list that begins at `i` is; END, or NOWHERE. */
export function firstElement(text: string, i: number): number {
  const at = skipSpace(text, i + 1);
  return text.charCodeAt(at) === CLOSE_ARRAY ? END : at;
}

/** Where the element is that follows one which ended before `after`; END, or NOWHERE. */
export const nextElement = (text: string, after: number): number => nextOf(text, after, CLOSE_ARRAY);

/** Where the element is, of the list that begins at `i`; negative where there is none. */
export function findElement(text: string, i: number, index: number): number {
  let at = firstElement(text, i);
  for (let k = 0; at >= 0 && k !== index; k++) at = nextElement(text, skipValue(text, at));
  return at;
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

function unescaped(inside: string): string {
  return inside.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_all, hex: string | undefined, letter: string) =>
    hex === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** The text between two quotes; half a character becomes `?`. */
export function stringAt(text: string, start: number, end: number): string {
  const inside = text.slice(start + 1, end - 1);
  return inside.includes('\\') ? unescaped(inside).replace(LONE_SURROGATE, '?') : inside;
}
