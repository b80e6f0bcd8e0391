/** A bound expression as SQL for SQLite: its own where that means the same, else a call of a compiled function. */

import { type Bound, isConstant, partsOf } from '../bind/bound.js';
import type { Kind, Type } from '../types.js';
import { canonical, encode, hasForms, type Stored, sortable, type Value } from '../values.js';
import { compile, evaluate } from './compile.js';
import { marked } from './grain.js';
import { guardOf } from './guard.js';
import { likeSql } from './like.js';
import { valueSql } from './literal.js';
import type { Narrowing, OwnTable, Tally } from './own-table.js';
import { wholeNumber } from './whole-number.js';

/** A function that a statement brings along. */
export interface OwnFunction {
  name: string;
  run: (...row: Stored[]) => Stored;
  /** Whether SQLite may take one call for another with the same arguments. */
  isDeterministic: boolean;
}

/** An aggregate that a statement brings along. */
export interface OwnAggregate {
  name: string;
  start: () => unknown;
  step: (state: unknown, ...row: Stored[]) => unknown;
  inverse: (state: unknown, ...row: Stored[]) => unknown;
  result: (state: unknown) => Stored;
}

/** Gathers what the SQL of a statement needs. */
export interface Emitter {
  /** What the names of its functions begin with: no other statement of the connection has it. */
  prefix: string;
  functions: OwnFunction[];
  aggregates: OwnAggregate[];
  tables: OwnTable[];
  /** Groups that are counted before the statement runs. */
  tallies: Tally[];
  /** Tables of the events that may have the texts of a condition. */
  narrowings: Narrowing[];
  /** Whether an expression gives another value each time: then rows cannot stand for several events. */
  isRandom: boolean;
}

/** Types whose stored values SQLite compares as Trino does. */
const COMPARED: ReadonlySet<Kind> = new Set([
  'boolean',
  'tinyint',
  'smallint',
  'integer',
  'bigint',
  'decimal',
  'varchar',
  'varbinary',
  'date',
  'time',
  'timestamp',
  'timestamp with time zone',
  'interval day to second',
  'interval year to month',
  'ipaddress',
  'ipprefix',
  'uuid',
  'unknown',
]);

export const isCompared = (type: Type): boolean => COMPARED.has(type.kind);

/** SQL that gives the expression's value as SQLite keeps it. */
export function emit(bound: Bound, emitter: Emitter): string {
  return marked(native(bound) ?? comparedNumber(bound, emitter) ?? closure(bound, emitter), bound);
}

/** A comparison whose one side is a number that a column has. */
function comparedNumber(bound: Bound, emitter: Emitter): string | undefined {
  if (bound.kind !== 'compare' || !(wholeNumber(bound.left) ?? wholeNumber(bound.right))) return undefined;
  return nativeComparison(bound, of => native(of) ?? closure(of, emitter));
}

/** SQL of the value in the one form that equal values share: for GROUP BY, DISTINCT, joins and sets. */
export function emitCanonical(bound: Bound, emitter: Emitter): string {
  if (hasForms(bound.type))
    return closureOf(bound, emitter, value => encode(canonical(value, bound.type), bound.type));
  return bound.kind === 'leaf' && bound.isSource ? closure(bound, emitter) : emit(bound, emitter);
}

/** SQL of a call that computes the expression in JavaScript. */
export function closure(bound: Bound, emitter: Emitter): string {
  const sql = closureOf(bound, emitter, value => encode(value, bound.type));
  const guard = guardOf(bound);
  const number = wholeNumber(bound);
  const whens = [
    ...(number ? [`WHEN ${number.when} THEN ${number.value}`] : []),
    ...(guard === undefined ? [] : [`WHEN ${guard} THEN ${sql}`]),
  ];
  return whens.length === 0 ? sql : `CASE ${whens.join(' ')}${guard === undefined ? ` ELSE ${sql}` : ''} END`;
}

/** The same, its value stored as `store` says. */
export function closureOf(bound: Bound, emitter: Emitter, store: (value: Value) => Stored): string {
  const leaves: string[] = [];
  const run = compile(bound, leaves);
  if (isRandom(bound)) emitter.isRandom = true;
  const name = `${emitter.prefix}${emitter.functions.length}`;
  emitter.functions.push({
    name,
    run: (...row) => store(run(row)),
    // Without arguments SQLite would call it before the first row, and an error that no row makes would be one.
    isDeterministic: leaves.length > 0 && !isRandom(bound),
  });
  return `${name}(${leaves.join(', ')})`;
}

