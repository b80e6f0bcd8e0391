/** A Parquet file that is written row group by row group. */

import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import type { RowGroup } from '../row-group.js';
import { footerOf, MAGIC } from './footer.js';
import type { Schema } from './schema.js';

export interface ParquetOut {
  readonly rows: number;
  /** Appends row groups that were made one after another. */
  append(bytes: Uint8Array, groups: readonly RowGroup[]): void;
  /** Ends the file. */
  finish(): { rows: number; bytes: number; sha256: string };
}

/**
 * @param fd an empty file that is open for writing; the caller closes it
 * @param note version of the columns, and what readers of ours are told
 */
export function createParquetOut(
  fd: number,
  schema: Schema,
  note: { version: number; values: Readonly<Record<string, string>> },
): ParquetOut {
  const hash = createHash('sha256');
  const groups: RowGroup[] = [];
  const starts: number[] = [];
  let bytes = 0;
  let rows = 0;
  const write = (part: Uint8Array): void => {
    for (let at = 0; at < part.length; ) at += writeSync(fd, part, at);
    hash.update(part);
    bytes += part.length;
  };
  write(MAGIC);
  return {
    get rows() {
      return rows;
    },
    append(part, made) {
      let start = bytes;
      for (const group of made) {
        groups.push(group);
        starts.push(start);
        start += group.bytes;
        rows += group.rows;
      }
      write(part);
    },
    finish() {
      write(footerOf(schema, groups, starts, note));
      return { rows, bytes, sha256: hash.digest('hex') };
    },
  };
}
