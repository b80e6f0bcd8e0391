/** What FROM takes: tables, queries, UNNEST, and the joins between them. */

import type { Identifier, JoinKind, Relation } from './ast.js';
import { type Cursor, expression, isQueryAlone, query } from './cursor.js';

/** `(a, b)`. */
export function columnAliases(cursor: Cursor): Identifier[] {
  cursor.expect('(');
  const columns = cursor.list(() => cursor.name());
  cursor.expect(')');
  return columns;
}

/** `catalog.database.table`. */
export function qualifiedName(cursor: Cursor): Identifier[] {
  const parts = [cursor.name()];
  while (cursor.take('.')) parts.push(cursor.name());
  return parts;
}

/** What stands behind FROM; commas are cross joins. */
export function relations(cursor: Cursor): Relation {
  let left = relation(cursor);
  while (cursor.take(',')) left = { kind: 'join', at: left.at, join: 'cross', left, right: relation(cursor) };
  return left;
}

function relation(cursor: Cursor): Relation {
  return cursor.deeper(() => {
    let left = sampled(cursor);
    for (;;) {
      const joined = join(cursor, left);
      if (!joined) return left;
      left = joined;
    }
  });
}

function join(cursor: Cursor, left: Relation): Relation | undefined {
  const { at } = left;
  if (cursor.take('CROSS', 'JOIN')) return { kind: 'join', at, join: 'cross', left, right: sampled(cursor) };
  const natural = cursor.peek();
  const isNatural = cursor.take('NATURAL');
  const kind = joinKind(cursor);
  if (!kind) {
    if (isNatural) cursor.unexpected("'JOIN'");
    return undefined;
  }
  if (isNatural)
    cursor.fail(natural.at, 'Natural join not supported', 'NOT_SUPPORTED', 'JOIN … USING names the columns');
  const right = relation(cursor);
  if (cursor.take('ON')) return { kind: 'join', at, join: kind, left, right, on: expression(cursor) };
  if (cursor.take('USING'))
    return { kind: 'join', at, join: kind, left, right, using: columnAliases(cursor) };
  cursor.unexpected("'ON', 'USING'");
}

function joinKind(cursor: Cursor): JoinKind | undefined {
  if (cursor.take('JOIN') || cursor.take('INNER', 'JOIN')) return 'inner';
  for (const kind of ['LEFT', 'RIGHT', 'FULL'] as const)
    if (cursor.take(kind, 'JOIN') || cursor.take(kind, 'OUTER', 'JOIN'))
      return kind.toLowerCase() as JoinKind;
  return undefined;
}

function sampled(cursor: Cursor): Relation {
  let found = aliased(cursor);
  if (cursor.take('TABLESAMPLE')) {
    const method = cursor.take('BERNOULLI') ? 'bernoulli' : cursor.take('SYSTEM') ? 'system' : undefined;
    if (!method) cursor.unexpected("'BERNOULLI', 'SYSTEM'");
    cursor.expect('(');
    found = { kind: 'sample', at: found.at, relation: found, method, percent: expression(cursor) };
    cursor.expect(')');
  }
  if (cursor.is('MATCH_RECOGNIZE', '('))
    cursor.fail(
      cursor.peek().at,
      'MATCH_RECOGNIZE is not supported',
      'NOT_SUPPORTED',
      'window functions find rows before and after',
    );
  return found;
}

/** Words that go on with the statement behind a table without an alias. */
const NO_ALIAS = new Set(['TABLESAMPLE', 'MATCH_RECOGNIZE', 'OFFSET', 'LIMIT', 'FETCH', 'WINDOW']);

function aliased(cursor: Cursor): Relation {
  const found = tableOf(cursor);
  const isAlias = cursor.isName() && !(cursor.peek().kind === 'word' && isClause(cursor));
  if (!cursor.take('AS') && !isAlias) return found;
  const alias = cursor.name();
  const columns = cursor.is('(') ? columnAliases(cursor) : undefined;
  return columns
    ? { kind: 'alias', at: found.at, relation: found, alias, columns }
    : { kind: 'alias', at: found.at, relation: found, alias };
}

/** Whether a word that could be an alias begins a clause. */
export function isClause(cursor: Cursor): boolean {
  const { key } = cursor.peek();
  if (!NO_ALIAS.has(key)) return false;
  const after = cursor.peek(1);
  switch (key) {
    case 'LIMIT':
    case 'OFFSET':
      return after.kind === 'integer' || after.key === '?' || after.key === 'ALL';
    case 'FETCH':
      return after.key === 'FIRST' || after.key === 'NEXT';
    case 'WINDOW':
      return cursor.peek(2).key === 'AS';
    default:
      return after.key === '(' || after.key === 'BERNOULLI' || after.key === 'SYSTEM';
  }
}

function tableOf(cursor: Cursor): Relation {
  const { at } = cursor.peek();
  if (cursor.is('LATERAL', '(') || (cursor.is('(') && isQueryAlone(cursor, 1))) {
    const isLateral = cursor.take('LATERAL');
    cursor.expect('(');
    const inner = query(cursor);
    cursor.expect(')');
    return { kind: 'query', at, query: inner, isLateral };
  }
  if (cursor.take('(')) {
    const inner = relations(cursor);
    cursor.expect(')');
    return inner;
  }
  if (cursor.is('UNNEST', '(')) {
    cursor.expect('UNNEST', '(');
    const arrays = cursor.list(() => expression(cursor));
    cursor.expect(')');
    return { kind: 'unnest', at, arrays, withOrdinality: cursor.take('WITH', 'ORDINALITY') };
  }
  if (cursor.is('TABLE', '('))
    cursor.fail(at, 'table functions are not supported', 'NOT_SUPPORTED', 'UNNEST and sequence() make rows');
  if (cursor.is('JSON_TABLE', '('))
    cursor.fail(
      at,
      'JSON_TABLE is not supported',
      'NOT_SUPPORTED',
      'UNNEST(CAST(json_extract(…) AS array(json))) makes rows of JSON',
    );
  return { kind: 'table', at, name: qualifiedName(cursor) };
}
