/** One item of a document: a CloudTrail record, an envelope around one, or something else. */

import { gunzipSync } from 'node:zlib';
import { MEMBER, type Members, minify, newMembers, scanMembers } from './json-scan.js';
import { type Envelope, ITEM_NAMES, isRecord, type Marker, markerSlot, text } from './record.js';

/** Names of arrays whose elements are items, and the form they show. */
export const CONTAINERS = {
  Records: 'Records',
  Events: 'lookup-events',
  events: 'CloudWatch Logs events',
  logEvents: 'CloudWatch Logs subscription',
  results: 'CloudWatch Logs Insights',
} as const;

/** A payload of a CloudWatch Logs subscription is at most 1 MB; this keeps a bomb out. */
const MAX_PAYLOAD = 2 << 20;

/** What an item turned out to be. */
export type Verdict =
  | {
      kind: 'record';
      shape: string;
      bytes: Uint8Array;
      start: number;
      end: number;
      members: Members;
      loose: boolean;
      envelope: Envelope;
    }
  | { kind: 'document'; shape: string; bytes: Uint8Array }
  | { kind: 'digest' }
  | { kind: 'foreign'; reason: string };

const inner = newMembers(ITEM_NAMES);
const NULL_BYTES = new TextEncoder().encode('null');
const OPEN = 0x7b;
const QUOTE = 0x22;

/**
 * Says what the object in `b[start, end)` is. Its members have been scanned into `m`.
 * The forms are those of the User Guide, EventBridge and CloudWatch Logs: see docs/formats.md.
 */
export function judge(b: Uint8Array, start: number, end: number, m: Members, loose: boolean): Verdict {
  if (isRecord(b, m)) {
    return { kind: 'record', shape: '', bytes: b, start, end, members: m, loose, envelope: undefined };
  }
  const at = (name: Marker): number => m.bySlot[markerSlot(name)]!;
  if (at('digestS3Object') >= 0) return { kind: 'digest' };

  for (const name of Object.keys(CONTAINERS) as Array<keyof typeof CONTAINERS>) {
    const member = at(name);
    if (member >= 0 && b[m.list[member + MEMBER.start]!] === 0x5b) {
      return { kind: 'document', shape: CONTAINERS[name], bytes: b.subarray(start, end) };
    }
  }
  const outer = { b, start, end, m };
  const held =
    embedded(outer, at('CloudTrailEvent'), 'lookup-events') ??
    embedded(outer, at('detail'), 'EventBridge') ??
    embedded(outer, at('message'), 'CloudWatch Logs') ??
    embedded(outer, at('Message'), 'SNS');
  if (held) return held;
  const json = at('event') >= 0 || at('awslogs') >= 0 ? object(b, start, end) : undefined;
  const original = (json?.event as { original?: unknown } | undefined)?.original;
  if (typeof original === 'string') {
    const found = fromText(original, 'Elastic document');
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
export function fromText(json: string, shape: string, envelope?: Envelope): Verdict | undefined {
  const bytes = Buffer.from(json, 'utf8');
  const start = firstByte(bytes);
  if (bytes[start] !== OPEN) return undefined;
  const end = scanMembers(bytes, start, bytes.length, ITEM_NAMES, inner);
  if (end < 0 || !isRecord(bytes, inner)) return undefined;
  // More than one record in a text: each counts.
  if (bytes.subarray(end).some(byte => byte > 0x20)) return { kind: 'document', shape, bytes };
  return { kind: 'record', shape, bytes, start, end, members: inner, loose: true, envelope };
}

interface Outer {
  b: Uint8Array;
  start: number;
  end: number;
  m: Members;
}

function embedded(outer: Outer, member: number, shape: string): Verdict | undefined {
  if (member < 0) return undefined;
  const { b, m } = outer;
  const vs = m.list[member + MEMBER.start]!;
  const ve = m.list[member + MEMBER.end]!;
  if (b[vs] === QUOTE) {
    const json = JSON.parse(text(b, vs, ve)) as string;
    return fromText(json, shape, around(outer, vs, ve));
  }
  if (b[vs] !== OPEN) return undefined;
  const end = scanMembers(b, vs, ve, ITEM_NAMES, inner);
  if (end < 0 || !isRecord(b, inner)) return undefined;
  return {
    kind: 'record',
    shape,
    bytes: b,
    start: vs,
    end,
    members: inner,
    loose: true,
    envelope: around(outer, vs, ve),
  };
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
    const known = FOREIGN_KEYS[text(b, m.list[p + MEMBER.keyStart]!, m.list[p + MEMBER.keyEnd]!)];
    if (known) return known;
  }
  return 'JSON without the fields of a CloudTrail record';
}

/** Keys that tell other things people keep beside their logs. */
const FOREIGN_KEYS: Readonly<Record<string, string | undefined>> = Object.assign(Object.create(null), {
  body: 'SQS message',
  Body: 'SQS message',
  Sns: 'SNS notification',
  kinesis: 'Kinesis record',
  dynamodb: 'DynamoDB stream record',
  Findings: 'Security Hub findings',
  findings: 'Security Hub findings',
  configurationItem: 'AWS Config item',
  configurationItems: 'AWS Config items',
  configRuleId: 'AWS Config rule event',
  NextToken: 'AWS API response without events',
});
