/** The smallest expressions: literals, names, calls, CASE, and what has a syntax of its own. */

import type { Expression, Identifier, TypeNode } from './ast.js';
import { call, specialCall } from './call.js';
import { type Cursor, expression, isQueryAlone, query, valueExpression } from './cursor.js';
import { typeNode } from './type.js';

/** A primary with the fields and elements that are taken of it. */
export function primary(cursor: Cursor): Expression {
  let base = atom(cursor);
  for (;;) {
    if (cursor.is('.')) {
      cursor.next();
      base = { kind: 'field', at: base.at, base, field: cursor.name() };
    } else if (cursor.is('[')) {
      cursor.next();
      const index = valueExpression(cursor);
      cursor.expect(']');
      base = { kind: 'subscript', at: base.at, base, index };
    } else return base;
  }
}

function atom(cursor: Cursor): Expression {
  const token = cursor.peek();
  const { at } = token;
  switch (token.kind) {
    case 'string':
      cursor.next();
      return { kind: 'string', at, value: token.text };
    case 'binary':
      cursor.next();
      return { kind: 'binary', at, value: Buffer.from(token.text, 'hex') };
    case 'integer':
      cursor.next();
      return integer(cursor, at, token.text);
    case 'decimal':
    case 'double':
      cursor.next();
      return { kind: 'double', at, value: Number(token.text) };
    case 'sign':
      if (token.key === '?') {
        cursor.next();
        return { kind: 'parameter', at, index: cursor.parameter() };
      }
      if (token.key === '(') return parenthesised(cursor);
      break;
    case 'word':
      return word(cursor) ?? named(cursor);
    case 'quoted':
    case 'backquoted':
      return named(cursor);
    default:
  }
  cursor.unexpected('<expression>');
}

const LARGEST = (1n << 63n) - 1n;

function integer(cursor: Cursor, at: number, text: string): Expression {
  const value = BigInt(text);
  // -9223372036854775808 is written with its sign.
  if (value > LARGEST + 1n) cursor.fail(at, `Invalid numeric literal: ${text}`, 'INVALID_LITERAL');
  return { kind: 'integer', at, value };
}

/** A name, or a call. */
function named(cursor: Cursor): Expression {
  const { at } = cursor.peek();
  if (cursor.peek(1).key === '->' && cursor.isName()) {
    const parameter = cursor.name();
    return lambda(cursor, at, [parameter]);
  }
  if (cursor.peek().kind === 'word' && cursor.isName() && cursor.peek(1).kind === 'string')
    return typedLiteral(cursor);
  const name = cursor.name('<expression>');
  if (cursor.is('(')) return call(cursor, at, name.name);
  // A function with its schema in front.
  return { kind: 'identifier', ...name };
}

/** `DATE '2024-01-01'`, `IPADDRESS '10.0.0.1'`, `JSON '{}'`. */
function typedLiteral(cursor: Cursor): Expression {
  const { at, text } = cursor.next();
  return { kind: 'typed literal', at, type: text.toLowerCase(), text: cursor.next().text };
}

function lambda(cursor: Cursor, at: number, parameters: Identifier[]): Expression {
  cursor.expect('->');
  return { kind: 'lambda', at, parameters, body: expression(cursor) };
}

/** `(x, y) ->` begins here. */
function isLambda(cursor: Cursor): boolean {
  if (cursor.is('(', ')', '->')) return true;
  for (let ahead = 1; ; ahead += 2) {
    const { kind } = cursor.peek(ahead);
    if (kind !== 'word' && kind !== 'quoted') return false;
    const { key } = cursor.peek(ahead + 1);
    if (key === ')') return cursor.peek(ahead + 2).key === '->';
    if (key !== ',') return false;
  }
}

function parenthesised(cursor: Cursor): Expression {
  const { at } = cursor.peek();
  if (isLambda(cursor)) {
    cursor.expect('(');
    const parameters = cursor.is(')') ? [] : cursor.list(() => cursor.name());
    cursor.expect(')');
    return lambda(cursor, at, parameters);
  }
  if (isQueryAlone(cursor, 1)) {
    cursor.expect('(');
    const inner = query(cursor);
    cursor.expect(')');
    return { kind: 'subquery', at, query: inner };
  }
  cursor.expect('(');
  const elements = cursor.list(() => expression(cursor));
  cursor.expect(')');
  return elements.length === 1 ? elements[0]! : { kind: 'row', at, elements };
}

