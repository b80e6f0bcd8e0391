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
import type { DirectLeaf } from './parquet/leaf-data.js';
import type { SchemaNode } from './parquet/schema.js';
import { shred } from './parquet/shred.js';
import { type Slices, sliceText } from './slices.js';

type LeafOf = (leaf: number) => DirectLeaf;

/** Fills the leaves of a struct, a list or a map from minified JSON texts, a row each. */
export function fillFromJson(
  node: SchemaNode,
  type: LakeType,
  texts: Slices,
  rows: number,
  leafOf: LeafOf,
): void {
  const addFlat = node.kind === 'list' ? createFlatStructs(node, leafOf) : () => false;
  for (let row = 0; row < rows; row++) {
    if (addFlat(texts.bytes, texts.starts[row]!, texts.ends[row]!)) continue;
    shred(node, jsonTree(sliceText(texts, row), type), (leaf, repetition, definition, value) => {
      if (value === undefined) leafOf(leaf).addAbsent(repetition, definition);
      else leafOf(leaf).add(repetition, definition, value as string);
    });
  }
}

/**
 * Adds a list of structs of texts, as `resources` is, without making strings of it. What it makes adds nothing and says
 * false where the list is of another kind and has to be read with care: numbers as they are written, escapes.
 */
function createFlatStructs(
  { element, repetition }: Extract<SchemaNode, { kind: 'list' }>,
  leafOf: LeafOf,
): (bytes: Buffer, start: number, end: number) => boolean {
  if (element.kind !== 'struct' || element.fields.some(({ node }) => node.kind !== 'leaf'))
    return () => false;
  const names = element.fields.map(({ name }) => Buffer.from(name));
  const leaves = element.leaves.map(leafOf);
  /** Of each element the places of its fields: where they begin and end. */
  let places: number[] = [];

  function isFlat(b: Buffer, start: number, end: number): boolean {
    if (b[start] !== BRACKET_OPEN || b[start + 1] !== BRACE_OPEN) return false;
    let at = start + 1;
    /** Where the text ends that begins with the quote at `at`; 0 for none, and where it is written with escapes. */
    const textEnd = (from: number): number => {
      if (b[from] !== QUOTE) return 0;
      let i = from + 1;
      while (i < end && b[i] !== QUOTE) if (b[i++] === BACKSLASH) return 0;
      return i < end ? i : 0;
    };
    for (;;) {
      const here = places.length;
      for (let field = 0; field < names.length; field++) places.push(0, -1);
      // Behind `{` or a comma: a name in quotes, a colon, a text in quotes.
      do {
        const nameEnd = textEnd(at + 1);
        if (nameEnd === 0 || b[nameEnd + 1] !== COLON) return false;
        const valueEnd = textEnd(nameEnd + 2);
        if (valueEnd === 0) return false;
        const field = fieldOf(b, at + 2, nameEnd);
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

  function fieldOf(b: Buffer, start: number, end: number): number {
    for (let field = 0; field < names.length; field++) {
      const name = names[field]!;
      if (name.length !== end - start) continue;
      let i = 0;
      while (i < name.length && lowerCase(b[start + i]!) === name[i]) i++;
      if (i === name.length) return field;
    }
    return -1;
  }

  return (bytes, start, end) => {
    places = [];
    if (end < 0 || !isFlat(bytes, start, end)) return false;
    for (let at = 0, of = 0; at < places.length; of++)
      for (const leaf of leaves) {
        const from = places[at++]!;
        const to = places[at++]!;
        // A list, its element and a struct are three levels, a value that is there the fourth.
        if (to < 0) leaf.addAbsent(of === 0 ? 0 : repetition, 3);
        else leaf.addSlice(of === 0 ? 0 : repetition, 4, bytes, from, to);
      }
    return true;
  };
}

const lowerCase = (byte: number): number => (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte);
