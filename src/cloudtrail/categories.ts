/** Which events are data events: the record says it since eventVersion 1.07, before that it follows from the call (CloudTrail User Guide, "Logging data events"). */

/** Services whose events are about S3 objects and buckets. */
export const S3_SOURCES = [
  's3.amazonaws.com',
  's3express.amazonaws.com',
  's3-outposts.amazonaws.com',
  's3-object-lambda.amazonaws.com',
];

/** Object-level events of S3, its directory buckets, access points and Outposts (S3 User Guide, "Amazon S3 CloudTrail events"). */
export const OBJECT_EVENTS = [
  'AbortMultipartUpload',
  'CompleteMultipartUpload',
  'CopyObject',
  'CreateMultipartUpload',
  'CreateSession',
  'DeleteObject',
  'DeleteObjectTagging',
  'DeleteObjects',
  'GetObject',
  'GetObjectAcl',
  'GetObjectAttributes',
  'GetObjectLegalHold',
  'GetObjectRetention',
  'GetObjectTagging',
  'GetObjectTorrent',
  'HeadObject',
  'ListMultipartUploads',
  'ListObjectVersions',
  'ListObjects',
  'ListObjectsV2',
  'ListParts',
  'PostObject',
  'PreflightRequest',
  'PutObject',
  'PutObjectAcl',
  'PutObjectLegalHold',
  'PutObjectRetention',
  'PutObjectTagging',
  'RestoreObject',
  'SelectObjectContent',
  'UpdateObjectEncryption',
  'UploadPart',
  'UploadPartCopy',
  'WriteGetObjectResponse',
];

/** Item-level events of DynamoDB. */
const ITEM_EVENTS = [
  'BatchExecuteStatement',
  'BatchGetItem',
  'BatchWriteItem',
  'DeleteItem',
  'ExecuteStatement',
  'ExecuteTransaction',
  'GetItem',
  'PutItem',
  'Query',
  'Scan',
  'TransactGetItems',
  'TransactWriteItems',
  'UpdateItem',
];

/** The calls that are data events where the record does not say so. */
export const DATA_CALLS: ReadonlyArray<[sources: readonly string[], names: readonly string[]]> = [
  [S3_SOURCES, OBJECT_EVENTS],
  [['lambda.amazonaws.com'], ['Invoke']],
  [['dynamodb.amazonaws.com'], ITEM_EVENTS],
];
