/**
 * What fits IAM’s “last used” of an access key: a time, a service, a region. Rows around that time are ranked by how well
 * they fit, and each says why. Nothing is weighed: first comes what is certain, then what the requester allows, in each
 * the right region before the others, and then the nearest.
 */

import { requesterOf } from '../../access-logs/requester.js';
import type { Db } from '../../store/open.js';
import { S3_SOURCES } from '../../store/requests-view.js';
import { prepared } from '../../store/statements.js';
import { secondText } from '../columns/selection.js';
import type { Ownership } from './key-owner.js';
import { actsAs, isArn } from './key-owner.js';
import { regionOfLine } from './line-region.js';
import { type RequestRow, requestsIn } from './requests.js';

/** How well a row fits, the best first. */
export const FITS = ['certain', 'fits', 'possible', 'ruled out'] as const;
export type Fit = (typeof FITS)[number];

/** A request that may be the last use. */
export interface Candidate {
  /** How well it fits. */
  fit: Fit;
  /** Why. */
  reasons: string[];
  /** Where it was seen. */
  seen: 'both' | 'CloudTrail' | 'access log';
  /** When: arrival, of the access log; else eventTime. */
  time: string | null;
  /** Seconds from the time that was asked for; a time on a whole minute stands for that minute. */
  secondsApart: number;
  /** The service, `s3.amazonaws.com`. */
  eventSource: string;
  /** The call as CloudTrail names it. */
  eventName: string | null;
  /** The operation of an access log. */
  operation: string | null;
  /** The bucket, of a request to S3. */
  bucket: string | null;
  /** The object key, decoded. */
  key: string | null;
  /** The region; null where nothing says it. */
  region: string | null;
  /** ARN or another form of the requester; null where it is anonymous. */
  requester: string | null;
  /** As CloudTrail names it; null where only access logs have the request. */
  accessKeyId: string | null;
  /** Address of the caller, or the service that called. */
  address: string | null;
  /** The program that made it. */
  userAgent: string | null;
  /** Instance whose role made it: the name of its session. */
  instance: string | null;
  /** HTTP status, of the access log. */
  status: string | null;
  /** The error; null on success. */
  errorCode: string | null;
  /** Id of the request: `request` shows both sides of it. */
  requestId: string | null;
  /** Its `event_rowid` in `cloudtrail_logs`. */
  eventRowid: number | null;
  /** Its `access_rowid` in `s3_access_logs`. */
  accessRowid: number | null;
}

/** What is asked of the last use. */
export interface LastUse {
  /** The time, in seconds since 1970. */
  time: number;
  /** Seconds on both sides in which rows are looked at. */
  within: number;
  /** `s3`, `s3.amazonaws.com`, …; undefined for any. */
  service: string | undefined;
  region: string | undefined;
  /** The access key, or the ARN. */
  asked: string;
  ownership: Ownership;
}

const INSTANCE = /^arn:aws[a-z-]*:sts::\d{12}:assumed-role\/[^/]+\/(i-[0-9a-f]{8}(?:[0-9a-f]{9})?)$/;

/** The instance whose role a session is of: EC2 names the session by it. */
export const instanceOf = (arn: string | null): string | null => INSTANCE.exec(arn ?? '')?.[1] ?? null;

export const sourceOf = (service: string): string =>
  service.includes('.') ? service.toLowerCase() : `${service.toLowerCase()}.amazonaws.com`;

/** The rows around a time, the best first. */
export function lastUseCandidates(db: Db, use: LastUse): Candidate[] {
  const { time, within, service } = use;
  // A time on a whole minute stands for that minute.
  const end = time % 60 === 0 ? time + 59 : time;
  const apart = (seconds: number): number => Math.max(0, time - seconds, seconds - end);
  const window = { from: time - within, to: end + within };
  const isS3 = service === undefined || /^s3(?:express)?\.amazonaws\.com$/.test(sourceOf(service));
  const requests = isS3 ? requestsIn(db, window) : [];
  const candidates = [
    ...requests.map(row => requestCandidate(db, row, use, apart)),
    ...eventCandidates(db, use, window, apart),
  ].filter(({ fit, seen }) => fit !== 'ruled out' || seen !== 'CloudTrail');
  const regionRank = ({ region }: Candidate): number =>
    use.region === undefined || region === use.region ? 0 : region === null ? 1 : 2;
  return candidates.sort(
    (a, b) =>
      FITS.indexOf(a.fit) - FITS.indexOf(b.fit) ||
      regionRank(a) - regionRank(b) ||
      a.secondsApart - b.secondsApart ||
      (a.accessRowid ?? 0) - (b.accessRowid ?? 0) ||
      (a.eventRowid ?? 0) - (b.eventRowid ?? 0),
  );
}

