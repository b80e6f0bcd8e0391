/** SQL/JSON: JSON_VALUE, JSON_QUERY, JSON_EXISTS, JSON_OBJECT and JSON_ARRAY, each with clauses of its own. */

import type { Expression, JsonBehavior, JsonCall } from './ast.js';
import { type Cursor, expression } from './cursor.js';
import { typeNode } from './type.js';

const BEHAVIORS: ReadonlyArray<[words: string[], kind: JsonBehavior['kind']]> = [
  [['NULL'], 'null'],
  [['ERROR'], 'error'],
  [['TRUE'], 'true'],
  [['FALSE'], 'false'],
  [['UNKNOWN'], 'unknown'],
  [['EMPTY', 'OBJECT'], 'empty object'],
  [['EMPTY', 'ARRAY'], 'empty array'],
];

/** `JSON_VALUE(… )` and its kin, behind the opening parenthesis. */
export function jsonCall(cursor: Cursor, at: number, name: JsonCall['function']): Expression {
  const input = jsonInput(cursor);
  cursor.expect(',');
  const path = cursor.peek();
  if (path.kind !== 'string') cursor.unexpected('<string>');
  cursor.next();
  const found: JsonCall = { kind: 'json', at, function: name, input, path: path.text, passing: [] };
  if (cursor.take('PASSING'))
    found.passing = cursor.list(() => {
      const value = jsonInput(cursor);
      cursor.expect('AS');
      return { value, name: cursor.name() };
    });
  if (cursor.take('RETURNING')) {
    found.returning = typeNode(cursor);
    skipFormat(cursor);
  }
  jsonClauses(cursor, found);
  return found;
}

function jsonInput(cursor: Cursor): Expression {
  const value = expression(cursor);
  skipFormat(cursor);
  return value;
}

function skipFormat(cursor: Cursor): void {
  if (!cursor.take('FORMAT', 'JSON')) return;
  if (cursor.take('ENCODING')) cursor.next();
}

function jsonClauses(cursor: Cursor, found: JsonCall): void {
  for (;;) {
    const conditional = cursor.is('WITH') || cursor.is('WITHOUT');
    if (conditional) {
      const isWith = cursor.next().key === 'WITH';
      const kind = cursor.take('CONDITIONAL') ? 'conditional' : 'unconditional';
      if (kind === 'unconditional') cursor.take('UNCONDITIONAL');
      cursor.take('ARRAY');
      cursor.expect('WRAPPER');
      found.wrapper = isWith ? kind : 'without';
      continue;
    }
    if (cursor.is('KEEP', 'QUOTES') || cursor.is('OMIT', 'QUOTES')) {
      found.keepsQuotes = cursor.next().key === 'KEEP';
      cursor.next();
      if (cursor.take('ON', 'SCALAR')) cursor.take('STRING');
      continue;
    }
    const behavior = jsonBehavior(cursor);
    if (!behavior) return;
    cursor.expect('ON');
    if (cursor.take('EMPTY')) found.onEmpty = behavior;
    else {
      cursor.expect('ERROR');
      found.onError = behavior;
    }
  }
}

function jsonBehavior(cursor: Cursor): JsonBehavior | undefined {
  if (cursor.take('DEFAULT')) return { kind: 'default', value: expression(cursor) };
  for (const [words, kind] of BEHAVIORS) if (cursor.take(...words)) return { kind };
  return undefined;
}

export function jsonObject(cursor: Cursor, at: number): Expression {
  const members: Array<[Expression, Expression]> = [];
  if (!cursor.is(')') && !cursor.is('NULL', 'ON') && !cursor.is('ABSENT'))
    cursor.list(() => {
      const isKeyed = cursor.take('KEY');
      const key = expression(cursor);
      if (isKeyed || !cursor.take(':')) cursor.expect('VALUE');
      members.push([key, jsonInput(cursor)]);
    });
  return { kind: 'json object', at, members, absentNulls: jsonTail(cursor, false) };
}

export function jsonArray(cursor: Cursor, at: number): Expression {
  const isEmpty = cursor.is(')') || cursor.is('NULL', 'ON') || cursor.is('ABSENT');
  const elements = isEmpty ? [] : cursor.list(() => jsonInput(cursor));
  return { kind: 'json array', at, elements, absentNulls: jsonTail(cursor, true) };
}

/** The clauses behind: whether nulls are left out. */
function jsonTail(cursor: Cursor, byDefault: boolean): boolean {
  let isAbsent = byDefault;
  if (cursor.take('NULL', 'ON', 'NULL')) isAbsent = false;
  else if (cursor.take('ABSENT', 'ON', 'NULL')) isAbsent = true;
  if (cursor.take('WITHOUT', 'UNIQUE')) cursor.take('KEYS');
  else if (cursor.take('WITH', 'UNIQUE')) cursor.take('KEYS');
  if (cursor.take('RETURNING')) {
    typeNode(cursor);
    skipFormat(cursor);
  }
  return isAbsent;
}
