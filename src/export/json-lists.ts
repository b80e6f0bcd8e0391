/** JSON texts of a column as the entries of its leaves. */

import {
  BACKSLASH,
  BRACE_CLOSE,
  BRACE_OPEN,
  BRACKET_CLOSE,
  BRACKET_OPEN,
  COLON,
  COMMA,
  QUOTE,
} from '../bytes/ascii.js';
import type { LakeType } from '../lake-types.js';
import { jsonTree } from './json-tree.js';
import { memoryOf } from './parquet/column-memory.js';
import { addAbsent, addSlice, addText, type DirectLeaf } from './parquet/leaf-data.js';
import type { SchemaNode } from './parquet/schema.js';
import { scratchLevels, scratchNumbers } from './parquet/scratch.js';
import { type Scalar, shred } from './parquet/shred.js';
import { type Slices, sliceText } from './slices.js';

/** The leaves of a column, which collect stretches of the bytes of its texts, and the number of the first. */
export interface LeavesOfColumn {
  first: number;
  leaves: readonly DirectLeaf[];
}

/** Fills the leaves of a struct, a list or a map from minified JSON texts, a row each. */
export function fillFromJson(
  node: SchemaNode,
  type: LakeType,
  texts: Slices,
  rows: number,
  to: LeavesOfColumn,
): void {
  const names = namesOfFlatStructs(node);
  const repetition = node.kind === 'list' ? node.repetition : 0;
  const { leaves } = to;
  const fill = names && flatFiller(texts, rows, names, leaves, repetition);
  for (let row = 0; row < rows; row++) {
    if (fill) row = fill(row);
    if (row === rows) break;
    const start = texts.starts[row]!;
    const end = texts.ends[row]!;
    if (end < 0) for (const leaf of leaves) addAbsent(leaf, 0, 0);
    else if (names && isFlat(texts.bytes, start, end, names)) addPlaces(leaves, repetition);
    else shred(node, jsonTree(sliceText(texts, row), type), addEntry, to);
  }
}

/**
 * Makes what fills the leaves of a list of flat structs in WebAssembly from a row on, as far as it goes, and gives the row
 * to go on with; undefined where WebAssembly does not see the texts.
 */
function flatFiller(
  { bytes, starts, ends }: Slices,
  rows: number,
  names: readonly Buffer[],
  leaves: readonly DirectLeaf[],
  repetition: number,
): ((row: number) => number) | undefined {
  const ofNames = scratchLevels(names.reduce((sum, { length }) => sum + 4 + length, 0));
  const list = scratchNumbers(LIST.leaves + leaves.length * LIST.ofLeaf);
  const memory = memoryOf(bytes, starts, ends, ofNames, list);
  if (!memory) return undefined;
  const written = Buffer.from(ofNames.buffer, ofNames.byteOffset, ofNames.length);
  let at = 0;
  for (const name of names) {
    at = written.writeUInt32LE(name.length, at);
    at += name.copy(written, at);
  }
  return row => {
    // They are others where a row that was filled in JavaScript made them wider.
    const arrays = leaves.map(({ definitions, repetitions, values }) => [
      definitions,
      repetitions,
      values.starts,
      values.ends,
    ]);
    if (!memoryOf(...arrays.flat())) return row;
    const room = Math.min(...arrays.map(([definitions]) => definitions!.length));
    list.set([ofNames.byteOffset, names.length, leaves[0]!.count, room, repetition]);
    for (const [i, of] of arrays.entries())
      list.set([...of.map(array => array.byteOffset), leaves[i]!.valueCount], LIST.leaves + i * LIST.ofLeaf);
    const next = memory.run.fillFlat(starts.byteOffset, ends.byteOffset, row, rows, list.byteOffset);
    for (const [i, leaf] of leaves.entries()) {
      leaf.count = list[LIST.entries]!;
      leaf.valueCount = list[LIST.leaves + i * LIST.ofLeaf + LIST.values]!;
    }
    return next;
  };
}

