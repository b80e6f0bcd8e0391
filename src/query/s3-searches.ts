/**
 * The canned S3 searches: AWS's own statements from "Identifying Amazon S3 requests using CloudTrail" (S3 User Guide)
 * and the ones that come right after them. Adding one means adding an entry here and its expected output to the tests.
 */

import { OBJECT_EVENTS, S3_SOURCES } from '../cloudtrail/categories.js';
import { UsageError } from '../errors.js';
import type { Db } from '../store/open.js';
import type { Order } from './columns/order.js';
import { resolveFilters, type Spelling } from './columns/spelling.js';
import { type AthenaTerms, DOCUMENTED_TERMS } from './filter/athena-terms.js';
import { condition, conditions } from './filter/condition.js';
import { ACCESS_KEY, type Filters } from './filter/filter.js';
import { literals, type Sql } from './filter/sql-text.js';
import { EVENT_SECONDS, hasOddTimes } from './filter/time.js';
import { findSearch } from './find-search.js';
import { checkedLimit } from './limit.js';

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
  where: ReadonlyArray<{ sqlite: Sql; athena(terms: AthenaTerms): string }>;
  /** Conditions that `--all-services` lifts. */
  onlyS3?: boolean;
  /** One row per requester rather than per event. */
  grouped?: boolean;
}

export interface S3SearchOptions extends Filters {
  /** The access key, for the search `access-key`. */
  accessKeyId?: string | undefined;
  /** Search every service, not only S3. Default false. */
  allServices?: boolean | undefined;
  /** Maximum number of rows. Default: all. */
  limit?: number | undefined;
  /** By eventTime. Default newest first. */
  order?: Order | undefined;
  /** Also the eventID of each row, as the last column; searches that count have none. Default false. */
  withEventId?: boolean | undefined;
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
const EVENT_ID = column('eventID', 'eventID', 'eventid');

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

const fixed = (sqlite: string, athena = sqlite): S3Search['where'][number] => ({
  sqlite: { text: sqlite, params: [] },
  athena: () => athena,
});
const named = (eventName: string) => [fixed(`eventname = '${eventName}'`, `eventName = '${eventName}'`)];
const IN_S3 = fixed(`eventsource IN (${literals(S3_SOURCES)})`, `eventSource IN (${literals(S3_SOURCES)})`);
const SIGV2 = [
  fixed("eventsource = 's3.amazonaws.com'", "eventSource = 's3.amazonaws.com'"),
  {
    ...fixed("signatureversion = 'SigV2'"),
    athena: (terms: AthenaTerms) => `${terms.signatureVersion} = 'SigV2'`,
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
    where: [
      IN_S3,
      fixed(`eventname IN (${literals(OBJECT_EVENTS)})`, `eventName IN (${literals(OBJECT_EVENTS)})`),
    ],
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
      fixed(
        'identity_id IN (SELECT id FROM identity WHERE is_anonymous)',
        "userIdentity.type = 'AWSAccount' AND userIdentity.arn IS NULL AND (lower(userIdentity.accountId) IN ('anonymous', 'anonymous_principal') OR userIdentity.principalId = 'ANONYMOUS_PRINCIPAL')",
      ),
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

/** A table of events elsewhere. */
export interface AthenaTable {
  /** Quoted and ready for a statement. */
  name: string;
  terms: AthenaTerms;
  /** Conditions on its partitions. */
  partitions: readonly string[];
  /** What its events are in order of, so that the same limit gives the same events. */
  order(direction: 'ASC' | 'DESC'): string;
}

/** A search as statements. */
export interface S3Statement {
  sqlite: Sql;
  /** @param on the table it is asked of; default the documented one, under the name that Athena's guide gives it */
  athena(on?: AthenaTable): string;
  /** What became of values of filters that no event has as they were given. */
  spellings: Spelling[];
}

/**
 * The statement a search runs on the index, and the one it stands for in Athena.
 * @param on.db the index whose values the filters mean; without it they are taken as they are given
 * @param on.odd false where every event's time is known to be in CloudTrail's own form: the statement is then shorter,
 *   and an index answers for the times alone. Default: what `db` says, else true
 * @throws UsageError `MISSING_ARGUMENT`, `UNEXPECTED_ARGUMENT`, `BAD_LIMIT`, `BAD_TIME`, `BAD_ADDRESS`, `EMPTY_RANGE`
 */
export function s3Statement(
  search: S3Search,
  {
    accessKeyId: argument,
    allServices = false,
    limit,
    order = 'newest',
    withEventId = false,
    ...options
  }: S3SearchOptions,
  now: Date,
  { db, odd = db ? hasOddTimes(db) : true }: { db?: Db; odd?: boolean } = {},
): S3Statement {
  const most = checkedLimit(limit);
  if (search.argument && argument === undefined) {
    throw new UsageError('MISSING_ARGUMENT', `${search.name} needs ${search.argument.description}`);
  }
  if (!search.argument && argument !== undefined) {
    throw new UsageError('UNEXPECTED_ARGUMENT', `${search.name} takes no argument`);
  }
  conditions(options, now);
  const { filters, spellings } = resolveFilters(db, options);
  const given = [
    ...(argument === undefined ? [] : [condition(ACCESS_KEY, [argument], false, now)]),
    ...conditions(filters, now, odd),
  ];
  const own = [...search.where, ...(search.onlyS3 && !allServices ? [IN_S3] : [])];
  const where = [...own.map(c => c.sqlite), ...given.map(c => c.onView)];
  const direction = order === 'newest' ? 'DESC' : 'ASC';
  const end = most === Number.POSITIVE_INFINITY ? '' : `\nLIMIT ${most}`;
  const whereText = (parts: string[]): string =>
    parts.length > 0 ? `\nWHERE ${parts.join('\n  AND ')}` : '';
  const columns = withEventId && !search.grouped ? [...search.columns, EVENT_ID] : search.columns;
  const select = (expressions: readonly string[], quote: string): string =>
    columns
      .map(({ name }, i) => (expressions[i] === name ? name : `${expressions[i]} AS ${quote}${name}${quote}`))
      .join(',\n  ');
  return {
    sqlite: {
      text: [
        `SELECT\n  ${select(
          columns.map(c => c.sqlite),
          '"',
        )}\nFROM cloudtrail_logs`,
        whereText(where.map(c => c.text)),
        search.grouped
          ? '\nGROUP BY useridentity_arn\nORDER BY 2 DESC, 1'
          : `\nORDER BY ${odd ? EVENT_SECONDS : 'eventTime'} ${direction}, event_rowid ${direction}`,
        end,
      ].join(''),
      params: where.flatMap(c => c.params),
    },
    athena({ name, terms, partitions, order: ordered } = DOCUMENTED_TABLE) {
      const conditions = [
        ...partitions,
        ...own.map(c => c.athena(terms)),
        ...given.map(c => c.athena(terms)),
      ];
      return [
        `SELECT\n  ${select(
          columns.map(c => c.athena(terms)),
          '',
        )}\nFROM ${name}`,
        whereText(conditions),
        search.grouped
          ? `\nGROUP BY userIdentity.arn\nORDER BY 2 DESC, 1 NULLS FIRST`
          : `\nORDER BY ${ordered(direction)}`,
        end,
      ].join('');
    },
    spellings,
  };
}

const DOCUMENTED_TABLE: AthenaTable = {
  name: 'cloudtrail_logs',
  terms: DOCUMENTED_TERMS,
  partitions: [],
  order: direction => `eventTime ${direction}`,
};
