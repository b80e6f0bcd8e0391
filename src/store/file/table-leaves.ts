/** Finds the leaf pages of a table's rows ("Database File Format", 1.6). */

import { firstAtLeast, INTERIOR, INTERIOR_HEADER, PAGE } from '../pages/table-pages.js';
import { BEHIND, type FilePages } from './file-pages.js';
import { READ_AHEAD } from './row-memory.js';

/** Pages above the leaves of the largest table: SQLite has no more. */
const MOST_LEVELS = 20;
/** Pages above leaves that are kept, for some 4 million pages of rows. */
const MOST_KEPT = 1 << 13;

/** Pages that are remembered, and ids that mostly stand on the same. */
const REMEMBERED = 1 << 10;
const NEIGHBOURS = 8;

/** More than a page above others has. */
const MOST_CELLS = (PAGE - INTERIOR_HEADER) >> 1;

/** A page above others: the last ids below all of its children but the last. */
interface Node {
  lastIds: Float64Array;
  children: Float64Array;
}

export interface LeafFinder {
  /** Finds the leaf page on which the row of an id would be, and gives its number; 0 where that cannot be told. */
  find(id: number): number;
  /** Of what was found last. */
  page(): number;
  /** No row with a larger id stands on it. */
  last(): number;
  /** Its place among the leaf pages: the next has one more, unless another page above them begins. */
  ordinal(): number;
  /** How many leaf pages, from that one on, follow one another in the file: up to that of an id, and to READ_AHEAD. */
  run(until: number): number;
  /** For who reads them: which was asked for last, and how many are read together. */
  stream: { last: number; ahead: number };
}

/**
 * Long: its functions share what was found.
 * @param root of the table
 */
export function createLeafFinder(pages: FilePages, root: number): LeafFinder {
  const nodes = new Map<number, Node>();
  const bytes = Buffer.alloc(PAGE + BEHIND);
  /** Levels above the leaves. */
  let depth: number | undefined;
  /** What was found of late, by ids: pages, and of each the ids above `above`, up to `last`. */
  const found = new Float64Array(REMEMBERED);
  const above = new Float64Array(REMEMBERED);
  const last = new Float64Array(REMEMBERED).fill(-1);
  /** The pages right above those, and their places there. */
  const parents = new Array<Node | undefined>(REMEMBERED);
  const places = new Int32Array(REMEMBERED);
  const ordinals = new Float64Array(REMEMBERED);
  let at = 0;

  /** Undefined where it is no page above others. */
  function nodeAt(number: number): Node | undefined {
    const known = nodes.get(number);
    if (known) return known;
    if (pages.read(number, 1, bytes, 0) !== 1 || bytes[0] !== INTERIOR) return undefined;
    const node = parsed(bytes);
    if (nodes.size < MOST_KEPT) nodes.set(number, node);
    return node;
  }

  function measured(): number {
    let levels = 0;
    for (let number = root; levels < MOST_LEVELS; levels++) {
      const node = nodeAt(number);
      if (!node) break;
      number = node.children[0]!;
    }
    return levels;
  }

  function find(id: number): number {
    at = Math.floor(id / NEIGHBOURS) % REMEMBERED;
    if (id > above[at]! && id <= last[at]!) return found[at]!;
    depth ??= measured();
    let number = root;
    let [low, high, ordinal] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 0];
    found[at] = 0;
    last[at] = -1;
    parents[at] = undefined;
    for (let level = 0; level < depth; level++) {
      const node = nodeAt(number);
      if (!node) return 0;
      const { lastIds, children } = node;
      const child = firstAtLeast(lastIds, id);
      if (child > 0) low = lastIds[child - 1]!;
      if (child < lastIds.length) high = lastIds[child]!;
      number = children[child]!;
      ordinal = ordinal * MOST_CELLS + child;
      parents[at] = node;
      places[at] = child;
    }
    found[at] = number;
    above[at] = low;
    last[at] = high;
    ordinals[at] = ordinal;
    return number;
  }

  function run(until: number): number {
    const parent = parents[at];
    if (!parent) return 1;
    const { lastIds, children } = parent;
    const first = places[at]!;
    let count = 1;
    for (let next = first + 1; next < children.length && count < READ_AHEAD; next++, count++)
      if (lastIds[next - 1]! >= until || children[next] !== children[first]! + count) break;
    return count;
  }

  return {
    find,
    page: () => found[at]!,
    last: () => last[at]!,
    ordinal: () => ordinals[at]!,
    run,
    stream: { last: 0, ahead: 1 },
  };
}

function parsed(page: Buffer): Node {
  const count = Math.min(page.readUInt16BE(3), MOST_CELLS);
  const node = { lastIds: new Float64Array(count), children: new Float64Array(count + 1) };
  for (let i = 0; i < count; i++) {
    const at = Math.min(page.readUInt16BE(INTERIOR_HEADER + i * 2), PAGE - 4);
    node.children[i] = page.readUInt32BE(at);
    // A varint, by hand: the first search of a connection reads all of these pages.
    let id = 0;
    let byte = 0x80;
    for (let b = at + 4; byte >= 0x80 && b < at + 12; b++) {
      byte = page[b]!;
      id = id * 128 + (byte & 0x7f);
    }
    node.lastIds[i] = id;
  }
  node.children[count] = page.readUInt32BE(8);
  return node;
}
