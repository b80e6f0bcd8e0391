/**
 * The 16 request metrics of CloudWatch for S3: unit, statistics, and what access logs and data events of CloudTrail say
 * of each (S3 User Guide, "Amazon S3 metrics and dimensions"; what follows from which field is ours).
 */

import type { MetricClass } from '../../access-logs/operations.js';

/** The names of the metrics, in the order of the S3 User Guide. */
export const METRIC_NAMES = [
  'AllRequests',
  'GetRequests',
  'PutRequests',
  'DeleteRequests',
  'HeadRequests',
  'PostRequests',
  'SelectRequests',
  'SelectBytesScanned',
  'SelectBytesReturned',
  'ListRequests',
  'BytesDownloaded',
  'BytesUploaded',
  '4xxErrors',
  '5xxErrors',
  'FirstByteLatency',
  'TotalRequestLatency',
] as const;
export type MetricName = (typeof METRIC_NAMES)[number];

/** How far a metric can be trusted. */
export type Mark = 'exact' | 'approximate' | 'not recorded';

/** What a source says of a metric. */
export interface Derivation {
  mark: Mark;
  /** Why it is not exact; where it comes from, where it is. */
  reason: string;
}

/** What is measured of a request. A request without a value has no part in the metric. */
export type Measure =
  | { of: 'requests'; class: MetricClass | 'all' }
  | { of: 'errors'; hundreds: 4 | 5 }
  | { of: 'sent' | 'received' | 'firstByte' | 'total' | 'selected' | 'nothing' };

/** A metric as CloudWatch has it. */
export interface MetricDefinition {
  name: MetricName;
  unit: 'Count' | 'Bytes' | 'Milliseconds';
  /** `sum` for those with Sum alone; `basic` with Average, Minimum, Maximum and SampleCount; `all` with percentiles. */
  statistics: 'sum' | 'basic' | 'all';
  measure: Measure;
  accessLogs: Derivation;
  cloudtrail: Derivation;
}

const exact = (reason: string): Derivation => ({ mark: 'exact', reason });
const approximate = (reason: string): Derivation => ({ mark: 'approximate', reason });
const notRecorded = (reason: string): Derivation => ({ mark: 'not recorded', reason });

const MISSING = 'requests that fail authentication and 301 redirects have no event';

function requests(
  name: MetricName,
  of: MetricClass | 'all',
  line: string,
  event: string = MISSING,
): MetricDefinition {
  return {
    name,
    unit: 'Count',
    statistics: 'sum',
    measure: { of: 'requests', class: of },
    accessLogs: exact(line),
    cloudtrail: approximate(event),
  };
}

function errors(name: MetricName, hundreds: 4 | 5): MetricDefinition {
  return {
    name,
    unit: 'Count',
    statistics: 'basic',
    measure: { of: 'errors', hundreds },
    accessLogs: exact(`httpstatus ${hundreds}00 to ${hundreds}99: 1, else 0`),
    cloudtrail: approximate(
      hundreds === 4
        ? `the status follows from errorCode; ${MISSING}, which hides 403s`
        : `the status follows from errorCode; rates are of fewer requests: ${MISSING}`,
    ),
  };
}

const LATENCY = 'events have no latency, but for those with';

/** The metrics, in the order of `METRIC_NAMES`. */
export const METRICS: readonly MetricDefinition[] = [
  requests(
    'AllRequests',
    'all',
    'a line a request; the keys of one batch delete and what S3 did by itself are none',
    `${MISSING}; requests for the configuration of a bucket are management events; the keys of one DeleteObjects are counted once`,
  ),
  requests(
    'GetRequests',
    'Get',
    'GET of objects, lists left out; copies count where they read',
    `${MISSING}; what copies read is not counted`,
  ),
  requests('PutRequests', 'Put', 'PUT of objects and parts, copies'),
  requests(
    'DeleteRequests',
    'Delete',
    'DELETE of objects; a batch delete counts once',
    `${MISSING}; the keys of one DeleteObjects are counted once, by request id`,
  ),
  requests('HeadRequests', 'Head', 'HEAD of objects and of the bucket'),
  requests('PostRequests', 'Post', 'POST of objects, multipart uploads and restores'),
  requests('SelectRequests', 'Select', 'SelectObjectContent'),
  {
    name: 'SelectBytesScanned',
    unit: 'Bytes',
    statistics: 'basic',
    measure: { of: 'nothing' },
    accessLogs: notRecorded('no field of a line has what was scanned'),
    cloudtrail: notRecorded('no field of an event has what was scanned'),
  },
  {
    name: 'SelectBytesReturned',
    unit: 'Bytes',
    statistics: 'basic',
    measure: { of: 'selected' },
    accessLogs: approximate('bytessent of SelectObjectContent: the frames of the response are in it'),
    cloudtrail: approximate(
      'bytesTransferredOut of SelectObjectContent: the frames of the response are in it',
    ),
  },
  requests('ListRequests', 'List', 'lists of objects, versions, parts and uploads'),
  {
    name: 'BytesDownloaded',
    unit: 'Bytes',
    statistics: 'all',
    measure: { of: 'sent' },
    accessLogs: exact('bytessent, of responses with a body'),
    cloudtrail: approximate(`bytesTransferredOut, of responses with a body; ${MISSING}`),
  },
  {
    name: 'BytesUploaded',
    unit: 'Bytes',
    statistics: 'all',
    measure: { of: 'received' },
    accessLogs: approximate(
      'objectsize of objects and parts that were put: other bodies (ACLs, tags, lists of keys) are not in the lines',
    ),
    cloudtrail: approximate(`bytesTransferredIn, of requests with a body; ${MISSING}`),
  },
  errors('4xxErrors', 4),
  errors('5xxErrors', 5),
  {
    name: 'FirstByteLatency',
    unit: 'Milliseconds',
    statistics: 'all',
    measure: { of: 'firstByte' },
    accessLogs: exact('turnaroundtime, of the lines that have one'),
    cloudtrail: notRecorded(`${LATENCY} turnAroundTime in additionalEventData`),
  },
  {
    name: 'TotalRequestLatency',
    unit: 'Milliseconds',
    statistics: 'all',
    measure: { of: 'total' },
    accessLogs: exact('totaltime, of the lines that have one'),
    cloudtrail: notRecorded(`${LATENCY} startTime and endTime in additionalEventData`),
  },
];

/** The request metric of each object-level event (S3 API Reference, HTTP methods); all others count for AllRequests alone. */
export const EVENT_CLASSES: ReadonlyMap<string, MetricClass> = new Map(
  (
    [
      [
        'Get',
        'GetObject GetObjectAcl GetObjectAttributes GetObjectLegalHold GetObjectRetention GetObjectTagging GetObjectTorrent',
      ],
      ['List', 'ListObjects ListObjectsV2 ListObjectVersions ListParts ListMultipartUploads'],
      ['Head', 'HeadObject HeadBucket'],
      [
        'Put',
        'PutObject PutObjectAcl PutObjectTagging PutObjectRetention PutObjectLegalHold CopyObject UploadPart UploadPartCopy UpdateObjectEncryption',
      ],
      ['Delete', 'DeleteObject DeleteObjectTagging AbortMultipartUpload DeleteObjects'],
      [
        'Post',
        'CreateMultipartUpload CompleteMultipartUpload RestoreObject WriteGetObjectResponse PostObject',
      ],
      ['Select', 'SelectObjectContent'],
    ] as const
  ).flatMap(([of, names]) => names.split(' ').map((name): [string, MetricClass] => [name, of])),
);
