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
  /** Half of the hash of each id, which says where it stands: the larger, the further behind. */
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
const [LEAST_SHARE, MORE] = [0.78, 0.1];
/** Small ones to twice their size, larger ones by less: half of their room would be empty. */
const SMALL = 1 << 15;
const GROWTH = 1.2;

/** @param most events, at 9 to 21 bytes each: `full` from there on */
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
      let at = placeOf(high, rows.length);
      while (rows[at] !== 0) {
        if (highs[at] === high && isIt(rows[at]!)) return rows[at]!;
        at = at + 1 === rows.length ? 0 : at + 1;
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

/** Where one is looked for first. */
const placeOf = (high: number, capacity: number): number => (((high >>> 0) * capacity) / 2 ** 32) | 0;

function grow(part: Part): void {
  const { highs: oldHighs, rows: oldRows } = part;
  const capacity = oldRows.length < SMALL ? oldRows.length * 2 : Math.ceil(oldRows.length * GROWTH);
  const { highs, rows } = Object.assign(part, emptyTable(capacity));
  part.most = capacity * part.share;
  for (let i = 0; i < oldRows.length; i++) {
    if (oldRows[i] === 0) continue;
    let at = placeOf(oldHighs[i]!, capacity);
    while (rows[at] !== 0) at = at + 1 === capacity ? 0 : at + 1;
    highs[at] = oldHighs[i]!;
    rows[at] = oldRows[i]!;
  }
}
