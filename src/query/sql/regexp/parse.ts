/** Reads a regular expression as Trino's engine does: Joni with the syntax of Java. */

import { invalidArgument } from '../errors.js';
import { readClass } from './class.js';
import { escapedPoint, escapedSet, looksAt, type Reader } from './escape.js';
import { ALL, NOT_NEWLINE, type Ranges } from './ranges.js';
import type { Node, Tree } from './tree.js';

const DEEPEST = 200;
const MOST_REPEATS = 100_000;

interface Flags {
  fold: boolean;
  dotAll: boolean;
  multiline: boolean;
  spaced: boolean;
}

interface State extends Reader {
  flags: Flags;
  groups: number;
  names: Map<string, number>;
  depth: number;
}

/**
 * Reads a pattern.
 * @throws SqlError `INVALID_FUNCTION_ARGUMENT` with Joni's sentence
 */
export function parse(pattern: string): Tree {
  const state: State = {
    characters: [...pattern],
    at: 0,
    flags: { fold: false, dotAll: false, multiline: false, spaced: false },
    groups: 0,
    names: new Map(),
    depth: 0,
  };
  const root = readChoice(state);
  if (state.at < state.characters.length) invalidArgument('unmatched close parenthesis');
  return { root, groups: state.groups, names: state.names };
}

function readChoice(state: State): Node {
  if (++state.depth > DEEPEST) invalidArgument('too deep nest level');
  const options: Node[] = [];
  do options.push(readSequence(state));
  while (state.characters[state.at] === '|' && ++state.at);
  state.depth--;
  return options.length === 1 ? options[0]! : { kind: 'choice', options };
}

function readSequence(state: State): Node {
  const nodes: Node[] = [];
  for (;;) {
    const character = state.characters[state.at];
    if (character === undefined || character === '|' || character === ')') break;
    const node = readAtom(state);
    if (node) nodes.push(readRepeats(state, node));
  }
  return nodes.length === 1 ? nodes[0]! : { kind: 'sequence', nodes };
}

/** One atom; undefined for what matches nothing: a comment, flags. */
function readAtom(state: State): Node | undefined {
  const { flags } = state;
  const character = state.characters[state.at++]!;
  switch (character) {
    case '(':
      return readGroup(state);
    case '[':
      return set(readClass(state), flags);
    case '.':
      return set(flags.dotAll ? ALL : NOT_NEWLINE, { fold: false });
    case '^':
      return { kind: 'anchor', anchor: flags.multiline ? 'line start' : 'start' };
    case '$':
      return { kind: 'anchor', anchor: flags.multiline ? 'line end' : 'last end' };
    case '\\':
      return readEscape(state);
    case '*':
    case '+':
    case '?':
      return invalidArgument('target of repeat operator is not specified');
    default:
      if (flags.spaced && /[ \t\n\v\f\r]/.test(character)) return undefined;
      if (flags.spaced && character === '#') {
        while (state.at < state.characters.length && state.characters[state.at++] !== '\n');
        return undefined;
      }
      return one(character, flags);
  }
}

const set = (ranges: Ranges, { fold }: { fold: boolean }): Node => ({ kind: 'set', ranges, fold });

function one(character: string, flags: Flags): Node {
  const point = character.codePointAt(0)!;
  const hasCase = flags.fold && character.toLowerCase() !== character.toUpperCase();
  return set([[point, point]], { fold: hasCase });
}

function readGroup(state: State): Node | undefined {
  const before = { ...state.flags };
  if (!looksAt(state, '?')) return inGroup(state, before, ++state.groups);
  state.at++;
  for (const [mark, isBehind, isNegative] of LOOKS)
    if (looksAt(state, mark)) {
      state.at += mark.length;
      const body = closed(state, before);
      if (isBehind && isVariable(body)) invalidArgument('invalid pattern in look-behind');
      return { kind: 'look', body, isBehind, isNegative };
    }
  if (looksAt(state, '#')) {
    while (state.at < state.characters.length && state.characters[state.at] !== ')') state.at++;
    if (state.at++ >= state.characters.length) invalidArgument('end pattern in group');
    return undefined;
  }
  if (looksAt(state, '>')) {
    state.at++;
    return { kind: 'atomic', body: closed(state, before) };
  }
  if (looksAt(state, '<')) return namedGroup(state, before);
  return readFlags(state, before);
}

const LOOKS = [
  ['=', false, false],
  ['!', false, true],
  ['<=', true, false],
  ['<!', true, true],
] as const;

/** Whether what it matches may be of any length. */
function isVariable(node: Node): boolean {
  switch (node.kind) {
    case 'sequence':
      return node.nodes.some(isVariable);
    case 'choice':
      return node.options.some(isVariable);
    case 'repeat':
      return node.least !== node.most || isVariable(node.body);
    case 'group':
    case 'atomic':
      return isVariable(node.body);
    default:
      return false;
  }
}

function closed(state: State, before: Flags): Node {
  const body = readChoice(state);
  if (state.characters[state.at++] !== ')') invalidArgument('end pattern with unmatched parenthesis');
  state.flags = before;
  return body;
}

const inGroup = (state: State, before: Flags, number: number | undefined, name?: string): Node => ({
  kind: 'group',
  body: closed(state, before),
  number,
  name,
});

