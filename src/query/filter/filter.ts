/**
 * The filters every command understands: defined once, for the SQL, the columns, the command line, the help and the docs.
 *
 * Long: it is a list, and each filter stands in one place.
 */

import { VERDICTS } from '../../cloudtrail/digest.js';
import {
  HAS_RESOURCE,
  RESOURCE_COLUMNS,
  RESOURCE_TYPES,
  servicesWithType,
} from '../../cloudtrail/resources.js';
import type { Dimension } from '../../dimensions.js';
import { UsageError } from '../../errors.js';
import { HAS_EVENT_ID } from '../../store/event-ids.js';
import { usernameSql } from '../../store/view.js';
import { ipAthena, ipSqlite } from './address-block.js';
import type { AthenaTerms } from './athena-terms.js';
import { CATEGORY_SQLITE } from './category.js';
import { literal, literals, type Sql } from './sql-text.js';
import { parseTime, timeCondition } from './time.js';
import { escaped, longestPart, patternAthena, patternSqlite } from './wildcard.js';

/**
 * Values of the filters, as a caller gives them. Of several values of one filter any will do; one that begins with `!`
 * must not hold (`\!` begins a value that really starts so). All filters must hold.
 */
export interface Filters {
  /** events at or after this time: 2019-07-05 (midnight UTC), 2019-07-05T14:00Z, 2h, "3 days ago" */
  from?: string | undefined;
  /** events at or before this time, inclusive like BETWEEN; a date is its midnight UTC */
  to?: string | undefined;
  /** API action: exact, or a pattern with * and ? */
  eventName?: Values | undefined;
  /** event source: s3, or s3.amazonaws.com */
  service?: Values | undefined;
  /** user name as lookup-events has it: an IAM user, root, or the name of a role’s session; exact, or a pattern with * and ?; or the ARN of a user, a session or a role */
  user?: Values | undefined;
  /** ARN, access key, user name, principal id, or the ARN or name of the role behind a session */
  requester?: Values | undefined;
  /** access key of the caller, AKIA… or ASIA… */
  accessKey?: Values | undefined;
  /** type of the caller: IAMUser, AssumedRole, Root, AWSService, … */
  identityType?: Values | undefined;
  /** source address: IPv4, IPv6, a CIDR block, or the name of a service */
  ip?: Values | undefined;
  /** user agent: exact, or a pattern with * and ? */
  userAgent?: Values | undefined;
  /** type of a resource the event names, as lookup-events has it: AWS::S3::Bucket, AWS::IAM::User, … */
  resourceType?: Values | undefined;
  /** name, id or ARN of a resource the event names, as lookup-events has it */
  resourceName?: Values | undefined;
  /** requests to this bucket: its name, its ARN, or s3://BUCKET, with or without a key after it */
  bucket?: Values | undefined;
  /** object key: exact; everything below a prefix that ends in /; or a pattern with * and ? (\* and \? are the characters themselves) */
  key?: Values | undefined;
  /** account that received the record, its recipientAccountId */
  account?: Values | undefined;
  /** AWS region of the request, the record’s awsRegion */
  region?: Values | undefined;
  /** event category: Management, Data, Insight, NetworkActivity; in any case; in records before version 1.07, which do not say it, it follows from the call */
  category?: Values | undefined;
  /** type of event: AwsApiCall, AwsConsoleSignIn, AwsServiceEvent, … */
  eventType?: Values | undefined;
  /** true for events that only read, false for those that write; old records do not all say it: !true and !false leave them in */
  readOnly?: Values | undefined;
  /** error: exact, or a pattern with * and ? */
  errorCode?: Values | undefined;
  /** only requests that failed */
  errorsOnly?: boolean | undefined;
  /** the eventID */
  eventId?: Values | undefined;
  /** the requestID */
  requestId?: Values | undefined;
  /** what CloudTrail’s digests say of the event’s file: proven, consistent, altered, unlisted, none */
  evidence?: Values | undefined;
}
type Values = string | readonly string[];

