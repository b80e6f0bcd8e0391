/**
 * The canned searches of S3 server access logs: AWS's own statements from "Using Amazon S3 server access logs to identify
 * requests" (S3 User Guide) and the ones that come right after them. Adding one means adding an entry here and its
 * expected output to the tests.
 */

import { literals } from '../filter/sql-text.js';
import { findSearch } from '../find-search.js';
import { type AccessCondition, ANONYMOUS, pointingTo } from './conditions.js';

/** A column of an answer. */
export interface AccessSearchColumn {
  /** Name in the output: a column of `s3_access_logs`, unless `sqlite` says what it is. */
  name: string;
  sqlite?: string;
  /** The expression in Athena, and its name there. */
  athena: string;
  athenaName?: string;
}

/** What requests are grouped by for their bytes. */
export const GROUPS = ['requester', 'address', 'key'] as const;
export type AccessGroup = (typeof GROUPS)[number];

export interface AccessSearch {
  name: string;
  description: string;
  /** The filter that it needs: what stands after its name on the command line. */
  argument?: { filter: 'key' | 'requester'; name: string; description: string };
  /** Those of a line; of a search that groups, what follows the groups. */
  columns: readonly AccessSearchColumn[];
  /** Conditions of the search itself. */
  where: readonly AccessCondition[];
  /** One row for each requester, address or key, the most bytes first. */
  isGrouped?: true;
  /** The slowest first, rather than by time. */
  isBySlowness?: true;
}

const column = (name: string, athena = name, athenaName = athena): AccessSearchColumn => ({
  name,
  athena,
  athenaName,
});
const TIME = column('eventtime', 'requestdatetime');
const KEY = column('objectkey', 'key');
const BUCKET = column('bucket_name');
const OPERATION = column('operation');
const REQUESTER = column('requester');
const ADDRESS = column('remoteip');
const STATUS = column('httpstatus');
const ERROR = column('errorcode');
const AGENT = column('useragent');
const REQUEST = column('requestid');

/** Those of AWS's statements for objects, and the operation. */
const OBJECT_COLUMNS = [TIME, BUCKET, REQUESTER, ADDRESS, OPERATION, KEY, STATUS, ERROR];

export const GROUP_COLUMNS: Readonly<Record<AccessGroup, readonly AccessSearchColumn[]>> = {
  requester: [REQUESTER],
  address: [ADDRESS],
  key: [BUCKET, KEY],
};

/** A condition on the operation and status of a line. */
const ofCall = (sqlite: string, athena: string): AccessCondition => ({
  sqlite: pointingTo('call', { text: sqlite, params: [] }),
  athena,
});
/** A condition on how a request came in. */
const ofChannel = (sqlite: string, athena = sqlite): AccessCondition => ({
  sqlite: pointingTo('channel', { text: sqlite, params: [] }),
  athena,
});
const operations = (...names: string[]): AccessCondition[] => {
  const text = names.length === 1 ? `operation = ${literals(names)}` : `operation IN (${literals(names)})`;
  return [ofCall(text, text)];
};

/** Versions below 1.2, in every spelling that logs have. */
const OLD_TLS = `upper(tlsversion) IN (${literals(['SSLV2', 'SSLV3', 'TLSV1', 'TLSV1.0', 'TLSV1.1'])})`;
const LIFECYCLE = `operation IN (${literals(['S3.EXPIRE.OBJECT', 'S3.CREATE.DELETEMARKER', 'S3.DELETE.UPLOAD'])})`;
const UPLOADED = literals(['REST.PUT.OBJECT', 'REST.PUT.PART', 'REST.POST.OBJECT']);

