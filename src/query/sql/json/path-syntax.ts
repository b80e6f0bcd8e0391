/** Parses paths of SQL's JSON functions: `lax $.a[*] ? (@.b > 1)`. */

import { javaDouble } from '../cast/number-text.js';
import { SqlError } from '../errors.js';
import { lengthOf } from '../text/code-points.js';
import { BIGINT, BOOLEAN, DOUBLE, INTEGER } from '../types.js';
import { bad, type Token, tokensOf } from './path-tokens.js';
import {
  type Calculation,
  type Comparison,
  METHODS,
  type Path,
  type PathNode,
  type Predicate,
  type Subscript,
  type Typed,
} from './path-tree.js';

/** Tokens of the longest path: each may be a step deeper in its tree. */
const MOST_TOKENS = 1_000;
/** Parentheses and filters that stand in each other at most. */
const MOST_DEPTH = 100;

interface Reading {
  tokens: readonly Token[];
  at: number;
  depth: number;
  /** Whether parentheses may hold a predicate. */
  inFilter: boolean;
}

const peek = (reading: Reading, ahead = 0): Token =>
  reading.tokens[Math.min(reading.at + ahead, reading.tokens.length - 1)]!;

function take(reading: Reading): Token {
  const token = peek(reading);
  reading.at++;
  return token;
}

/** Whether the next token is this sign or word. */
const isNext = (reading: Reading, text: string, ahead = 0): boolean => {
  const token = peek(reading, ahead);
  return token.text === text && (token.kind === 'sign' || token.kind === 'word');
};

function skip(reading: Reading, text: string): boolean {
  if (!isNext(reading, text)) return false;
  reading.at++;
  return true;
}

function expect(reading: Reading, text: string): void {
  if (!skip(reading, text)) bad(peek(reading), `'${text}'`);
}

function within<T>(reading: Reading, read: () => T): T {
  if (++reading.depth > MOST_DEPTH) throw new SqlError('SYNTAX_ERROR', 'JSON path is nested too deeply');
  const result = read();
  reading.depth--;
  return result;
}

/**
 * Parses a path. Positions of errors count from the path's start.
 * @throws SqlError `SYNTAX_ERROR`, `NOT_SUPPORTED`
 */
export function parsePath(text: string): Path {
  const reading: Reading = { tokens: tokensOf(text), at: 0, depth: 0, inFilter: false };
  if (reading.tokens.length > MOST_TOKENS) throw new SqlError('SYNTAX_ERROR', 'JSON path is too long');
  const mode = take(reading);
  if (mode.text !== 'lax' && mode.text !== 'strict') bad(mode, "{'lax', 'strict'}");
  const node = readPath(reading);
  if (peek(reading).kind !== 'end') bad(peek(reading), '<EOF>');
  return { isLax: mode.text === 'lax', node };
}

type Either = { path: PathNode } | { predicate: Predicate };

const pathOf = (reading: Reading, either: Either): PathNode =>
  'path' in either ? either.path : bad(peek(reading), 'a path');
const predicateOf = (reading: Reading, either: Either): Predicate =>
  'predicate' in either ? either.predicate : bad(peek(reading), 'a comparison');

const readPath = (reading: Reading): PathNode => pathOf(reading, readSum(reading));

function readCalculation(
  reading: Reading,
  operators: readonly Calculation[],
  next: (reading: Reading) => Either,
): Either {
  let left = next(reading);
  for (;;) {
    const operator = operators.find(sign => isNext(reading, sign));
    if (!operator) return left;
    const base = pathOf(reading, left);
    reading.at++;
    left = { path: { kind: 'calculate', operator, left: base, right: pathOf(reading, next(reading)) } };
  }
}

const readSum = (reading: Reading): Either => readCalculation(reading, ['+', '-'], readProduct);
const readProduct = (reading: Reading): Either => readCalculation(reading, ['*', '/', '%'], readSigned);

function readSigned(reading: Reading): Either {
  const isMinus = isNext(reading, '-');
  if (!isMinus && !isNext(reading, '+')) return readAccessors(reading);
  reading.at++;
  const base = within(reading, () => pathOf(reading, readSigned(reading)));
  return { path: { kind: 'sign', base, isMinus } };
}

function readAccessors(reading: Reading): Either {
  const first = readPrimary(reading);
  if ('predicate' in first) return first;
  let base = first.path;
  for (;;) {
    if (skip(reading, '.')) base = readMember(reading, base);
    else if (skip(reading, '..')) base = { kind: 'descendant', base, name: readName(reading) };
    else if (skip(reading, '[')) base = within(reading, () => readElements(reading, base));
    else if (skip(reading, '?')) base = within(reading, () => readFilter(reading, base));
    else return { path: base };
  }
}

const unquoted = (text: string): string => text.slice(1, -1).replaceAll('""', '"');

function readName(reading: Reading): string {
  const token = take(reading);
  if (token.kind === 'word') return token.text;
  return token.kind === 'text' ? unquoted(token.text) : bad(token, 'a name');
}

function readMember(reading: Reading, base: PathNode): PathNode {
  if (skip(reading, '*')) return { kind: 'member', base };
  const token = peek(reading);
  if (token.kind === 'word' && isNext(reading, '(', 1)) {
    if (token.text === 'datetime')
      throw new SqlError('NOT_SUPPORTED', 'datetime method in JSON path is not yet supported');
    const method = METHODS.find(name => name === token.text);
    if (!method) bad(peek(reading, 1), '<EOF>');
    reading.at += 2;
    expect(reading, ')');
    return { kind: 'method', base, method: method! };
  }
  return { kind: 'member', base, name: readName(reading) };
}

