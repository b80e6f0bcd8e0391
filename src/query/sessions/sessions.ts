/**
 * Follows temporary credentials both ways and across accounts: which call or sign-in issued an access key, what was done
 * with it, and which further keys it got.
 */

import { ISSUING_CALLS } from '../../cloudtrail/issuing-calls.js';
import { UsageError } from '../../errors.js';
import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { readableSeconds } from '../../store/times.js';
import { usernameSql } from '../../store/view.js';
import { findColumn } from '../columns/column.js';
import { type Counter, countEach, countedOf, createCounter, errorKinds } from '../columns/counter.js';
import { groupingsBy } from '../columns/grouping.js';
import { compareText, largest } from '../columns/order.js';
import { type Chosen, chosen, select } from '../columns/selection.js';
import { identitiesInOtherCase, nearestIdentities } from '../columns/spelling.js';
import { EVENT_SECONDS } from '../filter/time.js';
import { escaped } from '../filter/wildcard.js';
import { checkedLimit } from '../limit.js';
import { inSnapshot } from '../snapshot.js';
import { createIssueFinder, type Issue, type IssueFinder, issuesOf } from './issued.js';

/** An access key, what it is, and what was done with it. */
export interface Session {
  /** The access key. */
  accessKeyId: string;
  /** True for those that were asked for. */
  isAsked: boolean;
  /** The call that issued it, in the record that says most about the caller. */
  issuedBy: Issue | undefined;
  /** The records of the same call in other accounts: those with its sharedEventID. */
  alsoIn: Issue[];
  /** Other calls that gave the same key. Only one can have: in redacted logs one name stands for several keys. */
  otherIssues: Issue[];
  /** The sign-in that it comes from, by the user and the time: records do not name the keys of a sign-in. */
  signIn: SignIn | undefined;
  /** Why no event is known that issued it; undefined where one is. */
  missing: string | undefined;
  /** Who had it; undefined where no event was made with it. */
  identity: Identity | undefined;
  /** Number of events that were made with it. */
  events: number;
  /** Number of those that failed. */
  errors: number;
  /** eventTime of the first one; null where none has a time. */
  first: string | null;
  /** eventTime of the last one. */
  last: string | null;
  /** What was done with it, all of it: calls that write before the others, and the rare before the frequent. */
  calls: SessionCall[];
  /** The access key it was issued to. */
  parent: string | undefined;
  /** The access keys that were issued to it, in order of time. */
  children: string[];
  /** Calls by it for credentials that did not give any. */
  refused: Issue[];
}

/** A call that was made with a key. */
export interface SessionCall {
  /** The service, `s3.amazonaws.com`. */
  eventSource: string | null;
  /** The API action. */
  eventName: string | null;
  /** `false` for a call that writes; old records do not all say it. */
  readOnly: string | null;
  /** How often it was called. */
  events: number;
  /** How often it failed. */
  errors: number;
}

/** Who had a key, in the latest event with it. */
export interface Identity {
  /** `AssumedRole`, `IAMUser`, … */
  type: string | null;
  /** ARN of the caller. */
  arn: string | null;
  /** As lookup-events has it. */
  username: string | null;
  /** Account of the caller. */
  accountId: string | null;
  /** ARN of the role behind a session. */
  roleArn: string | null;
  /** The source identity of the session. */
  sourceIdentity: string | null;
  /** When the session began. */
  creationDate: string | null;
  /** `true` or `false`. */
  mfaAuthenticated: string | null;
  /** The service that made requests with it. */
  invokedBy: string | null;
}

export interface SignIn {
  /** Its `event_rowid`. */
  eventRowid: number;
  /** The id that CloudTrail gave. */
  eventID: string | null;
  /** When it was. */
  eventTime: string;
  /** `ConsoleLogin`, … */
  eventName: string;
  /** Address of the user. */
  sourceIPAddress: string | null;
  /** ARN of the user. */
  arn: string | null;
}

export interface Sessions {
  /** As what the text was found. */
  foundAs: string;
  /** The names in another case that it was taken for; empty where there is one as it is given. */
  takenFor: string[];
  /** By access key. */
  sessions: Map<string, Session>;
  /** The keys at the beginning of a chain, in order of time. */
  roots: string[];
  /** Sessions that were found and, beyond the limit, not followed: what they come from or led to is not among them. */
  notFollowed: number;
}

/** Events read at a time. */
const AT_ONCE = 256;
/** Calls beyond the limit that are read, to tell how many sessions they gave. */
const COUNTED = 100;
/** A sign-in and the creation of its session are no further apart. */
const SIGN_IN_SECONDS = 300;

