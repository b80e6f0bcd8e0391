/** A bound expression as a JavaScript function of its leaves, with Trino's rules for null and errors. */

import type { Bound, CompareOp, Leaf } from '../bind/bound.js';
import { SqlError } from '../errors.js';
import { likeMatcher } from '../text/like.js';
import type { Type } from '../types.js';
import { compare, decode, isEqual, isSameValue, type Lambda, type Stored, type Value } from '../values.js';

/** Computes a value of a row: of what SQLite keeps of its leaves. */
export type Compiled = (row: readonly Stored[]) => Value;

/**
 * Compiles an expression.
 * @param leaves SQL of the leaves; those that are not among them are added, and a row has them in this order
 */
export function compile(bound: Bound, leaves: string[]): Compiled {
  const inner = (of: Bound): Compiled => compile(of, leaves);
  switch (bound.kind) {
    case 'constant': {
      const { value } = bound;
      return () => value;
    }
    case 'leaf':
      return leaf(bound, leaves);
    case 'slot': {
      const { slot } = bound;
      return () => slot.value;
    }
    case 'call':
      return call(bound, bound.args.map(inner));
    case 'and':
      return and(bound.terms.map(inner));
    case 'or':
      return or(bound.terms.map(inner));
    case 'not': {
      const value = inner(bound.value);
      return row => {
        const of = value(row);
        return of === null ? null : !of;
      };
    }
    case 'is null': {
      const value = inner(bound.value);
      return row => value(row) === null;
    }
    case 'try':
      return attempt(inner(bound.value));
    case 'compare':
      return comparison(bound.op, inner(bound.left), inner(bound.right), bound.left.type);
    case 'in':
      return among(inner(bound.value), bound.list.map(inner), bound.value.type);
    case 'like':
      return like(inner(bound.value), inner(bound.pattern), bound.escape && inner(bound.escape));
    case 'case': {
      const whens = bound.whens.map(({ when, result }) => ({ when: inner(when), result: inner(result) }));
      const otherwise = inner(bound.otherwise);
      return row => (whens.find(({ when }) => when(row) === true)?.result ?? otherwise)(row);
    }
    case 'coalesce': {
      const terms = bound.terms.map(inner);
      return row => {
        for (const term of terms) {
          const value = term(row);
          if (value !== null) return value;
        }
        return null;
      };
    }
    case 'field': {
      const base = inner(bound.base);
      const { index } = bound;
      return row => (base(row) as readonly Value[] | null)?.[index] ?? null;
    }
    case 'list': {
      const elements = bound.elements.map(inner);
      return row => elements.map(element => element(row));
    }
    case 'lambda':
      return lambda(bound, inner(bound.body));
  }
}

function leaf({ sql, type }: Leaf, leaves: string[]): Compiled {
  let at = leaves.indexOf(sql);
  if (at < 0) at = leaves.push(sql) - 1;
  if (type.kind === 'varchar')
    return row => {
      const stored = row[at]!;
      return typeof stored === 'string' || stored === null ? stored : String(stored);
    };
  return row => decode(row[at]!, type);
}

function call({ run, takesNull }: Bound & { kind: 'call' }, args: readonly Compiled[]): Compiled {
  if (takesNull) return row => run(...args.map(arg => arg(row)));
  const [first, second, third] = args;
  switch (args.length) {
    case 0:
      return () => run();
    case 1:
      return row => {
        const a = first!(row);
        return a === null ? null : run(a);
      };
    case 2:
      return row => {
        const a = first!(row);
        if (a === null) return null;
        const b = second!(row);
        return b === null ? null : run(a, b);
      };
    case 3:
      return row => {
        const a = first!(row);
        const b = second!(row);
        const c = third!(row);
        return a === null || b === null || c === null ? null : run(a, b, c);
      };
    default:
      return row => {
        const values = args.map(arg => arg(row));
        return values.includes(null) ? null : run(...values);
      };
  }
}

function and(terms: readonly Compiled[]): Compiled {
  return row => {
    let found: boolean | null = true;
    for (const term of terms) {
      const value = term(row);
      if (value === false) return false;
      if (value === null) found = null;
    }
    return found;
  };
}

function or(terms: readonly Compiled[]): Compiled {
  return row => {
    let found: boolean | null = false;
    for (const term of terms) {
      const value = term(row);
      if (value === true) return true;
      if (value === null) found = null;
    }
    return found;
  };
}

/** Errors that TRY makes null: https://trino.io/docs/476/functions/conditional.html */
const TRIED: ReadonlySet<string> = new Set([
  'DIVISION_BY_ZERO',
  'INVALID_CAST_ARGUMENT',
  'INVALID_FUNCTION_ARGUMENT',
  'NUMERIC_VALUE_OUT_OF_RANGE',
]);

function attempt(value: Compiled): Compiled {
  return row => {
    try {
      return value(row);
    } catch (error) {
      if (error instanceof SqlError && TRIED.has(error.sqlError)) return null;
      throw error;
    }
  };
}

function comparison(op: CompareOp, left: Compiled, right: Compiled, type: Type): Compiled {
  if (op === 'same') return row => isSameValue(left(row), right(row), type);
  if (op === '=' || op === '<>')
    return row => {
      const found = isEqual(left(row), right(row), type);
      return found === null ? null : found === (op === '=');
    };
  const test = {
    '<': (order: number) => order < 0,
    '<=': (order: number) => order <= 0,
    '>': (order: number) => order > 0,
    '>=': (order: number) => order >= 0,
  }[op];
  return row => {
    const [a, b] = [left(row), right(row)];
    if (a === null || b === null) return null;
    // Of numbers, NaN is neither less nor greater; compare() puts it last.
    if (Number.isNaN(a) || Number.isNaN(b)) return false;
    return test(compare(a, b, type));
  };
}

function among(value: Compiled, list: readonly Compiled[], type: Type): Compiled {
  return row => {
    const a = value(row);
    if (a === null) return null;
    let found: boolean | null = false;
    for (const element of list) {
      const isSame = isEqual(a, element(row), type);
      if (isSame === true) return true;
      if (isSame === null) found = null;
    }
    return found;
  };
}

function like(value: Compiled, pattern: Compiled, by: Compiled | undefined): Compiled {
  let last: { pattern: string; by: string | undefined; matches: (text: string) => boolean } | undefined;
  return row => {
    const [text, wanted, escapedBy] = [value(row), pattern(row), by?.(row)];
    if (text === null || wanted === null || escapedBy === null) return null;
    if (last?.pattern !== wanted || last.by !== escapedBy)
      last = {
        pattern: wanted as string,
        by: escapedBy as string | undefined,
        matches: likeMatcher(wanted as string, escapedBy as string | undefined),
      };
    return last.matches(text as string);
  };
}

function lambda({ slots }: Bound & { kind: 'lambda' }, body: Compiled): Compiled {
  return row => {
    const run: Lambda = (...args) => {
      // A lambda may run within itself, by way of another one's call: its parameters are put back.
      const before = slots.map(({ value }) => value);
      for (const [i, slot] of slots.entries()) slot.value = args[i] ?? null;
      try {
        return body(row);
      } finally {
        for (const [i, slot] of slots.entries()) slot.value = before[i]!;
      }
    };
    return run;
  };
}

/** The value of an expression without leaves. */
export const evaluate = (bound: Bound): Value => compile(bound, [])([]);
