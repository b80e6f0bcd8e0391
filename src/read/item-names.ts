/** The names at the top of an item that tell what it is. */

import { FIELDS, fieldIndex } from '../cloudtrail/fields.js';
import { MEMBER, type Members, memberTable } from './json-scan.js';

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
  'Metadata',
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

const F = {
  eventVersion: fieldIndex('eventVersion'),
  eventSource: fieldIndex('eventSource'),
  eventName: fieldIndex('eventName'),
  eventType: fieldIndex('eventType'),
  eventCategory: fieldIndex('eventCategory'),
  eventID: fieldIndex('eventID'),
};
const AWS_COLON = new TextEncoder().encode('"aws:');

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
