/** A text with some of its parts replaced, which knows where each place of the new text was in the old one. */

import type { Position } from '../query/sql/errors.js';
import { positionAt } from '../query/sql/parse/lexer.js';

export interface Edit {
  at: number;
  end: number;
  text: string;
}

export interface Edited {
  text: string;
  /** The place in the old text of one in the new; of one within a replacement, where that begins. */
  before(position: Position): Position;
}

/** @param edits in the order of their places, none within another */
export function edited(text: string, edits: readonly Edit[]): Edited {
  let made = '';
  let from = 0;
  const starts: Array<{ made: number; length: number; end: number; at: number }> = [];
  for (const edit of edits) {
    made += text.slice(from, edit.at);
    starts.push({ made: made.length, length: edit.text.length, end: edit.end, at: edit.at });
    made += edit.text;
    from = edit.end;
  }
  made += text.slice(from);
  const before = (position: Position): Position => {
    const offset = offsetOf(made, position);
    const last = starts.findLast(start => start.made <= offset);
    if (!last) return positionAt(text, offset);
    const behind = offset - last.made - last.length;
    return positionAt(text, behind < 0 ? last.at : last.end + behind);
  };
  return { text: made, before };
}

/** How far into a text a position is; one that is not in it counts as the nearest that is. */
export function offsetOf(text: string, { line, column }: Position): number {
  let start = 0;
  for (let i = 1; i < line; i++) {
    const next = text.indexOf('\n', start);
    if (next < 0) break;
    start = next + 1;
  }
  return Math.min(text.length, start + Math.max(0, column - 1));
}
