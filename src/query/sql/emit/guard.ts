/**
 * Conditions under which an expression can be anything but null, that SQLite checks without calling us: a member of a
 * JSON text is there only where its name is. Most texts do not have it.
 */

import type { Bound, Leaf } from '../bind/bound.js';
import { VARCHAR } from '../types.js';
import { globText } from './like.js';
import { valueSql } from './literal.js';

const EXTRACTING = new Set(['json_extract_scalar', 'json_extract', 'json_size']);

/** A path of members and places alone. */
const PATH = /^\$(?:\.[A-Za-z_]\w*|\["[^"\\]+"\]|\[\d+\])+$/;
const MEMBER = /\.([A-Za-z_]\w*)|\["([^"\\]+)"\]/g;

/** SQLite refuses patterns of 50,000 bytes. */
const LONGEST_PATTERN = 10_000;

/** A JSON text of events and the members it must have for an expression to be anything but null. */
export interface Members {
  text: Leaf;
  names: readonly string[];
}

/** The members without which the expression is null; undefined where it needs none. */
export function membersFor(bound: Bound): Members | undefined {
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
      return membersFor(bound.value);
    default:
      return undefined;
  }
}

const first = (bounds: readonly Bound[]): Members | undefined => {
  for (const bound of bounds) {
    const members = membersFor(bound);
    if (members !== undefined) return members;
  }
  return undefined;
};

function extraction({ name, args: [text, path] }: Bound & { kind: 'call' }): Members | undefined {
  if (!EXTRACTING.has(name) || text?.kind !== 'leaf' || !text.scalars || path?.kind !== 'constant')
    return undefined;
  if (typeof path.value !== 'string' || !PATH.test(path.value)) return undefined;
  const names = Array.from(path.value.matchAll(MEMBER), match => match[1] ?? match[2]!);
  return names.length === 0 ? undefined : { text, names };
}

/**
 * SQL without which the expression is null; undefined where there is none. GLOB leaps from one letter of a name to the
 * next, where instr compares at every place; without the quote before the name, which is everywhere.
 */
export function guardOf(bound: Bound): string | undefined {
  const members = membersFor(bound);
  return members && holding(members, ['']);
}

/** SQL without which a condition is not true: a text that JSON does not escape stands behind the names of its path. */
export function filterOf(condition: Bound): string | undefined {
  const [value, list] =
    condition.kind === 'in'
      ? [condition.value, condition.list]
      : condition.kind === 'compare' && condition.op === '='
        ? [condition.left, [condition.right]]
        : [];
  if (value?.kind !== 'call' || value.name !== 'json_extract_scalar') return undefined;
  const members = extraction(value);
  const texts = list!.map(of =>
    of.kind === 'constant' && typeof of.value === 'string' ? of.value : undefined,
  );
  if (!members || texts.length > MOST_TEXTS || !texts.every(text => text !== undefined)) return undefined;
  return holding(members, texts);
}

/** Texts that are looked for one by one. */
const MOST_TEXTS = 8;

/** SQL that is true for a text that has the longest of the names and behind it one of the texts, or an escape. */
function holding({ text: { sql }, names }: Members, texts: readonly string[]): string | undefined {
  const name = [...names].sort((a, b) => b.length - a.length)[0]!;
  const patterns = texts.map(text => `*${globText(name)}"*${globText(text)}${text === '' ? '' : '*'}`);
  if (patterns.some(pattern => pattern.length > LONGEST_PATTERN)) return undefined;
  // A name or a text may be written with escapes: then a backslash is there.
  const globs = [...patterns.map(pattern => valueSql(pattern, VARCHAR)), "'*\\*'"];
  return `(${globs.map(glob => `${sql} GLOB ${glob}`).join(' OR ')})`;
}