/** Numbers that WebAssembly is told of a list, and of each leaf: see `scripts/wasm/columns.ts`. */
const LIST = { entries: 2, leaves: 5, ofLeaf: 5, values: 4 };

function addEntry(
  { first, leaves }: LeavesOfColumn,
  leaf: number,
  repetition: number,
  definition: number,
  value: Scalar | undefined,
): void {
  const to = leaves[leaf - first]!;
  if (value === undefined) addAbsent(to, repetition, definition);
  else addText(to, repetition, definition, value as string);
}

/** The names of the fields where a column is a list of structs of texts, as `resources` is. */
function namesOfFlatStructs(node: SchemaNode): Buffer[] | undefined {
  if (node.kind !== 'list' || node.element.kind !== 'struct') return undefined;
  const { fields } = node.element;
  return fields.every(field => field.node.kind === 'leaf')
    ? fields.map(({ name }) => Buffer.from(name))
    : undefined;
}

/** Of each element of the list that `isFlat` saw last the places of its fields: where they begin and end, -1 for none. */
let places = new Int32Array(1 << 8);
/** How many of them there are. */
let placed = 0;

/** Adds the list in `places`, without making strings of it. */
function addPlaces(leaves: readonly DirectLeaf[], repetition: number): void {
  for (let at = 0; at < placed; ) {
    const of = at === 0 ? 0 : repetition;
    for (let field = 0; field < leaves.length; field++) {
      const from = places[at++]!;
      const to = places[at++]!;
      // A list, its element and a struct are three levels, a value that is there the fourth.
      if (to < 0) addAbsent(leaves[field]!, of, 3);
      else addSlice(leaves[field]!, of, 4, from, to);
    }
  }
}

/**
 * Notes in `places` where the fields of a list of structs of texts stand.
 * @returns false where it is of another kind and has to be read with care: numbers as they are written, escapes
 */
function isFlat(b: Buffer, start: number, end: number, names: readonly Buffer[]): boolean {
  placed = 0;
  if (b[start] !== BRACKET_OPEN || b[start + 1] !== BRACE_OPEN) return false;
  let at = start + 1;
  for (;;) {
    const here = placed;
    placed += names.length * 2;
    if (placed > places.length) {
      const before = places;
      places = new Int32Array(placed * 2);
      places.set(before);
    }
    places.fill(-1, here, placed);
    // Behind `{` or a comma: a name in quotes, a colon, a text in quotes.
    do {
      const nameEnd = textEnd(b, at + 1, end);
      if (nameEnd === 0 || b[nameEnd + 1] !== COLON) return false;
      const valueEnd = textEnd(b, nameEnd + 2, end);
      if (valueEnd === 0) return false;
      const field = fieldOf(b, at + 2, nameEnd, names);
      if (field >= 0) {
        places[here + field * 2] = nameEnd + 3;
        places[here + field * 2 + 1] = valueEnd;
      }
      at = valueEnd + 1;
    } while (b[at] === COMMA);
    if (b[at] !== BRACE_CLOSE) return false;
    at++;
    if (b[at] === BRACKET_CLOSE) return at === end - 1;
    if (b[at] !== COMMA || b[at + 1] !== BRACE_OPEN) return false;
    at++;
  }
}

/** Where the text ends that begins with the quote at `from`; 0 for none, and where it is written with escapes. */
function textEnd(b: Buffer, from: number, end: number): number {
  if (b[from] !== QUOTE) return 0;
  for (let i = from + 1; i < end; i++) {
    const byte = b[i];
    if (byte === QUOTE) return i;
    if (byte === BACKSLASH) return 0;
  }
  return 0;
}

function fieldOf(b: Buffer, start: number, end: number, names: readonly Buffer[]): number {
  for (let field = 0; field < names.length; field++) {
    const name = names[field]!;
    if (name.length !== end - start) continue;
    let i = 0;
    while (i < name.length && lowerCase(b[start + i]!) === name[i]) i++;
    if (i === name.length) return field;
  }
  return -1;
}

const lowerCase = (byte: number): number => (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte);
