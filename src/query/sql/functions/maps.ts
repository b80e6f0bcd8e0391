/** Functions that make maps, take them apart, or change them by a lambda. */

import { invalidArgument } from '../errors.js';
import { valueText } from '../output/print.js';
import { type Type, UNKNOWN } from '../types.js';
import { keyOf, type MapValue, type Value } from '../values.js';
import type { List } from './array-order.js';
import { type Bindings, type Lambda, type SqlFunction, scalar, typed } from './registry.js';

type Entry = readonly [Value, Value];

/** A key in a message: rows as lists. */
function keyText(key: Value, type: Type): string {
  if (key === null || (type.kind !== 'array' && type.kind !== 'row')) return valueText(key, type);
  const typeAt = (i: number): Type => (type.kind === 'array' ? type.element : type.fields[i]!.type);
  return `[${(key as List).map((of, i) => keyText(of, typeAt(i))).join(', ')}]`;
}

function hasNull(key: Value, type: Type): boolean {
  if (key === null) return true;
  if (type.kind === 'array') return (key as List).some(of => hasNull(of, type.element));
  return type.kind === 'row' && type.fields.some((field, i) => hasNull((key as List)[i]!, field.type));
}

/** Sets an entry that must be new. */
function put(map: MapValue, [key, value]: Entry, type: Type): void {
  if (key === null) invalidArgument('map key cannot be null');
  const text = keyOf(key, type);
  if (map.has(text)) invalidArgument(`Duplicate map keys (${keyText(key, type)}) are not allowed`);
  map.set(text, [key, value]);
}

function fromLists(keys: List, values: List, type: Type): MapValue {
  if (keys.length !== values.length) invalidArgument('Key and value arrays must be the same length');
  const map: MapValue = new Map();
  for (const [i, key] of keys.entries()) {
    if (key !== null && hasNull(key, type))
      invalidArgument(`map key cannot be indeterminate: ${keyText(key, type)}`);
    put(map, [key, values[i]!], type);
  }
  return map;
}

function bindEntries({ args }: Bindings): Type {
  const [type] = args;
  const row = type?.kind === 'array' ? type.element : undefined;
  return (row?.kind === 'row' && row.fields[0]?.type) || UNKNOWN;
}

function fromEntries(entries: ReadonlyArray<Entry | null>, type: Type): MapValue {
  const map: MapValue = new Map();
  for (const entry of entries) put(map, entry ?? invalidArgument('map entry cannot be null'), type);
  return map;
}

function multimap(entries: ReadonlyArray<Entry | null>, type: Type): MapValue {
  const lists = new Map<string, [Value, Value[]]>();
  for (const entry of entries) {
    const [key, value] = entry ?? invalidArgument('map entry cannot be null');
    if (key === null) invalidArgument('map key cannot be null');
    const text = keyOf(key, type);
    const list = lists.get(text);
    if (list) list[1].push(value);
    else lists.set(text, [key, [value]]);
  }
  return lists;
}

function concat(maps: readonly MapValue[]): MapValue {
  if (maps.length < 2)
    return invalidArgument('There must be two or more concatenation arguments to map_concat');
  // Of one key the last map's value stays, and stands where Trino has it.
  const all: MapValue = new Map();
  for (const map of [...maps].reverse())
    for (const [key, entry] of map) if (!all.has(key)) all.set(key, entry);
  return all;
}

function transformKeys(map: MapValue, lambda: Lambda, type: Type): MapValue {
  const changed: MapValue = new Map();
  for (const [key, value] of map.values()) put(changed, [lambda(key, value), value], type);
  return changed;
}

function zipWith(a: MapValue, b: MapValue, lambda: Lambda): MapValue {
  const zipped: MapValue = new Map();
  for (const [text, [key, value]] of a) zipped.set(text, [key, lambda(key, value, b.get(text)?.[1] ?? null)]);
  for (const [text, [key, value]] of b) if (!a.has(text)) zipped.set(text, [key, lambda(key, null, value)]);
  return zipped;
}

const entriesOf = (map: MapValue): Entry[] => [...map.values()];

export const MAP_FUNCTIONS: readonly SqlFunction[] = [
  scalar('map() -> map(unknown, unknown)', 'A map without entries.', () => new Map()),
  typed(
    'map(array(K), array(V)) -> map(K, V)',
    'A map of keys and the values at the same positions.',
    ({ args }) => {
      const type = args[0]?.kind === 'array' ? args[0].element : UNKNOWN;
      return (keys: List, values: List) => fromLists(keys, values, type);
    },
  ),
  typed(
    'map_from_entries(array(row(K, V))) -> map(K, V)',
    'A map of rows of a key and a value.',
    bindings => {
      const type = bindEntries(bindings);
      return (entries: Array<Entry | null>) => fromEntries(entries, type);
    },
  ),
  typed(
    'multimap_from_entries(array(row(K, V))) -> map(K, array(V))',
    'A map of rows of a key and a value, with all values of a key.',
    bindings => {
      const type = bindEntries(bindings);
      return (entries: Array<Entry | null>) => multimap(entries, type);
    },
  ),
  scalar(
    'map_entries(map(K, V)) -> array(row(K, V))',
    'The entries as rows of a key and a value.',
    entriesOf,
  ),
  scalar('map_keys(map(K, V)) -> array(K)', 'The keys.', (map: MapValue) =>
    entriesOf(map).map(([key]) => key),
  ),
  scalar('map_values(map(K, V)) -> array(V)', 'The values.', (map: MapValue) =>
    entriesOf(map).map(([, value]) => value),
  ),
  scalar(
    'map_concat(map(K, V)...) -> map(K, V)',
    'The entries of all maps; of one key the last map counts.',
    (...maps: MapValue[]) => concat(maps),
  ),
  scalar(
    'map_filter(map(K, V), function(K, V, boolean)) -> map(K, V)',
    'The entries for which the lambda is true.',
    (map: MapValue, lambda: Lambda) => new Map([...map].filter(([, entry]) => lambda(...entry) === true)),
  ),
  typed(
    'transform_keys(map(K, V), function(K, V, R)) -> map(R, V)',
    'The map with the keys that the lambda makes of the entries.',
    ({ result }) => {
      const type = result.kind === 'map' ? result.key : UNKNOWN;
      return (map: MapValue, lambda: Lambda) => transformKeys(map, lambda, type);
    },
  ),
  scalar(
    'transform_values(map(K, V), function(K, V, R)) -> map(K, R)',
    'The map with the values that the lambda makes of the entries.',
    (map: MapValue, lambda: Lambda) =>
      new Map([...map].map(([text, [key, value]]) => [text, [key, lambda(key, value)]])),
  ),
  scalar(
    'map_zip_with(map(K, V), map(K, U), function(K, V, U, R)) -> map(K, R)',
    'What the lambda makes of each key and its values in both maps; null where a map has none.',
    zipWith,
  ),
];
