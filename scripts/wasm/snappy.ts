/**
 * Snappy's block format, in AssemblyScript: `src/export/parquet/snappy.ts` says what it means, `scripts/make-wasm.ts`
 * builds it.
 *
 * Memory: a table of where four bytes were seen last, then the bytes to compress, then what becomes of them.
 */

const TABLE_BITS: i32 = 14;
const TABLE: usize = 0;
export const INPUT: i32 = 1 << 17;
/** Of a stretch of this length every offset fits into two bytes. */
const BLOCK: usize = 1 << 16;
const MARGIN: usize = 15;

function hash(four: u32): usize {
  return TABLE + ((<usize>((four * 0x1e35a7bd) >>> (32 - TABLE_BITS))) << 1);
}

function literal(out: usize, from: usize, length: usize): usize {
  let at = out;
  const n = <u32>(length - 1);
  if (n < 60) {
    store<u8>(at++, n << 2);
    if (length <= 16) {
      // The room behind is there to be written over.
      store<u64>(at, load<u64>(from));
      store<u64>(at + 8, load<u64>(from + 8));
      return at + length;
    }
  } else if (n < 256) {
    store<u8>(at, 60 << 2);
    store<u8>(at + 1, n);
    at += 2;
  } else {
    store<u8>(at, 61 << 2);
    store<u16>(at + 1, n);
    at += 3;
  }
  memory.copy(at, from, length);
  return at + length;
}

function copy(out: usize, offset: usize, length: usize): usize {
  let at = out;
  let left = length;
  while (left >= 68) {
    store<u8>(at, (63 << 2) | 2);
    store<u16>(at + 1, <u32>offset);
    at += 3;
    left -= 64;
  }
  if (left > 64) {
    store<u8>(at, (59 << 2) | 2);
    store<u16>(at + 1, <u32>offset);
    at += 3;
    left -= 60;
  }
  if (left < 12 && offset < 2048) {
    store<u8>(at, <u32>(1 | ((left - 4) << 2) | ((offset >> 8) << 5)));
    store<u8>(at + 1, <u32>offset);
    return at + 2;
  }
  store<u8>(at, <u32>(((left - 1) << 2) | 2));
  store<u16>(at + 1, <u32>offset);
  return at + 3;
}

/** Where the bytes at `start` cease to be those at `other`. */
function matchEnd(start: usize, other: usize, end: usize): usize {
  let at = start;
  let like = other;
  for (; at + 8 <= end; at += 8, like += 8) {
    const x = load<u64>(at) ^ load<u64>(like);
    if (x !== 0) return at + <usize>(ctz(x) >> 3);
  }
  for (; at < end && load<u8>(at) === load<u8>(like); at++) like++;
  return at;
}

/** Compresses a stretch of at most `BLOCK` bytes; returns where the output ends. */
function block(start: usize, end: usize, output: usize): usize {
  memory.fill(TABLE, 0, 2 << TABLE_BITS);
  let out = output;
  let emit = start;
  let at = start;
  if (end - start > MARGIN) {
    const limit = end - MARGIN;
    at++;
    while (true) {
      let skip: usize = 32;
      let candidate: usize = 0;
      let next = at;
      let isOver = false;
      while (true) {
        at = next;
        next = at + (skip >> 5);
        skip++;
        if (next > limit) {
          isOver = true;
          break;
        }
        const four = load<u32>(at);
        const slot = hash(four);
        candidate = start + <usize>load<u16>(slot);
        store<u16>(slot, <u32>(at - start));
        if (load<u32>(candidate) === four && candidate < at) break;
      }
      if (isOver) break;
      out = literal(out, emit, at - emit);
      while (!isOver) {
        const from = at;
        at = matchEnd(at + 4, candidate + 4, end);
        out = copy(out, from - candidate, at - from);
        emit = at;
        if (at >= limit) {
          isOver = true;
          break;
        }
        store<u16>(hash(load<u32>(at - 1)), <u32>(at - 1 - start));
        const four = load<u32>(at);
        const slot = hash(four);
        candidate = start + <usize>load<u16>(slot);
        store<u16>(slot, <u32>(at - start));
        if (load<u32>(candidate) !== four || candidate >= at) break;
      }
      if (isOver) break;
      at++;
    }
  }
  return emit < end ? literal(out, emit, end - emit) : out;
}

/** Compresses `length` bytes at `INPUT` to `output`; returns how many bytes stand there. */
export function compress(length: i32, output: i32): i32 {
  let out: usize = <usize>output;
  let rest: u32 = <u32>length;
  while (rest > 127) {
    store<u8>(out++, (rest & 127) | 128);
    rest >>>= 7;
  }
  store<u8>(out++, rest);
  const end: usize = <usize>INPUT + <usize>length;
  for (let at: usize = <usize>INPUT; at < end; at += BLOCK) out = block(at, min(at + BLOCK, end), out);
  return <i32>(out - <usize>output);
}
