/** One CloudTrail record, as bytes, becomes one row of a batch. Values are found, not decoded. */

import { type Batch, DIMENSION_AT, type FileResult, type Rejected, ROW, textAt } from '../batch.js';
import type { Dictionary } from '../bytes/dictionary.js';
import { hash64, wide } from '../bytes/hash.js';
import { FIELDS, fieldIndex } from '../cloudtrail/fields.js';
import { type ByDimension, byDimension, DIMENSIONS, type Dimension } from '../dimensions.js';
import { MEMBER, type Members, memberTable, minify, newMembers, scanMembers } from './json-scan.js';

/** Bytes of payload after which a batch is handed over; a longer record gets a batch of its own. */
export const PAYLOAD = 4 << 20;
const ROWS = 4096;

/** Names beside the record fields that tell what kind of object an item is, or that carry a value we need. */
const MARKERS = [
  'eventId',
  'timeWindow',
  'detail',
  'detail-type',
  'CloudTrailEvent',
  'message',
  'Message',
  'event',
  's3',
  'digestS3Object',
  'awslogs',
  'Records',
  'Events',
  'events',
  'logEvents',
  'results',
  'records',
  'hits',
  'Messages',
  'Sns',
  'body',
  'Body',
  '_source',
  '_raw',
  'result',
  'data',
] as const;
export type Marker = (typeof MARKERS)[number];

/** Every name looked for at the top of an item: first the fields, then the markers. */
export const ITEM_NAMES = memberTable([...FIELDS.map(f => f.name), ...MARKERS]);
export const markerSlot = (name: Marker): number => FIELDS.length + MARKERS.indexOf(name);

const REQUEST_NAMES = memberTable(['bucketName', 'key']);
const EXTRA_NAMES = memberTable(['SignatureVersion', 'bytesTransferredIn', 'bytesTransferredOut']);

const F = {
  eventVersion: fieldIndex('eventVersion'),
  eventSource: fieldIndex('eventSource'),
  eventName: fieldIndex('eventName'),
  eventType: fieldIndex('eventType'),
  eventCategory: fieldIndex('eventCategory'),
  eventTime: fieldIndex('eventTime'),
  eventID: fieldIndex('eventID'),
  userIdentity: fieldIndex('userIdentity'),
  requestParameters: fieldIndex('requestParameters'),
  additionalEventData: fieldIndex('additionalEventData'),
  recipientAccountId: fieldIndex('recipientAccountId'),
};

const homes = FIELDS.map(f => f.home);
const isJson = FIELDS.map(f => f.json);
/** Row position of a field kept as text in `event` or `detail`; -1 for the others. */
const textPosition = FIELDS.map(f => (f.home === 'event' || f.home === 'detail' ? textAt(f.name) : -1));
const {
  kind: KIND,
  identity: IDENTITY,
  address: ADDRESS,
  agent: AGENT,
  channel: CHANNEL,
  bucket: BUCKET,
} = DIMENSION_AT;
const T = {
  eventTime: textAt('eventTime'),
  eventID: textAt('eventID'),
  objectKey: textAt('objectKey'),
  signatureVersion: textAt('signatureVersion'),
  bytesIn: textAt('bytesTransferredIn'),
  bytesOut: textAt('bytesTransferredOut'),
  additionalFields: textAt('additionalFields'),
  envelope: textAt('envelope'),
};

const QUOTE = 0x22;
const NULL = 0x6e;
const encoder = new TextEncoder();
const AWS_COLON = encoder.encode('"aws:');

/**
 * True for the members of a CloudTrail record. A record has an eventVersion or an id, and says what it is about;
 * the S3, SQS, Kinesis and DynamoDB notifications that look alike have an eventSource that starts with `aws:`.
 */
export function isRecord(b: Uint8Array, m: Members): boolean {
  const has = (slot: number): boolean => m.bySlot[slot]! >= 0;
  if (!has(F.eventVersion) && !has(F.eventID) && !has(markerSlot('eventId'))) return false;
  if (!has(F.eventName) && !has(F.eventType) && !has(F.eventCategory)) return false;
  const source = m.bySlot[F.eventSource]!;
  return source < 0 || !startsWith(b, m.list[source + MEMBER.start]!, AWS_COLON);
}

