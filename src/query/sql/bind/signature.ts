/** Signatures of functions: read once, and matched with the types of arguments. */

import type { SqlFunction } from '../functions/registry.js';
import { namedType } from '../type-name.js';
import {
  canBecome,
  commonType,
  isComparable,
  isNumber,
  isOrderable,
  isSame,
  isText,
  isWhole,
  type Type,
  UNKNOWN,
} from '../types.js';

export type Pattern =
  | { kind: 'letter'; letter: string }
  | { kind: 'any' }
  /** `isOpen`: any precision or length of it. */
  | { kind: 'type'; type: Type; isOpen: boolean }
  | { kind: 'array'; element: Pattern }
  | { kind: 'map'; key: Pattern; value: Pattern }
  | { kind: 'row'; fields: Array<{ name: string | undefined; pattern: Pattern }> }
  | { kind: 'function'; parameters: Pattern[]; result: Pattern };

export interface Signature {
  function: SqlFunction;
  parameters: Pattern[];
  /** Whether the last parameter comes once or more. */
  isVariadic: boolean;
  result: Pattern;
}

const cache = new WeakMap<SqlFunction, Signature>();

/** The signature of a function. */
export function signatureOf(of: SqlFunction): Signature {
  let signature = cache.get(of);
  if (!signature) {
    signature = parseSignature(of);
    cache.set(of, signature);
  }
  return signature;
}

function parseSignature(of: SqlFunction): Signature {
  const text = of.signature.slice(of.signature.indexOf('('));
  let at = 0;
  const skip = (): void => {
    while (text[at] === ' ') at++;
  };
  const take = (sign: string): boolean => {
    skip();
    if (!text.startsWith(sign, at)) return false;
    at += sign.length;
    return true;
  };
  const list = (): Pattern[] => {
    const all: Pattern[] = [];
    if (!take('(') || take(')')) return all;
    do all.push(pattern());
    while (take(','));
    take(')');
    return all;
  };
  const word = (): string => {
    skip();
    const name = /^[A-Za-z0-9$]+(?: (?:with|without|to|time|zone|day|second|year|month)\b)*/.exec(
      text.slice(at),
    )?.[0];
    if (!name) throw new Error(`signature cannot be read: ${of.signature}`);
    at += name.length;
    return name;
  };
  let isVariadic = false;
  const pattern = (): Pattern => {
    const name = word();
    const found = patternOf(name);
    if (take('...')) isVariadic = true;
    return found;
  };
  const patternOf = (name: string): Pattern => {
    if (/^[A-Z]\d?$/.test(name)) return { kind: 'letter', letter: name };
    if (name === 'any') return { kind: 'any' };
    if (name === 'array') return { kind: 'array', element: list()[0]! };
    if (name === 'map') {
      const [key, value] = list();
      return { kind: 'map', key: key!, value: value! };
    }
    if (name === 'row') return { kind: 'row', fields: list().map(of => ({ name: undefined, pattern: of })) };
    if (name === 'function') {
      const all = list();
      return { kind: 'function', parameters: all.slice(0, -1), result: all.at(-1)! };
    }
    const numbers = /^\((\d+)(?:, ?(\d+))?\)/.exec(text.slice(at));
    if (numbers) at += numbers[0].length;
    let full = name;
    if (numbers && take('with time zone')) full = `${name} with time zone`;
    const type = namedType(
      full,
      numbers
        ? numbers
            .slice(1)
            .filter(of => of !== undefined)
            .map(Number)
        : [],
    );
    return { kind: 'type', type, isOpen: !numbers };
  };
  const parameters = list();
  if (!take('->')) throw new Error(`signature has no result: ${of.signature}`);
  return { function: of, parameters, isVariadic, result: pattern() };
}

/** The types that letters stand for. */
export type Letters = Map<string, Type>;

function suits(letter: string, type: Type): boolean {
  if (type.kind === 'unknown') return true;
  switch (letter[0]) {
    case 'N':
      return isNumber(type);
    case 'W':
      return isWhole(type);
    case 'D':
      return type.kind === 'decimal';
    case 'O':
      return isOrderable(type);
    case 'C':
      return isComparable(type);
    default:
      return true;
  }
}

/** What it costs to make a type another: the more, the later a signature is taken. */
function cost(from: Type, to: Type): number {
  if (isSame(from, to) || (from.kind === to.kind && from.kind !== 'decimal')) return 0;
  if (from.kind === 'unknown') return 1;
  if (isWhole(from) && isWhole(to)) return 1;
  if (to.kind === 'decimal') return 2;
  if (to.kind === 'double' || to.kind === 'real') return to.kind === 'real' ? 3 : 4;
  return 2;
}

