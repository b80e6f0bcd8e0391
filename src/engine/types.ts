/** Types as engines write them. */

import { SqlError } from '../query/sql/errors.js';
import { cursorOn, type Grammar } from '../query/sql/parse/cursor.js';
import { typeNode } from '../query/sql/parse/type.js';
import { type RowField, type Type, VARCHAR } from '../query/sql/types.js';

/** A type holds neither expressions nor queries. */
const NOTHING: Grammar = {
  expression: cursor => cursor.unexpected('<type>'),
  valueExpression: cursor => cursor.unexpected('<type>'),
  query: cursor => cursor.unexpected('<type>'),
};

/** The type; one that offtrail does not know is text, which is how the protocol gives it. */
export function engineType(text: string): Type {
  try {
    return typeNode(cursorOn(text, NOTHING)).type;
  } catch (error) {
    if (error instanceof SqlError) return VARCHAR;
    throw error;
  }
}

/** Names of a row's fields, each another one, so that an object can have them all. */
export function fieldNames(fields: readonly RowField[]): string[] {
  const names: string[] = [];
  for (const [i, { name = `field${i}` }] of fields.entries())
    names.push(names.includes(name) ? `${name}_${i}` : name);
  return names;
}
