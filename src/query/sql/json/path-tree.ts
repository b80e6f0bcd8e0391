/** The tree of a path of SQL's JSON functions, `lax $.a[*] ? (@.b > 1)`. */

import type { Type } from '../types.js';
import type { Value } from '../values.js';
import type { JsonNode } from './tree.js';

/** A value of SQL among JSON's: what a literal or a calculation gives. */
export interface Typed {
  type: Type;
  value: Value;
}

export type Item = JsonNode | Typed;

/** What may follow a value as `.method()`. */
export const METHODS = ['type', 'size', 'double', 'ceiling', 'floor', 'abs', 'keyvalue'] as const;
export type Method = (typeof METHODS)[number];
export type Calculation = '+' | '-' | '*' | '/' | '%';
export type Comparison = '==' | '<>' | '<' | '>' | '<=' | '>=';

export interface Subscript {
  from: PathNode;
  to?: PathNode;
}

export type PathNode =
  | { kind: 'root' | 'current' | 'last' }
  | { kind: 'variable'; name: string }
  | { kind: 'literal'; item: Item }
  /** `name` undefined: every member. */
  | { kind: 'member'; base: PathNode; name?: string }
  | { kind: 'descendant'; base: PathNode; name: string }
  /** Without subscripts: every element. */
  | { kind: 'elements'; base: PathNode; subscripts: readonly Subscript[] }
  | { kind: 'filter'; base: PathNode; predicate: Predicate }
  | { kind: 'method'; base: PathNode; method: Method }
  | { kind: 'sign'; base: PathNode; isMinus: boolean }
  | { kind: 'calculate'; operator: Calculation; left: PathNode; right: PathNode };

export type Predicate =
  | { kind: 'compare'; operator: Comparison; left: PathNode; right: PathNode }
  | { kind: 'startsWith'; value: PathNode; prefix: PathNode }
  | { kind: 'exists'; path: PathNode }
  | { kind: 'isUnknown' | 'not'; predicate: Predicate }
  | { kind: 'and' | 'or'; left: Predicate; right: Predicate };

export interface Path {
  isLax: boolean;
  node: PathNode;
}
