/** Counts the rows of a scan by their groups, in memory, as long as there are few. */

import type { Db } from '../../store/open.js';
import type { Tally, TallyKind } from './emit/own-table.js';
import { compareText, type Stored } from './values.js';

/** Groups that are kept, and bytes of their texts: some 80 MB with what a map costs. */
const MOST_GROUPS = 1 << 17;
const MOST_BYTES = 1 << 25;
/** Groups from which on there have to be two rows of each. */
const ENOUGH_GROUPS = 1 << 13;

/** Thrown where that is for SQLite to do: too many groups, a sum beyond its numbers, values of several types. */
const NOT_HERE = new Error('the rows are better grouped by SQLite');

/** The names of what groups are made of. */
export const tallyColumns = ({ keys, held }: Tally): string[] => [
  ...Array.from({ length: keys }, (_, i) => `g${i}`),
  ...held.map((_, i) => `a${i}`),
];

/**
 * Runs a scan, which calls the tally's function for each of its rows.
 * @returns a row for each group, its keys and what was kept of its values; undefined where they are too many
 */
export function groupsOf(db: Db, tally: Tally, scan: string): Stored[][] | undefined {
  const groups = createGroups(tally);
  db.function(
    `${tally.name}_row`,
    { varargs: true, deterministic: false, safeIntegers: true },
    groups.add as never,
  );
  try {
    db.prepare(scan).get();
  } catch (error) {
    if (error === NOT_HERE) return undefined;
    throw error;
  }
  return groups.rows();
}

interface Groups {
  /** Takes a row: its keys, then its values. */
  add(...row: Stored[]): null;
  rows(): Stored[][];
}

function createGroups({ keys, held }: Tally): Groups {
  const groups: Array<{ keys: Stored[]; counts: number[]; values: Stored[] }> = [];
  let rows = 0;
  let bytes = 0;

  const hold = (more: number): void => {
    bytes += more;
    if (bytes > MOST_BYTES) throw NOT_HERE;
  };
  const columns = Array.from({ length: keys }, () => createNumbers<Stored>(hold));
  // A group by several values is a pair: what those before are, and the last.
  const pairs = Array.from({ length: keys - 1 }, () => createNumbers<number>(hold));

  function groupOf(row: readonly Stored[]): number {
    let group = columns[0]!(row[0]!);
    for (let i = 1; i < keys; i++) group = pairs[i - 1]!(group * MOST_GROUPS + columns[i]!(row[i]!));
    return group;
  }

  return {
    add(...row) {
      const at = groupOf(row);
      rows++;
      if (at === groups.length) {
        if (at > ENOUGH_GROUPS && 2 * at > rows) throw NOT_HERE;
        groups.push({ keys: row.slice(0, keys), counts: held.map(() => 0), values: held.map(() => null) });
      }
      const { counts, values } = groups[at]!;
      for (let i = 0; i < held.length; i++) {
        const { kind, place } = held[i]!;
        const value = row[place]!;
        if (value === null) continue;
        if (kind === 'count') counts[i]!++;
        else {
          if (isDamaged(value)) throw NOT_HERE;
          const before = values[i]!;
          values[i] = before === null ? value : MERGES[kind](before, value);
          if (values[i] !== before) hold(sizeOf(values[i]!) - sizeOf(before));
        }
      }
      return null;
    },
    rows: () =>
      groups.map(group => [
        ...group.keys,
        ...held.map(({ kind }, i) => (kind === 'count' ? BigInt(group.counts[i]!) : group.values[i]!)),
      ]),
  };
}

/** Numbers what it is given from 0 on, what is equal alike. */
function createNumbers<K extends Stored>(hold: (bytes: number) => void): (key: K) => number {
  const numbers = new Map<K, number>();
  const ofBytes = new Map<string, number>();
  let count = 0;
  const next = (key: K): number => {
    if (count >= MOST_GROUPS || isDamaged(key)) throw NOT_HERE;
    hold(sizeOf(key));
    return count++;
  };
  return key => {
    if (Buffer.isBuffer(key)) {
      const text = key.toString('latin1');
      const known = ofBytes.get(text) ?? next(key);
      ofBytes.set(text, known);
      return known;
    }
    let number = numbers.get(key);
    if (number === undefined) {
      number = next(key);
      numbers.set(key, number);
    }
    return number;
  };
}

/** Whether a text may have had bytes that are no UTF-8: SQLite alone tells such texts apart. */
const isDamaged = (value: Stored): boolean => typeof value === 'string' && value.includes('\ufffd');

const sizeOf = (value: Stored): number =>
  typeof value === 'string' ? 2 * value.length : Buffer.isBuffer(value) ? value.length : 0;

/** What is kept of two values, as SQLite does. */
const MERGES: Readonly<Record<Exclude<TallyKind, 'count'>, (a: Stored, b: Stored) => Stored>> = {
  min: (a, b) => (order(a, b) <= 0 ? a : b),
  max: (a, b) => (order(a, b) >= 0 ? a : b),
  sum(a, b) {
    if (typeof a !== 'bigint' || typeof b !== 'bigint') throw NOT_HERE;
    const sum = a + b;
    if (BigInt.asIntN(64, sum) !== sum) throw NOT_HERE;
    return sum;
  },
};

/** The order of SQLite's values; which of two types comes first is left to it. */
function order(a: Stored, b: Stored): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : a > b ? 1 : 0;
  if (Buffer.isBuffer(a) && Buffer.isBuffer(b)) return Buffer.compare(a, b);
  throw NOT_HERE;
}
