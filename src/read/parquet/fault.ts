/** What is wrong with a Parquet file: its text goes into the ledger. */

/** Thrown where a Parquet file is not what its format says; never leaves `read/parquet/`. */
export class ParquetFault extends Error {}