export const ACCESS_SEARCHES: readonly AccessSearch[] = [
  {
    name: 'get-object',
    description: 'objects that were read: by a GET, through a website endpoint, or as the source of a copy',
    columns: OBJECT_COLUMNS,
    where: operations(
      'REST.GET.OBJECT',
      'WEBSITE.GET.OBJECT',
      'REST.COPY.OBJECT_GET',
      'REST.COPY.PART_GET',
      'REST.POST.SELECT',
      'REST.GET.TORRENT',
    ),
  },
  {
    name: 'put-object',
    description: 'objects that were written: by a PUT, a form, a copy, or a multipart upload that completed',
    columns: OBJECT_COLUMNS,
    where: operations('REST.PUT.OBJECT', 'REST.POST.OBJECT', 'REST.COPY.OBJECT', 'REST.POST.UPLOAD'),
  },
  {
    name: 'delete-object',
    description:
      'objects that requests deleted, each key of a batch as well; what lifecycle rules removed is in lifecycle',
    columns: OBJECT_COLUMNS,
    where: operations('REST.DELETE.OBJECT', 'BATCH.DELETE.OBJECT'),
  },
  {
    name: 'object',
    description: 'everything that happened to a key, or to all keys below a prefix',
    argument: {
      filter: 'key',
      name: 'object',
      description: 'a key, a prefix that ends in /, or s3://BUCKET/KEY',
    },
    columns: [
      ...OBJECT_COLUMNS,
      column('bytessent'),
      column('objectsize'),
      column('versionid'),
      AGENT,
      REQUEST,
    ],
    where: [],
  },
  {
    name: 'requester',
    description: 'everything that a user, role, session or account asked for',
    argument: {
      filter: 'requester',
      name: 'who',
      description: 'an ARN, the name of a user or a role, an account, a canonical user id, or anonymous',
    },
    columns: [...OBJECT_COLUMNS, AGENT, REQUEST],
    where: [],
  },
  {
    name: 'anonymous',
    description: 'requests without authentication, refused ones marked by their error code',
    columns: [...OBJECT_COLUMNS, AGENT],
    where: [ANONYMOUS],
  },
  {
    name: 'sigv2',
    description: 'requests signed with the old Signature Version 2',
    columns: [...OBJECT_COLUMNS, column('sigv'), AGENT],
    where: [ofChannel("sigv = 'SigV2'")],
  },
  {
    name: 'acl-required',
    description: 'requests that only an ACL allowed: they fail once ACLs are disabled',
    columns: [...OBJECT_COLUMNS, column('aclrequired')],
    where: [ofChannel("aclrequired = 'Yes'")],
  },
  {
    name: 'presigned',
    description: 'requests by presigned URLs: signed in the query string',
    columns: [...OBJECT_COLUMNS, column('authtype'), column('referrer'), AGENT],
    where: [ofChannel("authtype = 'QueryString'")],
  },
  {
    name: 'plain-http',
    description: 'requests by plain HTTP, or by TLS older than 1.2',
    columns: [...OBJECT_COLUMNS, column('tlsversion'), column('ciphersuite'), AGENT],
    where: [
      ofChannel(
        `(ciphersuite IS NULL AND tlsversion IS NULL OR ${OLD_TLS})`,
        `(ciphersuite = '-' AND tlsversion = '-' OR ${OLD_TLS})`,
      ),
      {
        // Lines of what S3 did by itself have no request.
        sqlite: { text: 'l.request_uri IS NOT NULL', params: [] },
        athena: `request_uri NOT IN ('-', '"-"')`,
      },
    ],
  },
  {
    name: 'errors',
    description: 'requests that were refused or failed: status 4xx',
    columns: [...OBJECT_COLUMNS, REQUEST],
    where: [ofCall("httpstatus GLOB '4*'", "httpstatus LIKE '4%'")],
  },
  {
    name: 'server-errors',
    description: 'requests that S3 could not serve: status 5xx, with the ids that AWS Support asks for',
    columns: [...OBJECT_COLUMNS, REQUEST, column('hostid')],
    where: [ofCall("httpstatus GLOB '5*'", "httpstatus LIKE '5%'")],
  },
  {
    name: 'bytes',
    description: 'bytes that were sent and received, by requester, address or key, the most first',
    columns: [
      { name: 'requests', sqlite: 'count(*)', athena: 'count(*)' },
      {
        name: 'bytessenttotal',
        sqlite: 'coalesce(sum(l.bytessent), 0)',
        athena: 'coalesce(sum(bytessent), 0)',
      },
      {
        name: 'bytesreceivedtotal',
        sqlite: `coalesce(sum(l.objectsize) FILTER (WHERE c.operation IN (${UPLOADED}) AND c.httpstatus GLOB '2*'), 0)`,
        athena: `coalesce(sum(objectsize) FILTER (WHERE operation IN (${UPLOADED}) AND httpstatus LIKE '2%'), 0)`,
      },
    ],
    where: [
      // Neither what S3 did by itself nor the keys of a batch are requests.
      ofCall(
        "coalesce(operation, '-') NOT GLOB 'S3.*' AND coalesce(operation, '-') NOT GLOB 'BATCH.*'",
        "operation NOT LIKE 'S3.%' AND operation NOT LIKE 'BATCH.%'",
      ),
    ],
    isGrouped: true,
  },
  {
    name: 'slow',
    description: 'requests that took longest, from the first byte received to the last byte sent',
    columns: [
      ...OBJECT_COLUMNS,
      column('totaltime'),
      column('turnaroundtime'),
      column('bytessent'),
      column('objectsize'),
      REQUEST,
    ],
    where: [],
    isBySlowness: true,
  },
  {
    name: 'lifecycle',
    description:
      'what lifecycle rules did: objects that expired or moved to another class, uploads that were ended',
    columns: [TIME, BUCKET, OPERATION, KEY, column('objectsize'), column('versionid'), REQUESTER],
    where: [
      ofCall(
        `${LIFECYCLE} OR operation GLOB 'S3.TRANSITION*'`,
        `(${LIFECYCLE} OR operation LIKE 'S3.TRANSITION%')`,
      ),
    ],
  },
];

/** @throws UsageError `NO_SUCH_SEARCH` */
export const findAccessSearch = (name: string): AccessSearch =>
  findSearch(ACCESS_SEARCHES, name, 'search of access logs');
