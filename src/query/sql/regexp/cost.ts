/** How many steps JavaScript's engine, which tries and goes back, may need for a pattern. */

import { ALL, intersect, type Ranges, tidy } from './ranges.js';
import type { Node } from './tree.js';

/** Steps for a text of n characters: at most about `n ** degree * factor`. */
export interface Cost {
  degree: number;
  factor: number;
}

/** What can come next: a set, or undefined where the pattern is at its end and takes anything. */
type Next = Ranges | undefined;

/** The cost of a pattern; undefined where a repeated part holds another choice, which may need 2 ** n steps. */
export function costOf(root: Node): Cost | undefined {
  const counts = { repeats: 0, ambiguous: 0, factor: 1 };
  const isKnown = count(root, undefined, counts);
  if (!isKnown || counts.factor > 10_000) return undefined;
  const degree = counts.ambiguous + (counts.repeats > 0 ? 1 : 0) + (startsAtStart(root) ? 0 : 1);
  return { degree, factor: counts.factor };
}

function startsAtStart(node: Node): boolean {
  switch (node.kind) {
    case 'anchor':
      return node.anchor === 'start';
    case 'sequence':
      return node.nodes.length > 0 && startsAtStart(node.nodes[0]!);
    case 'group':
      return startsAtStart(node.body);
    case 'choice':
      return node.options.every(startsAtStart);
    default:
      return false;
  }
}

interface Counts {
  repeats: number;
  /** Repeats after which more than one of the places where they can end may go on. */
  ambiguous: number;
  factor: number;
}

function count(node: Node, next: Next, counts: Counts): boolean {
  switch (node.kind) {
    case 'set':
    case 'anchor':
      return true;
    case 'group':
      return count(node.body, next, counts);
    case 'sequence': {
      let following = next;
      for (const part of node.nodes.toReversed()) {
        if (!count(part, following, counts)) return false;
        following = firstOf(part, following);
      }
      return true;
    }
    case 'choice':
      counts.factor *= node.options.length;
      return node.options.every(option => count(option, next, counts));
    case 'repeat':
      return countRepeat(node, next, counts);
    default:
      return false;
  }
}

function countRepeat(node: Node & { kind: 'repeat' }, next: Next, counts: Counts): boolean {
  // JavaScript takes no round of a repeat that matches nothing; the other engines do.
  if (mayBeEmpty(node.body)) return false;
  if (node.most === 1) {
    counts.factor *= 2;
    return count(node.body, node.least === 1 ? next : next && ALL, counts);
  }
  if (!isFixed(node.body)) return false;
  if (node.least === node.most) {
    counts.factor *= Math.max(node.most, 1);
    return true;
  }
  counts.repeats++;
  const repeated = firstOf(node.body, ALL)!;
  if (next && intersect(widened(repeated), next).length > 0) counts.ambiguous++;
  return true;
}

function mayBeEmpty(node: Node): boolean {
  switch (node.kind) {
    case 'set':
      return false;
    case 'group':
      return mayBeEmpty(node.body);
    case 'sequence':
      return node.nodes.every(mayBeEmpty);
    case 'choice':
      return node.options.some(mayBeEmpty);
    case 'repeat':
      return node.least === 0 || mayBeEmpty(node.body);
    default:
      return true;
  }
}

/** Whether it can match a text in one way only, and never an empty one. */
function isFixed(node: Node): boolean {
  switch (node.kind) {
    case 'set':
      return true;
    case 'group':
      return isFixed(node.body);
    case 'sequence':
      return node.nodes.length > 0 && node.nodes.length < 100 && node.nodes.every(isFixed);
    default:
      return false;
  }
}

/** The set that the first character of a node, or of what follows an empty one, is in. */
function firstOf(node: Node, next: Next): Next {
  switch (node.kind) {
    case 'set':
      return node.fold ? widened(node.ranges) : node.ranges;
    case 'group':
    case 'atomic':
      return firstOf(node.body, next);
    case 'sequence':
      return node.nodes.reduceRight<Next>((following, part) => firstOf(part, following), next);
    case 'choice':
      return union(node.options.map(option => firstOf(option, next)));
    case 'repeat':
      return node.least > 0 ? firstOf(node.body, next) : union([firstOf(node.body, next), next]);
    case 'anchor':
      // Only one place is the end; the other anchors may fit anywhere.
      return node.anchor === 'end' || node.anchor === 'last end' ? [] : ALL;
    default:
      return ALL;
  }
}

const union = (sets: readonly Next[]): Next => {
  const ranges: Array<readonly [number, number]> = [];
  for (const set of sets) {
    if (!set) return ALL;
    ranges.push(...set);
  }
  return tidy(ranges);
};

/** With the other case of its letters; of letters beyond ASCII, all of them. */
function widened(ranges: Ranges): Ranges {
  const wide: Array<readonly [number, number]> = [...ranges];
  for (const [first, last] of ranges) {
    if (last >= 0x80) wide.push([0x80, 0x10ffff], [65, 90], [97, 122]);
    for (const [from, to, shift] of [
      [65, 90, 32],
      [97, 122, -32],
    ] as const)
      if (first <= to && last >= from) wide.push([Math.max(first, from) + shift, Math.min(last, to) + shift]);
  }
  return tidy(wide);
}
