/** Pieces of the filters on access logs: a value of each as a condition on `access_log` and on Athena's table. */

import { OPERATION_NAMES, operationOf } from '../../access-logs/operations.js';
import { UsageError } from '../../errors.js';
import { addressBlock } from '../filter/address-block.js';
import { literal, literals, type Sql } from '../filter/sql-text.js';
import { escaped, patternAthena, patternSqlite } from '../filter/wildcard.js';

/** A condition in both dialects. */
export interface AccessCondition {
  /** On `access_log AS l`. */
  sqlite: Sql;
  /** On the table of AWS's guide. */
  athena: string;
}

type Dimension = 'bucket' | 'requester' | 'address' | 'agent' | 'call' | 'channel';

/** Lines that point to rows of a table for which a condition holds. */
export const pointingTo = (dimension: Dimension, { text, params }: Sql): Sql => ({
  text: `l.${dimension}_id IN (SELECT id FROM access_${dimension} WHERE ${text})`,
  params,
});

/** Any of the conditions. */
export const anyOf = (parts: readonly Sql[]): Sql => ({
  text: parts.length === 1 ? parts[0]!.text : `(${parts.map(({ text }) => text).join(' OR ')})`,
  params: parts.flatMap(({ params }) => params),
});
const anyInAthena = (parts: readonly string[]): string =>
  parts.length === 1 ? parts[0]! : `(${parts.join(' OR ')})`;

export function bucketCondition(value: string): AccessCondition {
  return {
    sqlite: pointingTo('bucket', { text: 'bucket_name = ?', params: [value] }),
    athena: `bucket_name = ${literal(value)}`,
  };
}

/** What S3 did by itself has no requester and is no request. */
export const ANONYMOUS: AccessCondition = {
  sqlite: {
    text: "(l.requester_id IS NULL AND l.call_id NOT IN (SELECT id FROM access_call WHERE operation GLOB 'S3.*'))",
    params: [],
  },
  athena: "((requester IS NULL OR requester = '-') AND operation NOT LIKE 'S3.%')",
};

const ROLE = /^arn:[a-z-]+:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/;
const ACCOUNT = /^\d{12}$/;

/** A requester by its ARN, its name, its account or canonical id; `-` and `anonymous` are requests without one. */
export function requesterCondition(value: string): AccessCondition {
  if (value === '-' || value === 'anonymous') return ANONYMOUS;
  const [, account, role] = ROLE.exec(value) ?? [];
  if (account !== undefined && role !== undefined)
    return {
      sqlite: pointingTo('requester', {
        text: "kind = 'session' AND account = ? AND name = ?",
        params: [account, role],
      }),
      athena: patternAthena('requester', `arn:*:sts::${account}:assumed-role/${escaped(role)}/*`, false),
    };
  if (value.startsWith('arn:'))
    return {
      sqlite: pointingTo('requester', { text: 'requester = ?', params: [value] }),
      athena: `requester = ${literal(value)}`,
    };
  const name = escaped(value);
  const forms = [
    ...['user/', 'user/*/', 'federated-user/'].map(path => `arn:*:${path}${name}`),
    `arn:*:assumed-role/${name}/*`,
    ...(ACCOUNT.test(value) ? [`arn:*::${value}:*`] : []),
  ];
  return {
    sqlite: pointingTo('requester', { text: '? IN (requester, name, account)', params: [value] }),
    athena: `(requester = ${literal(value)} OR ${forms
      .map(form => patternAthena('requester', form, false))
      .join(' OR ')})`,
  };
}

/** @throws UsageError `BAD_ADDRESS` */
export function addressCondition(value: string): AccessCondition {
  const range = addressBlock(value);
  if (!range)
    throw new UsageError(
      'BAD_ADDRESS',
      `${JSON.stringify(value)} is not an address or CIDR block`,
      'write 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32',
    );
  const isBlock = value.includes('/') || value.includes(':');
  const block = value.includes('/') ? value : `${value}/128`;
  return {
    sqlite: pointingTo('address', { text: 'ip BETWEEN ? AND ?', params: [range.first, range.last] }),
    athena: isBlock
      ? `contains(${literal(block)}, TRY_CAST(remoteip AS ipaddress))`
      : `remoteip = ${literal(value)}`,
  };
}

