/**
 * A table of events elsewhere, as questions see it: the table over a trail's raw files, with Athena's columns alone, or
 * that over a lake, with ours as well. One column of `cloudtrail_logs` → the expression that gives it there.
 */

import { FIELDS, JSON_COLUMNS } from '../../cloudtrail/fields.js';
import { usernameOf } from '../../cloudtrail/username.js';
import { UsageError } from '../../errors.js';
import { type AthenaTerms, DOCUMENTED_TERMS } from '../../query/filter/athena-terms.js';
import { categoryAthena } from '../../query/filter/category.js';
import { literal } from '../../query/filter/sql-text.js';
import type { AthenaTable } from '../../query/s3-statement.js';
import type { Type } from '../../query/sql/types.js';
import type { EngineTable } from '../engine.js';
import { fieldOf, type InnerText, textsIn, typeOf } from './struct.js';

/** Texts that a search looks into. */
export interface SearchedColumn extends InnerText {
  /** Whether they are JSON, and so perhaps written with escapes. */
  isJson: boolean;
}

export interface EventTable extends Omit<AthenaTable, 'partitions'> {
  /** True for a table over a lake: its days are those of events, and it says of each time whether it is odd. */
  isLake: boolean;
  /** Seconds since 1970 of an event, NULL without a time that can be read. */
  seconds: string;
  /** Whether an event failed. */
  isError: string;
  /**
   * A column of `cloudtrail_logs` as text.
   * @returns undefined where the table has neither it nor what it is made from
   */
  text(column: string): string | undefined;
  /** A column whose value has parts, where the table does not have its JSON text. */
  parts(column: string): string | undefined;
  /** What a search looks into, in the order in which CloudTrail writes the fields. */
  searched: readonly SearchedColumn[];
  /** The same of one column alone; undefined where the table does not have it. */
  searchedIn(column: string): SearchedColumn[] | undefined;
}

/** Columns that are made from Athena's. */
const MADE: Readonly<Record<string, string>> = {
  bucketname: DOCUMENTED_TERMS.bucket,
  objectkey: DOCUMENTED_TERMS.objectKey,
  signatureversion: DOCUMENTED_TERMS.signatureVersion,
  bytestransferredin: "json_extract_scalar(additionalEventData, '$.bytesTransferredIn')",
  bytestransferredout: "json_extract_scalar(additionalEventData, '$.bytesTransferredOut')",
  username: DOCUMENTED_TERMS.username,
  is_anonymous: `CASE WHEN userIdentity.type = 'AWSAccount' AND userIdentity.arn IS NULL
      AND (lower(userIdentity.accountId) IN ('anonymous', 'anonymous_principal') OR userIdentity.principalId = 'ANONYMOUS_PRINCIPAL')
    THEN '1' ELSE '0' END`,
};

/** Columns of `cloudtrail_logs` that are fields of a struct: `useridentity_sessioncontext_sessionissuer_arn`. */
const LEAF = /^(useridentity|tlsdetails)_(.+)$/;

const FIELD_COLUMNS: ReadonlySet<string> = new Set(FIELDS.map(({ column }) => column));

