/** The filters every search understands: defined once, for the SQL, the command line, the help and the docs. */

import { addressBytes } from '../address.js';
import { QueryError } from '../errors.js';
import { literal, type Sql } from './sql-text.js';
import { parseTime } from './time.js';

/** Values of the filters, as a caller gives them. */
export interface Filters {
  from?: string;
  to?: string;
  bucket?: string;
  key?: string;
  requester?: string;
  ip?: string;
  account?: string;
  region?: string;
  errorsOnly?: boolean;
}

/** One filter: how it is described, and what it becomes. */
interface FilterDefinition {
  name: keyof Filters;
  /** What stands for the value in the help, empty for a switch. */
  value: string;
  description: string;
  /** The condition on `cloudtrail_logs` in the index. */
  sqlite(value: string, now: Date): Sql;
  /** The same condition on Athena's table. */
  athena(value: string, now: Date): string;
}

const compare =
  (column: string, operator: string) =>
  (value: string): Sql => ({
    text: `${column} ${operator} ?`,
    params: [value],
  });
const compareAthena =
  (expression: string, operator: string) =>
  (value: string): string =>
    `${expression} ${operator} ${literal(value)}`;

/** What identifies a requester: Athena's expression and the column of the identity table. */
const REQUESTER: ReadonlyArray<[athena: string, column: string]> = [
  ['userIdentity.arn', 'arn'],
  ['userIdentity.accessKeyId', 'accesskeyid'],
  ['userIdentity.userName', 'username'],
  ['userIdentity.principalId', 'principalid'],
  ['userIdentity.sessionContext.sessionIssuer.arn', 'sessioncontext_sessionissuer_arn'],
  ['userIdentity.sessionContext.sessionIssuer.userName', 'sessioncontext_sessionissuer_username'],
];

export const FILTERS: readonly FilterDefinition[] = [
  {
    name: 'from',
    value: 'TIME',
    description:
      'events at or after this time: 2019-07-05 (midnight UTC), 2019-07-05T14:00Z, 2h, "3 days ago"',
    sqlite: (value, now) => compare('eventtime', '>=')(parseTime(value, now)),
    athena: (value, now) => compareAthena('eventTime', '>=')(parseTime(value, now)),
  },
  {
    name: 'to',
    value: 'TIME',
    description: 'events at or before this time, inclusive like BETWEEN; a date is its midnight UTC',
    sqlite: (value, now) => compare('eventtime', '<=')(parseTime(value, now)),
    athena: (value, now) => compareAthena('eventTime', '<=')(parseTime(value, now)),
  },
  {
    name: 'bucket',
    value: 'NAME',
    description: 'requests to this bucket',
    sqlite: compare('bucketname', '='),
    athena: compareAthena("json_extract_scalar(requestParameters, '$.bucketName')", '='),
  },
  {
    name: 'key',
    value: 'KEY',
    description:
      'object key: exact; everything below a prefix that ends in /; or a pattern with * and ? (\\* and \\? are the characters themselves)',
    sqlite: keySqlite,
    athena: keyAthena,
  },
  {
    name: 'requester',
    value: 'WHO',
    description: 'ARN, access key, user name, principal id, or the ARN or name of the role behind a session',
    sqlite: value => ({
      text: `identity_id IN (SELECT id FROM identity WHERE ? IN (${REQUESTER.map(([, column]) => column).join(', ')}))`,
      params: [value],
    }),
    athena: value => `${literal(value)} IN (${REQUESTER.map(([expression]) => expression).join(', ')})`,
  },
  {
    name: 'ip',
    value: 'ADDRESS',
    description: 'source address: IPv4, IPv6, a CIDR block, or the name of a service',
    sqlite: ipSqlite,
    athena: ipAthena,
  },
  {
    name: 'account',
    value: 'ID',
    description: 'account that received the record',
    sqlite: compare('recipientaccountid', '='),
    athena: compareAthena('recipientAccountId', '='),
  },
  {
    name: 'region',
    value: 'REGION',
    description: 'AWS region of the request',
    sqlite: compare('awsregion', '='),
    athena: compareAthena('awsRegion', '='),
  },
  {
    name: 'errorsOnly',
    value: '',
    description: 'only requests that failed',
    // A failed console sign-in has a message and no code.
    sqlite: () => ({ text: '(errorcode IS NOT NULL OR errormessage IS NOT NULL)', params: [] }),
    athena: () => '(errorCode IS NOT NULL OR errorMessage IS NOT NULL)',
  },
];

