/** Statements with their values beside them, and the two ways to show one with the values in it. */

import { inParts } from '../../output/escape.js';

/** A piece of SQL; each `?` outside quotes stands for the next of `params`. */
export interface Sql {
  text: string;
  params: ReadonlyArray<string | number | Buffer>;
}

/** A value as an SQL literal. */
export function literal(value: string | number | Buffer): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  return `x'${value.toString('hex')}'`;
}

/**
 * A statement that is safe to print and still the same: in its literals, characters that a terminal obeys are written by
 * their codes.
 * @param code the function that makes a character of its code: `char` in SQLite, `chr` in Athena
 */
export function printableSql(text: string, code: 'char' | 'chr'): string {
  return text.replaceAll(/"(?:[^"]|"")*"|'(?:[^']|'')*'/g, token => {
    if (token.startsWith('"')) return token;
    const parts = inParts(token.slice(1, -1)).map(({ text: part, isSafe }) =>
      isSafe ? `'${part}'` : Array.from(part, c => `${code}(${c.codePointAt(0)})`).join(' || '),
    );
    return parts.length > 1 ? `(${parts.join(' || ')})` : (parts[0] ?? token);
  });
}

/** Values as literals with commas between, as IN has them. */
export const literals = (values: readonly string[]): string => values.map(literal).join(', ');

/** The statement with its values written into it, to be read, copied and run elsewhere. */
export function inline({ text, params }: Sql): string {
  let next = 0;
  return text.replaceAll(/'(?:[^']|'')*'|\?/g, token => (token === '?' ? literal(params[next++]!) : token));
}
