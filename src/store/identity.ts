/** The parts of a dimension's value that are columns of their own. */

import { IDENTITY_LEAVES, TLS_LEAVES } from '../fields.js';

/** A JSON scalar as Athena shows a string column: text as it is, other scalars as JSON, the rest as NULL. */
function scalarText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

/** Any JSON value as a text column: strings decoded, objects and arrays as JSON. */
export function columnText(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function leaf(value: unknown, path: string): string | null {
  let at: unknown = value;
  for (const name of path.split('.')) {
    if (typeof at !== 'object' || at === null) return null;
    at = Object.hasOwn(at, name) ? (at as Record<string, unknown>)[name] : undefined;
  }
  return scalarText(at);
}

/** The columns of one userIdentity: its leaves, then 1 where the caller is anonymous. */
export function identityColumns(json: string): Array<string | number | null> {
  const identity: unknown = JSON.parse(json);
  const leaves = IDENTITY_LEAVES.map(path => leaf(identity, path));
  return [...leaves, isAnonymous(identity) ? 1 : 0];
}

export function tlsColumns(tlsDetails: unknown): Array<string | null> {
  return TLS_LEAVES.map(path => leaf(tlsDetails, path));
}

/**
 * An unauthenticated caller. CloudTrail has written `accountId` as `ANONYMOUS_PRINCIPAL` (2018), later as `anonymous`;
 * AWS's first S3 guide looks for `principalId`. A caller with an ARN is never anonymous.
 */
export function isAnonymous(identity: unknown): boolean {
  if (leaf(identity, 'type') !== 'AWSAccount' || leaf(identity, 'arn') !== null) return false;
  const account = leaf(identity, 'accountId')?.toLowerCase();
  return (
    account === 'anonymous' ||
    account === 'anonymous_principal' ||
    leaf(identity, 'principalId') === 'ANONYMOUS_PRINCIPAL'
  );
}