export function startsWith(b: Uint8Array, at: number, prefix: Uint8Array): boolean {
  for (let k = 0; k < prefix.length; k++) if (b[at + k] !== prefix[k]) return false;
  return true;
}

/** Where a record came from. */
export interface Origin {
  file: number;
  ordinal: number;
}

/** What an envelope said around a record: the outer object with the record replaced by null, as minified JSON. */
export type Envelope = Uint8Array | undefined;

export interface RecordEncoder {
  /**
   * Adds the record in `b[start, end)`, whose members are `m`.
   * @param minified false where white space stands between its tokens
   */
  add(
    b: Uint8Array,
    start: number,
    end: number,
    m: Members,
    minified: boolean,
    origin: Origin,
    envelope: Envelope,
  ): void;
  reject(rejected: Rejected): void;
  finish(file: FileResult): void;
  /** Number of full batches that wait to be taken. */
  waiting(): number;
  /** Full batches so far; with `all`, the unfinished one too, marked as the task's last. */
  take(all: boolean): Batch[];
}

/**
 * @param task number of the task the batches belong to
 * @param seed keys the content hash, so that nobody can prepare two records that collide
 * @param spare buffers to use again
 */
export function createRecordEncoder(
  seed: number,
  dictionaries: ByDimension<Dictionary>,
  task: number,
  spare: ArrayBuffer[],
): RecordEncoder {
  const full: Batch[] = [];
  const own = newMembers(ITEM_NAMES);
  const requestMembers = newMembers(REQUEST_NAMES);
  const extraMembers = newMembers(EXTRA_NAMES);
  let scratch = new Uint8Array(1 << 14);
  let scratchView = new DataView(scratch.buffer);
  let used = 0;
  let rejectedBytes = 0;
  let batch = newBatch(PAYLOAD);
  let view = new DataView(batch.payload.buffer);

  function newBatch(capacity: number): Batch {
    used = 0;
    rejectedBytes = 0;
    const buffer =
      capacity <= PAYLOAD ? (spare.pop() ?? new ArrayBuffer(PAYLOAD)) : new ArrayBuffer(capacity);
    return {
      task,
      payload: new Uint8Array(buffer),
      used: 0,
      rows: new Int32Array(ROWS * ROW.width),
      rowCount: 0,
      newValues: byDimension(() => []),
      restarted: [],
      rejected: [],
      finished: [],
      last: false,
    };
  }

  function seal(): void {
    for (const d of DIMENSIONS) {
      const { values, restarted } = dictionaries[d].takeNew();
      batch.newValues[d] = values;
      if (restarted) batch.restarted.push(d);
    }
    batch.used = used;
    if (used < PAYLOAD / 8) {
      // Many small records: the rows are full long before the buffer is.
      spare.push(batch.payload.buffer);
      batch.payload = batch.payload.slice(0, used);
    } else if (batch.payload.length > PAYLOAD) {
      // The room that a long record was given for all that could come of it.
      batch.payload = batch.payload.slice(0, used);
    }
    full.push(batch);
  }

  /** Hands over the batch at hand and begins another. */
  function startBatch(bytes: number): void {
    if (batch.rowCount > 0 || batch.rejected.length > 0 || batch.finished.length > 0) seal();
    batch = newBatch(bytes);
    view = new DataView(batch.payload.buffer);
  }

  /** Makes room for `bytes` more, in this batch or a new one. */
  function reserve(bytes: number): void {
    if (batch.rowCount >= ROWS || used + bytes > batch.payload.length) startBatch(bytes);
  }

  function appendBytes(bytes: Uint8Array): number {
    const at = used;
    batch.payload.set(bytes, at);
    used += bytes.length;
    return at;
  }

  function setText(row: number, position: number, at: number, length: number): void {
    batch.rows[row + position] = at;
    batch.rows[row + position + 1] = length;
  }

  /** Points a text value at a scalar token: the inside of a plain string, a decoded copy, or the bare token; null is NULL. */
  function setScalar(row: number, position: number, start: number, end: number): void {
    const p = batch.payload;
    if (p[start] === NULL) return;
    if (p[start] !== QUOTE) {
      setText(row, position, start, end - start);
    } else if (hasEscape(p, start, end)) {
      const decoded = encoder.encode(JSON.parse(text(p, start, end)) as string);
      setText(row, position, appendBytes(decoded), decoded.length);
    } else {
      setText(row, position, start + 1, end - start - 2);
    }
  }

  function idOfBytes(d: Dimension, bytes: Uint8Array): number {
    return dictionaries[d].idOf(new DataView(bytes.buffer, bytes.byteOffset), 0, bytes.length);
  }

  function growScratch(need: number): void {
    if (need <= scratch.length) return;
    const wider = new Uint8Array(Math.max(need, scratch.length * 2));
    wider.set(scratch);
    scratch = wider;
    scratchView = new DataView(scratch.buffer);
  }

  /** Collects members as `{"name":value,…}` in scratch. */
  function appendMember(at: number, keyStart: number, keyEnd: number, start: number, end: number): number {
    const p = batch.payload;
    const keyLength = keyEnd - keyStart + 2;
    growScratch(at + keyLength + (end - start) + 4);
    scratch[at] = at === 0 ? 0x7b : 0x2c;
    at++;
    for (let i = keyStart - 1; i <= keyEnd; i++) scratch[at++] = p[i]!;
    scratch[at++] = 0x3a;
    for (let i = start; i < end; i++) scratch[at++] = p[i]!;
    return at;
  }

  /** The members with this home (undefined: the unknown ones) as an object in scratch; returns its length. */
  function collectMembers(m: Members, shift: number, home: 'channel' | undefined): number {
    let length = 0;
    for (let k = 0, at = 0; k < m.count; k++, at += MEMBER.width) {
      const slot = m.list[at]!;
      if ((slot >= 0 && slot < FIELDS.length ? homes[slot] : undefined) !== home) continue;
      const start = m.list[at + 3]! + shift;
      // A null of a known field is part of the kind.
      if (home !== undefined && batch.payload[start] === NULL) continue;
      length = appendMember(
        length,
        m.list[at + 1]! + shift,
        m.list[at + 2]! + shift,
        start,
        m.list[at + 4]! + shift,
      );
    }
    growScratch(length + 1);
    scratch[length] = 0x7d;
    return length + 1;
  }

  return {
    add(b, from, to, given, minified, origin, envelope) {
      // Decoded copies of escaped strings, the collected members and plain names at most triple a record.
      reserve((to - from) * 4 + (envelope?.length ?? 0) + 64);
      const p = batch.payload;
      const start = used;
      let m = given;
      let shift = start - from;
      if (minified) {
        p.set(b.subarray(from, to), start);
        used = start + to - from;
      } else {
        used = minify(b, from, to, p, start);
        scanMembers(p, start, used, ITEM_NAMES, own);
        m = own;
        shift = 0;
      }
      const end = used;
      const renamed = m.escaped;
      if (renamed) {
        const plain = withPlainNames(p, start, end, m, shift);
        const at = appendBytes(plain);
        scanMembers(p, at, used, ITEM_NAMES, own);
        m = own;
        shift = 0;
      }
      const rows = batch.rows;
      const row = batch.rowCount * ROW.width;
      rows.fill(-1, row, row + ROW.width);
      rows[row + ROW.file] = origin.file;
      rows[row + ROW.ordinal] = origin.ordinal;
      rows[row + ROW.start] = start;
      rows[row + ROW.length] = end - start;
      let irregular = m.repeated || renamed;

      // The kind: constants as they are, nulls as they are, `[]` where a value is kept elsewhere.
      let kind = 0;
      growScratch(end - start + m.count * 4 + 16);
      let channelMembers = 0;
      let unknownMembers = 0;
      const list = m.list;
      for (let k = 0, at = 0; k < m.count; k++, at += MEMBER.width) {
        const slot = list[at]!;
        const keyStart = list[at + 1]! + shift;
        const keyEnd = list[at + 2]! + shift;
        const vs = list[at + 3]! + shift;
        const ve = list[at + 4]! + shift;
        const home = slot >= 0 && slot < FIELDS.length ? homes[slot]! : undefined;
        // Where a name is repeated the last one counts, as for every JSON reader.
        if (slot >= 0 && m.bySlot[slot] !== at) continue;
        const isNull = p[vs] === NULL;
        scratch[kind] = kind === 0 ? 0x7b : 0x2c;
        kind++;
        for (let i = keyStart - 1; i <= keyEnd; i++) scratch[kind++] = p[i]!;
        scratch[kind++] = 0x3a;
        if (home === 'kind' || (isNull && home !== undefined)) {
          if (p[vs] === 0x5b || p[vs] === 0x7b) irregular = true;
          for (let i = vs; i < ve; i++) scratch[kind++] = p[i]!;
          continue;
        }
        scratch[kind++] = 0x5b;
        scratch[kind++] = 0x5d;
        switch (home) {
          case 'identity':
            rows[row + IDENTITY] = dictionaries.identity.idOf(view, vs, ve);
            break;
          case 'address':
          case 'agent':
            // These keep the decoded text, so only a plain string can be rebuilt from them.
            if (p[vs] !== QUOTE || hasEscape(p, vs, ve)) {
              irregular = true;
              const decoded = encoder.encode(decode(p, vs, ve));
              rows[row + (home === 'agent' ? AGENT : ADDRESS)] = idOfBytes(home, decoded);
            } else if (home === 'agent') {
              rows[row + AGENT] = dictionaries.agent.idOf(view, vs + 1, ve - 1);
            } else {
              rows[row + ADDRESS] = dictionaries.address.idOf(view, vs + 1, ve - 1);
            }
            break;
          case 'channel':
            channelMembers++;
            break;
          case undefined:
            unknownMembers++;
            break;
          default: {
            const position = textPosition[slot]!;
            if (isJson[slot]) setText(row, position, vs, ve - vs);
            else {
              if (p[vs] !== QUOTE || hasEscape(p, vs, ve)) irregular = true;
              setScalar(row, position, vs, ve);
            }
          }
        }
      }
      if (kind === 0) scratch[kind++] = 0x7b;
      scratch[kind++] = 0x7d;
      rows[row + KIND] = dictionaries.kind.idOf(scratchView, 0, kind);

      if (channelMembers > 0) {
        const length = collectMembers(m, shift, 'channel');
        rows[row + CHANNEL] = dictionaries.channel.idOf(scratchView, 0, length);
      }
      if (unknownMembers > 0) {
        irregular ||= unknownMembers > 1 && repeatsUnknown(m, p, shift);
        const length = collectMembers(m, shift, undefined);
        setText(row, T.additionalFields, appendBytes(scratch.subarray(0, length)), length);
      }

      const member = (slot: number): number => m.bySlot[slot]!;
      const valueStart = (at: number): number => list[at + MEMBER.start]! + shift;
      const valueEnd = (at: number): number => list[at + MEMBER.end]! + shift;

      // An Aggregated record spells its id `eventId` and has a window in place of a time
      // (User Guide, "Aggregating data events").
      const otherId = member(markerSlot('eventId'));
      if (member(F.eventID) < 0 && otherId >= 0) {
        irregular = true;
        setScalar(row, T.eventID, valueStart(otherId), valueEnd(otherId));
      }
      const window = member(markerSlot('timeWindow'));
      if (member(F.eventTime) < 0 && window >= 0) {
        const begin = windowStart(text(p, valueStart(window), valueEnd(window)));
        if (begin) {
          irregular = true;
          const bytes = encoder.encode(begin);
          setText(row, T.eventTime, appendBytes(bytes), bytes.length);
        }
      }

      // The S3 columns are what json_extract_scalar gives on the two JSON columns.
      const request = member(F.requestParameters);
      if (request >= 0 && p[valueStart(request)] === 0x7b) {
        scanMembers(p, valueStart(request), valueEnd(request), REQUEST_NAMES, requestMembers);
        const bucket = requestMembers.bySlot[0]!;
        if (bucket >= 0) {
          const vs = requestMembers.list[bucket + 3]!;
          const ve = requestMembers.list[bucket + 4]!;
          if (p[vs] === QUOTE && !hasEscape(p, vs, ve)) {
            rows[row + BUCKET] = dictionaries.bucket.idOf(view, vs + 1, ve - 1);
          } else if (p[vs] !== NULL && p[vs] !== 0x7b && p[vs] !== 0x5b) {
            const name = encoder.encode(decode(p, vs, ve));
            rows[row + BUCKET] = idOfBytes('bucket', name);
          }
        }
        const key = requestMembers.bySlot[1]!;
        if (key >= 0) setLeaf(requestMembers, key, row, T.objectKey);
      }
      const extra = member(F.additionalEventData);
      if (extra >= 0 && p[valueStart(extra)] === 0x7b) {
        scanMembers(p, valueStart(extra), valueEnd(extra), EXTRA_NAMES, extraMembers);
        if (extraMembers.bySlot[0]! >= 0)
          setLeaf(extraMembers, extraMembers.bySlot[0]!, row, T.signatureVersion);
        if (extraMembers.bySlot[1]! >= 0) setLeaf(extraMembers, extraMembers.bySlot[1]!, row, T.bytesIn);
        if (extraMembers.bySlot[2]! >= 0) setLeaf(extraMembers, extraMembers.bySlot[2]!, row, T.bytesOut);
      }

      rows[row + ROW.irregular] = irregular ? 1 : 0;
      hash64(view, start, end, seed, seed);
      rows[row + ROW.contentHigh] = wide.high;
      rows[row + ROW.contentLow] = wide.low;
      const id = rows[row + T.eventID]!;
      if (id >= 0 && rows[row + T.eventID + 1]! > 0) {
        const account = member(F.recipientAccountId);
        hash64(view, id, id + rows[row + T.eventID + 1]!, seed, seed);
        if (account >= 0 && p[valueStart(account)] !== NULL)
          hash64(view, valueStart(account), valueEnd(account), wide.high, wide.low);
      }
      rows[row + ROW.idHigh] = wide.high;
      rows[row + ROW.idLow] = wide.low;

      if (envelope) setText(row, T.envelope, appendBytes(envelope), envelope.length);
      batch.rowCount++;
    },
    reject(rejected) {
      batch.rejected.push(rejected);
      rejectedBytes += rejected.raw.length;
      if (rejectedBytes > PAYLOAD) startBatch(PAYLOAD);
    },
    finish(file) {
      batch.finished.push(file);
    },
    waiting: () => full.length,
    take(all) {
      if (all) {
        batch.last = true;
        seal();
      }
      return full.splice(0);
    },
  };

  function setLeaf(members: Members, at: number, row: number, position: number): void {
    const start = members.list[at + MEMBER.start]!;
    const first = batch.payload[start];
    if (first !== 0x7b && first !== 0x5b) setScalar(row, position, start, members.list[at + MEMBER.end]!);
  }
}

