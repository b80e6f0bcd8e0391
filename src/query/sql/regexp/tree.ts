/** What a regular expression consists of, once read. */

import type { Ranges } from './ranges.js';

export type Anchor = 'start' | 'end' | 'last end' | 'line start' | 'line end' | 'word' | 'no word';

export type Node =
  /** One code point of a set; `fold`: in any case. */
  | { kind: 'set'; ranges: Ranges; fold: boolean }
  | { kind: 'anchor'; anchor: Anchor }
  /** Captures where it has a number. */
  | { kind: 'group'; body: Node; number?: number | undefined; name?: string | undefined }
  | { kind: 'look'; body: Node; isBehind: boolean; isNegative: boolean }
  /** What it matched once is not tried otherwise. */
  | { kind: 'atomic'; body: Node }
  | { kind: 'reference'; number: number; fold: boolean }
  | { kind: 'repeat'; body: Node; least: number; most: number; isLazy: boolean }
  | { kind: 'sequence'; nodes: readonly Node[] }
  | { kind: 'choice'; options: readonly Node[] };

export interface Tree {
  root: Node;
  groups: number;
  names: ReadonlyMap<string, number>;
}
