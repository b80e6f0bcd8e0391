/** A canned S3 search, asked of an engine: the statement that the local answer prints for Athena, on the table there. */

import { findS3Search } from '../../query/s3-searches.js';
import { type S3SearchOptions, s3Statement } from '../../query/s3-statement.js';
import { cellsOf, type EngineRows } from './answer.js';
import type { Asker } from './asker.js';
import { engineFilters } from './filters.js';
import { eventTable } from './table.js';

export interface S3Question extends S3SearchOptions {
  /** Name of the search. */
  search: string;
}

/**
 * @throws UsageError `NO_SUCH_SEARCH`, `NOT_ON_ENGINE`, and those of `s3Statement`
 */
export async function askS3(asker: Asker, { search: name, ...options }: S3Question): Promise<EngineRows> {
  const search = findS3Search(name);
  const table = eventTable(asker.table);
  const { partitions } = engineFilters(asker, table, options);
  const { athena, spellings } = s3Statement(search, options, asker.now);
  const statement = athena({ ...table, partitions });
  return {
    columns: search.columns.map(column => column.name),
    nested: search.columns.map(() => false),
    rows: cellsOf(asker.rows(statement)),
    spellings,
  };
}