/** @throws UsageError `NOT_ON_ENGINE` for a table that has no events */
export function eventTable({ name, columns, source }: EngineTable): EventTable {
  if (source !== 'cloudtrail')
    throw new UsageError(
      'NOT_ON_ENGINE',
      `${name} has lines of S3 server access logs, and this question is put to events of CloudTrail`,
      'name a table of CloudTrail logs; s3-access asks tables of access logs',
    );
  if (!columns.has('eventtime') || !columns.has('eventname'))
    throw new UsageError(
      'NOT_ON_ENGINE',
      `${name} has no columns eventtime and eventname: it is not a table of CloudTrail logs`,
      'name a table with the columns that Athena’s guide has',
    );
  const isLake = columns.has('odd_time') && columns.has('useridentity_json');
  const types = new Map<string, Type | undefined>();
  const typeFor = (column: string): Type | undefined => {
    if (!types.has(column)) types.set(column, typeOf(columns.get(column) ?? ''));
    return types.get(column);
  };
  const hasParts = (column: string): boolean => ['row', 'array', 'map'].includes(typeFor(column)?.kind ?? '');

  function own(column: string): string | undefined {
    if (!columns.has(column)) return undefined;
    const type = typeFor(column);
    const quoted = column === 'timestamp' || column === 'year' ? `"${column}"` : column;
    if (type === undefined || type.kind === 'varchar') return quoted;
    if (type.kind === 'boolean') return `CASE WHEN ${quoted} THEN '1' WHEN NOT ${quoted} THEN '0' END`;
    return `CAST(${quoted} AS varchar)`;
  }
  function text(column: string): string | undefined {
    if (columns.has(`${column}_json`)) return `${column}_json`;
    if (hasParts(column)) return undefined;
    const there = own(column);
    if (there !== undefined) return there;
    const [, struct, path] = LEAF.exec(column) ?? [];
    if (struct !== undefined && path !== undefined) return fieldOf(struct, typeFor(struct), path.split('_'));
    if (column === 'timestamp' && ['year', 'month', 'day'].every(part => columns.has(part)))
      return `${own('year')} || '/' || ${own('month')} || '/' || ${own('day')}`;
    return Object.hasOwn(MADE, column) ? MADE[column] : undefined;
  }
  function searchedIn(column: string): SearchedColumn[] | undefined {
    const whole = text(column);
    if (whole !== undefined) return [{ expression: whole, isMany: false, isJson: JSON_COLUMNS.has(column) }];
    if (!columns.has(column)) return undefined;
    return textsIn(column, typeFor(column)).map(inner => ({ ...inner, isJson: false }));
  }
  const parsed = (expression: string): string => `to_unixtime(from_iso8601_timestamp(${expression}))`;
  const seconds = isLake
    ? `CASE WHEN odd_time = 'unreadable' THEN NULL WHEN odd_time IS NOT NULL THEN TRY_CAST(odd_time AS double) ELSE TRY(${parsed('eventTime')}) END`
    : `TRY(${parsed('eventTime')})`;
  return {
    name,
    isLake,
    terms: termsOf(isLake, text),
    order: direction =>
      `${isLake ? seconds : 'eventTime'} ${direction} NULLS ${direction === 'DESC' ? 'LAST' : 'FIRST'}, eventID ${direction}`,
    seconds,
    isError: '(errorCode IS NOT NULL OR errorMessage IS NOT NULL)',
    text,
    parts: column => (text(column) === undefined && hasParts(column) ? column : undefined),
    searched: [...FIELD_COLUMNS, 'additional_fields'].flatMap(column => searchedIn(column) ?? []),
    searchedIn,
  };
}

function termsOf(isLake: boolean, text: EventTable['text']): AthenaTerms {
  if (!isLake) return { ...DOCUMENTED_TERMS, evidence: text('evidence') };
  return {
    username: text('username') ?? usernameOf(name => `userIdentity.${name}`, 'strpos'),
    bucket: text('bucketname')!,
    objectKey: text('objectkey')!,
    signatureVersion: text('signatureversion')!,
    category: categoryAthena(true),
    evidence: text('evidence'),
    bound(operator, time) {
      const seconds = Date.parse(time) / 1000;
      const odd = operator === '>=' ? `>= ${seconds}` : `< ${seconds + 1}`;
      return `(odd_time IS NULL AND eventTime ${operator} ${literal(time)} OR TRY_CAST(odd_time AS double) ${odd})`;
    },
  };
}

/** A refusal of what the table does not have. */
export function notThere(table: Pick<EventTable, 'name'>, column: string): UsageError {
  return new UsageError(
    'NOT_ON_ENGINE',
    `${table.name} has no column ${column}, nor what it is made from`,
    'a lake that offtrail exported has it; an index does, too',
  );
}
