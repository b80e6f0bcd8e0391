/** What a statement names, before it is bound: that says which table is meant, and how a column of dates is written. */

import { type Token, tokens } from './lexer.js';

export interface Names {
  /** Every word and quoted name, in lower case. */
  words: ReadonlySet<string>;
  /** The texts that each name is compared with: `dt >= '2024-01-02'`, `date BETWEEN '…' AND '…'`, `dt IN ('…')`. */
  dates: ReadonlyMap<string, readonly string[]>;
}

/** The names in a text. */
export function namesIn(text: string): Names {
  const words = new Set<string>();
  const dates = new Map<string, string[]>();
  let name: string | undefined;
  for (const token of tokens(text)) {
    if (isName(token)) {
      name = token.text.toLowerCase();
      words.add(name);
    } else if (token.kind === 'string' && name !== undefined && /^\d{4}[-/]/.test(token.text))
      dates.set(name, [...(dates.get(name) ?? []), token.text]);
  }
  return { words, dates };
}

const COMPARING = new Set(['BETWEEN', 'AND', 'IN', 'NOT', 'OR', 'DATE', 'LIKE']);

const isName = ({ kind, key }: Token): boolean =>
  kind === 'quoted' || (kind === 'word' && !COMPARING.has(key));