const CURRENT = new Set([
  'CURRENT_DATE',
  'CURRENT_TIME',
  'CURRENT_TIMESTAMP',
  'LOCALTIME',
  'LOCALTIMESTAMP',
  'CURRENT_USER',
  'CURRENT_CATALOG',
  'CURRENT_SCHEMA',
]);

/** What begins with a word of its own. */
function word(cursor: Cursor): Expression | undefined {
  const { at, key } = cursor.peek();
  const after = cursor.peek(1);
  if (CURRENT.has(key)) return current(cursor);
  switch (key) {
    case 'NULL':
      cursor.next();
      return { kind: 'null', at };
    case 'TRUE':
    case 'FALSE':
      cursor.next();
      return { kind: 'boolean', at, value: key === 'TRUE' };
    case 'CASE':
      return caseOf(cursor);
    case 'EXISTS': {
      cursor.expect('EXISTS', '(');
      const inner = query(cursor);
      cursor.expect(')');
      return { kind: 'exists', at, query: inner };
    }
    case 'INTERVAL':
      if (after.kind === 'string' || after.key === '-' || after.key === '+') return interval(cursor);
      return undefined;
    case 'TIMESTAMP':
    case 'TIME':
    case 'DOUBLE':
      return literalOfLongType(cursor);
    case 'ARRAY':
      if (after.key !== '[') return undefined;
      return array(cursor);
    default:
      return after.key === '(' ? specialCall(cursor) : undefined;
  }
}

function array(cursor: Cursor): Expression {
  const { at } = cursor.expect('ARRAY', '[');
  const elements = cursor.is(']') ? [] : cursor.list(() => expression(cursor));
  cursor.expect(']');
  return { kind: 'array', at, elements };
}

function current(cursor: Cursor): Expression {
  const { at, key } = cursor.next();
  const found = { kind: 'current', at, name: key.toLowerCase() } as const;
  if (!cursor.is('(')) return found;
  cursor.expect('(');
  const precision = cursor.peek();
  if (precision.kind !== 'integer') cursor.unexpected('<integer>');
  cursor.next();
  cursor.expect(')');
  return { ...found, precision: Number(precision.text) };
}

/** `TIMESTAMP '…'`, `TIMESTAMP WITH TIME ZONE '…'`, `DOUBLE PRECISION '…'`. */
function literalOfLongType(cursor: Cursor): Expression | undefined {
  const { at } = cursor.peek();
  if (cursor.peek(1).kind === 'string') return typedLiteral(cursor);
  const isLong =
    (cursor.is('DOUBLE', 'PRECISION') && cursor.peek(2).kind === 'string') ||
    (cursor.peek(1).key === 'WITH' && cursor.peek(4).kind === 'string');
  if (!isLong) return undefined;
  const type: TypeNode = typeNode(cursor);
  return { kind: 'typed literal', at, type: '', typeNode: type, text: cursor.next().text };
}

const UNITS = ['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND'];

function interval(cursor: Cursor): Expression {
  const { at } = cursor.expect('INTERVAL');
  const isNegative = cursor.take('-');
  if (!isNegative) cursor.take('+');
  const { kind, text } = cursor.peek();
  if (kind !== 'string') cursor.unexpected('<string>');
  cursor.next();
  const unit = (): string => {
    const { key } = cursor.peek();
    if (!UNITS.includes(key)) cursor.unexpected(UNITS.map(of => `'${of}'`).join(', '));
    cursor.next();
    return key.toLowerCase();
  };
  const from = unit();
  return cursor.take('TO')
    ? { kind: 'interval', at, text, isNegative, from, to: unit() }
    : { kind: 'interval', at, text, isNegative, from };
}

function caseOf(cursor: Cursor): Expression {
  const { at } = cursor.expect('CASE');
  const operand = cursor.is('WHEN') ? undefined : expression(cursor);
  const whens: Array<{ when: Expression; result: Expression }> = [];
  if (!cursor.is('WHEN')) cursor.unexpected("'WHEN'");
  while (cursor.take('WHEN')) {
    const when = expression(cursor);
    cursor.expect('THEN');
    whens.push({ when, result: expression(cursor) });
  }
  const otherwise = cursor.take('ELSE') ? expression(cursor) : undefined;
  cursor.expect('END');
  return { kind: 'case', at, ...(operand && { operand }), whens, ...(otherwise && { otherwise }) };
}
