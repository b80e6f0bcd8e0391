/**
 * The operations of access logs: the API call as CloudTrail names it, and the request metric of CloudWatch it counts
 * for. AWS publishes no closed list; an operation that is not here is unknown, and nothing is guessed from its parts.
 */

/** The metric of CloudWatch that a request counts for beside AllRequests; `other` for AllRequests alone. */
export type MetricClass = 'Get' | 'Put' | 'Delete' | 'Head' | 'Post' | 'Select' | 'List' | 'other';

/** What an operation is. */
export interface Operation {
  /** eventName in CloudTrail; null where S3 acted by itself or no name is known. */
  api: string | null;
  /** Null for rows that are not requests of their own: keys of a batch, lifecycle, checksums. */
  metric: MetricClass | null;
}

interface Entry {
  api: string | null;
  /** Another eventName where the row has a key. */
  objectApi?: string;
  metric: MetricClass | null;
  objectMetric?: MetricClass;
}

type Row = readonly [operation: string, api: string | null, metric: MetricClass | null];

/** Requests for objects ("Logging Amazon S3 API calls using AWS CloudTrail", "Amazon S3 CloudWatch request metrics"). */
const OBJECT_ROWS: readonly Row[] = [
  ['REST.GET.OBJECT', 'GetObject', 'Get'],
  ['REST.HEAD.OBJECT', 'HeadObject', 'Head'],
  ['REST.PUT.OBJECT', 'PutObject', 'Put'],
  ['REST.DELETE.OBJECT', 'DeleteObject', 'Delete'],
  // What CloudTrail calls an upload by an HTML form is not documented.
  ['REST.POST.OBJECT', null, 'Post'],
  ['WEBSITE.GET.OBJECT', 'GetObject', 'Get'],
  ['WEBSITE.HEAD.OBJECT', 'HeadObject', 'Head'],
  ['REST.COPY.OBJECT', 'CopyObject', 'Put'],
  // The read side of a copy, in the log of the source bucket.
  ['REST.COPY.OBJECT_GET', 'CopyObject', 'Get'],
  ['REST.COPY.PART', 'UploadPartCopy', 'Put'],
  ['REST.COPY.PART_GET', 'UploadPartCopy', 'Get'],
  ['REST.POST.UPLOADS', 'CreateMultipartUpload', 'Post'],
  ['REST.PUT.PART', 'UploadPart', 'Put'],
  ['REST.POST.UPLOAD', 'CompleteMultipartUpload', 'Post'],
  ['REST.DELETE.UPLOAD', 'AbortMultipartUpload', 'Delete'],
  ['REST.GET.UPLOAD', 'ListParts', 'List'],
  ['REST.GET.UPLOADS', 'ListMultipartUploads', 'List'],
  ['REST.POST.MULTI_OBJECT_DELETE', 'DeleteObjects', 'Delete'],
  ['REST.POST.RESTORE', 'RestoreObject', 'Post'],
  ['REST.POST.SELECT', 'SelectObjectContent', 'Select'],
  ['REST.OPTIONS.PREFLIGHT', 'PreflightRequest', 'other'],
  ['REST.GET.OBJECT_TAGGING', 'GetObjectTagging', 'Get'],
  ['REST.PUT.OBJECT_TAGGING', 'PutObjectTagging', 'Put'],
  ['REST.DELETE.OBJECT_TAGGING', 'DeleteObjectTagging', 'Delete'],
  ['REST.GET.OBJECT_ATTRIBUTES', 'GetObjectAttributes', 'Get'],
  ['REST.GET.TORRENT', 'GetObjectTorrent', 'Get'],
];

/** Requests for buckets. */
const BUCKET_ROWS: readonly Row[] = [
  ['REST.GET.BUCKET', 'ListObjects', 'List'],
  ['REST.GET.BUCKETVERSIONS', 'ListObjectVersions', 'List'],
  ['REST.HEAD.BUCKET', 'HeadBucket', 'Head'],
  ['REST.PUT.BUCKET', 'CreateBucket', 'other'],
  ['REST.DELETE.BUCKET', 'DeleteBucket', 'other'],
  ['REST.GET.LOCATION', 'GetBucketLocation', 'other'],
  ['REST.GET.POLICY_STATUS', 'GetBucketPolicyStatus', 'other'],
];

