/** Calls of functions, and those with a syntax of their own: CAST, EXTRACT, TRIM, LISTAGG, JSON_VALUE, … */

import { SqlError } from '../errors.js';
import type { Call, Expression, FrameBound, Identifier, SortItem, TypeNode, WindowSpec } from './ast.js';
import { type Cursor, expression, valueExpression } from './cursor.js';
import { jsonArray, jsonCall, jsonObject } from './json-call.js';
import { typeNode } from './type.js';

/** The arguments after a name, and FILTER, IGNORE NULLS and OVER behind them. */
export function call(cursor: Cursor, at: number, name: string): Expression {
  cursor.expect('(');
  const found: Call = { kind: 'call', at, name, args: [] };
  if (cursor.is('*', ')')) {
    cursor.next();
    found.isStar = true;
  } else if (!cursor.is(')')) {
    if (cursor.take('DISTINCT')) found.isDistinct = true;
    else cursor.take('ALL');
    if (!cursor.is('ORDER')) found.args = cursor.list(() => expression(cursor));
    if (cursor.is('ORDER')) found.orderBy = orderBy(cursor);
  }
  cursor.expect(')');
  afterCall(cursor, found);
  return found;
}

function afterCall(cursor: Cursor, found: Call): void {
  if (cursor.take('FILTER')) {
    cursor.expect('(', 'WHERE');
    found.filter = expression(cursor);
    cursor.expect(')');
  }
  for (const nulls of ['IGNORE', 'RESPECT'] as const)
    if (cursor.take(nulls, 'NULLS')) found.nulls = nulls === 'IGNORE' ? 'ignore' : 'respect';
  if (cursor.take('OVER')) found.over = cursor.is('(') ? parenthesisedWindow(cursor) : cursor.name();
}

function parenthesisedWindow(cursor: Cursor): WindowSpec {
  cursor.expect('(');
  const spec = windowSpec(cursor);
  cursor.expect(')');
  return spec;
}

/** What stands in the parentheses of OVER and of WINDOW. */
export function windowSpec(cursor: Cursor): WindowSpec {
  const { at } = cursor.peek();
  const spec: WindowSpec = { at, partitionBy: [], orderBy: [] };
  const isClause = ['PARTITION', 'ORDER', 'ROWS', 'RANGE', 'GROUPS'].some(
    key =>
      cursor.is(key) &&
      (key === 'ORDER' || ['BY', 'BETWEEN', 'UNBOUNDED', 'CURRENT'].includes(cursor.peek(1).key)),
  );
  if (!isClause && cursor.isName() && !cursor.is('PARTITION')) spec.base = cursor.name();
  if (cursor.take('PARTITION', 'BY')) spec.partitionBy = cursor.list(() => expression(cursor));
  if (cursor.is('ORDER')) spec.orderBy = orderBy(cursor);
  const unit = (['ROWS', 'RANGE', 'GROUPS'] as const).find(key => cursor.is(key));
  if (unit) {
    const frameAt = cursor.next().at;
    const lower = unit.toLowerCase() as 'rows';
    if (cursor.take('BETWEEN')) {
      const from = frameBound(cursor);
      cursor.expect('AND');
      spec.frame = { at: frameAt, unit: lower, from, to: frameBound(cursor) };
    } else spec.frame = { at: frameAt, unit: lower, from: frameBound(cursor) };
  }
  return spec;
}

function frameBound(cursor: Cursor): FrameBound {
  const { at } = cursor.peek();
  if (cursor.take('CURRENT', 'ROW')) return { at, kind: 'current row' };
  const isUnbounded = cursor.take('UNBOUNDED');
  const value = isUnbounded ? undefined : expression(cursor);
  const side = cursor.take('PRECEDING') ? 'preceding' : cursor.take('FOLLOWING') ? 'following' : undefined;
  if (!side) cursor.unexpected("'FOLLOWING', 'PRECEDING'");
  return value ? { at, kind: side, value } : { at, kind: `unbounded ${side}` };
}

/** `ORDER BY a DESC NULLS FIRST, 2`. */
export function orderBy(cursor: Cursor): SortItem[] {
  cursor.expect('ORDER', 'BY');
  return cursor.list((): SortItem => {
    const value = expression(cursor);
    const isDescending = cursor.take('DESC');
    if (!isDescending) cursor.take('ASC');
    let nulls: 'first' | 'last' | undefined;
    if (cursor.take('NULLS')) {
      nulls = cursor.take('FIRST') ? 'first' : cursor.take('LAST') ? 'last' : undefined;
      if (!nulls) cursor.unexpected("'FIRST', 'LAST'");
    }
    return { at: value.at, value, isDescending, nulls };
  });
}

type Special = (cursor: Cursor, at: number) => Expression;

const SPECIAL: Readonly<Record<string, Special>> = {
  CAST: (cursor, at) => cast(cursor, at, false),
  TRY_CAST: (cursor, at) => cast(cursor, at, true),
  EXTRACT: extract,
  TRIM: trim,
  SUBSTRING: substring,
  POSITION: position,
  NORMALIZE: normalize,
  LISTAGG: listagg,
  GROUPING: grouping,
  ROW: row,
  JSON_VALUE: (cursor, at) => jsonCall(cursor, at, 'json_value'),
  JSON_QUERY: (cursor, at) => jsonCall(cursor, at, 'json_query'),
  JSON_EXISTS: (cursor, at) => jsonCall(cursor, at, 'json_exists'),
  JSON_OBJECT: jsonObject,
  JSON_ARRAY: jsonArray,
};