/** What decides whether an event passes: its time, a row it points to, or columns of its own. */
export type FilterHome = 'time' | Dimension | 'event';

/** One filter: how it is described, and what it becomes. */
export interface FilterDefinition {
  name: keyof Filters;
  /** What stands for the value in the help, empty for a switch. */
  value: string;
  description: string;
  /** True where it takes one value only: a bound, a switch. */
  isSingle?: boolean;
  /** True where * and ? in a value stand for other characters. */
  hasWildcards?: boolean;
  home: FilterHome;
  /**
   * The condition on the columns of the home: a table's own, or those of `cloudtrail_logs`.
   * @param odd whether there may be times that are not in CloudTrail's own form
   */
  sqlite(value: string, now: Date, odd: boolean): Sql;
  /** The same on `cloudtrail_logs`, where that is not what follows from the home. */
  onView?(value: string, now: Date): Sql;
  /**
   * The same condition on a table of Athena's.
   * @throws UsageError `NOT_IN_ATHENA` where it has none
   */
  athena(value: string, now: Date, terms: AthenaTerms): string;
  /** Where to look for the events: elsewhere the condition cannot hold. */
  hint?(value: string): EventHint | undefined;
  /** The condition of a value that is compared as it is written, where that is another one. */
  literally?(value: string): Sql;
  /** The values that events have, in the columns of the home: what a value in another case can mean. */
  listed?: readonly string[];
  /** The values there are at all, where no table lists those that events have. */
  spelled?: readonly string[];
}

/** Events that a condition on events can hold for: any that one of these speaks of. */
export interface EventHint {
  /** Those with this text in their record. */
  text?: string;
  /** Those for which a condition on `event` holds that an index answers. */
  events?: Sql;
  /** Those of such kinds. */
  kinds?: Sql;
  /** Those with something around their record. */
  hasEnvelope?: boolean;
}

const compare =
  (column: string, operator: string) =>
  (value: string): Sql => ({
    text: `${column} ${operator} ?`,
    params: [value],
  });
const compareAthena =
  (expression: string, operator: string) =>
  (value: string): string =>
    `${expression} ${operator} ${literal(value)}`;

/** What identifies a requester: Athena's expression and the column of the identity table. */
const REQUESTER: ReadonlyArray<[athena: string, column: string]> = [
  ['userIdentity.arn', 'arn'],
  ['userIdentity.accessKeyId', 'accesskeyid'],
  ['userIdentity.userName', 'username'],
  ['userIdentity.principalId', 'principalid'],
  ['userIdentity.sessionContext.sessionIssuer.arn', 'sessioncontext_sessionissuer_arn'],
  ['userIdentity.sessionContext.sessionIssuer.userName', 'sessioncontext_sessionissuer_username'],
];

/** Those of them that are ARNs. No user name is one: IAM does not allow a colon. */
const ARNS = REQUESTER.filter(([, column]) => column.endsWith('arn'));
const isArn = (value: string): boolean => value.startsWith('arn:');

/** Also the condition of the S3 search for an access key. */
export const ACCESS_KEY: FilterDefinition = {
  name: 'accessKey',
  value: 'ID',
  description: 'access key of the caller, AKIA… or ASIA…',
  home: 'identity',
  listed: ['accesskeyid'],
  sqlite: compare('accesskeyid', '='),
  athena: compareAthena('userIdentity.accessKeyId', '='),
};

