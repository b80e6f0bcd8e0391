/** LIKE: `%` is any text, `_` one character; as many steps as the text is long times the pattern, never more. */

import { invalidArgument } from '../errors.js';
import { charactersOf } from './code-points.js';

/** A part of a pattern: any text, any character, or these characters. */
export type LikePart = '%' | '_' | { text: string };

/**
 * Text, `_` and `%` of a pattern, in order; neighbouring texts are one, and so are neighbouring `%`.
 * @throws SqlError `INVALID_FUNCTION_ARGUMENT` on an escape that escapes nothing
 */
export function likeParts(pattern: string, by: string | undefined): LikePart[] {
  if (by !== undefined && Array.from(by).length !== 1)
    invalidArgument('Escape string must be a single character');
  const parts: LikePart[] = [];
  const add = (char: string): void => {
    const last = parts.at(-1);
    if (typeof last === 'object') last.text += char;
    else parts.push({ text: char });
  };
  let isEscaped = false;
  for (const char of pattern) {
    if (isEscaped) {
      if (char !== '%' && char !== '_' && char !== by) break;
      add(char);
      isEscaped = false;
    } else if (by && char === by) isEscaped = true;
    else if (char === '%') {
      if (parts.at(-1) !== '%') parts.push('%');
    } else if (char === '_') parts.push('_');
    else add(char);
  }
  if (isEscaped)
    invalidArgument("Escape character must be followed by '%', '_' or the escape character itself");
  return parts;
}

/** What stands between two `%`: characters, null for any. */
type Piece = ReadonlyArray<string | null>;

function piecesOf(pattern: string, by: string | undefined): Piece[] {
  const pieces: Array<Array<string | null>> = [[]];
  for (const part of likeParts(pattern, by)) {
    if (part === '%') pieces.push([]);
    else pieces.at(-1)!.push(...(part === '_' ? [null] : charactersOf(part.text)));
  }
  return pieces;
}

/**
 * Whether a text is LIKE a pattern; case matters.
 * @throws SqlError `INVALID_FUNCTION_ARGUMENT` for an escape that is not one
 */
export function likeMatcher(pattern: string, escapeBy: string | undefined): (text: string) => boolean {
  const pieces = piecesOf(pattern, escapeBy);
  return pieces.some(piece => piece.includes(null))
    ? withAny(pieces)
    : plainly(pieces.map(piece => piece.join('')));
}

/** Without `_`: the pieces must come one after the other. */
function plainly(pieces: readonly string[]): (text: string) => boolean {
  const first = pieces[0]!;
  const last = pieces.at(-1)!;
  if (pieces.length === 1) return text => text === first;
  const middle = pieces.slice(1, -1).filter(piece => piece !== '');
  return text => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
      return false;
    const end = text.length - last.length;
    let at = first.length;
    for (const piece of middle) {
      const found = text.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return at <= end;
  };
}

/** With `_`: over characters. */
function withAny(pieces: readonly Piece[]): (text: string) => boolean {
  const first = pieces[0]!;
  const last = pieces.at(-1)!;
  const middle = pieces.slice(1, -1);
  return text => {
    const characters = charactersOf(text);
    if (!fits(characters, 0, first)) return false;
    if (pieces.length === 1) return characters.length === first.length;
    const end = characters.length - last.length;
    let at = first.length;
    if (end < at || !fits(characters, end, last)) return false;
    for (const piece of middle) {
      while (at + piece.length <= end && !fits(characters, at, piece)) at++;
      at += piece.length;
      if (at > end) return false;
    }
    return true;
  };
}

function fits(characters: readonly string[], at: number, piece: Piece): boolean {
  if (at + piece.length > characters.length) return false;
  for (let i = 0; i < piece.length; i++)
    if (piece[i] !== null && piece[i] !== characters[at + i]) return false;
  return true;
}