function hasEscape(b: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (b[i] === 0x5c) return true;
  return false;
}

export function text(b: Uint8Array, start: number, end: number): string {
  return Buffer.from(b.buffer, b.byteOffset + start, end - start).toString('utf8');
}

/** A string token decoded; any other token as its JSON text. */
function decode(b: Uint8Array, start: number, end: number): string {
  const token = text(b, start, end);
  return token.startsWith('"') ? (JSON.parse(token) as string) : token;
}

/** The record with its names written without escapes: `"event\u004eame"` is eventName, too. */
function withPlainNames(p: Uint8Array, start: number, end: number, m: Members, shift: number): Uint8Array {
  const parts: string[] = [];
  let from = start;
  for (let k = 0, at = 0; k < m.count; k++, at += MEMBER.width) {
    const keyStart = m.list[at + 1]! + shift - 1;
    const keyEnd = m.list[at + 2]! + shift + 1;
    parts.push(text(p, from, keyStart), JSON.stringify(JSON.parse(text(p, keyStart, keyEnd))));
    from = keyEnd;
  }
  return encoder.encode(parts.join('') + text(p, from, end));
}

function repeatsUnknown(m: Members, p: Uint8Array, shift: number): boolean {
  const seen = new Set<string>();
  for (let k = 0, at = 0; k < m.count; k++, at += MEMBER.width) {
    if (m.list[at] !== -1) continue;
    const name = text(p, m.list[at + 1]! + shift, m.list[at + 2]! + shift);
    if (seen.has(name)) return true;
    seen.add(name);
  }
  return false;
}

/** The beginning of an Aggregated record's window as an eventTime; the second documented form has a blank and no zone. */
function windowStart(json: string): string | undefined {
  const window = JSON.parse(json) as { windowStart?: unknown } | null;
  const start = typeof window?.windowStart === 'string' ? window.windowStart : '';
  const parts = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)Z?$/.exec(start);
  return parts ? `${parts[1]}T${parts[2]}Z` : undefined;
}
