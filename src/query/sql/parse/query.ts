/** Queries: WITH, SELECT, set operations, VALUES, and what FROM takes. */

import type { Expression, GroupingElement, Query, QueryBody, QuerySpec, SelectItem, With } from './ast.js';
import { orderBy, windowSpec } from './call.js';
import { type Cursor, expression, query } from './cursor.js';
import { columnAliases, isClause, qualifiedName, relations } from './relation.js';

/** A query with its WITH, ORDER BY, OFFSET and LIMIT. */
export function parseQuery(cursor: Cursor): Query {
  return cursor.deeper(() => {
    const { at } = cursor.peek();
    const withQueries = cursor.is('WITH') ? withClause(cursor) : undefined;
    const body = queryBody(cursor);
    const found: Query = { at, body, orderBy: [] };
    if (withQueries) found.with = withQueries;
    if (cursor.is('ORDER')) found.orderBy = orderBy(cursor);
    if (cursor.take('OFFSET')) {
      found.offset = rowCount(cursor);
      if (!cursor.take('ROWS')) cursor.take('ROW');
    }
    limits(cursor, found);
    return found;
  });
}

function limits(cursor: Cursor, found: Query): void {
  if (cursor.take('LIMIT')) {
    if (!cursor.take('ALL')) found.limit = rowCount(cursor);
    return;
  }
  if (!cursor.take('FETCH')) return;
  if (!cursor.take('FIRST')) cursor.expect('NEXT');
  found.limit =
    cursor.is('ROW') || cursor.is('ROWS')
      ? { kind: 'integer', at: cursor.peek().at, value: 1n }
      : rowCount(cursor);
  if (!cursor.take('ROWS')) cursor.expect('ROW');
  if (cursor.take('ONLY')) return;
  cursor.expect('WITH', 'TIES');
  found.withTies = true;
}

function rowCount(cursor: Cursor): Expression {
  const token = cursor.peek();
  if (token.kind === 'integer') {
    cursor.next();
    return { kind: 'integer', at: token.at, value: BigInt(token.text) };
  }
  if (token.key === '?') {
    cursor.next();
    return { kind: 'parameter', at: token.at, index: cursor.parameter() };
  }
  cursor.unexpected("'?', <integer>");
}

function withClause(cursor: Cursor): With {
  const { at } = cursor.expect('WITH');
  const isRecursive = cursor.take('RECURSIVE');
  const queries = cursor.list(() => {
    const name = cursor.name();
    const columns = cursor.is('(') ? columnAliases(cursor) : undefined;
    cursor.expect('AS', '(');
    const inner = query(cursor);
    cursor.expect(')');
    return { name, columns, query: inner };
  });
  return { at, isRecursive, queries };
}

/** UNION and EXCEPT, which bind less than INTERSECT. */
function queryBody(cursor: Cursor): QueryBody {
  let left = intersections(cursor);
  for (;;) {
    const op = cursor.is('UNION') ? 'union' : cursor.is('EXCEPT') ? 'except' : undefined;
    if (!op) return left;
    const { at } = cursor.next();
    const isAll = setQuantifier(cursor);
    left = { kind: 'set', at, op, isAll, left, right: intersections(cursor) };
  }
}

function intersections(cursor: Cursor): QueryBody {
  let left = term(cursor);
  while (cursor.is('INTERSECT')) {
    const { at } = cursor.next();
    const isAll = setQuantifier(cursor);
    left = { kind: 'set', at, op: 'intersect', isAll, left, right: term(cursor) };
  }
  return left;
}

function setQuantifier(cursor: Cursor): boolean {
  if (cursor.take('ALL')) return true;
  cursor.take('DISTINCT');
  return false;
}

function term(cursor: Cursor): QueryBody {
  const { at, key } = cursor.peek();
  switch (key) {
    case 'SELECT':
      return querySpec(cursor);
    case 'VALUES':
      cursor.next();
      return { kind: 'values', at, rows: cursor.list(() => expression(cursor)) };
    case 'TABLE':
      cursor.next();
      return { kind: 'table', at, name: qualifiedName(cursor) };
    case '(': {
      cursor.next();
      const inner = query(cursor);
      cursor.expect(')');
      return { kind: 'nested', at, query: inner };
    }
    default:
      cursor.unexpected("'(', 'SELECT', 'TABLE', 'VALUES'");
  }
}

