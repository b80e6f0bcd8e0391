/** One item of a document: a CloudTrail record, an envelope around one, or something else. */

import { gunzipSync } from 'node:zlib';
import type { Envelope, FoundRecord } from './encoder.js';
import { ITEM_NAMES, isRecord, type Marker, markerSlot } from './item-names.js';
import { MEMBER, type Members, minify, newMembers, scanMembers } from './json-scan.js';
import { text } from './tokens.js';

/** Names of arrays whose elements are items, and the form they show. */
export const CONTAINERS = {
  Records: 'Records',
  Events: 'lookup-events',
  events: 'CloudWatch Logs events',
  logEvents: 'CloudWatch Logs subscription',
  results: 'CloudWatch Logs Insights',
  records: 'records',
  hits: 'Elasticsearch',
  Messages: 'SQS messages',
} as const;

/** Members that hold a record, or something that does: as JSON text or as an object. */
const WRAPPERS: ReadonlyArray<[Marker, shape: string]> = [
  ['CloudTrailEvent', 'lookup-events'],
  ['detail', 'EventBridge'],
  ['message', 'CloudWatch Logs'],
  ['Message', 'SNS'],
  ['Sns', 'SNS'],
  ['body', 'SQS'],
  ['Body', 'SQS'],
  ['_source', 'Elasticsearch'],
  ['hits', 'Elasticsearch'],
  ['_raw', 'Splunk'],
  ['result', 'Splunk'],
  ['data', 'data'],
];

/** SQS around SNS around EventBridge around a record; deeper is somebody's trick. */
export const MAX_NESTING = 4;

/** A payload of a CloudWatch Logs subscription is at most 1 MB; this keeps a bomb out. */
const MAX_PAYLOAD = 2 << 20;

/** What an item turned out to be. */
export type Verdict =
  | (FoundRecord & { kind: 'record'; shape: string; envelope: Envelope })
  | { kind: 'document'; shape: string; bytes: Uint8Array }
  | { kind: 'digest' | 'signature' }
  | { kind: 'foreign'; reason: string };

const inner = Array.from({ length: MAX_NESTING + 1 }, () => newMembers(ITEM_NAMES));
const NULL_BYTES = new TextEncoder().encode('null');
const OPEN = 0x7b;
const QUOTE = 0x22;

/**
 * Says what the object in `b[start, end)` is. Its members have been scanned into `m`.
 * The forms are those of the User Guide, EventBridge and CloudWatch Logs: see docs/formats.md.
 */
export function judge(b: Uint8Array, start: number, end: number, m: Members, nesting = 0): Verdict {
  if (isRecord(b, m)) {
    return { kind: 'record', shape: '', bytes: b, start, end, members: m, envelope: undefined };
  }
  const at = (name: Marker): number => m.bySlot[markerSlot(name)]!;
  if (at('digestS3Object') >= 0) return { kind: 'digest' };
  if (at('Metadata') >= 0 && hasSignature(object(b, start, end))) return { kind: 'signature' };

  for (const name of Object.keys(CONTAINERS) as Array<keyof typeof CONTAINERS>) {
    const member = at(name);
    if (member >= 0 && b[m.list[member + MEMBER.start]!] === 0x5b) {
      return { kind: 'document', shape: CONTAINERS[name], bytes: b.subarray(start, end) };
    }
  }
  for (const [name, shape] of WRAPPERS) {
    const found = at(name) < 0 ? undefined : embedded({ b, start, end, m }, at(name), shape, nesting);
    if (found) return found;
  }
  // A lone record where an array of them belongs.
  const lone =
    at('Records') < 0 ? undefined : embedded({ b, start, end, m }, at('Records'), 'Records', nesting);
  if (lone) return lone;
  const json = at('event') >= 0 || at('awslogs') >= 0 ? object(b, start, end) : undefined;
  const original = (json?.event as { original?: unknown } | undefined)?.original;
  if (typeof original === 'string') {
    const found = fromBytes(Buffer.from(original, 'utf8'), 'Elastic document', nesting);
    if (found) return found;
  }
  const data = (json?.awslogs as { data?: unknown } | undefined)?.data;
  if (typeof data === 'string') {
    try {
      const bytes = gunzipSync(Buffer.from(data, 'base64'), { maxOutputLength: MAX_PAYLOAD });
      return { kind: 'document', shape: 'CloudWatch Logs subscription', bytes };
    } catch {
      return { kind: 'foreign', reason: 'CloudWatch Logs payload that does not inflate' };
    }
  }
  return { kind: 'foreign', reason: reasonFor(b, m, at) };
}

/** A string item that holds a record as JSON text, as `--query 'Events[].CloudTrailEvent'` prints. */
export function fromText(json: string, shape: string): Verdict | undefined {
  return fromBytes(Buffer.from(json, 'utf8'), shape, 0);
}

