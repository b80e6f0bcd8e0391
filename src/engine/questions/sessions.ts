/**
 * Sessions, asked of an engine: from a text to access keys, up to the calls that issued them, down to the keys they got,
 * a generation with each statement.
 */

import { UsageError } from '../../errors.js';
import { literal, literals } from '../../query/filter/sql-text.js';
import { escaped, patternAthena } from '../../query/filter/wildcard.js';
import { checkedLimit } from '../../query/limit.js';
import { COUNTED, STS_ARN, type Start } from '../../query/sessions/find.js';
import { byKey, rootsOf, setIssue } from '../../query/sessions/follow.js';
import type { Issue } from '../../query/sessions/issued.js';
import { createSession, inTime, type Session } from '../../query/sessions/session.js';
import type { Sessions } from '../../query/sessions/sessions.js';
import { type Asker, numberCell, textCell } from './asker.js';
import { whereText } from './filters.js';
import { ISSUE, issuesWhere } from './issues.js';
import { describeSessions } from './session-events.js';
import { type EventTable, eventTable } from './table.js';

export interface SessionsQuestion {
  /** An access key, a role or a session, a user name, or the eventID of a call that gave credentials. */
  session: string;
  /** Sessions to follow. Default 50. */
  limit?: number | undefined;
}

/** Generations up and down: each is a pass over the calls that issue keys. */
const MOST_GENERATIONS = 5;
/** Calls that one statement gives. */
const MOST_ISSUES = 10_000;

const KEY = 'userIdentity.accessKeyId';

/**
 * @throws UsageError `NOT_ON_ENGINE`, `BAD_LIMIT`, `NO_SUCH_SESSION`
 */
export async function askSessions(
  asker: Asker,
  { session: text, limit = 50 }: SessionsQuestion,
): Promise<Sessions> {
  const most = checkedLimit(limit);
  const table = eventTable(asker.table);
  const start = await startOf(asker, table, text, most);
  if (start.keys.length === 0)
    throw new UsageError(
      'NO_SUCH_SESSION',
      `no session belongs to ${JSON.stringify(text)}`,
      'an engine compares names as they are written; name an access key, a role, a user, the ARN of a session, or the eventID of a call that gave credentials',
    );
  const asked = start.keys.slice(0, most);
  const followed = await follow(asker, table, asked, asked.length + most);
  await describeSessions(asker, table, followed.sessions);
  asker.notes.add('from the eventID of a sign-in an engine finds no keys: ask by the user');
  const left = new Set([...start.keys, ...followed.left].filter(key => !followed.sessions.has(key)));
  return {
    foundAs: start.foundAs,
    takenFor: [],
    sessions: followed.sessions,
    roots: rootsOf(followed.sessions),
    notFollowed: left.size + start.more,
  };
}

/** The access keys that a text stands for, those with the most events first, and how many more there are. */
async function startOf(
  asker: Asker,
  table: EventTable,
  text: string,
  most: number,
): Promise<Start & { more: number }> {
  const username = table.text('username');
  const value = literal(text);
  // In this order: what a text is first is what it is taken for.
  const kinds: ReadonlyArray<[foundAs: string, condition: string]> = [
    ['access key', `${KEY} = ${value}`],
    ['eventID', `eventID = ${value}`],
    ['ARN', `userIdentity.arn = ${value}`],
    [
      'role',
      `${value} IN (userIdentity.sessionContext.sessionIssuer.arn, userIdentity.sessionContext.sessionIssuer.userName)`,
    ],
    ['user name', `${value} IN (userIdentity.userName, ${username})`],
  ];
  const room = Number.isFinite(most) ? most + COUNTED : MOST_ISSUES;
  const rows = await asker.all(
    [
      'SELECT kind, accesskey, events, count(*) OVER (PARTITION BY kind)\nFROM (',
      `SELECT\n  CASE ${kinds.map(([, condition], i) => `WHEN ${condition} THEN ${i}`).join('\n    ')} END AS kind,`,
      `\n  ${KEY} AS accesskey,\n  count(*) AS events\nFROM ${table.name}`,
      whereText([`${KEY} <> ''`, `(${kinds.map(([, condition]) => condition).join('\n    OR ')})`]),
      `\nGROUP BY 1, 2)\nORDER BY kind, events DESC, accesskey\nLIMIT ${room}`,
    ].join(''),
  );
  const used = (foundAs: string): string[] =>
    rows
      .filter(([kind]) => kinds[numberCell(kind) ?? -1]?.[0] === foundAs)
      .flatMap(([, key]) => textCell(key) ?? []);
  const moreOf = (foundAs: string): number => {
    const row = rows.find(([kind]) => kinds[numberCell(kind) ?? -1]?.[0] === foundAs);
    return row ? (numberCell(row[3]) ?? 0) - used(foundAs).length : 0;
  };
  const issues = await issuesWhere(asker, table, issuedFor(text), COUNTED);
  const issued = (isFor: (issue: Issue) => boolean): string[] =>
    issues
      .flatMap(issue => (issue.accessKeyId !== null && isFor(issue) ? [issue.accessKeyId] : []))
      .reverse();
  const start = (foundAs: string, more: readonly string[]): Start & { more: number } => ({
    foundAs,
    keys: [...new Set([...used(foundAs), ...(used(foundAs).length < most ? more : [])])],
    more: moreOf(foundAs),
  });
  if (used('access key').length > 0) return start('access key', []);
  const ofEvent = issued(({ eventID }) => eventID === text);
  const candidates = [
    { ...start('eventID', []), keys: [...new Set([...ofEvent, ...used('eventID')])] },
    start('ARN', STS_ARN.test(text) ? issued(({ arn }) => arn === text) : []),
    ...(used('role').length === 0
      ? [
          {
            foundAs: 'access key',
            keys: issued(({ accessKeyId }) => accessKeyId === text).slice(0, 1),
            more: 0,
          },
        ]
      : []),
    start(
      'role',
      issued(({ roleArn }) => roleArn === text || roleArn?.endsWith(`/${text}`) === true),
    ),
    start(
      'user name',
      issued(({ userName, sessionName }) => userName === text || sessionName === text),
    ),
  ];
  return candidates.find(({ keys }) => keys.length > 0) ?? candidates.at(-1)!;
}