/** What S3 did by itself, and the rows for the keys of one batch request, which is itself counted once. */
const OWN_ROWS: readonly Row[] = [
  ['BATCH.DELETE.OBJECT', 'DeleteObjects', null],
  ...[
    'S3.EXPIRE.OBJECT',
    'S3.CREATE.DELETEMARKER',
    'S3.DELETE.UPLOAD',
    'S3.TRANSITION.OBJECT',
    'S3.TRANSITION_SIA.OBJECT',
    'S3.TRANSITION_ZIA.OBJECT',
    'S3.TRANSITION_INT.OBJECT',
    'S3.TRANSITION_GIR.OBJECT',
    'S3.TRANSITION_GDA.OBJECT',
    'S3.COMPUTE.OBJECT.CHECKSUM',
  ].map((operation): Row => [operation, null, null]),
];

/** Configurations of a bucket: resource, what CloudTrail calls it, and the methods there are for it. */
const CONFIGURATIONS: ReadonlyArray<readonly [resource: string, name: string, methods: string]> = [
  ['BUCKETPOLICY', 'BucketPolicy', 'GET PUT DELETE'],
  ['TAGGING', 'BucketTagging', 'GET PUT DELETE'],
  ['WEBSITE', 'BucketWebsite', 'GET PUT DELETE'],
  ['CORS', 'BucketCors', 'GET PUT DELETE'],
  ['LIFECYCLE', 'BucketLifecycle', 'GET PUT DELETE'],
  ['ENCRYPTION', 'BucketEncryption', 'GET PUT DELETE'],
  ['REPLICATION', 'BucketReplication', 'GET PUT DELETE'],
  ['PUBLIC_ACCESS_BLOCK', 'BucketPublicAccessBlock', 'GET PUT DELETE'],
  ['OWNERSHIP_CONTROLS', 'BucketOwnershipControls', 'GET PUT DELETE'],
  ['INVENTORY', 'BucketInventoryConfiguration', 'GET PUT DELETE'],
  ['ANALYTICS', 'BucketAnalyticsConfiguration', 'GET PUT DELETE'],
  ['METRICS', 'BucketMetricsConfiguration', 'GET PUT DELETE'],
  ['INTELLIGENT_TIERING', 'BucketIntelligentTieringConfiguration', 'GET PUT DELETE'],
  ['LOGGING_STATUS', 'BucketLogging', 'GET PUT'],
  ['VERSIONING', 'BucketVersioning', 'GET PUT'],
  ['REQUEST_PAYMENT', 'BucketRequestPayment', 'GET PUT'],
  ['NOTIFICATION', 'BucketNotification', 'GET PUT'],
  ['ACCELERATE', 'AccelerateConfiguration', 'GET PUT'],
  ['OBJECT_LOCK_CONFIGURATION', 'BucketObjectLockConfiguration', 'GET PUT'],
];

const CALLS: Readonly<Record<string, string>> = { GET: 'Get', PUT: 'Put', DELETE: 'Delete' };

const OPERATIONS: ReadonlyMap<string, Entry> = new Map<string, Entry>([
  ...[...OBJECT_ROWS, ...BUCKET_ROWS, ...OWN_ROWS].map(([operation, api, metric]): [string, Entry] => [
    operation,
    { api, metric },
  ]),
  ...CONFIGURATIONS.flatMap(([resource, name, methods]) =>
    methods
      .split(' ')
      .map((method): [string, Entry] => [
        `REST.${method}.${resource}`,
        { api: `${CALLS[method]}${name}`, metric: 'other' },
      ]),
  ),
  ['REST.GET.ACL', { api: 'GetBucketAcl', objectApi: 'GetObjectAcl', metric: 'other', objectMetric: 'Get' }],
  ['REST.PUT.ACL', { api: 'PutBucketAcl', objectApi: 'PutObjectAcl', metric: 'other', objectMetric: 'Put' }],
]);

/** Operations that are known, in the order of the lists above. */
export const OPERATION_NAMES: readonly string[] = [...OPERATIONS.keys()];

/**
 * What an operation is, null where it is not known. `hasKey` says whether the row has a key: the same operation reads
 * the ACL of a bucket and of an object.
 */
export function operationOf(operation: string, hasKey: boolean): Operation | null {
  const entry = OPERATIONS.get(operation);
  if (entry === undefined) return null;
  return {
    api: (hasKey ? entry.objectApi : undefined) ?? entry.api,
    metric: (hasKey ? entry.objectMetric : undefined) ?? entry.metric,
  };
}
