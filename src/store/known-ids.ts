/** The ids of stored events in memory, while a first ingest has no index on them yet. */

export interface KnownIds {
  /** Row of the event with this id hash, or 0; when 0, `row` is remembered for it. */
  findOrAdd(high: number, low: number, row: number): number;
  /** True once so many are known that the memory bound is near. */
  readonly full: boolean;
}

/** @param most events, at 12 to 32 bytes each: `full` from there on */
export function createKnownIds(most: number): KnownIds {
  let capacity = 1 << 16;
  let highs = new Int32Array(capacity);
  let lows = new Int32Array(capacity);
  let rows = new Int32Array(capacity);
  let count = 0;

  function grow(): void {
    const [oldHighs, oldLows, oldRows] = [highs, lows, rows];
    capacity *= 2;
    highs = new Int32Array(capacity);
    lows = new Int32Array(capacity);
    rows = new Int32Array(capacity);
    const mask = capacity - 1;
    for (let i = 0; i < oldRows.length; i++) {
      if (oldRows[i] === 0) continue;
      let at = oldLows[i]! & mask;
      while (rows[at] !== 0) at = (at + 1) & mask;
      highs[at] = oldHighs[i]!;
      lows[at] = oldLows[i]!;
      rows[at] = oldRows[i]!;
    }
  }

  return {
    findOrAdd(high, low, row) {
      const mask = capacity - 1;
      let at = low & mask;
      while (rows[at] !== 0) {
        if (lows[at] === low && highs[at] === high) return rows[at]!;
        at = (at + 1) & mask;
      }
      highs[at] = high;
      lows[at] = low;
      rows[at] = row;
      if (++count > capacity * 0.75) grow();
      return 0;
    },
    get full() {
      return count >= most;
    },
  };
}
