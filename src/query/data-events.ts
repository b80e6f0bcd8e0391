/** Which events are data events: said by the record since eventVersion 1.07, told from the call before (CloudTrail User Guide, "Logging data events"). */

import { literals } from './sql-text.js';

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

const CALLS: ReadonlyArray<[sources: readonly string[], names: readonly string[]]> = [
  [S3_SOURCES, OBJECT_EVENTS],
  [['lambda.amazonaws.com'], ['Invoke']],
  [['dynamodb.amazonaws.com'], ITEM_EVENTS],
];

/** The category of an event, as an expression on the columns of `kind`. */
export const CATEGORY_SQLITE = `CASE
    WHEN eventcategory IS NOT NULL THEN eventcategory
    WHEN managementevent IS NOT NULL THEN CASE managementevent WHEN 'false' THEN 'Data' ELSE 'Management' END
    ${ofCall('eventtype', 'eventsource', 'eventname')}
  END`;

/** The same on Athena's table, which has no managementEvent. */
export const CATEGORY_ATHENA = `CASE
    WHEN eventCategory IS NOT NULL THEN eventCategory
    ${ofCall('eventType', 'eventSource', 'eventName')}
  END`;

function ofCall(type: string, source: string, name: string): string {
  const calls = CALLS.map(
    ([sources, names]) => `(${source} IN (${literals(sources)}) AND ${name} IN (${literals(names)}))`,
  );
  return `WHEN ${type} = 'AwsCloudTrailInsight' THEN 'Insight'
    WHEN ${calls.join('\n      OR ')} THEN 'Data'
    ELSE 'Management'`;
}
