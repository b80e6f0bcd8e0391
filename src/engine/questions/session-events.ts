/** What was done with access keys, and who had them, read from a table elsewhere. */

import { countedOf, type Group } from '../../query/columns/counts.js';
import { literals } from '../../query/filter/sql-text.js';
import { compareCalls, reasonOf } from '../../query/sessions/describe.js';
import type { Identity, Session, SignIn } from '../../query/sessions/session.js';
import { signInOf } from '../../query/sessions/sign-ins.js';
import { type Asker, textCell } from './asker.js';
import { aggregates, groupIn } from './counts.js';
import { whereText } from './filters.js';
import type { EventTable } from './table.js';

/** Who had a key, by the column that says it. */
const IDENTITY: Readonly<Record<keyof Identity, string>> = {
  type: 'useridentity_type',
  arn: 'useridentity_arn',
  username: 'username',
  accountId: 'useridentity_accountid',
  roleArn: 'useridentity_sessioncontext_sessionissuer_arn',
  sourceIdentity: 'useridentity_sessioncontext_sourceidentity',
  creationDate: 'useridentity_sessioncontext_attributes_creationdate',
  mfaAuthenticated: 'useridentity_sessioncontext_attributes_mfaauthenticated',
  invokedBy: 'useridentity_invokedby',
};
const CALL = ['eventSource', 'eventName', 'readOnly'] as const;
const KEY = 'userIdentity.accessKeyId';

/** Adds what was done with the keys, and who had them. */
export async function describeSessions(
  asker: Asker,
  table: EventTable,
  sessions: ReadonlyMap<string, Session>,
): Promise<void> {
  const names = Object.keys(IDENTITY) as Array<keyof Identity>;
  const expressions = names.map(name => table.text(IDENTITY[name]) ?? 'CAST(NULL AS varchar)');
  if (table.text(IDENTITY.sourceIdentity) === undefined)
    asker.notes.add(
      'the table has no source identity of sessions, but for those that a call for credentials says',
    );
  for (const group of await groupsBy(asker, table, sessions, expressions)) {
    const session = sessions.get(group.values[0]!)!;
    const before = session.first;
    addTo(session, group);
    // Who had it is what the first event says.
    if (session.identity === undefined || (session.first !== before && before !== null))
      session.identity = Object.fromEntries(
        names.map((name, i) => [name, group.values[1 + i] ?? null]),
      ) as unknown as Identity;
  }
  for (const { values, events, errors } of await groupsBy(asker, table, sessions, CALL))
    sessions.get(values[0]!)!.calls.push({
      eventSource: values[1] ?? null,
      eventName: values[2] ?? null,
      readOnly: values[3] ?? null,
      events,
      errors,
    });
  const signIns = await signInsFor(asker, table, sessions);
  for (const session of sessions.values()) {
    session.calls.sort(compareCalls);
    if (session.issuedBy) continue;
    session.signIn = session.identity && signInOf(session.identity, signIns);
    session.missing = session.signIn ? undefined : reasonOf(session);
  }
}

/** Counts of the events with the keys, by key and some columns. */
async function groupsBy(
  asker: Asker,
  table: EventTable,
  sessions: ReadonlyMap<string, Session>,
  expressions: readonly string[],
): Promise<Group[]> {
  const columns = [KEY, ...expressions];
  const rows = await asker.all(
    [
      `SELECT\n  ${columns.map((expression, i) => `${expression} AS c${i}`).join(',\n  ')},`,
      `\n  ${aggregates(table).join(',\n  ')}\nFROM ${table.name}`,
      whereText([`${KEY} IN (${literals([...sessions.keys()])})`]),
      `\nGROUP BY ${columns.map((_, i) => i + 1).join(', ')}`,
    ].join(''),
  );
  return rows.map(row => groupIn(row, { at: 0, count: columns.length, from: columns.length }));
}

function addTo(session: Session, group: Group): void {
  const { first, last } = countedOf(group);
  session.events += group.events;
  session.errors += group.errors;
  if (first !== null && (session.first === null || first < session.first)) session.first = first;
  if (last !== null && (session.last === null || last > session.last)) session.last = last;
}

/** Sign-ins that worked, of those whose keys no known call issued. */
async function signInsFor(
  asker: Asker,
  table: EventTable,
  sessions: ReadonlyMap<string, Session>,
): Promise<SignIn[]> {
  const arns = [...sessions.values()].flatMap(({ issuedBy, identity }) =>
    issuedBy || !identity?.arn || !identity.creationDate ? [] : [identity.arn],
  );
  if (arns.length === 0) return [];
  const names = ['eventID', 'eventTime', 'eventName', 'sourceIPAddress', 'arn'];
  const rows = await asker.all(
    [
      'SELECT eventID, eventTime, eventName, sourceIPAddress, userIdentity.arn',
      `\nFROM ${table.name}`,
      whereText([
        "eventName IN ('ConsoleLogin', 'SwitchRole')",
        `NOT ${table.isError}`,
        'eventTime IS NOT NULL',
        `userIdentity.arn IN (${literals([...new Set(arns)])})`,
      ]),
      `\nORDER BY ${table.order('ASC')}`,
    ].join(''),
  );
  return rows.map(
    row => Object.fromEntries(names.map((name, i) => [name, textCell(row[i])])) as unknown as SignIn,
  );
}