/** `4xx` is any of them; else exact, or a pattern. */
export function statusCondition(value: string): AccessCondition {
  const pattern = value.replace(/^([1-5])xx$/i, '$1*');
  return {
    sqlite: pointingTo('call', patternSqlite('httpstatus', pattern, false)),
    athena: patternAthena('httpstatus', pattern, false),
  };
}

/** An operation, or a call by the name that CloudTrail has for it; in any case. */
export function operationCondition(value: string): AccessCondition {
  const [upper, lower] = [value.toUpperCase(), value.toLowerCase()];
  const written = patternAthena('operation', upper, false);
  const named = callsInAthena(lower);
  return {
    sqlite: pointingTo(
      'call',
      anyOf([patternSqlite('operation', upper, false), patternSqlite('lower(eventname)', lower, false)]),
    ),
    athena: anyInAthena([...(named.length === 0 || /[*?.]/.test(value) ? [written] : []), ...named]),
  };
}

/** Operations of the calls whose names, in lower case, match a pattern. `REST.GET.ACL` is one call or another by its key. */
function callsInAthena(pattern: string): string[] {
  const isMatch = matcher(pattern);
  const hasName = (operation: string, hasKey: boolean): boolean =>
    isMatch(operationOf(operation, hasKey)?.api?.toLowerCase() ?? '');
  const [always, withKey, withoutKey]: string[][] = [[], [], []];
  for (const operation of OPERATION_NAMES) {
    const [object, bucket] = [hasName(operation, true), hasName(operation, false)];
    if (object && bucket) always!.push(operation);
    else if (object) withKey!.push(operation);
    else if (bucket) withoutKey!.push(operation);
  }
  const among = (operations: readonly string[]): string =>
    operations.length === 1
      ? `operation = ${literal(operations[0]!)}`
      : `operation IN (${literals(operations)})`;
  return [
    ...(always!.length > 0 ? [among(always!)] : []),
    ...(withKey!.length > 0 ? [`(${among(withKey!)} AND key <> '-')`] : []),
    ...(withoutKey!.length > 0 ? [`(${among(withoutKey!)} AND key = '-')`] : []),
  ];
}

/** Whether a short text matches a pattern with * and ?. */
function matcher(pattern: string): (text: string) => boolean {
  const parts = pattern.replaceAll(/\*+/g, '*').replaceAll(/\\[*?\\]|[\s\S]/g, token => {
    if (token === '*') return '.*';
    if (token === '?') return '.';
    return (token.length === 2 ? token[1]! : token).replace(/[$()*+.?[\\\]^{|}]/, '\\$&');
  });
  const expression = new RegExp(`^${parts}$`, 's');
  return text => text !== '' && expression.test(text);
}

/** Characters that S3 never encodes in a key: where a pattern has no others, a key matches as it stands in the line. */
const PLAIN = /^[\w./*-]*$/;
/** Patterns that match the `-` of a line without a key. */
const MATCHES_DASH = /^\**[-?]?\**$/;

/** Decoded once; NULL where that is no UTF-8, for which `url_decode` puts replacement characters. */
const once = (key: string): string =>
  `regexp_extract(url_decode(replace(${key}, '+', '%2B')), '\\A[^\uFFFD]*\\z')`;
/** The decoded key in Athena, as `keyOf` of `access-logs/meaning.ts` has it: `url_decode` would take + for a space. */
export const DECODED = `CASE WHEN operation LIKE 'BATCH.%' OR operation LIKE 'S3.%' THEN coalesce(try(${once('key')}), key)
    WHEN operation LIKE 'REST.%' OR operation LIKE 'WEBSITE.%' OR operation LIKE 'SOAP.%' THEN coalesce(try(${once(once('key'))}), try(${once('key')}), key)
    ELSE key END`;

/** A key as it is in S3, or as it stands in the line. */
export function keyCondition(value: string): AccessCondition {
  const plain = patternAthena('key', value, true);
  const athena = PLAIN.test(value) ? plain : `(${plain} OR ${patternAthena(DECODED, value, true)})`;
  return {
    sqlite: anyOf([patternSqlite('l.decoded_key', value, true), patternSqlite('l.key', value, true)]),
    athena: MATCHES_DASH.test(value) ? `(key <> '-' AND ${athena})` : athena,
  };
}
