/** The text of a statement as tokens: Trino's words, quoted names, literals and signs. */

import { type Position, SqlError } from '../errors.js';

export interface Token {
  kind:
    | 'word'
    | 'quoted'
    | 'backquoted'
    | 'string'
    | 'binary'
    | 'integer'
    | 'decimal'
    | 'double'
    | 'sign'
    | 'end';
  at: number;
  end: number;
  /** As it was written; of a string or a quoted name what it means. */
  text: string;
  /** A word in upper case, a sign as it is; empty for everything else. */
  key: string;
}

/** Line and column of a place, both from 1. */
export function positionAt(text: string, at: number): Position {
  let line = 1;
  let start = 0;
  for (;;) {
    const next = text.indexOf('\n', start);
    if (next < 0 || next >= at) return { line, column: at - start + 1 };
    line++;
    start = next + 1;
  }
}

const SIGN = /<>|!=|<=|>=|\|\||->|=>|[-+*/%=<>()[\]{},.;?:@$^|]/y;
const SPACE = /(?:\s|\ufeff|--[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const WORD = /[\p{L}_][\p{L}\p{Nd}_]*/uy;
const NUMBER =
  /0[xX][0-9a-fA-F](?:_?[0-9a-fA-F])*|0[oO][0-7](?:_?[0-7])*|0[bB][01](?:_?[01])*|(?:\d(?:_?\d)*(?:\.(?:\d(?:_?\d)*)?)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d+)?/y;

let last: { text: string; all: readonly Token[] } | undefined;

/**
 * The tokens of a text; the last is its end. Several readers ask for those of the same text one after the other.
 * @throws SqlError `SYNTAX_ERROR`
 */
export function tokens(text: string): readonly Token[] {
  if (last?.text !== text) last = { text, all: read(text) };
  return last.all;
}

function read(text: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  const sticky = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  for (;;) {
    at += sticky(SPACE)?.length ?? 0;
    if (at >= text.length) break;
    const token = quotedToken(text, at) ?? numberToken(text, at, sticky(NUMBER)) ?? plainToken(at, sticky);
    if (!token) throw failure(text, at, `extraneous input '${text[at]}'`);
    found.push(token);
    at = token.end;
  }
  found.push({ kind: 'end', at: text.length, end: text.length, text: '<EOF>', key: '' });
  return found;
}

const failure = (text: string, at: number, sentence: string): SqlError =>
  new SqlError('SYNTAX_ERROR', sentence, { position: positionAt(text, at) });

function plainToken(at: number, sticky: (pattern: RegExp) => string | undefined): Token | undefined {
  const word = sticky(WORD);
  if (word !== undefined)
    return { kind: 'word', at, end: at + word.length, text: word, key: word.toUpperCase() };
  const sign = sticky(SIGN);
  return sign === undefined
    ? undefined
    : { kind: 'sign', at, end: at + sign.length, text: sign, key: sign === '!=' ? '<>' : sign };
}

function numberToken(text: string, at: number, number: string | undefined): Token | undefined {
  if (number === undefined || (number.startsWith('.') && !/\d/.test(number))) return undefined;
  const end = at + number.length;
  const next = text[end];
  if (next !== undefined && /[\p{L}_]/u.test(next))
    throw failure(
      text,
      at,
      'identifiers must not start with a digit; surround the identifier with double quotes',
    );
  const isRadix = /^0[xob]/i.test(number);
  const kind = !isRadix && /e/i.test(number) ? 'double' : number.includes('.') ? 'decimal' : 'integer';
  return { kind, at, end, text: number.replaceAll('_', ''), key: '' };
}

/** Strings, quoted names, `X'…'` and `U&'…'`. */
function quotedToken(text: string, at: number): Token | undefined {
  const first = text[at]!;
  if (first === "'" || first === '"' || first === '`') {
    const { value, end } = quoted(text, at, first);
    const kind = first === "'" ? 'string' : first === '"' ? 'quoted' : 'backquoted';
    return { kind, at, end, text: value, key: '' };
  }
  if ((first === 'X' || first === 'x') && text[at + 1] === "'") {
    const { value, end } = quoted(text, at + 1, "'");
    const digits = value.replaceAll(/\s/g, '');
    if (!/^[0-9a-fA-F]*$/.test(digits))
      throw failure(text, at, 'Binary literal can only contain hexadecimal digits');
    if (digits.length % 2 !== 0)
      throw failure(text, at, 'Binary literal must contain an even number of digits');
    return { kind: 'binary', at, end, text: digits, key: '' };
  }
  if ((first === 'U' || first === 'u') && text[at + 1] === '&' && text[at + 2] === "'") {
    const { value, end } = quoted(text, at + 2, "'");
    return { kind: 'string', at, end, text: unescaped(text, at, value), key: '' };
  }
  return undefined;
}

function quoted(text: string, at: number, quote: string): { value: string; end: number } {
  for (let from = at + 1; ; ) {
    const next = text.indexOf(quote, from);
    if (next < 0)
      throw failure(
        text,
        at,
        `mismatched input '${text.slice(at, at + 20)}': the quote ${quote} is not closed`,
      );
    if (text[next + 1] === quote) {
      from = next + 2;
      continue;
    }
    return { value: text.slice(at + 1, next).replaceAll(quote + quote, quote), end: next + 1 };
  }
}

/** `U&'…'` with `\` as the escape. */
function unescaped(text: string, at: number, value: string): string {
  return value.replaceAll(/\\(?:\\|\+([0-9a-fA-F]{6})|([0-9a-fA-F]{4})|)/g, (match, six, four) => {
    if (match === '\\\\') return '\\';
    const code = Number.parseInt(six ?? four ?? '', 16);
    if (!(code <= 0x10ffff) || (code >= 0xd800 && code <= 0xdfff))
      throw failure(text, at, 'Invalid Unicode escape sequence');
    return String.fromCodePoint(code);
  });
}
