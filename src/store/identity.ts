/** The parts of a dimension's value that are columns of their own. */

import { fieldsAt, IDENTITY_LEAVES, TLS_LEAVES } from '../cloudtrail/fields.js';
import { columnText, leafReader, members } from '../json-text.js';

const KIND_FIELDS = fieldsAt('kind');
const CHANNEL_FIELDS = fieldsAt('channel');

/** The columns of one userIdentity: its leaves, then 1 where the caller is anonymous. */
export function identityColumns(json: string): Array<string | number | null> {
  const leaf = leafReader(json);
  return [...IDENTITY_LEAVES.map(leaf), isAnonymous(leaf) ? 1 : 0];
}

/** The columns of one kind: its fields. */
export function kindColumns(json: string): Array<string | null> {
  const found = members(json);
  return KIND_FIELDS.map(f => columnText(found.get(JSON.stringify(f.name))));
}

/** The columns of one channel: its fields, then the leaves of tlsDetails. */
export function channelColumns(json: string): Array<string | null> {
  const found = members(json);
  const leaf = leafReader(found.get('"tlsDetails"'));
  return [...CHANNEL_FIELDS.map(f => columnText(found.get(JSON.stringify(f.name)))), ...TLS_LEAVES.map(leaf)];
}

/**
 * An unauthenticated caller. CloudTrail has written `accountId` as `ANONYMOUS_PRINCIPAL` (2018), later as `anonymous`;
 * AWS's first S3 guide looks for `principalId`. A caller with an ARN is never anonymous.
 */
function isAnonymous(leaf: (path: string) => string | null): boolean {
  if (leaf('type') !== 'AWSAccount' || leaf('arn') !== null) return false;
  const account = leaf('accountId')?.toLowerCase();
  return (
    account === 'anonymous' ||
    account === 'anonymous_principal' ||
    leaf('principalId') === 'ANONYMOUS_PRINCIPAL'
  );
}
