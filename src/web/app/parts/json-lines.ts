/**
 * A record's JSON text as lines to show: laid out without being decoded, so that numbers, escapes and repeated keys stay
 * as they were written. A text that is cut off gives the lines up to there.
 */

export type JsonKind = 'open' | 'close' | 'string' | 'number' | 'word' | 'rest';

export interface JsonLine {
  /** Levels of objects and lists around it. */
  depth: number;
  kind: JsonKind;
  /** Key with its quotes, value or bracket, comma: as it is shown and searched. */
  text: string;
  /** Where the value begins in the text: behind the key and its colon. */
  valueAt: number;
  /** Of a line that opens: the number of the line that closes it, or that follows the last where none does. */
  end?: number;
  /** Of a line that opens: members in it. */
  members?: number;
}

/** Offset after the token that begins at `at`; the end of the text where the token is cut off. */
function tokenEnd(json: string, at: number): number {
  const first = json[at]!;
  if ('{}[],:'.includes(first)) return at + 1;
  let i = at + 1;
  if (first === '"') {
    while (i < json.length && json[i] !== '"') i += json[i] === '\\' ? 2 : 1;
    return Math.min(i + 1, json.length);
  }
  while (i < json.length && !'{}[],:"'.includes(json[i]!)) i++;
  return i;
}

const kindOf = (token: string): JsonKind =>
  token.startsWith('"') ? (isWhole(token) ? 'string' : 'rest') : /^[-\d]/.test(token) ? 'number' : 'word';

/** Whether a text ends with the quote that closes it. */
function isWhole(token: string): boolean {
  if (token.length < 2 || !token.endsWith('"')) return false;
  const [slashes = ''] = /\\*$/.exec(token.slice(0, -1)) ?? [];
  return slashes.length % 2 === 0;
}

/**
 * The lines of a minified JSON text.
 * Long: one pass with the state of the layout.
 */
export function jsonLines(json: string): JsonLine[] {
  const lines: JsonLine[] = [];
  /** Lines that are open, the innermost last. */
  const open: number[] = [];
  let key = '';
  for (let at = 0; at < json.length; ) {
    const end = tokenEnd(json, at);
    const token = json.slice(at, end);
    at = end;
    const parent = lines[open.at(-1) ?? -1];
    if (token === ',') {
      const last = lines.at(-1);
      if (last) last.text += ',';
      continue;
    }
    if (token === '}' || token === ']') {
      const opened = lines[open.pop() ?? -1];
      const last = lines.at(-1);
      // An empty object or list stays on its line.
      if (opened && opened === last) {
        opened.text += token;
        opened.kind = 'word';
        continue;
      }
      if (opened) opened.end = lines.length;
      lines.push({ depth: open.length, kind: 'close', text: token, valueAt: 0 });
      continue;
    }
    const isKey = json[at] === ':' && token.startsWith('"') && key === '';
    if (isKey) {
      key = `${token}: `;
      at++;
      continue;
    }
    if (parent) parent.members = (parent.members ?? 0) + 1;
    const isOpening = token === '{' || token === '[';
    if (isOpening) open.push(lines.length);
    const depth = open.length - (isOpening ? 1 : 0);
    const kind = isOpening ? 'open' : kindOf(token);
    lines.push({ depth, kind, text: key + token, valueAt: key.length });
    key = '';
  }
  if (key !== '') lines.push({ depth: open.length, kind: 'rest', text: key, valueAt: key.length });
  for (const at of open) lines[at]!.end = lines.length;
  return lines;
}

/** The lines as indented JSON text. */
export const jsonText = (lines: readonly JsonLine[]): string =>
  lines.map(({ depth, text }) => '  '.repeat(depth) + text).join('\n');

/** The value of a member of the record itself, decoded; undefined where there is none, or it is no text. */
export function memberText(lines: readonly JsonLine[], name: string): string | undefined {
  const key = `${JSON.stringify(name)}: `;
  const line = lines.find(
    ({ depth, kind, text }) => depth === 1 && kind === 'string' && text.startsWith(key),
  );
  if (!line) return undefined;
  try {
    return JSON.parse(line.text.slice(line.valueAt).replace(/,$/, '')) as string;
  } catch {
    return undefined;
  }
}

export interface JsonHit {
  /** Number of the line. */
  line: number;
  start: number;
  end: number;
}

/** Hits that are counted: more are of no use to anybody. */
export const MOST_HITS = 5000;

/** Of a longer text its beginning is looked for: the time goes with both lengths. */
export const LONGEST_WANTED = 500;

/** Where a text occurs in the lines, whatever its case. */
export function findIn(lines: readonly JsonLine[], wanted: string): JsonHit[] {
  const hits: JsonHit[] = [];
  if (wanted === '') return hits;
  const pattern = new RegExp(
    wanted.slice(0, LONGEST_WANTED).replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&'),
    'giu',
  );
  for (const [line, { text }] of lines.entries())
    for (const match of text.matchAll(pattern)) {
      if (hits.length === MOST_HITS) return hits;
      hits.push({ line, start: match.index, end: match.index + match[0].length });
    }
  return hits;
}

/** Objects and lists with more members are folded at first. */
const MANY = 200;

/** The lines that are folded at first. */
export const foldedAtFirst = (lines: readonly JsonLine[]): ReadonlySet<number> =>
  new Set(
    lines.flatMap(({ kind, members = 0, depth }, i) =>
      kind === 'open' && depth > 0 && members > MANY ? [i] : [],
    ),
  );

/** Numbers of the lines that are shown where some are folded. */
export function visibleLines(lines: readonly JsonLine[], folded: ReadonlySet<number>): number[] {
  const visible: number[] = [];
  for (let i = 0; i < lines.length; i++) {
    visible.push(i);
    if (folded.has(i)) i = lines[i]!.end ?? i;
  }
  return visible;
}

/** What must be unfolded so that a line is shown. */
export function foldedAround(
  lines: readonly JsonLine[],
  folded: ReadonlySet<number>,
  line: number,
): number[] {
  return [...folded].filter(at => at < line && line <= (lines[at]!.end ?? at));
}
