/** Who is behind an access key or an ARN: the principals that access logs can know, and the keys they have. */

import { requesterOf } from '../../access-logs/requester.js';
import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { readEvents } from '../sessions/find.js';
import type { Issue } from '../sessions/issued.js';

/** A user, a role, a session, … that a key acts as. */
export interface Owner {
  /** Its ARN; of a key that only its CreateAccessKey names, one without the user’s path. */
  arn: string;
  /** How it is known, in words: `12 CloudTrail events by the key`, `CreateAccessKey of 2024-03-01T00:00:00Z by …`. */
  sources: string[];
}

/** A key of the same owner. */
export interface OwnerKey {
  /** The access key. */
  accessKeyId: string;
  /** CloudTrail events by it. */
  events: number;
}

/** What is known of a key or an ARN. */
export interface Ownership {
  /** Who is behind it. */
  owners: Owner[];
  /** The keys of these owners that the logs name; with the one that was asked for, where it is a key. */
  keys: OwnerKey[];
  /** The calls that issued the key, in order of time. */
  issues: Issue[];
}

export const isArn = (text: string): boolean => text.startsWith('arn:');

/** The role of `arn:aws:iam::111122223333:role/path/name`. */
const ROLE = /^arn:aws[a-z-]*:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/;

/** Partition and account of an ARN. */
const PLACE = /^arn:(aws[a-z-]*):[^:]*:[^:]*:(\d{12}):/;

const text = (count: number): string => `${count} CloudTrail ${count === 1 ? 'event' : 'events'}`;

/** What an issuing call says of whose key it gave; null where it does not say. */
function arnIn({ eventName, arn, userName, account, caller }: Issue): string | null {
  if (eventName !== 'CreateAccessKey') {
    // Its session has the rights, and the ARN, of the user that asked for it.
    return arn ?? (eventName === 'GetSessionToken' ? caller.arn : null);
  }
  const [, partition = 'aws', callers] = PLACE.exec(caller.arn ?? '') ?? [];
  const owner = account ?? callers;
  return userName === null || !owner ? null : `arn:${partition}:iam::${owner}:user/${userName}`;
}

/** Two ARNs of one user, where one of them lacks the path. */
function isSame(a: string, b: string): boolean {
  if (a === b) return true;
  const [x, y] = [requesterOf(a), requesterOf(b)];
  return x.kind === 'user' && y.kind === 'user' && x.account === y.account && x.name === y.name;
}

/** Whether a caller is an owner, or a session of it. */
export function actsAs(owner: string, caller: string): boolean {
  const [, account, role] = ROLE.exec(owner) ?? [];
  if (role === undefined) return isSame(owner, caller);
  const parts = requesterOf(caller);
  return parts.kind === 'session' && parts.account === account && parts.name === role;
}

/** @param asked an access key id, or the ARN of a user, a role or a session */
export function ownershipOf(db: Db, asked: string): Ownership {
  const { finder } = readEvents(db);
  if (isArn(asked)) {
    const owners = [{ arn: asked, sources: ['as it was asked for'] }];
    return { owners, keys: keysOf(db, owners), issues: [] };
  }
  const owners: Owner[] = [];
  const add = (arn: string, source: string): void => {
    const owner = owners.find(one => isSame(one.arn, arn));
    if (owner) owner.sources.push(source);
    else owners.push({ arn, sources: [source] });
  };
  const seen = prepared(
    db,
    `SELECT i.arn, count(*) AS events FROM identity AS i JOIN event AS e ON e.identity_id = i.id
    WHERE i.accesskeyid = ? AND coalesce(i.arn, '') != '' GROUP BY i.arn ORDER BY events DESC, i.arn`,
  ).all(asked) as Array<{ arn: string; events: number }>;
  for (const { arn, events } of seen) add(arn, `${text(events)} by the key`);
  const issues = finder.ofKeys([asked]);
  for (const issue of issues) {
    const arn = arnIn(issue);
    if (arn !== null)
      add(arn, `${issue.eventName} of ${issue.eventTime ?? '-'} by ${issue.caller.arn ?? '-'}`);
  }
  const keys = keysOf(db, owners);
  if (!keys.some(({ accessKeyId }) => accessKeyId === asked)) keys.unshift({ accessKeyId: asked, events: 0 });
  return { owners, keys, issues };
}

/** The keys that events of the owners name, and those that were made for them. */
function keysOf(db: Db, owners: readonly Owner[]): OwnerKey[] {
  const users = owners.map(({ arn }) => requesterOf(arn)).filter(({ kind }) => kind === 'user');
  const keys = new Map<string, number>();
  const used = prepared(
    db,
    `SELECT i.accesskeyid AS accessKeyId, count(*) AS events
    FROM identity AS i JOIN event AS e ON e.identity_id = i.id
    WHERE coalesce(i.accesskeyid, '') != '' AND (
      i.arn IN (SELECT value FROM json_each(:arns))
      OR i.sessioncontext_sessionissuer_arn IN (SELECT value FROM json_each(:arns))
      OR i.type = 'IAMUser' AND i.accountid || '/' || i.username IN (SELECT value FROM json_each(:users)))
    GROUP BY 1 ORDER BY 2 DESC, 1`,
  ).all({
    arns: JSON.stringify(owners.map(({ arn }) => arn)),
    users: JSON.stringify(users.map(({ account, name }) => `${account}/${name}`)),
  }) as OwnerKey[];
  for (const { accessKeyId, events } of used) keys.set(accessKeyId, events);
  for (const accessKeyId of madeFor(db, users)) if (!keys.has(accessKeyId)) keys.set(accessKeyId, 0);
  return [...keys].map(([accessKeyId, events]) => ({ accessKeyId, events }));
}

/** Keys that CreateAccessKey made for users. */
function madeFor(db: Db, users: ReadonlyArray<{ account: string | null; name: string | null }>): string[] {
  if (users.length === 0) return [];
  const value = (path: string): string =>
    `CASE WHEN json_valid(d.responseelements) THEN json_extract(d.responseelements, '$.accessKey.${path}') END`;
  return prepared(
    db,
    `SELECT ${value('accessKeyId')} FROM kind AS k JOIN event AS e ON e.kind_id = k.id
      JOIN detail AS d ON d.id = e.id
    WHERE k.eventname = 'CreateAccessKey'
      AND k.recipientaccountid || '/' || ${value('userName')} IN (SELECT value FROM json_each(?))
      AND ${value('accessKeyId')} IS NOT NULL
    ORDER BY e.id`,
  )
    .pluck()
    .all(JSON.stringify(users.map(({ account, name }) => `${account}/${name}`)))
    .map(String);
}

/** The rows of access_requester that an ARN stands for: the sessions of a role, a user with or without its path. */
export function requestersOf(db: Db, arns: readonly string[]): number[] {
  const ids = new Set<number>();
  const add = (where: string, ...params: Array<string | null>): void => {
    for (const id of prepared(db, `SELECT id FROM access_requester WHERE ${where} ORDER BY id`)
      .pluck()
      .all(...params))
      ids.add(id as number);
  };
  for (const arn of arns) {
    const [, account, role] = ROLE.exec(arn) ?? [];
    const parts = requesterOf(arn);
    if (role !== undefined) add("kind = 'session' AND account = ? AND name = ?", account!, role);
    else if (parts.kind === 'user')
      add("kind = 'user' AND account = ? AND name = ?", parts.account, parts.name);
    else add('requester = ?', arn);
  }
  return [...ids];
}
