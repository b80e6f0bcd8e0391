/** The events around one in time, of two lists that both may have its second. */

/** Events on each side. */
export const EACH = 8;

interface Placed {
  event_rowid?: unknown;
}

/**
 * The events around one, in order of time. Those of its own second come from both sides.
 * @param before up to its time, the latest first
 * @param after from its time on, the earliest first
 */
export function around<T extends Placed>(before: readonly T[], after: readonly T[], row: T): T[] {
  const all = new Map<unknown, T>();
  for (const one of [...before.toReversed(), ...after]) all.set(one.event_rowid, one);
  const rows = [...all.values()];
  const at = rows.findIndex(one => one.event_rowid === row.event_rowid);
  if (at < 0) return [...before.slice(0, EACH).reverse(), row, ...after.slice(0, EACH)];
  return rows.slice(Math.max(0, at - EACH), at + EACH + 1);
}
