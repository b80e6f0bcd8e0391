/**
 * The loops that see every value of every column of a row group, in AssemblyScript: `src/export/parquet/` says what they
 * mean and does the same in JavaScript. All places are in one memory, with that of the rows (`rows.ts`).
 */

/** Appends texts, the length of each before it in four bytes; up to sixteen bytes too many behind them. */
export function appendTexts(starts: usize, ends: usize, count: i32, at: usize): usize {
  for (let i: usize = 0; i < <usize>count; i++) {
    let from = <usize>load<u32>(starts + (i << 2));
    const to = <usize>load<u32>(ends + (i << 2));
    store<u32>(at, <u32>(to - from));
    at += 4;
    const end = at + to - from;
    if (to - from > 256) memory.copy(at, from, to - from);
    else for (; at < end; at += 16, from += 16) v128.store(at, v128.load(from));
    at = end;
  }
  return at;
}

function hash(from: usize, to: usize): u32 {
  let h: u32 = seed ^ <u32>(to - from);
  let other: u32 = seed;
  let i = from;
  for (; i + 8 <= to; i += 8) {
    h = (h ^ load<u32>(i)) * 0x5bd1e995;
    other = (other ^ load<u32>(i, 4)) * 0x1b873593;
    h ^= h >>> 15;
    other ^= other >>> 13;
  }
  h = (h ^ other) * 0x5bd1e995;
  for (; i < to; i++) h = (h ^ <u32>load<u8>(i)) * 0x5bd1e995;
  h = (h ^ (h >>> 13)) * 0x85ebca6b;
  return h ^ (h >>> 16);
}

function isSame(a: usize, b: usize, length: usize): bool {
  let i: usize = 0;
  for (; i + 8 <= length; i += 8) if (load<u64>(a + i) !== load<u64>(b + i)) return false;
  for (; i < length; i++) if (load<u8>(a + i) !== load<u8>(b + i)) return false;
  return true;
}

/** Where equal texts are numbered: a table of slots, the hash of each number, and the place of the first such text. */
let slots: usize = 0;
let hashes: usize = 0;
let firsts: usize = 0;
let seed: u32 = 0;
export function setNumbers(ofSlots: usize, ofHashes: usize, ofFirsts: usize, ofSeed: u32): void {
  slots = ofSlots;
  hashes = ofHashes;
  firsts = ofFirsts;
  seed = ofSeed;
}

/**
 * Numbers equal texts, or each `step`th of them, in the order in which they come.
 * @param mask the number of slots, less one
 * @returns how many different ones there are
 */
export function numberTexts(starts: usize, ends: usize, count: i32, step: i32, ids: usize, mask: u32): i32 {
  memory.fill(slots, 0, (<usize>mask + 1) << 2);
  let known: u32 = 0;
  for (let i = 0; i < count; i += step, ids += 4) {
    const start = <usize>load<u32>(starts + ((<usize>i) << 2));
    const end = <usize>load<u32>(ends + ((<usize>i) << 2));
    const h = hash(start, end);
    let slot = h & mask;
    let id = load<u32>(slots + ((<usize>slot) << 2));
    for (; id !== 0; slot = (slot + 1) & mask, id = load<u32>(slots + ((<usize>slot) << 2))) {
      if (load<u32>(hashes + ((<usize>(id - 1)) << 2)) !== h) continue;
      const first = (<usize>load<u32>(firsts + ((<usize>(id - 1)) << 2))) << 2;
      const from = <usize>load<u32>(starts + first);
      if (<usize>load<u32>(ends + first) - from === end - start && isSame(from, start, end - start)) break;
    }
    if (id === 0) {
      store<u32>(hashes + ((<usize>known) << 2), h);
      store<u32>(firsts + ((<usize>known) << 2), i);
      id = ++known;
      store<u32>(slots + ((<usize>slot) << 2), id);
    }
    store<u32>(ids, id - 1);
  }
  return <i32>known;
}

function varint(at: usize, value: u32): usize {
  for (; value > 0x7f; value >>>= 7) store<u8>(at++, (value & 0x7f) | 0x80);
  store<u8>(at++, value);
  return at;
}

function valueAt(values: usize, shift: usize, i: i32): u32 {
  return shift === 0 ? <u32>load<u8>(values + <usize>i) : load<u32>(values + ((<usize>i) << 2));
}

function appendPacked(at: usize, values: usize, shift: usize, from: i32, to: i32, width: u32): usize {
  at = varint(at, ((<u32>((to - from + 7) >> 3)) << 1) | 1);
  const end = at + <usize>(((to - from + 7) >> 3) * <i32>width);
  let held: u64 = 0;
  let bits: u64 = 0;
  for (let i = from; i < to; i++) {
    held |= (<u64>valueAt(values, shift, i)) << bits;
    bits += <u64>width;
    for (; bits >= 8; bits -= 8, held >>= 8) store<u8>(at++, <u8>held);
  }
  for (; at < end; held = 0) store<u8>(at++, <u8>held);
  return end;
}

