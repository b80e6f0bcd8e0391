/** What a lake has already: the records of its files, told apart by their text. */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { AsyncBuffer, FileMetaData } from 'hyparquet';
import { ACCESS_LAKE_COLUMNS, lakeLine } from '../access-logs/lake.js';
import { LAKE_COLUMNS } from '../cloudtrail/lake.js';
import { createLakeRecords } from '../cloudtrail/record-form.js';
import { IndexError, messageOf } from '../errors.js';
import { ACCESS_JOINS, LINE_SQL } from '../store/access-view.js';
import type { Db } from '../store/open.js';
import { createRebuilder } from '../store/rebuild.js';
import { prepared } from '../store/statements.js';
import type { ManifestFile } from './manifest.js';
import type { LakeSource } from './types.js';

/** How often each text occurs. */
export type Contents = Map<string, number>;

/** Tells texts apart: nobody can make two with the same. */
const keyOf = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('base64');

/** Rows that are taken from a file at a time. */
const ROWS_AT_ONCE = 4096;

/** Counts the records, or lines, of a file of a lake. */
export function addContents(contents: Contents, path: string, source: LakeSource): Promise<void> {
  const textOf = source === 'access-logs' ? lakeLine : createLakeRecords();
  return withFile(path, async (file, metadata, { parquetReadObjects }) => {
    const columns = neededColumns(source);
    const rows = Number(metadata.num_rows);
    for (let rowStart = 0; rowStart < rows; rowStart += ROWS_AT_ONCE) {
      const rowEnd = Math.min(rowStart + ROWS_AT_ONCE, rows);
      for (const row of await parquetReadObjects({ file, metadata, columns, rowStart, rowEnd })) {
        const text = textOf(row);
        if (text === undefined) throw new Error('it lacks the columns that give records back');
        const key = keyOf(text);
        contents.set(key, (contents.get(key) ?? 0) + 1);
      }
    }
  });
}

/** What the manifest has of a file. */
export function noteOf(path: string): Promise<Omit<ManifestFile, 'name'>> {
  return withFile(path, async (file, metadata) => {
    const hash = createHash('sha256');
    for await (const part of createReadStream(path)) hash.update(part as Buffer);
    return { rows: Number(metadata.num_rows), bytes: file.byteLength, sha256: hash.digest('hex') };
  });
}

/** @throws IndexError `NOT_A_LAKE` */
async function withFile<T>(
  path: string,
  use: (file: AsyncBuffer, metadata: FileMetaData, hyparquet: typeof import('hyparquet')) => Promise<T>,
): Promise<T> {
  const hyparquet = await import('hyparquet');
  const handle = await open(path, 'r');
  try {
    const file = await bufferOf(handle);
    return await use(file, await hyparquet.parquetMetadataAsync(file), hyparquet);
  } catch (error) {
    throw new IndexError(
      'NOT_A_LAKE',
      `cannot read ${path}, which is among the files of the lake: ${messageOf(error)}`,
      'move it away, and run the same export again: it writes what is missing',
      { cause: error },
    );
  } finally {
    await handle.close();
  }
}

/** Columns that give a record back. */
const neededColumns = (source: LakeSource): string[] =>
  source === 'access-logs'
    ? ACCESS_LAKE_COLUMNS.filter(({ isPartition }) => !isPartition).map(({ name }) => name)
    : LAKE_COLUMNS.filter(({ type, isPartition }) => type === 'string' && !isPartition).map(
        ({ name }) => name,
      );

async function bufferOf(handle: FileHandle): Promise<AsyncBuffer> {
  const { size } = await handle.stat();
  return {
    byteLength: size,
    async slice(start: number, end = size): Promise<ArrayBuffer> {
      const bytes = new Uint8Array(end - start);
      for (let at = 0; at < bytes.length; ) {
        const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at);
        if (bytesRead === 0) throw new Error('it ends too early');
        at += bytesRead;
      }
      return bytes.buffer;
    },
  };
}

/** Those of the rows that `contents` lacks, in their order; takes the others out of it. */
export function notIn(db: Db, source: LakeSource, ids: Float64Array, contents: Contents): Float64Array {
  const textOf = source === 'access-logs' ? lineReader(db) : createRebuilder(db);
  return ids.filter(id => {
    const key = keyOf(textOf(id));
    const left = contents.get(key) ?? 0;
    contents.set(key, left - 1);
    return left <= 0;
  });
}

function lineReader(db: Db): (id: number) => Uint8Array {
  const statement = prepared(
    db,
    `SELECT coalesce(l.line, CAST(${LINE_SQL} AS BLOB)) FROM ${ACCESS_JOINS} WHERE l.id = ?`,
  ).pluck();
  return id => statement.get(id) as Buffer;
}

/**
 * One hash for the set of some rows of an index: of their content hashes, which are keyed by the index. The same rows of
 * the same index give the same; anything else gives another.
 */
export function digestOf(db: Db, source: LakeSource, ids: Float64Array): string {
  const [table, column] = source === 'access-logs' ? ['access_log', 'line_hash'] : ['event', 'content_hash'];
  const statement = prepared(
    db,
    `SELECT group_concat(coalesce(${column}, '')) FROM ${table} WHERE id IN (SELECT value FROM json_each(?))`,
  ).pluck();
  const hashes: string[] = [];
  for (let from = 0; from < ids.length; from += ROWS_AT_ONCE) {
    const part = Array.from(ids.subarray(from, from + ROWS_AT_ONCE));
    hashes.push(...((statement.get(JSON.stringify(part)) as string | null) ?? '').split(','));
  }
  return createHash('sha256').update(hashes.sort().join()).digest('hex');
}
