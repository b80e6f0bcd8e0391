/** The schema of a Parquet file: a tree of named nodes, whose leaves are the columns that are stored. */

import { ParquetFault } from './fault.js';
import type { ThriftStruct } from './thrift.js';

/** Physical types, by their number in the format. */
export const PHYSICAL = {
  boolean: 0,
  int32: 1,
  int64: 2,
  int96: 3,
  float: 4,
  double: 5,
  byteArray: 6,
  fixedBytes: 7,
} as const;

/** What a group's children mean, or how a leaf's value is written. */
export type Meaning =
  | 'plain'
  | 'list'
  | 'map'
  | 'decimal'
  | 'date'
  | 'unsigned'
  | 'uuid'
  | 'float16'
  | 'time-ms'
  | 'time-us'
  | 'time-ns'
  | 'timestamp-ms'
  | 'timestamp-us'
  | 'timestamp-ns';

export interface Node {
  name: string;
  /** Names from below the root. */
  path: string[];
  children: Node[];
  isRepeated: boolean;
  isOptional: boolean;
  /** Levels at which its value is there, and at which it repeats. */
  maxDef: number;
  maxRep: number;
  meaning: Meaning;
  /** Of a leaf; -1 for a group. */
  type: number;
  /** True for a text column; bytes of others may be anything. */
  isText: boolean;
  /** Bytes of a value of fixed length. */
  length: number;
  /** Digits after the point of a decimal. */
  scale: number;
  /** Position of its first leaf among all leaves. */
  firstLeaf: number;
  /** How many leaves stand below it; 1 for a leaf. */
  leafCount: number;
}

const MAX_NODES = 20_000;
const MAX_DEPTH = 64;

/** @param elements the schema as the footer lists it: depth first, every group with the number of its children */
export function schemaOf(elements: readonly ThriftStruct[]): { root: Node; leaves: Node[] } {
  if (elements.length === 0 || elements.length > MAX_NODES)
    throw new ParquetFault(`Parquet schema with ${elements.length} nodes`);
  const leaves: Node[] = [];
  let at = 0;
  function nodeBelow(above: Node | undefined): Node {
    const element = elements[at++];
    if (!element) throw new ParquetFault('Parquet schema is damaged: it ends too early');
    const children = number(element, 5);
    const name = nameOf(element);
    const path = above ? [...above.path, name] : [];
    if (path.length > MAX_DEPTH) throw new ParquetFault(`Parquet schema nested deeper than ${MAX_DEPTH}`);
    const repetition = above ? number(element, 3) : 0;
    const isRepeated = repetition === 2;
    const isOptional = repetition === 1;
    const isLeaf = element.has(1) && children === 0;
    if (!isLeaf && children === 0 && above)
      throw new ParquetFault('Parquet schema is damaged: a group without columns');
    const node: Node = {
      name,
      path,
      children: [],
      isRepeated,
      isOptional,
      maxDef: (above?.maxDef ?? 0) + (isRepeated || isOptional ? 1 : 0),
      maxRep: (above?.maxRep ?? 0) + (isRepeated ? 1 : 0),
      meaning: meaningOf(element),
      type: isLeaf ? number(element, 1) : -1,
      isText: isTextElement(element),
      length: number(element, 2),
      scale: decimalScale(element),
      firstLeaf: leaves.length,
      leafCount: 1,
    };
    if (isLeaf) leaves.push(node);
    else {
      for (let i = 0; i < children; i++) node.children.push(nodeBelow(node));
      const names = new Set(node.children.map(child => child.name));
      if (names.size < children) throw new ParquetFault('Parquet schema with two columns of one name');
      node.leafCount = leaves.length - node.firstLeaf;
    }
    return node;
  }
  const root = nodeBelow(undefined);
  if (at !== elements.length) throw new ParquetFault('Parquet schema is damaged: nodes beside its root');
  return { root, leaves };
}

/** A number of 0 or more; 0 where it is not there. */
function number(element: ThriftStruct, id: number): number {
  const value = element.get(id) ?? 0;
  if (typeof value !== 'number' || !(value >= 0) || value > 2 ** 31)
    throw new ParquetFault('Parquet schema is damaged: a number that is none');
  return value;
}

function nameOf(element: ThriftStruct): string {
  const name = element.get(4);
  if (!(name instanceof Uint8Array))
    throw new ParquetFault('Parquet schema is damaged: a column without a name');
  return Buffer.from(name).toString('utf8');
}

const UNITS = ['', '-ms', '-us', '-ns'] as const;
/** The older annotations (`ConvertedType`), by number. */
const CONVERTED: Readonly<Record<number, Meaning>> = {
  1: 'map',
  2: 'map',
  3: 'list',
  5: 'decimal',
  6: 'date',
  7: 'time-ms',
  8: 'time-us',
  9: 'timestamp-ms',
  10: 'timestamp-us',
  11: 'unsigned',
  12: 'unsigned',
  13: 'unsigned',
  14: 'unsigned',
};
/** The newer ones (`LogicalType`), by the member that is set. */
const LOGICAL: Readonly<Record<number, Meaning>> = {
  2: 'map',
  3: 'list',
  5: 'decimal',
  6: 'date',
  14: 'uuid',
  15: 'float16',
};

function meaningOf(element: ThriftStruct): Meaning {
  const logical = element.get(10);
  if (logical instanceof Map) {
    for (const [id, meaning] of Object.entries(LOGICAL)) if (logical.has(Number(id))) return meaning;
    for (const [id, name] of [
      [7, 'time'],
      [8, 'timestamp'],
    ] as const) {
      const time = logical.get(id);
      const unit = time instanceof Map ? time.get(2) : undefined;
      const which = unit instanceof Map ? [1, 2, 3].find(one => unit.has(one)) : undefined;
      if (which) return `${name}${UNITS[which as 1 | 2 | 3]}`;
    }
    const integer = logical.get(10);
    if (integer instanceof Map && integer.get(2) === false) return 'unsigned';
  }
  return CONVERTED[element.has(6) ? number(element, 6) : -1] ?? 'plain';
}

/** UTF8, ENUM and JSON, in the older annotation or the newer. */
function isTextElement(element: ThriftStruct): boolean {
  const logical = element.get(10);
  if (logical instanceof Map && [1, 4, 12].some(id => logical.has(id))) return true;
  return element.has(6) && [0, 4, 19].includes(number(element, 6));
}

function decimalScale(element: ThriftStruct): number {
  const logical = element.get(10);
  const decimal = logical instanceof Map ? logical.get(5) : undefined;
  return decimal instanceof Map ? number(decimal, 1) : number(element, 7);
}
