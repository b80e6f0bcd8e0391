/**
 * A dictionary in AssemblyScript: numbers distinct stretches of bytes. `src/read/shown-dictionary.ts` says what it means,
 * makes its room and widens it.
 *
 * Its head, in numbers of four bytes: where the slots are (number + 1, by hash), one less than how many, where the hashes
 * of the entries are, where their beginnings are (one more than there are entries), where the bytes are, how many there is
 * room for, the entries, how many there is room for, and a seed of eight bytes.
 */

import { xxh64 } from './xxh64';

function isSame(a: usize, b: usize, length: usize): bool {
  let i: usize = 0;
  for (; i + 16 <= length; i += 16)
    if (!i8x16.all_true(i8x16.eq(v128.load(a + i), v128.load(b + i)))) return false;
  for (; i + 4 <= length; i += 4) if (load<u32>(a + i) !== load<u32>(b + i)) return false;
  for (; i < length; i++) if (load<u8>(a + i) !== load<u8>(b + i)) return false;
  return true;
}

/** The number of the bytes `[from, to)`; -1 where they are new and there is no room for them. */
export function idOf(head: usize, from: usize, to: usize): i32 {
  const slots = <usize>load<u32>(head);
  const mask = load<u32>(head, 4);
  const hashes = <usize>load<u32>(head, 8);
  const starts = <usize>load<u32>(head, 12);
  const bytes = <usize>load<u32>(head, 16);
  const length = to - from;
  const hash = <u32>xxh64(from, length, load<u64>(head, 32));
  let at = hash & mask;
  while (true) {
    const entry = load<u32>(slots + ((<usize>at) << 2));
    if (entry === 0) break;
    const id = (<usize>entry - 1) << 2;
    if (load<u32>(hashes + id) === hash) {
      const start = <usize>load<u32>(starts + id);
      if (<usize>load<u32>(starts + id, 4) - start === length && isSame(bytes + start, from, length))
        return entry - 1;
    }
    at = (at + 1) & mask;
  }
  const count = load<u32>(head, 24);
  const place = (<usize>count) << 2;
  const start = <usize>load<u32>(starts + place);
  if (count >= load<u32>(head, 28) || start + length > <usize>load<u32>(head, 20)) return -1;
  memory.copy(bytes + start, from, length);
  store<u32>(slots + ((<usize>at) << 2), count + 1);
  store<u32>(hashes + place, hash);
  store<u32>(starts + place, <u32>(start + length), 4);
  store<u32>(head, count + 1, 24);
  return count;
}
