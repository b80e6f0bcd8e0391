/** Types by the names that statements give them. */

import { SqlError } from './errors.js';
import { PLAIN, type PlainKind, plain, type Type } from './types.js';

/** Names that a type has besides its own. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  int: 'integer',
  string: 'varchar',
  float: 'real',
  binary: 'varbinary',
  'double precision': 'double',
  dec: 'decimal',
  numeric: 'decimal',
  struct: 'row',
};

const DEFAULT_PRECISION = 3;

/**
 * The type of a name and its numbers: `varchar`, [10].
 * @throws SqlError `TYPE_NOT_FOUND`
 */
export function namedType(name: string, numbers: readonly number[] = []): Type {
  const lower = name.toLowerCase();
  const kind = OTHER_NAMES[lower] ?? lower;
  const [first, second] = numbers;
  switch (kind) {
    case 'varchar':
      return { kind, length: first };
    case 'char':
      return { kind, length: first ?? 1 };
    case 'decimal': {
      if (first !== undefined && (first < 1 || first > 38))
        throw new SqlError('TYPE_NOT_FOUND', `DECIMAL precision must be in range [1, 38]: ${first}`);
      if (second !== undefined && second > (first ?? 38))
        throw new SqlError(
          'INVALID_FUNCTION_ARGUMENT',
          `DECIMAL scale must be in range [0, precision (${first ?? 38})]: ${second}`,
        );
      return { kind, precision: first ?? 38, scale: second ?? 0 };
    }
    case 'time':
    case 'time with time zone':
    case 'timestamp':
    case 'timestamp with time zone':
      return { kind, precision: first ?? DEFAULT_PRECISION };
    default:
      if ((PLAIN as readonly string[]).includes(kind)) return plain(kind as PlainKind);
      throw new SqlError('TYPE_NOT_FOUND', `Unknown type: ${name}`);
  }
}
