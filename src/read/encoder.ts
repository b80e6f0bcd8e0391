/**
 * One CloudTrail record, as bytes, becomes one row of a batch. Values are found, not decoded.
 *
 * Long: the encoder is one closure, since its steps share the record at hand and a million records a minute pass through
 * them.
 */

import { byAccessDimension } from '../access-logs/rows.js';
import { DIMENSION_AT, type FileResult, type Rejected, ROW, textAt } from '../batch.js';
import {
  BRACE_CLOSE,
  BRACE_OPEN,
  BRACKET_CLOSE,
  BRACKET_OPEN,
  COLON,
  COMMA,
  LOWER_N,
  QUOTE,
} from '../bytes/ascii.js';
import { createDictionary, type Dictionary } from '../bytes/dictionary.js';
import { hash64, wide } from '../bytes/hash.js';
import { FIELDS, fieldIndex } from '../cloudtrail/fields.js';
import type { ByDimension, Dimension } from '../dimensions.js';
import { type AddLine, createAddLine } from './access-encoder.js';
import { type BatchBuilder, createBatchBuilder } from './batch-builder.js';
import { ITEM_NAMES, markerSlot } from './item-names.js';
import { MEMBER, type Members, type MemberTable, minify, newMembers, scanMembers } from './json-scan.js';
import { findMembers } from './members-scan.js';
import {
  createShown,
  EXTRA_NAMES,
  EXTRA_TEXTS,
  hashShown,
  MADE,
  REQUEST_NAMES,
  rowShown,
  shownAt,
} from './shown-record.js';
import { decode, hasEscape, repeatsUnknown, text, windowStart, withPlainNames } from './tokens.js';

const EVENT_TIME = fieldIndex('eventTime');
const EVENT_ID = fieldIndex('eventID');
const REQUEST_PARAMETERS = fieldIndex('requestParameters');
const ADDITIONAL_EVENT_DATA = fieldIndex('additionalEventData');
const RECIPIENT_ACCOUNT_ID = fieldIndex('recipientAccountId');
const OTHER_ID = markerSlot('eventId');
const TIME_WINDOW = markerSlot('timeWindow');

const homes = FIELDS.map(f => f.home);
const isJson = FIELDS.map(f => f.json);
/** Row position of a field kept as text in `event` or `detail`; -1 for the others. */
const textPosition = FIELDS.map(f => (f.home === 'event' || f.home === 'detail' ? textAt(f.name) : -1));
const T = {
  eventTime: textAt('eventTime'),
  eventID: textAt('eventID'),
  objectKey: textAt('objectKey'),
  additionalFields: textAt('additionalFields'),
  envelope: textAt('envelope'),
};

/** The fields that `event` and `detail` have for themselves. */
const OWN_FIELDS = FIELDS.flatMap(({ home }, slot) => (home === 'event' || home === 'detail' ? [slot] : []));
const IDENTITY = fieldIndex('userIdentity');
const ADDRESS = fieldIndex('sourceIPAddress');
const AGENT = fieldIndex('userAgent');

const utf8 = new TextEncoder();
const NOTHING: Uint8Array = new Uint8Array();

/** Where a record came from. */
export interface Origin {
  file: number;
  ordinal: number;
}

/** What an envelope said around a record: the outer object with the record replaced by null, as minified JSON. */
export type Envelope = Uint8Array | undefined;

/** A record in `bytes[start, end)`, whose members were found. */
export interface FoundRecord {
  bytes: Uint8Array;
  start: number;
  end: number;
  members: Members;
}

/** Where the records of a file go, and what is said of it. */
export interface RecordSink {
  add(record: FoundRecord, origin: Origin, envelope: Envelope): void;
  reject(rejected: Rejected): void;
  /** Takes lines of access logs. */
  addLine?: AddLine;
  addDigest?: BatchBuilder['addDigest'];
  addSignature?: BatchBuilder['addSignature'];
  finish(file: FileResult): void;
  /** True where what was added should be taken before more is. */
  isFull?(): boolean;
}

/** Makes batches of the records it is given. */
export interface RecordEncoder extends RecordSink {
  /** Full batches so far; with `all`, the unfinished one too, marked as the task's last. */
  take: BatchBuilder['take'];
}

