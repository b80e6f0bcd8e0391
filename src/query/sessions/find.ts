/** From the text that somebody asks with to the access keys it stands for. */

import { ISSUING_CALLS } from '../../cloudtrail/issuing-calls.js';
import { lastEvent } from '../../store/columns/segments.js';
import { EVENTS_WITH_ID } from '../../store/event-ids.js';
import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { usernameSql } from '../../store/view.js';
import { largest } from '../columns/order.js';
import { chosen, select } from '../columns/selection.js';
import { createIssueFinder, type Issue, type IssueFinder, issuesOf } from './issued.js';
import { identitiesWith, signInOf, signInsOf } from './sign-ins.js';

/** Events read at a time. */
const AT_ONCE = 256;
/** What an issued key acts as: `arn:aws:sts::111122223333:assumed-role/role/session`. A role itself is none. */
export const STS_ARN = /^arn:[^:]*:sts:/;
/** Calls beyond the limit that are read, to tell how many sessions they gave. */
export const COUNTED = 100;
/** For selections that have no relative time. */
export const NO_TIME = new Date(0);

/** What sessions are asked for by, in the columns of `identity`. */
export const NAMES = [
  'accesskeyid',
  'arn',
  'sessioncontext_sessionissuer_arn',
  'sessioncontext_sessionissuer_username',
  usernameSql(),
];

/** Access keys, and as what the text was found that stands for them. */
export interface Start {
  foundAs: string;
  keys: string[];
}

/** Both; the second one says as what. */
export const joined = (a: Start, b: Start): Start => ({
  foundAs: b.keys.length > 0 ? b.foundAs : a.foundAs,
  keys: [...new Set([...a.keys, ...b.keys])],
});

/** What one pass over the columns gives. */
export interface Known {
  /** Events of the calls that issue keys, by the row of the caller's identity. */
  issuing: Map<number, number[]>;
  finder: IssueFinder;
}

/** Finds the events of the calls that issue keys. */
export function readEvents(db: Db): Known {
  const issuing = new Map<number, number[]>();
  const isIssuing = new Uint8Array(lastEvent(db) + 1);
  for (const { segment, places } of chosen(select(db, { eventName: ISSUING_CALLS }, NO_TIME))) {
    const identities = segment.pointers('identity');
    for (const place of places) {
      const id = segment.first + place;
      isIssuing[id] = 1;
      const list = issuing.get(identities[place]!);
      if (list) list.push(id);
      else issuing.set(identities[place]!, [id]);
    }
    segment.release();
  }
  return { issuing, finder: createIssueFinder(db, id => isIssuing[id] === 1) };
}

function keysWhere(db: Db, where: string, text: string): string[] {
  return prepared(
    db,
    `SELECT accesskeyid FROM identity WHERE coalesce(accesskeyid, '') != '' AND ${where}
    GROUP BY accesskeyid ORDER BY min(id)`,
  )
    .pluck()
    .all({ text }) as string[];
}

/** The access keys that a text stands for. */
export function startOf(db: Db, text: string, { finder }: Known, limit: number): Start {
  const accessKey = { foundAs: 'access key', keys: [text] };
  if (keysWhere(db, 'accesskeyid = :text', text).length > 0) return accessKey;
  const events = prepared(db, EVENTS_WITH_ID).pluck().all(text, text) as number[];
  if (events.length > 0) return { foundAs: 'eventID', keys: keysOfEvents(db, events) };
  /** With the keys that were issued and perhaps never used, where there is room for them. */
  const withIssued = (used: readonly string[], isFor: (issue: Issue) => boolean): string[] =>
    used.length < limit ? [...new Set([...used, ...issuedFor(db, text, finder, isFor)])] : [...used];
  const used = keysWhere(db, 'arn = :text', text);
  const session = STS_ARN.test(text) ? withIssued(used, ({ arn }) => arn === text) : used;
  if (session.length > 0) return { foundAs: 'ARN', keys: session };
  const role = keysWhere(
    db,
    ':text IN (sessioncontext_sessionissuer_arn, sessioncontext_sessionissuer_username)',
    text,
  );
  if (role.length === 0 && finder.ofKeys([text]).length > 0) return accessKey;
  const isOfRole = ({ roleArn }: Issue): boolean =>
    roleArn === text || roleArn?.endsWith(`/${text}`) === true;
  const ofRole = withIssued(role, isOfRole);
  if (ofRole.length > 0) return { foundAs: 'role', keys: ofRole };
  const user = keysWhere(db, `:text IN (username, ${usernameSql()})`, text);
  const isOfUser = ({ userName, sessionName }: Issue): boolean => userName === text || sessionName === text;
  return { foundAs: 'user name', keys: withIssued(user, isOfUser) };
}

function keysOfEvents(db: Db, events: readonly number[]): string[] {
  const callers = prepared(
    db,
    `SELECT useridentity_accesskeyid FROM cloudtrail_logs
    WHERE event_rowid IN (SELECT value FROM json_each(?)) AND coalesce(useridentity_accesskeyid, '') != ''`,
  )
    .pluck()
    .all(JSON.stringify(events)) as string[];
  const issued = issuesOf(db, events).flatMap(({ accessKeyId }) =>
    accessKeyId === null ? [] : [accessKeyId],
  );
  return [...new Set([...issued, ...callers, ...keysOfSignIns(db, events)])];
}

/** The keys that a sign-in probably gave. */
function keysOfSignIns(db: Db, events: readonly number[]): string[] {
  const signIns = signInsOf(db);
  const isAsked = new Set(events);
  return signIns
    .filter(({ eventRowid }) => isAsked.has(eventRowid))
    .flatMap(({ arn }) => (arn === null ? [] : identitiesWith(db, 'arn', [arn])))
    .filter(identity => isAsked.has(signInOf(identity, signIns)?.eventRowid ?? -1))
    .map(({ key }) => key);
}

/** Keys that were issued for a role, a session or a user and perhaps never used: the last COUNTED. */
function issuedFor(db: Db, name: string, finder: IssueFinder, isFor: (issue: Issue) => boolean): string[] {
  const ids = finder.withText(name).sort((a, b) => b - a);
  const keys = new Set<string>();
  for (let at = 0; at < ids.length && keys.size < COUNTED; at += AT_ONCE) {
    for (const issue of issuesOf(db, ids.slice(at, at + AT_ONCE)).reverse())
      if (issue.accessKeyId !== null && isFor(issue)) keys.add(issue.accessKeyId);
  }
  return [...keys].slice(0, COUNTED);
}

/** The keys with the most events, in the order they were in. */
export function busiest(db: Db, keys: readonly string[], limit: number): string[] {
  if (keys.length <= limit) return [...keys];
  const counted = prepared(
    db,
    `SELECT i.accesskeyid, count(*) FROM identity AS i JOIN event AS e ON e.identity_id = i.id
    WHERE i.accesskeyid IN (SELECT value FROM json_each(?)) GROUP BY 1`,
  )
    .raw(true)
    .all(JSON.stringify(keys)) as Array<[string, number]>;
  const events = new Map(counted);
  return largest(keys, limit, key => events.get(key) ?? 0);
}
