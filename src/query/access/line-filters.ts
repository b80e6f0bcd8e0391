/**
 * The filters of events (`query/filter/filter.ts`) on lines of access logs: what each becomes there, or why lines cannot
 * answer it. Nothing is passed over: a filter that a line cannot answer is an error that names it.
 */

import { UsageError } from '../../errors.js';
import type { Spelling } from '../columns/spelling.js';
import { combined } from '../filter/condition.js';
import { type Filters, normalized, sourcesOf } from '../filter/filter.js';
import type { Sql } from '../filter/sql-text.js';
import { patternSqlite } from '../filter/wildcard.js';
import type { OfSource } from '../log-source.js';
import { anyOf, pointingTo, requesterCondition } from './conditions.js';
import { type AccessFilters, accessConditions, valuesOf, withoutWider } from './filters.js';

/** Filters of a question to lines. */
export type LineFilters = Filters & Pick<OfSource, 'status'>;

/** What a request is that failed, on `access_call`: as the request metrics count 4xx and 5xx errors. */
export const FAILED = "httpstatus GLOB '[45]*'";
/** The source of the events that lines are the other side of. */
export const LINE_SERVICE = 's3.amazonaws.com';
/** The name of a user, or of the session of a role, on `access_requester`: as the events of the same caller have it. */
export const LINE_USER =
  "CASE kind WHEN 'user' THEN name WHEN 'federated' THEN name WHEN 'session' THEN session WHEN 'root' THEN 'root' END";

/**
 * What a filter means on lines, and how: the name of the filter of `s3-access` that it is, or what a value becomes on
 * `access_log AS l`. Or why there is nothing.
 */
type LineFilter = { is: string; by: keyof AccessFilters | ((value: string) => Sql) } | { why: string };

export const LINE_FILTERS: Readonly<Record<keyof Filters, LineFilter>> = {
  from: { is: 'the time of the request', by: 'from' },
  to: { is: 'the time of the request', by: 'to' },
  eventName: {
    is: 'the operation as in the line, or CloudTrail’s name for it, in any case',
    by: 'operation',
  },
  service: {
    is: 'always `s3.amazonaws.com`',
    by: value => ({ text: sourcesOf(value).includes(LINE_SERVICE) ? '1' : '0', params: [] }),
  },
  user: {
    is: 'the requester: name of a user, of a role’s session, or root; or an ARN',
    by: value =>
      value.startsWith('arn:')
        ? anyOf([
            requesterCondition(value).sqlite,
            pointingTo('requester', patternSqlite('requester', value, false)),
          ])
        : pointingTo('requester', patternSqlite(LINE_USER, value, false)),
  },
  requester: {
    is: 'the requester: ARN, name of a user or a role, account, canonical user id, or `anonymous`',
    by: 'requester',
  },
  ip: { is: 'the address of the client', by: 'ip' },
  userAgent: {
    is: 'the user agent',
    by: value => pointingTo('agent', patternSqlite('useragent', value, false)),
  },
  bucket: { is: 'the bucket', by: 'bucket' },
  key: { is: 'the key, decoded or as in the line', by: 'key' },
  account: {
    is: 'the account in the requester’s ARN: a line does not name the account of the bucket',
    by: value => pointingTo('requester', { text: 'account = ?', params: [value] }),
  },
  errorCode: {
    is: 'the error code',
    by: value => pointingTo('call', patternSqlite('errorcode', value, false)),
  },
  errorsOnly: {
    is: 'a status of 4xx or 5xx',
    by: () => pointingTo('call', { text: FAILED, params: [] }),
  },
  requestId: { is: 'the request id', by: value => ({ text: 'l.requestid = ?', params: [value] }) },
  accessKey: {
    why: 'a line names its requester, never the key; offtrail key-usage puts together what is known of a key',
  },
  identityType: { why: 'a line has only the name of its requester: `user`, `requester`' },
  resourceType: { why: 'a line is about one bucket and one key: `bucket`, `key`' },
  resourceName: { why: 'a line is about one bucket and one key: `bucket`, `key`' },
  region: { why: 'no field of a line says the region of the call' },
  category: { why: 'categories are CloudTrail’s' },
  eventType: { why: 'types of events are CloudTrail’s' },
  readOnly: { why: "a line does not say it; name operations: `eventName` 'Get*'" },
  eventId: { why: 'a line has no eventID; `requestId` is in both' },
  evidence: { why: 'digests list the files of CloudTrail alone' },
};

/** What filters become on lines. */
export interface LineConditions {
  /** On `access_log AS l`: all must hold. */
  conditions: Sql[];
  /** Those of them that are not bounds of time. */
  untimed: Sql[];
  /** What became of addresses of buckets and objects. */
  spellings: Spelling[];
}

/**
 * The conditions of filters on lines.
 * @throws UsageError `NOT_IN_LINES` for a filter that lines cannot answer; `BAD_TIME`, `BAD_ADDRESS`, `BAD_VALUE`, `EMPTY_RANGE`
 */
export function lineConditions(filters: LineFilters, now: Date): LineConditions {
  const same: Record<string, unknown> = {};
  const more: Sql[] = [];
  for (const [name, filter] of Object.entries(LINE_FILTERS) as Array<[keyof Filters, LineFilter]>) {
    const given = filters[name];
    if (given === undefined || given === false) continue;
    if ('why' in filter)
      throw new UsageError(
        'NOT_IN_LINES',
        `lines of access logs cannot answer \`${name}\`: ${filter.why}`,
        'leave it out, or ask `source` cloudtrail alone',
      );
    if (typeof filter.by === 'string') same[filter.by] = given;
    else more.push(...conditionsOf(given, filter.by));
  }
  if (filters.status !== undefined) same.status = filters.status;
  const { times, conditions, wider, spellings } = accessConditions(same, now);
  const untimed = [...conditions.map(({ sqlite }) => sqlite), ...more].map(({ text, params }) => ({
    text: withoutWider(text, wider),
    params,
  }));
  return { conditions: [...times.map(({ sqlite }) => sqlite), ...untimed], untimed, spellings };
}

function conditionsOf(given: true | string | readonly string[], make: (value: string) => Sql): Sql[] {
  if (given === true) return [make('')];
  const { wanted, unwanted } = valuesOf(given);
  const none = unwanted.map(make);
  return [
    ...(wanted.length > 0 ? [anyOf(wanted.map(make))] : []),
    ...(none.length > 0
      ? [
          {
            text: combined(
              none.map(({ text }) => text),
              true,
              '1',
            ),
            params: none.flatMap(({ params }) => params),
          },
        ]
      : []),
  ];
}

/** The conditions as the text behind WHERE, and its values; always true where there is none. */
export function whereOf(conditions: readonly Sql[]): Sql {
  return {
    text: conditions.length > 0 ? conditions.map(({ text }) => text).join('\n  AND ') : '1',
    params: conditions.flatMap(({ params }) => params),
  };
}

/** The same filters in one form, for telling questions apart. */
export const normalizedLines = ({ status, ...filters }: LineFilters): unknown[] => [
  ...normalized(filters),
  ...(status === undefined ? [] : [['status', [status].flat().map(String).sort()]]),
];