function requestCandidate(
  db: Db,
  row: RequestRow,
  use: LastUse,
  apart: (seconds: number) => number,
): Candidate {
  const { fit, reasons } = fitOf(row, use);
  const time = row.requesttime ?? row.eventtime;
  const requester = row.requester ?? row.useridentity_arn;
  const region = row.awsregion ?? regionOfLine(db, row);
  return {
    fit,
    reasons: [...reasons, ...regionReasons(region, use)],
    seen: row.seen,
    time,
    secondsApart: apart(Date.parse(time ?? '') / 1000),
    eventSource: 's3.amazonaws.com',
    eventName: row.eventname,
    operation: row.operation,
    bucket: row.bucket_name,
    key: row.objectkey,
    region,
    requester,
    accessKeyId: row.accesskeyid,
    address: row.remoteip ?? row.sourceipaddress,
    userAgent: row.useragent,
    instance: instanceOf(requester),
    status: row.httpstatus,
    errorCode: row.log_errorcode ?? row.errorcode,
    requestId: row.requestid,
    eventRowid: row.event_rowid,
    accessRowid: row.access_rowid,
  };
}

function regionReasons(region: string | null, use: LastUse): string[] {
  if (use.region === undefined || region === use.region) return [];
  return [region === null ? 'its region is not known' : `in ${region}, not ${use.region}`];
}

interface Judgement {
  fit: Fit;
  reasons: string[];
}

const judged = (fit: Fit, reason: string): Judgement => ({ fit, reasons: [reason] });

/** How well a request fits, by what names its caller. */
export function fitOf(row: RequestRow, { asked, ownership: { owners, keys } }: LastUse): Judgement {
  const isKey = !isArn(asked);
  if (isKey && row.accesskeyid) {
    return row.accesskeyid === asked
      ? judged('certain', 'CloudTrail has this request with the key')
      : judged('ruled out', `CloudTrail has this request with another key, ${row.accesskeyid}`);
  }
  const arn = row.requester ?? row.useridentity_arn;
  const who = arn === null ? undefined : requesterOf(arn);
  if (!who)
    return judged(
      'ruled out',
      row.operation?.startsWith('S3.') ? 'what S3 did by itself' : 'without authentication',
    );
  if (who.kind === 'service') return judged('ruled out', 'a service of AWS');
  if (owners.some(owner => actsAs(owner.arn, arn!))) {
    if (!isKey) return judged('certain', 'the requester is who was asked for');
    const others = keys.filter(({ accessKeyId }) => accessKeyId !== asked).length;
    return judged(
      'fits',
      others > 0
        ? `the requester is the key’s, which has ${others} more ${others === 1 ? 'key' : 'keys'} in these logs`
        : 'the requester is the key’s',
    );
  }
  if (who.kind === 'canonical' || who.kind === 'unknown')
    return judged('possible', 'the requester has no ARN here that could be compared');
  if (owners.length > 0) return judged('ruled out', 'another requester');
  if (asked.startsWith('AKIA') && (who.kind === 'session' || who.kind === 'federated'))
    return judged('ruled out', 'temporary credentials; AKIA… is a long-term key');
  return judged('possible', 'whose key it is, the logs do not say');
}

/** The events of the key, or the ARN, that are no requests to S3. */
function eventCandidates(
  db: Db,
  { asked, service, ...use }: LastUse,
  { from, to }: { from: number; to: number },
  apart: (seconds: number) => number,
): Candidate[] {
  const rows = prepared(
    db,
    `SELECT e.id AS eventRowid, e.eventtime AS time, k.eventsource AS eventSource, k.eventname AS eventName,
      k.awsregion AS region, k.errorcode AS errorCode, i.arn AS requester, i.accesskeyid AS accessKeyId,
      a.sourceipaddress AS address, g.useragent AS userAgent, d.requestid AS requestId
    FROM identity AS i JOIN event AS e ON e.identity_id = i.id
      JOIN kind AS k ON k.id = e.kind_id
      LEFT JOIN detail AS d ON d.id = e.id
      LEFT JOIN address AS a ON a.id = e.address_id
      LEFT JOIN agent AS g ON g.id = e.agent_id
    WHERE :asked IN (i.accesskeyid, i.arn, i.sessioncontext_sessionissuer_arn)
      AND e.odd_time IS NULL AND e.eventtime BETWEEN :from AND :to
      AND coalesce(k.eventsource, '') NOT IN ${S3_SOURCES}
      AND (:source IS NULL OR k.eventsource = :source)`,
  ).all({
    asked,
    from: secondText(from),
    to: secondText(to),
    source: service === undefined ? null : sourceOf(service),
  }) as Array<
    Pick<Candidate, 'time' | 'eventSource' | 'eventName' | 'region' | 'errorCode' | 'requester'> &
      Pick<Candidate, 'accessKeyId' | 'address' | 'userAgent' | 'requestId' | 'eventRowid'>
  >;
  return rows.map(row => ({
    ...row,
    fit: 'certain',
    reasons: ['a CloudTrail event of it', ...regionReasons(row.region, { asked, service, ...use })],
    seen: 'CloudTrail',
    secondsApart: apart(Date.parse(row.time ?? '') / 1000),
    operation: null,
    bucket: null,
    key: null,
    instance: instanceOf(row.requester),
    status: null,
    accessRowid: null,
  }));
}