/**
 * The sessions of an access key, of a role or a session (its name or ARN), of a user, of a sign-in, or of the caller and
 * the keys of one event.
 * @param limit how many of these to follow, those with the most events; and how many more, of those they come from or
 *   led to
 * @throws UsageError `BAD_LIMIT`, `NO_SUCH_SESSION`
 */
export function sessions(db: Db, text: string, limit: number): Sessions {
  checkedLimit(limit);
  return inSnapshot(db, () => {
    const known = readEvents(db);
    const exact = startOf(db, text, known, limit);
    const takenFor = exact.keys.length > 0 ? [] : identitiesInOtherCase(db, NAMES, escaped(text));
    const start = takenFor.reduce((all, name) => joined(all, startOf(db, name, known, limit)), exact);
    if (start.keys.length === 0) {
      const similar = nearestIdentities(db, NAMES, text);
      throw new UsageError(
        'NO_SUCH_SESSION',
        `no session belongs to ${JSON.stringify(text)}`,
        `${similar.length > 0 ? `did you mean ${similar.join(' or ')}? ` : ''}name an access key, a role, a user, the ARN of a session, or the eventID of a sign-in or a call that gave credentials; a search finds a text anywhere`,
      );
    }
    const asked = busiest(db, start.keys, limit);
    const { found, notFollowed } = follow(db, asked, known, asked.length + limit);
    describe(db, found);
    const left = new Set([...start.keys, ...notFollowed.keys].filter(key => !found.has(key)));
    return {
      foundAs: start.foundAs,
      takenFor,
      sessions: found,
      roots: rootsOf(found),
      notFollowed: left.size + notFollowed.unread,
    };
  });
}

/** What sessions are asked for by, in the columns of `identity`. */
const NAMES = [
  'accesskeyid',
  'arn',
  'sessioncontext_sessionissuer_arn',
  'sessioncontext_sessionissuer_username',
  usernameSql(),
];

interface Start {
  foundAs: string;
  keys: string[];
}

const joined = (a: Start, b: Start): Start => ({
  foundAs: b.keys.length > 0 ? b.foundAs : a.foundAs,
  keys: [...new Set([...a.keys, ...b.keys])],
});

