/** Every stored record put together again: its hash must be that of what was read, its columns those it gives. */

import { type Batch, DIMENSION_AT, ROW, TEXTS, textAt } from '../batch.js';
import { createDictionary } from '../bytes/dictionary.js';
import { contentHash, hash64, wide } from '../bytes/hash.js';
import { FIELDS } from '../cloudtrail/fields.js';
import { byDimension, DIMENSIONS } from '../dimensions.js';
import { messageOf } from '../errors.js';
import { members as membersOf } from '../json-text.js';
import { createRecordEncoder } from '../read/encoder.js';
import { ITEM_NAMES } from '../read/item-names.js';
import { newMembers, scanMembers } from '../read/json-scan.js';
import { dimensionColumns } from '../store/dimension-rows.js';
import type { Db } from '../store/open.js';
import { createRebuilder } from '../store/rebuild.js';
import { oddTimeOf } from '../store/times.js';

/** Takes in what is wrong: where, and what. */
export type Find = (where: string, problem: string) => void;

/** Records encoded again at a time. */
const AT_ONCE = 512;
const MANY_BYTES = 8 << 20;

/** The columns of texts, and where a batch has them. What stood around a record is not part of it. */
const COLUMNS = TEXTS.filter(name => name !== 'envelope').map(name => ({
  column: name === 'additionalFields' ? 'additional_fields' : name.toLowerCase(),
  at: textAt(name),
}));

interface EventRow {
  id: number;
  content_hash: number;
  odd_time: number | string | null;
  eventtime: string | null;
  [column: string]: unknown;
}

/** A record that has the hash it must have, and its row. */
interface Sound {
  row: EventRow;
  bytes: Uint8Array;
}

/** Checks every record of the index. */
export function checkRecords(db: Db, find: Find): number {
  const seed = db.prepare("SELECT value FROM setting WHERE name = 'hash_seed'").pluck().get() as number;
  const rebuild = createRebuilder(db);
  const compare = createComparison(db, seed, find);
  const pointers = DIMENSIONS.map(d => `e.${d}_id`).join(', ');
  const columns = COLUMNS.map(({ column }) => column).join(', ');
  const rows = db
    .prepare(
      `SELECT e.id, e.content_hash, e.odd_time, ${pointers}, ${columns}, d.record
      FROM event AS e LEFT JOIN detail AS d ON d.id = e.id ORDER BY e.id`,
    )
    .iterate() as Iterable<EventRow>;
  let checked = 0;
  let waiting: Sound[] = [];
  let bytesWaiting = 0;
  for (const row of rows) {
    checked++;
    const where = `event ${row.id}`;
    try {
      const bytes = Buffer.from(rebuild(row.id));
      hash64(new DataView(bytes.buffer, bytes.byteOffset), 0, bytes.length, seed, seed);
      if (contentHash(wide.high, wide.low) !== row.content_hash) {
        find(where, 'the record is not the one that was read');
        continue;
      }
      waiting.push({ row, bytes });
      bytesWaiting += bytes.length;
    } catch (error) {
      find(where, `the record cannot be put together: ${messageOf(error)}`);
    }
    if (waiting.length < AT_ONCE && bytesWaiting < MANY_BYTES) continue;
    compare(waiting);
    waiting = [];
    bytesWaiting = 0;
  }
  compare(waiting);
  const orphans = db.prepare('SELECT id FROM detail WHERE id NOT IN (SELECT id FROM event)').pluck().all();
  for (const id of orphans as number[]) find(`detail ${id}`, 'belongs to no event');
  return checked;
}

const NUMBERS: ReadonlySet<string> = new Set(['bytestransferredin', 'bytestransferredout']);

/** Encodes records as an ingest does, and compares what comes of it with their rows. */
function createComparison(db: Db, seed: number, find: Find): (records: readonly Sound[]) => void {
  const dictionaries = byDimension(() => createDictionary());
  const idOf = byDimension(d => {
    const key = dimensionColumns(d).columns[0]!;
    return db.prepare(`SELECT id FROM ${d} WHERE ${key} = ?`).pluck();
  });
  /** Rows of the values, by their numbers in the dictionaries. */
  const known = byDimension((): Array<number | undefined> => []);
  const spare: ArrayBuffer[] = [];
  const members = newMembers(ITEM_NAMES);

  function learn(batch: Batch): void {
    for (const d of DIMENSIONS) {
      if (batch.restarted.includes(d)) known[d] = [];
      for (const value of batch.newValues[d]) known[d].push(idOf[d].get(value) as number | undefined);
    }
  }

  /** Bytes transferred are stored as numbers where SQLite takes them for ones. */
  function isNumber(id: number, column: string, value: number, text: string | null): boolean {
    if (text === null || !NUMBERS.has(column)) return false;
    if (Number(text) === value) return true;
    return db.prepare(`SELECT ${column} = ? FROM event WHERE id = ?`).pluck().get(text, id) === 1;
  }

  function compareRow(batch: Batch, o: number, row: EventRow): void {
    const { rows } = batch;
    const payload = Buffer.from(batch.payload.buffer);
    const wrong: string[] = [];
    for (const d of DIMENSIONS) {
      const local = rows[o + DIMENSION_AT[d]]!;
      const expected = local < 0 ? null : known[d][local];
      if (row[`${d}_id`] !== expected) wrong.push(d);
    }
    for (const { column, at } of COLUMNS) {
      const start = rows[o + at]!;
      const expected = start < 0 ? null : payload.toString('utf8', start, start + rows[o + at + 1]!);
      const value = row[column];
      const isEqual =
        typeof value === 'number' ? isNumber(row.id, column, value, expected) : value === expected;
      if (!isEqual) wrong.push(column);
    }
    if ((rows[o + ROW.irregular] === 1) !== (row.record !== null)) wrong.push('record');
    if (oddTimeOf(row.eventtime) !== row.odd_time) wrong.push('odd_time');
    if (wrong.length > 0 && !isOlder(row, wrong))
      find(`event ${row.id}`, `${wrong.join(', ')}: not what the record says`);
  }

  /** True where all that differs comes of fields that had no column yet when the event was stored: they are among the others. */
  function isOlder(row: EventRow, wrong: readonly string[]): boolean {
    if (!wrong.includes('additional_fields') || typeof row.additional_fields !== 'string') return false;
    const others = membersOf(row.additional_fields);
    const newer = FIELDS.filter(({ name }) => others.has(JSON.stringify(name)));
    if (newer.length === 0) return false;
    const homes: readonly string[] = newer.map(({ home }) => home);
    return wrong.every(
      // The whole text: with a column the field may be one that cannot be rebuilt from it.
      part =>
        part === 'additional_fields' ||
        part === 'record' ||
        homes.includes(part) ||
        (row[part] === null && newer.some(({ column }) => column === part)),
    );
  }

  return records => {
    const encoder = createRecordEncoder(seed, dictionaries, 0, spare);
    for (const [ordinal, { bytes }] of records.entries()) {
      scanMembers(bytes, 0, bytes.length, ITEM_NAMES, members);
      encoder.add({ bytes, start: 0, end: bytes.length, members }, { file: 0, ordinal }, undefined);
    }
    for (const batch of encoder.take(true)) {
      learn(batch);
      for (let r = 0, o = 0; r < batch.rowCount; r++, o += ROW.width)
        compareRow(batch, o, records[batch.rows[o + ROW.ordinal]!]!.row);
    }
  };
}
