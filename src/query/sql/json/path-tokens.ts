/** Tokens of paths of SQL's JSON functions. */

import { SqlError } from '../errors.js';

export interface Token {
  kind: 'word' | 'text' | 'number' | 'variable' | 'sign' | 'end';
  text: string;
  at: number;
}

const TOKEN =
  /[ \t\r\n]*(?:("(?:[^"]|"")*")|((?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|([A-Za-z_][A-Za-z0-9_]*)|\$([A-Za-z_][A-Za-z0-9_]*)|(\.\.|==|<>|!=|<=|>=|&&|\|\||[-$@.*[\](),?+/%<>!]))/y;
const KINDS = ['text', 'number', 'word', 'variable', 'sign'] as const;

/** @throws SqlError `SYNTAX_ERROR` at the token; columns count from the path's start */
export function bad(token: Token, expected: string): never {
  const input = token.kind === 'end' ? '<EOF>' : token.text;
  throw new SqlError('SYNTAX_ERROR', `mismatched input '${input}' expecting ${expected}`, {
    position: { line: 1, column: token.at + 1 },
  });
}

/**
 * The tokens of a path; the last is its end.
 * @throws SqlError `SYNTAX_ERROR`
 */
export function tokensOf(path: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(path);
    if (!match) break;
    at = TOKEN.lastIndex;
    const group = match.slice(1).findIndex(text => text !== undefined);
    const text = match[group + 1]!;
    tokens.push({ kind: KINDS[group]!, text, at: at - text.length });
  }
  const rest = path.slice(at).trim();
  if (rest !== '') bad({ kind: 'sign', text: rest[0]!, at: path.length - rest.length }, 'a path');
  tokens.push({ kind: 'end', text: '', at: path.length });
  return tokens;
}
