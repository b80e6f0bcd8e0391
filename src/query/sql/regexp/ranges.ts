/** Sets of code points as sorted ranges: what a character class of a pattern holds. */

/** First and last code point of each range, sorted, none touching the next. */
export type Ranges = ReadonlyArray<readonly [first: number, last: number]>;

const LAST = 0x10ffff;

/** Sorts ranges and joins those that touch. */
export function tidy(ranges: Ranges): Ranges {
  const tidied: [number, number][] = [];
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const before = tidied.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else tidied.push([first, last]);
  }
  return tidied;
}

/** All other code points. */
export function invert(ranges: Ranges): Ranges {
  const others: [number, number][] = [];
  let next = 0;
  for (const [first, last] of ranges) {
    if (first > next) others.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= LAST) others.push([next, LAST]);
  return others;
}

/** What is in both. */
export function intersect(a: Ranges, b: Ranges): Ranges {
  const both: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [first, last] = a[i]!;
    const [otherFirst, otherLast] = b[j]!;
    const from = Math.max(first, otherFirst);
    const to = Math.min(last, otherLast);
    if (from <= to) both.push([from, to]);
    if (last < otherLast) i++;
    else j++;
  }
  return both;
}

export const DIGIT: Ranges = [[48, 57]];
export const WORD: Ranges = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
];
export const SPACE: Ranges = [
  [9, 13],
  [32, 32],
];
export const ALL: Ranges = [[0, LAST]];
export const NOT_NEWLINE: Ranges = [
  [0, 9],
  [11, LAST],
];

/** Names that are not Unicode's own, as JavaScript writes them. */
const CLASSES: Readonly<Record<string, string>> = {
  alnum: '[\\p{Alphabetic}\\p{M}\\p{Nd}]',
  alpha: '\\p{Alphabetic}',
  ascii: '[\\0-\\x7f]',
  blank: '[\\p{Zs}\\t]',
  cntrl: '[\\p{Cc}\\p{Cf}\\p{Cn}\\p{Co}\\p{Cs}]',
  digit: '\\p{Nd}',
  graph: '[^\\s\\p{Cc}\\p{Cn}\\p{Cs}]',
  lower: '\\p{Lowercase}',
  print: '[[^\\s\\p{Cc}\\p{Cn}\\p{Cs}]\\p{Zs}]',
  punct: '[\\p{P}$+<=>^`\\|~]',
  space: '[\\s\\x85]',
  upper: '\\p{Uppercase}',
  xdigit: '[0-9A-Fa-f]',
  word: '[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}]',
  any: '[^]',
};

/** The code points of a property's name, or undefined. */
export function property(name: string): Ranges | undefined {
  const plain = name.toLowerCase().replace(/[\s_-]/g, '');
  const known = properties.get(plain);
  if (known) return known;
  const regexp = propertyPattern(name, plain);
  if (!regexp) return undefined;
  const ranges: [number, number][] = [];
  for (let point = 0; point <= LAST; point++) {
    if (!regexp.test(String.fromCodePoint(point))) continue;
    const before = ranges.at(-1);
    if (before && before[1] === point - 1) before[1] = point;
    else ranges.push([point, point]);
  }
  properties.set(plain, ranges);
  return ranges;
}

/** At most some hundred names exist. */
const properties = new Map<string, Ranges>();

function propertyPattern(name: string, plain: string): RegExp | undefined {
  if (Object.hasOwn(CLASSES, plain)) return new RegExp(`^${CLASSES[plain]}$`, 'v');
  const capital = plain.slice(0, 1).toUpperCase() + plain.slice(1);
  for (const written of [name, capital, `Script=${capital}`, `Script=${name}`])
    try {
      return new RegExp(`^\\p{${written}}$`, 'v');
    } catch {
      // Not a name; the next.
    }
  return undefined;
}
