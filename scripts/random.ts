/** Deterministic random values: the same seed gives the same tree on every machine. */

export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number in [0, n). */
  below(n: number): number;
  pick<T>(list: readonly T[]): T;
  /** Like `pick`, with the first entries much more often than the last. */
  skewed<T>(list: readonly T[]): T;
  hex(length: number): string;
  base64(length: number): string;
  upper(length: number): string;
  uuid(): string;
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** xorshift128, seeded by splitmix32. */
export function createRandom(seed: number): Random {
  const state = new Uint32Array(4);
  for (let i = 0; i < 4; i++) {
    seed = (seed + 0x9e3779b9) | 0;
    let z = seed ^ (seed >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    state[i] = z ^ (z >>> 15);
  }
  function word(): number {
    let t = state[3]!;
    const s = state[0]!;
    state[3] = state[2]!;
    state[2] = state[1]!;
    state[1] = s;
    t ^= t << 11;
    t ^= t >>> 8;
    state[0] = t ^ s ^ (s >>> 19);
    return state[0]!;
  }
  const next = (): number => word() / 2 ** 32;
  const below = (n: number): number => Math.floor(next() * n);
  function letters(alphabet: string, bits: number, length: number): string {
    let out = '';
    let pool = 0;
    let left = 0;
    for (let i = 0; i < length; i++) {
      if (left < bits) {
        pool = word();
        left = 32;
      }
      out += alphabet[pool & ((1 << bits) - 1)];
      pool >>>= bits;
      left -= bits;
    }
    return out;
  }
  const hex = (length: number): string => letters('0123456789abcdef', 4, length);
  return {
    next,
    below,
    pick: list => list[below(list.length)]!,
    skewed: list => list[Math.floor(next() ** 3 * list.length)]!,
    hex,
    base64: length => letters(BASE64, 6, length),
    upper: length => letters(UPPER, 5, length),
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
  };
}
