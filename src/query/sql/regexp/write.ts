/** Writes a pattern's tree for JavaScript's engine and for RE2. */

import { invert, type Ranges } from './ranges.js';
import type { Anchor, Node, Tree } from './tree.js';

/** A pattern in another engine's words, and which of its groups is which of the pattern's. */
export interface Written {
  source: string;
  groups: readonly number[];
  /** Whether letters match in any case. */
  fold: boolean;
}

const hex = (point: number): string => `\\x{${point.toString(16)}}`;
const unicode = (point: number): string => `\\u{${point.toString(16)}}`;

function inClass(ranges: Ranges, point: (of: number) => string): string {
  // A class that lacks little is shorter by what it lacks.
  const lacks = invert(ranges);
  const isNegative = lacks.length < ranges.length;
  const members = (isNegative ? lacks : ranges)
    .map(([first, last]) => (first === last ? point(first) : `${point(first)}-${point(last)}`))
    .join('');
  return `[${isNegative ? '^' : ''}${members}]`;
}

function setText(ranges: Ranges, point: (of: number) => string, nothing: string): string {
  if (ranges.length === 0) return nothing;
  const [[first, last]] = ranges as [readonly [number, number]];
  if (ranges.length > 1 || first !== last) return inClass(ranges, point);
  const character = String.fromCodePoint(first);
  return /[A-Za-z0-9 ]/.test(character) ? character : point(first);
}

const times = ({ least, most, isLazy }: { least: number; most: number; isLazy: boolean }): string => {
  const range = most === Number.POSITIVE_INFINITY ? `{${least},}` : `{${least},${most}}`;
  return (SHORT[range] ?? range) + (isLazy ? '?' : '');
};
const SHORT: Readonly<Record<string, string>> = { '{0,}': '*', '{1,}': '+', '{0,1}': '?' };

/** Without line breaks at the end of a text, RE2 and Trino agree on `$`. */
const RE2_ANCHORS: Record<Anchor, string> = {
  start: '\\A',
  end: '\\z',
  'last end': '\\z',
  'line start': '(?m:^)',
  'line end': '(?m:$)',
  word: '\\b',
  'no word': '\\B',
};

/** The pattern as RE2 takes it; undefined where RE2 has no such thing. */
export function forRe2({ root }: Tree): Written | undefined {
  const groups: number[] = [];
  const write = (node: Node): string => {
    switch (node.kind) {
      case 'set': {
        const text = setText(node.ranges, hex, '[^\\x{0}-\\x{10ffff}]');
        return node.fold ? `(?i:${text})` : text;
      }
      case 'anchor':
        return RE2_ANCHORS[node.anchor];
      case 'group':
        if (node.number === undefined) return `(?:${write(node.body)})`;
        groups[node.number] = node.number;
        return `(${write(node.body)})`;
      case 'repeat':
        if (node.least > 1_000 || (node.most > 1_000 && node.most !== Number.POSITIVE_INFINITY))
          throw UNKNOWN;
        return `(?:${write(node.body)})${times(node)}`;
      case 'sequence':
        return node.nodes.map(write).join('');
      case 'choice':
        return `(?:${node.options.map(write).join('|')})`;
      default:
        throw UNKNOWN;
    }
  };
  try {
    return { source: write(root), groups, fold: false };
  } catch (error) {
    if (error === UNKNOWN) return undefined;
    throw error;
  }
}

const UNKNOWN = new Error('RE2 has no such thing');

const SCRIPT_ANCHORS: Record<Anchor, string> = {
  start: '^',
  end: '$',
  'last end': '(?=\\n?$)',
  'line start': '(?:^|(?<=\\n)(?!$))',
  'line end': '(?=\\n|$)',
  word: '\\b',
  'no word': '\\B',
};

/** Where words end is a matter of all letters, though `\w` is ASCII alone. */
const LETTER = '[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}]';
const WIDE_ANCHORS: Partial<Record<Anchor, string>> = {
  word: `(?:(?<=${LETTER})(?!${LETTER})|(?<!${LETTER})(?=${LETTER}))`,
  'no word': `(?:(?<=${LETTER})(?=${LETTER})|(?<!${LETTER})(?!${LETTER}))`,
};

/** Whether every set that has letters is in any case, none is, or some are. */
function folding(node: Node): 'none' | 'all' | 'some' {
  switch (node.kind) {
    case 'set':
      return node.fold ? 'all' : hasLetters(node.ranges) ? 'none' : 'some';
    case 'reference':
      return node.fold ? 'all' : 'none';
    case 'anchor':
      return 'some';
    case 'sequence':
    case 'choice': {
      const kinds = new Set((node.kind === 'sequence' ? node.nodes : node.options).map(folding));
      kinds.delete('some');
      if (kinds.size === 2) throw MIXED;
      return [...kinds][0] ?? 'some';
    }
    default:
      return folding(node.body);
  }
}

const MIXED = new Error('letters in any case beside others');

/** Sets that are the same in any case need no care. */
const hasLetters = (ranges: Ranges): boolean => {
  const has = (first: number, last: number): boolean =>
    ranges.some(([from, to]) => from <= last && to >= first);
  const all = (first: number, last: number): boolean =>
    ranges.some(([from, to]) => from <= first && to >= last);
  const isWhole = all(65, 90) && all(97, 122);
  const isBeyond = has(0x80, 0x10ffff) && !all(0x80, 0x10ffff);
  return isBeyond || ((has(65, 90) || has(97, 122)) && !isWhole);
};

/** The pattern for JavaScript; undefined where one letter is in any case and another is not. */
export function forScript({ root }: Tree, isWide = false): Written | undefined {
  const groups: number[] = [];
  let count = 0;
  const write = (node: Node): string => {
    switch (node.kind) {
      case 'set':
        return setText(node.ranges, unicode, '[]');
      case 'anchor':
        return (isWide && WIDE_ANCHORS[node.anchor]) || SCRIPT_ANCHORS[node.anchor];
      case 'group':
        if (node.number === undefined) return `(?:${write(node.body)})`;
        groups[node.number] = ++count;
        return `(${write(node.body)})`;
      case 'look':
        return `(?${node.isBehind ? '<' : ''}${node.isNegative ? '!' : '='}${write(node.body)})`;
      case 'atomic': {
        // What a look ahead matched once is not tried otherwise either.
        const number = ++count;
        return `(?:(?=(${write(node.body)}))\\${number})`;
      }
      case 'reference':
        return `(?:\\${groups[node.number] ?? 0})`;
      case 'repeat':
        return `${single(node.body) ? write(node.body) : `(?:${write(node.body)})`}${times(node)}`;
      case 'sequence':
        return node.nodes.map(write).join('');
      case 'choice':
        return `(?:${node.options.map(write).join('|')})`;
    }
  };
  try {
    return { fold: folding(root) === 'all', source: write(root), groups };
  } catch (error) {
    if (error === MIXED) return undefined;
    throw error;
  }
}

const single = (node: Node): boolean => node.kind === 'set' || node.kind === 'group';