function querySpec(cursor: Cursor): QuerySpec {
  const { at } = cursor.expect('SELECT');
  const isDistinct = cursor.take('DISTINCT');
  if (!isDistinct) cursor.take('ALL');
  const spec: QuerySpec = {
    kind: 'select',
    at,
    isDistinct,
    items: cursor.list(() => selectItem(cursor)),
    windows: [],
  };
  if (cursor.take('FROM')) spec.from = relations(cursor);
  if (cursor.take('WHERE')) spec.where = expression(cursor);
  if (cursor.is('GROUP')) {
    const groupAt = cursor.expect('GROUP', 'BY').at;
    const isDistinctSets = cursor.take('DISTINCT');
    if (!isDistinctSets) cursor.take('ALL');
    spec.groupBy = {
      at: groupAt,
      isDistinct: isDistinctSets,
      elements: cursor.list(() => groupingElement(cursor)),
    };
  }
  if (cursor.take('HAVING')) spec.having = expression(cursor);
  if (cursor.take('WINDOW'))
    spec.windows = cursor.list(() => {
      const name = cursor.name();
      cursor.expect('AS', '(');
      const window = windowSpec(cursor);
      cursor.expect(')');
      return { name, spec: window };
    });
  return spec;
}

function selectItem(cursor: Cursor): SelectItem {
  const { at } = cursor.peek();
  if (cursor.take('*')) return { kind: 'all', at };
  if (isQualifiedStar(cursor)) {
    let base: Expression = { kind: 'identifier', ...cursor.name() };
    while (!cursor.is('.', '*')) {
      cursor.expect('.');
      base = { kind: 'field', at, base, field: cursor.name() };
    }
    cursor.expect('.', '*');
    return cursor.take('AS')
      ? { kind: 'all', at, base, aliases: columnAliases(cursor) }
      : { kind: 'all', at, base };
  }
  const value = expression(cursor);
  if (cursor.is('.', '*')) {
    cursor.expect('.', '*');
    return cursor.take('AS')
      ? { kind: 'all', at, base: value, aliases: columnAliases(cursor) }
      : { kind: 'all', at, base: value };
  }
  const isAlias =
    cursor.take('AS') || cursor.peek().kind === 'backquoted' || (cursor.isName() && !isClause(cursor));
  const alias = isAlias ? cursor.name() : undefined;
  return alias ? { kind: 'expression', at, value, alias } : { kind: 'expression', at, value };
}

/** `a.*`, `a.b.*`. */
function isQualifiedStar(cursor: Cursor): boolean {
  if (!cursor.isName()) return false;
  for (let ahead = 1; cursor.peek(ahead).key === '.'; ahead += 2)
    if (cursor.peek(ahead + 1).key === '*') return true;
  return false;
}

function groupingElement(cursor: Cursor): GroupingElement {
  const { at } = cursor.peek();
  for (const kind of ['ROLLUP', 'CUBE'] as const)
    if (cursor.take(kind)) {
      cursor.expect('(');
      const sets = cursor.is(')') ? [] : cursor.list(() => groupingSet(cursor));
      cursor.expect(')');
      return { kind: kind.toLowerCase() as 'rollup', at, sets };
    }
  if (cursor.take('GROUPING', 'SETS')) {
    cursor.expect('(');
    const sets = cursor.list(() => groupingSet(cursor));
    cursor.expect(')');
    return { kind: 'sets', at, sets };
  }
  // `()` and `(a, b)` are sets as well, but `(a) + 1` is an expression.
  if (cursor.is('(', ')')) {
    cursor.expect('(', ')');
    return { kind: 'simple', at, expressions: [] };
  }
  const value = expression(cursor);
  return { kind: 'simple', at, expressions: value.kind === 'row' && !value.names ? value.elements : [value] };
}

function groupingSet(cursor: Cursor): Expression[] {
  if (cursor.is('(', ')')) {
    cursor.expect('(', ')');
    return [];
  }
  const value = expression(cursor);
  return value.kind === 'row' && !value.names ? value.elements : [value];
}
