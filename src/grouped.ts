/** Lists by a key. */

/** The values of a list by what `keyOf` gives for each, in the order of the list. (`Map.groupBy` comes with Node 21.) */
export function grouped<K, V>(list: Iterable<V>, keyOf: (value: V) => K): Map<K, V[]> {
  const groups = new Map<K, V[]>();
  for (const value of list) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}
