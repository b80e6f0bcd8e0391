/** The order of the entries of an index whose columns are known as numbers: sorted as such, not as the texts and rows that they stand for. */

/** A column of an index: at each row's place what stands for its value, in the order of the values. */
export interface IndexColumn {
  /**
   * `number`: a whole number, with `less` added so that 0 is NULL; `time`: seconds, a text in CloudTrail's form; `text`: its
   * first bytes, four to a word, followed by zeros, of which NULL has no other.
   */
  kind: 'number' | 'time' | 'text';
  /** Of each value the words of 32 bits, in memory that threads share, the most significant first: of a number at most two. */
  words: readonly Uint32Array[];
  less: number;
  /** Texts of more bytes than words have, by place. */
  long?: ReadonlyMap<number, Uint8Array>;
}

/** Memory for a number of each row: it is used again, since what is let go of stays until it is collected. */
export interface Room {
  /** Numbers that are all 0. */
  take(): Uint32Array;
  give(words: Uint32Array): void;
}

/**
 * @param count numbers of each array
 * @param isShared whether threads do: for what they share nothing else is collected
 */
export function createRoom(count: number, isShared: boolean): Room {
  const spare: Uint32Array[] = [];
  return {
    take: () =>
      spare.pop()?.fill(0) ?? new Uint32Array(new (isShared ? SharedArrayBuffer : ArrayBuffer)(count * 4)),
    give: words => void spare.push(words),
  };
}

/** Bits of a word that are sorted by at a time. */
const DIGIT = 11;
const DIGITS = 1 << DIGIT;
/** The same of fewer rows than these. */
const [SHORT_DIGIT, FEW_FOR_DIGIT] = [8, 1 << 12];
/** Rows that are alike in the first words with so many bits are few, and compared. */
const BITS = 20;
/** So many are quicker put in order one by one. */
const FEW = 40;

/**
 * Puts the places of `order.length` rows in the order of the values of their columns; equal ones stay as they were. What
 * has the same first digit is sorted together, so that besides the order there is room for the largest of these alone.
 * @param order where they go
 */
export function putInOrder(columns: readonly IndexColumn[], order: Uint32Array): void {
  const words = columns.flatMap(column => column.words);
  const ranges = words.map(rangeOf);
  let first = 0;
  for (let bits = 0; first < words.length && bits < BITS; first++)
    bits += bitsOf(ranges[first]!.most - ranges[first]!.least);
  const { least, most } = ranges[0]!;
  const shift = Math.max(0, bitsOf(most - least) - DIGIT);
  const ends = partition(words[0]!, least, shift, order);
  const digits = ranges.slice(0, first).map(({ least, most }, w) => ({
    values: words[w]!,
    least,
    bits: w === 0 ? shift : bitsOf(most - least),
  }));
  const compare = comparison(columns, words);
  const areDigitsAll = first === words.length && !columns.some(({ long }) => long);
  const sort = createDigitSort(digits.reverse(), largest(ends));
  for (let i = 0, start = 0; i < ends.length; start = ends[i++]!) {
    const part = order.subarray(start, ends[i]!);
    if (part.length <= FEW) insertInOrder(part, compare);
    else {
      sort(part);
      if (!areDigitsAll) sortRuns(part, words.slice(0, first), compare);
    }
  }
}

const bitsOf = (value: number): number => 32 - Math.clz32(value);
const largest = (ends: Uint32Array): number =>
  ends.reduce((most, end, i) => Math.max(most, end - (i === 0 ? 0 : ends[i - 1]!)), 0);

/** Puts all places in the order of one digit of their values, where the largest has no more of them; gives where each digit ends. */
function partition(values: Uint32Array, least: number, shift: number, order: Uint32Array): Uint32Array {
  const ends = new Uint32Array(DIGITS);
  for (let i = 0; i < values.length; i++) ends[(values[i]! - least) >>> shift]!++;
  for (let i = 1; i < DIGITS; i++) ends[i]! += ends[i - 1]!;
  for (let i = values.length - 1; i >= 0; i--) order[--ends[(values[i]! - least) >>> shift]!] = i;
  // Each begins now where it ended.
  ends.copyWithin(0, 1);
  ends[DIGITS - 1] = values.length;
  return ends;
}

interface Digits {
  values: Uint32Array;
  least: number;
  /** How many bits of what is above `least` are sorted by. */
  bits: number;
}