export const FILTERS: readonly FilterDefinition[] = [
  {
    name: 'from',
    value: 'TIME',
    isSingle: true,
    description:
      'events at or after this time: 2019-07-05 (midnight UTC), 2019-07-05T14:00Z, 2h, "3 days ago"',
    home: 'time',
    sqlite: (value, now, odd) => timeCondition('>=', parseTime(value, now), odd),
    athena: (value, now, terms) => terms.bound('>=', parseTime(value, now)),
  },
  {
    name: 'to',
    value: 'TIME',
    isSingle: true,
    description: 'events at or before this time, inclusive like BETWEEN; a date is its midnight UTC',
    home: 'time',
    sqlite: (value, now, odd) => timeCondition('<=', parseTime(value, now), odd),
    athena: (value, now, terms) => terms.bound('<=', parseTime(value, now)),
  },
  {
    name: 'eventName',
    value: 'NAME',
    description: 'API action: exact, or a pattern with * and ?',
    home: 'kind',
    listed: ['eventname'],
    ...matching('eventname', 'eventName'),
  },
  {
    name: 'service',
    value: 'NAME',
    description: 'event source: s3, or s3.amazonaws.com',
    home: 'kind',
    listed: ['eventsource'],
    sqlite: value => {
      const sources = sourcesOf(value);
      return { text: `eventsource IN (${sources.map(() => '?').join(', ')})`, params: sources };
    },
    athena: value => `eventSource IN (${literals(sourcesOf(value))})`,
  },
  {
    name: 'user',
    value: 'NAME',
    description:
      'user name as lookup-events has it: an IAM user, root, or the name of a role’s session; exact, or a pattern with * and ?; or the ARN of a user, a session or a role',
    home: 'identity',
    hasWildcards: true,
    listed: [usernameSql()],
    sqlite: value =>
      isArn(value)
        ? anyOf(ARNS.map(([, column]) => patternSqlite(column, value, false)))
        : patternSqlite(usernameSql(), value, false),
    literally: value => compare(usernameSql(), '=')(value),
    athena: (value, _now, { username }) =>
      isArn(value)
        ? `(${ARNS.map(([expression]) => patternAthena(expression, value, false)).join(' OR ')})`
        : patternAthena(username, value, false),
  },
  {
    name: 'requester',
    value: 'WHO',
    description: 'ARN, access key, user name, principal id, or the ARN or name of the role behind a session',
    home: 'identity',
    listed: REQUESTER.map(([, column]) => column),
    sqlite: value => ({
      text: `? IN (${REQUESTER.map(([, column]) => column).join(', ')})`,
      params: [value],
    }),
    athena: value => `${literal(value)} IN (${REQUESTER.map(([expression]) => expression).join(', ')})`,
  },
  ACCESS_KEY,
  {
    name: 'identityType',
    value: 'TYPE',
    description: 'type of the caller: IAMUser, AssumedRole, Root, AWSService, …',
    home: 'identity',
    listed: ['type'],
    sqlite: compare('type', '='),
    athena: compareAthena('userIdentity.type', '='),
  },
  {
    name: 'ip',
    value: 'ADDRESS',
    description: 'source address: IPv4, IPv6, a CIDR block, or the name of a service',
    home: 'address',
    listed: ['sourceipaddress'],
    sqlite: ipSqlite,
    athena: ipAthena,
  },
  {
    name: 'userAgent',
    value: 'TEXT',
    description: 'user agent: exact, or a pattern with * and ?',
    home: 'agent',
    listed: ['useragent'],
    ...matching('useragent', 'userAgent'),
  },
  {
    name: 'resourceType',
    value: 'TYPE',
    description:
      'type of a resource the event names, as lookup-events has it: AWS::S3::Bucket, AWS::IAM::User, …',
    home: 'event',
    spelled: RESOURCE_TYPES,
    sqlite: value => resource('type', value),
    athena: value => withoutAthena('resourceType', value),
    hint: value => ({ text: value, kinds: kindsWithType(value), hasEnvelope: true }),
  },
  {
    name: 'resourceName',
    value: 'NAME',
    description: 'name, id or ARN of a resource the event names, as lookup-events has it',
    home: 'event',
    sqlite: value => resource('name', value),
    athena: value => withoutAthena('resourceName', value),
    hint: value => ({ text: value, hasEnvelope: true }),
  },
  {
    name: 'bucket',
    value: 'NAME',
    description: 'requests to this bucket: its name, its ARN, or s3://BUCKET, with or without a key after it',
    home: 'bucket',
    listed: ['bucketname'],
    sqlite: compare('bucketname', '='),
    athena: (value, _now, { bucket }) => compareAthena(bucket, '=')(value),
  },
  {
    name: 'key',
    value: 'KEY',
    description:
      'object key: exact; everything below a prefix that ends in /; or a pattern with * and ? (\\* and \\? are the characters themselves)',
    home: 'event',
    hasWildcards: true,
    sqlite: value => patternSqlite('objectkey', value, true),
    athena: (value, _now, { objectKey }) => patternAthena(objectKey, value, true),
    hint: value => ({ text: longestPart(value) }),
  },
  {
    name: 'account',
    value: 'ID',
    description: 'account that received the record, its recipientAccountId',
    home: 'kind',
    listed: ['recipientaccountid'],
    sqlite: compare('recipientaccountid', '='),
    athena: compareAthena('recipientAccountId', '='),
  },
  {
    name: 'region',
    value: 'REGION',
    description: 'AWS region of the request, the record’s awsRegion',
    home: 'kind',
    listed: ['awsregion'],
    sqlite: compare('awsregion', '='),
    athena: compareAthena('awsRegion', '='),
  },
  {
    name: 'category',
    value: 'NAME',
    description:
      'event category: Management, Data, Insight, NetworkActivity; in any case; in records before version 1.07, which do not say it, it follows from the call',
    home: 'kind',
    listed: [CATEGORY_SQLITE],
    sqlite: value => ({ text: `lower(${CATEGORY_SQLITE}) = lower(?)`, params: [value] }),
    athena: (value, _now, { category }) => `lower(${category}) = lower(${literal(value)})`,
  },
  {
    name: 'eventType',
    value: 'TYPE',
    description: 'type of event: AwsApiCall, AwsConsoleSignIn, AwsServiceEvent, …',
    home: 'kind',
    listed: ['eventtype'],
    sqlite: compare('eventtype', '='),
    athena: compareAthena('eventType', '='),
  },
  {
    name: 'readOnly',
    value: 'BOOL',
    description:
      'true for events that only read, false for those that write; old records do not all say it: !true and !false leave them in',
    home: 'kind',
    sqlite: value => compare('readonly', '=')(boolean(value)),
    athena: value => compareAthena('readOnly', '=')(boolean(value)),
  },
  {
    name: 'errorCode',
    value: 'CODE',
    description: 'error: exact, or a pattern with * and ?',
    home: 'kind',
    listed: ['errorcode'],
    ...matching('errorcode', 'errorCode'),
  },
  {
    name: 'errorsOnly',
    value: '',
    isSingle: true,
    description: 'only requests that failed',
    home: 'kind',
    sqlite: () => ({ text: IS_ERROR, params: [] }),
    onView: () => ({ text: '(errorcode IS NOT NULL OR errormessage IS NOT NULL)', params: [] }),
    athena: () => '(errorCode IS NOT NULL OR errorMessage IS NOT NULL)',
  },
  {
    name: 'eventId',
    value: 'ID',
    description: 'the eventID',
    home: 'event',
    sqlite: compare('eventid', '='),
    athena: compareAthena('eventID', '='),
    hint: value => ({ events: { text: HAS_EVENT_ID, params: [value, value] } }),
  },
  {
    name: 'requestId',
    value: 'ID',
    description: 'the requestID',
    home: 'event',
    sqlite: compare('requestid', '='),
    athena: compareAthena('requestID', '='),
    hint: value => ({ text: value }),
  },
  {
    name: 'evidence',
    value: 'VERDICT',
    description:
      'what CloudTrail’s digests say of the event’s file: proven, consistent, altered, unlisted, none',
    home: 'event',
    spelled: Object.keys(VERDICTS),
    sqlite: value => compare('evidence', '=')(verdict(value)),
    athena: (value, _now, { evidence }) =>
      evidence === undefined
        ? withoutAthena('evidence', value, 'Athena knows nothing of digests')
        : compareAthena(evidence, '=')(verdict(value)),
    hint: value => ({ events: ofVerdict(verdict(value)) }),
  },
];

