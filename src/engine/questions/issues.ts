/** Calls that gave access keys, read from a table elsewhere. */

import { ISSUING_CALLS } from '../../cloudtrail/issuing-calls.js';
import { literals } from '../../query/filter/sql-text.js';
import type { Issue } from '../../query/sessions/issued.js';
import { type Asker, textCell } from './asker.js';
import { whereText } from './filters.js';
import type { EventTable } from './table.js';

const response = (path: string): string => `json_extract_scalar(responseElements, '$.${path}')`;
const request = (path: string): string => `json_extract_scalar(requestParameters, '$.${path}')`;

/** What a call says, by the member of an `Issue`. */
export const ISSUE = {
  eventID: 'eventID',
  eventTime: 'eventTime',
  eventName: 'eventName',
  account: 'recipientAccountId',
  sourceIPAddress: 'sourceIPAddress',
  errorCode: 'errorCode',
  errorMessage: 'errorMessage',
  accessKeyId: `coalesce(${response('credentials.accessKeyId')}, ${response('accessKey.accessKeyId')})`,
  expiration: response('credentials.expiration'),
  userName: response('accessKey.userName'),
  roleArn: request('roleArn'),
  sessionName: `coalesce(${request('roleSessionName')}, ${request('name')})`,
  sourceIdentity: `coalesce(${response('sourceIdentity')}, ${request('sourceIdentity')})`,
  arn: `coalesce(${response('assumedRoleUser.arn')}, ${response('federatedUser.arn')})`,
  sharedEventID: 'sharedEventID',
} as const satisfies Partial<Record<keyof Issue, string>>;

const CALLER: Readonly<Record<keyof Issue['caller'], string>> = {
  type: 'useridentity_type',
  arn: 'useridentity_arn',
  username: 'username',
  accessKeyId: 'useridentity_accesskeyid',
  accountId: 'useridentity_accountid',
  invokedBy: 'useridentity_invokedby',
};

/** A call as an engine gives it: it has no rows of an index. */
type EngineIssue = Omit<Issue, 'eventRowid'>;

/** The calls for which a condition holds, in order of time, the latest of them where there are more than `most`. */
export async function issuesWhere(
  asker: Asker,
  table: EventTable,
  condition: string,
  most: number,
): Promise<Issue[]> {
  const own = Object.entries(ISSUE);
  const caller = Object.entries(CALLER).map(
    ([name, column]) => [name, table.text(column) ?? 'NULL'] as const,
  );
  const rows = await asker.all(
    [
      `SELECT\n  ${[...own, ...caller].map(([, expression], i) => `${expression} AS c${i}`).join(',\n  ')}`,
      `\nFROM ${table.name}`,
      whereText([`eventName IN (${literals(ISSUING_CALLS)})`, condition]),
      `\nORDER BY ${table.order('DESC')}\nLIMIT ${most}`,
    ].join(''),
  );
  return rows.reverse().map(row => {
    const named = (entries: ReadonlyArray<readonly [string, string]>, from: number) =>
      Object.fromEntries(entries.map(([name], i) => [name, textCell(row[from + i])]));
    const issue = { ...named(own, 0), caller: named(caller, own.length) } as unknown as EngineIssue;
    return issue as Issue;
  });
}
