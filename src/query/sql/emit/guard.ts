/**
 * Conditions under which an expression can be anything but null, that SQLite checks without calling us: a member of a
 * JSON text is there only where its name is. Most texts do not have it.
 */

import type { Bound } from '../bind/bound.js';
import { VARCHAR } from '../types.js';
import { valueSql } from './literal.js';

const EXTRACTING = new Set(['json_extract_scalar', 'json_extract', 'json_size']);

/** A path of members and places alone. */
const PATH = /^\$(?:\.[A-Za-z_]\w*|\["[^"\\]+"\]|\[\d+\])+$/;
const MEMBER = /\.([A-Za-z_]\w*)|\["([^"\\]+)"\]/g;

/** SQL without which the expression is null; undefined where there is none. */
export function guardOf(bound: Bound): string | undefined {
  switch (bound.kind) {
    case 'call':
      if (bound.takesNull) return undefined;
      return extraction(bound) ?? first(bound.args);
    case 'compare':
      return bound.op === 'same' ? undefined : first([bound.left, bound.right]);
    case 'in':
    case 'like':
    case 'try':
    case 'not':
      return guardOf(bound.value);
    default:
      return undefined;
  }
}

const first = (bounds: readonly Bound[]): string | undefined => {
  for (const bound of bounds) {
    const guard = guardOf(bound);
    if (guard !== undefined) return guard;
  }
  return undefined;
};

function extraction({ name, args: [text, path] }: Bound & { kind: 'call' }): string | undefined {
  if (!EXTRACTING.has(name) || text?.kind !== 'leaf' || !text.scalars || path?.kind !== 'constant')
    return undefined;
  if (typeof path.value !== 'string' || !PATH.test(path.value)) return undefined;
  const names = Array.from(path.value.matchAll(MEMBER), match => match[1] ?? match[2]!);
  const longest = names.sort((a, b) => b.length - a.length)[0];
  if (longest === undefined) return undefined;
  // A name may be written with escapes: then a backslash is there.
  return `(instr(${text.sql}, ${valueSql(`"${longest}"`, VARCHAR)}) OR instr(${text.sql}, '\\'))`;
}
