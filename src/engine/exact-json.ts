/** JSON whose whole numbers are exact: one that a double could not hold becomes a string of its digits. */

const LONG = /\d{16}/;
/** A whole number of sixteen digits and more, which no point and no exponent stands beside. */
const WHOLE = /(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

/** Throws SyntaxError. */
export function parseExact(text: string): unknown {
  return JSON.parse(LONG.test(text) ? quoted(text) : text);
}

/** A loop over the strings: a text may be megabytes long, which a pattern for it would not survive. */
function quoted(text: string): string {
  const parts: string[] = [];
  for (let at = 0; at < text.length; ) {
    const start = text.indexOf('"', at);
    parts.push(text.slice(at, start < 0 ? undefined : start).replaceAll(WHOLE, digits => `"${digits}"`));
    if (start < 0) break;
    const end = endOfString(text, start);
    parts.push(text.slice(start, end));
    at = end;
  }
  return parts.join('');
}

function endOfString(text: string, start: number): number {
  for (let from = start + 1; ; ) {
    const end = text.indexOf('"', from);
    if (end < 0) return text.length;
    let slashes = 0;
    while (text[end - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return end + 1;
    from = end + 1;
  }
}
