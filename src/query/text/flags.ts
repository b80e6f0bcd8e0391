/** A 1 or a 0 for each of many events, worked on four at a time. */

/** All 0. */
export const noFlags = (length: number): Uint8Array =>
  new Uint8Array(new ArrayBuffer((length + 3) & ~3), 0, length);

/** A 1 at each of the places. */
export function flagsAt(places: Iterable<number>, length: number): Uint8Array {
  const flags = noFlags(length);
  for (const place of places) flags[place] = 1;
  return flags;
}

/** Those of `noFlags`, four to a number. */
const wordsOf = ({ buffer, length }: Uint8Array): Uint32Array =>
  new Uint32Array(buffer, 0, (length + 3) >> 2);

const ALL = 0x01010101;

/** One by one; both have the same length. */
export function either(a: Uint8Array, b: Uint8Array): Uint8Array {
  const sum = noFlags(a.length);
  const [x, y, to] = [wordsOf(a), wordsOf(b), wordsOf(sum)];
  for (let i = 0; i < to.length; i++) to[i] = x[i]! | y[i]!;
  return sum;
}

export function both(a: Uint8Array, b: Uint8Array): Uint8Array {
  const sum = noFlags(a.length);
  const [x, y, to] = [wordsOf(a), wordsOf(b), wordsOf(sum)];
  for (let i = 0; i < to.length; i++) to[i] = x[i]! & y[i]!;
  return sum;
}

export function not(a: Uint8Array): Uint8Array {
  const others = noFlags(a.length);
  const [from, to] = [wordsOf(a), wordsOf(others)];
  for (let i = 0; i < to.length; i++) to[i] = from[i]! ^ ALL;
  return others;
}

/** The places that have a 1, in order: few of many take little time. */
export function placesOf(flags: Uint8Array): number[] {
  const words = wordsOf(flags);
  const places: number[] = [];
  for (let w = 0; w < words.length; w++) {
    if (words[w] === 0) continue;
    const end = Math.min(w * 4 + 4, flags.length);
    for (let place = w * 4; place < end; place++) if (flags[place] === 1) places.push(place);
  }
  return places;
}
