/** A new event, what of it stands where in its row of a batch, and the statements that insert it. */

import { ROW, type Text, textAt } from '../batch.js';
import { contentHash } from '../bytes/hash.js';
import { type FieldAt, fieldsAt } from '../cloudtrail/fields.js';
import { BY_STATEMENTS, type NewRows, type Payload } from './new-rows.js';
import type { Db } from './open.js';
import { ODD_TIME, oddTimeOf, secondsAt, TIME_LENGTH } from './times.js';

/** An event that is to be stored. One object for all of them: a million a minute pass through here. */
export interface NewEvent {
  id: number;
  payload: Payload;
  /** The rows of its batch, and where its own begins. */
  rows: Int32Array;
  at: number;
  fileId: number;
  /** Undefined until `eventIdOf` has made it: of most events of a load nobody asks for it. */
  eventId: string | null | undefined;
  /** Rows of the dimensions; null where it has none. */
  kind: number;
  identity: number | null;
  address: number | null;
  agent: number | null;
  channel: number | null;
  bucket: number | null;
  isConflicting: boolean;
}

export type EventRows = NewRows<NewEvent>;

interface DetailColumn {
  column: string;
  /** Position of the text in a row. */
  at: number;
}

/** Columns of `detail` most records have, by field; the others make the longer of two statements. */
const COMMON = new Set<Text>([
  'errorMessage',
  'requestParameters',
  'responseElements',
  'additionalEventData',
  'requestID',
  'resources',
  'sharedEventID',
]);

/** The columns of `detail` between its id and the whole record, in the order of the table. */
export const DETAIL: ReadonlyArray<DetailColumn & { isCommon: boolean }> = [
  ...fieldsAt('detail').map(f => ({ column: f.column, at: textAt(f.name), isCommon: COMMON.has(f.name) })),
  { column: 'additional_fields', at: textAt('additionalFields'), isCommon: false },
  { column: 'envelope', at: textAt('envelope'), isCommon: false },
];
const COMMON_DETAIL: readonly DetailColumn[] = DETAIL.filter(c => c.isCommon);
const RARE_DETAIL: readonly DetailColumn[] = DETAIL.filter(c => !c.isCommon);

/** All fields at `event`. One that is not here, and in the statement that inserts events, would be lost: the compiler asks for it. */
export const { eventTime: EVENT_TIME, eventID: EVENT_ID }: Readonly<Record<FieldAt<'event'>, number>> = {
  eventTime: textAt('eventTime'),
  eventID: textAt('eventID'),
};
export const OBJECT_KEY = textAt('objectKey');
export const SIGNATURE_VERSION = textAt('signatureVersion');
export const BYTES_IN = textAt('bytesTransferredIn');
export const BYTES_OUT = textAt('bytesTransferredOut');

const placeholders = (count: number): string => Array.from({ length: count }, () => '?').join(', ');

/** A text of an event; null where it has none. */
export function textOf({ payload, rows, at }: NewEvent, position: number): string | null {
  const offset = rows[at + position]!;
  return offset < 0 ? null : payload.utf8Slice(offset, offset + rows[at + position + 1]!);
}

export function eventIdOf(event: NewEvent): string | null {
  if (event.eventId === undefined) event.eventId = textOf(event, EVENT_ID);
  return event.eventId;
}

/** The text of the whole record. */
export function recordOf({ payload, rows, at }: Pick<NewEvent, 'payload' | 'rows' | 'at'>): string {
  const start = rows[at + ROW.start]!;
  return payload.utf8Slice(start, start + rows[at + ROW.length]!);
}

/** Seconds since 1970, or ODD_TIME. */
export function timeOf({ payload, rows, at }: NewEvent): number {
  const start = rows[at + EVENT_TIME]!;
  return start >= 0 && rows[at + EVENT_TIME + 1] === TIME_LENGTH ? secondsAt(payload, start) : ODD_TIME;
}

/** What the column `odd_time` has for an event of this time. */
export function oddTime(event: NewEvent, time = timeOf(event)): ReturnType<typeof oddTimeOf> {
  return time === ODD_TIME ? oddTimeOf(textOf(event, EVENT_TIME)) : null;
}

/** Columns of `event` in the order of the table. */
const EVENT_COLUMNS = [
  ...['id', 'eventtime', 'eventid', 'kind_id', 'identity_id', 'address_id', 'agent_id', 'channel_id'],
  ...['bucket_id', 'objectkey', 'signatureversion', 'bytestransferredin', 'bytestransferredout', 'file_id'],
  ...['ordinal', 'content_hash', 'odd_time', 'is_conflicting'],
];

/** 67 MB of memory. */
const MOST_KNOWN = 6_000_000;

/** Inserts events with statements. */
export function createEventInserts(db: Db): EventRows {
  const insertEvent = db.prepare(
    `INSERT INTO event (${EVENT_COLUMNS.join(', ')}) VALUES (${placeholders(EVENT_COLUMNS.length)})`,
  );
  const insertInto = (columns: string[]) =>
    db.prepare(`INSERT INTO detail (id, ${columns.join(', ')}) VALUES (${placeholders(columns.length + 1)})`);
  const insertDetail = insertInto(COMMON_DETAIL.map(c => c.column));
  const insertWideDetail = insertInto([...COMMON_DETAIL, ...RARE_DETAIL].map(c => c.column).concat('record'));
  const detail: unknown[] = [];
  return {
    mostKnown: MOST_KNOWN,
    insert(event) {
      const { id, rows, at } = event;
      insertEvent.run(
        id,
        textOf(event, EVENT_TIME),
        eventIdOf(event),
        event.kind,
        event.identity,
        event.address,
        event.agent,
        event.channel,
        event.bucket,
        textOf(event, OBJECT_KEY),
        textOf(event, SIGNATURE_VERSION),
        textOf(event, BYTES_IN),
        textOf(event, BYTES_OUT),
        event.fileId,
        rows[at + ROW.ordinal],
        contentHash(rows[at + ROW.contentHigh]!, rows[at + ROW.contentLow]!),
        oddTime(event),
        event.isConflicting ? 1 : 0,
      );
      const isIrregular = rows[at + ROW.irregular] === 1;
      const isWide = isIrregular || RARE_DETAIL.some(column => rows[at + column.at]! >= 0);
      detail.length = 0;
      detail.push(id);
      for (const column of COMMON_DETAIL) detail.push(textOf(event, column.at));
      if (isWide) {
        for (const column of RARE_DETAIL) detail.push(textOf(event, column.at));
        detail.push(isIrregular ? recordOf(event) : null);
      }
      (isWide ? insertWideDetail : insertDetail).run(detail);
    },
    ...BY_STATEMENTS,
  };
}