/**
 * SQL that is true for every row for which the condition is, and for those where it fails.
 * @param doubts counts these
 */
export function mayHold(bound: Bound, emitter: Emitter, doubts: { count: number }): string {
  const leaves: string[] = [];
  const holds = compile(bound, leaves);
  const name = `${emitter.prefix}${emitter.functions.length}`;
  const run = (...row: Stored[]): Stored => {
    try {
      return holds(row) === true ? 1n : 0n;
    } catch {
      doubts.count++;
      return 1n;
    }
  };
  emitter.functions.push({ name, run, isDeterministic: true });
  return `${name}(${leaves.join(', ')})`;
}

/** Whether the value may be another each time. */
export const isRandom = (bound: Bound): boolean =>
  (bound.kind === 'call' && bound.isRandom === true) || partsOf(bound).some(isRandom);

/** SQL without functions of ours; undefined where SQLite has none that means the same. */
export function native(bound: Bound): string | undefined {
  switch (bound.kind) {
    case 'constant':
      return bound.type.kind === 'function' ? undefined : valueSql(bound.value, bound.type);
    case 'leaf':
      return bound.sql;
    case 'call':
      return bound.native && all(bound.args, args => bound.native!(args));
    case 'and':
    case 'or':
      return all(bound.terms, terms => joined(terms, bound.kind === 'and' ? ' AND ' : ' OR '));
    case 'not':
      return all([bound.value], ([value]) => `(NOT (${value}))`);
    case 'is null':
      return all([bound.value], ([value]) => `((${value}) IS NULL)`);
    case 'compare':
      return nativeComparison(bound);
    case 'in':
      return nativeIn(bound);
    case 'like':
      return nativeLike(bound);
    case 'case':
      return all(partsOf(bound), parts => {
        const whens = bound.whens.map((_, i) => `WHEN ${parts[2 * i]} THEN ${parts[2 * i + 1]}`);
        return `CASE ${whens.join(' ')} ELSE ${parts.at(-1)} END`;
      });
    case 'coalesce':
      return all(bound.terms, terms => (terms.length > 1 ? `coalesce(${terms.join(', ')})` : terms[0]!));
    default:
      return undefined;
  }
}

function all(
  parts: readonly Bound[],
  make: (sql: string[]) => string | undefined,
  sqlOf: (part: Bound) => string | undefined = native,
): string | undefined {
  const sql: string[] = [];
  for (const part of parts) {
    const of = sqlOf(part);
    if (of === undefined) return undefined;
    sql.push(of);
  }
  return make(sql);
}

/** Terms joined as a balanced tree: SQLite takes no more than a thousand levels. */
export function joined(terms: readonly string[], by: string): string {
  if (terms.length <= 50) return `(${terms.join(by)})`;
  const half = terms.length >> 1;
  return `(${joined(terms.slice(0, half), by)}${by}${joined(terms.slice(half), by)})`;
}

const isSource = (bound: Bound): boolean => bound.kind === 'leaf' && bound.isSource === true;

function nativeComparison(
  { op, left, right }: Bound & { kind: 'compare' },
  sqlOf = native,
): string | undefined {
  const { type } = left;
  const isEquality = op === '=' || op === '<>' || op === 'same';
  const isNative = isCompared(type) || (type.kind === 'json' && isEquality && op === 'same');
  if (!isNative || isSource(left) || isSource(right)) return undefined;
  const compared = ([a, b]: string[]): string =>
    `(${sortable(type, a!)} ${op === 'same' ? 'IS' : op} ${sortable(type, b!)})`;
  return all([left, right], compared, sqlOf);
}

function nativeIn({ value, list }: Bound & { kind: 'in' }): string | undefined {
  const { type } = value;
  if (!isCompared(type)) return undefined;
  return all([value, ...list], ([of, ...elements]) => {
    const sorted = elements.map(element => sortable(type, element));
    return `(${sortable(type, of!)} IN (${sorted.join(', ')}))`;
  });
}

function nativeLike({ value, pattern, escape: by }: Bound & { kind: 'like' }): string | undefined {
  if (value.type.kind !== 'varchar' || !isConstant(pattern) || (by && !isConstant(by))) return undefined;
  const [wanted, escapedBy] = [evaluate(pattern), by ? evaluate(by) : undefined];
  if (wanted === null || escapedBy === null) return 'NULL';
  // JSON as CloudTrail wrote it has control characters escaped.
  const isPlain = value.kind === 'leaf' && value.scalars !== undefined;
  return all([value], ([of]) => likeSql(of!, wanted as string, escapedBy as string | undefined, isPlain));
}
