/**
 * The loop that sees every byte of every record when signatures are made, in AssemblyScript: in WebAssembly it takes half
 * of what it takes in JavaScript. `src/store/text/grams.ts` says what its functions mean, `scripts/make-wasm.ts` builds it.
 *
 * Memory: a table of what each byte stands for, a byte for each bit of the signature, the signature, the bytes to look at.
 */

const LOWER: usize = 0;
const FLAGS: usize = 1024;
const BITS: i32 = 1 << 13;
const SHIFT: i32 = 32 - 13;
const PACKED: usize = FLAGS + BITS;

const MULTIPLIER: u32 = 0x9e3779b1;
const FOUR_MULTIPLIER: u32 = 0x85ebca6b;
const MORE_VIEWS: u32 = 1 << 8;
const HEX: u32 = 1 << 9;

/** The last four bytes, and how many hexadecimal digits they end with. */
let four: u32 = 0;
let digits: u32 = 0;
/** Bits that are set. */
let count: i32 = 0;

export function begin(): void {
  four = 0x01010101;
  digits = 0;
}

/** Sets the bits of the sequences that end in these bytes; 1 where one of them gives the text further views. */
export function add(start: usize, end: usize): u32 {
  let last = four;
  let run = digits;
  let seen: u32 = 0;
  let fresh: i32 = 0;
  for (let at = start; at < end; at++) {
    const c: u32 = load<u16>(LOWER + ((<usize>load<u8>(at)) << 1));
    seen |= c;
    last = (last << 8) | (c & 0xff);
    const three: usize = FLAGS + <usize>(((last & 0xffffff) * MULTIPLIER) >>> SHIFT);
    fresh += 1 - <i32>load<u8>(three);
    store<u8>(three, 1);
    run = (c & HEX) !== 0 ? run + 1 : 0;
    if (run >= 4) {
      const bit: usize = FLAGS + <usize>((last * FOUR_MULTIPLIER) >>> SHIFT);
      fresh += 1 - <i32>load<u8>(bit);
      store<u8>(bit, 1);
    }
  }
  four = last;
  digits = run;
  count += fresh;
  return (seen & MORE_VIEWS) !== 0 ? 1 : 0;
}

export function set(bit: usize): void {
  count += 1 - <i32>load<u8>(FLAGS + bit);
  store<u8>(FLAGS + bit, 1);
}

export function bits(): i32 {
  return count;
}

/** Writes the bits to `PACKED`, eight in a byte, and clears them. */
export function take(): void {
  for (let i = 0; i < BITS / 8; i++) {
    // Each factor moves one of eight bytes of 0 or 1 to a bit of its own in the highest byte.
    const packed = (load<u64>(FLAGS + i * 8) * 0x0102040810204080) >>> 56;
    store<u8>(PACKED + i, <u8>packed);
  }
  memory.fill(FLAGS, 0, BITS);
  count = 0;
}