/** Full batches after which reading pauses: some 40 MB. */
const MOST_WAITING = 8;

/**
 * Long: see above.
 * @param seed keys the content hash, so that nobody can prepare two records that collide
 * @param task number of the task the batches belong to
 * @param spare buffers to use again
 * @param accessDictionaries of lines of access logs, for all tasks of a worker
 */
export function createRecordEncoder(
  seed: number,
  dictionaries: ByDimension<Dictionary>,
  task: number,
  spare: ArrayBuffer[],
  accessDictionaries = byAccessDimension(() => createDictionary()),
): RecordEncoder {
  const builder = createBatchBuilder(dictionaries, task, spare, accessDictionaries);
  const shown = createShown(dictionaries);
  const ownMembers = newMembers(ITEM_NAMES);
  const requestMembers = newMembers(REQUEST_NAMES);
  const extraMembers = newMembers(EXTRA_NAMES);
  /** Bytes of a value that is put together. */
  let scratch = new Uint8Array(1 << 14);
  let scratchView = new DataView(scratch.buffer);

  // The record at hand: where it stands in the payload, its members, whose places are `shift` bytes before those in the
  // payload, and its row.
  let document = NOTHING;
  let payload = builder.batch.payload;
  let rows = builder.batch.rows;
  let start = 0;
  let end = 0;
  let members = ownMembers;
  let shift = 0;
  let row = 0;
  /** Whether the WebAssembly sees it as it stands in the payload, and where it would see the payload's first byte. */
  let isSeen = false;
  let seenBy = 0;
  /** Its members that are part of the channel, and those that are no field. */
  let channelMembers = 0;
  let unknownMembers = 0;
  /** Whether its columns alone would not give it back. */
  let isIrregular = false;

  const member = (slot: number): number => members.bySlot[slot]!;
  const valueStart = (at: number): number => members.list[at + MEMBER.start]! + shift;
  const valueEnd = (at: number): number => members.list[at + MEMBER.end]! + shift;

  /** Copies the record into the payload, without white space and with plain names. */
  function begin(record: FoundRecord, envelopeLength: number): void {
    const { bytes, start: from, end: to } = record;
    // Decoded copies of escaped strings, the collected members and plain names at most triple a record.
    builder.reserve((to - from) * 4 + envelopeLength + 64);
    payload = builder.batch.payload;
    rows = builder.batch.rows;
    start = builder.used;
    document = bytes;
    members = record.members;
    shift = start - from;
    if (record.members.loose) {
      builder.used = minify(bytes, from, to, payload, start);
      scanOwn(start, builder.used);
    } else {
      payload.set(bytes.subarray(from, to), start);
      builder.used = start + to - from;
    }
    end = builder.used;
    const isRenamed = members.escaped;
    if (isRenamed) {
      const at = builder.append(withPlainNames(payload, start, end, members, shift));
      scanOwn(at, builder.used);
    }
    row = builder.batch.rowCount * ROW.width;
    isIrregular = members.repeated || isRenamed;
    const seen =
      shown && members === record.members && !isRenamed ? shownAt(shown.memory, bytes, from, to) : 0;
    isSeen = seen > 0;
    seenBy = seen - start;
  }

  /** The number of a value in the payload. */
  function idAt(dimension: Dimension, from: number, to: number): number {
    return isSeen
      ? shown!.dictionaries[dimension].idOfShown(from + seenBy, to + seenBy)
      : dictionaries[dimension].idOf(builder.view, from, to);
  }

  function scanOwn(from: number, to: number): void {
    scanMembers(payload, from, to, ITEM_NAMES, ownMembers);
    members = ownMembers;
    shift = 0;
  }

  /** Notes the members of a member that is an object, with their places in the payload. */
  function scanInner(at: number, table: MemberTable, out: Members): void {
    const from = valueStart(at);
    const to = valueEnd(at);
    // Where the record stands in its document as it does in the payload, the quicker way may have its bytes at hand.
    if (members !== ownMembers && findMembers(document, from - shift, to - shift, table, out, shift) > 0)
      return;
    scanMembers(payload, from, to, table, out);
  }

  /** Copies bytes of the payload to scratch, four at a time; returns where they end there. */
  function copyToScratch(from: number, to: number, at: number): number {
    const { view } = builder;
    let i = from;
    let o = at;
    for (; i + 4 <= to; i += 4, o += 4) scratchView.setInt32(o, view.getInt32(i, true), true);
    for (; i < to; i++, o++) scratch[o] = payload[i]!;
    return o;
  }

  /** Whether the list of members that the WebAssembly has is that of the record. */
  const isListed = (): boolean => isSeen && shown!.memory.scans === members.scan && !members.repeated;

  /** Makes the row of most records at once; false where one is to be looked at. */
  function encodeSeen(): boolean {
    if (!shown || !isListed()) return false;
    const places = { start: start + seenBy, end: end + seenBy, by: -shift - seenBy, seenBy, seed };
    const made = rowShown(shown, places);
    if (made === MADE.declined) return false;
    rows.set(shown.memory.row, row);
    isIrregular = made === MADE.irregular;
    return true;
  }

  function encode(): void {
    rows.fill(-1, row, row + ROW.width);
    encodeMembers();
    encodeOddIds();
    encodeS3Columns();
    encodeHashes();
  }

  /** Puts every member where its home is. */
  function encodeMembers(): void {
    encodeKind();
    const identity = member(IDENTITY);
    if (isThere(identity))
      rows[row + DIMENSION_AT.identity] = idAt('identity', valueStart(identity), valueEnd(identity));
    const address = member(ADDRESS);
    if (isThere(address))
      rows[row + DIMENSION_AT.address] = encodeDecoded('address', valueStart(address), valueEnd(address));
    const agent = member(AGENT);
    if (isThere(agent))
      rows[row + DIMENSION_AT.agent] = encodeDecoded('agent', valueStart(agent), valueEnd(agent));
    for (const slot of OWN_FIELDS) {
      const at = member(slot);
      if (isThere(at)) encodeOwn(slot, valueStart(at), valueEnd(at));
    }
    if (channelMembers > 0) encodeChannel();
    if (unknownMembers > 0) encodeUnknown(unknownMembers);
  }

  /** Whether there is a member, with a value other than null. */
  const isThere = (at: number): boolean => at >= 0 && payload[valueStart(at)] !== LOWER_N;

  /** A value that the event has for itself. */
  function encodeOwn(slot: number, from: number, to: number): void {
    const position = textPosition[slot]!;
    if (isJson[slot]) setText(position, from, to - from);
    else {
      if (payload[from] !== QUOTE || hasEscape(payload, from, to)) isIrregular = true;
      setScalar(position, from, to);
    }
  }

  /** The kind: constants as they are, `[]` where a value is kept elsewhere. */
  function encodeKind(): void {
    const { list, count, bySlot } = members;
    const p = payload;
    const by = shift;
    let kind = 0;
    growScratch(end - start + count * 4 + 16);
    const out = scratch;
    channelMembers = 0;
    unknownMembers = 0;
    for (let k = 0, at = 0; k < count; k++, at += MEMBER.width) {
      const slot = list[at]!;
      const from = list[at + MEMBER.start]! + by;
      const home = slot >= 0 && slot < FIELDS.length ? homes[slot]! : undefined;
      // Where a name is repeated the last one counts, as for every JSON reader.
      if (slot >= 0 && bySlot[slot] !== at) continue;
      out[kind] = kind === 0 ? BRACE_OPEN : COMMA;
      kind++;
      const keyStart = list[at + MEMBER.keyStart]! + by - 1;
      if (home === 'kind' || (p[from] === LOWER_N && home !== undefined)) {
        if (p[from] === BRACKET_OPEN || p[from] === BRACE_OPEN) isIrregular = true;
        // The name, the colon and the value: between them is no white space.
        kind = copyToScratch(keyStart, list[at + MEMBER.end]! + by, kind);
        continue;
      }
      kind = copyToScratch(keyStart, list[at + MEMBER.keyEnd]! + by + 1, kind);
      out[kind++] = COLON;
      out[kind++] = BRACKET_OPEN;
      out[kind++] = BRACKET_CLOSE;
      if (home === 'channel') channelMembers++;
      if (home === undefined) unknownMembers++;
    }
    if (kind === 0) out[kind++] = BRACE_OPEN;
    out[kind++] = BRACE_CLOSE;
    rows[row + DIMENSION_AT.kind] = dictionaries.kind.idOf(scratchView, 0, kind);
  }

  /** An address or an agent: they keep the decoded text, so only a plain string can be rebuilt from them. */
  function encodeDecoded(dimension: 'address' | 'agent', from: number, to: number): number {
    if (payload[from] === QUOTE && !hasEscape(payload, from, to)) return idAt(dimension, from + 1, to - 1);
    isIrregular = true;
    return idOfText(dimension, decode(payload, from, to));
  }

  function encodeChannel(): void {
    const length = collectMembers('channel');
    rows[row + DIMENSION_AT.channel] = dictionaries.channel.idOf(scratchView, 0, length);
  }

  function encodeUnknown(count: number): void {
    isIrregular ||= count > 1 && repeatsUnknown(members, payload, shift);
    const length = collectMembers(undefined);
    setText(T.additionalFields, builder.append(scratch.subarray(0, length)), length);
  }

  /** The members with this home (undefined: the unknown ones) as an object in scratch; returns its length. */
  function collectMembers(home: 'channel' | undefined): number {
    const { list, count } = members;
    let length = 0;
    for (let k = 0, at = 0; k < count; k++, at += MEMBER.width) {
      const slot = list[at]!;
      if ((slot >= 0 && slot < FIELDS.length ? homes[slot] : undefined) !== home) continue;
      // A null of a known field is part of the kind.
      if (home !== undefined && payload[valueStart(at)] === LOWER_N) continue;
      length = appendMember(length, at);
    }
    growScratch(length + 1);
    scratch[length] = BRACE_CLOSE;
    return length + 1;
  }

  /** Appends `,"name":value` to scratch; returns where it ends. */
  function appendMember(length: number, member: number): number {
    const keyStart = members.list[member + MEMBER.keyStart]! + shift;
    const keyEnd = members.list[member + MEMBER.keyEnd]! + shift;
    const from = valueStart(member);
    const to = valueEnd(member);
    growScratch(length + (keyEnd - keyStart) + (to - from) + 6);
    let at = length;
    scratch[at++] = length === 0 ? BRACE_OPEN : COMMA;
    at = copyToScratch(keyStart - 1, keyEnd + 1, at);
    scratch[at++] = COLON;
    return copyToScratch(from, to, at);
  }

  /**
   * An Aggregated record spells its id `eventId` and has a window in place of a time (User Guide, "Aggregating data
   * events").
   */
  function encodeOddIds(): void {
    const otherId = member(OTHER_ID);
    if (member(EVENT_ID) < 0 && otherId >= 0) {
      isIrregular = true;
      setScalar(T.eventID, valueStart(otherId), valueEnd(otherId));
    }
    const window = member(TIME_WINDOW);
    if (member(EVENT_TIME) >= 0 || window < 0) return;
    const begin = windowStart(text(payload, valueStart(window), valueEnd(window)));
    if (!begin) return;
    isIrregular = true;
    const bytes = utf8.encode(begin);
    setText(T.eventTime, builder.append(bytes), bytes.length);
  }

  /** The S3 columns are what json_extract_scalar gives on the two JSON columns. */
  function encodeS3Columns(): void {
    const request = member(REQUEST_PARAMETERS);
    if (request >= 0 && payload[valueStart(request)] === BRACE_OPEN) {
      scanInner(request, REQUEST_NAMES, requestMembers);
      const bucket = requestMembers.bySlot[0]!;
      const key = requestMembers.bySlot[1]!;
      if (bucket >= 0) encodeBucket(bucket);
      if (key >= 0) setLeaf(requestMembers, key, T.objectKey);
    }
    const extra = member(ADDITIONAL_EVENT_DATA);
    if (extra < 0 || payload[valueStart(extra)] !== BRACE_OPEN) return;
    scanInner(extra, EXTRA_NAMES, extraMembers);
    for (let slot = 0; slot < EXTRA_TEXTS.length; slot++) {
      const leaf = extraMembers.bySlot[slot]!;
      if (leaf >= 0) setLeaf(extraMembers, leaf, EXTRA_TEXTS[slot]!);
    }
  }

  function encodeBucket(bucket: number): void {
    const from = requestMembers.list[bucket + MEMBER.start]!;
    const to = requestMembers.list[bucket + MEMBER.end]!;
    const first = payload[from];
    if (first === QUOTE && !hasEscape(payload, from, to))
      rows[row + DIMENSION_AT.bucket] = idAt('bucket', from + 1, to - 1);
    else if (first !== LOWER_N && first !== BRACE_OPEN && first !== BRACKET_OPEN)
      rows[row + DIMENSION_AT.bucket] = idOfText('bucket', decode(payload, from, to));
  }

  /** The hash of the record, and of what identifies it: its id and the account that received it, else its content. */
  function encodeHashes(): void {
    const { view } = builder;
    if (shown && isSeen) hashShown(shown.memory, start + seenBy, end + seenBy, seed);
    else hash64(view, start, end, seed, seed);
    rows[row + ROW.contentHigh] = wide.high;
    rows[row + ROW.contentLow] = wide.low;
    const id = rows[row + T.eventID]!;
    const idLength = rows[row + T.eventID + 1]!;
    if (id >= 0 && idLength > 0) {
      const account = member(RECIPIENT_ACCOUNT_ID);
      hash64(view, id, id + idLength, seed, seed);
      if (account >= 0 && payload[valueStart(account)] !== LOWER_N)
        hash64(view, valueStart(account), valueEnd(account), wide.high, wide.low);
    }
    rows[row + ROW.idHigh] = wide.high;
    rows[row + ROW.idLow] = wide.low;
  }

  function setText(position: number, at: number, length: number): void {
    rows[row + position] = at;
    rows[row + position + 1] = length;
  }

  /** Points a text value at a scalar token: the inside of a plain string, a decoded copy, or the bare token; null is NULL. */
  function setScalar(position: number, from: number, to: number): void {
    if (payload[from] === LOWER_N) return;
    if (payload[from] !== QUOTE) {
      setText(position, from, to - from);
    } else if (hasEscape(payload, from, to)) {
      const decoded = utf8.encode(JSON.parse(text(payload, from, to)) as string);
      setText(position, builder.append(decoded), decoded.length);
    } else {
      setText(position, from + 1, to - from - 2);
    }
  }

  function setLeaf(of: Members, at: number, position: number): void {
    const from = of.list[at + MEMBER.start]!;
    const first = payload[from];
    if (first !== BRACE_OPEN && first !== BRACKET_OPEN) setScalar(position, from, of.list[at + MEMBER.end]!);
  }

  function idOfText(dimension: Dimension, value: string): number {
    const bytes = utf8.encode(value);
    return dictionaries[dimension].idOf(new DataView(bytes.buffer, bytes.byteOffset), 0, bytes.length);
  }

  function growScratch(need: number): void {
    if (need <= scratch.length) return;
    const wider = new Uint8Array(Math.max(need, scratch.length * 2));
    wider.set(scratch);
    scratch = wider;
    scratchView = new DataView(scratch.buffer);
  }

  return {
    add(record, origin, envelope) {
      begin(record, envelope?.length ?? 0);
      if (!encodeSeen()) encode();
      document = NOTHING;
      rows[row + ROW.file] = origin.file;
      rows[row + ROW.ordinal] = origin.ordinal;
      rows[row + ROW.start] = start;
      rows[row + ROW.length] = end - start;
      rows[row + ROW.irregular] = isIrregular ? 1 : 0;
      if (envelope) setText(T.envelope, builder.append(envelope), envelope.length);
      builder.batch.rowCount++;
    },
    addLine: createAddLine(builder, accessDictionaries, seed),
    reject: builder.reject,
    addDigest: builder.addDigest,
    addSignature: builder.addSignature,
    finish: builder.finish,
    isFull: () => builder.waiting() > MOST_WAITING,
    take: builder.take,
  };
}
