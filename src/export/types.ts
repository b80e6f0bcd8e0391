/** What an export to Parquet is asked for, and what comes of it. */

/** What is exported: events, or lines of S3 server access logs. */
export type LakeSource = 'cloudtrail' | 'access-logs';

/** How an export to Parquet is written. */
export interface ParquetOptions {
  /** Default: `cloudtrail`. */
  source?: LakeSource;
  /** Stops the export: what was begun is removed, and the promise is rejected with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Called now and then with the number of rows that are written (in a lake: or were there already). */
  onProgress?: ((rows: number) => void) | undefined;
  /** Threads that encode, beside the one that writes. Default: as many as there are cores, at most 4. */
  threads?: number | undefined;
}

/** How one file is written. */
export interface ParquetFileOptions extends ParquetOptions {
  /** Names of columns, in their order. Default: all of `LAKE_COLUMNS` or `ACCESS_LAKE_COLUMNS`. */
  columns?: readonly string[] | undefined;
  /** Whether a file of this name is replaced. Default false. */
  force?: boolean;
}

/** A Parquet file that was written. */
export interface WrittenFile {
  rows: number;
  bytes: number;
  /** Hex, of the file's bytes. */
  sha256: string;
}

/** How a lake is written. */
export interface LakeOptions extends ParquetOptions {
  /** What the README of the lake says it was made from: text as a user reads it, one entry a line. */
  madeFrom?: readonly string[];
}

/** A file of a lake. */
export interface LakeFile extends WrittenFile {
  /** Below the folder of the lake, with `/`. */
  path: string;
  /** By the names of `LAKE_PARTITIONS`; null where it is not known. */
  partition: Readonly<Record<string, string | null>>;
}

/** A lake after an export. */
export interface LakeReport {
  /** Every file of the lake, by its path. */
  files: LakeFile[];
  /** Rows that this export added. */
  added: number;
  /** Rows of the selection that were there already. */
  kept: number;
  /** Rows of the lake now. */
  rows: number;
}

/*
 * writeParquetFile(db, ids, path, options) in parquet-file.ts: ids of events (of lines) in the order in which they are to
 * be written, which is by time.
 * writeLake(db, ids, folder, options) in lake.ts: in any order; a folder that is not there is made.
 */
