/** The filters of access logs: defined once, for the statements in both dialects, the command line, the help and the docs. */

import { resolveFilters, type Spelling } from '../columns/spelling.js';
import { checkRange, combined } from '../filter/condition.js';
import { parseTime } from '../filter/time.js';
import {
  type AccessCondition,
  addressCondition,
  anyOf,
  bucketCondition,
  keyCondition,
  operationCondition,
  requesterCondition,
  statusCondition,
} from './conditions.js';

type Values = string | readonly string[];

/** Values of the filters. Of several values of one any will do; one that begins with `!` must not hold. All filters must hold. */
export interface AccessFilters {
  /** lines at or after this time: 2026-01-05 (midnight UTC), 2026-01-05T14:00Z, 2h, "3 days ago" */
  from?: string | undefined;
  /** lines at or before this time, inclusive like BETWEEN; a date is its midnight UTC */
  to?: string | undefined;
  /** bucket: its name, its ARN, or s3://BUCKET, with or without a key after it */
  bucket?: Values | undefined;
  /** object key, as it is in S3 or percent-encoded as in the line: exact; everything below a prefix that ends in /; or a pattern with * and ? */
  key?: Values | undefined;
  /** ARN of a user, role or session; name of a user or a role; account; canonical user id; anonymous, or -, for requests without authentication */
  requester?: Values | undefined;
  /** address that the request came from: IPv4, IPv6, or a CIDR block */
  ip?: Values | undefined;
  /** operation as in the line, or CloudTrail’s name for it, in any case: REST.GET.OBJECT, GetObject, or a pattern with * and ? */
  operation?: Values | undefined;
  /** HTTP status: 403, 4xx, 5*, or a pattern with * and ? */
  status?: Values | undefined;
}

/** A filter: how it is described, and what one value of it becomes. */
interface AccessFilter {
  name: keyof AccessFilters;
  /** What stands for the value in the help. */
  value: string;
  description: string;
  /** Undefined for the bounds of time, of which there is one each. */
  condition?: (value: string) => AccessCondition;
}

export const ACCESS_FILTERS: readonly AccessFilter[] = [
  {
    name: 'from',
    value: 'TIME',
    description:
      'lines at or after this time: 2026-01-05 (midnight UTC), 2026-01-05T14:00Z, 2h, "3 days ago"',
  },
  {
    name: 'to',
    value: 'TIME',
    description: 'lines at or before this time, inclusive like BETWEEN; a date is its midnight UTC',
  },
  {
    name: 'bucket',
    value: 'NAME',
    description: 'bucket: its name, its ARN, or s3://BUCKET, with or without a key after it',
    condition: bucketCondition,
  },
  {
    name: 'key',
    value: 'KEY',
    description:
      'object key, as it is in S3 or percent-encoded as in the line: exact; everything below a prefix that ends in /; or a pattern with * and ? (\\* and \\? are the characters themselves)',
    condition: keyCondition,
  },
  {
    name: 'requester',
    value: 'WHO',
    description:
      'ARN of a user, role or session; name of a user or a role; account; canonical user id; anonymous, or -, for requests without authentication',
    condition: requesterCondition,
  },
  {
    name: 'ip',
    value: 'ADDRESS',
    description: 'address that the request came from: IPv4, IPv6, or a CIDR block',
    condition: addressCondition,
  },
  {
    name: 'operation',
    value: 'NAME',
    description:
      'operation as in the line, or CloudTrail’s name for it, in any case: REST.GET.OBJECT, GetObject, or a pattern with * and ?',
    condition: operationCondition,
  },
  {
    name: 'status',
    value: 'CODE',
    description: 'HTTP status: 403, 4xx, 5*, or a pattern with * and ?',
    condition: statusCondition,
  },
];

/**
 * Columns that the index of another filter answers better, by what that is: a call has many lines, and a requester or a
 * block of addresses may have more in all buckets than a bucket has in a time.
 */
const WIDER: ReadonlyArray<[filters: ReadonlyArray<keyof AccessFilters>, columns: readonly string[]]> = [
  [['bucket'], ['l.call_id']],
  [['requester'], ['l.call_id']],
  [['ip'], ['l.call_id']],
  [
    ['bucket', 'from'],
    ['l.call_id', 'l.requester_id', 'l.address_id'],
  ],
];

