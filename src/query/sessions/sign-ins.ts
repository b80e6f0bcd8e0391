/** Sign-ins, and the sessions they probably began: no record of a sign-in names the keys it gave. */

import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { readableSeconds } from '../../store/times.js';
import { usernameSql } from '../../store/view.js';
import { EVENT_SECONDS } from '../filter/time.js';
import type { Identity, SignIn } from './session.js';

/** A sign-in and the creation of its session are no further apart. */
const SIGN_IN_SECONDS = 300;

/** Identities with an access key, the first seen last. */
export function identitiesWith(
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
export function signInsOf(db: Db): SignIn[] {
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

/** The sign-in that a session probably comes from: of its user, and nearest to its creation. */
export function signInOf({ arn, creationDate }: Identity, signIns: readonly SignIn[]): SignIn | undefined {
  if (arn === null || creationDate === null) return undefined;
  const seconds = (time: string): number => readableSeconds(time) ?? Number.NaN;
  const created = seconds(creationDate);
  const distance = (signIn: SignIn): number => Math.abs(seconds(signIn.eventTime) - created);
  const near = signIns.filter(signIn => signIn.arn === arn && distance(signIn) <= SIGN_IN_SECONDS);
  return near.sort((a, b) => distance(a) - distance(b))[0];
}
