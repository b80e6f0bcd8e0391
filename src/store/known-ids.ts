/** The ids of stored events in memory, while a first ingest has no index on them yet. */

export interface KnownIds {
  /**
   * Row of the event with this id, or 0; when 0, `row` is remembered for it.
   * @param high half of the hash of the id, as `low` is
   * @param isIt whether the event of a row has the id: not all of its hash is kept
   */
  findOrAdd(high: number, low: number, row: number, isIt: (row: number) => boolean): number;
  /** True once so many are known that the memory bound is near. */
  readonly full: boolean;
}

/** A table of the ids of whose hash eight bits are the same: all of them do not grow at once. */
interface Part {
  /** Half of the hash of each id, which says where it stands. */
  highs: Int32Array;
  rows: Int32Array;
  count: number;
  /** So many make it grow. */
  most: number;
  /** The part of it that may be in use. */
  share: number;
}

const PARTS = 256;
const FIRST_CAPACITY = 1 << 8;
/** Parts grow one after the other, so that what they leave is collected before the next does. */
const [LEAST_SHARE, MORE] = [0.72, 0.11];

/** @param most events, at 10 to 22 bytes each: `full` from there on */
export function createKnownIds(most: number): KnownIds {
  const parts = Array.from({ length: PARTS }, (_, i): Part => {
    const share = LEAST_SHARE + (MORE * i) / PARTS;
    return { ...emptyTable(FIRST_CAPACITY), count: 0, most: FIRST_CAPACITY * share, share };
  });
  let count = 0;
  return {
    findOrAdd(high, low, row, isIt) {
      const part = parts[low >>> 24]!;
      const { highs, rows } = part;
      const mask = rows.length - 1;
      let at = high & mask;
      while (rows[at] !== 0) {
        if (highs[at] === high && isIt(rows[at]!)) return rows[at]!;
        at = (at + 1) & mask;
      }
      highs[at] = high;
      rows[at] = row;
      count++;
      if (++part.count > part.most) grow(part);
      return 0;
    },
    get full() {
      return count >= most;
    },
  };
}

const emptyTable = (capacity: number): Pick<Part, 'highs' | 'rows'> => ({
  highs: new Int32Array(capacity),
  rows: new Int32Array(capacity),
});

function grow(part: Part): void {
  const { highs: oldHighs, rows: oldRows } = part;
  const capacity = oldRows.length * 2;
  const { highs, rows } = Object.assign(part, emptyTable(capacity));
  part.most = capacity * part.share;
  const mask = capacity - 1;
  for (let i = 0; i < oldRows.length; i++) {
    if (oldRows[i] === 0) continue;
    let at = oldHighs[i]! & mask;
    while (rows[at] !== 0) at = (at + 1) & mask;
    highs[at] = oldHighs[i]!;
    rows[at] = oldRows[i]!;
  }
}
