/** Walks the tokens of a text: what the parts of the parser share. */

import { SqlError, type SqlErrorName } from '../errors.js';
import type { Expression, Identifier, Query } from './ast.js';
import { positionAt, type Token, tokens } from './lexer.js';

/** Words that are no names unless they are quoted. */
const RESERVED = new Set(
  `ALTER AND AS BETWEEN BY CASE CAST CONSTRAINT CREATE CROSS CUBE CURRENT_CATALOG CURRENT_DATE CURRENT_PATH
  CURRENT_ROLE CURRENT_SCHEMA CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER DEALLOCATE DELETE DESCRIBE DISTINCT DROP
  ELSE END ESCAPE EXCEPT EXISTS EXTRACT FALSE FOR FROM FULL GROUP GROUPING HAVING IN INNER INSERT INTERSECT INTO IS
  JOIN JSON_ARRAY JSON_EXISTS JSON_OBJECT JSON_QUERY JSON_TABLE JSON_VALUE LEFT LIKE LISTAGG LOCALTIME LOCALTIMESTAMP
  NATURAL NORMALIZE NOT NULL ON OR ORDER OUTER PREPARE RECURSIVE RIGHT ROLLUP SELECT SKIP TABLE THEN TRIM TRUE
  UESCAPE UNION UNNEST USING VALUES WHEN WHERE WITH`.split(/\s+/),
);

/** How deep a statement may be nested: beyond it the parser would use up the stack. */
const MOST_DEEP = 400;

/** The parts of the grammar that hold each other; handed in, since modules that import each other are hard to follow. */
export interface Grammar {
  expression(cursor: Cursor): Expression;
  valueExpression(cursor: Cursor): Expression;
  query(cursor: Cursor): Query;
}

/** Any expression. */
export const expression = (cursor: Cursor): Expression => cursor.grammar.expression(cursor);
/** Without AND, OR, NOT and comparisons: what stands on one side of them. */
export const valueExpression = (cursor: Cursor): Expression => cursor.grammar.valueExpression(cursor);
/** A query with its WITH, ORDER BY, OFFSET and LIMIT. */
export const query = (cursor: Cursor): Query => cursor.grammar.query(cursor);

/**
 * Whether what stands within parentheses is a query, not an expression or a join that begins with one.
 * @param ahead how many tokens on it begins
 */
export function isQueryAlone(cursor: Cursor, ahead = 0): boolean {
  if (!isQuery(cursor)) return false;
  if (cursor.peek(ahead).key !== '(') return true;
  let depth = 0;
  for (let at = ahead; ; at++) {
    const { key, kind } = cursor.peek(at);
    if (kind === 'end') return true;
    if (key === '(') depth += 1;
    if (key === ')') depth -= 1;
    if (key === ')' && depth === 0) {
      const after = cursor.peek(at + 1);
      return after.kind === 'end' || AFTER_QUERY.has(after.key);
    }
  }
}

/** What can come behind a query in parentheses that is itself part of one. */
const AFTER_QUERY = new Set([')', 'UNION', 'INTERSECT', 'EXCEPT', 'ORDER', 'LIMIT', 'OFFSET', 'FETCH']);

/** Whether a query begins here, perhaps in parentheses. */
export function isQuery(cursor: Cursor): boolean {
  let ahead = 0;
  while (cursor.peek(ahead).key === '(') ahead++;
  return ['SELECT', 'WITH', 'VALUES', 'TABLE'].includes(cursor.peek(ahead).key);
}

export interface Cursor {
  readonly grammar: Grammar;
  readonly text: string;
  /** The token `ahead` places on. */
  peek(ahead?: number): Token;
  next(): Token;
  /** Whether the next tokens are these words and signs. */
  is(...keys: string[]): boolean;
  /** Takes the next tokens where they are these. */
  take(...keys: string[]): boolean;
  /** Takes these words and signs, or fails. */
  expect(...keys: string[]): Token;
  /** A name; `isFree` also takes reserved words. */
  name(what?: string): Identifier;
  isName(): boolean;
  /** Fails at the next token. */
  unexpected(expected: string): never;
  fail(at: number, sentence: string, name?: SqlErrorName, hint?: string): never;
  /** Runs `parse` one level deeper. */
  deeper<T>(parse: () => T): T;
  /** `a, b, c`. */
  list<T>(parse: () => T): T[];
  /** The number of the next `?`, from 0. */
  parameter(): number;
  /** Parses what has values of its own for each `?`, counted from 0 in it and not outside of it. */
  counted<T>(parse: () => T): { parsed: T; parameters: number };
}

/** A cursor on a text; Long: the short methods that share where it is. */
export function cursorOn(text: string, grammar: Grammar): Cursor {
  const all = tokens(text);
  let here = 0;
  let depth = 0;
  let parameters = 0;
  const last = all.length - 1;

  const cursor: Cursor = {
    grammar,
    text,
    peek: (ahead = 0) => all[Math.min(here + ahead, last)]!,
    next() {
      const token = cursor.peek();
      if (here < last) here++;
      return token;
    },
    is: (...keys) => keys.every((key, i) => cursor.peek(i).key === key),
    take(...keys) {
      if (!cursor.is(...keys)) return false;
      here += keys.length;
      return true;
    },
    expect(...keys) {
      const first = cursor.peek();
      for (const key of keys) {
        if (cursor.peek().key !== key) cursor.unexpected(`'${key}'`);
        cursor.next();
      }
      return first;
    },
    isName() {
      const { kind, key } = cursor.peek();
      return kind === 'quoted' || (kind === 'word' && !RESERVED.has(key));
    },
    name(what = '<identifier>') {
      const token = cursor.peek();
      if (token.kind === 'backquoted')
        cursor.fail(
          token.at,
          'backquoted identifiers are not supported; use double quotes to quote identifiers',
        );
      if (!cursor.isName()) cursor.unexpected(what);
      cursor.next();
      return {
        at: token.at,
        name: token.text.toLowerCase(),
        written: token.text,
        isQuoted: token.kind === 'quoted',
      };
    },
    unexpected(expected) {
      const token = cursor.peek();
      const shown = token.kind === 'end' ? '<EOF>' : text.slice(token.at, token.end);
      cursor.fail(token.at, `mismatched input '${shown}'. Expecting: ${expected}`);
    },
    fail(at, sentence, name = 'SYNTAX_ERROR', hint = undefined) {
      throw new SqlError(name, sentence, { position: positionAt(text, at), hint });
    },
    deeper(parse) {
      if (++depth > MOST_DEEP)
        cursor.fail(cursor.peek().at, `statement is nested deeper than ${MOST_DEEP} levels`);
      try {
        return parse();
      } finally {
        depth--;
      }
    },
    list(parse) {
      const found = [parse()];
      while (cursor.take(',')) found.push(parse());
      return found;
    },
    parameter: () => parameters++,
    counted(parse) {
      const outside = parameters;
      parameters = 0;
      const parsed = parse();
      const inside = parameters;
      parameters = outside;
      return { parsed, parameters: inside };
    },
  };
  return cursor;
}
