/**
 * An engine elsewhere that has the same logs as a table: Trino or Athena. It takes statements in Athena's dialect and
 * gives typed rows as they arrive. Nothing here knows of a question, a filter or of printing.
 */

export type EngineKind = 'trino' | 'athena';

/** A connection: what statements are put to. */
export interface EngineConnection {
  kind: EngineKind;
  /** For people: `Trino at host:8080, hive.ct.cloudtrail_logs`. No secrets. */
  describe: string;
  /**
   * Runs one statement in Athena's dialect. Resolves when the columns are known; rows arrive as they are read.
   * Throws EngineError with the engine's own name, message and place of the error; with `signal` aborted, the
   * statement is cancelled at the engine and the signal's reason thrown.
   */
  run(statement: string, options?: RunOptions): Promise<EngineResult>;
}

/** A connection and the table that questions are put to. */
export interface Engine extends EngineConnection {
  table: EngineTable;
}

export interface RunOptions {
  signal?: AbortSignal;
  onProgress?(progress: EngineProgress): void;
}

/** How far a statement is. What an engine does not say is absent. */
export interface EngineProgress {
  /** The engine's own word: QUEUED, RUNNING, … */
  state: string;
  /** From 0 to 1. */
  done?: number;
  rowsRead?: number;
  bytesScanned?: number;
}

export interface EngineResult {
  columns: EngineColumn[];
  /** To be read once. Ending the loop early cancels the statement at the engine. */
  rows: AsyncIterable<EngineValue[]>;
  /** What a statement without rows did, in the engine's own word: `PREPARE`, `CREATE TABLE`. */
  done?: string;
  /** What is known so far: complete once all rows are read. */
  statistics(): EngineStatistics;
}

export interface EngineColumn {
  name: string;
  /** As the engine writes it: `varchar`, `row(type varchar, …)`, `timestamp(3) with time zone`. */
  type: string;
}

export interface EngineStatistics {
  /** The engine's own id of the statement, for its web page. */
  queryId?: string;
  bytesScanned?: number;
  rowsRead?: number;
  /** Milliseconds the engine took, by its own clock. */
  elapsed?: number;
  /** What the engine itself warns of. */
  warnings?: readonly string[];
}

/**
 * A value, exact: whole numbers are bigint where a double could not hold them; decimals, dates, times and intervals are
 * the text the engine writes. A row is an object by the names of its fields (`field0` for one without), a map one by the
 * text of its keys. Athena gives its own text of a list, row or map (`[{arn=x}]`), and nothing else.
 */
export type EngineValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Buffer
  | EngineValue[]
  | { [name: string]: EngineValue };

/** The table that a question is put to. */
export interface EngineTable {
  /** Quoted and ready for a statement: `"hive"."ct"."cloudtrail_logs"`. */
  name: string;
  /** Name → type, as information_schema says them; names in lower case. */
  columns: ReadonlyMap<string, string>;
  /**
   * Those of `columns` that are partitions: account, region, year, month, day, timestamp, … No field of CloudTrail has
   * such a name, so a column that has it is one, also through a view.
   */
  partitions: ReadonlySet<string>;
  source: 'cloudtrail' | 'access-logs';
}