/** What JSON text in a string holds; undefined where that is none of ours. */
function fromBytes(bytes: Buffer, shape: string, nesting: number): Verdict | undefined {
  const start = firstByte(bytes);
  if (bytes[start] !== OPEN || nesting > MAX_NESTING) return undefined;
  const members = inner[nesting]!;
  const end = scanMembers(bytes, start, bytes.length, ITEM_NAMES, members);
  if (end < 0) return undefined;
  const verdict = judge(bytes, start, end, members, nesting + 1);
  if (verdict.kind !== 'record' && verdict.kind !== 'document') return undefined;
  // More than one record in a text: each counts.
  if (bytes.subarray(end).some(byte => byte > 0x20)) return { kind: 'document', shape, bytes };
  return verdict.kind === 'document' ? verdict : { ...verdict, shape };
}

interface Outer {
  b: Uint8Array;
  start: number;
  end: number;
  m: Members;
}

/** Whether this is what `aws s3api head-object` prints for a digest file. */
function hasSignature(json: Record<string, unknown> | undefined): boolean {
  const metadata = json?.Metadata;
  return typeof metadata === 'object' && metadata !== null && Object.hasOwn(metadata, 'signature');
}

/** What the value of a member holds; undefined where that is none of ours. */
function embedded(outer: Outer, member: number, shape: string, nesting: number): Verdict | undefined {
  const { b, m } = outer;
  const vs = m.list[member + MEMBER.start]!;
  const ve = m.list[member + MEMBER.end]!;
  if (nesting > MAX_NESTING) return undefined;
  let verdict: Verdict | undefined;
  if (b[vs] === QUOTE) {
    verdict = fromBytes(Buffer.from(JSON.parse(text(b, vs, ve)) as string, 'utf8'), shape, nesting);
  } else if (b[vs] === OPEN) {
    const members = inner[nesting]!;
    if (scanMembers(b, vs, ve, ITEM_NAMES, members) < 0) return undefined;
    verdict = judge(b, vs, ve, members, nesting + 1);
  }
  if (verdict?.kind === 'document') return verdict;
  if (verdict?.kind !== 'record') return undefined;
  // The nearest envelope says most about the record.
  return { ...verdict, shape, envelope: verdict.envelope ?? around(outer, vs, ve) };
}

/** The envelope with the record cut out: `{"EventId":"…","CloudTrailEvent":null,…}`. */
function around({ b, start, end }: Outer, vs: number, ve: number): Uint8Array {
  const out = new Uint8Array(end - start - (ve - vs) + 4);
  let at = minify(b, start, vs, out, 0);
  out.set(NULL_BYTES, at);
  at = minify(b, ve, end, out, at + 4);
  return out.subarray(0, at);
}

/** The `@message` of one CloudWatch Logs Insights result row, `[{"field":"@message","value":"{…}"}, …]`. */
export function insightsMessage(b: Uint8Array, start: number, end: number): string | undefined {
  const row = JSON.parse(text(b, start, end)) as unknown[];
  for (const cell of row) {
    const { field, value } = (cell ?? {}) as { field?: unknown; value?: unknown };
    if (field === '@message' && typeof value === 'string') return value;
  }
  return undefined;
}

function object(b: Uint8Array, start: number, end: number): Record<string, unknown> {
  return JSON.parse(text(b, start, end)) as Record<string, unknown>;
}

function firstByte(b: Uint8Array): number {
  let i = 0;
  while (i < b.length && b[i]! <= 0x20) i++;
  return i;
}

function reasonFor(b: Uint8Array, m: Members, at: (name: Marker) => number): string {
  if (at('s3') >= 0) return 'S3 event notification';
  if (at('detail-type') >= 0) return 'EventBridge event that is not from CloudTrail';
  if (at('Message') >= 0) return 'SNS notification without a record';
  if (at('message') >= 0) return 'log event whose message is not a CloudTrail record';
  for (let k = 0, p = 0; k < m.count; k++, p += MEMBER.width) {
    const key = text(b, m.list[p + MEMBER.keyStart]!, m.list[p + MEMBER.keyEnd]!);
    const source = FOREIGN_KEYS[key];
    if (source) return `${NO_FIELDS}; its \`${key}\` is what ${source} has`;
  }
  return NO_FIELDS;
}

const NO_FIELDS = 'JSON without the fields of a CloudTrail record';

/** Keys that tell other things people keep beside their logs. */
const FOREIGN_KEYS: Readonly<Record<string, string | undefined>> = Object.assign(Object.create(null), {
  body: 'an SQS message',
  Body: 'an SQS message',
  Sns: 'an SNS notification',
  kinesis: 'a Kinesis record',
  dynamodb: 'a DynamoDB stream record',
  Findings: 'a Security Hub export',
  findings: 'a Security Hub export',
  configurationItem: 'an AWS Config item',
  configurationItems: 'an AWS Config snapshot',
  configRuleId: 'an AWS Config rule event',
  NextToken: 'a page of an AWS API without events',
});
