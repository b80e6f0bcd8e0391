/** What a word of a statement may go on as: columns, fields of structs, functions, keywords. */

import { CLOUDTRAIL } from './bind/documented.js';
import { FUNCTIONS } from './functions/functions.js';
import type { Type } from './types.js';

const KEYWORDS =
  `SELECT FROM WHERE GROUP BY ORDER HAVING LIMIT OFFSET JOIN LEFT CROSS UNNEST ON AND OR NOT IN LIKE BETWEEN IS NULL AS
  WITH UNION ALL DISTINCT CASE WHEN THEN ELSE END CAST TRY_CAST INTERVAL DATE TIMESTAMP IPADDRESS OVER PARTITION DESC ASC
  CURRENT_DATE CURRENT_TIMESTAMP SHOW TABLES COLUMNS FUNCTIONS DESCRIBE EXPLAIN cloudtrail_logs`.split(/\s+/);

/** The words that begin as `word` does, in any case. */
export function completions(word: string): string[] {
  const dot = word.lastIndexOf('.');
  const candidates = dot >= 0 ? fieldsOf(word.slice(0, dot)) : words();
  const start = word.toLowerCase();
  return candidates.filter(of => of.toLowerCase().startsWith(start));
}

function words(): string[] {
  const columns = CLOUDTRAIL.columns.filter(({ name }) => !name.startsWith('$')).map(({ name }) => name);
  const functions = [...FUNCTIONS.keys()].filter(name => !name.startsWith('$')).map(name => `${name}(`);
  return [...columns, ...functions, ...KEYWORDS];
}

/** Paths to the fields of a struct; an alias of a table may stand before it. */
function fieldsOf(path: string): string[] {
  const names = path.toLowerCase().split('.');
  const columns = new Set(CLOUDTRAIL.columns.map(({ name }) => name));
  const start = names.findIndex(name => columns.has(name));
  if (start < 0) return CLOUDTRAIL.columns.map(({ name }) => `${path}.${name}`);
  let type: Type | undefined = CLOUDTRAIL.columns.find(({ name }) => name === names[start])!.type;
  for (const name of names.slice(start + 1))
    type = type?.kind === 'row' ? type.fields.find(field => field.name === name)?.type : undefined;
  return type?.kind === 'row' ? type.fields.map(({ name }) => `${path}.${name}`) : [];
}

/** Whether a text ends with a whole statement: a semicolon that is in no quotes. */
export { isWhole } from './parse/whole.js';
