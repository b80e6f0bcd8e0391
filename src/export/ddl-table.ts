/** What a table is to the statements that make it, whatever the engine. */

import type { LakeColumn } from '../lake-types.js';

/** What the statements are for. */
export const DDL_ENGINES = ['athena', 'trino', 'spark', 'duckdb', 'clickhouse'] as const;
export type DdlEngine = (typeof DDL_ENGINES)[number];

/** What they make tables of. */
export const DDL_FORMS = ['lake', 'raw'] as const;
export type DdlForm = (typeof DDL_FORMS)[number];

/** What there is: Athena and Trino are told which partitions to look for. */
export interface Extent {
  /** Values of each partition of a lake by its name, in order; null is one of them where a record has no value. */
  partitions: Readonly<Record<string, ReadonlyArray<string | null>>>;
  /** The first day, `yyyy/MM/dd`; undefined where it is not known. */
  firstDay: string | undefined;
}

export interface TableDdl {
  /** Name of the table, with its schema and catalog where it has any. */
  table: readonly string[];
  /** Where the files are, without a slash at the end; empty for the working folder. */
  location: string;
  /** Columns, those of the partitions last, as engines have them. */
  columns: readonly LakeColumn[];
  partitions: readonly LakeColumn[];
  extent: Extent;
}

/** A table that an engine cannot have, and why. */
export interface Refusal {
  refusal: string;
  hint: string;
}

/** Makes the statements of an engine. */
export type DdlWriter = (table: TableDdl) => string;
