/** The parts of a dimension's value that are columns of their own. */

import ipaddr from 'ipaddr.js';
import { IDENTITY_LEAVES, TLS_LEAVES } from '../fields.js';

/** A JSON scalar as Athena shows a string column: text as it is, other scalars as JSON, the rest as NULL. */
export function scalarText(value: unknown): string | null {
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

/** An address as 16 bytes, IPv4 mapped into IPv6, so that a CIDR block is one range; null for a service's name. */
export function addressBytes(address: string): Buffer | null {
  if (!ipaddr.isValid(address) || !/[.:].*[.:]/.test(address)) return null;
  const parsed = ipaddr.parse(address);
  const wide = parsed.kind() === 'ipv4' ? (parsed as ipaddr.IPv4).toIPv4MappedAddress() : parsed;
  return Buffer.from(wide.toByteArray());
}
