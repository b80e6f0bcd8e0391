/**
 * `s3_requests`, a table that Athena does not have: a row for each request to S3, with what CloudTrail and access logs each
 * say of it.
 */

import { REQUEST_COLUMNS } from '../../../store/requests-view.js';
import { BIGINT, VARCHAR } from '../types.js';
import type { Leaf } from './bound.js';
import type { TableColumn, TableDefinition } from './definition.js';

export const REQUESTS: TableDefinition = {
  kind: 'requests',
  columns: REQUEST_COLUMNS.map(({ column, isNumber }) => ({
    name: column,
    type: isNumber ? BIGINT : VARCHAR,
    source: column,
  })),
};

/** A column of `s3_requests` under an alias. */
export function requestColumn({ type, source }: TableColumn, alias: string): Leaf {
  const value = `${alias}."${source!}"`;
  return { kind: 'leaf', type, sql: type.kind === 'varchar' ? `CAST(${value} AS TEXT)` : value };
}
