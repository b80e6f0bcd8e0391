/** Numbers for what several numbers are together. */

/** Numbers for combinations of as many numbers as there are parts. */
export interface Combinations {
  /**
   * The number of the combination at each place.
   * @param parts arrays of one length, of which the first is overwritten
   */
  codes(parts: readonly Uint32Array[]): Uint32Array;
  /** What a combination is made of. */
  partsOf(code: number): number[];
}

/** @param parts at least one, whose numbers are then those of the combinations */
export function createCombinations(parts: number): Combinations {
  const pairs = Array.from({ length: parts - 1 }, createPairs);
  return {
    codes([first, ...others]) {
      const codes = first!;
      for (const [i, more] of others.entries()) combine(codes, more, pairs[i]!.pairOf);
      return codes;
    },
    partsOf(code) {
      const found: number[] = [];
      let left = code;
      for (const pair of pairs.toReversed()) {
        const [a, b] = pair.take(left);
        found.unshift(b);
        left = a;
      }
      return [left, ...found];
    },
  };
}

function combine(codes: Uint32Array, more: Uint32Array, pairOf: (a: number, b: number) => number): void {
  let [lastA, lastB, lastPair] = [-1, -1, -1];
  for (let i = 0; i < codes.length; i++) {
    const [a, b] = [codes[i]!, more[i]!];
    if (a !== lastA || b !== lastB) [lastA, lastB, lastPair] = [a, b, pairOf(a, b)];
    codes[i] = lastPair;
  }
}

/** Numbers for the pairs of two numbers, in a hash table of numbers: with a Map, counting by three columns takes twice as long. */
interface Pairs {
  pairOf(a: number, b: number): number;
  take(pair: number): readonly [number, number];
}

function createPairs(): Pairs {
  let slots = new Int32Array(1 << 12);
  let halves = new Uint32Array(1 << 12);
  let count = 0;

  /** The slot of a pair, or the empty one where it belongs. */
  function slotOf(a: number, b: number): number {
    const mask = slots.length - 1;
    let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    let at = (hash ^ (hash >>> 13)) & mask;
    for (let pair = slots[at]!; pair !== 0; pair = slots[at]!) {
      if (halves[2 * pair - 2] === a && halves[2 * pair - 1] === b) break;
      at = (at + 1) & mask;
    }
    return at;
  }

  function grow(): void {
    const wider = new Uint32Array(halves.length * 2);
    wider.set(halves);
    halves = wider;
    slots = new Int32Array(slots.length * 2);
    for (let pair = 1; pair <= count; pair++)
      slots[slotOf(halves[2 * pair - 2]!, halves[2 * pair - 1]!)] = pair;
  }

  return {
    pairOf(a, b) {
      const at = slotOf(a, b);
      const known = slots[at]!;
      if (known !== 0) return known - 1;
      slots[at] = ++count;
      halves[2 * count - 2] = a;
      halves[2 * count - 1] = b;
      const pair = count - 1;
      if (count >= slots.length / 2) grow();
      return pair;
    },
    take: pair => [halves[2 * pair]!, halves[2 * pair + 1]!],
  };
}
