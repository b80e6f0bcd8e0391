/** What counts as the text of a record, and when two texts are the same for a search. */

import { isAscii } from 'node:buffer';

// biome-ignore lint/suspicious/noControlCharactersInRegex: everything but ASCII is what is looked for
const NOT_ASCII = /[^\u0000-\u007f]+/g;
const NOT_PLAIN = /[\\\u0080-\uffff]/;

const BACKSLASH = 0x5c;

/** True for UTF-8 of which there is one view, and whose lower case is what it folds to: ASCII without escapes. */
export function isPlain(bytes: Buffer): boolean {
  return isAscii(bytes) && bytes.indexOf(BACKSLASH) < 0;
}

/** False for text in which searching needs no second view: ASCII without escapes. */
function hasViews(text: string): boolean {
  return NOT_PLAIN.test(text);
}

/**
 * `text` with upper and lower case made one. Every character is folded on its own and keeps its length, so that a part
 * of a text folds to a part of the folded text, at the same place.
 */
export function fold(text: string): string {
  return text.replace(NOT_ASCII, foldRun).toLowerCase();
}

/** İ has a longer lower case, of which people type the first letter; the others have none, and a twin (CaseFolding.txt). */
const SPECIAL: ReadonlyMap<string, string> = new Map([
  ['\u0130', 'i'],
  ['\u1fd3', '\u0390'],
  ['\u1fe3', '\u03b0'],
  ['\ufb06', '\ufb05'],
]);

function foldRun(run: string): string {
  let folded = '';
  for (const c of run) {
    const upper = c.toUpperCase();
    const lower = (upper.length === c.length ? upper : c).toLowerCase();
    folded += SPECIAL.get(c) ?? (lower.length === c.length ? lower : c);
  }
  return folded;
}

/** A text to be searched, as it is and folded. */
export interface View {
  plain: string;
  folded: string;
}

export const viewOf = (plain: string): View => ({ plain, folded: fold(plain) });

/**
 * The texts in which `json` is searched: as CloudTrail wrote it; with every string escaped as little as JSON allows;
 * each string that has escapes, decoded; and each of these in NFC.
 * @param json one or several JSON values with anything but quotes between them
 */
export function jsonViews(json: string): string[] {
  if (!hasViews(json)) return [json];
  const { canonical, decoded } = unescaped(json);
  return withNfc(canonical === json ? [json, ...decoded] : [json, canonical, ...decoded]);
}

/** The texts in which a decoded value is searched. */
export function plainViews(text: string): string[] {
  return hasViews(text) ? withNfc([text]) : [text];
}

function withNfc(views: string[]): string[] {
  const composed = views.map(view => view.normalize('NFC')).filter((nfc, i) => nfc !== views[i]);
  return composed.length > 0 ? [...views, ...composed] : views;
}

function unescaped(json: string): { canonical: string; decoded: string[] } {
  const decoded: string[] = [];
  let canonical = '';
  let copied = 0;
  let slash = json.indexOf('\\');
  for (let start = json.indexOf('"'); start >= 0 && slash >= 0; ) {
    const first = slash;
    let end = json.indexOf('"', start + 1);
    for (; slash >= 0 && slash < end; slash = json.indexOf('\\', slash + 2)) {
      if (slash + 1 === end) end = json.indexOf('"', end + 1);
    }
    if (end < 0) break;
    if (first < end) {
      const value = JSON.parse(json.slice(start, end + 1)) as string;
      decoded.push(value);
      canonical += json.slice(copied, start) + JSON.stringify(value);
      copied = end + 1;
    }
    start = json.indexOf('"', end + 1);
  }
  return { canonical: canonical + json.slice(copied), decoded };
}
