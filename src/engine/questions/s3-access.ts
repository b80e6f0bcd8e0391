/** A canned search of S3 server access logs, asked of an engine. */

import { ACCESS_FIELDS } from '../../access-logs/fields.js';
import { keyOf } from '../../access-logs/meaning.js';
import { secondsOf } from '../../access-logs/time.js';
import { UsageError } from '../../errors.js';
import { DECODED } from '../../query/access/conditions.js';
import { type AccessSearchColumn, findAccessSearch, GROUP_COLUMNS } from '../../query/access/searches.js';
import { accessStatement, type S3AccessOptions } from '../../query/access/statement.js';
import { secondText } from '../../query/columns/selection.js';
import type { Value } from '../../query/sqlite.js';
import type { EngineTable, EngineValue } from '../engine.js';
import type { EngineRows } from './answer.js';
import { type Asker, cell, textCell } from './asker.js';
import { DAYS_LATE, partitionConditions } from './partitions.js';

export interface S3AccessQuestion extends S3AccessOptions {
  /** Name of the search. */
  search: string;
}

/**
 * @throws UsageError `NO_SUCH_SEARCH`, `NOT_ON_ENGINE`, and those of `accessStatement`
 */
export async function askS3Access(
  asker: Asker,
  { search: name, ...options }: S3AccessQuestion,
): Promise<EngineRows> {
  const search = findAccessSearch(name);
  const { table, now, notes } = asker;
  if (table.source !== 'access-logs' || !table.columns.has('requestdatetime'))
    throw new UsageError(
      'NOT_ON_ENGINE',
      `${table.name} is not a table of S3 server access logs with the columns of AWS’s guide`,
      'name one that has requestdatetime, operation, requester and the others',
    );
  const isLake = table.columns.has('field_count');
  const { from, to } = options;
  const partitions = partitionConditions(table, { from, to }, now, { isOfEvent: isLake });
  if (partitions.length > 0 && to !== undefined && !isLake)
    notes.add(
      `of the table's folders those up to ${DAYS_LATE} days after \`to\` are read: what was delivered later is not`,
    );
  const { athena, spellings } = accessStatement(search, options, now);
  const statement = athena({
    name: isLake ? `(${documentedLines(table)})` : table.name,
    partitions,
    grouped,
    thenBy: ['requestid'],
  });
  const columns = [...(search.isGrouped ? GROUP_COLUMNS[options.by ?? 'requester'] : []), ...search.columns];
  return {
    columns: columns.map(column => column.name),
    nested: columns.map(() => false),
    rows: rowsOf(asker.rows(statement), columns),
    spellings,
  };
}

/** A dash stands for no value, and objects are one whatever the encoding of their key. */
function grouped({ name, athena }: AccessSearchColumn): string {
  return `nullif(${name === 'objectkey' ? DECODED : athena}, '-')`;
}

const QUOTED: Readonly<Record<string, number>> = { request_uri: 32, referrer: 64, useragent: 128 };

/** Lines of a lake as the table of AWS's guide has them: a dash for no value, quotes where a line has them. */
function documentedLines({ name, columns, partitions }: EngineTable): string {
  const fields = ACCESS_FIELDS.map(({ name: field, since, athenaType }) => {
    if (athenaType === 'BIGINT' || field === 'bucket_name' || field === 'requestdatetime') return field;
    const dashed = `coalesce(CAST(${field} AS varchar), '-')`;
    const bit = QUOTED[field];
    const written =
      bit === undefined
        ? dashed
        : `CASE WHEN bitwise_and(form, ${bit}) > 0 THEN '-' ELSE '"' || ${dashed} || '"' END`;
    return `${since > 18 ? `CASE WHEN field_count >= ${since} THEN ${written} END` : written} AS ${field}`;
  });
  const own = [...partitions].filter(partition => columns.has(partition)).map(partition => `"${partition}"`);
  return `SELECT ${[...fields, ...own].join(', ')} FROM ${name}`;
}

/** The columns that Athena's table has as text, and an index as numbers. */
const NUMBERS = new Set(['totaltime', 'turnaroundtime', 'bytessent', 'objectsize']);

async function* rowsOf(
  rows: AsyncIterable<EngineValue[]>,
  columns: readonly AccessSearchColumn[],
): AsyncGenerator<Value[]> {
  const operationAt = columns.findIndex(({ name }) => name === 'operation');
  for await (const row of rows) {
    const operation = operationAt < 0 ? undefined : (textCell(row[operationAt]) ?? '-');
    yield columns.map(({ name }, i) => lineValue(name, row[i] ?? null, operation));
  }
}

/** A value as `s3_access_logs` has it. */
function lineValue(name: string, value: EngineValue, operation: string | undefined): Value {
  if (typeof value !== 'string') return cell(value);
  const text = Object.hasOwn(QUOTED, name) ? value.replace(/^"(.*)"$/s, '$1') : value;
  if (text === '-') return null;
  if (name === 'eventtime') {
    const bytes = Buffer.from(text.replace(/^\[(.*)\]$/, '$1'));
    const seconds = secondsOf(bytes, 0, bytes.length);
    return seconds === null ? text : secondText(seconds);
  }
  if (name === 'objectkey') return operation === undefined ? text : keyOf(text, operation);
  if (NUMBERS.has(name) && /^\d+$/.test(text)) {
    const number = Number(text);
    return Number.isSafeInteger(number) ? number : BigInt(text);
  }
  return text;
}
