/** The statements of a text as tokens, which are there also where a statement cannot be read, and their `?`. */

import { SqlError } from '../errors.js';
import { type Token, tokens } from './lexer.js';

/** A statement of a text: where it stands, without the semicolon. */
export interface Part {
  at: number;
  end: number;
  tokens: readonly Token[];
}

/** The statements of a text, split at semicolons that stand in no literal, name or comment. Throws SqlError. */
export function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let own: Token[] = [];
  for (const token of tokens(text)) {
    if (token.key !== ';' && token.kind !== 'end') {
      own.push(token);
      continue;
    }
    if (own.length > 0) parts.push({ at: own[0]!.at, end: own.at(-1)!.end, tokens: own });
    own = [];
  }
  return parts;
}

/** How many `?` of a statement take a value: a prepared one gets its values by EXECUTE. */
export const countParameters = (statement: readonly Token[]): number =>
  statement[0]?.key === 'PREPARE' ? 0 : statement.filter(({ key }) => key === '?').length;

/** How many values the statements of a text take; undefined for one that ends within a literal or name. */
export function parametersIn(text: string): number | undefined {
  try {
    return partsOf(text).reduce((sum, part) => sum + countParameters(part.tokens), 0);
  } catch (error) {
    if (error instanceof SqlError) return undefined;
    throw error;
  }
}
