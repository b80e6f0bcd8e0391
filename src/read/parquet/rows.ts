/** Rows of a Parquet file, put together from the levels and values of its columns ("Dremel", Melnik et al., 2010). */

import type { Members, Value } from '../../cloudtrail/row-value.js';
import { ParquetFault } from './fault.js';
import type { Footer, RowGroup } from './footer.js';
import { createPages, type Page, type PageContext } from './pages.js';
import type { Node } from './schema.js';

/** One leaf of a row group, at the value that comes next. */
interface Leaf {
  node: Node;
  rep: number;
  def: number;
  isAtEnd: boolean;
  page: Page | undefined;
  left: number;
  nextPage: () => Page | undefined;
}

/** A list of more elements in one row is nobody's log. */
const MAX_ELEMENTS = 1_000_000;

/**
 * The rows of one row group, each with the values of its columns in the order of the schema.
 * @throws ParquetFault where a column is damaged: what comes after it in this row group cannot be told
 */
export function* readRows(
  { root, leaves: nodes }: Footer,
  { rows, chunks }: RowGroup,
  context: PageContext,
): Generator<Value[]> {
  context.meter.held = 0;
  let at = root;
  try {
    const leaves = nodes.map((node, i) => openLeaf(node, createPages(node, chunks[i]!, context)));
    for (const leaf of leaves) {
      at = leaf.node;
      next(leaf);
    }
    for (let row = 0; row < rows; row++) {
      const budget = { elements: MAX_ELEMENTS };
      const values: Value[] = [];
      for (const column of root.children) {
        at = column;
        if (leaves[column.firstLeaf]!.isAtEnd) throw new ParquetFault(`it ends after ${row} of ${rows} rows`);
        values.push(read(column, leaves, budget));
        checkRowEnd(column, leaves);
      }
      yield values;
    }
    const more = leaves.find(leaf => !leaf.isAtEnd);
    if (more) {
      at = more.node;
      throw new ParquetFault(`it goes on after the ${rows} rows of its row group`);
    }
  } catch (error) {
    if (!(error instanceof ParquetFault)) throw error;
    throw new ParquetFault(`column ${JSON.stringify(at.path.join('.'))}: ${error.message}`);
  }
}

/** The leaves of a column begin the next row together. */
function checkRowEnd(column: Node, leaves: readonly Leaf[]): void {
  for (let i = column.firstLeaf; i < column.firstLeaf + column.leafCount; i++)
    if (leaves[i]!.rep !== 0) throw new ParquetFault('its parts do not agree where a row ends');
}

function openLeaf(node: Node, nextPage: () => Page | undefined): Leaf {
  return { node, rep: 0, def: 0, isAtEnd: false, page: undefined, left: 0, nextPage };
}

/** Goes to the next value. */
function next(leaf: Leaf): void {
  if (leaf.left === 0) {
    leaf.page?.check();
    leaf.page = leaf.nextPage();
    if (!leaf.page) {
      leaf.isAtEnd = true;
      leaf.rep = 0;
      return;
    }
    leaf.left = leaf.page.count;
  }
  const { nextRep, nextDef } = leaf.page!;
  leaf.left--;
  leaf.rep = nextRep ? nextRep() : 0;
  leaf.def = nextDef ? nextDef() : 0;
  if (leaf.rep > leaf.node.maxRep || leaf.def > leaf.node.maxDef)
    throw new ParquetFault(`levels that the schema does not have in ${leaf.node.path.join('.')}`);
}

/** The value of a node in the row at hand. */
function read(node: Node, leaves: Leaf[], budget: { elements: number }): Value {
  const first = leaves[node.firstLeaf]!;
  if (node.isRepeated) {
    if (first.def < node.maxDef) {
      pass(node, leaves);
      return [];
    }
    const list: Value[] = [];
    do {
      if (--budget.elements < 0) throw new ParquetFault(`a row of more than ${MAX_ELEMENTS} elements`);
      list.push(content(node, leaves, budget));
      checkElementEnd(node, leaves);
    } while (first.rep === node.maxRep && !first.isAtEnd);
    return list;
  }
  if (node.isOptional && first.def < node.maxDef) {
    pass(node, leaves);
    return null;
  }
  return content(node, leaves, budget);
}

/** All leaves of a list have a further element, or none has: else one would take what belongs to another row. */
function checkElementEnd(node: Node, leaves: readonly Leaf[]): void {
  const hasMore = leaves[node.firstLeaf]!.rep === node.maxRep;
  for (let i = node.firstLeaf + 1; i < node.firstLeaf + node.leafCount; i++)
    if ((leaves[i]!.rep === node.maxRep) !== hasMore)
      throw new ParquetFault('its parts do not agree where an element ends');
}

/** The value of a node that is there. */
function content(node: Node, leaves: Leaf[], budget: { elements: number }): Value {
  if (node.children.length === 0) {
    const leaf = leaves[node.firstLeaf]!;
    if (leaf.isAtEnd || leaf.def < node.maxDef)
      throw new ParquetFault(`columns that do not agree where ${node.path.join('.')} is NULL`);
    const value = leaf.page!.nextValue();
    next(leaf);
    return value;
  }
  if (node.meaning === 'list' && node.children.length === 1 && node.children[0]!.isRepeated) {
    const list = read(node.children[0]!, leaves, budget) as Value[];
    return isWrapper(node, node.children[0]!)
      ? list.map(one => (one as Members).values().next().value ?? null)
      : list;
  }
  if (node.meaning === 'map' && node.children.length === 1 && node.children[0]!.children.length === 2) {
    const members: Members = new Map();
    for (const entry of read(node.children[0]!, leaves, budget) as Members[]) {
      const [key, value] = entry.values();
      members.set(keyText(key), value ?? null);
    }
    return members;
  }
  const members: Members = new Map();
  for (const child of node.children) members.set(child.name, read(child, leaves, budget));
  return members;
}

/** Whether the repeated child of a list is only there to repeat (LogicalTypes.md, "Lists"): its own child is the element. */
function isWrapper(list: Node, repeated: Node): boolean {
  if (repeated.children.length !== 1) return false;
  return repeated.name !== 'array' && repeated.name !== `${list.name}_tuple`;
}

const keyText = (key: Value | undefined): string => (typeof key === 'string' ? key : String(key));

/** Goes past a node that is not there: each of its leaves has one entry that says so, and that all above it is there. */
function pass(node: Node, leaves: Leaf[]): void {
  for (let i = node.firstLeaf; i < node.firstLeaf + node.leafCount; i++) {
    const leaf = leaves[i]!;
    if (leaf.isAtEnd || leaf.def !== node.maxDef - 1)
      throw new ParquetFault(`columns that do not agree where ${node.path.join('.')} is NULL`);
    next(leaf);
  }
}
