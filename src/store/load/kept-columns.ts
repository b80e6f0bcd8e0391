/**
 * The columns that indexes are of and segments lack, kept as rows pass: each value as whole numbers of 32 bits that are in
 * the order of the values. They wait in the file beside the index, so that the memory they take is that of a transaction.
 */

import type { Db } from '../open.js';
import type { IndexParts } from './index-layout.js';
import type { IndexColumn, Room } from './index-order.js';

/** Bytes of a text that are kept as numbers: ids of requests mostly have 16. */
const TEXT_BYTES = 16;
/** Longer texts are kept beside them: up to this length, which the head of an entry has one byte for, and in all. */
const MOST_TEXT = 57;
const MOST_LONG = 100_000;

export interface KeptColumns {
  /** Begins the next row: the values that follow are its own. */
  add(): void;
  /** Rows so far. */
  count(): number;
  /**
   * Takes the values of a column of whole numbers from 0 to 2^53 - 2; undefined where no index has it. Undefined for a
   * value that is another one: no index of the column is laid out.
   */
  number(column: string): ((value: number | null | undefined) => void) | undefined;
  /**
   * The same for a column of texts, each at `start` of a batch, or NULL where that is below 0.
   * @param most the index is of so many characters of their beginnings; default: of all
   */
  text(column: string, most?: number): ((from: Buffer, start: number, length: number) => void) | undefined;
  /** To be called before what was written is committed. */
  settle(): void;
  /** All values of a column; undefined where some could not be kept. */
  column(name: string, room: Room): IndexColumn | undefined;
}

/** A column as it is kept: the numbers of its values since the last commit, the most significant first. */
interface Kept {
  words: Uint32Array[];
  kind: IndexColumn['kind'];
  isWhole: boolean;
  /** Longer texts, by their places. */
  long: Map<number, Buffer>;
}

const tableSql = (table: string): string => `
CREATE TABLE ${table} ( -- columns for indexes; in the file beside the index alone
  id INTEGER PRIMARY KEY,
  first INTEGER NOT NULL, -- place of the first row from 0
  name TEXT NOT NULL,
  word INTEGER NOT NULL, -- which part of the values
  data BLOB NOT NULL -- not there where it is 0 for all
)`;

/**
 * Long: its functions share the values at hand.
 * @param db the file beside the index, in a transaction whenever its functions are called
 * @param table its name for them
 * @param indexes those whose columns are kept
 */
export function createKeptColumns(db: Db, table: string, indexes: readonly IndexParts[]): KeptColumns {
  db.exec(tableSql(table));
  const save = db.prepare(`INSERT INTO ${table} (first, name, word, data) VALUES (?, ?, ?, ?)`);
  const indexed = new Set(indexes.flatMap(({ columns }) => columns));
  const columns = new Map<string, Kept>();
  let capacity = 1 << 12;
  /** Rows that are saved, and those since. */
  let saved = 0;
  let count = 0;

  function keep(name: string, kind: Kept['kind'], words: number): Kept | undefined {
    if (!indexed.has(name)) return undefined;
    const arrays = Array.from({ length: words }, () => new Uint32Array(capacity));
    const kept: Kept = { words: arrays, kind, isWhole: true, long: new Map() };
    columns.set(name, kept);
    return kept;
  }

  function grow(): void {
    capacity *= 2;
    for (const kept of columns.values())
      kept.words = kept.words.map(words => {
        const wider = new Uint32Array(capacity);
        wider.set(words);
        return wider;
      });
  }

  return {
    add() {
      if (count === capacity) grow();
      count++;
    },
    count: () => saved + count,
    number(name) {
      const kept = keep(name, 'number', 2);
      if (!kept) return undefined;
      return value => {
        if (value === undefined || (value !== null && value < 0)) kept.isWhole = false;
        // 0 is NULL, which comes first.
        const shifted = value == null ? 0 : value + 1;
        kept.words[0]![count - 1] = shifted / 2 ** 32;
        kept.words[1]![count - 1] = shifted;
      };
    },
    text(name, characters) {
      const room = characters ?? TEXT_BYTES;
      const kept = keep(name, 'text', room / 4);
      if (!kept) return undefined;
      return (from, start, whole) => {
        const length = characters === undefined ? whole : Math.min(whole, characters);
        if (start >= 0 && !isKept(from, start, length, characters !== undefined)) kept.isWhole = false;
        if (!kept.isWhole) return;
        const most = start < 0 ? 0 : length;
        if (most > room) {
          kept.long.set(saved + count - 1, Buffer.from(from.subarray(start, start + length)));
          kept.isWhole = kept.long.size <= MOST_LONG;
        }
        for (let w = 0, i = 0; w < kept.words.length; w++) {
          let word = 0;
          for (const end = i + 4; i < end; i++) word = (word << 8) | (i < most ? from[start + i]! : 0);
          kept.words[w]![count - 1] = word;
        }
      };
    },
    settle() {
      for (const [name, { words }] of columns)
        for (const [word, values] of words.entries()) {
          const used = values.subarray(0, count);
          if (used.some(value => value !== 0))
            save.run(saved, name, word, Buffer.from(used.buffer, used.byteOffset, used.byteLength));
        }
      saved += count;
      count = 0;
    },
    column(name, room) {
      const kept = columns.get(name);
      if (!kept?.isWhole) return undefined;
      const words: Uint32Array[] = [];
      const parts = db.prepare<[string], { first: number; word: number; data: Buffer }>(
        `SELECT first, word, data FROM ${table} WHERE name = ?`,
      );
      for (const { first, word, data } of parts.iterate(name)) {
        words[word] ??= room.take();
        words[word].set(new Uint32Array(new Uint8Array(data).buffer), first);
      }
      // Of a number those in front that are 0 for all say nothing.
      const isNumber = kept.kind === 'number';
      const first = words.findIndex(word => word !== undefined);
      const from = isNumber ? (first < 0 ? kept.words.length - 1 : first) : 0;
      const rest = Array.from(
        kept.words,
        (_, word) => words[word] ?? (word < from ? undefined : room.take()),
      );
      return {
        ...{ kind: kept.kind, words: rest.filter(word => word !== undefined), less: 1 },
        ...(kept.long.size > 0 ? { long: kept.long } : {}),
      };
    },
  };
}

/**
 * Texts of any such length are in order, and none is NULL, where the bytes that are missing are 0 and no others are.
 * @param isCut a character that is cut off must be a byte
 */
function isKept(from: Buffer, start: number, length: number, isCut: boolean): boolean {
  if (length === 0 || length > MOST_TEXT) return false;
  for (let i = start; i < start + length; i++) if (from[i] === 0 || (isCut && from[i]! >= 0x80)) return false;
  return true;
}
