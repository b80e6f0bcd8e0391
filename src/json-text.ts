/** JSON text taken apart without decoding it: numbers, escapes and the order of keys stay as they were written. */

/** Offset after the token that begins at `at`: a string, one of `{}[],:`, or a run of other characters. */
function tokenEnd(json: string, at: number): number {
  const first = json[at];
  // Only where the index is damaged; without this the loops below would not end.
  if (first === undefined) throw new SyntaxError(ENDS_EARLY);
  if (first === '"') {
    let i = at + 1;
    while (json[i] !== '"') {
      if (i >= json.length) throw new SyntaxError(ENDS_EARLY);
      i += json[i] === '\\' ? 2 : 1;
    }
    return i + 1;
  }
  if (PUNCTUATION.has(first)) return at + 1;
  let i = at + 1;
  while (i < json.length && json[i] !== '"' && !PUNCTUATION.has(json[i]!)) i++;
  return i;
}

const ENDS_EARLY = 'a stored JSON text ends too early: offtrail status --verify tells what is damaged';

const PUNCTUATION = new Set(['{', '}', '[', ']', ',', ':']);

/** The tokens of a minified, valid JSON text. A loop, not an expression: a string may be megabytes long. */
export function* tokens(json: string): Generator<string> {
  for (let at = 0; at < json.length; ) {
    const end = tokenEnd(json, at);
    yield json.slice(at, end);
    at = end;
  }
}

/** Members of a minified JSON object as raw texts: key with its quotes → value. The last of a repeated key counts. */
export function members(json: string): Map<string, string> {
  const found = new Map<string, string>();
  let at = 1;
  while (at < json.length && json[at] !== '}') {
    const keyEnd = tokenEnd(json, at);
    const valueEnd = valueEndAt(json, keyEnd + 1);
    found.set(json.slice(at, keyEnd), json.slice(keyEnd + 1, valueEnd));
    at = json[valueEnd] === ',' ? valueEnd + 1 : valueEnd;
  }
  return found;
}

function valueEndAt(json: string, at: number): number {
  let depth = 0;
  for (let i = at; ; ) {
    const c = json[i];
    i = tokenEnd(json, i);
    if (c === '{' || c === '[') depth++;
    else if (c === '}' || c === ']') depth--;
    if (depth === 0) return i;
  }
}

/** The same value, indented by two spaces a level. */
export function indented(json: string): string {
  const out: string[] = [];
  let depth = 0;
  let opened = false;
  const newline = (): string => `\n${'  '.repeat(depth)}`;
  for (const token of tokens(json)) {
    const closes = token === '}' || token === ']';
    if (closes) depth--;
    // An empty object or array stays on its line.
    if (opened !== closes && (opened || closes)) out.push(newline());
    opened = token === '{' || token === '[';
    if (opened) depth++;
    out.push(token);
    if (token === ',') out.push(newline());
    else if (token === ':') out.push(' ');
  }
  return out.join('');
}

/**
 * One text for all ways to write the same value: members sorted, strings without needless escapes. Numbers stay as
 * they are written, and a repeated name stays repeated, so that no two values that differ become one.
 */
export function canonical(json: string): string {
  let at = 0;
  const next = (): string => {
    const end = tokenEnd(json, at);
    const token = json.slice(at, end);
    at = end;
    return token;
  };
  const plain = (token: string): string =>
    token.startsWith('"') ? JSON.stringify(JSON.parse(token)) : token;
  function value(): string {
    const first = next();
    if (first !== '{' && first !== '[') return plain(first);
    const parts: string[] = [];
    const close = first === '{' ? '}' : ']';
    while (json[at] !== close) {
      if (first === '{') {
        const name = plain(next());
        next();
        parts.push(`${name}:${value()}`);
      } else {
        parts.push(value());
      }
      if (json[at] === ',') next();
    }
    next();
    if (first === '{') parts.sort();
    return first + parts.join(',') + close;
  }
  return value();
}

/** A raw value as a text column shows it: a string decoded, another scalar as it is written, null and absence as NULL. */
export function columnText(raw: string | undefined): string | null {
  if (raw === undefined || raw === 'null') return null;
  // A lone surrogate cannot be stored as UTF-8.
  return raw.startsWith('"') ? Buffer.from(JSON.parse(raw) as string, 'utf8').toString('utf8') : raw;
}

/** Reads scalars by their path of names below a raw object, as Athena shows the leaves of a struct; NULL for anything else. */
export function leafReader(json: string | undefined): (path: string) => string | null {
  // Every object on the way is taken apart once.
  const objects = new Map<string, Map<string, string>>();
  const objectAt = (path: string): Map<string, string> => {
    let found = objects.get(path);
    if (!found) {
      const raw = path === '' ? json : valueAt(path);
      found = raw?.startsWith('{') ? members(raw) : NO_MEMBERS;
      objects.set(path, found);
    }
    return found;
  };
  const valueAt = (path: string): string | undefined => {
    const dot = path.lastIndexOf('.');
    return objectAt(path.slice(0, Math.max(dot, 0))).get(JSON.stringify(path.slice(dot + 1)));
  };
  return path => {
    const raw = valueAt(path);
    return raw === undefined || raw.startsWith('{') || raw.startsWith('[') ? null : columnText(raw);
  };
}

const NO_MEMBERS: Map<string, string> = new Map();
