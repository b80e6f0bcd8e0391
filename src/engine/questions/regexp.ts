/** Regular expressions of a search, in RE2's syntax, as Trino's and Athena's engines take them. */

import { UsageError } from '../../errors.js';

/** What `\d` and the like stand for: ASCII alone in RE2, in other engines not always. */
const SETS: Readonly<Record<string, string>> = {
  d: '0-9',
  w: '0-9A-Za-z_',
  s: '\\t\\n\\f\\r ',
};
const CONTROLS: Readonly<Record<string, string>> = {
  t: '\\t',
  n: '\\n',
  r: '\\r',
  f: '\\f',
  a: '\\x07',
  v: '\\x0B',
};
const SPECIAL = /[$()*+.?[\\\]^{|}&~#-]/u;

/** A text as a pattern that it alone matches. */
export const quoted = (text: string): string =>
  Array.from(text, c => (SPECIAL.test(c) ? `\\${c}` : c)).join('');

/**
 * The pattern in words that both syntaxes read alike.
 * Long: one reader of a pattern, whose parts share the place they are at.
 * @param isValue whether it is tested on one column, whose begin and end are those of what an index tests
 * @throws UsageError `NOT_ON_ENGINE` on what has no such words
 */
export function portablePattern(pattern: string, { isValue }: { isValue: boolean }): string {
  const refuse = (part: string, why = 'engines read it otherwise'): never => {
    throw new UsageError(
      'NOT_ON_ENGINE',
      `the pattern ${JSON.stringify(pattern)} cannot be put to an engine: ${JSON.stringify(part)}, ${why}`,
      'write it otherwise, or ask an index',
    );
  };
  const anchor = (part: string, text: string): string =>
    isValue ? text : refuse(part, 'which means the begin or the end of a record, and an engine has columns');
  const characters = Array.from(pattern);
  let at = 0;
  const rest = (): string => characters.slice(at, at + 24).join('');

  /** What stands after a backslash; `at` is behind it. */
  function escaped(inClass: boolean): string {
    const c = characters[at++] ?? refuse('\\');
    const set = SETS[c.toLowerCase()];
    if (set !== undefined) {
      if (c === c.toLowerCase()) return inClass ? set : `[${set}]`;
      return inClass ? refuse(`\\${c} in brackets`) : `[^${set}]`;
    }
    if (Object.hasOwn(CONTROLS, c)) return CONTROLS[c]!;
    const hex = c === 'x' ? /^(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))/.exec(rest()) : null;
    if (hex) {
      at += hex[0].length;
      return quoted(String.fromCodePoint(Number.parseInt(hex[1] ?? hex[2]!, 16)));
    }
    const property = c === 'p' || c === 'P' ? /^(?:\{([A-Z][a-z]?)\}|([A-Z]))/.exec(rest()) : null;
    if (property) {
      at += property[0].length;
      return `\\${c}{${property[1] ?? property[2]}}`;
    }
    if (!inClass && (c === 'b' || c === 'B')) return `\\${c}`;
    if (!inClass && (c === 'A' || c === 'z')) return anchor(`\\${c}`, `\\${c}`);
    if (/[\p{L}\p{N}]/u.test(c)) return refuse(`\\${c}`);
    return quoted(c);
  }

  function bracketed(): string {
    let text = '[';
    if (characters[at] === '^') {
      text += '^';
      at++;
    }
    for (let isFirst = true; isFirst || characters[at] !== ']'; isFirst = false) {
      const c = characters[at++] ?? refuse('[');
      if (c === '[' && characters[at] === ':') refuse('[:');
      if (c === '\\') text += escaped(true);
      else if (c === '-') text += isFirst || characters[at] === ']' ? '\\-' : '-';
      else text += quoted(c);
    }
    at++;
    return `${text}]`;
  }

  let written = '';
  while (at < characters.length) {
    const c = characters[at++]!;
    if (c === '\\') {
      if (characters[at] === 'Q') refuse('\\Q', 'quote each character with a backslash');
      written += escaped(false);
    } else if (c === '[') written += bracketed();
    else if (c === '(') {
      const group = /^\?(?:P?<\w+>|([is]*(?:-[is]+)?)([:)]))/.exec(rest());
      if (!rest().startsWith('?')) written += '(';
      else if (!group) refuse(`(${rest().slice(0, 4)}`);
      else {
        at += group[0].length;
        written += group[2] === undefined ? '(' : `(?${group[1]}${group[2]}`;
      }
    } else if (c === '^') written += anchor('^', '\\A');
    else if (c === '$') written += anchor('$', '\\z');
    else if (c === '{') {
      // Braces that say no number are braces.
      const times = /^\d+(?:,\d*)?\}/.exec(rest())?.[0];
      written += times === undefined ? '\\{' : `{${times}`;
      at += times?.length ?? 0;
    } else if (c === '}' || c === ']') written += `\\${c}`;
    else if (/[&~#-]/.test(c)) written += `\\${c}`;
    else written += c;
  }
  return written;
}
