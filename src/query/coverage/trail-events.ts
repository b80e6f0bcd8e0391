/** The events that change a trail: calls that succeeded, with the trail they are about. */

import { isoSecond } from '../../cloudtrail/time.js';
import type { Db } from '../../store/open.js';
import { IS_ERROR } from '../filter/filter.js';
import { literals } from '../filter/sql-text.js';
import { EVENT_SECONDS } from '../filter/time.js';
import { type Json, objectIn, textIn } from './trail-json.js';

/** The calls that change a trail. What the calls that only read one were answered is not in the logs. */
export const TRAIL_CALLS = [
  'CreateTrail',
  'UpdateTrail',
  'DeleteTrail',
  'StartLogging',
  'StopLogging',
  'PutEventSelectors',
  'PutInsightSelectors',
] as const;
export type TrailCall = (typeof TRAIL_CALLS)[number];

/** What makes a trail one: a name is used once in an account and a region. */
export interface TrailName {
  /** Account of the trail; null where the records do not say it. */
  account: string | null;
  /** Region that the trail was made in; null where the records do not say it. */
  homeRegion: string | null;
  /** Its name. */
  name: string;
}

/** Who changed a trail, when and from where. */
export interface TrailEvent {
  /** When it was, to the second: `YYYY-MM-DDTHH:MM:SSZ`. */
  time: string;
  /** Seconds since 1970, with their fraction. */
  seconds: number;
  /** What the call was. */
  eventName: TrailCall;
  /** The id that CloudTrail gave. */
  eventId: string | null;
  /** Its `event_rowid`. */
  rowid: number;
  /** The ARN, else whatever names the caller best. */
  who: string | null;
  /** Address of the caller, or the service that called. */
  sourceIPAddress: string | null;
}

/** An event with what it says. */
export interface TrailRecord {
  event: TrailEvent;
  trail: TrailName;
  /** ARN of the trail, where the record has it. */
  arn: string | null;
  request: Json;
  response: Json;
}

export interface TrailRecords {
  /** In order of time. */
  records: TrailRecord[];
  /** Events that were left out: without a time that can be read. */
  untimed: number;
  /** Events that were left out: they do not say which trail they are about. */
  unnamed: number;
}

interface Row {
  rowid: number;
  seconds: number | null;
  eventName: TrailCall;
  [column: string]: unknown;
}

const RECORDS = `
  SELECT event_rowid AS rowid, ${EVENT_SECONDS} AS seconds, eventname AS eventName, eventid AS eventId,
    coalesce(nullif(useridentity_arn, ''), nullif(username, ''), nullif(useridentity_invokedby, ''),
      nullif(useridentity_principalid, ''), nullif(useridentity_accountid, ''), useridentity_type) AS who,
    sourceipaddress AS sourceIPAddress, awsregion AS region,
    coalesce(nullif(recipientaccountid, ''), nullif(useridentity_accountid, '')) AS account,
    requestparameters AS request, responseelements AS response
  FROM cloudtrail_logs
  WHERE event_rowid IN (
    SELECT id FROM event WHERE kind_id IN (
      SELECT id FROM kind
      WHERE eventname IN (${literals(TRAIL_CALLS)}) AND eventsource = 'cloudtrail.amazonaws.com' AND ${IS_ERROR} IS NOT TRUE
    )
  )`;

/** Reads the events that changed a trail, whatever trail it is. */
export function readTrailRecords(db: Db): TrailRecords {
  const records: TrailRecord[] = [];
  let [untimed, unnamed] = [0, 0];
  for (const row of db.prepare<[], Row>(RECORDS).iterate()) {
    const [request, response] = [objectIn(row.request), objectIn(row.response)];
    // Event data stores have Insights, too.
    if (row.eventName === 'PutInsightSelectors' && textIn(request, 'eventDataStore') !== null) continue;
    const named = trailOf(request, response, row);
    if (!named) unnamed++;
    else if (typeof row.seconds !== 'number') untimed++;
    else records.push({ ...named, event: eventOf(row, row.seconds), request, response });
  }
  records.sort((a, b) => a.event.seconds - b.event.seconds || a.event.rowid - b.event.rowid);
  return { records, untimed, unnamed };
}

function eventOf(row: Row, seconds: number): TrailEvent {
  return {
    time: isoSecond(Math.floor(seconds)),
    seconds,
    eventName: row.eventName,
    eventId: textOf(row.eventId),
    rowid: row.rowid,
    who: textOf(row.who),
    sourceIPAddress: textOf(row.sourceIPAddress),
  };
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** Name and ARN of the trail; an ARN says more than the record around it: others than its account may call. */
function trailOf(request: Json, response: Json, row: Row): Pick<TrailRecord, 'trail' | 'arn'> | undefined {
  const names = [
    textIn(response, 'trailARN'),
    textIn(request, 'name'),
    textIn(request, 'trailName'),
    textIn(response, 'name'),
  ].filter(name => name !== null && name !== '');
  for (const arn of names) {
    const [, homeRegion, account, name] = TRAIL_ARN.exec(arn!) ?? [];
    if (name !== undefined) return { arn, trail: { account: account!, homeRegion: homeRegion!, name } };
  }
  const name = names[0];
  if (!name) return undefined;
  // A trail can only be changed in its home region (API Reference, InvalidHomeRegionException).
  return { arn: null, trail: { account: textOf(row.account), homeRegion: textOf(row.region), name } };
}

const TRAIL_ARN = /^arn:[^:]*:cloudtrail:([^:]+):([^:]+):trail\/(.+)$/s;
