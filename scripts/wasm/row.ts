/**
 * Makes the row of a batch of a record whose members were found (`src/read/encoder.ts`), in AssemblyScript. A record in
 * which anything is not as in most is left to the other side.
 */

import { idOf } from './dictionary';
import { members } from './members';
import { LIST, MEMBER_BYTES, RESULT } from './memory';
import { append, hash, kind, OF_CHANNEL } from './record';

/** Homes of fields beside those of `record.ts`; 5 are agents. */
const OF_IDENTITY: u8 = 3;
const OF_ADDRESS: u8 = 4;
/** Of the event itself, JSON or a text. */
const OWN_JSON: u8 = 6;
const OWN_TEXT: u8 = 7;

const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;
const BRACE: u8 = 0x7b;
const BRACKET: u8 = 0x5b;
const LOWER_N: u8 = 0x6e;
/** A longer value is in no dictionary here. */
const LONG: usize = 1 << 15;

/** What is written down of a set of dictionaries, numbers of four bytes: see `src/read/shown-record.ts`. */
const HOMES: usize = 0;
const FIELDS: usize = 4;
const ROW: usize = 8;
const ROW_BYTES: usize = 12;
const WRITTEN: usize = 16;
const POSITIONS: usize = 20;
const REQUEST_NAMES: usize = 24;
const EXTRA_NAMES: usize = 28;
const REQUEST: usize = 32;
const EXTRA: usize = 36;
const ACCOUNT: usize = 40;
const EVENT_ID: usize = 44;
const CONTENT_HASH: usize = 48;
const ID_HASH: usize = 52;
const OBJECT_KEY: usize = 56;
const EXTRAS: usize = 60;
/** Of each dimension its dictionary, and its position in the row. */
const KIND: usize = 72;
const IDENTITY: usize = 80;
const ADDRESS: usize = 88;
const AGENT: usize = 96;
const CHANNEL: usize = 104;
const BUCKET: usize = 112;

const DECLINED: i32 = 0;
const DONE: i32 = 1;
/** Done, and its columns alone would not give it back. */
const IRREGULAR: i32 = 2;

/** Where the row stands, and what lies between places in the payload and those in memory. */
let output: usize = 0;
let seen: i32 = 0;

function put(position: i32, value: i32): void {
  store<i32>(output + ((<usize>position) << 2), value);
}

function putText(position: i32, from: usize, to: usize): void {
  put(position, <i32>from - seen);
  put(position + 1, <i32>(to - from));
}

function hasBackslash(from: usize, to: usize): bool {
  const backslashes = i8x16.splat(BACKSLASH);
  for (let i = from; i < to; i += 16) {
    const marks = i8x16.bitmask(i8x16.eq(v128.load(i), backslashes));
    if (marks !== 0 && i + <usize>ctz(marks) < to) return true;
  }
  return false;
}

/** Looks a value up; false where there is no room for it. */
function look(dimension: usize, from: usize, to: usize): bool {
  if (to - from > LONG) return false;
  const id = idOf(<usize>load<i32>(dimension), from, to);
  if (id < 0) return false;
  put(load<i32>(dimension, 4), id);
  return true;
}

/** A plain string: its text is what stands between its quotes. */
function isPlain(from: usize, to: usize): bool {
  return load<u8>(from) === QUOTE && !hasBackslash(from + 1, to - 1);
}

/** Puts a member of a value, which is a column of its own; false where it has an escape. */
function putLeaf(position: i32, from: usize, to: usize): bool {
  const first = load<u8>(from);
  if (first === BRACE || first === BRACKET || first === LOWER_N) return true;
  if (first !== QUOTE) {
    putText(position, from, to);
    return true;
  }
  if (hasBackslash(from + 1, to - 1)) return false;
  putText(position, from + 1, to - 1);
  return true;
}

/** The place in the list of the last member with a slot; 0 where there is none. */
function lastOf(slot: i32): usize {
  let found: usize = 0;
  const end = LIST + <usize>load<i32>(RESULT, 8) * MEMBER_BYTES;
  for (let at = LIST; at < end; at += MEMBER_BYTES) if (load<i32>(at) === slot) found = at;
  return found;
}

/** The bucket and the key of a request. */
function putRequest(plan: usize, from: usize, to: usize): bool {
  if (members(from, to, <usize>load<i32>(plan, REQUEST_NAMES), 0) === 0) return false;
  const bucket = lastOf(0);
  const key = lastOf(1);
  if (bucket !== 0) {
    const start = <usize>load<i32>(bucket, 12);
    const end = <usize>load<i32>(bucket, 16);
    const first = load<u8>(start);
    if (first !== LOWER_N && first !== BRACE && first !== BRACKET) {
      if (!isPlain(start, end) || !look(plan + BUCKET, start + 1, end - 1)) return false;
    }
  }
  return (
    key === 0 || putLeaf(load<i32>(plan, OBJECT_KEY), <usize>load<i32>(key, 12), <usize>load<i32>(key, 16))
  );
}

function putExtras(plan: usize, from: usize, to: usize): bool {
  if (members(from, to, <usize>load<i32>(plan, EXTRA_NAMES), 0) === 0) return false;
  for (let slot: i32 = 0; slot < 3; slot++) {
    const leaf = lastOf(slot);
    const position = load<i32>(plan + EXTRAS + ((<usize>slot) << 2));
    if (leaf !== 0 && !putLeaf(position, <usize>load<i32>(leaf, 12), <usize>load<i32>(leaf, 16)))
      return false;
  }
  return true;
}

