/** LIKE: `%` is any text, `_` one character; as many steps as the text is long times the pattern, never more. */

import { charactersOf } from './code-points.js';
import { invalidArgument } from './errors.js';

/** A piece of a pattern: a character, or null for any. */
type Piece = readonly (string | null)[];

/** The pieces between `%`, and whether the text starts and ends with them. */
function piecesOf(pattern: string, escapeBy: string | undefined): Piece[] {
  if (escapeBy !== undefined && charactersOf(escapeBy).length !== 1)
    invalidArgument('Escape string must be a single character');
  const pieces: Array<Array<string | null>> = [[]];
  let isEscaped = false;
  for (const character of charactersOf(pattern)) {
    if (isEscaped) {
      if (character !== '%' && character !== '_' && character !== escapeBy) badEscape();
      pieces.at(-1)!.push(character);
      isEscaped = false;
    } else if (character === escapeBy) isEscaped = true;
    else if (character === '%') pieces.push([]);
    else pieces.at(-1)!.push(character === '_' ? null : character);
  }
  if (isEscaped) badEscape();
  return pieces;
}

const badEscape = (): never =>
  invalidArgument("Escape character must be followed by '%', '_' or the escape character itself");

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
