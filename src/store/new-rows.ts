/** Where the rows of new events and lines go: statements that insert them, or, in a first large ingest, pages (`load/`). */

import type { BatchRows } from '../batch.js';

/** Node decodes a slice of a buffer with this a third faster than with toString. */
export type Payload = Buffer & {
  utf8Slice(start: number, end: number): string;
  latin1Slice(start: number, end: number): string;
};

export interface NewRows<Row> {
  /** Ids of so many rows are kept in memory; of more an index is asked. */
  readonly mostKnown: number;
  /** To be called before rows of a batch are inserted, and after them. */
  beginBatch(batch: BatchRows): void;
  endBatch(): void;
  insert(row: Row): void;
  /** Lets statements find a stored row, until the next one is fetched. */
  fetch(id: number): void;
  /** Says that a fetched row was changed by a statement. */
  changed(id: number): void;
}

/** For rows that statements insert, which find them as well. */
export const BY_STATEMENTS: Omit<NewRows<never>, 'insert' | 'mostKnown'> = {
  beginBatch() {},
  endBatch() {},
  fetch() {},
  changed() {},
};
