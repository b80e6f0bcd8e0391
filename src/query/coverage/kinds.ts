/** The places and the lines that events belong to: both follow from what is constant over many events. */

import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { CATEGORY_SQLITE } from '../filter/category.js';

/** A kind of event, as far as coverage asks for it. */
export interface EventKind {
  id: number;
  account: string | null;
  region: string | null;
  /** Management, Data with what it is about, Insight, …; null where it is not asked for. */
  category: string | null;
}

type Row = [
  id: number,
  account: string | null,
  region: string | null,
  category: string | null,
  source: string | null,
];

/** The kinds of events of the index. */
export function eventKinds(db: Db, { needsCategory }: { needsCategory: boolean }): EventKind[] {
  const category = needsCategory ? CATEGORY_SQLITE : 'NULL';
  const rows = prepared(
    db,
    `SELECT id, recipientaccountid, awsregion, ${category}, eventsource FROM kind ORDER BY id`,
  )
    .raw(true)
    .all() as Row[];
  return rows.map(([id, account, region, category, source]) => ({
    id,
    account,
    region,
    category: category === 'Data' ? `Data ${resourceTypeOf(source)}` : category,
  }));
}

/**
 * Resource types of data events by their event source, where a source has one that nearly all its events are of (User
 * Guide, "Logging data events"). Any other source stands for itself: its events are of several types.
 */
const RESOURCE_TYPES: Readonly<Record<string, string>> = {
  's3express.amazonaws.com': 'AWS::S3Express::Object',
  's3-outposts.amazonaws.com': 'AWS::S3Outposts::Object',
  's3-object-lambda.amazonaws.com': 'AWS::S3ObjectLambda::AccessPoint',
  's3.amazonaws.com': 'AWS::S3::Object',
  'lambda.amazonaws.com': 'AWS::Lambda::Function',
  'dynamodb.amazonaws.com': 'AWS::DynamoDB::Table',
  'sns.amazonaws.com': 'AWS::SNS::Topic',
  'sqs.amazonaws.com': 'AWS::SQS::Queue',
};

function resourceTypeOf(source: string | null): string {
  if (source === null) return '-';
  return Object.hasOwn(RESOURCE_TYPES, source) ? RESOURCE_TYPES[source]! : source;
}
