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

/** Memory that threads share, for a number of each row: it is used again, since what is let go of stays until it is collected. */
export interface Room {
  /** Numbers that are all 0. */
  take(): Uint32Array;
  give(words: Uint32Array): void;
}

/** @param count numbers of each array */
export function createRoom(count: number): Room {
  const spare: Uint32Array[] = [];
  return {
    take: () => spare.pop()?.fill(0) ?? new Uint32Array(new SharedArrayBuffer(count * 4)),
    give: words => void spare.push(words),
  };
}

/** Bits of a word that are sorted by at a time. */
const DIGIT = 11;
/** Rows that are alike in the first words with so many bits are few, and compared. */
const BITS = 20;

/**
 * Puts the places of `order.length` rows in the order of the values of their columns; equal ones stay as they were.
 * @param order where they go
 */
export function putInOrder(columns: readonly IndexColumn[], order: Uint32Array): void {
  const count = order.length;
  const words = columns.flatMap(column => column.words);
  const ranges = words.map(rangeOf);
  let first = 0;
  for (let bits = 0; first < words.length && bits < BITS; first++)
    bits += 32 - Math.clz32(ranges[first]!.most - ranges[first]!.least);
  let from = order;
  let to: Uint32Array = new Uint32Array(count);
  for (let i = 0; i < count; i++) from[i] = i;
  // The values at hand move with their places: to look each up again would miss the processor's cache.
  let keys = new Uint32Array(count);
  let keysTo = new Uint32Array(count);
  for (let w = first - 1; w >= 0; w--) {
    const { least, most } = ranges[w]!;
    for (let i = 0; i < count; i++) keys[i] = words[w]![from[i]!]! - least;
    for (let shift = 0; shift < 32 && (most - least) >>> shift > 0; shift += DIGIT) {
      sortDigit({ keys, places: from }, { keys: keysTo, places: to }, shift);
      [from, to] = [to, from];
      [keys, keysTo] = [keysTo, keys];
    }
  }
  if (from !== order) order.set(from);
  if (first < words.length || columns.some(({ long }) => long)) sortRuns(order, columns, words, first);
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
function sortDigit({ keys, places }: Keyed, to: Keyed, shift: number): void {
  const { keys: keysTo, places: placesTo } = to;
  const mask = (1 << DIGIT) - 1;
  const starts = new Uint32Array(mask + 2);
  for (let i = 0; i < keys.length; i++) starts[((keys[i]! >>> shift) & mask) + 1]!++;
  for (let i = 1; i < starts.length; i++) starts[i]! += starts[i - 1]!;
  for (let i = 0; i < keys.length; i++) {
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

/** Sorts what is alike in the words before `first` by the others. */
function sortRuns(
  order: Uint32Array,
  columns: readonly IndexColumn[],
  words: readonly Uint32Array[],
  first: number,
): void {
  const long = columns.find(column => column.long)?.long;
  function compare(a: number, b: number): number {
    for (let w = first; w < words.length; w++) {
      const values = words[w]!;
      if (values[a] !== values[b]) return values[a]! - values[b]!;
    }
    return (long && compareLong(long.get(a), long.get(b))) || a - b;
  }
  function isAlike(a: number, b: number): boolean {
    for (let w = 0; w < first; w++) if (words[w]![a] !== words[w]![b]) return false;
    return true;
  }
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && isAlike(order[start]!, order[end]!)) end++;
    if (end - start > FEW) order.subarray(start, end).sort(compare);
    else
      for (let i = start + 1; i < end; i++) {
        const place = order[i]!;
        let at = i;
        for (; at > start && compare(order[at - 1]!, place) > 0; at--) order[at] = order[at - 1]!;
        order[at] = place;
      }
    start = end;
  }
}

/** So many are quicker put in order one by one. */
const FEW = 40;

/** Texts with the same first bytes: one that is not long is these alone. */
function compareLong(a: Uint8Array | undefined, b: Uint8Array | undefined): number {
  return a && b ? Buffer.compare(a, b) : (a ? 1 : 0) - (b ? 1 : 0);
}