/** Calls that gave a key, or gave one for what a text names. */
function issuedFor(text: string): string {
  const value = literal(text);
  const { accessKeyId, roleArn, sessionName, userName, arn, eventID } = ISSUE;
  return `(${[
    `${value} IN (${[eventID, accessKeyId, roleArn, sessionName, userName, arn].join(', ')})`,
    patternAthena(roleArn, `*/${escaped(text)}`, false),
  ].join(' OR ')})`;
}

/** The sessions that were followed, and the keys that were not. */
interface Followed {
  sessions: Map<string, Session>;
  left: Set<string>;
}

/** Up to the calls that issued the keys, then down to the keys they got, as far as there is room. */
async function follow(
  asker: Asker,
  table: EventTable,
  asked: readonly string[],
  most: number,
): Promise<Followed> {
  const sessions = new Map(asked.map(key => [key, createSession(key, true)]));
  const left = new Set<string>();
  const add = (key: string, room: number): Session | undefined => {
    const session = sessions.get(key) ?? (sessions.size < room ? createSession(key, false) : undefined);
    if (session) sessions.set(key, session);
    else left.add(key);
    return session;
  };
  const ofKeys = (keys: readonly string[]): Promise<Issue[]> =>
    issuesWhere(asker, table, `${ISSUE.accessKeyId} IN (${literals(keys)})`, MOST_ISSUES);
  const stop = (keys: readonly string[], where: string): void => {
    if (keys.length > 0)
      asker.notes.add(
        `keys are followed ${where} for ${MOST_GENERATIONS} generations, each a statement: ${keys.length} were left`,
      );
    for (const key of keys) left.add(key);
  };
  // Half of the room is for what they led to.
  const room = asked.length + Math.ceil((most - asked.length) / 2);
  let above = [...asked];
  for (let i = 0; i < MOST_GENERATIONS && above.length > 0; i++) {
    const next: string[] = [];
    for (const [key, issues] of byKey(await ofKeys(above))) {
      const session = sessions.get(key);
      if (!session) continue;
      setIssue(session, issues);
      const parent = session.issuedBy?.caller.accessKeyId;
      if (!parent || parent === key) continue;
      session.parent = parent;
      if (!sessions.has(parent) && add(parent, room)) next.push(parent);
    }
    above = next;
  }
  stop(above, 'up');
  let keys = [...asked];
  for (let i = 0; i < MOST_GENERATIONS && keys.length > 0; i++) {
    const issues = await issuesWhere(asker, table, `${KEY} IN (${literals(keys)})`, MOST_ISSUES);
    if (issues.length === MOST_ISSUES)
      asker.notes.add(`of the calls for credentials the latest ${MOST_ISSUES} were read`);
    const below: string[] = [];
    for (const key of keys) {
      const own = issues.filter(({ caller }) => caller.accessKeyId === key);
      sessions.get(key)!.refused = own.filter(
        ({ accessKeyId, errorCode }) => accessKeyId === null && errorCode !== null,
      );
      for (const child of byKey(own).keys()) {
        const isNew = !sessions.has(child);
        const session = add(child, most);
        if (!session || child === key) continue;
        session.parent ??= key;
        if (isNew) below.push(child);
      }
    }
    // All records of a call: that of another account may say more.
    if (below.length > 0)
      for (const [key, all] of byKey(await ofKeys(below))) setIssue(sessions.get(key)!, all);
    keys = below;
  }
  stop(keys, 'down');
  for (const session of inTime([...sessions.values()]))
    if (session.parent !== undefined) sessions.get(session.parent)?.children.push(session.accessKeyId);
  return { sessions, left };
}
