/** Sessions in the order of a tree: each below the one that issued it, those of one issuer in order of time. */

export interface Branch<T> {
  session: T;
  /** 0 for the beginning of a chain. */
  depth: number;
}

interface Node {
  accessKeyId: string;
  children: readonly string[];
}

/** The sessions with their depth; one that is reached twice stands where it is reached first, none is left out. */
export function branchesOf<T extends Node>(
  sessions: readonly T[],
  roots: readonly string[],
): Array<Branch<T>> {
  const byKey = new Map(sessions.map(session => [session.accessKeyId, session]));
  const branches: Array<Branch<T>> = [];
  const shown = new Set<string>();
  const walk = (keys: readonly string[]): void => {
    const left = keys.map(key => ({ key, depth: 0 })).reverse();
    for (let next = left.pop(); next; next = left.pop()) {
      const { key, depth } = next;
      const session = byKey.get(key);
      if (!session || shown.has(key)) continue;
      shown.add(key);
      branches.push({ session, depth });
      for (const child of session.children.toReversed()) left.push({ key: child, depth: depth + 1 });
    }
  };
  walk(roots);
  // In a circle none is the first.
  walk(sessions.map(({ accessKeyId }) => accessKeyId));
  return branches;
}
