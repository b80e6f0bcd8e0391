/** From access keys up to where they come from, and down to what they got. */

import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { EVENT_SECONDS } from '../filter/time.js';
import { COUNTED, type Known } from './find.js';
import { type Issue, issuesOf } from './issued.js';
import { createSession, inTime, type Session } from './session.js';

/** The sessions that were followed, by access key, and what was left. */
export interface Followed {
  sessions: Map<string, Session>;
  notFollowed: {
    keys: Set<string>;
    /** Calls that were not read: each may have given a key. */
    unread: number;
  };
}

/**
 * Goes up from the keys that were asked for to where they come from, and down to what they got.
 * @param most how many sessions to follow, those that were asked for among them
 */
export function follow(db: Db, asked: readonly string[], known: Known, most: number): Followed {
  const followed: Followed = {
    sessions: new Map(asked.map(key => [key, createSession(key, true)])),
    notFollowed: { keys: new Set(), unread: 0 },
  };
  // Half of the room is for what they led to.
  followUp(followed, asked, known, asked.length + Math.ceil((most - asked.length) / 2));
  followDown(db, followed, asked, known, most);
  const { sessions } = followed;
  for (const session of inTime([...sessions.values()]))
    if (session.parent !== undefined) sessions.get(session.parent)?.children.push(session.accessKeyId);
  return followed;
}

/** The session of a key, made where there is room for it. */
function add({ sessions, notFollowed }: Followed, key: string, most: number): Session | undefined {
  const session = sessions.get(key) ?? (sessions.size < most ? createSession(key, false) : undefined);
  if (session) sessions.set(key, session);
  else notFollowed.keys.add(key);
  return session;
}

/** Up, a generation at a time. */
function followUp(followed: Followed, asked: readonly string[], { finder }: Known, most: number): void {
  const { sessions } = followed;
  for (let keys = [...asked]; keys.length > 0; ) {
    const above: string[] = [];
    for (const [key, issues] of byKey(finder.ofKeys(keys))) {
      const session = sessions.get(key)!;
      setIssue(session, issues);
      const parent = session.issuedBy?.caller.accessKeyId;
      if (!parent || parent === key) continue;
      session.parent = parent;
      if (!sessions.has(parent) && add(followed, parent, most)) above.push(parent);
    }
    keys = above;
  }
}

/** Down, a generation at a time. */
function followDown(
  db: Db,
  followed: Followed,
  asked: readonly string[],
  { issuing, finder }: Known,
  most: number,
): void {
  const { sessions, notFollowed } = followed;
  for (let keys = [...asked]; keys.length > 0; ) {
    const below: string[] = [];
    for (const key of keys) {
      const session = sessions.get(key)!;
      const calls = identitiesOf(db, key).flatMap(id => issuing.get(id) ?? []);
      const read = earliest(db, calls, Math.max(0, most - sessions.size) + COUNTED);
      notFollowed.unread += calls.length - read.length;
      const issues = issuesOf(db, read);
      session.refused = issues.filter(
        ({ accessKeyId, errorCode }) => accessKeyId === null && errorCode !== null,
      );
      for (const child of byKey(issues).keys()) {
        const isNew = !sessions.has(child);
        const next = add(followed, child, most);
        if (!next || child === key) continue;
        next.parent ??= key;
        if (isNew) below.push(child);
      }
    }
    // All records of the call: that of another account may say more.
    for (const [key, issues] of byKey(finder.ofKeys(below))) setIssue(sessions.get(key)!, issues);
    keys = below;
  }
}

/** The first of some events in time: where there is no room for all sessions, it does not depend on the files. */
function earliest(db: Db, ids: readonly number[], count: number): readonly number[] {
  if (ids.length <= count) return ids;
  return prepared(
    db,
    `SELECT id FROM event WHERE id IN (SELECT value FROM json_each(?)) ORDER BY ${EVENT_SECONDS}, id LIMIT ?`,
  )
    .pluck()
    .all(JSON.stringify(ids), count) as number[];
}

/** Calls by the key that they gave. */
export function byKey(issues: readonly Issue[]): Map<string, Issue[]> {
  const keys = new Map<string, Issue[]>();
  for (const issue of issues) {
    if (issue.accessKeyId === null) continue;
    keys.set(issue.accessKeyId, [...(keys.get(issue.accessKeyId) ?? []), issue]);
  }
  return keys;
}

/** Of several records of one call, that of the caller's account names its access key. */
export function setIssue(session: Session, issues: readonly Issue[]): void {
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

/** Where the chains begin; of keys that issued each other, at the one that was first. */
export function rootsOf(sessions: ReadonlyMap<string, Session>): string[] {
  const reached = new Set<string>();
  const reach = (session: Session): void => {
    const left = [session];
    for (let next = left.pop(); next; next = left.pop()) {
      if (reached.has(next.accessKeyId)) continue;
      reached.add(next.accessKeyId);
      for (const child of next.children) left.push(sessions.get(child)!);
    }
  };
  const all = inTime([...sessions.values()]);
  const roots = all.filter(({ parent }) => parent === undefined || !sessions.has(parent));
  roots.forEach(reach);
  for (const session of all) {
    if (reached.has(session.accessKeyId)) continue;
    roots.push(session);
    reach(session);
  }
  return inTime(roots).map(session => session.accessKeyId);
}