/**
 * Kinds of events that failed. A failed console sign-in has a message and no code; where there is a message, the kind
 * has an empty array for it.
 */
export const IS_ERROR = "(errorcode IS NOT NULL OR json_type(template, '$.errorMessage') = 'array')";

/** The same filters in one form, whatever the order and the form in which they were given: for telling questions apart. */
export function normalized(filters: Filters): unknown[] {
  return FILTERS.flatMap(({ name }) => {
    const given = filters[name];
    return given === undefined || given === false ? [] : [[name, [given].flat().map(String).sort()]];
  });
}

/** The filter of this name. */
export function filterOf(name: keyof Filters): FilterDefinition {
  return FILTERS.find(filter => filter.name === name)!;
}

/** `errorsOnly` → `errors-only`, as the command line has it. */
export const dashed = (name: string): string => name.replaceAll(/[A-Z]/g, c => `-${c.toLowerCase()}`);

/** A value for a filter that stands for just this text. */
export function valueFor(filter: FilterDefinition, text: string): string {
  return filter.hasWildcards ? escaped(text) : text;
}

/** `s3` → `s3.amazonaws.com`, or a source of just this name. */
export const sourcesOf = (service: string): string[] =>
  service.includes('.') ? [service] : [`${service}.amazonaws.com`, service];

