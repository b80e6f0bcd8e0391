/** The story that the tests of `sessions` and `who` are about: credentials that lead from one account into another. */

import { renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Session } from '../src/query/sessions/session.js';
import {
  folder,
  ingestInto,
  offtrail,
  put,
  record,
  sharedFolder,
  type TestRecord,
  trail,
} from './support.js';
export const HERE = '111122223333';
export const THERE = '444455556666';
export const key = (name: string): string => `ASIA${name.toUpperCase().padEnd(16, 'X')}`;
export const LONG = 'AKIAIOSFODNN7EXAMPLE';
export const ana = {
  type: 'IAMUser',
  principalId: 'AIDAANA',
  arn: `arn:aws:iam::${HERE}:user/ana`,
  accountId: HERE,
  accessKeyId: LONG,
  userName: 'ana',
};
/** The identity of a role's session. */
export const session = (
  account: string,
  role: string,
  name: string,
  accessKeyId: string,
  more: TestRecord = {},
): TestRecord => ({
  type: 'AssumedRole',
  principalId: `AROA${role.toUpperCase()}:${name}`,
  arn: `arn:aws:sts::${account}:assumed-role/${role}/${name}`,
  accountId: account,
  accessKeyId,
  sessionContext: {
    sessionIssuer: {
      type: 'Role',
      arn: `arn:aws:iam::${account}:role/${role}`,
      userName: role,
      accountId: account,
    },
    attributes: { creationDate: '2024-03-01T09:00:00Z', mfaAuthenticated: 'false' },
    ...more,
  },
});
export const sts = (
  minute: number,
  eventName: string,
  userIdentity: TestRecord,
  more: TestRecord,
): TestRecord =>
  record({
    eventTime: `2024-03-01T10:${String(minute).padStart(2, '0')}:00Z`,
    eventSource: 'sts.amazonaws.com',
    eventName,
    userIdentity,
    eventCategory: 'Management',
    readOnly: true,
    ...more,
  });
export const assume = (account: string, role: string, name: string, accessKeyId: string): TestRecord => ({
  requestParameters: { roleArn: `arn:aws:iam::${account}:role/${role}`, roleSessionName: name },
  responseElements: {
    credentials: { accessKeyId, sessionToken: 'x', expiration: 'Mar 1, 2024, 11:00:00 AM' },
    assumedRoleUser: { arn: `arn:aws:sts::${account}:assumed-role/${role}/${name}` },
  },
});
export const act = (
  minute: number,
  eventName: string,
  userIdentity: TestRecord,
  more: TestRecord = {},
): TestRecord =>
  sts(minute, eventName, userIdentity, { eventSource: 'iam.amazonaws.com', readOnly: false, ...more });

export const jump = session(HERE, 'jump', 'ana-jump', key('jump'), { sourceIdentity: 'ana@corp' });
export const admin = session(THERE, 'admin', 'ana-admin', key('admin'));
export const orphan = session(HERE, 'lost', 'who', key('orphan'));
export const signedIn = {
  ...{
    type: 'IAMUser',
    principalId: 'AIDABO',
    arn: `arn:aws:iam::${HERE}:user/bo`,
    accountId: HERE,
    userName: 'bo',
  },
};
export const first = sts(1, 'AssumeRole', ana, {
  ...assume(HERE, 'jump', 'ana-jump', key('jump')),
  sharedEventID: 's1',
});
export const hop = { ...assume(THERE, 'admin', 'ana-admin', key('admin')), sharedEventID: 's2' };
export const second = sts(2, 'AssumeRole', jump, hop);
export const secondThere = sts(
  2,
  'AssumeRole',
  { type: 'AWSAccount', principalId: 'AROAJUMP:ana-jump', accountId: HERE },
  {
    ...hop,
    recipientAccountId: THERE,
  },
);
export const CHAIN: TestRecord[] = [
  first,
  second,
  secondThere,
  act(3, 'CreateUser', admin, { recipientAccountId: THERE }),
  act(4, 'CreateUser', admin, { recipientAccountId: THERE, errorCode: 'EntityAlreadyExists' }),
  sts(5, 'GetSessionToken', admin, { responseElements: { credentials: { accessKeyId: key('never') } } }),
  sts(6, 'AssumeRole', admin, {
    ...assume(THERE, 'root-of-all', 'x', ''),
    responseElements: null,
    errorCode: 'AccessDenied',
  }),
  act(7, 'ListUsers', orphan),
  sts(8, 'ConsoleLogin', signedIn, {
    eventSource: 'signin.amazonaws.com',
    responseElements: { ConsoleLogin: 'Success' },
  }),
  act(9, 'ListRoles', {
    ...signedIn,
    accessKeyId: key('console'),
    sessionContext: { attributes: { creationDate: '2024-03-01T10:08:20Z', mfaAuthenticated: 'true' } },
  }),
  act(10, 'CreateAccessKey', admin, {
    requestParameters: { userName: 'backdoor' },
    responseElements: { accessKey: { accessKeyId: 'AKIABACKDOOREXAMPLE1', userName: 'backdoor' } },
  }),
  act(11, 'ListBuckets', {
    type: 'IAMUser',
    accessKeyId: 'AKIABACKDOOREXAMPLE1',
    userName: 'backdoor',
    arn: `arn:aws:iam::${THERE}:user/backdoor`,
  }),
];

export interface Answer {
  foundAs: string;
  roots: string[];
  notFollowed: number;
  sessions: Session[];
}
export const build = (list: readonly TestRecord[]): string => {
  const root = folder();
  // Delivered in the wrong order, each in a file of its own.
  for (const [i, one] of list.toReversed().entries())
    put(root, `${String(i).padStart(3, '0')}.json`, trail([one]));
  return ingestInto([root]).db;
};
/** The index of the chain, which several files of tests ask. */
export const db = join(sharedFolder(), 'chain.db');
renameSync(build(CHAIN), db);
export function sessions(name: string, path = db, ...more: string[]): Answer & { of(key: string): Session } {
  const ran = offtrail(['sessions', name, '--db', path, '--format', 'json', ...more]);
  if (ran.code !== 0) throw new Error(ran.stderr);
  const answer = JSON.parse(ran.stdout) as Answer;
  return { ...answer, of: key => answer.sessions.find(one => one.accessKeyId === key)! };
}
