/** Log text is written by attackers: what must not reach a terminal is shown by its code instead. */

// Control characters, line separators, and the invisible ones that reorder or hide text.
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffb\ud800-\udfff]|[\u{e0000}-\u{e01ef}]/gu;

/** One line of text that is safe to print: `\n` shows as `\n`, an escape character as `\u{1b}`. */
export function printable(text: string): string {
  return text.replaceAll(UNSAFE, c => {
    if (c === '\n') return '\\n';
    if (c === '\r') return '\\r';
    if (c === '\t') return '\\t';
    return `\\u{${c.codePointAt(0)!.toString(16)}}`;
  });
}

/** The text in parts that are safe to print and parts that are not, in turn. */
export function inParts(text: string): Array<{ text: string; isSafe: boolean }> {
  const parts: Array<{ text: string; isSafe: boolean }> = [];
  let safe = 0;
  for (const { 0: unsafe, index } of text.matchAll(UNSAFE)) {
    if (index > safe) parts.push({ text: text.slice(safe, index), isSafe: true });
    parts.push({ text: unsafe, isSafe: false });
    safe = index + unsafe.length;
  }
  if (safe < text.length) parts.push({ text: text.slice(safe), isSafe: true });
  return parts;
}

/** JSON text with the same meaning in which no unsafe character stands as itself. */
export function printableJson(json: string): string {
  return json.replaceAll(UNSAFE, c => {
    // White space between tokens is the only control character a JSON text can hold.
    if (c === '\n' || c === '\r' || c === '\t') return c;
    return Array.from(
      { length: c.length },
      (_, i) => `\\u${c.charCodeAt(i).toString(16).padStart(4, '0')}`,
    ).join('');
  });
}

/** What a message repeats of an argument, at most about this long. */
const BRIEF = 200;

/** A text with its middle left out where it is too long for a message, be it an argument or a message that repeats one. */
export function brief(text: string, most: number = BRIEF): string {
  if (text.length <= most) return text;
  const tail = Math.floor(most / 4);
  return `${text.slice(0, most - tail)} … ${text.slice(-tail)}`;
}
