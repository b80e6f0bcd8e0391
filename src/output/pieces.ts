/** Output in pieces that are neither small nor without bounds: what log files hold must not become one string. */

/** So many leave together, */
const TOGETHER = 200;
/** and no more once they are this long. */
const LENGTH = 1 << 17;

/** Items in lists that are bounded by their number and by the length of what is in them. */
export function* batches<T>(items: Iterable<T>, lengthOf: (item: T) => number): Generator<T[]> {
  let batch: T[] = [];
  let length = 0;
  // The first rows leave at once.
  let most = 20;
  for (const item of items) {
    batch.push(item);
    length += lengthOf(item);
    if (batch.length < most && length < LENGTH) continue;
    yield batch;
    batch = [];
    length = 0;
    most = TOGETHER;
  }
  if (batch.length > 0) yield batch;
}

/** Short texts joined, so that a write is not a row. */
export function* inPieces(texts: Iterable<string>): Generator<string> {
  for (const batch of batches(texts, text => text.length)) yield batch.join('');
}

/** Characters of a slice. */
const SLICE = 1 << 20;

/** The text piece by piece; no pair of surrogates is parted. */
export function* slices(text: string, size: number = SLICE): Generator<string> {
  for (let start = 0; start < text.length; ) {
    let end = Math.min(text.length, start + size);
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end++;
    yield text.slice(start, end);
    start = end;
  }
}

const isHighSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;
