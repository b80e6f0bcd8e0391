/** Events or lines → bytes of row groups: what threads do, each with a connection of its own. */

import { ACCESS_LAKE_COLUMNS } from '../access-logs/lake.js';
import { LAKE_COLUMNS } from '../cloudtrail/lake.js';
import { UsageError } from '../errors.js';
import type { LakeColumn } from '../lake-types.js';
import { nearest } from '../nearest.js';
import type { Db } from '../store/open.js';
import { createLineGroups } from './access-rows.js';
import { createEventGroups } from './event-rows.js';
import { GROUP_ROWS } from './groups.js';
import { createBytes } from './parquet/bytes.js';
import { schemaOf } from './parquet/schema.js';
import { appendRowGroup, type ColumnValues, type RowGroup } from './row-group.js';
import type { LakeSource } from './types.js';

/** Row groups, one after another. */
export interface Encoded {
  bytes: Uint8Array<ArrayBuffer>;
  groups: RowGroup[];
}

/** Rows for one task of a thread: no file depends on how many threads there are. */
export const TASK_ROWS = GROUP_ROWS;

/** Columns whose least and greatest value would spare no reader anything: ids and JSON. */
const WITHOUT_RANGE =
  /^(eventid|requestid|sharedeventid|hostid|record|record_form|line|envelope|.*_json|requestparameters|responseelements|additionaleventdata|serviceeventdetails|edgedevicedetails|insightdetails|eventcontext|additional_fields|more_fields|useridentity|resources|addendum|tlsdetails|request_uri|referrer)$/;

/** Leaves that have a Bloom filter: ids, of which one is looked for. */
const WITH_FILTER = /^(eventid|requestid|useridentity\.accesskeyid)$/;

/**
 * The columns of a file.
 * @param names default all; the partitions only where `withPartitions`
 * @throws UsageError `NO_COLUMN`, `NO_SUCH_COLUMN`
 */
export function fileColumns(
  source: LakeSource,
  names: readonly string[] | undefined,
  withPartitions: boolean,
): LakeColumn[] {
  const all = source === 'access-logs' ? ACCESS_LAKE_COLUMNS : LAKE_COLUMNS;
  if (!names) return all.filter(({ isPartition }) => withPartitions || !isPartition);
  if (names.length === 0) throw new UsageError('NO_COLUMN', 'no columns are named', 'name one: `columns`');
  return [...new Set(names)].map(name => {
    const column = all.find(of => of.name === name.toLowerCase());
    if (column) return column;
    const near = nearest(
      name,
      all.map(of => of.name),
    );
    throw new UsageError(
      'NO_SUCH_COLUMN',
      `a Parquet file has no column ${JSON.stringify(name)}`,
      near ? `did you mean ${near}?` : 'docs/lake.md lists them',
    );
  });
}

/** Makes row groups of ids, in their order. */
export function createEncoder(
  db: Db,
  source: LakeSource,
  columns: readonly LakeColumn[],
): (ids: ArrayLike<number>) => Encoded {
  const schema = schemaOf(columns);
  const groupsOf = source === 'access-logs' ? createLineGroups(db) : createEventGroups(db);
  const out = createBytes(1 << 20);
  const hints = schema.leaves.map(({ path }) => ({
    range: !WITHOUT_RANGE.test(path[0]!),
    filter: WITH_FILTER.test(path.join('.')),
  }));
  return ids => {
    out.clear();
    const groups: RowGroup[] = [];
    for (const group of groupsOf(ids)) {
      const values: ColumnValues[] = [];
      for (const { name } of columns) values.push(group.column(name));
      groups.push(appendRowGroup(out, schema, { ...group, columns: values }, hints));
    }
    return { bytes: Uint8Array.from(out.view()), groups };
  };
}