/** A condition of which one part must hold. */
export function anyOf(tests: readonly Sql[]): Sql {
  return {
    text: `(${tests.map(test => test.text).join(' OR ')})`,
    params: tests.flatMap(test => test.params),
  };
}

/** A filter on a text with wildcards. */
function matching(
  column: string,
  athena: string,
): Pick<FilterDefinition, 'hasWildcards' | 'sqlite' | 'athena'> {
  return {
    hasWildcards: true,
    sqlite: value => patternSqlite(column, value, false),
    athena: value => patternAthena(athena, value, false),
  };
}

function resource(what: 'type' | 'name', value: string): Sql {
  return { text: `${HAS_RESOURCE}(${RESOURCE_COLUMNS.join(', ')}, ?, ?)`, params: [what, value] };
}

function kindsWithType(type: string): Sql {
  const services = servicesWithType(type);
  return { text: `eventsource IN (${services.map(() => '?').join(', ')})`, params: services };
}

function boolean(value: string): string {
  const text = value.toLowerCase();
  if (text === 'true' || text === 'false') return text;
  throw new UsageError('BAD_VALUE', `${JSON.stringify(value)} is neither true nor false`, '`readOnly` false');
}

/** @throws UsageError `BAD_VALUE` for a word that is no verdict: nothing found would read as nothing altered */
function verdict(value: string): string {
  const word = value.toLowerCase();
  if (Object.hasOwn(VERDICTS, word)) return word;
  throw new UsageError(
    'BAD_VALUE',
    `\`evidence\` must be one of ${Object.keys(VERDICTS).join(', ')}, not ${JSON.stringify(value)}`,
  );
}

/** Events of files with a verdict; `none` is that of a file without one. */
function ofVerdict(verdict: string): Sql {
  return verdict === 'none'
    ? { text: 'file_id NOT IN (SELECT file_id FROM evidence)', params: [] }
    : { text: 'file_id IN (SELECT file_id FROM evidence WHERE verdict = ?)', params: [verdict] };
}

function withoutAthena(
  option: string,
  value: string,
  why = 'CloudTrail makes these names for lookup-events alone',
): never {
  throw new UsageError(
    'NOT_IN_ATHENA',
    `\`${option}\` ${JSON.stringify(value)} has no statement in SQL: ${why}`,
    option === 'evidence'
      ? 'leave it out'
      : 'leave it out, or look for the text in requestParameters and responseElements',
  );
}