/** Whether a type is of a pattern, perhaps after it became another; with what that costs. Letters are bound on the way. */
export function match(pattern: Pattern, type: Type, letters: Letters): number | undefined {
  switch (pattern.kind) {
    case 'any':
      return 0;
    case 'letter': {
      if (!suits(pattern.letter, type)) return undefined;
      const before = letters.get(pattern.letter);
      const common = before ? commonType(before, type) : type;
      if (!common) return undefined;
      letters.set(pattern.letter, common);
      return before && !isSame(before, type) ? 1 : 0;
    }
    case 'type':
      if (pattern.isOpen && pattern.type.kind === type.kind) return 0;
      if (pattern.isOpen && pattern.type.kind === 'decimal' && isWhole(type)) return 2;
      if (pattern.isOpen && hasPrecision(pattern.type) && hasPrecision(type))
        return commonType(type, pattern.type)?.kind === pattern.type.kind ? 2 : undefined;
      if (pattern.type.kind === 'varchar' && isText(type)) return type.kind === 'char' ? 1 : 0;
      return canBecome(type, pattern.type) ? cost(type, pattern.type) : undefined;
    case 'array':
      if (type.kind === 'unknown') return match(pattern.element, UNKNOWN, letters);
      return type.kind === 'array' ? match(pattern.element, type.element, letters) : undefined;
    case 'map':
      if (type.kind === 'unknown')
        return sum([match(pattern.key, UNKNOWN, letters), match(pattern.value, UNKNOWN, letters)]);
      return type.kind === 'map'
        ? sum([match(pattern.key, type.key, letters), match(pattern.value, type.value, letters)])
        : undefined;
    case 'row':
      if (type.kind === 'unknown')
        return sum(pattern.fields.map(({ pattern: of }) => match(of, UNKNOWN, letters)));
      if (type.kind !== 'row' || type.fields.length !== pattern.fields.length) return undefined;
      return sum(pattern.fields.map(({ pattern: of }, i) => match(of, type.fields[i]!.type, letters)));
    case 'function':
      return undefined;
  }
}

const hasPrecision = (type: Type): boolean =>
  'precision' in type && type.kind !== 'decimal' ? true : type.kind === 'date';

function sum(costs: ReadonlyArray<number | undefined>): number | undefined {
  let all = 0;
  for (const of of costs) {
    if (of === undefined) return undefined;
    all += of;
  }
  return all;
}

/**
 * The type of a pattern.
 * @param args types of the arguments: where the pattern leaves a precision open it is that of an argument of the kind
 */
export function typeOf(pattern: Pattern, letters: Letters, args: readonly Type[] = []): Type {
  switch (pattern.kind) {
    case 'any':
      return UNKNOWN;
    case 'letter':
      return letters.get(pattern.letter) ?? UNKNOWN;
    case 'type':
      return pattern.isOpen && pattern.type.kind !== 'decimal' && 'precision' in pattern.type
        ? { ...pattern.type, precision: precisionOf(args, pattern.type.kind) ?? pattern.type.precision }
        : pattern.type;
    case 'array':
      return { kind: 'array', element: typeOf(pattern.element, letters, args) };
    case 'map':
      return {
        kind: 'map',
        key: typeOf(pattern.key, letters, args),
        value: typeOf(pattern.value, letters, args),
      };
    case 'row':
      return {
        kind: 'row',
        fields: pattern.fields.map(({ name, pattern: of }) => ({ name, type: typeOf(of, letters, args) })),
      };
    case 'function':
      return {
        kind: 'function',
        parameters: pattern.parameters.map(of => typeOf(of, letters, args)),
        result: typeOf(pattern.result, letters, args),
      };
  }
}

/** The precision of the argument of a kind, else of the first that has one; a date has none of a second. */
function precisionOf(args: readonly Type[], kind: Type['kind']): number | undefined {
  const timed = args.filter(type => type.kind === 'date' || ('precision' in type && type.kind !== 'decimal'));
  const found = timed.find(type => type.kind === kind) ?? timed[0];
  return found && ('precision' in found ? found.precision : 0);
}

/** The type that an argument becomes for a pattern: its own where the pattern leaves it open. */
export function argumentType(pattern: Pattern, letters: Letters, type: Type): Type {
  if (pattern.kind === 'any') return type;
  if (pattern.kind === 'type' && pattern.isOpen) {
    if (pattern.type.kind === type.kind) return type;
    if (hasPrecision(pattern.type) && hasPrecision(type))
      return commonType(type, { ...pattern.type, precision: 0 } as Type) ?? pattern.type;
    if (pattern.type.kind === 'decimal' && isWhole(type)) return { kind: 'decimal', precision: 19, scale: 0 };
  }
  return typeOf(pattern, letters, [type]);
}
