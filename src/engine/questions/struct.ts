/** What is inside of a column with parts, from the type that an engine says it has. */

import { parseStatements } from '../../query/sql/parse/statement.js';
import type { Type } from '../../query/sql/types.js';

/** The type that a text stands for, in Trino's words or Hive's; undefined for one that cannot be read. */
export function typeOf(text: string): Type | undefined {
  try {
    const { statement } = parseStatements(`SELECT CAST(NULL AS ${text})`)[0]!;
    if (statement.kind !== 'query' || statement.query.body.kind !== 'select') return undefined;
    const item = statement.query.body.items[0];
    if (item?.kind !== 'expression' || item.value.kind !== 'cast') return undefined;
    return item.value.type.type;
  } catch {
    return undefined;
  }
}

/** The expression of a field of a struct, `a.b.c` of the column; undefined where the type has none. */
export function fieldOf(column: string, type: Type | undefined, path: readonly string[]): string | undefined {
  const [name, ...more] = path;
  if (name === undefined) return type === undefined || type.kind === 'row' ? undefined : column;
  if (type?.kind !== 'row') return undefined;
  const field = type.fields.find(one => one.name === name);
  return field && fieldOf(`${column}.${name}`, field.type, more);
}

/** A text inside of a column: the expression, which is of that text or of an array of such texts. */
export interface InnerText {
  expression: string;
  isMany: boolean;
}

/** Every text inside of a column, in the order of its type. */
export function textsIn(column: string, type: Type | undefined): InnerText[] {
  switch (type?.kind) {
    case 'row':
      return type.fields.flatMap(({ name, type: of }) =>
        name === undefined ? [] : textsIn(`${column}.${name}`, of),
      );
    case 'array': {
      const { element } = type;
      const inner = textsIn('x', element).filter(({ isMany }) => !isMany);
      return inner.map(({ expression }) => ({
        expression: expression === 'x' ? column : `transform(${column}, x -> ${expression})`,
        isMany: true,
      }));
    }
    case 'map':
      return type.value.kind === 'varchar' ? [{ expression: `map_values(${column})`, isMany: true }] : [];
    case 'varchar':
    case 'char':
      return [{ expression: column, isMany: false }];
    default:
      return [];
  }
}
