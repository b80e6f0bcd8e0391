/** Expressions: `a.b LIKE 'x%' AND NOT c IN (1, 2)`, by precedence. */

import type { Comparison, Expression } from './ast.js';
import { type Cursor, expression, isQueryAlone, query } from './cursor.js';
import { primary } from './primary.js';

/** Any expression. */
export function parseExpression(cursor: Cursor): Expression {
  return cursor.deeper(() => either(cursor));
}

function either(cursor: Cursor): Expression {
  const first = both(cursor);
  if (!cursor.is('OR')) return first;
  const terms = [first];
  while (cursor.take('OR')) terms.push(both(cursor));
  return { kind: 'or', at: first.at, terms };
}

function both(cursor: Cursor): Expression {
  const first = negated(cursor);
  if (!cursor.is('AND')) return first;
  const terms = [first];
  while (cursor.take('AND')) terms.push(negated(cursor));
  return { kind: 'and', at: first.at, terms };
}

function negated(cursor: Cursor): Expression {
  const { at } = cursor.peek();
  if (cursor.take('NOT')) return { kind: 'not', at, value: cursor.deeper(() => negated(cursor)) };
  return predicate(cursor);
}

const COMPARISONS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>=']);

/** A value, and what is asked of it. */
function predicate(cursor: Cursor): Expression {
  const left = parseValue(cursor);
  const token = cursor.peek();
  if (COMPARISONS.has(token.key)) {
    cursor.next();
    return comparison(cursor, left, token.key as Comparison, token.at);
  }
  const isNot = cursor.is('NOT') && ['BETWEEN', 'IN', 'LIKE'].includes(cursor.peek(1).key);
  if (isNot) cursor.next();
  const found = asked(cursor, left);
  if (!found) return left;
  return isNot ? { kind: 'not', at: found.at, value: found } : found;
}

function comparison(cursor: Cursor, left: Expression, op: Comparison, at: number): Expression {
  const quantifier = ['ALL', 'ANY', 'SOME'].find(key => cursor.is(key, '('));
  if (quantifier === undefined) return { kind: 'comparison', at, op, left, right: parseValue(cursor) };
  cursor.expect(quantifier, '(');
  const inner = query(cursor);
  cursor.expect(')');
  return { kind: 'quantified', at, op, quantifier: quantifier === 'ALL' ? 'all' : 'any', left, query: inner };
}

function asked(cursor: Cursor, value: Expression): Expression | undefined {
  const { at } = cursor.peek();
  if (cursor.take('BETWEEN')) {
    const low = parseValue(cursor);
    cursor.expect('AND');
    return { kind: 'between', at, value, low, high: parseValue(cursor) };
  }
  if (cursor.take('IN')) {
    cursor.expect('(');
    if (isQueryAlone(cursor)) {
      const inner = query(cursor);
      cursor.expect(')');
      return { kind: 'in query', at, value, query: inner };
    }
    const list = cursor.list(() => expression(cursor));
    cursor.expect(')');
    return { kind: 'in list', at, value, list };
  }
  if (cursor.take('LIKE')) {
    const pattern = parseValue(cursor);
    return cursor.take('ESCAPE')
      ? { kind: 'like', at, value, pattern, escape: parseValue(cursor) }
      : { kind: 'like', at, value, pattern };
  }
  if (cursor.take('IS')) return isSomething(cursor, value, at);
  return undefined;
}

function isSomething(cursor: Cursor, value: Expression, at: number): Expression {
  const isNot = cursor.take('NOT');
  let found: Expression;
  if (cursor.take('NULL')) found = { kind: 'is null', at, value };
  else if (cursor.take('DISTINCT', 'FROM'))
    found = { kind: 'is distinct', at, left: value, right: parseValue(cursor) };
  else cursor.unexpected("'DISTINCT', 'NOT', 'NULL'");
  return isNot ? { kind: 'not', at, value: found } : found;
}

/** Without AND, OR, NOT and comparisons: what stands on one side of them. */
export function parseValue(cursor: Cursor): Expression {
  return cursor.deeper(() => chain(cursor, ['||'], () => sum(cursor)));
}

const sum = (cursor: Cursor): Expression => chain(cursor, ['+', '-'], () => product(cursor));

const product = (cursor: Cursor): Expression => chain(cursor, ['*', '/', '%'], () => signed(cursor));

/** Each one is a level of the tree. */
const MOST_OPERATORS = 500;

type Arithmetic = '+' | '-' | '*' | '/' | '%' | '||';

function chain(cursor: Cursor, ops: readonly Arithmetic[], operand: () => Expression): Expression {
  let left = operand();
  for (let count = 0; ; count++) {
    if (count > MOST_OPERATORS)
      cursor.fail(
        cursor.peek().at,
        `more than ${MOST_OPERATORS} operators in a row`,
        'NOT_SUPPORTED',
        'concat() takes many texts, and a sum can be a subquery',
      );
    const { key, at } = cursor.peek();
    if (!(ops as readonly string[]).includes(key)) return left;
    cursor.next();
    left = { kind: 'arithmetic', at, op: key as Arithmetic, left, right: operand() };
  }
}

function signed(cursor: Cursor): Expression {
  const { at, key } = cursor.peek();
  if (key === '-' || key === '+') {
    cursor.next();
    return { kind: 'unary', at, op: key, value: cursor.deeper(() => signed(cursor)) };
  }
  let value = primary(cursor);
  while (cursor.is('AT') && cursor.peek(1).key === 'TIME') {
    cursor.expect('AT', 'TIME', 'ZONE');
    value = { kind: 'at time zone', at: value.at, value, zone: primary(cursor) };
  }
  return value;
}