/** Appends `values[from, to)` in the hybrid of runs and packed groups. */
export function appendHybrid(at: usize, values: usize, shift: usize, from: i32, to: i32, width: u32): usize {
  let packed = from;
  for (let i = from; i < to; ) {
    const value = valueAt(values, shift, i);
    let end = i + 1;
    while (end < to && valueAt(values, shift, end) === value) end++;
    const begin = i + ((8 - ((i - packed) & 7)) & 7);
    if (end - begin >= 8) {
      if (begin > packed) at = appendPacked(at, values, shift, packed, begin, width);
      at = varint(at, (<u32>(end - begin)) << 1);
      for (let bits: u32 = 0; bits < width; bits += 8) store<u8>(at++, <u8>(value >>> bits));
      packed = end;
    }
    i = end;
  }
  return to > packed ? appendPacked(at, values, shift, packed, to, width) : at;
}

/** Leaves out what is absent: `definitions` say 1 where a text is there. Returns how many are. */
export function present(
  from: usize,
  to: usize,
  rows: i32,
  definitions: usize,
  starts: usize,
  ends: usize,
): i32 {
  let count: usize = 0;
  for (let row: usize = 0; row < <usize>rows; row++) {
    const end = load<i32>(to + (row << 2));
    const isThere: i32 = end < 0 ? 0 : 1;
    store<u8>(definitions + row, isThere);
    store<i32>(starts + (count << 2), load<i32>(from + (row << 2)));
    store<i32>(ends + (count << 2), end);
    count += <usize>isThere;
  }
  return <i32>count;
}

/** Gives each row the definition and, where there is one, the number of its value. Returns how many numbers there are. */
export function spread(
  at: usize,
  rows: i32,
  definition: usize,
  id: usize,
  definitions: usize,
  ids: usize,
): i32 {
  let count: usize = 0;
  for (let row: usize = 0; row < <usize>rows; row++) {
    const value = <usize>load<u32>(at + (row << 2));
    store<u8>(definitions + row, load<u8>(definition + value));
    const number = load<i32>(id + (value << 2));
    store<i32>(ids + (count << 2), number);
    count += number < 0 ? 0 : 1;
  }
  return <i32>count;
}

function isBefore(aStart: usize, aEnd: usize, bStart: usize, bEnd: usize): bool {
  let a = aStart;
  let b = bStart;
  while (a + 8 <= aEnd && b + 8 <= bEnd && load<u64>(a) === load<u64>(b)) {
    a += 8;
    b += 8;
  }
  for (; a < aEnd && b < bEnd; a++, b++) {
    const x = load<u8>(a);
    const y = load<u8>(b);
    if (x !== y) return x < y;
  }
  return b < bEnd;
}

/** The place of the least and, in the upper half, of the greatest of texts in the order of bytes. */
export function rangeOf(starts: usize, ends: usize, count: i32): u64 {
  let least: usize = 0;
  let most: usize = 0;
  let leastStart = <usize>load<u32>(starts);
  let leastEnd = <usize>load<u32>(ends);
  let mostStart = leastStart;
  let mostEnd = leastEnd;
  for (let i: usize = 1; i < <usize>count; i++) {
    const start = <usize>load<u32>(starts + (i << 2));
    const end = <usize>load<u32>(ends + (i << 2));
    if (isBefore(start, end, leastStart, leastEnd)) {
      least = i;
      leastStart = start;
      leastEnd = end;
    }
    if (isBefore(mostStart, mostEnd, start, end)) {
      most = i;
      mostStart = start;
      mostEnd = end;
    }
  }
  return <u64>least | ((<u64>most) << 32);
}

const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;

/** The quote that ends a text; 0 where there is none before `end`, and where it is written with escapes. */
function textEnd(at: usize, end: usize): usize {
  const quotes = i8x16.splat(QUOTE);
  const slashes = i8x16.splat(BACKSLASH);
  for (; at < end; at += 16) {
    const bytes = v128.load(at);
    const marks = i8x16.bitmask(v128.or(i8x16.eq(bytes, quotes), i8x16.eq(bytes, slashes)));
    if (marks === 0) continue;
    at += <usize>ctz(marks);
    return at < end && load<u8>(at) === QUOTE ? at : 0;
  }
  return 0;
}

/**
 * A list of structs of texts: four bytes each say where its names are, how many fields there are, how many entries each leaf
 * has and for how many there is room, and the level at which elements repeat; then of each leaf where its definitions,
 * repetitions, starts and ends are, and how many values it has.
 */
let list: usize = 0;
const NAMES: usize = 0;
const FIELDS: usize = 4;
const ENTRIES: usize = 8;
const ROOM: usize = 12;
const REPETITION: usize = 16;
const LEAVES: usize = 20;
const LEAF_BYTES: usize = 20;

