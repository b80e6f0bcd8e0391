/** A value of a row, as SQLite gives it. */
export type Cell = string | number | bigint | Buffer | null;
