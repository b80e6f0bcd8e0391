/** Values of structs, lists and maps, taken apart into what each leaf stores, with its levels. */

import type { SchemaNode } from './schema.js';

/** A value of a column: a scalar, or of a struct its fields by name, of a list its elements, of a map its pairs. */
export type Tree =
  | string
  | number
  | bigint
  | boolean
  | Uint8Array
  | null
  | undefined
  | readonly Tree[]
  | ReadonlyMap<string, Tree>
  | { readonly [field: string]: Tree };

/** A scalar that is stored. */
export type Scalar = string | number | bigint | boolean | Uint8Array;

/** Takes an entry of a leaf: `value` is undefined where something on its path is absent. */
export type Emit<T> = (
  to: T,
  leaf: number,
  repetition: number,
  definition: number,
  value: Scalar | undefined,
) => void;

/** Gives each leaf below `node` at least one entry, of what is collected in `to`. */
export function shred<T>(
  node: SchemaNode,
  value: Tree,
  emit: Emit<T>,
  to: T,
  repetition = 0,
  definition = 0,
): void {
  if (node.kind === 'leaf') {
    const isThere = value !== null && value !== undefined;
    emit(
      to,
      node.leaf,
      repetition,
      isThere && !node.isRequired ? definition + 1 : definition,
      isThere ? (value as Scalar) : undefined,
    );
    return;
  }
  if (value === null || value === undefined) {
    for (const leaf of node.leaves) emit(to, leaf, repetition, definition, undefined);
    return;
  }
  if (node.kind === 'struct') {
    const fields = value as { readonly [field: string]: Tree };
    for (const { name, node: field } of node.fields)
      shred(field, fields[name], emit, to, repetition, definition + 1);
    return;
  }
  let at = repetition;
  if (node.kind === 'list') {
    for (const element of value as readonly Tree[]) {
      shred(node.element, element, emit, to, at, definition + 2);
      at = node.repetition;
    }
    if ((value as readonly Tree[]).length > 0) return;
  } else {
    for (const [key, of] of value as ReadonlyMap<string, Tree>) {
      shred(node.key, key, emit, to, at, definition + 2);
      shred(node.value, of, emit, to, at, definition + 2);
      at = node.repetition;
    }
    if ((value as ReadonlyMap<string, Tree>).size > 0) return;
  }
  for (const leaf of node.leaves) emit(to, leaf, repetition, definition + 1, undefined);
}