/**
 * The conditions for `filters`, in both dialects.
 * @throws QueryError `BAD_TIME`, `BAD_ADDRESS`, `EMPTY_RANGE`
 */
export function conditions(filters: Filters, now: Date): { sqlite: Sql[]; athena: string[] } {
  const used = FILTERS.flatMap(filter => {
    const value = filters[filter.name];
    return value === undefined || value === false ? [] : [{ filter, value: String(value) }];
  });
  if (filters.from !== undefined && filters.to !== undefined) {
    const [from, to] = [parseTime(filters.from, now), parseTime(filters.to, now)];
    if (from > to) {
      throw new QueryError(
        'EMPTY_RANGE',
        `nothing lies between ${from} and ${to}`,
        '--from must not be later than --to',
      );
    }
  }
  return {
    sqlite: used.map(({ filter, value }) => filter.sqlite(value, now)),
    athena: used.map(({ filter, value }) => filter.athena(value, now)),
  };
}

type KeyForm = { exact: string } | { prefix: string } | { parts: Array<string | '*' | '?'>; wild: boolean[] };

/** Takes a key pattern apart: literal text and wildcards, with backslash for a literal wildcard. */
function keyForm(value: string): KeyForm {
  const parts: string[] = [];
  const wild: boolean[] = [];
  for (const [token] of value.matchAll(/\\[*?\\]|[*?]|[^*?\\]+|\\/g)) {
    wild.push(token === '*' || token === '?');
    parts.push(token.length === 2 && token[0] === '\\' ? token[1]! : token);
  }
  if (!wild.includes(true)) {
    const text = parts.join('');
    return text.endsWith('/') ? { prefix: text } : { exact: text };
  }
  return { parts, wild };
}

function keySqlite(value: string): Sql {
  const form = keyForm(value);
  if ('exact' in form) return { text: 'objectkey = ?', params: [form.exact] };
  const plain = (text: string): string => text.replaceAll(/[[*?]/g, '[$&]');
  const pattern =
    'prefix' in form
      ? `${plain(form.prefix)}*`
      : form.parts.map((part, i) => (form.wild[i] ? part : plain(part))).join('');
  return { text: 'objectkey GLOB ?', params: [pattern] };
}

function keyAthena(value: string): string {
  const column = "json_extract_scalar(requestParameters, '$.key')";
  const form = keyForm(value);
  if ('exact' in form) return `${column} = ${literal(form.exact)}`;
  const plain = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&');
  const pattern =
    'prefix' in form
      ? `${plain(form.prefix)}%`
      : form.parts.map((part, i) => (form.wild[i] ? (part === '*' ? '%' : '_') : plain(part))).join('');
  return `${column} LIKE ${literal(pattern)} ESCAPE '\\'`;
}

/**
 * First and last address of a block in the form of the index, or undefined where `value` is the name of a service.
 * @throws QueryError `BAD_ADDRESS`
 */
function block(value: string): { first: Buffer; last: Buffer } | undefined {
  const [text = '', prefix, more] = value.split('/');
  const address = addressBytes(text);
  if (!address) {
    if (prefix === undefined && /[a-z]/i.test(value) && !value.includes(':')) return undefined;
    throw badAddress(value);
  }
  const { bytes: first, bits } = address;
  const length = prefix === undefined ? bits : Number(prefix);
  if (more !== undefined || prefix === '' || !Number.isInteger(length) || length < 0 || length > bits) {
    throw badAddress(value);
  }
  const last = Buffer.from(first);
  for (let bit = 128 - bits + length; bit < 128; bit++) {
    const mask = 0x80 >> (bit % 8);
    first[bit >> 3]! &= ~mask;
    last[bit >> 3]! |= mask;
  }
  return { first, last };
}

function badAddress(value: string): QueryError {
  return new QueryError(
    'BAD_ADDRESS',
    `${JSON.stringify(value)} is no address, CIDR block or service name`,
    'write 203.0.113.7, 203.0.113.0/24, 2001:db8::/32 or config.amazonaws.com',
  );
}

function ipSqlite(value: string): Sql {
  const range = block(value);
  if (!range)
    return { text: 'address_id IN (SELECT id FROM address WHERE sourceipaddress = ?)', params: [value] };
  return {
    text: 'address_id IN (SELECT id FROM address WHERE ip BETWEEN ? AND ?)',
    params: [range.first, range.last],
  };
}

function ipAthena(value: string): string {
  if (!block(value) || !value.includes('/')) return `sourceIpAddress = ${literal(value)}`;
  return `contains(${literal(value)}, TRY_CAST(sourceIpAddress AS ipaddress))`;
}
