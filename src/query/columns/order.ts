/** How events and texts are ordered, and how the largest of a list are chosen. */

/** Which events come first. */
export type Order = (typeof ORDERS)[number];
export const ORDERS = ['newest', 'oldest'] as const;

/** What decides which groups come first. */
export type TopSort = (typeof TOP_SORTS)[number];
export const TOP_SORTS = ['events', 'errors', 'first', 'last'] as const;

/** By code units; null comes first. */
export function compareText(a: string | null, b: string | null): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  return a < b ? -1 : 1;
}

/** The `count` items with the largest sizes, in the order they were in. */
export function largest<T>(items: readonly T[], count: number, sizeOf: (item: T) => number): T[] {
  const chosen = new Set([...items].sort((a, b) => sizeOf(b) - sizeOf(a)).slice(0, count));
  return items.filter(item => chosen.has(item));
}
