/** Lays out the indexes that order events by numbers: sorted as such, not as the texts and rows that they stand for. */

import { isoSecond } from '../../cloudtrail/time.js';
import type { Dimension } from '../../dimensions.js';
import type { Segment } from '../columns/segments.js';
import { createIndexPages } from '../pages/index-pages.js';
import type { PageFile } from '../pages/table-pages.js';
import { TIME_LENGTH } from '../times.js';

/** By name in `EVENT_INDEXES`: what an entry holds in front of the event's id. */
const PARTS: Readonly<Record<string, { pointer?: Dimension; hasTime: boolean; isPartial?: true }>> = {
  event_time: { hasTime: true },
  event_kind: { pointer: 'kind', hasTime: true },
  event_bucket: { pointer: 'bucket', hasTime: true, isPartial: true },
  event_identity: { pointer: 'identity', hasTime: false },
  event_address: { pointer: 'address', hasTime: false },
};

/**
 * @param file where the pages go
 * @param segments all events, whose ids are 1 to `count`
 * @param areOrdinary true where every event has a time in CloudTrail's own form: of another one a number does not say
 *   what the index has
 * @returns the content of each index's root, by name
 */
export function layOutEventIndexes(
  file: PageFile,
  segments: () => Iterable<Segment>,
  count: number,
  areOrdinary: boolean,
): Map<string, Buffer> {
  const column = (values: (segment: Segment) => Uint32Array): Uint32Array => {
    const all = new Uint32Array(count);
    for (const segment of segments()) all.set(values(segment), segment.first - 1);
    return all;
  };
  const times = areOrdinary ? column(segment => segment.times()) : undefined;
  const byTime = times && sorted(times);
  const roots = new Map<string, Buffer>();
  for (const [name, { pointer, hasTime, isPartial }] of Object.entries(PARTS)) {
    if (hasTime && !times) continue;
    const pointers = pointer && column(segment => segment.pointers(pointer));
    const before = hasTime ? byTime : undefined;
    const order = pointers ? sorted(pointers, before) : before!;
    roots.set(name, layOut(file, order, pointers, hasTime ? times : undefined, isPartial === true));
  }
  return roots;
}

/** A function of its own, with plain loops: every event passes here once for each index. */
function layOut(
  file: PageFile,
  order: Uint32Array,
  pointers: Uint32Array | undefined,
  times: Uint32Array | undefined,
  isPartial: boolean,
): Buffer {
  const index = createIndexPages(file);
  const { leaf } = index;
  const head = 2 + (pointers ? 1 : 0) + (times ? 1 : 0);
  const putTime = timeWriter(leaf);
  for (let i = 0; i < order.length; i++) {
    const place = order[i]!;
    const pointer = pointers ? pointers[place]! : 0;
    if (isPartial && pointer === 0) continue;
    const pointerSize = sizeOf(pointer);
    const idSize = sizeOf(place + 1);
    // A record: the type of each value, then the values ("Database File Format", 2.1).
    let type = index.add(head + pointerSize + (times ? TIME_LENGTH : 0) + idSize);
    let at = type + head;
    leaf.setUint8(type++, head);
    if (pointers) {
      leaf.setUint8(type++, pointer === 0 ? 0 : typeOf(pointer));
      putId(leaf, at, pointer, pointerSize);
      at += pointerSize;
    }
    if (times) {
      leaf.setUint8(type++, TEXT_TYPE);
      putTime(at, times[place]!);
      at += TIME_LENGTH;
    }
    leaf.setUint8(type, typeOf(place + 1));
    putId(leaf, at, place + 1, idSize);
  }
  return index.finish();
}

const TEXT_TYPE = TIME_LENGTH * 2 + 13;

/** Bytes of a row's id; none for 0, which stands for NULL, and for 1. */
function sizeOf(id: number): number {
  return id < 2 ? 0 : id < 0x80 ? 1 : id < 0x8000 ? 2 : id < 0x800000 ? 3 : id < 0x80000000 ? 4 : 6;
}

function typeOf(id: number): number {
  return id === 1 ? 9 : id < 0x80000000 ? sizeOf(id) : 5;
}

function putId(to: DataView, at: number, id: number, size: number): void {
  if (size === 1) to.setUint8(at, id);
  else if (size === 2) to.setUint16(at, id);
  else if (size === 3) {
    to.setUint16(at, id >>> 8);
    to.setUint8(at + 2, id & 0xff);
  } else if (size === 4) to.setUint32(at, id);
  else if (size === 6) {
    to.setUint16(at, 0);
    to.setUint32(at + 2, id);
  }
}

const SECONDS_OF_DAY = 24 * 3600;

/** Writes times as `YYYY-MM-DDTHH:MM:SSZ`, a few characters at a time. */
function timeWriter(to: DataView): (at: number, seconds: number) => void {
  const text = Buffer.alloc(TIME_LENGTH);
  const two = (value: number): number => (0x30 + Math.floor(value / 10)) * 256 + 0x30 + (value % 10);
  let day = -1;
  let [year, month, dayOfMonth] = [0, 0, 0];
  return (at, seconds) => {
    // Neighbours are mostly of one day.
    if (Math.floor(seconds / SECONDS_OF_DAY) !== day) {
      day = Math.floor(seconds / SECONDS_OF_DAY);
      text.write(isoSecond(seconds), 'latin1');
      [year, month, dayOfMonth] = [text.readUInt32BE(0), text.readUInt32BE(4), text.readUInt16BE(8)];
    }
    const second = seconds - day * SECONDS_OF_DAY;
    const hours = two(Math.floor(second / 3600));
    to.setUint32(at, year);
    to.setUint32(at + 4, month);
    to.setUint16(at + 8, dayOfMonth);
    to.setUint16(at + 10, T * 256 + (hours >>> 8));
    to.setUint16(at + 12, (hours & 0xff) * 256 + COLON);
    to.setUint16(at + 14, two(Math.floor(second / 60) % 60));
    to.setUint8(at + 16, COLON);
    to.setUint16(at + 17, two(second % 60));
    to.setUint8(at + 19, Z);
  };
}

const [T, COLON, Z] = Buffer.from('T:Z') as unknown as [number, number, number];

/** Bits of a number that are sorted by at a time. */
const DIGIT = 13;

/**
 * Places in the order of their values; equal ones stay as they were.
 * @param before the places in the order they have; default: 0, 1, 2, …
 */
function sorted(values: Uint32Array, before?: Uint32Array): Uint32Array {
  const count = values.length;
  let from = before ?? Uint32Array.from({ length: count }, (_, i) => i);
  let [least, most] = [0xffffffff, 0];
  for (let i = 0; i < count; i++) {
    if (values[i]! < least) least = values[i]!;
    if (values[i]! > most) most = values[i]!;
  }
  const spare = [new Uint32Array(count), ...(before ? [new Uint32Array(count)] : [from])];
  for (let shift = 0; shift < 32 && (most - least) >>> shift > 0; shift += DIGIT) {
    const starts = new Uint32Array((1 << DIGIT) + 1);
    const digit = (value: number): number => ((value - least) >>> shift) & ((1 << DIGIT) - 1);
    for (let i = 0; i < count; i++) starts[digit(values[i]!) + 1]!++;
    for (let i = 1; i < starts.length; i++) starts[i]! += starts[i - 1]!;
    const to = spare[0] === from ? spare[1]! : spare[0]!;
    for (let i = 0; i < count; i++) to[starts[digit(values[from[i]!]!)]!++] = from[i]!;
    from = to;
  }
  return from;
}
