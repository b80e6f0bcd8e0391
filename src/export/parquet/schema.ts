/** The schema of a Parquet file: columns as a tree, and the leaves that are really stored. */

import type { SchemaElement } from 'hyparquet';
import type { LakeColumn, LakeType } from '../../lake-types.js';

/** How a leaf is stored. */
export type Physical = 'BYTE_ARRAY' | 'INT64' | 'BOOLEAN';

/** A stored column: a scalar of the tree. */
export interface Leaf {
  path: string[];
  physical: Physical;
  /** Levels of a value that is there: how many of the nodes on its path can be absent, and how many repeat. */
  maxDefinition: number;
  maxRepetition: number;
}

/** A node of the tree of a column, with the numbers of the leaves below it. */
export type SchemaNode =
  | { kind: 'leaf'; leaf: number; isRequired: boolean }
  | { kind: 'struct'; fields: Array<{ name: string; node: SchemaNode }>; leaves: number[] }
  | { kind: 'list'; element: SchemaNode; leaves: number[]; repetition: number }
  | { kind: 'map'; key: SchemaNode; value: SchemaNode; leaves: number[]; repetition: number };

export interface Schema {
  elements: SchemaElement[];
  leaves: Leaf[];
  /** One for each column, in their order. */
  nodes: SchemaNode[];
}

interface Place {
  path: string[];
  definition: number;
  repetition: number;
}

/** The schema of columns. All are nullable; lists and maps have the three levels that the format prescribes. */
export function schemaOf(columns: ReadonlyArray<Pick<LakeColumn, 'name' | 'type'>>): Schema {
  const elements: SchemaElement[] = [{ name: 'schema', num_children: columns.length }];
  const leaves: Leaf[] = [];

  function scalar(type: LakeType, isRequired: boolean, { path, definition, repetition }: Place): SchemaNode {
    const physical = type === 'bigint' ? 'INT64' : type === 'boolean' ? 'BOOLEAN' : 'BYTE_ARRAY';
    elements.push({
      name: path.at(-1)!,
      type: physical,
      repetition_type: isRequired ? 'REQUIRED' : 'OPTIONAL',
      ...(type === 'string' && { converted_type: 'UTF8', logical_type: { type: 'STRING' } }),
    });
    leaves.push({ path, physical, maxDefinition: definition, maxRepetition: repetition });
    return { kind: 'leaf', leaf: leaves.length - 1, isRequired };
  }

  const group = (name: string, children: number, more: Partial<SchemaElement> = {}): void => {
    elements.push({ name, repetition_type: 'OPTIONAL', num_children: children, ...more });
  };

  function node(name: string, type: LakeType, parent: Place): SchemaNode {
    const place = { ...parent, path: [...parent.path, name], definition: parent.definition + 1 };
    if (typeof type === 'string') return scalar(type, false, place);
    const first = leaves.length;
    const below = (): number[] => Array.from({ length: leaves.length - first }, (_, i) => first + i);
    if ('struct' in type) {
      group(name, type.struct.length);
      const fields = type.struct.map(f => ({ name: f.name, node: node(f.name, f.type, place) }));
      return { kind: 'struct', fields, leaves: below() };
    }
    const isList = 'array' in type;
    const repeated = isList ? 'list' : 'key_value';
    group(name, 1, {
      converted_type: isList ? 'LIST' : 'MAP',
      logical_type: { type: isList ? 'LIST' : 'MAP' },
    });
    group(repeated, isList ? 1 : 2, { repetition_type: 'REPEATED' });
    const inner: Place = {
      path: [...place.path, repeated],
      definition: place.definition + 1,
      repetition: place.repetition + 1,
    };
    const { repetition } = inner;
    if (isList) {
      const element = node('element', type.array, inner);
      return { kind: 'list', element, leaves: below(), repetition };
    }
    const key = scalar('string', true, { ...inner, path: [...inner.path, 'key'] });
    const value = node('value', type.map, inner);
    return { kind: 'map', key, value, leaves: below(), repetition };
  }

  const nodes = columns.map(({ name, type }) => node(name, type, { path: [], definition: 0, repetition: 0 }));
  return { elements, leaves, nodes };
}
