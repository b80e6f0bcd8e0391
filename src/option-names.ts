/** Options of the library: a name that does not exist is refused, since JavaScript would ignore it. */

import { UsageError } from './errors.js';
import { nearest } from './nearest.js';

/** Every name of an options type: the compiler notices one that is missing or too many. */
export type OptionNames<T> = Readonly<Record<keyof Required<T>, true>>;

/**
 * @param options what a caller passed
 * @throws UsageError `UNKNOWN_OPTION`, `BAD_VALUE` where it is not an object
 */
export function checkNames(options: unknown, names: Readonly<Record<string, true>>): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new UsageError('BAD_VALUE', 'the options are not an object', 'pass them as { name: value }');
  const unknown = Object.keys(options).find(name => !Object.hasOwn(names, name));
  if (unknown === undefined) return;
  const meant = nearest(unknown, Object.keys(names));
  throw new UsageError(
    'UNKNOWN_OPTION',
    `unknown option \`${unknown}\`${meant === undefined ? '' : `; did you mean \`${meant}\`?`}`,
    `the options are ${Object.keys(names).join(', ')}`,
  );
}
