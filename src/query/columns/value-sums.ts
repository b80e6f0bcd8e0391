/**
 * Sums of events by values of which most may be different ones, as bytes.
 *
 * What is counted is gathered by the highest bits of the values' hashes, and equal values are found when there is much of it,
 * one part of the hashes after the other: to look each value up at once, in a table of all, is to wait for memory each time.
 * The sums stand before the bytes, where they were gathered.
 */

import { compareBytes } from '../../bytes/dictionary.js';
import { hash32 } from '../../bytes/hash.js';
import type { Totals } from './counts.js';

/** Hashes of a bucket have this many highest bits in common. */
const BITS = 6;
/** Bytes of a bucket: at first, when it grows, and by which factor from then on. What is not touched costs nothing. */
const FIRST_BYTES = 1 << 16;
const MORE_BYTES = 1 << 20;
const GROWTH = 4;

/** A record: hash, length of the value, events and errors in four bytes, first and last time in eight, the value. */
const LENGTH = 1;
const EVENTS = 2;
const ERRORS = 3;
const FIRST = 2;
const LAST = 3;
const HEAD = 32;

interface Bucket {
  bytes: Uint8Array;
  words: Int32Array;
  times: Float64Array;
  /** How many records, and where they end. */
  records: number;
  end: number;
  /** Up to here each value has one record. */
  settled: number;
}

export interface ValueSums {
  /**
   * Counts an event with the value in the bytes `[from, to)`.
   * @param to below 0 for NULL
   * @param failed 1 or 0
   * @param time seconds since 1970; NaN where the event has none
   */
  add(view: DataView, from: number, to: number, failed: number, time: number): void;
  /** What was counted so far, by numbers of the values. */
  totals(): ValueTotals;
}

export interface ValueTotals extends Totals {
  textOf(number: number): string | null;
  /** Which of two values comes first, by code units, NULL like an empty one. */
  compare(a: number, b: number): number;
}

const SEED = (Math.random() * 2 ** 32) | 0;

/**
 * @param most bytes of different values, about
 * @param tooMany the error where there are more
 */
export function createValueSums(most: number, tooMany: () => Error): ValueSums {
  const buckets = Array.from({ length: 1 << BITS }, () => newBucket(0));
  const nulls = newBucket(HEAD);
  put(nulls, 0, 0, Number.NaN, 0);
  nulls.words[EVENTS] = 0;
  /** Where records of a bucket are, by their hashes, in multiples of eight bytes, and one more; 0 for none. */
  let slots = new Int32Array(1 << 10);

  function emptySlots(records: number): Int32Array {
    let size = slots.length;
    while (size < 2 * records) size *= 2;
    if (size > slots.length) slots = new Int32Array(size);
    else slots.fill(0);
    return slots;
  }

  const settle = (bucket: Bucket): void => {
    if (bucket.settled < bucket.end) merge(bucket, emptySlots(bucket.records));
  };

  const settleAll = (): void => {
    for (const bucket of buckets) settle(bucket);
  };
  const valueBytes = (): number => buckets.reduce((sum, { end, records }) => sum + end - records * HEAD, 0);

  function makeRoom(bucket: Bucket, length: number): void {
    settle(bucket);
    if (valueBytes() + length > most) {
      // Those that occur again count once.
      settleAll();
      if (valueBytes() + length > most) throw tooMany();
    }
    // At least half is to be free, or it would soon be settled again.
    const needed = 2 * (bucket.end + length);
    if (needed <= bucket.bytes.length) return;
    let size = bucket.bytes.length === 0 ? FIRST_BYTES : Math.max(MORE_BYTES, bucket.bytes.length * GROWTH);
    while (size < needed) size *= GROWTH;
    const { bytes, words, times } = newBucket(size);
    bytes.set(bucket.bytes.subarray(0, bucket.end));
    Object.assign(bucket, { bytes, words, times });
  }

  return {
    add(view, from, to, failed, time) {
      if (to < 0) {
        count(nulls, 0, 1, failed, time, time);
        return;
      }
      const hash = hash32(view, from, to, SEED);
      const bucket = buckets[hash >>> (32 - BITS)]!;
      const length = recordLength(to - from);
      if (bucket.end + length > bucket.bytes.length) makeRoom(bucket, length);
      copy(view, from, to, bucket, put(bucket, hash, failed, time, to - from));
    },
    totals() {
      settleAll();
      return totalsOf(nulls, buckets);
    },
  };
}

function newBucket(size: number): Bucket {
  const bytes = new Uint8Array(size);
  const { buffer } = bytes;
  const [words, times] = [new Int32Array(buffer), new Float64Array(buffer)];
  return { bytes, words, times, records: 0, end: 0, settled: 0 };
}

/** Bytes of a record: the next one begins at a multiple of eight. */
const recordLength = (length: number): number => (HEAD + length + 7) & ~7;
const recordLengthAt = ({ words }: Bucket, at: number): number => recordLength(words[(at >> 2) + LENGTH]!);

