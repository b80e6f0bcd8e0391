/** `aws cloudtrail lookup-events` on an index. */

import { RESOURCE_COLUMNS, resourcesOf } from '../../cloudtrail/resources.js';
import { UsageError } from '../../errors.js';
import type { Db } from '../../store/open.js';
import { createRebuilder, noSuchRow } from '../../store/rebuild.js';
import { prepared } from '../../store/statements.js';
import { readableSeconds } from '../../store/times.js';
import { events } from '../events.js';
import type { ExactValue } from '../filter/condition.js';
import type { Filters } from '../filter/filter.js';
import type { EventListing } from '../listing.js';
import { categoryAttribute, literalFilters, lookupAttributes, refused, timeOf } from './attributes.js';

export interface LookupOptions {
  /** AWS's shorthand (`AttributeKey=EventName,AttributeValue=ConsoleLogin`) or JSON. All keys must hold; of one key any value. */
  lookupAttributes?: readonly string[] | undefined;
  /** Inclusive; as AWS reads times, and as every filter does. */
  startTime?: string | undefined;
  /** Inclusive. */
  endTime?: string | undefined;
  /** One of CATEGORIES. Default: all but Insights events. */
  eventCategory?: string | undefined;
  /** Default: all regions. */
  region?: string | undefined;
  /** Events at most; all when absent. */
  limit?: number | undefined;
  /** NextToken of the page before. */
  token?: string | undefined;
}

/** An event as lookup-events prints it; what an event does not have is absent. */
export interface LookupEvent {
  /** The eventID. */
  EventId?: string;
  /** The API action. */
  EventName?: string;
  /** `true` or `false`. */
  ReadOnly?: string;
  /** Access key of the caller. */
  AccessKeyId?: string;
  /** ISO 8601 with the offset of this machine, as version 2 of the AWS CLI has it. */
  EventTime?: string;
  /** The service, `s3.amazonaws.com`. */
  EventSource?: string;
  /** The user’s name, `root`, or the name of a role’s session. */
  Username?: string;
  /** What the event touched, by the names it has. */
  Resources: Array<{ ResourceType?: string; ResourceName: string }>;
  /** The record, as it is delivered to trails. */
  CloudTrailEvent: string;
}

/**
 * What a lookup asks for as filters: to tell why it found nothing.
 * @throws LookupError as `lookupEvents` does
 */
export function lookupFilters(
  { lookupAttributes: texts = [], region, startTime, endTime }: LookupOptions,
  now: Date,
): Filters {
  return {
    ...literalFilters(lookupAttributes(texts)),
    ...(region === undefined ? {} : { region }),
    ...(startTime === undefined ? {} : { from: timeOf('StartTime', startTime, now) }),
    ...(endTime === undefined ? {} : { to: timeOf('EndTime', endTime, now) }),
  };
}

/**
 * Looks up events, newest first.
 * @throws LookupError in the words of the AWS CLI, with the name of AWS's exception as its code
 * @throws UsageError `BAD_LIMIT`
 */
export function lookupEvents(db: Db, options: LookupOptions, now: Date): EventListing<LookupEvent> {
  const { startTime, endTime, eventCategory, region, limit, token } = options;
  const attributes: ExactValue[] = [
    ...lookupAttributes(options.lookupAttributes ?? []),
    ...categoryAttribute(eventCategory),
    ...(region === undefined ? [] : [{ filter: 'region' as const, value: region }]),
  ];
  const from = startTime === undefined ? undefined : timeOf('StartTime', startTime, now);
  const to = endTime === undefined ? undefined : timeOf('EndTime', endTime, now);
  try {
    return events(
      db,
      {
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
        ...(limit === undefined ? {} : { limit }),
        ...(token === undefined ? {} : { token }),
      },
      now,
      createLookupReader(db),
      attributes,
    );
  } catch (error) {
    const code = error instanceof UsageError ? error.code : '';
    if (code === 'EMPTY_RANGE')
      throw refused('InvalidTimeRangeException', 'the start time occurs after the end time.');
    if (code === 'BAD_TOKEN')
      throw refused(
        'InvalidNextTokenException',
        'the token is not valid, or was used with other parameters or another index.',
      );
    throw error;
  }
}

/**
 * Makes events of their `event_rowid`s.
 * @throws TypeError where there is no such event
 */
function createLookupReader(db: Db): (id: number) => LookupEvent {
  const statement = prepared(
    db,
    `SELECT ${[...MEMBERS, ...RESOURCE_COLUMNS].join(', ')} FROM cloudtrail_logs WHERE event_rowid = ?`,
  );
  const recordOf = createRebuilder(db);
  return id => {
    const row = statement.raw(true).get(id) as Array<string | null> | undefined;
    if (!row) throw noSuchRow(id);
    const [eventId, name, readOnly, accessKey, time, source, username] = row;
    return {
      ...(eventId ? { EventId: eventId } : {}),
      ...(name ? { EventName: name } : {}),
      ...(readOnly ? { ReadOnly: readOnly } : {}),
      ...(accessKey ? { AccessKeyId: accessKey } : {}),
      ...(time ? { EventTime: localTime(time) } : {}),
      ...(source ? { EventSource: source } : {}),
      ...(username ? { Username: username } : {}),
      Resources: resourcesOf(row.slice(MEMBERS.length)).map(({ type, name: resource }) => ({
        ...(type === null ? {} : { ResourceType: type }),
        ResourceName: resource,
      })),
      CloudTrailEvent: recordOf(id),
    };
  };
}

/** Columns of the members of an event. */
const MEMBERS = [
  'eventid',
  'eventname',
  'readonly',
  'useridentity_accesskeyid',
  'eventtime',
  'eventsource',
  'username',
];

/** `2021-11-18T09:41:02-08:00`; a time in another form stays as it is. */
function localTime(eventTime: string): string {
  const seconds = readableSeconds(eventTime);
  if (seconds === undefined) return eventTime;
  const time = new Date(seconds * 1000);
  const offset = -time.getTimezoneOffset();
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const local = new Date(time.getTime() + offset * 60_000).toISOString().slice(0, 19);
  return `${local}${offset < 0 ? '-' : '+'}${two(Math.abs(offset) / 60)}:${two(Math.abs(offset) % 60)}`;
}