/** The field of a name; -1 for none. Names stand one after another, the length of each before it. */
function fieldOf(at: usize, length: usize, names: usize, fields: i32): i32 {
  for (let field = 0; field < fields; field++) {
    const known = <usize>load<u32>(names);
    names += 4;
    if (known === length) {
      let i: usize = 0;
      for (; i < length; i++) {
        const c = load<u8>(at + i);
        if ((c - 0x41 < 26 ? c | 0x20 : c) !== load<u8>(names + i)) break;
      }
      if (i === length) return field;
    }
    names += known;
  }
  return -1;
}

/** Adds an entry to each leaf, without a value; false where there is no room. */
function addEntry(definition: u8, repetition: u8): bool {
  const at = <usize>load<u32>(list + ENTRIES);
  if (at === <usize>load<u32>(list + ROOM)) return false;
  const end = list + LEAVES + <usize>load<u32>(list + FIELDS) * LEAF_BYTES;
  for (let leaf = list + LEAVES; leaf < end; leaf += LEAF_BYTES) {
    store<u8>(<usize>load<u32>(leaf) + at, definition);
    store<u8>(<usize>load<u32>(leaf, 4) + at, repetition);
  }
  store<u32>(list + ENTRIES, <u32>at + 1);
  return true;
}

/** Takes entries back that were added, until there are as many as before. */
function takeBack(before: u32): void {
  const fields = load<u32>(list + FIELDS);
  let entries = <usize>load<u32>(list + ENTRIES);
  for (; entries > <usize>before; entries--)
    for (let field: usize = 0; field < <usize>fields; field++) {
      const leaf = list + LEAVES + field * LEAF_BYTES;
      if (load<u8>(<usize>load<u32>(leaf) + entries - 1) === THERE)
        store<u32>(leaf, load<u32>(leaf, 16) - 1, 16);
    }
  store<u32>(list + ENTRIES, before);
}

/** A list, its element and a struct are three levels, a value that is there the fourth. */
const ABSENT: u8 = 3;
const THERE: u8 = 4;

/** Gives the last entry of a leaf a value. */
function setValue(field: i32, start: usize, end: usize): void {
  const leaf = list + LEAVES + <usize>field * LEAF_BYTES;
  const definition = <usize>load<u32>(leaf) + <usize>load<u32>(list + ENTRIES) - 1;
  let values = load<u32>(leaf, 16);
  // Of two fields with one name the last counts.
  if (load<u8>(definition) === THERE) values--;
  store<u8>(definition, THERE);
  store<u32>(<usize>load<u32>(leaf, 8) + ((<usize>values) << 2), <u32>start);
  store<u32>(<usize>load<u32>(leaf, 12) + ((<usize>values) << 2), <u32>end);
  store<u32>(leaf, values + 1, 16);
}

/**
 * Fills the leaves of a list of structs of texts from minified JSON, a row each, up to the first row that is of another
 * kind or has escapes, and as long as there is room.
 * @returns that row, or `rows`
 */
export function fillFlat(starts: usize, ends: usize, row: i32, rows: i32, ofList: usize): i32 {
  list = ofList;
  for (; row < rows; row++) {
    const before = load<u32>(list + ENTRIES);
    const end = load<i32>(ends + ((<usize>row) << 2));
    const isDone = end < 0 ? addEntry(0, 0) : fillRow(load<u32>(starts + ((<usize>row) << 2)), <usize>end);
    if (isDone) continue;
    takeBack(before);
    return row;
  }
  return row;
}

function fillRow(start: usize, end: usize): bool {
  // `[{`
  if (end - start < 2 || load<u16>(start) !== 0x7b5b) return false;
  let at = start + 1;
  const names = <usize>load<u32>(list + NAMES);
  const fields = load<i32>(list + FIELDS);
  let level: u8 = 0;
  while (true) {
    if (!addEntry(ABSENT, level)) return false;
    // Behind `{` or a comma: a name in quotes, a colon, a text in quotes.
    do {
      if (at + 1 >= end || load<u8>(at + 1) !== QUOTE) return false;
      const nameEnd = textEnd(at + 2, end);
      // `:"`
      if (nameEnd === 0 || nameEnd + 3 >= end || load<u16>(nameEnd + 1) !== 0x223a) return false;
      const valueEnd = textEnd(nameEnd + 3, end);
      if (valueEnd === 0) return false;
      const field = fieldOf(at + 2, nameEnd - at - 2, names, fields);
      if (field >= 0) setValue(field, nameEnd + 3, valueEnd);
      at = valueEnd + 1;
      if (at >= end) return false;
    } while (load<u8>(at) === 0x2c);
    if (load<u8>(at) !== 0x7d || at + 1 >= end) return false;
    at++;
    if (load<u8>(at) === 0x5d) return at === end - 1;
    // `,{`
    if (at + 1 >= end || load<u16>(at) !== 0x7b2c) return false;
    at++;
    level = <u8>load<u32>(list + REPETITION);
  }
}
