/**
 * Regular expressions of Trino: JavaScript's engine where the number of its steps is small for the text at hand, RE2 for
 * all else in linear time. What RE2 does not have (looking around, references) is for JavaScript alone.
 */

import { lazily, re2 } from '../../../lazy.js';
import { invalidArgument } from '../errors.js';
import { remember } from '../remember.js';
import { type Cost, costOf } from './cost.js';
import { parse } from './parse.js';
import { NOT_NEWLINE } from './ranges.js';
import type { Node, Tree } from './tree.js';
import { forRe2, forScript, type Written } from './write.js';

/** Some milliseconds. */
const MOST_STEPS = 4_000_000;

/** One match; places count UTF-16 units. */
export interface Match {
  start: number;
  end: number;
  /** The text of a group; null where it took no part. */
  group(number: number): string | null;
}

export interface Pattern {
  groups: number;
  names: ReadonlyMap<string, number>;
  /** Whether the pattern matches anywhere. */
  test(text: string): boolean;
  /** The first match at a place or after it. */
  find(text: string, from?: number): Match | undefined;
}

interface Engine {
  test(text: string): boolean;
  find(text: string, from: number): Match | undefined;
}

/**
 * A pattern, ready to use.
 * @throws SqlError `INVALID_FUNCTION_ARGUMENT` for what is not a pattern
 */
export const pattern = remember((source: string): Pattern => {
  const tree = parse(source);
  const finder = engines(tree);
  const tester = engines({ ...tree, root: withoutEnds(tree.root) });
  return {
    groups: tree.groups,
    names: tree.names,
    test: text => tester(text).test(text),
    find: (text, from = 0) => finder(text).find(text, from),
  };
});

/** All matches, one after the other; after an empty one the next character on. */
export function* matchesOf(of: Pattern, text: string): Generator<Match> {
  for (let at = 0; at <= text.length; ) {
    const match = of.find(text, at);
    if (!match) return;
    yield match;
    at =
      match.end > match.start ? match.end : match.end + ((text.codePointAt(match.end) ?? 0) > 0xffff ? 2 : 1);
  }
}

/** For whether there is a match `.*` at the start and at the end says nothing. */
function withoutEnds(node: Node): Node {
  if (isAnything(node)) return { kind: 'sequence', nodes: [] };
  if (node.kind !== 'sequence') return node;
  let [from, to] = [0, node.nodes.length];
  while (from < to && isAnything(node.nodes[from]!)) from++;
  while (to > from && isAnything(node.nodes[to - 1]!)) to--;
  return { kind: 'sequence', nodes: node.nodes.slice(from, to) };
}

const isAnything = (node: Node): boolean =>
  node.kind === 'repeat' &&
  node.least === 0 &&
  node.most > 1 &&
  node.body.kind === 'set' &&
  node.body.ranges === NOT_NEWLINE;

/** The engine for a text. */
function engines(tree: Tree): (text: string) => Engine {
  const written = forRe2(tree);
  const script = forScript(tree);
  if (!written && !script)
    return invalidArgument('case-insensitive parts beside others, with look-around or references');
  const plainScript = lazily(() => scriptEngine(script!));
  const wideScript = lazily(() => scriptEngine(forScript(tree, true)!));
  const hasWords = script !== undefined && /\\[bB]/.test(script.source);
  const byScript = (text: string): Engine =>
    hasWords && NOT_ASCII.test(text) ? wideScript() : plainScript();
  const byRe2 = lazily(() => re2Engine(written!));
  if (!written) return byScript;
  const cost = script && costOf(tree.root);
  if (!cost) return byRe2;
  return text => (stepsOf(cost, text.length) <= MOST_STEPS ? byScript(text) : byRe2());
}

const NOT_ASCII = /[^\0-\x7f]/;

const stepsOf = ({ degree, factor }: Cost, length: number): number => factor * length ** degree;

function scriptEngine({ source, groups, fold }: Written): Engine {
  const regexp = compiled(source, fold ? 'iu' : 'u');
  const finder = new RegExp(regexp.source, `${regexp.flags}g`);
  return {
    test: text => regexp.test(text),
    find(text, from) {
      finder.lastIndex = from;
      const match = finder.exec(text);
      if (!match) return undefined;
      const start = match.index;
      return {
        start,
        end: start + match[0].length,
        group: number => (number === 0 ? match[0] : (match[groups[number]!] ?? null)),
      };
    },
  };
}

function compiled(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch (error) {
    return invalidArgument((error as Error).message);
  }
}

function re2Engine({ source }: Written): Engine {
  const { RE2JS } = re2();
  let regexp: ReturnType<typeof RE2JS.compile>;
  try {
    regexp = RE2JS.compile(source);
  } catch (error) {
    return invalidArgument((error as Error).message);
  }
  return {
    test: text => regexp.test(text),
    find(text, from) {
      const matcher = regexp.matcher(text);
      if (!matcher.find(from)) return undefined;
      return { start: matcher.start(), end: matcher.end(), group: number => matcher.group(number) ?? null };
    },
  };
}
