/** Where a statement ends, for who types it line by line. */

import { SqlError } from '../errors.js';
import { tokens } from './lexer.js';

/** Whether a text ends with a semicolon that is in no quotes and no comment; so does one that cannot be read at all. */
export function isWhole(text: string): boolean {
  try {
    return tokens(text).at(-2)?.key === ';';
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return !/is not closed/.test(error.message) && /;\s*$/.test(text);
  }
}
