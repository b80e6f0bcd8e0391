/** Numbers for the values that repeat: each distinct value is one row of its dimension's table. */

import type { Statement } from 'better-sqlite3';
import { addressBytes } from '../address.js';
import { createBoundedMap } from '../bounded-map.js';
import { fieldsAt } from '../cloudtrail/fields.js';
import { channelColumns, identityColumns, kindColumns } from './identity.js';
import type { Db } from './open.js';

/** Values remembered between look-ups, so that variety costs time, not memory. */
const REMEMBERED = 50_000;

interface Shape {
  table: string;
  /** The columns, the value itself first. */
  columns: string[];
  /** What goes into the columns behind the value. */
  derive(value: string): unknown[];
}

const kindFields = fieldsAt('kind');

const SHAPES = {
  kind: {
    table: 'kind',
    columns: ['record', ...kindFields.map(f => f.column)],
    derive: kindColumns,
  },
  identity: {
    table: 'identity',
    columns: [],
    derive: identityColumns,
  },
  address: {
    table: 'address',
    columns: ['sourceipaddress', 'ip'],
    derive: value => [addressBytes(value)?.bytes ?? null],
  },
  agent: { table: 'agent', columns: ['useragent'], derive: () => [] },
  channel: {
    table: 'channel',
    columns: [],
    derive: channelColumns,
  },
  bucket: { table: 'bucket', columns: ['bucketname'], derive: () => [] },
} satisfies Record<string, Shape>;

export type DimensionName = keyof typeof SHAPES;

/** The columns of a dimension, the value itself first, and what stands in them for a value. */
export function dimensionColumns(
  db: Db,
  name: DimensionName,
): { columns: readonly string[]; of(value: string): unknown[] } {
  const { table, columns, derive }: Shape = SHAPES[name];
  const ofTable = (): string[] =>
    db.prepare(`SELECT name FROM pragma_table_info(?) WHERE name <> 'id'`).pluck().all(table) as string[];
  return { columns: columns.length > 0 ? columns : ofTable(), of: value => [value, ...derive(value)] };
}

export interface Dimension {
  /** The row of `value`, made when it is new. */
  idOf(value: string): number;
}

/** One dimension of the index `db`. */
export function createDimension(db: Db, name: DimensionName): Dimension {
  const shape: Shape = SHAPES[name];
  const { columns, of } = dimensionColumns(db, name);
  const key = columns[0]!;
  const find = db.prepare(`SELECT id FROM ${shape.table} WHERE ${key} = ?`).pluck() as Statement<
    [string],
    number
  >;
  const add = db.prepare(
    `INSERT INTO ${shape.table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  const remembered = createBoundedMap<string, number>(REMEMBERED);

  return {
    idOf(value) {
      let id = remembered.get(value);
      if (id !== undefined) return id;
      id = find.get(value) ?? Number(add.run(...of(value)).lastInsertRowid);
      remembered.set(value, id, value.length);
      return id;
    },
  };
}
