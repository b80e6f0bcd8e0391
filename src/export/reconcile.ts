/** The manifest of a lake, brought in line with the files that are there: what stands on the disk is the lake. */

import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hivePath, partitionOfPath } from './hive.js';
import { noteOf } from './lake-contents.js';
import type { Manifest, ManifestFile } from './manifest.js';
import { partitionNames } from './partitions.js';

/**
 * Drops what the manifest has and the folder has not, and adds what a killed export left unlisted. A folder whose files
 * are not those of the manifest forgets which selections it holds.
 * @throws IndexError `NOT_A_LAKE` for a file that is none of a lake's
 */
export async function reconcile(folder: string, manifest: Manifest): Promise<void> {
  const listed = manifest.partitions;
  manifest.partitions = {};
  for (const path of partitionsIn(folder, partitionNames(manifest.source))) {
    const values = partitionOfPath(path, partitionNames(manifest.source))!;
    const names = parquetFilesIn(join(folder, path));
    if (names.length === 0) continue;
    const before = Object.hasOwn(listed, path) ? listed[path]! : { files: [], selections: [] };
    const files: ManifestFile[] = [];
    let isAsListed = before.files.length === names.length;
    for (const name of names) {
      const file = join(folder, path, name);
      const known = before.files.find(of => of.name === name && of.bytes === statSync(file).size);
      isAsListed &&= known !== undefined;
      files.push(known ?? { name, ...(await noteOf(file)) });
    }
    manifest.partitions[path] = { values, files, selections: isAsListed ? before.selections : [] };
  }
}

/** Folders of partitions below a lake: those whose names are as offtrail writes them. */
function partitionsIn(folder: string, names: readonly string[]): string[] {
  const below = (path: string, depth: number): string[] => {
    if (depth === names.length) return [path];
    return entries(join(folder, path))
      .filter(entry => entry.isDirectory() && entry.name.startsWith(`${names[depth]}=`))
      .flatMap(entry => below(path === '' ? entry.name : `${path}/${entry.name}`, depth + 1));
  };
  return below('', 0)
    .filter(path => {
      const values = partitionOfPath(path, names);
      return values !== undefined && hivePath(values) === path;
    })
    .sort();
}

const entries = (folder: string): Dirent[] => readdirSync(folder, { withFileTypes: true });

const parquetFilesIn = (folder: string): string[] =>
  entries(folder)
    .filter(entry => entry.isFile() && entry.name.endsWith('.parquet') && !/^[._]/.test(entry.name))
    .map(({ name }) => name)
    .sort();