/** The keys with the most events, in the order they were in. */
function busiest(db: Db, keys: readonly string[], limit: number): string[] {
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

function eventsOfKeys(db: Db, keys: Iterable<string>): Generator<Chosen> {
  const onHome = {
    text: 'accesskeyid IN (SELECT value FROM json_each(?))',
    params: [JSON.stringify([...keys])],
  };
  return chosen(select(db, {}, NO_TIME, [{ home: 'identity', onHome, holdsForNone: false }]));
}

/** Where the chains begin; of keys that issued each other, at the one that was first. */
function rootsOf(found: ReadonlyMap<string, Session>): string[] {
  const reached = new Set<string>();
  const reach = (session: Session): void => {
    const left = [session];
    for (let next = left.pop(); next; next = left.pop()) {
      if (reached.has(next.accessKeyId)) continue;
      reached.add(next.accessKeyId);
      for (const child of next.children) left.push(found.get(child)!);
    }
  };
  const all = inTime([...found.values()]);
  const roots = all.filter(({ parent }) => parent === undefined || !found.has(parent));
  roots.forEach(reach);
  for (const session of all) {
    if (reached.has(session.accessKeyId)) continue;
    roots.push(session);
    reach(session);
  }
  return inTime(roots).map(session => session.accessKeyId);
}

const beginOf = (session: Session): string => session.issuedBy?.eventTime ?? session.first ?? '';
function inTime(all: Session[]): Session[] {
  return all.sort((a, b) => compareText(beginOf(a), beginOf(b)));
}

/** For selections that have no relative time. */
const NO_TIME = new Date(0);

/** What one pass over the columns gives. */
interface Known {
  /** Events of the calls that issue keys, by the row of the caller's identity. */
  issuing: Map<number, number[]>;
  finder: IssueFinder;
}

function readEvents(db: Db): Known {
  const issuing = new Map<number, number[]>();
  const ids = new Set<number>();
  for (const { segment, places } of chosen(select(db, { eventName: ISSUING_CALLS }, NO_TIME))) {
    const identities = segment.pointers('identity');
    for (const place of places) {
      const id = segment.first + place;
      ids.add(id);
      const list = issuing.get(identities[place]!);
      if (list) list.push(id);
      else issuing.set(identities[place]!, [id]);
    }
    segment.release();
  }
  return { issuing, finder: createIssueFinder(db, id => ids.has(id)) };
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
function startOf(db: Db, text: string, { finder }: Known, limit: number): Start {
  const accessKey = { foundAs: 'access key', keys: [text] };
  if (keysWhere(db, 'accesskeyid = :text', text).length > 0) return accessKey;
  const events = prepared(db, 'SELECT id FROM event WHERE eventid = ?').pluck().all(text) as number[];
  if (events.length > 0) return { foundAs: 'eventID', keys: keysOfEvents(db, events) };
  /** With the keys that were issued and perhaps never used, where there is room for them. */
  const withIssued = (used: readonly string[], isFor: (issue: Issue) => boolean): string[] =>
    used.length < limit ? [...new Set([...used, ...issuedFor(db, text, finder, isFor)])] : [...used];
  const session = withIssued(keysWhere(db, 'arn = :text', text), ({ arn }) => arn === text);
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

function createSession(accessKeyId: string, isAsked: boolean): Session {
  return {
    accessKeyId,
    isAsked,
    issuedBy: undefined,
    alsoIn: [],
    otherIssues: [],
    signIn: undefined,
    missing: undefined,
    identity: undefined,
    events: 0,
    errors: 0,
    first: null,
    last: null,
    calls: [],
    parent: undefined,
    children: [],
    refused: [],
  };
}

/** Goes up from the keys that were asked for to where they come from, and down to what they got. */
function follow(
  db: Db,
  asked: readonly string[],
  known: Known,
  most: number,
): { found: Map<string, Session>; notFollowed: { keys: Set<string>; unread: number } } {
  const found = new Map<string, Session>(asked.map(key => [key, createSession(key, true)]));
  const notFollowed = { keys: new Set<string>(), unread: 0 };
  const add = (key: string, size = most): Session | undefined => {
    const session = found.get(key) ?? (found.size < size ? createSession(key, false) : undefined);
    if (session) found.set(key, session);
    else notFollowed.keys.add(key);
    return session;
  };
  // Up, a generation at a time; half of the room is for what they led to.
  const mostAbove = asked.length + Math.ceil((most - asked.length) / 2);
  for (let keys = [...asked]; keys.length > 0; ) {
    const above: string[] = [];
    for (const [key, issues] of byKey(known.finder.ofKeys(keys))) {
      const session = found.get(key)!;
      setIssue(session, issues);
      const parent = session.issuedBy?.caller.accessKeyId;
      if (!parent || parent === key) continue;
      session.parent = parent;
      if (!found.has(parent) && add(parent, mostAbove)) above.push(parent);
    }
    keys = above;
  }
  // Down.
  for (let keys = [...asked]; keys.length > 0; ) {
    const below: string[] = [];
    for (const key of keys) {
      const session = found.get(key)!;
      const calls = identitiesOf(db, key).flatMap(id => known.issuing.get(id) ?? []);
      const read = calls.slice(0, Math.max(0, most - found.size) + COUNTED);
      notFollowed.unread += calls.length - read.length;
      const issues = issuesOf(db, read);
      session.refused = issues.filter(
        ({ accessKeyId, errorCode }) => accessKeyId === null && errorCode !== null,
      );
      for (const child of byKey(issues).keys()) {
        const isNew = !found.has(child);
        const next = add(child);
        if (!next || child === key) continue;
        next.parent ??= key;
        if (isNew) below.push(child);
      }
    }
    // All records of the call: that of another account may say more.
    for (const [key, issues] of byKey(known.finder.ofKeys(below))) setIssue(found.get(key)!, issues);
    keys = below;
  }
  for (const session of inTime([...found.values()]))
    if (session.parent !== undefined) found.get(session.parent)?.children.push(session.accessKeyId);
  return { found, notFollowed };
}

function byKey(issues: readonly Issue[]): Map<string, Issue[]> {
  const keys = new Map<string, Issue[]>();
  for (const issue of issues) {
    if (issue.accessKeyId === null) continue;
    keys.set(issue.accessKeyId, [...(keys.get(issue.accessKeyId) ?? []), issue]);
  }
  return keys;
}

/** Of several records of one call, that of the caller's account names its access key. */
function setIssue(session: Session, issues: readonly Issue[]): void {
  const says = ({ caller }: Issue): number => (caller.accessKeyId ? 2 : 0) + (caller.arn ? 1 : 0);
  const sorted = [...issues].sort(
    (a, b) => says(b) - says(a) || ((a.eventTime ?? '') < (b.eventTime ?? '') ? -1 : 1),
  );
  const [issuedBy, ...others] = sorted;
  const isSameCall = ({ sharedEventID }: Issue): boolean =>
    sharedEventID !== null && sharedEventID === issuedBy?.sharedEventID;
  session.issuedBy = issuedBy;
  session.alsoIn = others.filter(isSameCall);
  session.otherIssues = others.filter(issue => !isSameCall(issue));
}

function identitiesOf(db: Db, key: string): number[] {
  return prepared(db, 'SELECT id FROM identity WHERE accesskeyid = ?').pluck().all(key) as number[];
}

/** Adds what was done with the keys, and who had them. */
function describe(db: Db, found: Map<string, Session>): void {
  for (const { key, ...identity } of identitiesWith(db, 'accesskeyid', [...found.keys()]))
    found.get(key)!.identity = identity;
  const isError = errorKinds(db);
  const by = (...names: string[]): Counter => createCounter(isError, groupingsBy(db, names.map(findColumn)));
  const [bySession, byCall] = [by('access key'), by('access key', 'event source', 'event name', 'read only')];
  countEach(eventsOfKeys(db, found.keys()), [bySession, byCall]);
  for (const group of bySession.groups()) {
    const { values, events, errors, first, last } = countedOf(group);
    Object.assign(found.get(values[0]!)!, { events, errors, first, last });
  }
  for (const { values, events, errors } of byCall.groups())
    found
      .get(values[0]!)!
      .calls.push({ eventSource: values[1]!, eventName: values[2]!, readOnly: values[3]!, events, errors });
  const signIns = signInsOf(db);
  for (const session of found.values()) {
    session.calls.sort(compareCalls);
    if (session.issuedBy) continue;
    session.signIn = session.identity && signInOf(session.identity, signIns);
    session.missing = session.signIn ? undefined : reasonOf(session);
  }
}

/** What changes something comes first, and what happens seldom: an intruder's calls are few among those of a program. */
function compareCalls(a: SessionCall, b: SessionCall): number {
  const reads = ({ readOnly }: SessionCall): number => (readOnly === 'false' ? 0 : 1);
  return (
    reads(a) - reads(b) ||
    a.events - b.events ||
    compareText(a.eventSource, b.eventSource) ||
    compareText(a.eventName, b.eventName)
  );
}

/** Identities with an access key, the first seen last. */
function identitiesWith(
  db: Db,
  column: 'accesskeyid' | 'arn',
  values: readonly string[],
): Array<Identity & { key: string }> {
  return prepared(
    db,
    `SELECT accesskeyid AS "key", type, arn, ${usernameSql()} AS username, accountid AS accountId,
      sessioncontext_sessionissuer_arn AS roleArn, sessioncontext_sourceidentity AS sourceIdentity,
      sessioncontext_attributes_creationdate AS creationDate,
      sessioncontext_attributes_mfaauthenticated AS mfaAuthenticated, invokedby AS invokedBy
    FROM identity
    WHERE ${column} IN (SELECT value FROM json_each(?)) AND coalesce(accesskeyid, '') != ''
    ORDER BY id DESC`,
  ).all(JSON.stringify(values)) as Array<Identity & { key: string }>;
}

/** Sign-ins that worked. */
function signInsOf(db: Db): SignIn[] {
  return prepared(
    db,
    `SELECT event_rowid AS eventRowid, eventid AS eventID, eventtime AS eventTime, eventname AS eventName,
      sourceipaddress AS sourceIPAddress, useridentity_arn AS arn
    FROM cloudtrail_logs
    WHERE eventname IN ('ConsoleLogin', 'SwitchRole') AND errorcode IS NULL AND errormessage IS NULL
      AND eventtime IS NOT NULL
    ORDER BY ${EVENT_SECONDS}`,
  ).all() as SignIn[];
}

function signInOf({ arn, creationDate }: Identity, signIns: readonly SignIn[]): SignIn | undefined {
  if (arn === null || creationDate === null) return undefined;
  const seconds = (time: string): number => readableSeconds(time) ?? Number.NaN;
  const created = seconds(creationDate);
  const distance = (signIn: SignIn): number => Math.abs(seconds(signIn.eventTime) - created);
  const near = signIns.filter(signIn => signIn.arn === arn && distance(signIn) <= SIGN_IN_SECONDS);
  return near.sort((a, b) => distance(a) - distance(b))[0];
}

function reasonOf({ accessKeyId, identity }: Session): string {
  if (accessKeyId.startsWith('AKIA'))
    return 'a long-term key; the CreateAccessKey that made it is not in these logs';
  const what = identity?.creationDate
    ? `the call or sign-in of ${identity.creationDate} that issued it is not in these logs`
    : 'the call that issued it is not in these logs';
  // Forward access sessions (IAM User Guide): a service goes on with the rights of its caller.
  return identity?.invokedBy
    ? `${what}; ${identity.invokedBy} used it, and keys that a service uses for its caller often have none`
    : what;
}