/** Writes a record of one event, for which there is room, without its value; returns where that belongs. */
function put(bucket: Bucket, hash: number, failed: number, time: number, length: number): number {
  const { words, times, end } = bucket;
  const word = end >> 2;
  const next = end + recordLength(length);
  words[word] = hash;
  words[word + LENGTH] = length;
  words[word + EVENTS] = 1;
  words[word + ERRORS] = failed;
  times[(end >> 3) + FIRST] = Number.isNaN(time) ? Number.POSITIVE_INFINITY : time;
  times[(end >> 3) + LAST] = Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time;
  // What is between the value and the next record was another value's, and would be compared.
  if (length > 0) times[(next >> 3) - 1] = 0;
  bucket.end = next;
  bucket.records++;
  return end + HEAD;
}

function copy(view: DataView, from: number, to: number, { bytes, words }: Bucket, start: number): void {
  let i = from;
  let at = start;
  for (; i + 4 <= to; i += 4, at += 4) words[at >> 2] = view.getInt32(i, true);
  for (; i < to; i++, at++) bytes[at] = view.getUint8(i);
}

/** Adds to the sums of a record. */
function count(
  { words, times }: Bucket,
  at: number,
  events: number,
  errors: number,
  first: number,
  last: number,
): void {
  const word = at >> 2;
  const time = at >> 3;
  words[word + EVENTS]! += events;
  words[word + ERRORS]! += errors;
  if (first < times[time + FIRST]!) times[time + FIRST] = first;
  if (last > times[time + LAST]!) times[time + LAST] = last;
}

/** Makes the records of each value one, and closes the gaps. @param slots all 0, at least twice as many as records */
function merge(bucket: Bucket, slots: Int32Array): void {
  const { bytes, words, times, end } = bucket;
  const mask = slots.length - 1;
  let kept = 0;
  bucket.records = 0;
  for (let at = 0, length = 0; at < end; at += length) {
    length = recordLengthAt(bucket, at);
    const word = at >> 2;
    const time = at >> 3;
    let slot = words[word]! & mask;
    while (slots[slot] !== 0 && !isSame(words, word, (slots[slot]! - 1) * 2)) slot = (slot + 1) & mask;
    if (slots[slot] !== 0) {
      const known = (slots[slot]! - 1) * 8;
      count(
        bucket,
        known,
        words[word + EVENTS]!,
        words[word + ERRORS]!,
        times[time + FIRST]!,
        times[time + LAST]!,
      );
      continue;
    }
    slots[slot] = kept / 8 + 1;
    if (kept < at) bytes.copyWithin(kept, at, at + length);
    kept += length;
    bucket.records++;
  }
  bucket.end = kept;
  bucket.settled = kept;
}

/** Whether the records at two places have the same value. */
function isSame(words: Int32Array, a: number, b: number): boolean {
  if (words[a] !== words[b] || words[a + LENGTH] !== words[b + LENGTH]) return false;
  const end = (HEAD + words[a + LENGTH]! + 3) >> 2;
  for (let i = HEAD >> 2; i < end; i++) if (words[a + i] !== words[b + i]) return false;
  return true;
}

/** @param others in which each value has one record; at most 255 */
function totalsOf(nulls: Bucket, others: readonly Bucket[]): ValueTotals {
  const buckets = [nulls, ...others];
  const size = buckets.reduce((sum, { records }) => sum + records, 0);
  const events = new Uint32Array(size);
  /** In which bucket each record is, and where. */
  const homes = new Uint8Array(size);
  const ats = new Uint32Array(size);
  let number = 0;
  for (const [home, bucket] of buckets.entries()) {
    for (let at = 0; at < bucket.end; at += recordLengthAt(bucket, at), number++) {
      events[number] = bucket.words[(at >> 2) + EVENTS]!;
      homes[number] = home;
      ats[number] = at;
    }
  }

  const homeOf = (number: number): Bucket => buckets[homes[number]!]!;
  const startOf = (number: number): number => ats[number]! + HEAD;
  const endOf = (number: number): number =>
    startOf(number) + homeOf(number).words[(ats[number]! >> 2) + LENGTH]!;
  return {
    events,
    errorsOf: number => homeOf(number).words[(ats[number]! >> 2) + ERRORS]!,
    firstOf: number => homeOf(number).times[(ats[number]! >> 3) + FIRST]!,
    lastOf: number => homeOf(number).times[(ats[number]! >> 3) + LAST]!,
    textOf(number) {
      const home = homeOf(number);
      if (home === nulls) return null;
      return Buffer.from(home.bytes.buffer).toString('utf8', startOf(number), endOf(number));
    },
    compare: (a, b) =>
      compareBytes(homeOf(a).bytes, startOf(a), endOf(a), homeOf(b).bytes, startOf(b), endOf(b)),
  };
}
