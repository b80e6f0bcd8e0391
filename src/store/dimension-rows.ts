/** The rows of the dimensions: what stands in their columns for a value, and the number of each distinct value. */

import type { Statement } from 'better-sqlite3';
import { addressBytes } from '../address.js';
import { createBoundedMap } from '../bounded-map.js';
import { isAnonymous } from '../cloudtrail/anonymous.js';
import {
  type Field,
  type FieldAt,
  fieldsAt,
  IDENTITY_LEAVES,
  leafColumn,
  TLS_LEAVES,
} from '../cloudtrail/fields.js';
import type { Dimension } from '../dimensions.js';
import { columnText, leafReader, members } from '../json-text.js';
import type { Db } from './open.js';

/** Values remembered between look-ups, so that variety costs time, not memory. */
const REMEMBERED = 50_000;

interface Shape {
  /** The columns, the value itself first. */
  columns: readonly string[];
  /** What stands in the columns after the value. */
  derive(value: string): unknown[];
}

const KIND_FIELDS = fieldsAt('kind');
const CHANNEL_FIELDS = fieldsAt('channel');

/**
 * The dimensions whose value is one field, by that field. A second field at such a home would take the first one's place
 * in the row of an event and be lost, so the compiler refuses it here.
 */
const VALUE_COLUMN: Readonly<Record<FieldAt<'identity' | 'address' | 'agent'>, string>> = {
  userIdentity: 'useridentity',
  sourceIPAddress: 'sourceipaddress',
  userAgent: 'useragent',
};

const SHAPES: Readonly<Record<Dimension, Shape>> = {
  kind: {
    columns: ['template', ...KIND_FIELDS.map(f => f.column)],
    derive: json => fieldTexts(KIND_FIELDS, members(json)),
  },
  identity: {
    columns: [VALUE_COLUMN.userIdentity, ...IDENTITY_LEAVES.map(leafColumn), 'is_anonymous'],
    derive(json) {
      const leaf = leafReader(json);
      return [...IDENTITY_LEAVES.map(leaf), isAnonymous(leaf) ? 1 : 0];
    },
  },
  address: {
    columns: [VALUE_COLUMN.sourceIPAddress, 'ip'],
    derive: value => [addressBytes(value)?.bytes ?? null],
  },
  agent: { columns: [VALUE_COLUMN.userAgent], derive: () => [] },
  channel: {
    columns: ['members', ...CHANNEL_FIELDS.map(f => f.column), ...TLS_LEAVES.map(leafColumn)],
    derive(json) {
      const values = members(json);
      return [
        ...fieldTexts(CHANNEL_FIELDS, values),
        ...TLS_LEAVES.map(leafReader(values.get('"tlsDetails"'))),
      ];
    },
  },
  bucket: { columns: ['bucketname'], derive: () => [] },
};

function fieldTexts(fields: readonly Field[], values: ReadonlyMap<string, string>): Array<string | null> {
  return fields.map(({ name }) => columnText(values.get(JSON.stringify(name))));
}

/** The columns of a dimension, the value itself first, and what stands in them for a value. */
export function dimensionColumns(dimension: Dimension): {
  columns: readonly string[];
  of(value: string): unknown[];
} {
  const { columns, derive } = SHAPES[dimension];
  return { columns, of: value => [value, ...derive(value)] };
}

export interface DimensionRows {
  /** The row of `value`, made when it is new. */
  idOf(value: string): number;
}

/** The rows of one dimension of the index `db`. */
export function createDimensionRows(db: Db, dimension: Dimension): DimensionRows {
  const { columns, of } = dimensionColumns(dimension);
  const key = columns[0]!;
  const find = db.prepare(`SELECT id FROM ${dimension} WHERE ${key} = ?`).pluck() as Statement<
    [string],
    number
  >;
  const add = db.prepare(
    `INSERT INTO ${dimension} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
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
