/** Events and lines by the folders of a lake, each in order of time. */

import { ACCESS_LAKE_PARTITIONS } from '../access-logs/lake.js';
import { LAKE_PARTITIONS } from '../cloudtrail/lake.js';
import { eventSegments } from '../store/columns/segments.js';
import type { Db } from '../store/open.js';
import { prepared } from '../store/statements.js';
import { ODD_TIME } from '../store/times.js';
import { createSharedRows, partitionOf } from './event-dimensions.js';
import { dateOf } from './event-rows.js';
import { canBeFolder, hivePath } from './hive.js';
import type { LakeSource } from './types.js';

export type PartitionValues = Readonly<Record<string, string | null>>;

/** Rows of one folder. */
export interface Partition {
  /** Below the folder of the lake. */
  path: string;
  values: PartitionValues;
  /** In order of time; those without one come last. */
  ids: Float64Array;
}

/** Names of the folders of a lake, from the outside in. */
export const partitionNames = (source: LakeSource): string[] =>
  (source === 'access-logs' ? ACCESS_LAKE_PARTITIONS : LAKE_PARTITIONS).map(({ name }) => name);

/** The folders of rows, in the order of their paths. */
export function partitioned(db: Db, source: LakeSource, ids: Iterable<number>): Partition[] {
  const sorted = Float64Array.from(ids).sort();
  const folders = createFolders(sorted.length);
  if (source === 'access-logs') placeLines(db, sorted, folders);
  else placeEvents(db, sorted, folders);
  return folders.done(sorted);
}

interface Folders {
  /** The number of a folder. */
  numberOf(values: PartitionValues): number;
  /** Says where the row at a place of the sorted ids is, and when it was; NaN for no time. */
  set(place: number, folder: number, time: number): void;
  done(sorted: Float64Array): Partition[];
}

function createFolders(count: number): Folders {
  const numbers = new Map<string, number>();
  const all: Array<{ path: string; values: PartitionValues; rows: number }> = [];
  const folderOf = new Int32Array(count).fill(-1);
  const times = new Float64Array(count);
  return {
    numberOf(given) {
      // A value that no folder can say is in the columns of the record all the same.
      const values = Object.fromEntries(
        Object.entries(given).map(([name, value]) => [name, canBeFolder(value) ? value : null]),
      );
      const path = hivePath(values);
      let number = numbers.get(path);
      if (number === undefined) {
        number = all.length;
        numbers.set(path, number);
        all.push({ path, values, rows: 0 });
      }
      return number;
    },
    set(place, folder, time) {
      folderOf[place] = folder;
      times[place] = Number.isNaN(time) ? Number.POSITIVE_INFINITY : time;
      all[folder]!.rows++;
    },
    done(sorted) {
      const places = all.map(({ rows }) => new Int32Array(rows));
      const filled = new Int32Array(all.length);
      for (let place = 0; place < count; place++) {
        const folder = folderOf[place]!;
        if (folder >= 0) places[folder]![filled[folder]!++] = place;
      }
      return all
        .map(({ path, values }, folder) => ({
          path,
          values,
          // Places of one time stay in the order of their ids.
          ids: Float64Array.from(
            places[folder]!.sort((a, b) => times[a]! - times[b]! || a - b),
            place => sorted[place]!,
          ),
        }))
        .sort((a, b) => (a.path < b.path ? -1 : 1));
    },
  };
}

const SECONDS_OF_DAY = 86_400;

function placeEvents(db: Db, sorted: Float64Array, folders: Folders): void {
  const sharedRow = createSharedRows(db);
  const known = new Map<number, number>();
  /** The folder of a kind and a day, unless it takes the path of the log file to tell. */
  const folderOf = (kind: number, day: number): number => {
    const key = kind * 65_536 + day;
    let folder = known.get(key);
    if (folder === undefined) {
      const values = sharedRow('kind', kind);
      const isTold = values.recipientaccountid != null && values.awsregion != null;
      folder = isTold ? folders.numberOf(partitionOf(values, {}, isoDate(day))) : -1;
      known.set(key, folder);
    }
    return folder;
  };
  let place = 0;
  for (const segment of eventSegments(db)) {
    if (place === sorted.length) break;
    if (sorted[place]! > segment.last) continue;
    const [times, kinds] = [segment.times(), segment.pointers('kind')];
    for (; place < sorted.length && sorted[place]! <= segment.last; place++) {
      const index = sorted[place]! - segment.first;
      const kind = kinds[index]!;
      if (kind === 0) continue;
      const time = times[index]!;
      const folder = time === ODD_TIME ? -1 : folderOf(kind, Math.floor(time / SECONDS_OF_DAY));
      if (folder >= 0) folders.set(place, folder, time);
      else {
        const odd = time === ODD_TIME ? (segment.oddTimes.get(index) ?? Number.NaN) : time;
        folders.set(place, folders.numberOf(valuesOf(sorted[place]!)), odd);
      }
    }
    segment.release();
  }

  /** By its own row: of an event whose time or record does not say it. */
  function valuesOf(id: number): PartitionValues {
    const row = prepared(db, 'SELECT kind_id, file_id, eventtime, odd_time FROM event WHERE id = ?').get(
      id,
    ) as { kind_id: number; file_id: number; eventtime: string | null; odd_time: number | string | null };
    return partitionOf(
      sharedRow('kind', row.kind_id),
      sharedRow('file', row.file_id),
      dateOf(row.eventtime, row.odd_time),
    );
  }
}

const isoDate = (day: number): string => new Date(day * SECONDS_OF_DAY * 1000).toISOString().slice(0, 10);

/** Lines for one statement. */
const LINES_AT_ONCE = 4096;

function placeLines(db: Db, sorted: Float64Array, folders: Folders): void {
  const statement = prepared(
    db,
    'SELECT id, time FROM access_log WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id',
  );
  const known = new Map<number | null, number>();
  for (let from = 0; from < sorted.length; from += LINES_AT_ONCE) {
    const part = Array.from(sorted.subarray(from, from + LINES_AT_ONCE));
    const times = new Map(statement.raw().all(JSON.stringify(part)) as Array<[number, number | null]>);
    for (const [i, id] of part.entries()) {
      const time = times.get(id);
      if (time === undefined) continue;
      const day = time === null ? null : Math.floor(time / SECONDS_OF_DAY);
      let folder = known.get(day);
      if (folder === undefined) {
        const date = day === null ? undefined : isoDate(day);
        folder = folders.numberOf({
          year: date?.slice(0, 4) ?? null,
          month: date?.slice(5, 7) ?? null,
          day: date?.slice(8, 10) ?? null,
        });
        known.set(day, folder);
      }
      folders.set(from + i, folder, time ?? Number.NaN);
    }
  }
}
