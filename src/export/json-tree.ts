/** JSON text as the value of a struct, a list or a map, as Athena's table of CloudTrail logs reads it. */

import { columnText, members, tokens } from '../json-text.js';
import type { LakeType } from '../lake-types.js';
import type { Tree } from './parquet/shred.js';

/**
 * The value that a minified JSON text has in a column. Names of members match in any case; null where the text is not of
 * the type; a text that holds an object or a list is that JSON.
 */
export function jsonTree(json: string | null | undefined, type: LakeType): Tree {
  if (json === null || json === undefined || json === 'null') return null;
  if (typeof type === 'string') return json.startsWith('"') ? columnText(json) : json;
  if ('array' in type)
    return json.startsWith('[') ? elements(json).map(of => jsonTree(of, type.array)) : null;
  if (!json.startsWith('{')) return null;
  if ('map' in type) {
    const pairs = [...members(json)].map(
      ([key, value]) => [columnText(key)!, jsonTree(value, type.map)] as const,
    );
    return new Map(pairs);
  }
  const byName = new Map<string, string>();
  for (const [key, value] of members(json)) byName.set(columnText(key)!.toLowerCase(), value);
  return Object.fromEntries(
    type.struct.map(field => [field.name, jsonTree(byName.get(field.name), field.type)]),
  );
}

/** The elements of a minified JSON list as raw texts. */
function elements(json: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let text = '';
  for (const token of tokens(json)) {
    if (token === ']' || token === '}') depth--;
    if (depth === 0 || (depth === 1 && token === ',')) {
      if (text !== '') found.push(text);
      text = '';
    } else text += token;
    if (token === '[' || token === '{') depth++;
  }
  return found;
}
