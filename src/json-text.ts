/** JSON text taken apart without decoding it: numbers, escapes and the order of keys stay as they were written. */

/** Offset behind the token that begins at `at`: a string, one of `{}[],:`, or a run of other characters. */
export function tokenEnd(json: string, at: number): number {
  const first = json[at];
  if (first === '"') {
    let i = at + 1;
    while (json[i] !== '"') i += json[i] === '\\' ? 2 : 1;
    return i + 1;
  }
  if (PUNCTUATION.has(first!)) return at + 1;
  let i = at + 1;
  while (i < json.length && json[i] !== '"' && !PUNCTUATION.has(json[i]!)) i++;
  return i;
}

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

/** The same value, indented by two blanks a level. */
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

/** The value as a plain structure in which numbers are their text: 1.0 and 1, or two numbers beyond 2^53, stay different. */
export function exactValue(json: string): unknown {
  const marked: string[] = [];
  for (const token of tokens(json)) {
    const isNumber = /^[-\d]/.test(token);
    marked.push(isNumber ? `{"number":"${token}"}` : token);
  }
  return JSON.parse(marked.join(''));
}
