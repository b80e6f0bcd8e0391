/** Types as CAST and column lists have them: Trino's `row(a varchar)`, Hive's `struct<a:string>`. */

import { SqlError } from '../errors.js';
import { namedType } from '../type-name.js';
import type { RowField, Type } from '../types.js';
import type { TypeNode } from './ast.js';
import type { Cursor } from './cursor.js';
import { positionAt } from './lexer.js';

/** A type. */
export function typeNode(cursor: Cursor): TypeNode {
  return cursor.deeper(() => {
    const { at } = cursor.peek();
    let type = simple(cursor);
    // The older form: `bigint array`.
    while (cursor.is('ARRAY') && cursor.peek(1).key !== '[') {
      cursor.next();
      type = { kind: 'array', element: type };
    }
    return { at, type };
  });
}

function simple(cursor: Cursor): Type {
  const token = cursor.peek();
  if (token.kind !== 'word' && token.kind !== 'quoted') cursor.unexpected('<type>');
  cursor.next();
  const name = token.text.toLowerCase();
  const isOpen = cursor.is('(') ? ')' : cursor.is('<') ? '>' : undefined;
  switch (name) {
    case 'row':
    case 'struct':
      if (isOpen === undefined) break;
      cursor.next();
      return { kind: 'row', fields: fieldsTo(cursor, isOpen) };
    case 'array':
    case 'map':
      if (isOpen === undefined) break;
      cursor.next();
      return nested(cursor, name, isOpen);
    case 'interval':
      return interval(cursor);
    case 'double':
      cursor.take('PRECISION');
      break;
    default:
  }
  return sized(cursor, token.at, name);
}

function sized(cursor: Cursor, at: number, name: string): Type {
  const numbers: number[] = [];
  if (cursor.take('(')) {
    cursor.list(() => {
      const { kind, text } = cursor.peek();
      if (kind !== 'integer') cursor.unexpected('<integer>');
      cursor.next();
      numbers.push(Number(text));
    });
    cursor.expect(')');
  }
  let full = name;
  if (name === 'time' || name === 'timestamp') {
    if (cursor.take('WITH', 'TIME', 'ZONE')) full = `${name} with time zone`;
    else cursor.take('WITHOUT', 'TIME', 'ZONE');
  }
  try {
    return namedType(full, numbers);
  } catch (error) {
    if (error instanceof SqlError)
      throw new SqlError(error.sqlError, error.sentence, { position: positionAt(cursor.text, at) });
    throw error;
  }
}

function nested(cursor: Cursor, kind: 'array' | 'map', close: string): Type {
  const first = typeNode(cursor).type;
  if (kind === 'array') {
    cursor.expect(close);
    return { kind, element: first };
  }
  cursor.expect(',');
  const value = typeNode(cursor).type;
  cursor.expect(close);
  return { kind, key: first, value };
}

function fieldsTo(cursor: Cursor, close: string): RowField[] {
  const fields = cursor.list((): RowField => {
    const token = cursor.peek();
    const after = cursor.peek(1);
    const isNamed =
      after.key === ':' ||
      token.kind === 'quoted' ||
      token.kind === 'backquoted' ||
      (token.kind === 'word' && (after.kind === 'word' || after.kind === 'quoted') && !isTwoWords(cursor));
    if (!isNamed) return { type: typeNode(cursor).type };
    cursor.next();
    cursor.take(':');
    const type = typeNode(cursor).type;
    skipComment(cursor);
    return { name: token.text.toLowerCase(), type };
  });
  cursor.expect(close);
  return fields;
}

/** `double precision`, `timestamp with time zone`: a type, not a name and a type. */
const isTwoWords = (cursor: Cursor): boolean =>
  cursor.is('DOUBLE', 'PRECISION') ||
  cursor.peek(1).key === 'WITH' ||
  cursor.is('INTERVAL', 'DAY') ||
  cursor.is('INTERVAL', 'YEAR');

function skipComment(cursor: Cursor): void {
  if (cursor.is('COMMENT') && cursor.peek(1).kind === 'string') {
    cursor.next();
    cursor.next();
  }
}

function interval(cursor: Cursor): Type {
  if (cursor.take('YEAR')) {
    cursor.expect('TO', 'MONTH');
    return { kind: 'interval year to month' };
  }
  cursor.expect('DAY', 'TO', 'SECOND');
  return { kind: 'interval day to second' };
}
