/** WHERE as a tree of tests of single fields. */

import type { Comparison, Expression } from '../../../src/query/sql/parse/ast.js';
import { type Constant, constantOf, isoText, type Plain, timeOf } from './constant.js';
import { type Scope, viewOf } from './resolve.js';
import { addressNumber, type View } from './view.js';

/** One condition on one field. */
export interface Test {
  view: View;
  /** Null as SQL has it: neither. */
  holds(value: Plain): boolean | null;
  /** Values around which it changes. */
  hints: Plain[];
}

/** `any` of no conditions is what cannot be told from the statement: it is left out. */
export type Condition = { test: Test } | { all: Condition[] } | { any: Condition[] };

export const UNKNOWN: Condition = { all: [] };

/** NOT goes down to the tests. */
export function conditionOf(of: Expression, scope: Scope, isNegated = false): Condition {
  switch (of.kind) {
    case 'not':
      return conditionOf(of.value, scope, !isNegated);
    case 'and':
    case 'or': {
      const terms = of.terms.map(term => conditionOf(term, scope, isNegated));
      return (of.kind === 'and') !== isNegated ? { all: terms } : { any: terms };
    }
    default: {
      const test = testOf(of, scope);
      if (!test) return UNKNOWN;
      if (!isNegated) return { test };
      const holds = (value: Plain): boolean | null => {
        const truth = test.holds(value);
        return truth === null ? null : !truth;
      };
      return { test: { ...test, holds } };
    }
  }
}

const FLIPPED: Readonly<Record<Comparison, Comparison>> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/** Null where the value is. */
const known =
  (holds: (value: string | number) => boolean): Test['holds'] =>
  value =>
    value === null ? null : holds(value);

/** Undefined where it is no condition on one field with constants. */
function testOf(of: Expression, scope: Scope): Test | undefined {
  switch (of.kind) {
    case 'comparison': {
      const test = comparison(of.op, of.left, of.right, scope);
      return test ?? comparison(FLIPPED[of.op], of.right, of.left, scope);
    }
    case 'between': {
      const low = comparison('>=', of.value, of.low, scope);
      const high = comparison('<=', of.value, of.high, scope);
      if (!low || !high) return undefined;
      return {
        view: low.view,
        hints: [...low.hints, ...high.hints],
        holds: known(value => low.holds(value) === true && high.holds(value) === true),
      };
    }
    case 'in list': {
      const tests = of.list.map(item => comparison('=', of.value, item, scope));
      const [first] = tests;
      if (!first || tests.some(test => !test)) return undefined;
      return {
        view: first.view,
        hints: tests.flatMap(test => test!.hints),
        holds: known(value => tests.some(test => test!.holds(value))),
      };
    }
    case 'like':
      return like(of.value, of.pattern, scope);
    case 'is null': {
      const view = viewOf(of.value, scope);
      return view && { view, hints: [null, 'x'], holds: value => value === null };
    }
    case 'call':
      return called(of.name.toLowerCase(), of.args, scope);
    default:
      return undefined;
  }
}

function comparison(op: Comparison, left: Expression, right: Expression, scope: Scope): Test | undefined {
  const view = viewOf(left, scope);
  const constant = constantOf(right, scope.now);
  if (!view || !constant) return undefined;
  const wanted = inKind(constant, view);
  if (wanted === undefined) return undefined;
  const compare = COMPARE[op];
  return {
    view,
    hints: around(wanted, view, constant, scope.now),
    holds: known(value => compare(value, wanted)),
  };
}

const COMPARE: Readonly<Record<Comparison, (a: string | number, b: string | number) => boolean>> = {
  '=': (a, b) => a === b,
  '<>': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

function inKind({ kind, value }: Constant, view: View): string | number | undefined {
  if (view.kind === 'text') return String(value);
  if (kind !== 'text') return Number(value);
  const number = view.kind === 'time' ? timeOf(String(value)) : (addressNumber(value) ?? Number(value));
  return number === undefined || Number.isNaN(number) ? undefined : number;
}

/** The value itself, the next to it on both sides, and texts that only look like it. */
function around(value: string | number, view: View, { isRelative }: Constant, now: number): Plain[] {
  if (view.kind === 'time') {
    const at = Number(value);
    // Windows that move: seconds would have passed before anyone asks.
    const step = isRelative ? 600_000 : 1000;
    return [at, at - step, at + step, at + 43_200_000, ...(isRelative ? [(at + now) / 2] : [])];
  }
  if (typeof value === 'number') return [value, value - 1, value + 1, value * 2];
  const time = timeOf(value);
  if (time !== undefined && view.target.path[0] === 'eventTime')
    return [time, time - 1000, time + 1000, time + 43_200_000, time - 86_400_000].map(isoText);
  if (/^\d{4}\/\d\d\/\d\d$/.test(value)) {
    const at = Date.parse(`${value.replaceAll('/', '-')}T00:00:00Z`);
    return [0, -1, 1].map(days => new Date(at + days * 86_400_000).toISOString().slice(0, 10));
  }
  if (/^\d+$/.test(value)) return [value, String(Number(value) + 1).padStart(value.length, '0'), null];
  return [value, value.toLowerCase(), value.toUpperCase(), `${value}x`, value.slice(0, -1), null];
}

/** `%` and `_` as a regular expression, and texts with and without the parts between them. */
function like(of: Expression, by: Expression, scope: Scope): Test | undefined {
  const view = viewOf(of, scope);
  const pattern = constantOf(by, scope.now)?.value;
  if (!view || typeof pattern !== 'string') return undefined;
  const source = pattern
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  const matches = new RegExp(`^${source}$`, 's');
  const filled = [pattern.replaceAll('%', '').replaceAll('_', 'x'), pattern.replaceAll(/[%_]/g, 'x')];
  return {
    view,
    hints: [
      ...filled,
      filled[1]!.toLowerCase(),
      filled[1]!.toUpperCase(),
      filled[0]!.slice(1),
      filled[0]!.slice(0, -1),
      null,
    ],
    holds: known(value => matches.test(String(value))),
  };
}

function called(name: string, args: readonly Expression[], scope: Scope): Test | undefined {
  const [first, second] = args;
  const view = first && viewOf(first, scope);
  const value = second && constantOf(second, scope.now)?.value;
  if (!view || typeof value !== 'string') return undefined;
  if (name === 'starts_with')
    return {
      view,
      hints: [value, `${value}x`, `x${value}`],
      holds: known(text => String(text).startsWith(value)),
    };
  if (name !== 'regexp_like') return undefined;
  try {
    const flags = value.startsWith('(?i)') ? 'i' : '';
    const matches = new RegExp(value.replace('(?i)', ''), flags);
    return { view, hints: regexpTexts(value), holds: known(text => matches.test(String(text))) };
  } catch {
    return undefined;
  }
}

/** Texts that simple patterns match, one for each alternative, in two cases. */
function regexpTexts(pattern: string): Plain[] {
  const texts = pattern
    .replace('(?i)', '')
    .replace(/^\^?\(?(\?:)?|\)?\$?$/g, '')
    .split('|')
    .map(text =>
      text
        .replaceAll(/\\d[+*]?(\{\d+\})?/g, '7')
        .replaceAll(/\\\./g, '.')
        .replaceAll(/\.[*+]/g, 'x')
        .replaceAll(/[\\^$()?*+]/g, ''),
    );
  return texts.flatMap(text => [text, text.toUpperCase(), text.toLowerCase(), `${text}x`, `x${text}`]);
}
