/** An expression after binding: every name is a place in the statement for SQLite, every node has a type. */

import type { Run } from '../functions/registry.js';
import type { Type } from '../types.js';
import type { Value } from '../values.js';

/** The value of a lambda's parameter while its body runs. */
export interface Slot {
  value: Value;
}

export interface Leaf {
  kind: 'leaf';
  type: Type;
  /** SQL that gives the value as SQLite keeps it: a column, a subquery, an aggregate, a window function. */
  sql: string;
  /** A struct, list or map as it stands in a record: not the form that equal values share. */
  isSource?: boolean;
  /** Members of the column that are columns as well: by path, in lower case. */
  members?: ReadonlyMap<string, string>;
  /** Scalars of a JSON text that are columns as well: by JSON path. */
  scalars?: ReadonlyMap<string, string>;
  /** Members of a JSON text whose numbers are columns as well: by JSON path, the name and SQL of the column. */
  numbers?: ReadonlyMap<string, { name: string; column: string }>;
  /** Of a struct column: the path to the member that this is. */
  path?: string;
  /** Whether it is never null. */
  isRequired?: boolean;
  /** What says whether it is null, where that is not the value itself. */
  whetherNull?: string;
  /** The name of a column of the index, where it is one. */
  column?: string;
}

export type Bound =
  | { kind: 'constant'; type: Type; value: Value }
  | Leaf
  | {
      kind: 'call';
      type: Type;
      name: string;
      run: Run;
      args: Bound[];
      takesNull: boolean;
      isRandom?: boolean;
      /** SQL that does the same where all arguments are SQL: of their SQL. */
      native?: ((args: string[]) => string) | undefined;
    }
  | { kind: 'and' | 'or'; type: Type; terms: Bound[] }
  | { kind: 'not' | 'is null' | 'try'; type: Type; value: Bound }
  | { kind: 'compare'; type: Type; op: CompareOp; left: Bound; right: Bound }
  | { kind: 'in'; type: Type; value: Bound; list: Bound[] }
  | { kind: 'like'; type: Type; value: Bound; pattern: Bound; escape: Bound | undefined }
  | { kind: 'case'; type: Type; whens: Array<{ when: Bound; result: Bound }>; otherwise: Bound }
  | { kind: 'coalesce'; type: Type; terms: Bound[] }
  | { kind: 'field'; type: Type; base: Bound; index: number; path?: string }
  | { kind: 'list'; type: Type; elements: Bound[] }
  | { kind: 'slot'; type: Type; slot: Slot }
  | { kind: 'lambda'; type: Type; slots: Slot[]; body: Bound };

/** `same` is IS NOT DISTINCT FROM. */
export type CompareOp = '=' | '<>' | '<' | '<=' | '>' | '>=' | 'same';

/** The parts of an expression. */
export function partsOf(bound: Bound): readonly Bound[] {
  switch (bound.kind) {
    case 'call':
      return bound.args;
    case 'and':
    case 'or':
    case 'coalesce':
      return bound.terms;
    case 'not':
    case 'is null':
    case 'try':
      return [bound.value];
    case 'compare':
      return [bound.left, bound.right];
    case 'in':
      return [bound.value, ...bound.list];
    case 'like':
      return bound.escape ? [bound.value, bound.pattern, bound.escape] : [bound.value, bound.pattern];
    case 'case':
      return [...bound.whens.flatMap(({ when, result }) => [when, result]), bound.otherwise];
    case 'field':
      return [bound.base];
    case 'list':
      return bound.elements;
    case 'lambda':
      return [bound.body];
    default:
      return [];
  }
}

/** Whether the value depends on nothing but the statement. */
export function isConstant(bound: Bound): boolean {
  if (bound.kind === 'leaf' || bound.kind === 'slot' || (bound.kind === 'call' && bound.isRandom))
    return false;
  if (bound.kind === 'lambda') return !hasLeaf(bound);
  return partsOf(bound).every(isConstant);
}

function hasLeaf(bound: Bound): boolean {
  return (
    bound.kind === 'leaf' ||
    (bound.kind === 'call' && bound.isRandom === true) ||
    partsOf(bound).some(hasLeaf)
  );
}