function namedGroup(state: State, before: Flags): Node {
  const end = state.characters.indexOf('>', state.at);
  const name = end < 0 ? '' : state.characters.slice(state.at + 1, end).join('');
  if (name === '') invalidArgument('group name is empty');
  if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) invalidArgument(`invalid group name <${name}>`);
  state.at = end + 1;
  const number = ++state.groups;
  state.names.set(name, number);
  return inGroup(state, before, number, name);
}

/** `(?i)` to the end of the group around it, `(?i:…)` for a group. */
function readFlags(state: State, before: Flags): Node | undefined {
  const flags = { ...state.flags };
  let isOn = true;
  for (;;) {
    const character = state.characters[state.at++];
    if (character === '-') isOn = false;
    else if (character === 'i') flags.fold = isOn;
    else if (character === 's') flags.dotAll = isOn;
    else if (character === 'm') flags.multiline = isOn;
    else if (character === 'x') flags.spaced = isOn;
    else if (character === ':' || character === ')') {
      state.flags = flags;
      return character === ':' ? { kind: 'group', body: closed(state, before) } : undefined;
    } else invalidArgument(character === undefined ? 'end pattern in group' : 'undefined group option');
  }
}

function readEscape(state: State): Node {
  const character = state.characters[state.at++];
  if (character === undefined) return invalidArgument('end pattern at escape');
  if (ANCHORS.has(character)) return ANCHORS.get(character)!;
  if (character === 'Q') return readQuoted(state);
  if (/[1-9]/.test(character)) return readReference(state, character);
  if (character === 'k' && looksAt(state, '<')) return namedReference(state);
  const ranges = escapedSet(state, character);
  if (ranges) return set(ranges, { fold: false });
  return one(String.fromCodePoint(escapedPoint(state, character)), state.flags);
}

const ANCHORS: ReadonlyMap<string, Node> = new Map([
  ['A', { kind: 'anchor', anchor: 'start' }],
  ['G', { kind: 'sequence', nodes: [] }],
  ['Z', { kind: 'anchor', anchor: 'last end' }],
  ['z', { kind: 'anchor', anchor: 'end' }],
  ['b', { kind: 'anchor', anchor: 'word' }],
  ['B', { kind: 'anchor', anchor: 'no word' }],
]);

function readQuoted(state: State): Node {
  const nodes: Node[] = [];
  while (state.at < state.characters.length && !looksAt(state, '\\E'))
    nodes.push(one(state.characters[state.at++]!, state.flags));
  state.at += 2;
  return { kind: 'sequence', nodes };
}

function namedReference(state: State): Node {
  const end = state.characters.indexOf('>', state.at);
  const name = state.characters.slice(state.at + 1, end < 0 ? undefined : end).join('');
  const number = state.names.get(name) ?? invalidArgument(`undefined name <${name}> reference`);
  state.at = end + 1;
  return { kind: 'reference', number, fold: state.flags.fold };
}

function readReference(state: State, first: string): Node {
  let digits = first;
  while (/[0-9]/.test(state.characters[state.at] ?? '')) digits += state.characters[state.at++];
  const number = Number(digits);
  if (number <= state.groups || number <= 9) {
    if (number > state.groups) invalidArgument('invalid backref number/name');
    return { kind: 'reference', number, fold: state.flags.fold };
  }
  const octal = /^[0-7]{1,3}/.exec(digits)?.[0];
  state.at -= digits.length - (octal?.length ?? 1);
  return one(octal ? String.fromCodePoint(Number.parseInt(octal, 8)) : first, state.flags);
}

function readRepeats(state: State, atom: Node): Node {
  let node = atom;
  for (;;) {
    const range = readRange(state);
    if (!range) return node;
    if (range.least > MOST_REPEATS || (range.most !== Number.POSITIVE_INFINITY && range.most > MOST_REPEATS))
      invalidArgument('too big number for repeat range');
    const next = state.characters[state.at];
    const isLazy = next === '?';
    const isPossessive = next === '+';
    if (isLazy || isPossessive) state.at++;
    node = { kind: 'repeat', body: node, least: range.least, most: range.most, isLazy };
    if (isPossessive) node = { kind: 'atomic', body: node };
  }
}

const SIGNS: Readonly<Record<string, { least: number; most: number }>> = {
  '*': { least: 0, most: Number.POSITIVE_INFINITY },
  '+': { least: 1, most: Number.POSITIVE_INFINITY },
  '?': { least: 0, most: 1 },
};

function readRange(state: State): { least: number; most: number } | undefined {
  const character = state.characters[state.at] ?? '';
  if (Object.hasOwn(SIGNS, character)) {
    state.at++;
    return SIGNS[character];
  }
  if (character !== '{') return undefined;
  const range = /^\{([0-9]+)(,?)([0-9]*)\}/.exec(state.characters.slice(state.at, state.at + 16).join(''));
  if (!range) return undefined;
  state.at += range[0].length;
  const least = Number(range[1]);
  const most = range[2] === '' ? least : range[3] === '' ? Number.POSITIVE_INFINITY : Number(range[3]);
  if (most < least) invalidArgument('upper is smaller than lower in repeat range');
  return { least, most };
}
