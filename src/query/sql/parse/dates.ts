/** The texts that a statement compares columns with: they say how a column of dates is written. */

import { type Token, tokens } from './lexer.js';

/** Each name's texts: `dt >= '2024-01-02'`, `date BETWEEN '…' AND '…'`, `dt IN ('…')`. */
export function dateTexts(text: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  let name: string | undefined;
  for (const token of tokens(text)) {
    if (isName(token)) name = token.text.toLowerCase();
    else if (token.kind === 'string' && name !== undefined && /^\d{4}[-/]/.test(token.text))
      found.set(name, [...(found.get(name) ?? []), token.text]);
  }
  return found;
}

const COMPARING = new Set(['BETWEEN', 'AND', 'IN', 'NOT', 'OR', 'DATE', 'LIKE']);

const isName = ({ kind, key }: Token): boolean =>
  kind === 'quoted' || (kind === 'word' && !COMPARING.has(key));