/** The members of the channel as an object. */
function putChannel(plan: usize, by: usize): bool {
  const start = <usize>load<i32>(plan, WRITTEN);
  const homes = <usize>load<i32>(plan, HOMES);
  const fields = load<i32>(plan, FIELDS);
  const end = LIST + <usize>load<i32>(RESULT, 8) * MEMBER_BYTES;
  let out = start;
  for (let at = LIST; at < end; at += MEMBER_BYTES) {
    const slot = load<i32>(at);
    if (slot < 0 || slot >= fields || load<u8>(homes + <usize>slot) !== OF_CHANNEL) continue;
    const from = <usize>load<i32>(at, 12) - by;
    // A null is part of the kind.
    if (load<u8>(from) === LOWER_N) continue;
    store<u8>(out, out === start ? BRACE : 0x2c);
    out = append(out + 1, <usize>load<i32>(at, 4) - by - 1, <usize>load<i32>(at, 8) - by + 1);
    store<u8>(out, 0x3a);
    out = append(out + 1, from, <usize>load<i32>(at, 16) - by);
  }
  store<u8>(out, 0x7d);
  return look(plan + CHANNEL, start, out + 1);
}

/** Puts the value of a field, which is not null, at its home; false where that is not so simple. */
function putField(plan: usize, slot: i32, from: usize, to: usize): bool {
  const home = load<u8>(<usize>load<i32>(plan, HOMES) + <usize>slot);
  if (home < OF_IDENTITY) return true;
  if (home === OF_IDENTITY) return look(plan + IDENTITY, from, to);
  const position = load<i32>(<usize>load<i32>(plan, POSITIONS) + ((<usize>slot) << 2));
  if (home === OWN_JSON) {
    putText(position, from, to);
    return true;
  }
  if (!isPlain(from, to)) return false;
  if (home === OWN_TEXT) putText(position, from + 1, to - 1);
  else return look(plan + (home === OF_ADDRESS ? ADDRESS : AGENT), from + 1, to - 1);
  return true;
}

/** The hash of the record, and of its id and the account that received it, or of its content where it has no id. */
function putHashes(
  plan: usize,
  start: usize,
  end: usize,
  account: usize,
  accountEnd: usize,
  seed: u32,
): void {
  hash(start, end, seed, seed);
  const content = load<i32>(plan, CONTENT_HASH);
  put(content, load<i32>(RESULT, 12));
  put(content + 1, load<i32>(RESULT, 16));
  const id = output + ((<usize>load<i32>(plan, EVENT_ID)) << 2);
  const length = load<i32>(id, 4);
  if (load<i32>(id) >= 0 && length > 0) {
    const from = <usize>(load<i32>(id) + seen);
    hash(from, from + <usize>length, seed, seed);
    if (account !== 0) hash(account, accountEnd, load<u32>(RESULT, 12), load<u32>(RESULT, 16));
  }
  const idHash = load<i32>(plan, ID_HASH);
  put(idHash, load<i32>(RESULT, 12));
  put(idHash + 1, load<i32>(RESULT, 16));
}

/**
 * Makes the row of the record `[start, end)`, whose members were found last.
 * @param by what lies between the places in the list and those in memory
 * @param seenBy the same of places in the payload
 */
export function row(plan: usize, start: usize, end: usize, by: usize, seenBy: i32, seed: i32): i32 {
  output = <usize>load<i32>(plan, ROW);
  seen = seenBy;
  memory.fill(output, 0xff, <usize>load<i32>(plan, ROW_BYTES));
  const fields = load<i32>(plan, FIELDS);
  const written = <usize>load<i32>(plan, WRITTEN);
  const kindEnd = kind(<usize>load<i32>(plan, HOMES), fields, by, written);
  // Members that are no field.
  if (load<i32>(RESULT, 24) > 0) return DECLINED;
  const nested = load<i32>(RESULT, 28) !== 0;
  if (!look(plan + KIND, written, kindEnd)) return DECLINED;
  if (load<i32>(RESULT, 20) > 0 && !putChannel(plan, by)) return DECLINED;
  let request: usize = 0;
  let requestEnd: usize = 0;
  let extra: usize = 0;
  let extraEnd: usize = 0;
  let account: usize = 0;
  let accountEnd: usize = 0;
  const listEnd = LIST + <usize>load<i32>(RESULT, 8) * MEMBER_BYTES;
  for (let at = LIST; at < listEnd; at += MEMBER_BYTES) {
    const slot = load<i32>(at);
    const from = <usize>load<i32>(at, 12) - by;
    const to = <usize>load<i32>(at, 16) - by;
    const first = load<u8>(from);
    if (first === LOWER_N) continue;
    if (!putField(plan, slot, from, to)) return DECLINED;
    if (slot === load<i32>(plan, ACCOUNT)) {
      account = from;
      accountEnd = to;
    } else if (first === BRACE && slot === load<i32>(plan, REQUEST)) {
      request = from;
      requestEnd = to;
    } else if (first === BRACE && slot === load<i32>(plan, EXTRA)) {
      extra = from;
      extraEnd = to;
    }
  }
  // From here on the list is that of other members.
  if (request !== 0 && !putRequest(plan, request, requestEnd)) return DECLINED;
  if (extra !== 0 && !putExtras(plan, extra, extraEnd)) return DECLINED;
  putHashes(plan, start, end, account, accountEnd, <u32>seed);
  return nested ? IRREGULAR : DONE;
}