function readElements(reading: Reading, base: PathNode): PathNode {
  const subscripts: Subscript[] = [];
  if (!skip(reading, '*'))
    do {
      const from = readPath(reading);
      subscripts.push(skip(reading, 'to') ? { from, to: readPath(reading) } : { from });
    } while (skip(reading, ','));
  expect(reading, ']');
  return { kind: 'elements', base, subscripts };
}

function readFilter(reading: Reading, base: PathNode): PathNode {
  const { inFilter } = reading;
  expect(reading, '(');
  reading.inFilter = true;
  const predicate = predicateOf(reading, readOr(reading));
  reading.inFilter = inFilter;
  expect(reading, ')');
  return { kind: 'filter', base, predicate };
}

function readOr(reading: Reading): Either {
  let left = readAnd(reading);
  while (skip(reading, '||')) {
    const before = predicateOf(reading, left);
    left = { predicate: { kind: 'or', left: before, right: predicateOf(reading, readAnd(reading)) } };
  }
  return left;
}

function readAnd(reading: Reading): Either {
  let left = readTest(reading);
  while (skip(reading, '&&')) {
    const before = predicateOf(reading, left);
    left = { predicate: { kind: 'and', left: before, right: predicateOf(reading, readTest(reading)) } };
  }
  return left;
}

const COMPARISONS: ReadonlyMap<string, Comparison> = new Map([
  ['==', '=='],
  ['<>', '<>'],
  ['!=', '<>'],
  ['<', '<'],
  ['>', '>'],
  ['<=', '<='],
  ['>=', '>='],
]);

function readTest(reading: Reading): Either {
  if (skip(reading, '!')) {
    if (!isNext(reading, '(') && !isNext(reading, 'exists')) bad(peek(reading), "{'(', 'exists'}");
    const predicate = within(reading, () => predicateOf(reading, readPrimary(reading)));
    return { predicate: { kind: 'not', predicate } };
  }
  const isBare = isNext(reading, 'exists');
  const left = readSum(reading);
  const token = peek(reading);
  if ('predicate' in left) {
    if (isBare || !isNext(reading, 'is') || !isNext(reading, 'unknown', 1)) return left;
    reading.at += 2;
    return { predicate: { kind: 'isUnknown', predicate: left.predicate } };
  }
  const operator = token.kind === 'sign' ? COMPARISONS.get(token.text) : undefined;
  if (operator) {
    reading.at++;
    return { predicate: { kind: 'compare', operator, left: left.path, right: readPath(reading) } };
  }
  if (isNext(reading, 'like_regex'))
    throw new SqlError('NOT_SUPPORTED', 'like_regex predicate in JSON path is not yet supported');
  if (!isNext(reading, 'starts')) return left;
  reading.at++;
  expect(reading, 'with');
  const { kind } = peek(reading);
  if (kind !== 'text' && kind !== 'variable') bad(peek(reading), '{STRING, NAMED_VARIABLE}');
  const prefix = pathOf(reading, readPrimary(reading));
  return { predicate: { kind: 'startsWith', value: left.path, prefix } };
}

function readPrimary(reading: Reading): Either {
  const token = take(reading);
  switch (token.kind) {
    case 'text': {
      const value = unquoted(token.text);
      return {
        path: { kind: 'literal', item: { type: { kind: 'varchar', length: lengthOf(value) }, value } },
      };
    }
    case 'number':
      return { path: { kind: 'literal', item: numberOf(token) } };
    case 'variable':
      return { path: { kind: 'variable', name: token.text } };
    case 'word':
      return readWord(reading, token);
    default:
      if (token.text === '$') return { path: { kind: 'root' } };
      if (token.text === '@') return { path: { kind: 'current' } };
      if (token.text !== '(') return bad(token, 'a path');
      return within(reading, () => {
        const either = reading.inFilter ? readOr(reading) : readSum(reading);
        expect(reading, ')');
        return either;
      });
  }
}

function readWord(reading: Reading, token: Token): Either {
  switch (token.text) {
    case 'last':
      return { path: { kind: 'last' } };
    case 'true':
    case 'false':
      return { path: { kind: 'literal', item: { type: BOOLEAN, value: token.text === 'true' } } };
    case 'null':
      return { path: { kind: 'literal', item: null } };
    case 'exists': {
      if (!reading.inFilter) return bad(token, 'a path');
      expect(reading, '(');
      const path = within(reading, () => readPath(reading));
      expect(reading, ')');
      return { predicate: { kind: 'exists', path } };
    }
    default:
      return bad(token, 'a path');
  }
}

const MOST_DIGITS = 38;

function numberOf(token: Token): Typed {
  const { text } = token;
  if (/[eE]/.test(text)) return { type: DOUBLE, value: Number(text) };
  const [whole, fraction] = text.split('.') as [string, string | undefined];
  if (whole.length + (fraction?.length ?? 0) > MOST_DIGITS)
    throw new SqlError('INVALID_LITERAL', `Invalid numeric literal: ${javaDouble(Number(text))}`);
  if (fraction === undefined) {
    const value = BigInt(whole);
    return { type: BigInt.asIntN(32, value) === value ? INTEGER : BIGINT, value };
  }
  const digits = whole.replace(/^0+/, '') + fraction;
  const precision = Math.max(digits.length, 1);
  return { type: { kind: 'decimal', precision, scale: fraction.length }, value: BigInt(digits || '0') };
}