/**
 * @param words the least significant first
 * @param most places at a time
 * @returns sorts places by these words
 */
function createDigitSort(words: readonly Digits[], most: number): (places: Uint32Array) => void {
  const isNeeded = words.some(({ bits }) => bits > 0);
  const [a, b] = [0, 1].map(() => {
    const length = isNeeded ? most : 0;
    return { keys: new Uint32Array(length), places: new Uint32Array(length) };
  }) as [Keyed, Keyed];
  return places => {
    if (!isNeeded) return;
    const count = places.length;
    let [from, to] = [a, b];
    from.places.set(places);
    for (const { values, least, bits } of words) {
      if (bits === 0) continue;
      // The values at hand move with their places: to look each up again would miss the processor's cache.
      for (let i = 0; i < count; i++) from.keys[i] = values[from.places[i]!]! - least;
      const digit = Math.ceil(bits / Math.ceil(bits / (count < FEW_FOR_DIGIT ? SHORT_DIGIT : DIGIT)));
      for (let shift = 0; shift < bits; shift += digit) {
        sortDigit(from, to, count, shift, Math.min(digit, bits - shift));
        [from, to] = [to, from];
      }
    }
    places.set(from.places.subarray(0, count));
  };
}

/** The same places in an array of their own. */
export function orderOf(columns: readonly IndexColumn[], count: number): Uint32Array {
  const order = new Uint32Array(count);
  putInOrder(columns, order);
  return order;
}

interface Keyed {
  keys: Uint32Array;
  places: Uint32Array;
}

/** A function of its own, with plain loops: every row passes here several times for each index. */
function sortDigit({ keys, places }: Keyed, to: Keyed, count: number, shift: number, bits: number): void {
  const { keys: keysTo, places: placesTo } = to;
  const mask = (1 << bits) - 1;
  const starts = new Uint32Array(mask + 2);
  for (let i = 0; i < count; i++) starts[((keys[i]! >>> shift) & mask) + 1]!++;
  for (let i = 1; i < starts.length; i++) starts[i]! += starts[i - 1]!;
  for (let i = 0; i < count; i++) {
    const at = starts[(keys[i]! >>> shift) & mask]!++;
    keysTo[at] = keys[i]!;
    placesTo[at] = places[i]!;
  }
}

function rangeOf(values: Uint32Array): { least: number; most: number } {
  let [least, most] = [0xffffffff, 0];
  for (let i = 0; i < values.length; i++) {
    if (values[i]! < least) least = values[i]!;
    if (values[i]! > most) most = values[i]!;
  }
  return { least, most };
}

type Compare = (a: number, b: number) => number;

/** Of two places, by all that their columns have, then by the places. */
function comparison(columns: readonly IndexColumn[], words: readonly Uint32Array[]): Compare {
  const long = columns.find(column => column.long)?.long;
  return (a, b) => {
    for (let w = 0; w < words.length; w++) {
      const values = words[w]!;
      if (values[a] !== values[b]) return values[a]! - values[b]!;
    }
    return (long && compareLong(long.get(a), long.get(b))) || a - b;
  };
}

function insertInOrder(places: Uint32Array, compare: Compare): void {
  for (let i = 1; i < places.length; i++) {
    const place = places[i]!;
    let at = i;
    for (; at > 0 && compare(places[at - 1]!, place) > 0; at--) places[at] = places[at - 1]!;
    places[at] = place;
  }
}

/** Sorts what is alike in the words that places are in the order of by the others. */
function sortRuns(places: Uint32Array, words: readonly Uint32Array[], compare: Compare): void {
  function isAlike(a: number, b: number): boolean {
    for (let w = 0; w < words.length; w++) if (words[w]![a] !== words[w]![b]) return false;
    return true;
  }
  for (let start = 0, end = 0; start < places.length; start = end) {
    end = start + 1;
    while (end < places.length && isAlike(places[start]!, places[end]!)) end++;
    if (end - start === 1) continue;
    const alike = places.subarray(start, end);
    if (alike.length > FEW) alike.sort(compare);
    else insertInOrder(alike, compare);
  }
}

/** Texts with the same first bytes: one that is not long is these alone. */
function compareLong(a: Uint8Array | undefined, b: Uint8Array | undefined): number {
  return a && b ? Buffer.compare(a, b) : (a ? 1 : 0) - (b ? 1 : 0);
}
