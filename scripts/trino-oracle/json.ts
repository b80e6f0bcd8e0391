/** A JSON reader that keeps every value's text: numbers, escapes and repeated keys stay as they were written. */

export interface Json {
  /** The value without white space between its tokens, otherwise as it was written. */
  text: string;
  /** Members of an object, keys decoded; the last of a repeated key counts. */
  members?: Map<string, Json>;
  /** Items of an array. */
  items?: Json[];
}

const SPACE = /[ \t\r\n]*/y;
const SCALAR = /[^\s,\]}]+/y;

/** Reads one JSON document. Throws `SyntaxError` where it is not one. */
export function parseJson(document: string): Json {
  // Says what is wrong, so that the reader below need not look.
  JSON.parse(document);
  return read({ text: document, at: 0 });
}

interface Cursor {
  text: string;
  at: number;
}

function read(cursor: Cursor): Json {
  const first = peek(cursor);
  if (first === '{') return readObject(cursor);
  if (first === '[') return readArray(cursor);
  return { text: first === '"' ? readString(cursor) : take(cursor, SCALAR) };
}

function readObject(cursor: Cursor): Json {
  const members = new Map<string, Json>();
  const texts: string[] = [];
  for (let open = skip(cursor) && peek(cursor) !== '}'; open; open = skip(cursor) === ',') {
    peek(cursor);
    const key = readString(cursor);
    peek(cursor);
    skip(cursor);
    const value = read(cursor);
    members.set(JSON.parse(key), value);
    texts.push(`${key}:${value.text}`);
    peek(cursor);
  }
  if (texts.length === 0) skip(cursor);
  return { text: `{${texts.join(',')}}`, members };
}

function readArray(cursor: Cursor): Json {
  const items: Json[] = [];
  for (let open = skip(cursor) && peek(cursor) !== ']'; open; open = skip(cursor) === ',') {
    items.push(read(cursor));
    peek(cursor);
  }
  if (items.length === 0) skip(cursor);
  return { text: `[${items.map(item => item.text).join(',')}]`, items };
}

/** The string that begins here, with its quotes. A loop, as a string may be megabytes long. */
function readString(cursor: Cursor): string {
  const start = cursor.at++;
  while (cursor.text[cursor.at] !== '"') cursor.at += cursor.text[cursor.at] === '\\' ? 2 : 1;
  return cursor.text.slice(start, ++cursor.at);
}

/** Passes white space; the character after it. */
function peek(cursor: Cursor): string {
  take(cursor, SPACE);
  return cursor.text[cursor.at]!;
}

/** Passes one character and returns it. */
function skip(cursor: Cursor): string {
  return cursor.text[cursor.at++]!;
}

function take(cursor: Cursor, what: RegExp): string {
  what.lastIndex = cursor.at;
  const text = what.exec(cursor.text)![0];
  cursor.at += text.length;
  return text;
}

/** Plain values. An integer that a double cannot hold becomes a string of its digits. */
export function plain({ text, members, items }: Json): unknown {
  if (members) return Object.fromEntries([...members].map(([key, value]) => [key, plain(value)]));
  if (items) return items.map(plain);
  return /^-?\d+$/.test(text) && !Number.isSafeInteger(Number(text)) ? text : JSON.parse(text);
}
