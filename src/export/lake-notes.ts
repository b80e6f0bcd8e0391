/**
 * What stands beside the folders of a lake: a README, statements that make a table of it, the manifest. Engines and
 * pyarrow pass over names that begin with `_`, so that they read the folder as it is.
 */

import { lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTableSql, extentOf } from './ddl.js';
import { lakeReadme, README_SIGN } from './lake-readme.js';
import { MANIFEST, type Manifest, manifestText } from './manifest.js';

/** Names of what is being written begin with this. */
export const WRITING = '_writing-';

/** Notes under the names they had before, which pyarrow takes for Parquet, and what tells them from files of others. */
const FORMER_NOTES: Readonly<Record<string, string>> = {
  'README.md': README_SIGN,
  'create-table.sql': '-- A table of this lake, for each of several engines',
};

/** Writes the notes of a lake, each there whole or not at all, and removes those under former names. */
export function writeNotes(folder: string, manifest: Manifest): void {
  const extent = extentOf(Object.values(manifest.partitions).map(({ values }) => values));
  const notes = {
    '_README.md': lakeReadme(manifest),
    '_create-table.sql': createTableSql(manifest.source, extent),
    [MANIFEST]: manifestText(manifest),
  };
  for (const [name, text] of Object.entries(notes)) {
    const partial = join(folder, `${WRITING}${name}`);
    writeFileSync(partial, text, { flush: true });
    renameSync(partial, join(folder, name));
  }
  for (const [name, sign] of Object.entries(FORMER_NOTES)) {
    const path = join(folder, name);
    const isOurs =
      lstatSync(path, { throwIfNoEntry: false })?.isFile() && readFileSync(path, 'utf8').includes(sign);
    if (isOurs) rmSync(path);
  }
}
