/**
 * Whole numbers of a JSON text that are columns as well: `CAST(json_extract_scalar(additionaleventdata,
 * '$.bytesTransferredOut') AS bigint)`.
 *
 * A column keeps 12 of `12.0`, `1.2e1` and `" 12"` as well, and the last of two members of a name, where Trino fails or
 * takes the first. So it answers where the text shows that it has the member once, written as the column's digits.
 */

import type { Bound, Leaf } from '../bind/bound.js';
import { VARCHAR } from '../types.js';
import { valueSql } from './literal.js';

/** SQL of the column as a type, and what else the number has to be. */
const TYPES: Readonly<Record<string, { value: (column: string) => string; range?: string }>> = {
  bigint: { value: column => column },
  integer: { value: column => column, range: 'BETWEEN -2147483648 AND 2147483647' },
  double: { value: column => `CAST(${column} AS REAL)` },
};

/** SQL of a number that needs no function of ours where `when` is true; undefined where the expression is no such number. */
export function wholeNumber(bound: Bound): { when: string; value: string } | undefined {
  const cast = bound.kind === 'try' ? bound.value : bound;
  const as = Object.hasOwn(TYPES, bound.type.kind) ? TYPES[bound.type.kind]! : undefined;
  if (!as || cast.kind !== 'call' || !(cast.name === 'cast' || cast.name === 'try_cast')) return undefined;
  const [extraction] = cast.args;
  if (extraction?.kind !== 'call' || extraction.name !== 'json_extract_scalar') return undefined;
  const [text, path] = extraction.args as [Leaf, Bound];
  const member = path.kind === 'constant' ? text.numbers?.get(String(path.value)) : undefined;
  if (member === undefined) return undefined;
  const { name, column } = member;
  const glob = (pattern: string): string => valueSql(pattern, VARCHAR);
  const when = [
    `typeof(${column}) = 'integer'`,
    ...(as.range ? [`${column} ${as.range}`] : []),
    `${text.sql} GLOB ${glob(`*"${name}":`)} || ${column} || '[,}]*'`,
    `${text.sql} NOT GLOB ${glob(`*"${name}"*"${name}"*`)}`,
    // A name may be written with escapes.
    `instr(${text.sql}, '\\') = 0`,
  ];
  return { when: when.join(' AND '), value: as.value(column) };
}
