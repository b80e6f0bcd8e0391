/** What was done with access keys, and who had them. */

import type { Db } from '../../store/open.js';
import { findColumn } from '../columns/column.js';
import { type Counter, countEach, createCounter, eventFailures } from '../columns/counter.js';
import { countedOf } from '../columns/counts.js';
import { groupingsBy } from '../columns/grouping.js';
import { compareText } from '../columns/order.js';
import { type Chosen, chosen, select } from '../columns/selection.js';
import { NO_TIME } from './find.js';
import type { Session, SessionCall } from './session.js';
import { identitiesWith, signInOf, signInsOf } from './sign-ins.js';

/** Adds what was done with the keys, and who had them. */
export function describe(db: Db, sessions: ReadonlyMap<string, Session>): void {
  for (const { key, ...identity } of identitiesWith(db, 'accesskeyid', [...sessions.keys()]))
    sessions.get(key)!.identity = identity;
  const failures = eventFailures(db);
  const by = (...names: string[]): Counter => createCounter(failures, groupingsBy(db, names.map(findColumn)));
  const [bySession, byCall] = [by('access key'), by('access key', 'event source', 'event name', 'read only')];
  countEach(eventsOfKeys(db, sessions.keys()), [bySession, byCall]);
  for (const group of bySession.groups()) {
    const { values, events, errors, first, last } = countedOf(group);
    Object.assign(sessions.get(values[0]!)!, { events, errors, first, last });
  }
  for (const { values, events, errors } of byCall.groups())
    sessions
      .get(values[0]!)!
      .calls.push({ eventSource: values[1]!, eventName: values[2]!, readOnly: values[3]!, events, errors });
  const signIns = signInsOf(db);
  for (const session of sessions.values()) {
    session.calls.sort(compareCalls);
    if (session.issuedBy) continue;
    session.signIn = session.identity && signInOf(session.identity, signIns);
    session.missing = session.signIn ? undefined : reasonOf(session);
  }
}

/** What changes something comes first, and what happens seldom: an intruder's calls are few among those of a program. */
export function compareCalls(a: SessionCall, b: SessionCall): number {
  const reads = ({ readOnly }: SessionCall): number => (readOnly === 'false' ? 0 : 1);
  return (
    reads(a) - reads(b) ||
    a.events - b.events ||
    compareText(a.eventSource, b.eventSource) ||
    compareText(a.eventName, b.eventName)
  );
}

function eventsOfKeys(db: Db, keys: Iterable<string>): Generator<Chosen> {
  const onHome = {
    text: 'accesskeyid IN (SELECT value FROM json_each(?))',
    params: [JSON.stringify([...keys])],
  };
  return chosen(select(db, {}, NO_TIME, [{ home: 'identity', onHome, holdsForNone: false }]));
}

/** Why no event is known that issued a key. */
export function reasonOf({ accessKeyId, identity }: Session): string {
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
