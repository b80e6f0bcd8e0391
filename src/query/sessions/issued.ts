/** Who issued a temporary access key: the STS calls and sign-ins that give credentials, and the keys they gave. */

import { ISSUING_CALLS } from '../../cloudtrail/issuing-calls.js';
import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { textBits } from '../../store/text/signature.js';
import { EVENT_SECONDS } from '../filter/time.js';
import { EVERYTHING } from '../text/block-masks.js';
import { createCandidates } from '../text/candidates.js';

/** An event that issued an access key. */
export interface Issue {
  /** Its `event_rowid`. */
  eventRowid: number;
  /** The id that CloudTrail gave. */
  eventID: string | null;
  /** When it was. */
  eventTime: string | null;
  /** `AssumeRole`, `GetSessionToken`, … */
  eventName: string;
  /** Account that received the record. */
  account: string | null;
  /** Address of the caller, or the service that called. */
  sourceIPAddress: string | null;
  /** The key that was issued; null where the record does not show it: the call failed, or another account's is the whole one. */
  accessKeyId: string | null;
  /** When the key ends, as the response has it. */
  expiration: string | null;
  /** The error; null on success. */
  errorCode: string | null;
  /** Text of the error. */
  errorMessage: string | null;
  /** Whose key a CreateAccessKey made. */
  userName: string | null;
  /** The role that was asked for, and the session's name. */
  roleArn: string | null;
  /** The name that the caller gave the session. */
  sessionName: string | null;
  /** The source identity of the session. */
  sourceIdentity: string | null;
  /** The ARN that the key acts as. */
  arn: string | null;
  /** Who asked for it. */
  caller: {
    type: string | null;
    arn: string | null;
    username: string | null;
    accessKeyId: string | null;
    accountId: string | null;
    invokedBy: string | null;
  };
  /** The same in the records of this call in all accounts. */
  sharedEventID: string | null;
}

const CALLS = ISSUING_CALLS.map(name => `'${name}'`).join(', ');
const leaf = (column: string, path: string): string =>
  `CASE WHEN json_valid(${column}) THEN json_extract(${column}, '$.${path}') END`;
const KEY = `coalesce(${leaf('responseelements', 'credentials.accessKeyId')}, ${leaf('responseelements', 'accessKey.accessKeyId')})`;
const ISSUE = `SELECT event_rowid AS eventRowid, eventid AS eventID, eventtime AS eventTime, eventname AS eventName,
    recipientaccountid AS account, sourceipaddress AS sourceIPAddress,
    errorcode AS errorCode, errormessage AS errorMessage,
    ${KEY} AS accessKeyId,
    ${leaf('responseelements', 'credentials.expiration')} AS expiration,
    ${leaf('responseelements', 'accessKey.userName')} AS userName,
    ${leaf('requestparameters', 'roleArn')} AS roleArn,
    coalesce(${leaf('requestparameters', 'roleSessionName')}, ${leaf('requestparameters', 'name')}) AS sessionName,
    coalesce(${leaf('responseelements', 'sourceIdentity')}, ${leaf('requestparameters', 'sourceIdentity')}) AS sourceIdentity,
    coalesce(${leaf('responseelements', 'assumedRoleUser.arn')}, ${leaf('responseelements', 'federatedUser.arn')}) AS arn,
    sharedeventid AS sharedEventID,
    useridentity_type AS "caller.type", useridentity_arn AS "caller.arn", username AS "caller.username",
    useridentity_accesskeyid AS "caller.accessKeyId", useridentity_accountid AS "caller.accountId",
    useridentity_invokedby AS "caller.invokedBy"
  FROM cloudtrail_logs
  WHERE event_rowid IN (SELECT value FROM json_each(?)) AND eventname IN (${CALLS})
  ORDER BY ${EVENT_SECONDS}, event_rowid`;

/** Reads the issues among some events, in order of time. */
export function issuesOf(db: Db, ids: readonly number[]): Issue[] {
  if (ids.length === 0) return [];
  const statement = prepared(db, ISSUE).raw(true);
  const names = statement.columns().map(({ name }) => name.split('.') as [string, string?]);
  const rows = statement.all(JSON.stringify(ids)) as unknown[][];
  return rows.map(row => {
    const issue: Record<string, unknown> = {};
    const caller: Record<string, unknown> = {};
    for (const [i, value] of row.entries()) {
      const [whose, inner] = names[i]!;
      // What attackers write may be a number where a text belongs.
      const text = typeof value === 'number' && whose !== 'eventRowid' ? String(value) : value;
      if (inner) caller[inner] = text;
      else issue[whose] = text;
    }
    issue.caller = caller;
    return issue as unknown as Issue;
  });
}

/** Finds issuing events by what is in them. */
export interface IssueFinder {
  /** The events that issued one of these keys. */
  ofKeys(keys: readonly string[]): Issue[];
  /** Issuing events that may have the text in their own values. */
  withText(text: string): number[];
}

/** @param isIssuing whether an event is one of the calls */
export function createIssueFinder(db: Db, isIssuing: (id: number) => boolean): IssueFinder {
  const candidates = createCandidates(db);

  function withAny(texts: readonly string[]): number[] {
    const masks = texts.map(text => ({ bits: textBits(text) }));
    const isAnywhere = masks.some(({ bits }) => bits.length === 0);
    const ids: number[] = [];
    for (const { first, last } of candidates.chunks(isAnywhere ? EVERYTHING : { any: masks }))
      for (let id = first; id <= last; id++) if (isIssuing(id)) ids.push(id);
    return ids;
  }

  return {
    ofKeys(keys) {
      if (keys.length === 0) return [];
      // Most of them only stand beside an event that issued one.
      const issued = prepared(
        db,
        `SELECT id FROM detail
        WHERE id IN (SELECT value FROM json_each(?)) AND CAST(${KEY} AS TEXT) IN (SELECT value FROM json_each(?))`,
      )
        .pluck()
        .all(JSON.stringify(withAny(keys)), JSON.stringify(keys)) as number[];
      return issuesOf(db, issued);
    },
    withText: text => withAny([text]),
  };
}