/** What filters become. */
export interface AccessConditions {
  /** Bounds of time. */
  times: AccessCondition[];
  /** The others: all must hold. */
  conditions: AccessCondition[];
  /** Columns of `access_log` whose indexes leave more lines than another does. */
  wider: ReadonlySet<string>;
  /** What became of addresses of buckets and objects. */
  spellings: Spelling[];
}

const isExcluded = (value: string): boolean => value.startsWith('!');

/** The values of a filter of which one must hold, and those of which none may, without their exclamation marks. */
export function valuesOf(values: Values | undefined): { wanted: string[]; unwanted: string[] } {
  const all = [values ?? []].flat().map(String);
  return {
    wanted: all.filter(value => !isExcluded(value)).map(value => value.replace(/^\\!/, '!')),
    unwanted: all.filter(isExcluded).map(value => value.slice(1)),
  };
}

/** A condition that leaves the indexes on wider columns alone: a unary plus keeps SQLite from an index. */
export const withoutWider = (text: string, wider: AccessConditions['wider']): string =>
  text.replaceAll(/\bl\.\w+/g, column => (wider.has(column) ? `+${column}` : column));

/**
 * The conditions for `filters`.
 * @throws UsageError `BAD_TIME`, `BAD_ADDRESS`, `BAD_VALUE`, `EMPTY_RANGE`
 */
export function accessConditions(filters: AccessFilters, now: Date): AccessConditions {
  checkRange(filters, now);
  const places = { ...filters };
  const { filters: placed, spellings } = resolveFilters(undefined, {
    ...(filters.bucket === undefined ? {} : { bucket: filters.bucket }),
    ...(filters.key === undefined ? {} : { key: filters.key }),
  });
  const meant: AccessFilters = { ...places, ...placed };
  const conditions = ACCESS_FILTERS.flatMap(({ name, condition }) => {
    if (condition === undefined) return [];
    const { wanted, unwanted } = valuesOf(meant[name]);
    return [
      ...(wanted.length > 0 ? [together(wanted.map(condition))] : []),
      ...(unwanted.length > 0 ? [without(unwanted.map(condition))] : []),
    ];
  });
  const isWanted = (name: keyof AccessFilters): boolean => valuesOf(meant[name]).wanted.length > 0;
  return {
    times: timeConditions(meant, now),
    conditions,
    wider: new Set(WIDER.flatMap(([names, columns]) => (names.every(isWanted) ? columns : []))),
    spellings,
  };
}

const together = (any: readonly AccessCondition[]): AccessCondition => ({
  sqlite: anyOf(any.map(({ sqlite }) => sqlite)),
  athena: combined(
    any.map(({ athena }) => athena),
    false,
    'true',
  ),
});

const without = (any: readonly AccessCondition[]): AccessCondition => ({
  sqlite: {
    text: combined(
      any.map(({ sqlite }) => sqlite.text),
      true,
      '1',
    ),
    params: any.flatMap(({ sqlite }) => sqlite.params),
  },
  athena: combined(
    any.map(({ athena }) => athena),
    true,
    'true',
  ),
});

/** The time of a line in Athena, as AWS's guide reads it. */
export const ATHENA_TIME = "parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z')";

function timeConditions({ from, to }: AccessFilters, now: Date): AccessCondition[] {
  const [first, last] = [from, to].map(time => (time === undefined ? undefined : parseTime(time, now)));
  const seconds = (time: string): number => Date.parse(time) / 1000;
  const moment = (time: string): string =>
    `parse_datetime('${time.slice(0, 10)}:${time.slice(11, 19)}', 'yyyy-MM-dd:HH:mm:ss')`;
  if (first !== undefined && last !== undefined)
    return [
      {
        sqlite: { text: 'l.time BETWEEN ? AND ?', params: [seconds(first), seconds(last)] },
        athena: `${ATHENA_TIME}\n    BETWEEN ${moment(first)}\n    AND ${moment(last)}`,
      },
    ];
  const bound = (operator: '>=' | '<=', time: string): AccessCondition => ({
    sqlite: { text: `l.time ${operator} ?`, params: [seconds(time)] },
    athena: `${ATHENA_TIME} ${operator} ${moment(time)}`,
  });
  if (first !== undefined) return [bound('>=', first)];
  return last === undefined ? [] : [bound('<=', last)];
}
