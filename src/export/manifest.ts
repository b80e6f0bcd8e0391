/**
 * What a lake says of itself in `_manifest.json`: engines pass over names that begin with `_`. It spares reading the
 * files again; what they hold is the truth.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LAKE_VERSION } from '../cloudtrail/lake.js';
import { IndexError, messageOf, UsageError } from '../errors.js';
import { type PartitionValues, partitionNames } from './partitions.js';
import type { LakeSource } from './types.js';

export const MANIFEST = '_manifest.json';

/** Notes of a lake under names they had before. */
const FORMER_NOTES = /^(README\.md|create-table.*\.sql)$/;

/** A file, as the manifest has it. */
export interface ManifestFile {
  name: string;
  rows: number;
  bytes: number;
  sha256: string;
}

/** A folder of the lake. */
export interface ManifestPartition {
  values: PartitionValues;
  files: ManifestFile[];
  /** Selections of an index, as `digestOf` has them, that are in these files as a whole. */
  selections: string[];
}

export interface Manifest {
  format: 'offtrail lake';
  version: number;
  source: LakeSource;
  /** What the exports were asked, one entry a line. */
  madeFrom: string[];
  /** By the path below the lake. */
  partitions: Record<string, ManifestPartition>;
}

/** Selections of a folder that are remembered: those of its last exports. */
export const MOST_SELECTIONS = 8;

/**
 * The manifest of a lake; undefined where there is none.
 * @throws UsageError `NOT_A_LAKE` where the folder has something else; IndexError `NOT_A_LAKE` where it cannot be read
 */
export function readManifest(folder: string, source: LakeSource): Manifest | undefined {
  const path = join(folder, MANIFEST);
  if (!existsSync(path)) {
    // A lake that lost its manifest is read instead.
    const [outermost] = partitionNames(source);
    const other = readdirSync(folder).find(
      name => !/^[._]/.test(name) && !FORMER_NOTES.test(name) && !name.startsWith(`${outermost}=`),
    );
    if (other === undefined) return undefined;
    throw new UsageError(
      'NOT_A_LAKE',
      `${folder} has other files, ${JSON.stringify(other)} among them, and no ${MANIFEST}: it is no lake`,
      'name an empty folder, or one that is not there',
    );
  }
  const manifest = parsed(path);
  if (manifest.source !== source)
    throw new UsageError(
      'NOT_A_LAKE',
      `${folder} is a lake of ${nameOf(manifest.source)}, and ${nameOf(source)} are to be exported`,
      'name another folder',
    );
  if (manifest.version !== LAKE_VERSION)
    throw new UsageError(
      'NOT_A_LAKE',
      `${folder} is a lake of version ${manifest.version}, and this offtrail writes version ${LAKE_VERSION}`,
      'name another folder',
    );
  return manifest;
}

const nameOf = (source: LakeSource): string =>
  source === 'access-logs' ? 'lines of access logs' : 'events of CloudTrail';

function parsed(path: string): Manifest {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
    if (
      value?.format !== 'offtrail lake' ||
      typeof value.partitions !== 'object' ||
      value.partitions === null
    )
      throw new Error('it is not one of offtrail');
    for (const { files, selections } of Object.values(value.partitions))
      if (!Array.isArray(files) || !Array.isArray(selections)) throw new Error('a partition lacks its files');
    return { ...value, madeFrom: Array.isArray(value.madeFrom) ? value.madeFrom : [] };
  } catch (error) {
    throw new IndexError(
      'NOT_A_LAKE',
      `cannot read ${path}: ${messageOf(error)}`,
      'name another folder, or remove this file: the next export then reads what the lake holds',
      { cause: error },
    );
  }
}

/** The text of a manifest: the same for the same lake. */
export function manifestText(manifest: Manifest): string {
  const partitions = Object.fromEntries(
    Object.entries(manifest.partitions).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  return `${JSON.stringify({ ...manifest, partitions }, null, 1)}\n`;
}