/** A call with a syntax of its own, where the next word has one. */
export function specialCall(cursor: Cursor): Expression | undefined {
  const { at, key } = cursor.peek();
  const parse = Object.hasOwn(SPECIAL, key) ? SPECIAL[key] : undefined;
  if (!parse) return undefined;
  cursor.next();
  cursor.expect('(');
  const found = parse(cursor, at);
  cursor.expect(')');
  if (found.kind === 'call') afterCall(cursor, found);
  return found;
}

function cast(cursor: Cursor, at: number, isSafe: boolean): Expression {
  const value = expression(cursor);
  cursor.expect('AS');
  return { kind: 'cast', at, value, type: castType(cursor, at), isSafe };
}

/** Trino finds an unknown type where the cast begins. */
function castType(cursor: Cursor, at: number): TypeNode {
  try {
    return typeNode(cursor);
  } catch (error) {
    if (error instanceof SqlError && error.sqlError === 'TYPE_NOT_FOUND')
      cursor.fail(at, error.sentence, 'TYPE_MISMATCH');
    throw error;
  }
}

function extract(cursor: Cursor, at: number): Expression {
  const field = cursor.peek();
  if (field.kind !== 'word') cursor.unexpected('<identifier>');
  cursor.next();
  cursor.expect('FROM');
  return { kind: 'extract', at, field: field.text.toLowerCase(), value: valueExpression(cursor) };
}

function trim(cursor: Cursor, at: number): Expression {
  const side = (['BOTH', 'LEADING', 'TRAILING'] as const).find(key => cursor.take(key));
  const name = side === 'LEADING' ? 'ltrim' : side === 'TRAILING' ? 'rtrim' : 'trim';
  if (side && cursor.take('FROM')) return { kind: 'call', at, name, args: [valueExpression(cursor)] };
  const first = valueExpression(cursor);
  if (cursor.take('FROM')) return { kind: 'call', at, name, args: [valueExpression(cursor), first] };
  if (!side && cursor.take(',')) return { kind: 'call', at, name, args: [first, valueExpression(cursor)] };
  return { kind: 'call', at, name, args: [first] };
}

function substring(cursor: Cursor, at: number): Expression {
  const args = [valueExpression(cursor)];
  if (cursor.take('FROM')) {
    args.push(valueExpression(cursor));
    if (cursor.take('FOR')) args.push(valueExpression(cursor));
  } else while (cursor.take(',')) args.push(valueExpression(cursor));
  return { kind: 'call', at, name: 'substr', args };
}

function position(cursor: Cursor, at: number): Expression {
  const needle = valueExpression(cursor);
  cursor.expect('IN');
  return { kind: 'call', at, name: 'strpos', args: [valueExpression(cursor), needle] };
}

function normalize(cursor: Cursor, at: number): Expression {
  const args: Expression[] = [valueExpression(cursor)];
  if (cursor.take(',')) {
    const form = cursor.peek();
    if (!['NFC', 'NFD', 'NFKC', 'NFKD'].includes(form.key)) cursor.unexpected("'NFC', 'NFD', 'NFKC', 'NFKD'");
    cursor.next();
    args.push({ kind: 'string', at: form.at, value: form.key });
  }
  return { kind: 'call', at, name: 'normalize', args };
}

function listagg(cursor: Cursor, at: number): Expression {
  const isDistinct = cursor.take('DISTINCT');
  const args = [expression(cursor)];
  if (cursor.take(',')) {
    const separator = cursor.peek();
    if (separator.kind !== 'string') cursor.unexpected('<string>');
    cursor.next();
    args.push({ kind: 'string', at: separator.at, value: separator.text });
  }
  const found: Call = { kind: 'call', at, name: 'listagg', args, isDistinct };
  if (cursor.take('ON', 'OVERFLOW')) {
    const overflow = { truncate: !cursor.take('ERROR'), filler: '...', withCount: false };
    if (overflow.truncate) {
      cursor.expect('TRUNCATE');
      if (cursor.peek().kind === 'string') overflow.filler = cursor.next().text;
      overflow.withCount = cursor.take('WITH');
      if (!overflow.withCount) cursor.expect('WITHOUT');
      cursor.expect('COUNT');
    }
    found.overflow = overflow;
  }
  cursor.expect(')');
  cursor.expect('WITHIN', 'GROUP', '(');
  found.orderBy = orderBy(cursor);
  return found;
}

function grouping(cursor: Cursor, at: number): Expression {
  const columns = cursor.is(')') ? [] : cursor.list(() => expression(cursor));
  return { kind: 'grouping', at, columns };
}

/** `ROW(1, 'a')`, and `ROW(1 AS x)`. */
function row(cursor: Cursor, at: number): Expression {
  const names: Array<Identifier | undefined> = [];
  const elements = cursor.list(() => {
    const value = expression(cursor);
    names.push(cursor.take('AS') || cursor.isName() ? cursor.name() : undefined);
    return value;
  });
  return { kind: 'row', at, elements, names };
}
