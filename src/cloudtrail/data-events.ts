/** Data events: what they are about. */

/**
 * Resource types of data events by their event source, where nearly all events of a source are of one type (User Guide,
 * "Logging data events"). Events of other sources are of several types.
 */
export const RESOURCE_TYPES: ReadonlyMap<string, string> = new Map([
  ['s3.amazonaws.com', 'AWS::S3::Object'],
  ['s3express.amazonaws.com', 'AWS::S3Express::Object'],
  ['s3-outposts.amazonaws.com', 'AWS::S3Outposts::Object'],
  ['s3-object-lambda.amazonaws.com', 'AWS::S3ObjectLambda::AccessPoint'],
  ['lambda.amazonaws.com', 'AWS::Lambda::Function'],
  ['dynamodb.amazonaws.com', 'AWS::DynamoDB::Table'],
  ['sns.amazonaws.com', 'AWS::SNS::Topic'],
  ['sqs.amazonaws.com', 'AWS::SQS::Queue'],
]);
