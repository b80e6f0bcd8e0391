/** What filters and canned searches ask for, in the words of a table elsewhere: Athena's documented one, or another. */

import { usernameOf } from '../../cloudtrail/username.js';
import { categoryAthena } from './category.js';
import { literal } from './sql-text.js';

/** Expressions on the columns of a table. */
export interface AthenaTerms {
  /** The user name as lookup-events has it. */
  username: string;
  bucket: string;
  objectKey: string;
  signatureVersion: string;
  category: string;
  /** What CloudTrail's digests say of the event's file; undefined where the table does not have it. */
  evidence: string | undefined;
  /** The condition for events at or after, or at or before, what `parseTime` gave. */
  bound(operator: '>=' | '<=', time: string): string;
}

/** On the table of Athena's documentation. */
export const DOCUMENTED_TERMS: AthenaTerms = {
  username: usernameOf(name => `userIdentity.${name}`, 'strpos'),
  bucket: "json_extract_scalar(requestParameters, '$.bucketName')",
  objectKey: "json_extract_scalar(requestParameters, '$.key')",
  signatureVersion: "json_extract_scalar(additionalEventData, '$.SignatureVersion')",
  category: categoryAthena(false),
  evidence: undefined,
  bound: (operator, time) => `eventTime ${operator} ${literal(time)}`,
};
