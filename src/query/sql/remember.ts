/** Keeps what was made of an argument: most calls of a statement have the same pattern, form or block. */

const MOST = 1_000;

/** The same as `make`, for at most 1,000 keys at a time; what throws, and undefined, is made anew each time. */
export function remember<K, V>(make: (key: K) => V): (key: K) => V {
  const values = new Map<K, V>();
  return key => {
    const before = values.get(key);
    if (before !== undefined) return before;
    const value = make(key);
    if (values.size >= MOST) values.clear();
    values.set(key, value);
    return value;
  };
}
