/** Options of the library: names that do not exist and values of another kind are refused, since JavaScript would take them. */

import { inspect } from 'node:util';
import { UsageError } from './errors.js';
import { nearest } from './nearest.js';

const isText = (value: unknown): boolean => typeof value === 'string';
const isTextLike = (value: unknown): boolean =>
  ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
const isListOf = (value: unknown, accepts: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(accepts);

const isEmpty = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

interface Kind {
  accepts(value: unknown): boolean;
  /** What it accepts, for the message. */
  wanted: string;
}

const KINDS = {
  text: { accepts: isText, wanted: 'a text' },
  list: { accepts: value => isListOf(value, isText), wanted: 'a list of texts' },
  texts: { accepts: value => isText(value) || isListOf(value, isText), wanted: 'a text or a list of texts' },
  /** Values of a filter: a number or a boolean is as good as its text. No value at all could mean every event or none. */
  values: {
    accepts: value => isTextLike(value) || (isListOf(value, isTextLike) && !isEmpty(value)),
    wanted: 'a text or a list of at least one',
  },
  flag: { accepts: value => typeof value === 'boolean', wanted: 'true or false' },
  function: { accepts: value => typeof value === 'function', wanted: 'a function' },
  signal: { accepts: value => value instanceof AbortSignal, wanted: 'an AbortSignal' },
  bytes: {
    accepts: value => typeof value === 'number' && value >= 0,
    wanted: 'a number of bytes, 0 or more',
  },
  /** What is checked where it is used. */
  any: { accepts: () => true, wanted: 'anything' },
} satisfies Record<string, Kind>;

/** What an option takes: a kind, one of several texts, or an object with options of its own. */
export type OptionKind = keyof typeof KINDS | readonly string[] | { readonly [name: string]: OptionKind };

/** Every name of an options type: the compiler notices one that is missing or too many. */
export type OptionKinds<T> = Readonly<Record<keyof Required<T>, OptionKind>>;

/**
 * @param options what a caller passed; a value that is undefined is absent
 * @param needed names of options that must be there
 * @throws UsageError `UNKNOWN_OPTION`; `BAD_VALUE` where a value is of another kind or missing, or the options are not an object
 */
export function checkOptions(
  options: unknown,
  kinds: Readonly<Record<string, OptionKind>>,
  needed: readonly string[] = [],
): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new UsageError('BAD_VALUE', 'the options are not an object', 'pass them as { name: value }');
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(kinds, name)) throw unknownOption(name, Object.keys(kinds));
    if (value !== undefined) checkValue(name, value, kinds[name]!);
  }
  for (const name of needed)
    if ((options as Record<string, unknown>)[name] === undefined) checkValue(name, undefined, kinds[name]!);
}

/** @throws UsageError `BAD_VALUE` where the value of an option or an argument is of another kind */
export function checkValue(name: string, value: unknown, kind: OptionKind): void {
  if (typeof kind === 'string') checkKind(name, value, KINDS[kind]);
  else if (isChoice(kind))
    checkKind(name, value, {
      accepts: one => kind.some(text => text === one),
      wanted: `one of ${kind.join(', ')}`,
    });
  else checkOptions(value, kind);
}

const isChoice = (kind: OptionKind): kind is readonly string[] => Array.isArray(kind);

function checkKind(name: string, value: unknown, { accepts, wanted }: Kind): void {
  if (accepts(value)) return;
  const shown = inspect(value, { depth: 0, maxStringLength: 40, maxArrayLength: 3, breakLength: Infinity });
  throw new UsageError('BAD_VALUE', `\`${name}\` must be ${wanted}, not ${shown}`);
}

function unknownOption(name: string, names: readonly string[]): UsageError {
  const meant = nearest(name, names);
  return new UsageError(
    'UNKNOWN_OPTION',
    `unknown option \`${name}\`${meant === undefined ? '' : `; did you mean \`${meant}\`?`}`,
    `the options are ${names.join(', ')}`,
  );
}
