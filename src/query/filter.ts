/** The filters every search understands: defined once, for the SQL, the command line, the help and the docs. */

import { addressBytes } from '../address.js';
import { QueryError } from '../errors.js';
import { literal, type Sql } from './sql-text.js';
import { parseTime } from './time.js';

/**
 * Values of the filters, as a caller gives them. Of several values of one filter any will do; one that begins with `!`
 * must not hold (`\\!` begins a value that really starts so). All filters must hold.
 */
export interface Filters {
  from?: string;
  to?: string;
  eventName?: Values;
  service?: Values;
  bucket?: Values;
  key?: Values;
  requester?: Values;
  accessKey?: Values;
  identityType?: Values;
  ip?: Values;
  userAgent?: Values;
  account?: Values;
  region?: Values;
  category?: Values;
  readOnly?: Values;
  errorCode?: Values;
  errorsOnly?: boolean;
}
type Values = string | readonly string[];

/** One filter: how it is described, and what it becomes. */
interface FilterDefinition {
  name: keyof Filters;
  /** What stands for the value in the help, empty for a switch. */
  value: string;
  description: string;
  /** True where it takes one value only: a bound, a switch. */
  isSingle?: boolean;
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

/** Also the condition of the S3 search for an access key. */
export const ACCESS_KEY: FilterDefinition = {
  name: 'accessKey',
  value: 'ID',
  description: 'access key of the caller, AKIA… or ASIA…',
  sqlite: value => ({
    text: 'identity_id IN (SELECT id FROM identity WHERE accesskeyid = ?)',
    params: [value],
  }),
  athena: compareAthena('userIdentity.accessKeyId', '='),
};

export const FILTERS: readonly FilterDefinition[] = [
  {
    name: 'from',
    value: 'TIME',
    isSingle: true,
    description:
      'events at or after this time: 2019-07-05 (midnight UTC), 2019-07-05T14:00Z, 2h, "3 days ago"',
    sqlite: (value, now) => compare('eventtime', '>=')(parseTime(value, now)),
    athena: (value, now) => compareAthena('eventTime', '>=')(parseTime(value, now)),
  },
  {
    name: 'to',
    value: 'TIME',
    isSingle: true,
    description: 'events at or before this time, inclusive like BETWEEN; a date is its midnight UTC',
    sqlite: (value, now) => compare('eventtime', '<=')(parseTime(value, now)),
    athena: (value, now) => compareAthena('eventTime', '<=')(parseTime(value, now)),
  },
  {
    name: 'eventName',
    value: 'NAME',
    description: 'API action: exact, or a pattern with * and ?',
    ...matching('eventname', 'eventName'),
  },
  {
    name: 'service',
    value: 'NAME',
    description: 'service: s3, or s3.amazonaws.com',
    sqlite: value => compare('eventsource', '=')(sourceOf(value)),
    athena: value => compareAthena('eventSource', '=')(sourceOf(value)),
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
    sqlite: value => patternSqlite('objectkey', value, true),
    athena: value => patternAthena("json_extract_scalar(requestParameters, '$.key')", value, true),
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
  ACCESS_KEY,
  {
    name: 'identityType',
    value: 'TYPE',
    description: 'type of the caller: IAMUser, AssumedRole, Root, AWSService, …',
    sqlite: value => ({ text: 'identity_id IN (SELECT id FROM identity WHERE type = ?)', params: [value] }),
    athena: compareAthena('userIdentity.type', '='),
  },
  {
    name: 'ip',
    value: 'ADDRESS',
    description: 'source address: IPv4, IPv6, a CIDR block, or the name of a service',
    sqlite: ipSqlite,
    athena: ipAthena,
  },
  {
    name: 'userAgent',
    value: 'TEXT',
    description: 'user agent: exact, or a pattern with * and ?',
    ...matching('useragent', 'userAgent'),
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
    name: 'category',
    value: 'NAME',
    description: 'event category: Management, Data, Insight, NetworkActivity; in any case',
    sqlite: value => ({ text: 'lower(eventcategory) = lower(?)', params: [value] }),
    athena: value => `lower(eventCategory) = lower(${literal(value)})`,
  },
  {
    name: 'readOnly',
    value: 'BOOL',
    description: 'true for events that only read, false for those that write',
    sqlite: value => compare('readonly', '=')(boolean(value)),
    athena: value => compareAthena('readOnly', '=')(boolean(value)),
  },
  {
    name: 'errorCode',
    value: 'CODE',
    description: 'error: exact, or a pattern with * and ?',
    ...matching('errorcode', 'errorCode'),
  },
  {
    name: 'errorsOnly',
    value: '',
    isSingle: true,
    description: 'only requests that failed',
    // A failed console sign-in has a message and no code.
    sqlite: () => ({ text: '(errorcode IS NOT NULL OR errormessage IS NOT NULL)', params: [] }),
    athena: () => '(errorCode IS NOT NULL OR errorMessage IS NOT NULL)',
  },
];

/**
 * The conditions for `filters`, in both dialects.
 * @throws QueryError `BAD_TIME`, `BAD_ADDRESS`, `BAD_VALUE`, `EMPTY_RANGE`
 */
export function conditions(filters: Filters, now: Date): { sqlite: Sql[]; athena: string[] } {
  const used = FILTERS.flatMap(filter => {
    const given = filters[filter.name];
    const values = given === undefined || given === false ? [] : [given].flat().map(String);
    return values.length === 0 ? [] : [{ filter, values }];
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
  const parts = used.flatMap(({ filter, values }) => {
    if (filter.isSingle) return values.map(value => ({ filter, values: [value], isExcluded: false }));
    const isExcluded = (value: string): boolean => value.startsWith('!');
    const wanted = values.filter(value => !isExcluded(value)).map(value => value.replace(/^\\!/, '!'));
    const unwanted = values.filter(isExcluded).map(value => value.slice(1));
    return [
      { filter, values: wanted, isExcluded: false },
      { filter, values: unwanted, isExcluded: true },
    ].filter(part => part.values.length > 0);
  });
  return {
    sqlite: parts.map(({ filter, values, isExcluded }) => {
      const any = values.map(value => filter.sqlite(value, now));
      return {
        text: combined(
          any.map(c => c.text),
          isExcluded,
          '1',
        ),
        params: any.flatMap(c => c.params),
      };
    }),
    athena: parts.map(({ filter, values, isExcluded }) =>
      combined(
        values.map(value => filter.athena(value, now)),
        isExcluded,
        'true',
      ),
    ),
  };
}

/** Conditions of which one must hold, or none; a NULL is no value that could be excluded. */
function combined(conditions: readonly string[], isExcluded: boolean, isTrue: string): string {
  const any = conditions.join(' OR ');
  if (isExcluded) return `coalesce(NOT (${any}), ${isTrue})`;
  return conditions.length > 1 ? `(${any})` : any;
}

/** A filter on a text with wildcards. */
function matching(column: string, athena: string): Pick<FilterDefinition, 'sqlite' | 'athena'> {
  return {
    sqlite: value => patternSqlite(column, value, false),
    athena: value => patternAthena(athena, value, false),
  };
}

/** `s3` → `s3.amazonaws.com`. */
const sourceOf = (service: string): string => (service.includes('.') ? service : `${service}.amazonaws.com`);

function boolean(value: string): string {
  const text = value.toLowerCase();
  if (text === 'true' || text === 'false') return text;
  throw new QueryError(
    'BAD_VALUE',
    `${JSON.stringify(value)} is neither true nor false`,
    'write --read-only false',
  );
}

type PatternForm =
  | { exact: string }
  | { prefix: string }
  | { parts: Array<string | '*' | '?'>; wild: boolean[] };

/**
 * Takes a pattern apart: literal text and wildcards, with backslash for a literal wildcard.
 * @param isPath true where a text that ends in / stands for everything below it
 */
function patternForm(value: string, isPath: boolean): PatternForm {
  const parts: string[] = [];
  const wild: boolean[] = [];
  for (const [token] of value.matchAll(/\\[*?\\]|[*?]|[^*?\\]+|\\/g)) {
    wild.push(token === '*' || token === '?');
    parts.push(token.length === 2 && token[0] === '\\' ? token[1]! : token);
  }
  if (!wild.includes(true)) {
    const text = parts.join('');
    return isPath && text.endsWith('/') ? { prefix: text } : { exact: text };
  }
  return { parts, wild };
}

function patternSqlite(column: string, value: string, isPath: boolean): Sql {
  const form = patternForm(value, isPath);
  if ('exact' in form) return { text: `${column} = ?`, params: [form.exact] };
  const plain = (text: string): string => text.replaceAll(/[[*?]/g, '[$&]');
  const pattern =
    'prefix' in form
      ? `${plain(form.prefix)}*`
      : form.parts.map((part, i) => (form.wild[i] ? part : plain(part))).join('');
  return { text: `${column} GLOB ?`, params: [pattern] };
}

function patternAthena(column: string, value: string, isPath: boolean): string {
  const form = patternForm(value, isPath);
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
