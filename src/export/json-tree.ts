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
  if ('array' in type && typeof type.array !== 'string' && 'struct' in type.array) {
    const quick = flatStructs(json);
    if (quick !== undefined) return quick;
  }
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

/**
 * The elements of a list of structs of texts, as `resources` is; undefined where the list is of another kind and has to be
 * read with care: numbers as they are written, names that occur twice.
 */
function flatStructs(json: string): Tree {
  if (!json.startsWith('[{') || json.includes('\\')) return undefined;
  const found: Tree[] = [];
  let at = 1;
  for (;;) {
    const element: Record<string, string> = Object.create(null);
    // Behind `{` or a comma: a name in quotes, a colon, a text in quotes.
    for (;;) {
      at++;
      if (json.charCodeAt(at) !== QUOTE) return undefined;
      const nameEnd = json.indexOf('"', at + 1);
      if (json.charCodeAt(nameEnd + 1) !== COLON || json.charCodeAt(nameEnd + 2) !== QUOTE) return undefined;
      const valueEnd = json.indexOf('"', nameEnd + 3);
      const name = NAMES.get(json.slice(at + 1, nameEnd)) ?? json.slice(at + 1, nameEnd).toLowerCase();
      element[name] = json.slice(nameEnd + 3, valueEnd);
      at = valueEnd + 1;
      const next = json.charCodeAt(at);
      if (next === CLOSE) break;
      if (next !== COMMA) return undefined;
    }
    found.push(element);
    at++;
    if (json.charCodeAt(at) === END) return at === json.length - 1 ? found : undefined;
    if (json.charCodeAt(at) !== COMMA) return undefined;
    at++;
    if (json.charCodeAt(at) !== OPEN) return undefined;
  }
}

const [QUOTE, COLON, COMMA, OPEN, CLOSE, END] = [0x22, 0x3a, 0x2c, 0x7b, 0x7d, 0x5d];
/** Names of members that are common. */
const NAMES = new Map([
  ['ARN', 'arn'],
  ['accountId', 'accountid'],
  ['type', 'type'],
]);
