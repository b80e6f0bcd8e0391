/** Keeps what was made of an argument: most calls of a statement have the same pattern, form or block. */

const MOST = 1_000;

/** The same as `make`, for at most 1,000 keys at a time; what throws is not kept. */
export function remember<K, V>(make: (key: K) => V): (key: K) => V {
  const kept = new Map<K, V>();
  return key => {
    const before = kept.get(key);
    if (before !== undefined) return before;
    if (kept.size >= MOST) kept.clear();
    const made = make(key);
    kept.set(key, made);
    return made;
  };
}
