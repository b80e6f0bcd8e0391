/** Functions of SQLite's that mean the same as Trino's: with these arguments a call needs no JavaScript. */

import { isText } from '../types.js';
import type { Bound } from './bound.js';

type Native = (args: readonly Bound[]) => ((sql: string[]) => string) | undefined;

const isShortText = (bound: Bound | undefined): boolean =>
  bound?.kind === 'constant' && typeof bound.value === 'string' && bound.value !== '';

const NATIVE: Readonly<Record<string, Native>> = {
  concat: args =>
    args.length > 1 && args.every(({ type }) => type.kind === 'varchar')
      ? sql => `(${sql.join(' || ')})`
      : undefined,
  // Of other columns an attacker's text may hold a NUL, at which SQLite's substr ends.
  substr: ([text, start, length]) => {
    const isPlace = (of: Bound | undefined, least: bigint): boolean =>
      of?.kind === 'constant' && typeof of.value === 'bigint' && of.value >= least;
    const isPlain = text?.kind === 'leaf' && text.column === 'eventtime';
    return isPlain && isPlace(start, 1n) && (!length || isPlace(length, 0n))
      ? sql => `substr(${sql.join(', ')})`
      : undefined;
  },
  replace: ([text, from, to]) =>
    text && isText(text.type) && isShortText(from) && to?.kind === 'constant'
      ? ([a, b, c]) => `replace(${a}, ${b}, ${c})`
      : undefined,
  strpos: ([text, part, nth]) =>
    text && isText(text.type) && isShortText(part) && !nth ? ([a, b]) => `instr(${a}, ${b})` : undefined,
  starts_with: ([text, part]) =>
    text && isText(text.type) && isShortText(part) ? ([a, b]) => `(instr(${a}, ${b}) = 1)` : undefined,
};
NATIVE satisfies Record<string, Native>;

/** What makes SQL of a call's arguments, where SQLite has the function. */
export function nativeOf(name: string, args: readonly Bound[]): ((sql: string[]) => string) | undefined {
  const own = name === 'substring' ? 'substr' : name;
  return Object.hasOwn(NATIVE, own) ? NATIVE[own]!(args) : undefined;
}
