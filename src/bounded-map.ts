/** A memory of what was looked up, which starts again when it holds too much: variety then costs time, not memory. */

export interface BoundedMap<K, V> {
  get(key: K): V | undefined;
  /** @param size length of what is kept, in characters */
  set(key: K, value: V, size: number): void;
}

/**
 * @param most entries that are kept
 * @param mostSize characters that are kept; what alone is longer than a tenth of it is not kept at all
 */
export function createBoundedMap<K, V>(most: number, mostSize = 8 << 20): BoundedMap<K, V> {
  const entries = new Map<K, V>();
  let total = 0;
  return {
    get: key => entries.get(key),
    set(key, value, size) {
      if (size > mostSize / 10) return;
      if (entries.size >= most || total + size > mostSize) {
        entries.clear();
        total = 0;
      }
      entries.set(key, value);
      total += size;
    },
  };
}
