/**
 * The canned S3 searches: AWS's own statements from "Identifying Amazon S3 requests using CloudTrail" (S3 User Guide)
 * and the ones that come right after them. Adding one means adding an entry here and its expected output to the tests.
 */

import { OBJECT_EVENTS, S3_SOURCES } from '../cloudtrail/categories.js';
import type { Dimension } from '../dimensions.js';
import type { AthenaTerms } from './filter/athena-terms.js';
import { literals } from './filter/sql-text.js';
import { findSearch } from './find-search.js';

export interface SearchColumn {
  /** Name in the output. */
  name: string;
  sqlite: string;
  athena(terms: AthenaTerms): string;
}

export interface S3Search {
  name: string;
  description: string;
  /** What the search must be given, besides the filters. */
  argument?: { name: string; description: string };
  columns: readonly SearchColumn[];
  /** Conditions of the search itself. */
  where: readonly OwnCondition[];
  /** Conditions that `--all-services` lifts. */
  onlyS3?: boolean;
  /** One row per requester rather than per event. */
  grouped?: boolean;
}

export interface OwnCondition {
  /** What decides it: a table that events point to, or their own columns. */
  home: Dimension | 'event';
  /** On the columns of that table. */
  onHome: string;
  /** On `cloudtrail_logs`. */
  sqlite: string;
  athena(terms: AthenaTerms): string;
}

const column = (name: string, athena: string | SearchColumn['athena'], sqlite: string): SearchColumn => ({
  name,
  athena: typeof athena === 'string' ? () => athena : athena,
  sqlite,
});

const EVENT_TIME = column('eventTime', 'eventTime', 'eventtime');
const EVENT_NAME = column('eventName', 'eventName', 'eventname');
const EVENT_SOURCE = column('eventSource', 'eventSource', 'eventsource');
const SOURCE_IP = column('sourceIpAddress', 'sourceIpAddress', 'sourceipaddress');
const USER_AGENT = column('userAgent', 'userAgent', 'useragent');
const BUCKET = column('bucketName', terms => terms.bucket, 'bucketname');
const OBJECT = column('object', terms => terms.objectKey, 'objectkey');
const USER_ARN = column('userArn', 'userIdentity.arn', 'useridentity_arn');
const ERROR_CODE = column('errorCode', 'errorCode', 'errorcode');
/** What `withEventId` adds. */
export const EVENT_ID = column('eventID', 'eventID', 'eventid');

const OBJECT_COLUMNS = [
  EVENT_TIME,
  EVENT_NAME,
  EVENT_SOURCE,
  SOURCE_IP,
  USER_AGENT,
  BUCKET,
  OBJECT,
  USER_ARN,
];

/** A condition on the call, with the name of a column in AWS's own spelling. */
const onCall = (column: string, condition: string): OwnCondition => {
  const sqlite = `${column.toLowerCase()} ${condition}`;
  return { home: 'kind', onHome: sqlite, sqlite, athena: () => `${column} ${condition}` };
};
const named = (eventName: string) => [onCall('eventName', `= '${eventName}'`)];
export const IN_S3 = onCall('eventSource', `IN (${literals(S3_SOURCES)})`);
const SIGV2: readonly OwnCondition[] = [
  onCall('eventSource', "= 's3.amazonaws.com'"),
  {
    home: 'event',
    onHome: "signatureversion = 'SigV2'",
    sqlite: "signatureversion = 'SigV2'",
    athena: terms => `${terms.signatureVersion} = 'SigV2'`,
  },
];

export const S3_SEARCHES: readonly S3Search[] = [
  {
    name: 'put-object',
    description: 'objects that were written: PutObject',
    columns: OBJECT_COLUMNS,
    where: named('PutObject'),
  },
  {
    name: 'get-object',
    description: 'objects that were read: GetObject',
    columns: OBJECT_COLUMNS,
    where: named('GetObject'),
  },
  {
    name: 'delete-object',
    description:
      'objects that were deleted: DeleteObject, which a batch DeleteObjects also writes for each of its keys',
    columns: OBJECT_COLUMNS,
    where: named('DeleteObject'),
  },
  {
    name: 'head-object',
    description: 'objects whose metadata was read: HeadObject',
    columns: OBJECT_COLUMNS,
    where: named('HeadObject'),
  },
  {
    name: 'object-access',
    description: 'any object-level call, refused ones marked by their error code',
    columns: [...OBJECT_COLUMNS, ERROR_CODE],
    where: [IN_S3, onCall('eventName', `IN (${literals(OBJECT_EVENTS)})`)],
  },
  {
    name: 'anonymous',
    description:
      'unauthenticated requests in every form CloudTrail has used, refused ones marked by their error code',
    columns: [
      ...OBJECT_COLUMNS,
      column('principalId', 'userIdentity.principalId', 'useridentity_principalid'),
      column('accountId', 'userIdentity.accountId', 'useridentity_accountid'),
      ERROR_CODE,
    ],
    where: [
      IN_S3,
      {
        home: 'identity',
        onHome: 'is_anonymous',
        sqlite: 'identity_id IN (SELECT id FROM identity WHERE is_anonymous)',
        athena: () =>
          "userIdentity.type = 'AWSAccount' AND userIdentity.arn IS NULL AND (lower(userIdentity.accountId) IN ('anonymous', 'anonymous_principal') OR userIdentity.principalId = 'ANONYMOUS_PRINCIPAL')",
      },
    ],
  },
  {
    name: 'sigv2',
    description: 'requests signed with the old Signature Version 2',
    columns: [
      EVENT_TIME,
      column('S3_Action', 'eventName', 'eventname'),
      column('Request_Parameters', 'requestParameters', 'requestparameters'),
      column('AWS_Region', 'awsRegion', 'awsregion'),
      column('Source_IP', 'sourceIpAddress', 'sourceipaddress'),
      column('User_Agent', 'userAgent', 'useragent'),
    ],
    where: SIGV2,
  },
  {
    name: 'sigv2-requesters',
    description: 'who still signs with Signature Version 2, and how often',
    columns: [USER_ARN, column('RequestCount', 'count(requestId)', 'count(requestid)')],
    where: SIGV2,
    grouped: true,
  },
  {
    name: 'access-key',
    description: 'everything an access key did in S3, or everywhere with --all-services',
    argument: { name: 'access-key-id', description: 'the access key, AKIA… or ASIA…' },
    columns: [...OBJECT_COLUMNS, ERROR_CODE],
    where: [],
    onlyS3: true,
  },
];

/** @throws UsageError `NO_SUCH_SEARCH` */
export const findS3Search = (name: string): S3Search => findSearch(S3_SEARCHES, name, 'S3 search');
