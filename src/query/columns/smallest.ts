/** The first few of many, in order. */

export interface Smallest<T> {
  add(item: T): void;
  /** Nothing after it is kept any more; undefined where that is not known yet. */
  bound(): T | undefined;
  sorted(): T[];
}

/** Keeps the `count` smallest: gathers twice as many, then sorts and cuts. */
export function createSmallest<T>(count: number, compare: (a: T, b: T) => number): Smallest<T> {
  let kept: T[] = [];
  let bound: T | undefined;
  const most = Math.max(2 * count, 64);
  const cut = (): void => {
    kept.sort(compare);
    if (kept.length <= count) return;
    kept = kept.slice(0, count);
    bound = kept.at(-1);
  };
  return {
    add(item) {
      if (count === 0 || (bound !== undefined && compare(item, bound) > 0)) return;
      kept.push(item);
      if (kept.length >= most) cut();
    },
    bound: () => bound,
    sorted() {
      cut();
      return kept;
    },
  };
}
